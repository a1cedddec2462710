/**
 * A session on the system's clock while the machine's time does what machines' times do: it is set back and forward, stepped by NTP,
 * and the machine sleeps. Session time never goes back, cadence continues in real time, and what was slept through is counted.
 */
import { describe, expect, it } from "vitest";
import type { Desk } from "../../../../src/shared/desk.ts";
import { MILLISECOND, SECOND, type Duration } from "../../../../src/shared/time.ts";
import { deskOf, strategyOf } from "../desks.ts";
import { crashCopy, create, entriesOf, handPorts, HandTimers, journalOf, minutes, reopen } from "../stage.ts";

const CADENCE_S = 10;
const PHASE_MS = 120_000;
/** Some day of 2026, in milliseconds. */
const WALL_MS = 1_790_000_000_000;
const NAP_MS = 1_000;

const desk = (): Desk =>
  deskOf({
    clock: { kind: "system" },
    strategies: [
      strategyOf("steady", "mean_reversion", ["AAA"], {
        cadence: (CADENCE_S * SECOND) as Duration,
        jitter: 0 as Duration,
      }),
    ],
  });

/** A machine: its monotonic clock is the timers' own, its wall clock is that and what it was moved by. */
class Machine {
  readonly timers = new HandTimers();
  movedMs = 0;
  readonly wallMs = (): number => WALL_MS + this.timers.nowMs + this.movedMs;
  readonly ports = handPorts(this.timers, { wallMs: this.wallMs });
}

interface Kind {
  readonly what: string;
  /** By how much the wall clock is moved at once, and by how much the monotonic clock runs on with it. */
  readonly wallMs: number;
  readonly monotonicMs: number;
}

const KINDS: readonly Kind[] = [
  { what: "set back by a second", wallMs: -1_000, monotonicMs: 0 },
  { what: "set back by three hours", wallMs: -3 * 3_600_000, monotonicMs: 0 },
  { what: "set back by 40 years", wallMs: -40 * 365 * 86_400_000, monotonicMs: 0 },
  { what: "stepped on by NTP, 300 ms", wallMs: 300, monotonicMs: 0 },
  { what: "stepped back by NTP, 300 ms", wallMs: -300, monotonicMs: 0 },
  { what: "set forward by two hours", wallMs: 2 * 3_600_000, monotonicMs: 0 },
  { what: "asleep for an hour, the monotonic clock standing still", wallMs: 3_600_000, monotonicMs: 0 },
  { what: "asleep for an hour, the monotonic clock running on", wallMs: 0, monotonicMs: 3_600_000 },
  { what: "asleep for an hour, and set back by two at the same time", wallMs: -7_200_000, monotonicMs: 3_600_000 },
];

describe("a session on the system's clock", () => {
  it.each(KINDS)("whose machine is $what continues", async ({ wallMs, monotonicMs }) => {
    const machine = new Machine();
    const session = await create(desk(), { length: minutes(100_000), ports: machine.ports });
    session.start();
    await machine.timers.pass(PHASE_MS);
    const before = session.probe();
    machine.movedMs += wallMs;
    machine.timers.nowMs += monotonicMs;
    // A nap at most passes until the jump is noticed; what was due until then runs once.
    await machine.timers.pass(NAP_MS);
    const noticed = session.probe();
    await machine.timers.pass(PHASE_MS);
    const after = session.probe();

    expect([before.state, after.state]).toEqual(["running", "running"]);
    expect(after.router.halted).toBe(false);
    const slept = Math.max(0, wallMs + monotonicMs);
    const moved = (noticed.now - before.now) / MILLISECOND;
    expect(moved).toBeGreaterThanOrEqual(0.98 * NAP_MS + (wallMs < 0 ? 0 : 0.98 * slept));
    // Where the wall is set back, session time runs on by the monotonic clock, at most a hundredth slower.
    const rate = (after.now - noticed.now) / MILLISECOND / PHASE_MS;
    expect(rate).toBeGreaterThan(0.98);
    expect(rate).toBeLessThanOrEqual(1.001);
    const runs = (from: number, to: number): number =>
      entriesOf(session.entries(), "run_finished").filter(({ at }) => at > from && at <= to).length;
    const usual = PHASE_MS / 1_000 / CADENCE_S;
    for (const count of [runs(0, before.now), runs(noticed.now, after.now)]) {
      expect(count).toBeGreaterThanOrEqual(usual - 2);
      expect(count).toBeLessThanOrEqual(usual + 1);
    }
    // The slots of an hour that was slept through are counted as missed, not run one after the other.
    const missed = entriesOf(session.entries(), "missed").reduce((sum, { slots }) => sum + slots, 0);
    const gap = moved - NAP_MS;
    expect(Math.abs(missed - Math.floor(gap / 1_000 / CADENCE_S))).toBeLessThanOrEqual(1);

    await session.stop("operator");
    const moments = journalOf(session.folder).map(({ at }) => at);
    expect(moments).toEqual(moments.toSorted((a, b) => a - b));
  });

  it.each([1_000, 3_600_000, 30 * 86_400_000])(
    "resumes when the machine's time is %i ms before the journal's last entry",
    async (backMs) => {
      const machine = new Machine();
      const session = await create(desk(), { length: minutes(100_000), ports: machine.ports });
      session.start();
      await machine.timers.pass(PHASE_MS);
      const { now: ended } = session.probe();
      const workspace = crashCopy(session.folder);

      const later = new Machine();
      later.movedMs = PHASE_MS - backMs;
      const again = await reopen(workspace, session.id, { ports: later.ports });
      expect(again.probe().now).toBeGreaterThanOrEqual(ended - NAP_MS * MILLISECOND);
      again.start();
      await later.timers.pass(PHASE_MS);
      const after = again.probe();
      expect(after.state).toBe("running");
      expect((after.now - ended) / MILLISECOND / PHASE_MS).toBeGreaterThan(0.97);
      const runs = entriesOf(again.entries(), "run_finished").filter(({ at }) => at > ended).length;
      expect(runs).toBeGreaterThanOrEqual(PHASE_MS / 1_000 / CADENCE_S - 2);
      await again.stop("operator");
      const moments = journalOf(again.folder).map(({ at }) => at);
      expect(moments).toEqual(moments.toSorted((a, b) => a - b));
    },
  );
});
