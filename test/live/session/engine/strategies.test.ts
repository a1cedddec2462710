/**
 * Strategies that overrun, hang, throw, lie or do not load: each costs its own runs, and the session continues.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { OpenHost } from "../../../../src/live/host/index.ts";
import type { LiveSession } from "../../../../src/live/session/state/api.ts";
import type { RunResult } from "../../../../src/live/strategies/run-types.ts";
import { between, HOUR, MINUTE, SECOND, type Duration } from "../../../../src/shared/time.ts";
import { scaledDesk } from "../../../../src/store/index.ts";
import type { JournalEntry } from "../../../../src/store/journal/entries.ts";
import { builtInStrategies } from "../../../../src/live/strategies/index.ts";
import { insideHost } from "../../../sim/inside-host.ts";
import { deskOf, strategyOf } from "../desks.ts";
import {
  crashCopy,
  create,
  entriesOf,
  finish,
  handPorts,
  HandTimers,
  journalOf,
  makeWorkspace,
  minutes,
  reopen,
  turn,
} from "../stage.ts";

const strategyIn = (session: LiveSession, name: string) => {
  const found = session.probe().strategies.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no strategy ${name}`);
  return found;
};

/** A user's strategy that does what its `how` says: a line of the body of `onTick`. */
const SPITE = (body: string): string => `
export default {
  defaults: {},
  parameters: {},
  onTick(context) {
    const symbol = context.symbols[0];
    const because = { text: "because", values: {} };
    void symbol; void because;
    ${body}
  },
};
`;

/** Strategies of a user's own beside the four of the test's desk: by name, the body of `onTick`, or a whole file after `raw:`. */
async function beside(bodies: Readonly<Record<string, string>>, length = minutes(6)) {
  const workspace = makeWorkspace();
  const base = deskOf();
  const cadence = (10 * SECOND) as Duration;
  const own = Object.entries(bodies).map(([name, body]) => {
    writeFileSync(join(workspace.strategies, `${name}.mjs`), body.startsWith("raw:") ? body.slice(4) : SPITE(body));
    return strategyOf(name, `${name}.mjs`, ["AAA", "BBB"], { cadence });
  });
  const orchestrator = { ...base.orchestrator, maxInflight: 100_000 };
  const desk = { ...base, orchestrator, strategies: [...base.strategies, ...own] };
  return { session: await create(desk, { workspace, length }), workspace };
}

describe("a run that takes too long", () => {
  const hopeless = deskOf({ runtime: { median: (10 * MINUTE) as Duration, sigma: 0, slowShare: 0, slowFactor: 1 } });

  it.each([
    ["end their process or hang", ["ended", "timed_out", "ended"], 3],
    ["never got their turn among them", ["ended", "abandoned", "abandoned", "ended", "ended"], 5],
    ["throw among them", ["ended", "ended", "threw", "ended", "ended", "ended"], 6],
    ["never get their turn", Array<string>(8).fill("abandoned"), null],
  ] as const)("is quarantined by three runs in a row that had to be ended: %s", async (_, outcomes, last) => {
    let runs = 0;
    const openHost: OpenHost = async (options) => {
      const host = await insideHost(options);
      host.run = () => Promise.resolve({ outcome: outcomes[runs++] ?? "ok", orders: [], message: null } as RunResult);
      return host;
    };
    const strategies = [strategyOf("one", "momentum", ["AAA"], { cadence: (10 * SECOND) as Duration })];
    const session = await create(deskOf({ strategies }), { ports: { openHost }, length: minutes(5) });
    await finish(session);
    const one = strategyIn(session, "one");
    expect(one.state === "quarantined" ? runs : null).toBe(last);
    if (last !== null) expect(one.reason).toMatch(/^3 runs in a row had to be ended/);
  });

  it("is quarantined after three in a row, until an operator resumes it", async () => {
    const timers = new HandTimers();
    const session = await create(hopeless, { speed: 60, length: minutes(60), ports: handPorts(timers) });
    session.start();
    await timers.pass(6_000);
    for (const { name, state, failures, reason } of session.probe().strategies)
      expect({ name, state, failures, reason }).toEqual({
        name,
        state: "quarantined",
        failures: 3,
        reason: expect.stringContaining("3 runs in a row") as string,
      });
    const finished = entriesOf(session.entries(), "run_finished");
    expect(finished).toHaveLength(12);
    for (const run of finished) expect(run).toMatchObject({ outcome: "timed_out", runtime: 15 * SECOND, orders: 0 });
    await timers.pass(3_000);
    expect(entriesOf(session.entries(), "run_finished")).toHaveLength(12);
    expect(session.state).toBe("running");

    session.resumeStrategy("revert-a", "ada");
    expect(() => session.resumeStrategy("revert-a", "ada")).toThrow(/active/);
    await timers.pass(4_000);
    expect(strategyIn(session, "revert-a")).toMatchObject({ state: "quarantined", failures: 6 });
    expect(
      entriesOf(session.entries(), "strategy")
        .map(({ strategy, event }) => `${strategy} ${event}`)
        .slice(-2),
    ).toEqual(["revert-a resumed", "revert-a quarantined"]);

    const again = await reopen(crashCopy(session.folder), session.id, { speed: "max", length: minutes(5) });
    expect(again.probe().strategies.map((one) => one.state)).toEqual(Array(4).fill("quarantined"));
    expect(await finish(again)).toMatchObject({ failure: null });
  });

  it.each([
    ["exactly its budget is on time", 0, "ok"],
    ["a microsecond more is an overrun", 1, "overrun"],
  ] as const)("of %s", async (_what, more, outcome) => {
    const median = (5 * SECOND + more) as Duration;
    const desk = deskOf({ runtime: { median, sigma: 0, slowShare: 0, slowFactor: 1 } });
    const session = await create(desk, { length: minutes(3) });
    await finish(session);
    const runs = entriesOf(journalOf(session.folder), "run_finished");
    expect(runs.length).toBeGreaterThan(4);
    for (const run of runs) expect(run).toMatchObject({ outcome, runtime: median });
  });

  it("past its budget and within its deadline counts as an overrun, costs slots and keeps its orders", async () => {
    const slow = deskOf({ runtime: { median: (10 * SECOND) as Duration, sigma: 0, slowShare: 0, slowFactor: 1 } });
    const strategies = slow.strategies.map((one) => ({
      ...one,
      cadence: (8 * SECOND) as Duration,
      jitter: 0 as Duration,
      anchor: "slot" as const,
    }));
    const session = await create({ ...slow, strategies }, { length: minutes(10) });
    const summary = await finish(session);
    expect(summary).toMatchObject({ failure: null });
    expect(summary.orders).toBeGreaterThan(2);
    const entries = journalOf(session.folder);
    for (const run of entriesOf(entries, "run_finished")) {
      expect(run.outcome).toBe("overrun");
      expect(run.runtime).toBe(10 * SECOND);
    }
    for (const one of session.probe().strategies) {
      expect(one.overruns).toBe(one.executions);
      expect(one.skips).toBeGreaterThan(0);
      expect(one.state).not.toBe("quarantined");
    }
  });
});

describe("a machine that slept", () => {
  it("runs each strategy once for all the slots it missed, and counts them", async () => {
    const timers = new HandTimers();
    const desk = deskOf({ clock: { kind: "system" } });
    let jump = 0;
    const wallMs = (): number => 1_767_623_400_000 + timers.nowMs + jump;
    const session = await create(desk, { length: (3 * HOUR) as Duration, ports: handPorts(timers, { wallMs }) });
    session.start();
    await timers.pass(60_000);
    const before = entriesOf(session.entries(), "run_started").length;
    expect(before).toBeGreaterThan(4);
    jump = HOUR / 1_000;
    await timers.pass(1_100);
    const missed = entriesOf(session.entries(), "missed");
    expect(missed.map((entry) => entry.strategy).toSorted()).toEqual(desk.strategies.map((one) => one.name).toSorted());
    for (const entry of missed) {
      expect(entry.reason).toBe("misfire");
      expect(entry.slots).toBeGreaterThan(100);
    }
    expect(entriesOf(session.entries(), "run_started").length - before).toBe(4);
    expect(session.probe().now - session.probe().startedAt).toBeGreaterThan(HOUR);
    await timers.pass(90_000);
    expect(entriesOf(session.entries(), "run_started").length - before).toBeLessThan(20);
    expect(session.state).toBe("running");
    // The wall set back is time standing still, never time going back.
    jump = 0;
    await timers.pass(60_000);
    const at = [...session.entries()].map((entry) => entry.at);
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    expect(session.state).toBe("running");

    const again = await reopen(crashCopy(session.folder), session.id, { ports: handPorts(timers, { wallMs }) });
    expect(again.probe().positions).toEqual(session.probe().positions);
    await session.stop("operator");
    again.start();
    await turn();
    expect(again.state).toBe("running");
  });
});

const HARM = `
  const harm = [
    () => context.bars(symbol).reverse(),
    () => { context.bars(symbol)[5].close = 1; },
    () => { context.bars(symbol).length = 0; },
    () => { context.sizing.dollarPerTrade = 1e9; },
    () => { context.params.lookback = 2; },
    () => { context.openOrders().length = 0; },
    () => { Object.assign(context, { now: 0 }); },
  ];
  for (const one of harm) try { one(); } catch {}
  return [];`;

const SPITEFUL: readonly (readonly [string, string, "threw" | "bad_result" | "ok"])[] = [
  ["throws", 'throw new Error("no");', "threw"],
  ["throws a text", 'throw "no";', "threw"],
  ["throws nothing", "throw undefined;", "threw"],
  ["throws what has no text", "throw Object.create(null);", "threw"],
  ["throws what throws when it is read", "throw { toString() { throw new Error('again'); } };", "threw"],
  [
    "throws an error whose message throws",
    "throw Object.defineProperty(new Error('x'), 'message', { get() { throw 1; } });",
    "threw",
  ],
  ["overflows the stack", "const f = () => f() + 1; f();", "threw"],
  ["returns nothing", "return;", "bad_result"],
  ["returns a promise that rejects", "return Promise.reject(new Error('later'));", "bad_result"],
  ["returns a promise", "return Promise.resolve([]);", "bad_result"],
  ["returns a list with a hole", "return [,];", "bad_result"],
  [
    "returns a list that throws when it is read",
    "return new Proxy([], { get() { throw new Error('spite'); } });",
    "bad_result",
  ],
  [
    "returns an order that throws when it is read",
    "return [{ get symbol() { throw new Error('spite'); } }];",
    "bad_result",
  ],
  ["returns too many orders", "return Array(10_001).fill({ symbol, quantity: 1, because });", "bad_result"],
  ["orders another's symbol", "return [{ symbol: 'DDD', quantity: 1, because }];", "bad_result"],
  ["orders nothing", "return [{ symbol, quantity: 0, because }];", "bad_result"],
  ["orders no number", "return [{ symbol, quantity: NaN, because }];", "bad_result"],
  ["orders below zero's price", "return [{ symbol, quantity: 1, limitPrice: -1, because }];", "bad_result"],
  ["writes into what it gets", HARM, "ok"],
  ["orders the smallest there is", "return [{ symbol, quantity: 5e-324, because }];", "ok"],
  [
    "gives every order one key",
    "return [1, 2].map((quantity) => ({ symbol, quantity, because, idempotencyKey: 'k' }));",
    "ok",
  ],
  ["orders hundreds at once", "return Array.from({ length: 300 }, () => ({ symbol, quantity: 1, because }));", "ok"],
  ["orders the largest there is", "return [{ symbol, quantity: 1.7e308, because }];", "ok"],
  [
    "orders far away",
    "return [{ symbol, quantity: 1, limitPrice: 1e-300, because }, { symbol, quantity: -1, limitPrice: 1e300, because }];",
    "ok",
  ],
];

describe("spiteful strategies", () => {
  it("cost their own runs and nothing else", async () => {
    const nameOf = (title: string): string => title.replace(/[^a-z]+/g, "-");
    const { session, workspace } = await beside(
      Object.fromEntries(SPITEFUL.map(([title, body]) => [nameOf(title), body])),
    );
    const plain = await create(deskOf(), { length: minutes(6) });
    await finish(plain);
    const summary = await finish(session);
    expect(summary.failure).toBeNull();
    const entries = journalOf(session.folder);
    const [runs, orders] = [entriesOf(entries, "run_finished"), entriesOf(entries, "order")];
    for (const [title, , outcome] of SPITEFUL) {
      const name = nameOf(title);
      const outcomes = runs.filter((run) => run.strategy === name).map((run) => run.outcome);
      expect(outcomes.length, title).toBeGreaterThan(10);
      const allowed = outcome === "ok" ? ["ok", "overrun", "timed_out"] : [outcome, "timed_out"];
      expect(
        outcomes.filter((one) => !allowed.includes(one)),
        title,
      ).toEqual([]);
      expect(outcomes, title).toContain(outcome);
      expect(
        orders.some((order) => order.strategy === name),
        title,
      ).toBe(outcome === "ok" && !title.startsWith("writes"));
      if (outcome !== "ok") expect(strategyIn(session, name).lastError, title).toBeTruthy();
    }
    // The others did what they do without such company.
    const ownOf = (from: readonly JournalEntry[]) =>
      entriesOf(from, "order")
        .filter((order) => deskOf().strategies.some((one) => one.name === order.strategy))
        .map(({ at, strategy, symbol, quantity, price, accepted }) => ({
          at,
          strategy,
          symbol,
          quantity,
          price,
          accepted,
        }));
    expect(ownOf(entries)).toEqual(ownOf(journalOf(plain.folder)));
    expect(ownOf(entries).length).toBeGreaterThan(5);
    expect(summary.equityEnd).toMatch(/^-?\d+(\.\d+)?$/);
    const again = await reopen(workspace, session.id);
    expect(again.probe().positions).toEqual(session.probe().positions);
    expect(again.probe().account.equity).toBe(session.probe().account.equity);
  });
});

const UNLOADABLE: readonly (readonly [string, string, RegExp])[] = [
  ["mistaken", "raw:export default {", /mistaken\.mjs/],
  ["empty", "raw:export const x = 1;", /no strategy/],
  ["throwing", "raw:throw new Error('at load');", /at load/],
  ["unreadable", "raw:throw Object.create(null);", /unreadable\.mjs/],
  ["still", "raw:export default { defaults: {}, parameters: {} };", /onTick/],
];

describe("strategies that do not load", () => {
  it("say why, the others run, and each opening looks again", async () => {
    const bodies = Object.fromEntries(UNLOADABLE.map(([name, body]) => [name, body]));
    const { session, workspace } = await beside({ ...bodies, good: "return [];" }, minutes(3));
    for (const [name, , reason] of UNLOADABLE) {
      expect(strategyIn(session, name)).toMatchObject({ state: "not_loaded" });
      expect(strategyIn(session, name).reason, name).toMatch(reason);
      expect(() => session.resumeStrategy(name, "ada"), name).toThrow(/did not load/);
    }
    const summary = await finish(session);
    expect(summary).toMatchObject({ failure: null });
    const ran = new Set(entriesOf(journalOf(session.folder), "run_started").map((run) => run.strategy));
    expect([...ran].toSorted()).toEqual(["good", ...deskOf().strategies.map((one) => one.name)].toSorted());

    // One is corrected, and the good one is spoiled.
    writeFileSync(join(workspace.strategies, "mistaken.mjs"), SPITE("return [];"));
    writeFileSync(join(workspace.strategies, "good.mjs"), "export default {");
    const again = await reopen(workspace, session.id, { length: minutes(3) });
    expect(strategyIn(again, "mistaken").state).not.toBe("not_loaded");
    expect(strategyIn(again, "good")).toMatchObject({
      state: "not_loaded",
      reason: expect.stringContaining("good.mjs") as string,
    });
    const before = entriesOf(again.entries(), "run_started").length;
    expect((await finish(again)).failure).toBeNull();
    const later = entriesOf(journalOf(again.folder), "run_started").slice(before);
    expect(later.some((run) => run.strategy === "mistaken")).toBe(true);
    expect(later.some((run) => run.strategy === "good")).toBe(false);
    const third = await reopen(workspace, session.id);
    expect(
      entriesOf(third.entries(), "strategy")
        .map(({ strategy, event }) => `${strategy} ${event}`)
        .slice(-2),
    ).toEqual(["mistaken resumed", "good not_loaded"]);
  });
});

describe("two hundred strategies on fifty symbols", () => {
  it("run, and a session opened again has what the first one had", async () => {
    const desk = scaledDesk({ strategies: 200, symbols: 50, builtIns: builtInStrategies });
    const workspace = makeWorkspace();
    const session = await create(desk, { workspace, length: minutes(4) });
    const summary = await finish(session);
    expect(summary.failure).toBeNull();
    expect(summary.runs).toBeGreaterThan(1_500);
    expect(summary.orders).toBeGreaterThan(50);
    expect(session.probe().strategies.every((one) => one.executions > 0)).toBe(true);
    expect(between(summary.startedAt, summary.stoppedAt)).toBe(4 * MINUTE);
    const again = await reopen(workspace, session.id);
    expect(again.probe().positions).toEqual(session.probe().positions);
    expect(again.probe().router.nextOrderId).toBe(session.probe().router.nextOrderId);
  });
});
