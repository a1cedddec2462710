/**
 * Takes means away in the realm that it is called in: in every strategy's own before its code is loaded, and in the host
 * process's own, so that an escape from the first meets the same in the second.
 *
 * 1. It uses the language alone, so that it works in a realm that has nothing of Node.
 * 2. Clocks and chance are gone or say what to use instead: what a run does follows from its context.
 * 3. Names that are not the language's own are gone, and the rest is frozen (`freeze.ts`).
 */
import { cloneOf } from "./clone.ts";
import { freezeShared } from "./freeze.ts";

function instead(what: string, use: string): () => never {
  return () => {
    throw new Error(`A strategy has no ${what}; use ${use}.`);
  };
}

/** A format of no date at all is one of now. */
function stopFormats(noClock: () => never): void {
  const formats = Intl.DateTimeFormat.prototype;
  const { format, formatToParts } = Object.getOwnPropertyDescriptors(formats) as unknown as {
    readonly format: { readonly get: (this: void) => (this: void, date: unknown) => string };
    readonly formatToParts: { readonly value: (this: void, date: unknown) => unknown };
  };
  const asked = (date: unknown): [unknown] => (date === undefined ? noClock() : [date]);
  Object.defineProperties(formats, {
    format: {
      get(this: object) {
        const bound = Reflect.apply(format.get, this, []);
        return (date?: unknown) => bound(...asked(date));
      },
    },
    formatToParts: {
      value(this: object, date?: unknown) {
        return Reflect.apply(formatToParts.value, this, asked(date));
      },
    },
  });
}

/** Takes clock and chance away: what a run does follows from its context alone. */
function stopClocks(scope: Record<string, unknown>): void {
  const RealDate = Date;
  const noClock = instead("clock", "context.now");
  const OnlyGiven = new Proxy(RealDate, {
    construct: (target, given: unknown[], self) =>
      given.length === 0 ? noClock() : (Reflect.construct(target, given, self) as object),
    apply: noClock,
  });
  Object.defineProperty(RealDate, "now", { value: noClock, configurable: false, writable: false });
  Object.defineProperty(RealDate.prototype, "constructor", { value: OnlyGiven, configurable: false, writable: false });
  scope["Date"] = OnlyGiven;
  stopFormats(noClock);
  // The name is put together, because this is the one place that speaks of what it takes away.
  const chance = "random";
  Object.defineProperty(Math, chance, {
    value: instead("chance of its own", "context.random()"),
    configurable: false,
    writable: false,
  });
}

/**
 * Stops stacks from being written. Node formats the stack of every realm's errors by a function of its own; called where the stack is
 * nearly used up, that function throws an error of Node's realm into the strategy's. Without a limit no stack is kept, and nothing
 * is called.
 */
function stopStacks(): void {
  Object.defineProperty(Error, "stackTraceLimit", { value: undefined, writable: false, configurable: false });
  Object.defineProperty(Error, "captureStackTrace", { value: () => undefined, writable: false, configurable: false });
}

/** Takes means and names away and freezes the rest, in this realm and for good. Code that needs one of them has kept it before. */
export function lockDown(realm: "strategy" | "host"): void {
  const scope = globalThis as unknown as Record<string, unknown>;
  stopClocks(scope);
  // The one wait of the language that outlasts a run.
  Reflect.deleteProperty(Atomics, "waitAsync");
  if (realm === "strategy") stopStacks();
  Object.defineProperty(scope, "structuredClone", {
    value: cloneOf,
    writable: true,
    enumerable: false,
    configurable: true,
  });
  freezeShared(scope);
}
