/**
 * A session on the system's clock with strategies that hang: what happens is waited for, not timed.
 */
import { expect, it } from "vitest";
import { MILLISECOND, type Duration } from "../../../src/shared/time.ts";
import type { JournalEntry } from "../../../src/store/journal/entries.ts";
import { deskOf, strategyOf } from "../session/desks.ts";
import { create, makeWorkspace } from "../session/stage.ts";
import { GOOD, HOSTILE, writeStrategies } from "./scene.ts";

const ms = (count: number): Duration => (count * MILLISECOND) as Duration;

it("continues while strategies hang, quarantines them, and forgets nothing of the others", async () => {
  const workspace = makeWorkspace();
  writeStrategies(workspace, { ...GOOD, ...HOSTILE });
  const fast = { cadence: ms(200), timeBudget: ms(20_000), jitter: ms(20), heartbeatTimeout: ms(5_000) };
  // Long enough that a new process has started by then: a run that is over before it begins ends another one.
  const hostile = { ...fast, timeBudget: ms(500) };
  const strategies = [
    strategyOf("good", "counting.ts", ["AAA"], { ...fast, params: { every: 3 } }),
    strategyOf("hangs", "hang.ts", ["BBB"], hostile),
    strategyOf("waits", "wait.ts", ["CCC"], hostile),
  ];
  const session = await create(deskOf({ clock: { kind: "system" }, strategies }), {
    workspace,
    ports: { hosts: { processes: 1, memoryMb: 64 } },
  });
  const finished: Extract<JournalEntry, { kind: "run_finished" }>[] = [];
  const quarantined = new Map<string, number>();
  const done = new Promise<void>((resolve) => {
    session.subscribe((entries) => {
      for (const entry of entries) {
        if (entry.kind === "run_finished") finished.push(entry);
        if (entry.kind === "strategy" && entry.event === "quarantined")
          quarantined.set(entry.strategy, finished.length);
      }
      // An order after both are quarantined: its text shows whether the count was kept over all that happened.
      const after = finished.some(
        (entry, index) => entry.strategy === "good" && entry.orders > 0 && index > Math.max(...quarantined.values()),
      );
      if (quarantined.size === 2 && after) resolve();
    });
  });
  session.start();
  await done;
  const summary = await session.stop("operator");
  expect(summary.failure).toBeNull();
  const of = (name: string) => finished.filter((entry) => entry.strategy === name).map((entry) => entry.outcome);
  // What one of them holds up before it has a process to itself is no offence of the other's.
  for (const name of ["hangs", "waits"])
    expect(of(name).filter((outcome) => outcome !== "abandoned")).toEqual(["timed_out", "timed_out", "timed_out"]);
  const good = finished.filter((entry) => entry.strategy === "good");
  expect(good.filter((entry) => entry.outcome !== "ok" && entry.outcome !== "overrun")).toEqual([]);
  // It orders every third run and says which one it is, by the count that it remembers.
  const remembered = good.filter((entry) => entry.message !== null).map((entry) => [entry.run, entry.message]);
  expect(remembered.length).toBeGreaterThan(0);
  for (const [run, message] of remembered) expect(message).toMatch(new RegExp(`^run ${String(run)}, `));
});
