/** The host: what a user's file may do when it is loaded and run, and that it costs no other strategy anything. */
import { ordersIn } from "./actions.ts";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { HostPort } from "../../../src/live/host/port.ts";
import type { RunResult } from "../../../src/live/strategies/run-types.ts";
import { nodeTimers } from "../../../src/live/clock/index.ts";
import { createStrategyHost } from "../../../src/live/host/index.ts";
import { checkResult, ORDERS_MAX } from "../../../src/live/strategies/result.ts";
import { openWorkspace, type Workspace } from "../../../src/store/index.ts";
import { freshFolder } from "../../store/folders.ts";
import { deskOf, NO_LIMITS, strategyOf } from "../session/desks.ts";
import { metaOf, runSnapshotOf } from "./scene.ts";

const ONE = { processes: 1 };
const FRAME = "defaults: {}, parameters: {}";
const GOOD = `export default { ${FRAME}, onTick: () => [{ symbol: "A", quantity: 1, because: { text: "why", values: {} } }] };`;

/** A workspace with strategy files. */
function workspaceOf(files: Readonly<Record<string, string>>): Workspace {
  const workspace = openWorkspace(freshFolder());
  for (const [name, text] of Object.entries(files)) writeFileSync(join(workspace.strategies, name), text);
  return workspace;
}

/** Loads modules, each as a strategy of its own name, and beside them one that works. */
function hostOf(workspace: Workspace, modules: readonly string[]): Promise<HostPort> {
  const strategies = [...modules, "mean_reversion"].map((module) => strategyOf(module, module, ["A"]));
  return createStrategyHost({ desk: deskOf({ strategies }), workspace, metaOf, timers: nodeTimers, settings: ONE });
}

const run = (host: HostPort, strategy: string): Promise<RunResult> =>
  host.run(runSnapshotOf({ closes: { A: [1, 2] }, params: {} }, strategy), null);

describe("a user's file", () => {
  it("is loaded from the strategies folder and run", async () => {
    const host = await hostOf(workspaceOf({ "good.mjs": GOOD }), ["good.mjs"]);
    expect([...host.notLoaded]).toEqual([]);
    expect(await run(host, "good.mjs")).toMatchObject({ outcome: "ok", orders: [{ symbol: "A", quantity: 1 }] });
    host.close();
  });

  it.each([
    ["throws at import", "throw new Error('not today');", /not today/],
    ["is no JavaScript", "export default {", /^bad\.mjs does not load \(line 1\): ./],
    ["throws something odd", "throw Object.create(null);", /does not load/],
    ["has no default", "export const a = 1;", /no strategy/],
    ["has no onTick", "export default { defaults: {}, parameters: {} };", /no onTick/],
    ["has no defaults", "export default { parameters: {}, onTick() {} };", /no defaults/],
    ["has no parameters", "export default { defaults: {}, onTick() {} };", /no parameters/],
    [
      "breaks its own rules",
      "export default { defaults: { n: 0 }, parameters: { n: { type: 'integer', min: 1, describe: '' } }, onTick() {} };",
      /n is 0; at least 1/,
    ],
    [
      "has rules that are none",
      "export default { defaults: { n: 0 }, parameters: { n: null }, onTick() {} };",
      /the rule of n is no object/,
    ],
    ["has a getter that throws", "export default { get onTick() { throw new Error('boo'); } };", /boo/],
    [
      "throws when it is asked for its bars",
      `export default { ${FRAME}, onTick() {}, barsNeeded() { throw new Error('bars'); } };`,
      /bars/,
    ],
    [
      "asks for endless bars",
      `export default { ${FRAME}, onTick() {}, barsNeeded: () => Infinity };`,
      /barsNeeded gave Infinity/,
    ],
    [
      "asks for no number of bars",
      `export default { ${FRAME}, onTick() {}, barsNeeded: () => "1e9" };`,
      /barsNeeded gave 1e9/,
    ],
  ])("that %s says so, and the others run", async (_, text, reason) => {
    const host = await hostOf(workspaceOf({ "bad.mjs": text }), ["bad.mjs"]);
    expect(host.notLoaded.get("bad.mjs")).toMatch(reason);
    expect(host.barsNeeded).toBe(20);
    expect(await run(host, "mean_reversion")).toMatchObject({ outcome: "ok" });
    expect(await run(host, "bad.mjs")).toMatchObject({ outcome: "threw", orders: [] });
    host.close();
  });

  it.each(["../outside.mjs", "/etc/passwd", "..", "link.mjs", "none.mjs", "folder", "a\u0000b", "", "constructor"])(
    "by the name %j is not loaded",
    async (module) => {
      const workspace = workspaceOf({});
      writeFileSync(join(workspace.path, "outside.mjs"), GOOD);
      symlinkSync(join(workspace.path, "outside.mjs"), join(workspace.strategies, "link.mjs"));
      mkdirSync(join(workspace.strategies, "folder"));
      const host = await hostOf(workspace, [module]);
      expect(host.notLoaded.get(module)).toBeTypeOf("string");
      expect(await run(host, "mean_reversion")).toMatchObject({ outcome: "ok" });
    },
  );

  it.each([
    ["throws", "throw new Error('in\\n  a run');", "threw", /Error: in a run/],
    ["throws nothing that can be shown", "throw Object.create(null);", "threw", /./],
    [
      "throws an error without a readable message",
      "throw Object.defineProperty(new Error(), 'message', { get() { throw 1; } });",
      "threw",
      /./,
    ],
    ["returns nothing", "", "bad_result", /returned undefined/],
    ["returns a promise", "return Promise.reject(new Error('later'));", "bad_result", /promise/],
    [
      "returns a list with a trap",
      "return [new Proxy({}, { get() { throw new Error('trap'); } })];",
      "bad_result",
      /trap/,
    ],
    [
      "returns a list of its own making",
      "return Object.defineProperty([{}], 'entries', { value: () => [][Symbol.iterator]() });",
      "bad_result",
      /order 1/,
    ],
    ["changes its context", "context.now = 1; context.position = () => 9; return [];", "threw", /./],
  ])("that %s costs that run and nothing more", async (_, body, outcome, message) => {
    const host = await hostOf(
      workspaceOf({ "user.mjs": `export default { ${FRAME}, onTick(context) { ${body} } };` }),
      ["user.mjs"],
    );
    expect([...host.notLoaded]).toEqual([]);
    for (let time = 0; time < 2; time += 1) {
      const result = await run(host, "user.mjs");
      expect(result).toMatchObject({ outcome, orders: [] });
      expect(result.message).toMatch(message);
    }
    expect(await run(host, "mean_reversion")).toMatchObject({ outcome: "ok" });
  });

  it("gets the desk's bounds: the smallest of its symbols'", async () => {
    const text = `export default { ${FRAME}, onTick: (c) => { throw new Error(JSON.stringify(c.sizing)); } };`;
    const limits = { ...NO_LIMITS, maxPosition: "50", maxPositionBySymbol: { B: "7.5" }, maxNotional: "900" };
    const strategies = [strategyOf("user", "user.mjs", ["A", "B"])];
    const host = await createStrategyHost({
      desk: deskOf({ strategies, limits }),
      workspace: workspaceOf({ "user.mjs": text }),
      metaOf: () => undefined,
      timers: nodeTimers,
      settings: ONE,
    });
    expect((await run(host, "user")).message).toContain('{"dollarPerTrade":10000,"maxPosition":7.5,"maxNotional":900}');
  });
});

describe("a result", () => {
  const check = (value: unknown) => checkResult(value, ["A", "B"]);

  it.each([
    ["null", null, /returned null/],
    ["an object", { length: 1 }, /returned \{"length":1\}/],
    [
      "too many",
      Array.from({ length: ORDERS_MAX + 1 }),
      /^too_many_orders: onTick returned 1001 orders; at most 1000 a run/,
    ],
    ["a hole", [undefined], /order 1: it is undefined/],
    ["another's symbol", [{ symbol: "C", quantity: 1 }], /symbol is "C"; this strategy has A, B/],
    ["a symbol's lookalike", [{ symbol: ["A"], quantity: 1 }], /symbol is \["A"\]/],
    ["no quantity", [{ symbol: "A" }], /quantity is missing/],
    ["quantity 0", [{ symbol: "A", quantity: -0 }], /quantity is 0/],
    ["quantity NaN", [{ symbol: "A", quantity: Number.NaN }], /finite number other than 0/],
    ["quantity as text", [{ symbol: "A", quantity: "1" }], /quantity is "1"/],
    ["quantity as a big integer", [{ symbol: "A", quantity: 1n }], /quantity is 1;/],
    ["a limit of 0", [{ symbol: "A", quantity: 1, limitPrice: 0 }], /limitPrice is 0/],
    ["an endless limit", [{ symbol: "A", quantity: 1, limitPrice: Infinity }], /limitPrice/],
    ["a limit of null", [{ symbol: "A", quantity: 1, limitPrice: null }], /limitPrice is null/],
    ["an empty id", [{ symbol: "A", quantity: 1, clientOrderId: "" }], /clientOrderId/],
    ["a long key", [{ symbol: "A", quantity: 1, idempotencyKey: "k".repeat(201) }], /idempotencyKey/],
    ["a reason that is none", [{ symbol: "A", quantity: 1, because: "so" }], /because/],
    [
      "a bad second order",
      [
        { symbol: "A", quantity: 1 },
        { symbol: "B", quantity: 0 },
      ],
      /^order 2/,
    ],
  ])("with %s is refused as a whole", (_, value, problem) => {
    const checked = check(value);
    expect(checked).toMatchObject({ ok: false });
    expect(checked.ok ? "" : checked.problem).toMatch(problem);
  });

  it("keeps what an order is made of, and of its reason what fits", () => {
    const values = { n: 1, t: "x".repeat(2_000), bad: Number.NaN, deep: {}, ["__proto__x"]: 2 };
    const order = {
      symbol: "A",
      quantity: -1.5,
      limitPrice: 2,
      clientOrderId: "c",
      idempotencyKey: "k",
      because: { text: "t".repeat(2_000), values, more: 1 },
    };
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`v${index}`, index]));
    const checked = check([
      order,
      { symbol: "B", quantity: 1, because: { text: "", values: many } },
      { symbol: "B", quantity: 1 },
    ]);
    if (!checked.ok) throw new Error(checked.problem);
    const [first, second, third] = ordersIn(checked.orders);
    expect(first).toEqual({
      symbol: "A",
      quantity: -1.5,
      limitPrice: 2,
      clientOrderId: "c",
      idempotencyKey: "k",
      because: { text: "t".repeat(1_000), values: { n: 1, t: "x".repeat(1_000), __proto__x: 2 } },
    });
    expect(Object.keys(second?.because.values ?? {}).length).toBe(40);
    expect(third?.because).toEqual({ text: "no reason given", values: {} });
  });

  it("lets no prototype in by its name", () => {
    const values = JSON.parse('{"__proto__": "polluted", "a": 1}') as object;
    const checked = check([{ symbol: "A", quantity: 1, because: { text: "", values } }]);
    const kept = checked.ok ? ordersIn(checked.orders)[0]?.because.values : {};
    expect(Object.keys(kept ?? {})).toEqual(["a"]);
    expect(Object.getPrototypeOf(kept)).toBe(Object.prototype);
  });
});
