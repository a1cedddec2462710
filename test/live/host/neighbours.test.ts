/**
 * Strategies of one real process: whatever one of them does to what they have in common, the others do what they do alone.
 */
import { ordersIn } from "../strategies/actions.ts";
import { describe, expect, it } from "vitest";
import { nodeTimers } from "../../../src/live/clock/index.ts";
import { checkStrategy } from "../../../src/live/check/index.ts";
import { createStrategyHost, type HostSettings } from "../../../src/live/host/index.ts";
import { ProcessHost } from "../../../src/live/host/process-host.ts";
import type { RunResult } from "../../../src/live/strategies/run-types.ts";
import { deskOf, strategyOf } from "../session/desks.ts";
import { makeWorkspace } from "../session/stage.ts";
import { metaOf } from "../strategies/scene.ts";
import { barsUpTo, snapshotAt, writeStrategies } from "./scene.ts";

const head = "export default { defaults: {}, parameters: {},";
const SETTINGS: HostSettings = { processes: 1, hangMs: 1_500, loadMs: 5_000, memoryMb: 64 };

/** Counts in a module of its own, and uses what others may have spoiled. */
const GOOD = {
  "counter.ts": "export const counter = { runs: 0 };",
  "good.ts": `import { counter } from "./counter.ts";
class NoBars extends Error { constructor(text: string) { super(text); this.name = "NoBars"; } }
${head} onTick(c) {
  counter.runs += 1;
  const bars = c.bars("AAA");
  const closes = [...bars].map((bar) => Math.abs(bar.close)).filter(Number.isFinite);
  const seen = JSON.parse(JSON.stringify({ runs: counter.runs, closes: closes.reduce((sum, one) => sum + one, 0).toFixed(4) }));
  for (const name in seen) if (!["runs", "closes"].includes(name)) throw new NoBars(name);
  const own = { toString() { return "own"; } };
  own.toString = () => String(new NoBars("none"));
  return [{ symbol: "AAA", quantity: seen.runs, because: { text: seen.closes + " " + own + " " + typeof found, values: {} } }];
} };`,
};

/** What a neighbour tries, and what becomes of its own run. */
const MEDDLERS: readonly (readonly [name: string, body: string, own: RegExp])[] = [
  ["an array's method", "Array.prototype.map = () => [];", /^threw TypeError: .*map/],
  ["the way lists are walked", "Array.prototype[Symbol.iterator] = function* () {};", /^threw TypeError/],
  ["an iterator's step", "Object.getPrototypeOf([].values()).next = () => ({ done: true });", /^threw TypeError/],
  ["all objects", "Object.prototype.runs = 99;", /^threw TypeError/],
  [
    "all objects, as a getter",
    "Object.defineProperty(Object.prototype, 'extra', { get: () => 1, enumerable: true });",
    /^threw/,
  ],
  ["an object's text", "Object.prototype.toString = () => 'theirs';", /^threw TypeError/],
  ["every function", "Function.prototype.call = () => undefined;", /^threw TypeError/],
  ["arithmetic", "Math.abs = () => 7;", /^threw TypeError/],
  ["numbers", "Number.prototype.toFixed = () => '0';", /^threw TypeError/],
  ["writing", "JSON.stringify = () => '{}';", /^threw TypeError/],
  ["reading", "Object.defineProperty(JSON, 'parse', { value: () => ({}) });", /^threw TypeError/],
  ["a global name", "globalThis.found = 1;", /^threw TypeError/],
  ["a name of the language", "globalThis.Array = Object;", /^threw TypeError/],
  ["every error", "Error.prepareStackTrace = () => 'theirs';", /^threw TypeError/],
  ["generators", "Object.getPrototypeOf(function* () {}).prototype.next = () => ({ done: true });", /^threw TypeError/],
  ["the bars", "c.bars('AAA')[0].close = 1e9;", /^threw TypeError/],
  ["its module's copy", "counter.runs = 1_000; return [{ symbol: 'AAA', quantity: counter.runs }];", /^ok/],
  ["a loop of promises", "(async () => { for (;;) await null; })(); return [];", /^timed_out/],
  [
    "a promise that fails",
    "Promise.reject(new Error('uncaught')); return [];",
    /^threw a promise was rejected and not caught: Error: uncaught$/,
  ],
  [
    "an import in a run",
    "import('./counter.ts').then(() => { for (;;); }); return [];",
    /^threw Error: it imports \.\/counter\.ts by import\(\)/,
  ],
  [
    "a wait behind its run",
    "Atomics.waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50); return [];",
    /^threw/,
  ],
  ["the clock", "new Intl.DateTimeFormat('en').format(); return [];", /^threw Error: A strategy has no clock/],
  [
    "the clock by parts",
    "new Intl.DateTimeFormat('en').formatToParts(); return [];",
    /^threw Error: A strategy has no clock/,
  ],
  ["the clock behind a date", "new Date(0).constructor.now(); return [];", /^threw Error: A strategy has no clock/],
  [
    "the machine's zone",
    "return [{ symbol: 'AAA', quantity: 1 + new Date(2026, 6, 1).getTimezoneOffset() }];",
    /^ok 1$/,
  ],
  ["what is forgotten", "new WeakRef({}); return [];", /^threw ReferenceError/],
];

/** Files that would reach another strategy's own copy of a module. */
const REACHING = {
  "thief.ts": `import victim from "./good.ts?as=good"; victim.onTick = () => []; ${head} onTick: () => [] };`,
};

const resultText = ({ outcome, message, orders }: RunResult): string =>
  `${outcome} ${outcome === "ok" ? String(ordersIn(orders)[0]?.quantity ?? "") : (message ?? "")}`;

async function hostOf(modules: Readonly<Record<string, string>>): Promise<ProcessHost> {
  const workspace = makeWorkspace();
  writeStrategies(workspace, { ...GOOD, ...modules });
  const names = ["good.ts", ...Object.keys(modules)];
  const strategies = names.map((module) => strategyOf(module, module, ["AAA"]));
  const host = await createStrategyHost({
    desk: deskOf({ strategies }),
    workspace,
    metaOf,
    timers: nodeTimers,
    settings: SETTINGS,
  });
  if (!(host instanceof ProcessHost)) throw new Error("not the real host");
  return host;
}

it("are not reached by what another one does to the language, its names, or what it leaves behind", async () => {
  const modules = MEDDLERS.map(([, body], index) => {
    const text = `import { counter } from "./counter.ts"; ${head} onTick(c) { counter; ${body} } };`;
    return [`bad-${index}.mjs`, text] as const;
  });
  const host = await hostOf(Object.fromEntries(modules));
  expect([...host.notLoaded]).toEqual([]);
  let good = 0;
  const runGood = (): Promise<RunResult> => {
    good += 1;
    return host.run(snapshotAt("good.ts", good, barsUpTo(30)), null);
  };
  const first = await runGood();
  expect(resultText(first)).toBe("ok 1");
  expect(ordersIn(first.orders)[0]?.because.text).toMatch(/NoBars: none undefined$/);
  for (const [index, [name, , own]] of MEDDLERS.entries()) {
    const module = `bad-${index}.mjs`;
    // Asked for together, so that the good one waits behind it in the same process, and once more afterwards.
    const both = [host.run(snapshotAt(module, 1, barsUpTo(30)), null), runGood()] as const;
    expect.soft(resultText(await both[0]), name).toMatch(own);
    for (const result of [await both[1], await runGood()]) {
      expect.soft(result.outcome, name).toBe("ok");
      expect.soft(ordersIn(result.orders)[0]?.because, name).toEqual(ordersIn(first.orders)[0]?.because);
    }
  }
  host.close();
});

it("cannot import another one's copy of a module", async () => {
  const host = await hostOf(REACHING);
  expect(host.notLoaded.get("thief.ts")).toMatch(/name the file alone/);
  expect(resultText(await host.run(snapshotAt("good.ts", 1, barsUpTo(30)), null))).toBe("ok 1");
  host.close();
});

/** Walks all that a strategy can reach by names, prototypes and properties, and throws with what it could change or should not find. */
const WALK = `
const open = new Set();
function walk(roots) {
  const seen = new Set();
  const waiting = roots.map((one, index) => [one, String(index)]);
  while (waiting.length > 0) {
    const [at, path] = waiting.pop();
    if (at === null || !/^(object|function)$/.test(typeof at) || seen.has(at)) continue;
    seen.add(at);
    if (/^(Socket|EventEmitter|WriteStream|process|MessagePort)$/.test(at.constructor?.name)) open.add("reaches " + path);
    if (!Object.isFrozen(at)) open.add("not frozen: " + path);
    waiting.push([Object.getPrototypeOf(at), path + ".__proto__"]);
    for (const [key, one] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      for (const part of ["value", "get", "set"]) waiting.push([one[part], path + "." + key]);
  }
}
const protoOf = Object.getPrototypeOf;
export default { defaults: {}, parameters: {}, onTick(context) {
  walk([globalThis, context.symbols, context.params, context.sizing, ...context.bars("AAA"), protoOf(context.bars),
    protoOf(function* () {}), protoOf(async () => {}), protoOf(async function* () {}),
    protoOf([][Symbol.iterator]()), protoOf([].values().map(String)), protoOf("".matchAll(/a/g)), protoOf(new Map().keys()),
    protoOf(Object.getOwnPropertyDescriptor(class { get a() { return 1; } }.prototype, "a").get)]
    .filter((one) => one !== null));
  for (const [name, use] of Object.entries({
    "this moment by a format": () => new Intl.DateTimeFormat("en").format(),
    "this moment by its parts": () => new Intl.DateTimeFormat("en").formatToParts(),
    "the machine's hours": () => new Date(0).getHours() === 0 ? clock() : 0,
    "an event's time": () => new Event("x").timeStamp, "a file's time": () => new File([], "x").lastModified,
    "a timer": () => AbortSignal.timeout(1), "old memory": () => Buffer.allocUnsafe(8), "a wait": () => Atomics.waitAsync.call,
  })) { let works = true; try { use(); } catch { works = false; } if (works) open.add(name); }
  if (open.size > 0) throw new Error([...open].slice(0, 8).join("; "));
  return [];
} };
`;

describe("what strategies share", () => {
  it("is frozen as far as it reaches, and shows nothing of the machine", async () => {
    const workspace = makeWorkspace();
    writeStrategies(workspace, { "walk.ts": WALK });
    expect((await checkStrategy(workspace, "walk.ts")).complaints).toEqual([]);
  });

  it("leaves objects of one's own alone", async () => {
    const workspace = makeWorkspace();
    const usual = `
      class Mine extends Error { constructor(text) { super(text); this.name = "Mine"; } }
      const bag = {}; bag.toString = () => "bag"; bag.hasOwnProperty = 1;
      class List extends Array { total() { return this.reduce((sum, one) => sum + one, 0); } }
      ${head} onTick(c) {
        console.log("hello");
        const day = new Intl.DateTimeFormat("en", { weekday: "short" }).format(c.now / 1000);
        const right = String(bag) === "bag" && new Mine("x").name === "Mine" && List.from([1, 2]).total() === 3 && day.length === 3;
        if (!right) throw new Error("something usual does not work");
        return [];
      } };`;
    writeStrategies(workspace, { "usual.ts": usual });
    expect((await checkStrategy(workspace, "usual.ts")).complaints).toEqual([]);
  });
});
