/**
 * Takes a process's means away before a user's code is loaded into it.
 *
 * What this stops, together with the flags that the process is started with (`launch.ts`): reading and writing files, starting
 * processes and threads, add-ons, the environment, `eval`, the network as far as JavaScript reaches it, and clocks and chance,
 * so that a run is a function of what it is given. Nor can strategies of one process meddle with each other: what they have in common
 * is frozen (`freeze.ts`), and each has its own copy of every module that it imports.
 * What it does not stop: endless loops and memory (the session's process ends those), and an attack on Node itself. It is a fence for a
 * trader's own code, which may be wrong, and no wall against somebody who wants to break out: whoever runs code of strangers should
 * do so on another machine.
 *
 * 1. A module of the strategies folder imports modules of that folder and nothing else; everything else imports nothing more.
 * 2. Modules are imported while a strategy is loaded, and never in a run: whatever a run sets off ends with it.
 * 3. Names that would give a clock, chance, files, network or processes are gone, or say what to use instead.
 */
import { registerHooks } from "node:module";
import { freezeShared } from "./freeze.ts";

const MODULE = /\.(?:ts|mts|js|mjs)$/;

/** What a module's address would be loaded as; null for one that no strategy may have. */
export function formatOf(url: string, folder: string): "module" | "module-typescript" | null {
  const path = url.replace(/[?#].*$/s, "");
  if (!path.startsWith(folder) || !MODULE.test(path)) return null;
  return /\.m?ts$/.test(path) ? "module-typescript" : "module";
}

/**
 * Lets only the modules of one folder be loaded from here on, and only while `loading` says so. `folder`: its address, ending with
 * a slash. What a module imports has that module's search, which names the strategy: so no two strategies share one.
 */
export function restrictModules(folder: string, loading: () => boolean): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      const inside = context.parentURL?.startsWith(folder) === true;
      if (inside && /[?#]/.test(specifier))
        throw new Error(`it imports ${specifier.slice(0, 200)}; name the file alone`);
      if (!loading()) throw new Error(`it imports ${specifier.slice(0, 200)} in a run; import at the top of the file`);
      const found = /^(?:\.{0,2}\/|file:)/.test(specifier) ? next(specifier, context) : null;
      if (found === null || formatOf(found.url, folder) === null)
        throw new Error(
          `it imports ${specifier.slice(0, 200)}; a strategy gets everything through its context, and may import ` +
            "other .ts and .js files of the strategies folder only",
        );
      const search = inside ? (/[?#].*$/s.exec(context.parentURL ?? "")?.[0] ?? "") : "";
      return { ...found, url: found.url + search };
    },
    load: (url, context, next) => {
      const format = formatOf(url, folder);
      if (format === null) throw new Error(`${url.slice(0, 200)} is no module of the strategies folder`);
      return next(url, { ...context, format });
    },
  });
}

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

/** Takes means and names away and freezes the rest, in this process and for good. Whoever needs one of them has kept it before. */
export function lockDown(): void {
  const scope = globalThis as unknown as Record<string, unknown>;
  stopClocks(scope);
  // The one wait of the language that goes on behind a run's end.
  Reflect.deleteProperty(Atomics, "waitAsync");
  freezeShared(scope);
}
