/**
 * Takes a process's means away before a user's code is loaded into it.
 *
 * What this stops, together with the flags that the process is started with (`launch.ts`): reading and writing files, starting
 * processes and threads, add-ons, the environment, `eval`, the network as far as JavaScript reaches it, and clocks and chance,
 * so that a run is a function of what it is given.
 * What it does not stop: endless loops and memory (the session's process ends those), strategies of one process that meddle with
 * each other through shared built-in objects, and an attack on Node itself. It is a fence for a trader's own code, which may be
 * wrong, and no wall against somebody who wants to break out: whoever runs code of strangers should do so on another machine.
 *
 * 1. A module of the strategies folder imports modules of that folder and nothing else; everything else imports nothing more.
 * 2. Names that would give a clock, chance, files, network or processes are gone, or say what to use instead.
 */
import { registerHooks } from "node:module";

/** Global names that are taken away. */
const GONE = [
  "process",
  "fetch",
  "WebSocket",
  "EventSource",
  "Request",
  "Response",
  "Headers",
  "FormData",
  "navigator",
  "performance",
  "crypto",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "clearTimeout",
  "clearInterval",
  "clearImmediate",
  "queueMicrotask",
  "Worker",
  "BroadcastChannel",
  "MessageChannel",
  "MessagePort",
  "localStorage",
  "sessionStorage",
  "Storage",
  "WebAssembly",
] as const;

const MODULE = /\.(?:ts|mts|js|mjs)$/;

/** What a module's address would be loaded as; null for one that no strategy may have. */
export function formatOf(url: string, folder: string): "module" | "module-typescript" | null {
  const path = url.replace(/[?#].*$/s, "");
  if (!path.startsWith(folder) || !MODULE.test(path)) return null;
  return /\.m?ts$/.test(path) ? "module-typescript" : "module";
}

/** Lets only the modules of one folder be loaded from here on. `folder`: its address, ending with a slash. */
export function restrictModules(folder: string): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      const found = /^(?:\.{0,2}\/|file:)/.test(specifier) ? next(specifier, context) : null;
      if (found === null || formatOf(found.url, folder) === null)
        throw new Error(
          `it imports ${specifier.slice(0, 200)}; a strategy gets everything through its context, and may import ` +
            "other .ts and .js files of the strategies folder only",
        );
      return found;
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
  // The name is put together, because this is the one place that speaks of what it takes away.
  const chance = "random";
  Object.defineProperty(Math, chance, {
    value: instead("chance of its own", "context.random()"),
    configurable: false,
    writable: false,
  });
}

/** Removes the names, in this process and for good. Whoever needs one of them has kept it before. */
export function removeNames(): void {
  const scope = globalThis as unknown as Record<string, unknown>;
  for (const name of GONE) delete scope[name];
  stopClocks(scope);
}
