/**
 * The process host against processes that are played by hand: who is ended when, who moves where, and what is dropped.
 * It has over 400 lines because all cases move the same fake processes by hand, one trouble after another.
 */
import { describe, expect, it } from "vitest";
import { NEVER_BEGUN } from "../../../src/live/host/failures.ts";
import { TOGETHER_MIN, type ProcessLimits } from "../../../src/live/host/host-process.ts";
import { APART_MAX, ProcessHost } from "../../../src/live/host/process-host.ts";
import { UNREAD_FILLS, UNREAD_UPDATES } from "../../../src/live/strategies/instance.ts";
import type { RunResult } from "../../../src/live/strategies/run-types.ts";
import { strategyOf } from "../session/desks.ts";
import { HandTimers } from "../session/stage.ts";
import { FakeLauncher, settle, type FakeChild } from "./fake-child.ts";
import { barsUpTo, MOVED, snapshotAt } from "./scene.ts";

const LIMITS: ProcessLimits = { processes: 1, memoryMb: 64, hangMs: 5_000, loadMs: 2_000, stallMs: 100 };
const DEADLINE = { budgetMs: 1_000, deadlineMs: 3_000 };

async function open(names: readonly string[], more: Partial<ProcessLimits> = {}, launcher = new FakeLauncher()) {
  const timers = new HandTimers();
  const strategies = names.map((name) => ({
    config: strategyOf(name, `${name}.ts`, ["AAA"]),
    builtIn: false,
    step: (job: number, state: string | null, digest: string | null) => {
      const common = {
        module: `${name}.ts`,
        file: true,
        symbols: ["AAA"],
        params: {},
        seed: "7",
        metas: [],
      };
      return { kind: "load", job, strategy: name, ...common, sizing: { dollarPerTrade: 1 }, digest, state } as const;
    },
  }));
  const request = { entry: "", arguments: [], execArguments: [], memoryMb: 64, env: {} };
  const opening = ProcessHost.open({
    strategies,
    refused: new Map(),
    limits: { ...LIMITS, ...more },
    launch: launcher.launch,
    request,
    timers,
  });
  return { timers, launcher, opening };
}

async function ready(names: readonly string[], more: Partial<ProcessLimits> = {}) {
  const { timers, launcher, opening } = await open(names, more);
  const host = await opening;
  await settle();
  return { timers, launcher, host };
}

/** A run whose result the test looks at without waiting for it. */
function ask(host: ProcessHost, strategy: string, run: number, limits: typeof DEADLINE | null = null) {
  const asked: { result: RunResult | null } = { result: null };
  const wait = async (): Promise<void> => {
    asked.result = await host.run(snapshotAt(strategy, run, barsUpTo(10 + run)), limits);
  };
  void wait();
  return asked;
}

describe("a run in a process", () => {
  it("is sent with what changed and answered once", async () => {
    const { host, launcher } = await ready(["a", "b"]);
    expect(launcher.children).toHaveLength(2);
    const [first, second] = [ask(host, "a", 1), ask(host, "b", 1)];
    await settle();
    const [process] = launcher.children;
    expect(process?.held).toBe(true);
    expect(process?.received.filter((message) => message.kind === "steps")).toHaveLength(2);
    process?.answer({ state: '{"n":1}' });
    process?.answer();
    await settle();
    expect([first.result?.message, second.result?.message]).toEqual(["run 1", "run 1"]);
    expect(process?.held).toBe(false);
  });

  it("cannot bring in orders that a strategy may not make", async () => {
    const { host, launcher } = await ready(["a"]);
    const asked = ask(host, "a", 1);
    await settle();
    const orders = [{ symbol: "ZZZ", quantity: 1 }];
    launcher.at(0).answer({ result: { outcome: "ok", orders, message: null } });
    await settle();
    expect(asked.result).toMatchObject({ outcome: "bad_result", orders: [] });
  });

  it("sees no more than its strategy reads, and all of it where that is not known", async () => {
    const { host, launcher } = await ready(["a", "b"]);
    const counts = async (run: number, child: number): Promise<readonly number[]> => {
      void host.run(snapshotAt("a", run, barsUpTo(10 + run), MOVED), null);
      await settle();
      const { fills = [], updates = [], openOrders = [] } = launcher.at(child).seen.at(-1) ?? {};
      return [fills.length, updates.length, openOrders.length];
    };
    const answer = async (child: number, unread?: unknown): Promise<void> => {
      launcher.at(child).answer({ result: { outcome: "ok", orders: [], message: null, unread } });
      await settle();
    };
    expect(await counts(1, 0)).toEqual([1, 1, 1]);
    await answer(0, UNREAD_FILLS);
    expect(await counts(2, 0)).toEqual([0, 1, 1]);
    await answer(0, UNREAD_FILLS + UNREAD_UPDATES);
    expect(await counts(3, 0)).toEqual([0, 0, 1]);
    await answer(0);
    expect(await counts(4, 0)).toEqual([1, 1, 1]);
    await answer(0, UNREAD_UPDATES);
    // What one process said holds for no other: there the strategy is loaded again.
    void host.run(snapshotAt("a", 5, barsUpTo(15), MOVED), null);
    await settle();
    launcher.at(0).end();
    await settle();
    expect(launcher.at(1).seen.at(-1)).toMatchObject({ run: 5, fills: MOVED.fills, updates: MOVED.updates });
  });

  it("is tried again elsewhere after garbage, and fails when the garbage is its own", async () => {
    const { host, launcher } = await ready(["a", "b"]);
    const [bad, good] = [ask(host, "a", 1), ask(host, "b", 1)];
    await settle();
    launcher.at(0).say("{ not JSON");
    expect(launcher.at(0).killed).toBe(true);
    await settle();
    const homes = host.processes().filter((one) => !one.spare);
    expect(homes.map((one) => one.strategies).toSorted()).toEqual([["a"], ["b"]]);
    for (const child of launcher.children.slice(1)) {
      const [step] = child.open;
      if (step?.strategy === "b") child.answer();
      else if (step?.strategy === "a") child.say({ kind: "ran", job: step.job, result: { outcome: "ok", orders: 5 } });
    }
    await settle();
    expect(good.result?.outcome).toBe("ok");
    expect(bad.result).toMatchObject({
      outcome: "ended",
      message: expect.stringMatching(/its process ended: it sent something/),
    });
  });
});

describe("a run that hangs", () => {
  it("is ended at its limit, and the others resume with the state that they saved", async () => {
    const { host, launcher, timers } = await ready(["a", "b", "c"]);
    for (const name of ["a", "b", "c"]) ask(host, name, 1);
    await settle();
    for (const name of ["a", "b", "c"]) launcher.at(0).answer({ state: `"${name} after 1"` });
    const [hang, behind] = [ask(host, "a", 2), ask(host, "b", 2)];
    await timers.pass(4_800);
    expect(launcher.at(0).killed).toBe(false);
    await timers.pass(400);
    expect(launcher.at(0).killed).toBe(true);
    expect(hang.result).toMatchObject({ outcome: "timed_out" });
    expect(behind.result).toBeNull();
    // The spare takes over at once, with the state of each.
    expect(launcher.at(1).loads.map((load) => [load.strategy, load.state])).toEqual([["b", '"b after 1"']]);
    launcher.at(1).answer();
    await settle();
    expect(behind.result?.outcome).toBe("ok");
    ask(host, "c", 2);
    ask(host, "a", 3);
    await settle();
    expect(launcher.at(1).loads.map((load) => load.state)).toEqual(['"b after 1"', '"c after 1"', '"a after 1"']);
  });

  it("is none while its process waits for a core: what it had of one counts", async () => {
    const { host, launcher, timers } = await ready(["a"]);
    const run = ask(host, "a", 1);
    await timers.pass(1_000);
    launcher.at(0).starvedMs = 6_000;
    await timers.pass(9_800);
    expect(launcher.at(0).killed).toBe(false);
    launcher.at(0).answer();
    await settle();
    expect(run.result?.outcome).toBe("ok");
    // The next one is charged with nothing of it, and nothing of it is left to it.
    const hang = ask(host, "a", 2);
    await timers.pass(4_800);
    expect(launcher.at(0).killed).toBe(false);
    await timers.pass(400);
    expect(hang.result).toMatchObject({ outcome: "timed_out" });
  });

  it("gets a process to itself the second time", async () => {
    const { host, launcher, timers } = await ready(["a", "b"]);
    for (let round = 1; round <= 2; round += 1) {
      ask(host, "a", round);
      await timers.pass(5_200);
    }
    const other = ask(host, "b", 1);
    ask(host, "a", 3);
    await settle();
    const homes = host.processes().filter((one) => !one.spare);
    expect(homes.map((one) => one.strategies).toSorted()).toEqual([["a"], ["b"]]);
    launcher.children.find((child) => child.open[0]?.strategy === "b")?.answer();
    await settle();
    expect(other.result?.outcome).toBe("ok");
    await timers.pass(5_200);
    expect(launcher.children.filter((child) => child.killed)).toHaveLength(3);
    // What hangs again and again hangs behind the others, who would else share a core with it.
    const niceOf = (loaded: string): readonly number[] =>
      launcher.children.filter((child) => child.loads.at(-1)?.strategy === loaded).map((child) => child.nice);
    expect(new Set(niceOf("b"))).toEqual(new Set([0]));
    expect(niceOf("a").at(-1)).toBeGreaterThan(10);
    expect(host.processes().some((one) => one.strategies.join() === "b")).toBe(true);
  });

  it("has nothing to say any more", async () => {
    const { host, launcher, timers } = await ready(["a"]);
    const asked = ask(host, "a", 1);
    await timers.pass(5_200);
    const process = launcher.at(0);
    process.answer({ state: '"too late"' });
    await settle();
    expect(asked.result?.outcome).toBe("timed_out");
    ask(host, "a", 2);
    await settle();
    expect(launcher.children.flatMap((child) => child.loads).at(-1)?.state).toBeNull();
  });
});

describe("many runs of one turn", () => {
  const names = Array.from({ length: TOGETHER_MIN }, (_, index) => `s${index}`);
  const stepsOf = (child: FakeChild | undefined) =>
    child?.received.filter((message) => message.kind === "steps").at(-1);

  it("are asked for together, and their answers may come in one message", async () => {
    const { host, launcher } = await ready(names);
    const asked = names.map((name) => ask(host, name, 1));
    await settle();
    const child = launcher.at(0);
    expect(stepsOf(child)?.together).toBe(true);
    const result = { outcome: "ok", orders: [], message: "one of many" };
    const answers = child.open.map((step) => ({ job: step.job, result, rss: 1 }));
    child.say({ kind: "answers", sent: answers.slice(0, 5) });
    child.say({ kind: "answers", sent: answers.slice(5) });
    await settle();
    expect(asked.map((one) => one.result?.message)).toEqual(names.map(() => "one of many"));
    expect(launcher.children.some((one) => one.killed)).toBe(false);
  });

  it("are repeated one by one when one of them hangs, and only that one is blamed", async () => {
    const { host, launcher, timers } = await ready(names);
    const asked = names.map((name) => ask(host, name, 1));
    await settle();
    await timers.pass(5_200);
    expect(launcher.at(0).killed).toBe(true);
    expect(asked.map((one) => one.result)).toEqual(names.map(() => null));
    expect(stepsOf(launcher.at(1))?.together).toBe(false);
    for (let index = 0; index < 3; index += 1) launcher.at(1).answer();
    await timers.pass(5_200);
    expect(asked[3]?.result?.outcome).toBe("timed_out");
    while (launcher.at(2).open.length > 0) launcher.at(2).answer();
    await settle();
    expect(asked.map((one) => one.result?.outcome)).toEqual(names.map((_, at) => (at === 3 ? "timed_out" : "ok")));
  });

  it("are each waited for by themselves on the system's clock", async () => {
    const { host, launcher } = await ready(names);
    for (const name of names) ask(host, name, 1, DEADLINE);
    await settle();
    expect(stepsOf(launcher.at(0))?.together).toBe(false);
  });
});

describe("on the system's clock", () => {
  it("no strategy waits behind a slow run: the others move, and the slow one keeps its process and its result", async () => {
    const { host, launcher, timers } = await ready(["slow", "b", "c"]);
    const slow = ask(host, "slow", 1, DEADLINE);
    const others = [ask(host, "b", 1, DEADLINE), ask(host, "c", 1, DEADLINE)];
    await timers.pass(80);
    expect(host.processes().filter((one) => !one.spare)).toHaveLength(1);
    await timers.pass(60);
    expect(launcher.at(0).killed).toBe(false);
    expect(launcher.at(1).loads.map((load) => load.strategy)).toEqual(["b", "c"]);
    launcher.at(1).answer();
    launcher.at(1).answer();
    launcher.at(0).answer({ state: '"slow"' });
    // The old process does what it was asked before; a second answer counts for nothing.
    launcher.at(0).answer({ state: '"stray"' });
    await settle();
    expect(slow.result?.outcome).toBe("ok");
    expect(others.map((one) => one.result?.outcome)).toEqual(["ok", "ok"]);
    ask(host, "slow", 2, DEADLINE);
    ask(host, "b", 2, DEADLINE);
    await settle();
    expect(launcher.at(0).open.at(-1)).toMatchObject({ strategy: "slow", run: 2, load: null });
    expect(launcher.at(1).open.at(-1)).toMatchObject({ strategy: "b", run: 2, load: null });
  });

  it("a run is over at its deadline even if it never got its turn, and is no offender then", async () => {
    const { host, launcher, timers } = await ready(["a", "b"], { stallMs: 10_000 });
    const [hang, waits] = [ask(host, "a", 1, DEADLINE), ask(host, "b", 1, { budgetMs: 500, deadlineMs: 1_500 })];
    await timers.pass(1_600);
    expect(waits.result?.outcome).toBe("abandoned");
    expect(hang.result).toBeNull();
    expect([host.hadItsTurn("a"), host.hadItsTurn("b")]).toEqual([true, false]);
    await timers.pass(1_500);
    expect(hang.result?.outcome).toBe("timed_out");
    expect(launcher.at(0).killed).toBe(true);
  });

  it("a run that was given up and still gets its turn delays no other", async () => {
    const { host, launcher, timers } = await ready(["a", "hang"], { stallMs: 500 });
    const first = ask(host, "a", 1, DEADLINE);
    const hang = ask(host, "hang", 1, { budgetMs: 100, deadlineMs: 300 });
    await timers.pass(350);
    expect(hang.result?.outcome).toBe("abandoned");
    launcher.at(0).answer();
    await settle();
    expect(first.result?.outcome).toBe("ok");
    // The process is now at the run that was given up, and does not come back.
    const second = ask(host, "a", 2, DEADLINE);
    await timers.pass(550);
    expect(launcher.at(0).killed).toBe(true);
    const next = launcher.children.slice(1).find((child) => child.open[0]?.strategy === "a");
    next?.answer();
    await settle();
    expect(second.result?.outcome).toBe("ok");
  });

  it("a run whose process does not start until its deadline is given up, and is no offence", async () => {
    const { host, launcher, timers } = await ready(["a", "b"], { stallMs: 200 });
    launcher.willing = false;
    // Nothing warm waits any more, and what is started now does not get ready.
    launcher.at(1).end();
    const [hang, moved] = [ask(host, "a", 1, DEADLINE), ask(host, "b", 1, { budgetMs: 300, deadlineMs: 900 })];
    // It leaves the process in which the other one hangs, and its new one never says that it is ready.
    await timers.pass(950);
    expect(moved.result).toMatchObject({ outcome: "abandoned", message: NEVER_BEGUN });
    expect(host.hadItsTurn("b")).toBe(false);
    expect(hang.result).toBeNull();
  });

  it("passes a strategy's heartbeats on", async () => {
    const { host, launcher } = await ready(["a"]);
    const beats: string[] = [];
    host.onHeartbeat = (strategy) => beats.push(strategy);
    ask(host, "a", 1, DEADLINE);
    await settle();
    launcher.at(0).say({ kind: "beat", job: launcher.at(0).open[0]?.job });
    launcher.at(0).say({ kind: "beat", job: 9_999 });
    expect(beats).toEqual(["a"]);
  });
});

describe("a process that ends", () => {
  it("costs the strategy that ends it again when it is alone, and no other", async () => {
    const { host, launcher } = await ready(["a", "b"]);
    const [leak, good] = [ask(host, "a", 1), ask(host, "b", 1)];
    await settle();
    launcher.at(0).end({ signal: "SIGABRT", errors: "FATAL ERROR: JavaScript heap out of memory" });
    await settle();
    const alone = launcher.children.slice(1).find((child) => child.open[0]?.strategy === "a");
    alone?.end({ signal: "SIGABRT", errors: "FATAL ERROR: JavaScript heap out of memory" });
    launcher.children.find((child) => child.open[0]?.strategy === "b")?.answer();
    await settle();
    expect(leak.result?.message).toBe("its process ended: out of memory; a process has 64 MB");
    expect(good.result?.outcome).toBe("ok");
  });

  it("while nothing runs costs no strategy anything", async () => {
    const { host, launcher } = await ready(["a"]);
    launcher.at(0).end({ code: 0 });
    const asked = ask(host, "a", 1);
    await settle();
    launcher.at(1).answer();
    await settle();
    expect(asked.result?.outcome).toBe("ok");
  });

  it("that holds too much outside its heap is replaced after the run", async () => {
    const { host, launcher } = await ready(["a"]);
    const asked = ask(host, "a", 1);
    await settle();
    launcher.at(0).answer({ rss: 900_000_000 });
    await settle();
    expect(asked.result?.outcome).toBe("ok");
    expect(launcher.at(0).killed).toBe(true);
  });

  it("is not started again and again", async () => {
    const launcher = new FakeLauncher();
    launcher.willing = false;
    const { opening } = await open(["a", "b"], {}, launcher);
    for (let index = 0; index < 20; index += 1) {
      const child = launcher.children[index];
      if (child === undefined) break;
      child.end({ code: 1, errors: "Error: no such thing\n  at x\nNode.js" });
      await settle();
    }
    const host = await opening;
    expect(launcher.children.length).toBeLessThan(6);
    expect([...host.notLoaded.values()]).toEqual(
      [1, 2].map((): unknown => expect.stringMatching(/ended with code 1: Error: no such thing/)),
    );
    await expect(host.run(snapshotAt("a", 1, []), null)).resolves.toMatchObject({ outcome: "threw" });
  });
});

describe("the host's processes", () => {
  it("stay within their number when all offend", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `s${index}`);
    const { host, timers, launcher } = await ready(names, { processes: 2 });
    for (let round = 1; round <= 4; round += 1) {
      for (const name of names) ask(host, name, round, DEADLINE);
      await timers.pass(3_500);
      expect(host.processes().length).toBeLessThanOrEqual(2 + APART_MAX + 1);
    }
    expect(launcher.children.filter((child) => child.killed).length).toBeGreaterThan(10);
  });

  it("are guarded by the spare, and end with the session", async () => {
    const { host, launcher, timers } = await ready(["a", "b"], { processes: 2 });
    const asked = ask(host, "a", 1);
    await settle();
    const spare = launcher.at(-1);
    expect(spare.received.at(-1)).toMatchObject({ kind: "guard", pids: expect.arrayContaining([1_000, 1_001]) });
    host.close();
    await settle();
    expect(asked.result?.outcome).toBe("threw");
    expect(launcher.children.map((child) => child.received.at(-1)?.kind)).toEqual(["stop", "stop", "stop"]);
    launcher.at(0).end({ code: 0 });
    await timers.pass(300);
    expect(launcher.children.map((child) => child.killed)).toEqual([false, true, true]);
    expect(timers.pending).toBe(0);
  });
});
