/**
 * Sessions whose strategies run in processes: the same bytes wherever they run, and hostile neighbours do no harm.
 */
import { describe, expect, it } from "vitest";
import type { SessionPorts } from "../../../src/live/session/recovery/assemble.ts";
import type { Desk, StrategyConfig } from "../../../src/shared/desk.ts";
import { MINUTE, SECOND, type Duration } from "../../../src/shared/time.ts";
import { insideHost } from "../../sim/inside-host.ts";
import { deskOf, strategyOf } from "../session/desks.ts";
import { create, entriesOf, filesOf, finish, journalOf, makeWorkspace, minutes, reopen } from "../session/stage.ts";
import { GOOD, HOSTILE, PATIENT, REFUSED, writeStrategies } from "./scene.ts";

const CADENCE = { cadence: (15 * SECOND) as Duration };

/** Two strategies of one file, and built-in ones. */
function goodOnes(): StrategyConfig[] {
  return [
    strategyOf("count-a", "counting.ts", ["AAA"], { ...CADENCE, params: { every: 2 } }),
    strategyOf("count-b", "counting.ts", ["BBB"], { ...CADENCE, params: { every: 3 } }),
    strategyOf("momentum-c", "momentum", ["CCC"], { params: { fast: 3, slow: 9 } }),
    strategyOf("count-d", "counting.ts", ["DDD"], CADENCE),
  ];
}

async function run(desk: Desk, files: Readonly<Record<string, string>>, ports: Partial<SessionPorts>) {
  const workspace = makeWorkspace();
  writeStrategies(workspace, files);
  const session = await create(desk, { workspace, length: minutes(12), ports });
  const summary = await finish(session);
  expect(summary.failure).toBeNull();
  return { summary, session, files: filesOf(summary.folder), journal: journalOf(summary.folder) };
}

/** What the good ones ordered, without what is counted over all strategies. */
function ordersOf(journal: ReturnType<typeof journalOf>): string[] {
  return entriesOf(journal, "order")
    .filter((entry) => /^(count|momentum)-/.test(entry.strategy))
    .map(({ at, strategy, symbol, quantity, because }) => JSON.stringify([at, strategy, symbol, quantity, because]));
}

describe("a session's bytes", () => {
  it("are the same inside and in 1, 2 and 4 processes", async () => {
    const desk = deskOf({ strategies: goodOnes() });
    const inside = await run(desk, GOOD, { openHost: insideHost });
    expect(inside.summary.orders).toBeGreaterThan(30);
    expect(inside.summary.fills).toBeGreaterThan(20);
    for (const processes of [1, 2, 4]) {
      const outside = await run(desk, GOOD, { hosts: { ...PATIENT, processes } });
      expect(outside.files, `${processes} processes`).toEqual(inside.files);
    }
  });

  it("are the same with strategies that hang, whatever the number of processes", async () => {
    const strategies = [...goodOnes(), strategyOf("bad-hang", "hang.ts", ["AAA"])];
    const { orchestrator } = deskOf();
    const desk = deskOf({ strategies, orchestrator: { ...orchestrator, quarantineAfter: 2 } });
    const files = { ...GOOD, ...HOSTILE };
    const one = await run(desk, files, { hosts: { ...PATIENT, processes: 1 } });
    const three = await run(desk, files, { hosts: { ...PATIENT, processes: 3 } });
    expect(three.files).toEqual(one.files);
    const ended = entriesOf(one.journal, "run_finished").filter((entry) => entry.strategy === "bad-hang");
    expect(ended.map((entry) => [entry.outcome, entry.runtime])).toEqual([1, 2].map(() => ["timed_out", 15 * SECOND]));
  });

  it("are the same with one that fills its process's memory, whatever the number of processes", async () => {
    const leak = strategyOf("bad-leak", "leak.ts", ["AAA"], { cadence: (5 * MINUTE) as Duration });
    const desk = deskOf({ strategies: [...goodOnes(), leak] });
    const files = { ...GOOD, ...HOSTILE };
    // It takes as long as the machine takes to collect its garbage, with threads of its own.
    const hosts = { ...PATIENT, hangMs: 120_000 };
    const one = await run(desk, files, { hosts: { ...hosts, processes: 1 } });
    const three = await run(desk, files, { hosts: { ...hosts, processes: 3 } });
    expect(three.files).toEqual(one.files);
    const leaks = entriesOf(one.journal, "run_finished").filter((entry) => entry.strategy === "bad-leak");
    expect(leaks.length).toBeGreaterThan(1);
    for (const { outcome, message } of leaks)
      expect([outcome, message]).toEqual(["ended", expect.stringMatching(/^its process ended: out of memory/)]);
    const alone = await run(deskOf({ strategies: goodOnes() }), GOOD, { openHost: insideHost });
    expect(ordersOf(one.journal)).toEqual(ordersOf(alone.journal));
  });
});

describe("a session that is opened again", () => {
  it("resumes with what its strategies remembered, and makes the same orders and fills", async () => {
    const desk = deskOf({ strategies: goodOnes() });
    const whole = await run(desk, GOOD, { hosts: { ...PATIENT, processes: 2 } });
    const workspace = makeWorkspace();
    writeStrategies(workspace, GOOD);
    const hosts = { ...PATIENT, processes: 2 };
    const session = await create(desk, { workspace, length: minutes(5), ports: { hosts } });
    await finish(session);
    for (const [processes, length] of [
      [1, 3],
      [2, 4],
    ] as const) {
      const more = { ports: { hosts: { ...hosts, processes } }, length: minutes(length) };
      const again = await reopen(workspace, session.id, more);
      expect((await finish(again)).failure).toBeNull();
    }
    const files = filesOf(session.folder);
    for (const name of ["orders.csv", "fills.csv"]) expect(files[name]).toBe(whole.files[name]);
    expect(ordersOf(journalOf(session.folder))).toEqual(ordersOf(whole.journal));
  });
});

describe("hostile strategies", () => {
  it("cost their own runs only: the others order what they would without them", async () => {
    const alone = await run(deskOf({ strategies: goodOnes() }), GOOD, { openHost: insideHost });
    const slow = { cadence: (20 * MINUTE) as Duration };
    // What fills its memory has a test of its own, with more time.
    const hostile = [...Object.keys(HOSTILE), ...REFUSED.map(([name]) => name)].filter((name) => name !== "leak.ts");
    const strategies = [...goodOnes(), ...hostile.map((name) => strategyOf(`bad-${name}`, name, ["AAA"], slow))];
    const files = { ...GOOD, ...HOSTILE, ...Object.fromEntries(REFUSED.map(([name, text]) => [name, text])) };
    const among = await run(deskOf({ strategies }), files, { hosts: { ...PATIENT, processes: 2 } });
    expect(ordersOf(among.journal)).toEqual(ordersOf(alone.journal));

    const outcomes = new Map<string, string>();
    for (const { strategy, outcome, message } of entriesOf(among.journal, "run_finished"))
      if (strategy.startsWith("bad-")) outcomes.set(strategy.slice(4), `${outcome}: ${message ?? ""}`);
    expect(Object.fromEntries(outcomes)).toMatchObject({
      "hang.ts": expect.stringMatching(/^timed_out/),
      "wait.ts": expect.stringMatching(/^timed_out/),
      "throw.ts": "threw: TypeError: no (throw.ts, line 3)",
      "huge.ts": expect.stringMatching(/^bad_result: too_many_orders: onTick returned 20000 orders/),
      "many.ts": expect.stringMatching(/^bad_result: too_many_orders: onTick returned 10000 orders/),
      "nan.ts": expect.stringMatching(/^bad_result: order 1: quantity is NaN/),
      "exit.ts": expect.stringMatching(/^threw: ReferenceError: process is not defined/),
      "state.ts": expect.stringMatching(/^bad_result: save gave 100002 characters/),
      "cyclic.ts": expect.stringMatching(/^threw: save: /),
      "promise.ts": expect.stringMatching(/^bad_result: onTick returned a promise/),
      "proxy.ts": expect.stringMatching(/^bad_result: /),
    });
    expect(entriesOf(among.journal, "order").filter((entry) => entry.strategy === "bad-many.ts")).toEqual([]);
    const reasons = new Map(
      entriesOf(among.journal, "strategy")
        .filter((entry) => entry.event === "not_loaded")
        .map((entry) => [entry.strategy, entry.reason]),
    );
    for (const [name, , problem] of REFUSED) expect(reasons.get(`bad-${name}`), name).toMatch(problem);
    expect(reasons.size).toBe(REFUSED.length);
  });
});
