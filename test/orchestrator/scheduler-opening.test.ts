/** A run that is planned at its market's opening: later by its jitter, and never in the moment of the close. */
import { expect, it } from "vitest";
import { Scheduler } from "../../src/orchestrator/index.ts";
import { duration, moment } from "../../src/shared/time.ts";
import { T } from "./state-file.ts";

const SPEC = {
  name: "a",
  cadence: duration(100),
  timeBudget: duration(50),
  heartbeatTimeout: duration(1_000),
  jitter: duration(40),
  anchor: "finish",
} as const;

it("begins at the opening where its jitter would end at the close or behind it", () => {
  const opens = moment(T + 1_000);
  const nextOf = (seed: number, closes: number): number => {
    const scheduler = new Scheduler({ now: T, seed });
    scheduler.register(SPEC, { startAt: moment(T + 100) });
    scheduler.markStart("a", T + 100);
    return scheduler.markFinish("a", T + 110, { opens, closes: moment(closes), passed: 3 }).nextRun;
  };
  let jittered = 0;
  for (let seed = 0; seed < 50; seed += 1) {
    const free = nextOf(seed, T + 2_000);
    expect(free).toBeGreaterThanOrEqual(opens);
    if (free === opens) continue;
    jittered += 1;
    expect([nextOf(seed, free), nextOf(seed, free + 1)]).toEqual([opens, free]);
  }
  expect(jittered).toBeGreaterThan(10);
});
