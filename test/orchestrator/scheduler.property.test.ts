/**
 * Any sequence of calls: the scheduler equals the naive one, and saving and restoring it changes nothing that follows.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Scheduler } from "../../src/orchestrator/index.ts";
import type { SchedulerSnapshot } from "../../src/orchestrator/index.ts";
import { CodedError } from "../../src/shared/errors.ts";
import { hostileText } from "./hostile.ts";
import { NaiveScheduler } from "./naive-scheduler.ts";
import type { NaiveSpec } from "./naive-scheduler.ts";

const NOW = 1_000;

const specs = (): fc.Arbitrary<[NaiveSpec, number | undefined][]> =>
  fc
    .uniqueArray(hostileText(), { minLength: 1, maxLength: 6 })
    .chain((names) =>
      fc.tuple(
        ...names.map((name) =>
          fc.tuple(specOf(name), fc.option(fc.integer({ min: 900, max: 1_100 }), { nil: undefined })),
        ),
      ),
    );

const specOf = (name: string): fc.Arbitrary<NaiveSpec> =>
  fc.integer({ min: 1, max: 40 }).chain((cadence) =>
    fc.record({
      name: fc.constant(name),
      cadence: fc.constant(cadence),
      timeBudget: fc.integer({ min: 1, max: 30 }),
      jitter: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: cadence })),
      heartbeatTimeout: fc.integer({ min: 1, max: 50 }),
      anchor: fc.constantFrom("finish" as const, "slot" as const),
    }),
  );

const KINDS = [
  "start",
  "finish",
  "pause",
  "resume",
  "runNow",
  "skipMissed",
  "heartbeat",
  "startDue",
  "restore",
] as const;
type Kind = (typeof KINDS)[number];

interface Op {
  readonly kind: Kind;
  readonly strategy: number;
  readonly by: number;
}

const ops = (): fc.Arbitrary<Op[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      strategy: fc.nat({ max: 5 }),
      by: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: -20, max: 200 })),
    }),
    { maxLength: 60, size: "large" },
  );

/** What a call on a strategy in the wrong state is refused with; otherwise both sides take it. */
function attempt(scheduler: Scheduler, naive: NaiveScheduler, kind: Kind, name: string, now: number): void {
  const { startedAt, paused } = naive.find(name);
  const running = startedAt !== null;
  const refused = (call: () => unknown): void => {
    expect(call).toThrow(expect.objectContaining({ code: "wrong_state", message: expect.stringContaining(name) }));
  };
  if (kind === "start") {
    if (running) return refused(() => scheduler.markStart(name, now));
    scheduler.markStart(name, now);
    naive.start(name, now);
  } else if (kind === "finish") {
    if (!running) return refused(() => scheduler.markFinish(name, now));
    const skipped = naive.find(name).skips;
    const result = scheduler.markFinish(name, now);
    naive.finish(name, now);
    const { nextRun, skips, runtimes } = naive.find(name);
    expect(result).toMatchObject({ nextRun, skips: skips - skipped, runtime: runtimes.at(-1) });
  } else if (kind === "pause") {
    scheduler.pause(name);
    naive.find(name).paused = true;
  } else if (kind === "resume") {
    scheduler.resume(name, now);
    naive.resume(name, now);
  } else if (kind === "runNow") {
    if (running || paused) return refused(() => scheduler.runNow(name, now));
    scheduler.runNow(name, now);
    naive.runNow(name, now);
  } else if (kind === "skipMissed") {
    const slots = naive.skipMissed(name, now);
    expect(scheduler.skipMissed(name, now)).toEqual({ slots, reason: "misfire", nextRun: naive.find(name).nextRun });
  } else if (kind === "heartbeat") {
    scheduler.recordHeartbeat(name, now);
    naive.find(name).lastHeartbeat = now;
  } else if (kind === "startDue")
    for (const due of scheduler.due(now)) {
      scheduler.markStart(due, now);
      naive.start(due, now);
    }
}

function compare(scheduler: Scheduler, naive: NaiveScheduler, now: number): void {
  expect(scheduler.due(now)).toEqual(naive.due(now));
  expect(scheduler.nextWake()).toBe(naive.nextWake());
  expect(scheduler.lateHeartbeats(now)).toEqual(naive.late(now));
  expect(scheduler.runningOverBudget(now)).toEqual(naive.overBudget(now));
  const stats = scheduler.stats();
  expect(Object.keys(stats)).toHaveLength(naive.strategies.length);
  for (const [name, figures] of naive.stats()) {
    expect(Object.hasOwn(stats, name) ? stats[name] : undefined, name).toEqual(figures);
    expect(scheduler.plannedOf(name), name).toBe(naive.find(name).planned);
  }
}

const saved = (scheduler: Scheduler): SchedulerSnapshot =>
  JSON.parse(JSON.stringify(scheduler.snapshot())) as SchedulerSnapshot;

describe("the scheduler", () => {
  it("equals the naive one after every call, saved and restored anywhere", () => {
    fc.assert(
      fc.property(specs(), ops(), fc.oneof(fc.integer(), fc.string()), (registered, calls, seed) => {
        const naive = new NaiveScheduler(NOW, seed);
        const twin = new Scheduler({ now: NOW, seed });
        let scheduler = new Scheduler({ now: NOW, seed });
        for (const [spec, startAt] of registered) {
          naive.register(spec, startAt);
          twin.register(spec, { startAt });
          expect(scheduler.register(spec, { startAt })).toBe(naive.find(spec.name).nextRun);
        }
        let now = NOW;
        for (const { kind, strategy, by } of calls) {
          now += by;
          const name = naive.strategies[strategy % naive.strategies.length]!.spec.name;
          if (kind === "restore") {
            const snapshot = saved(scheduler);
            scheduler = Scheduler.restore(snapshot);
            expect(scheduler.snapshot()).toEqual(snapshot);
          } else {
            attempt(scheduler, naive, kind, name, now);
            replay(twin, scheduler, kind, name, now);
          }
          compare(scheduler, naive, now);
        }
        expect(scheduler.snapshot()).toEqual(twin.snapshot());
      }),
      { numRuns: 400 },
    );
  });

  it("gives the next runs exactly as they come when runs take no time", () => {
    fc.assert(
      fc.property(specs(), ops(), fc.integer(), fc.nat({ max: 12 }), (registered, calls, seed, count) => {
        const naive = new NaiveScheduler(NOW, seed);
        const scheduler = new Scheduler({ now: NOW, seed });
        for (const [spec, startAt] of registered) {
          naive.register(spec, startAt);
          scheduler.register(spec, { startAt });
        }
        let now = NOW;
        for (const { kind, strategy, by } of calls) {
          now += Math.abs(by);
          attempt(scheduler, naive, kind, naive.strategies[strategy % naive.strategies.length]!.spec.name, now);
        }
        const before = scheduler.snapshot();
        for (const { spec, paused, startedAt } of naive.strategies) {
          const result = scheduler.nextRuns(spec.name, count);
          const copy = Scheduler.restore(before);
          expect(result).toHaveLength(paused ? 0 : count);
          if (startedAt !== null) copy.markFinish(spec.name, startedAt);
          for (const { at, planned, earliest, latest } of result) {
            expect({ at: copy.nextRun(spec.name), planned: copy.plannedOf(spec.name) }).toEqual({ at, planned });
            expect(earliest <= at && at <= latest).toBe(true);
            copy.markStart(spec.name, at);
            copy.markFinish(spec.name, at);
          }
        }
        expect(scheduler.snapshot()).toEqual(before);
      }),
      { numRuns: 200 },
    );
  });
});

/** The twin, which is never restored, gets the same calls; `startDue` named what was due on the other. */
function replay(twin: Scheduler, scheduler: Scheduler, kind: Kind, name: string, now: number): void {
  try {
    if (kind === "start") twin.markStart(name, now);
    else if (kind === "finish") twin.markFinish(name, now);
    else if (kind === "pause") twin.pause(name);
    else if (kind === "resume") twin.resume(name, now);
    else if (kind === "runNow") twin.runNow(name, now);
    else if (kind === "skipMissed") twin.skipMissed(name, now);
    else if (kind === "heartbeat") twin.recordHeartbeat(name, now);
    else if (kind === "startDue") for (const due of twin.due(now)) twin.markStart(due, now);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
  }
  expect(twin.nextWake()).toBe(scheduler.nextWake());
}
