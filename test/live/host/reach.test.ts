/**
 * A walk through everything that a strategy can get hold of: names, the snapshot and what its functions give, fills, updates and states,
 * errors, promises, iterators, and whatever the engine hands to a callback.
 *
 * 1. Nothing of it belongs to another realm, and nothing that a name leads to can be changed.
 * 2. One strategy marks all that it reaches. Another one of the same process, and its own next run, find no mark.
 */
import { expect, it } from "vitest";
import { nodeTimers } from "../../../src/live/clock/index.ts";
import { createStrategyHost } from "../../../src/live/host/index.ts";
import { deskOf, strategyOf } from "../session/desks.ts";
import { makeWorkspace } from "../session/stage.ts";
import { metaOf } from "../strategies/scene.ts";
import { FAILURES } from "./attacks.ts";
import { barsUpTo, MOVED, snapshotAt, writeStrategies } from "./scene.ts";

/** Whatever the engine hands to code of one's own: `got` takes it. */
const HANDED = `
  const got = (...all) => { found.push(...all); return all[0]; };
  const any = () => new Proxy(function () {}, Object.fromEntries(
    Reflect.ownKeys(Reflect).filter((key) => typeof key === "string")
      .map((key) => [key, (...all) => { got(...all); return Reflect[key](...all); }])));
  const thing = any();
  thing.a = 1; delete thing.a; "a" in thing; Object.keys(thing); thing(1); new thing(2); Object.getPrototypeOf(thing);
  [3, 1, 2].sort((a, b) => { got(a, b); return a - b; });
  [[1]].map((...all) => got(...all)); Array.from([1], function (...all) { got(this, ...all); }, {});
  Array.fromAsync([1], (...all) => got(...all)).then(got, got);
  [1].reduce((...all) => got(...all), {}); Object.groupBy([1], (...all) => { got(...all); return "k"; });
  Map.groupBy([1], (...all) => got(...all)); new Map([[1, 2]]).forEach((...all) => got(...all));
  JSON.parse('{"a":[1]}', function (...all) { got(this, ...all); return all[1]; });
  JSON.stringify({ a: { toJSON(...all) { got(this, ...all); return 1; } } }, function (...all) { got(this, ...all); return all[1]; });
  "abc".replace(/(?<n>b)/, (...all) => { got(...all); return "x"; }); "a".replaceAll("a", (...all) => { got(...all); return ""; });
  got(/(?<n>b)/d.exec("abc"), ["x", "y"].entries().next(), (function () { return arguments; })(1), ((strings) => strings)\`a\`);
  for (const symbol of Object.getOwnPropertyNames(Symbol).filter((name) => typeof Symbol[name] === "symbol")) {
    const hook = { get [Symbol[symbol]]() { got(this); return undefined; } };
    try { [...hook]; } catch (e) { got(e); } try { hook + 1; } catch (e) { got(e); } try { "a".match(hook); } catch (e) { got(e); }
    try { "a".split(hook); } catch (e) { got(e); }
    try { [].concat(hook); } catch (e) { got(e); } try { 1 instanceof hook; } catch (e) { got(e); }
  }
  got({ [Symbol.toPrimitive](...all) { got(this, ...all); return 1; } } + 1);
  new Promise((...all) => got(...all)); Promise.reject(new Error("r")).catch(got).finally(got);
  Promise.resolve({ then(...all) { got(...all); all[0](1); } }).then(got);
  got(Promise.withResolvers(), Promise.try(() => 1), Promise.any([]).catch(got), Promise.race([1]));
  (async () => { try { await { then(...all) { got(...all); all[1](new Error("no")); } }; } catch (e) { got(e); } })();
  const steps = (function* () { try { got(yield 1); } finally { got(this); } })();
  got(steps, steps.next(), steps.next({}), steps.return({}));
  const later = (async function* () { yield 1; })(); got(later, later.next(), later.return(1), later.throw(new Error("l")).catch(got));
  for (const one of [[1], "a", new Map([[1, 1]]), new Set([1]), new Uint8Array(1), "aa".matchAll(/a/g)]) {
    const each = one[Symbol.iterator](); got(each, each.next());
    for (const name of ["map", "filter", "take", "drop", "flatMap"]) {
      try {
        const helped = each[name](name === "take" || name === "drop" ? 1 : (...all) => { got(...all); return [1]; });
        got(helped, helped.next());
      }
      catch (e) { got(e); }
    }
  }
  got(new Intl.NumberFormat("en").formatToParts(1), new Intl.NumberFormat("en").resolvedOptions(), new Intl.Locale("en"),
    new Intl.DateTimeFormat("en", { year: "numeric" }).formatToParts(0), new Intl.Collator("en").compare, new Intl.PluralRules("en"));
  got(structuredClone({ a: [new Map([[1, new Date(0)]])] }), new ArrayBuffer(8), new SharedArrayBuffer(8), new DataView(new ArrayBuffer(8)),
    new Error("c", { cause: new Error("d") }), new AggregateError([new Error("e")]), new Date(0), 1n, Symbol.for("a"), globalThis, console);
  class Own extends Error { static { got(this); } #private = got(this); get hidden() { return got(this); } } got(new Own("o").hidden);
  const stack = new DisposableStack(); stack.defer(() => got(stack)); got(stack); stack.dispose();
`;

/** What a strategy is given by the session: the snapshot, what its functions give, and what its hooks get. */
const GIVEN = `
  got(c, c.symbols, c.params, c.sizing, c.openOrders(), c.openOrders("AAA"), c.minimums("AAA"));
  got(c.bars("AAA"), c.bars("none"), c.mark("AAA"));
  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    if (c.bars(name).length !== 0 || c.mark(name) !== undefined || c.position(name) !== 0 || c.unitValue(name) !== 1)
      throw new Error("a symbol of the language's own gives something: " + name);
    got(c.bars(name), c.openOrders(name), c.minimums(name));
  }
  for (const [name, value] of Object.entries(c)) {
    got(name, value);
    if (typeof value === "function") try { got(value("AAA", 1)); } catch (e) { got(e); }
  }
`;

const failures = FAILURES.map((text) => `() => { ${text}; }`).join(",\n");

/** A strategy that collects all that it reaches in each run, and gives it to `use`. */
const collector = (use: string): string => `
const failing = [${failures}];
const own = { kept: null };
let found = [];
const hooks = { got: [] };
const isObject = (one) => (typeof one === "object" && one !== null) || typeof one === "function";
function reached(roots) {
  const seen = new Set();
  const waiting = [...roots];
  while (waiting.length > 0) {
    const at = waiting.pop();
    if (!isObject(at) || seen.has(at) || at === own || at === hooks || at === failing || failing.includes(at)) continue;
    seen.add(at);
    waiting.push(Object.getPrototypeOf(at));
    for (const key of Reflect.ownKeys(at)) {
      const one = Reflect.getOwnPropertyDescriptor(at, key) ?? {};
      waiting.push(one.value, one.get, one.set);
    }
  }
  return seen;
}
const isForeign = (one) => {
  let top = one;
  for (let at = one; at !== null; at = Object.getPrototypeOf(at)) top = at;
  return top !== Object.prototype && typeof top === "function" ? true : top !== Object.prototype && Object.getPrototypeOf(one) !== null;
};
const wrong = new Set();
function use(all, c) { ${use} }
export default { defaults: { a: 1 }, parameters: { a: { type: "number", describe: "" } },
  barsNeeded(params) { hooks.got.push(params, this, arguments); return 5; },
  onStart(start) { hooks.got.push(start, this, arguments); },
  onFill(fill, c) { hooks.got.push(fill, c, arguments); },
  onOrder(update, c) { hooks.got.push(update, c, arguments); },
  save() { return { runs: 1 }; },
  load(state) { hooks.got.push(state, this, arguments); },
  onTick(c) {
    found = [this, arguments, ...hooks.got];
    hooks.got = [];
    ${HANDED}
    ${GIVEN}
    for (const fails of failing) try { got(fails()); } catch (e) { got(e); try { got(e.stack, e.message, e.name); } catch (e) { got(e); } }
    const all = reached(found);
    for (const one of all) {
      try { if (isForeign(one)) wrong.add("of another realm: " + String(one?.constructor?.name)); } catch (e) { got(e); }
      for (const key of ["getBuiltinModule", "binding", "mainModule", "_events", "execArgv"])
        if (Object.hasOwn(one, key)) wrong.add("of Node: " + key);
    }
    for (const one of reached([globalThis]))
      if (!Object.isFrozen(one)) wrong.add("not frozen: " + String(one?.name ?? one?.constructor?.name));
    use(all, c);
    if (wrong.size > 0) throw new Error([...wrong].slice(0, 8).join("; "));
    return [{ symbol: "AAA", quantity: 1, because: { text: String(all.size), values: {} } }];
  },
};
`;

const MARK = `
  for (const one of all) {
    if (one === globalThis) continue;
    for (const spoil of [
      () => Reflect.defineProperty(one, "marked", { value: true, configurable: true }),
      () => { one.marked = true; },
      () => Reflect.set(one, "length", 0),
      () => Array.isArray(one) && one.push({ marked: true }),
      () => Reflect.setPrototypeOf(one, { marked: true }),
      () => { for (const key of Reflect.ownKeys(one)) if (typeof one[key] === "number") one[key] = 77; },
    ]) try { spoil(); } catch {}
  }`;
const LOOK = `for (const one of all) if ("marked" in one) wrong.add("marked by the other one: " + String(one?.constructor?.name));
  const [bar] = c.bars("AAA"), [order] = c.openOrders();
  if (c.bars("AAA").length !== 5 || bar.close !== 125.5 || order.quantity !== 10 || c.params.a !== 1) wrong.add("another snapshot");`;
/** Marks in odd runs, looks in even ones: what it keeps itself is marked, what it is given is not. */
const AGAIN = `if ((own.runs = (own.runs ?? 0) + 1) % 2 === 1) { ${MARK} } else {
  const given = reached([c, c.bars("AAA"), c.openOrders(), c.minimums("AAA"), globalThis]);
  for (const one of given) if (Object.hasOwn(one, "marked")) wrong.add("marked by the run before: " + String(one?.constructor?.name));
  if (c.openOrders().length !== 1 || c.openOrders()[0].quantity !== 10) wrong.add("another snapshot"); }`;

it("leads to no other realm and to nothing that can be changed, and one strategy's marks are seen by none", async () => {
  const workspace = makeWorkspace();
  const modules = { "mark.mjs": collector(MARK), "look.mjs": collector(LOOK), "again.mjs": collector(AGAIN) };
  writeStrategies(workspace, modules);
  const names = Object.keys(modules);
  const host = await createStrategyHost({
    desk: deskOf({ strategies: names.map((module) => strategyOf(module, module, ["AAA"])) }),
    workspace,
    metaOf,
    timers: nodeTimers,
    settings: { processes: 1, memoryMb: 128 },
  });
  expect([...host.notLoaded]).toEqual([]);
  for (let run = 1; run <= 4; run += 1)
    for (const name of ["look.mjs", "mark.mjs", "look.mjs", "again.mjs"]) {
      const { outcome, message, orders } = await host.run(snapshotAt(name, run, barsUpTo(30), MOVED), null);
      expect.soft(message, `${name}, run ${run}`).toBeNull();
      expect.soft(outcome).toBe("ok");
      // It has walked through the language, and through what it was given.
      const [order] = orders;
      if (order !== undefined && "because" in order) expect(Number(order.because.text)).toBeGreaterThan(1_000);
    }
  host.close();
});
