/**
 * Both clocks on hand-driven timers: no test waits for real time.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BREATH_MS, SystemClock, VirtualClock } from "../../../src/live/clock/index.ts";
import type { Speed, Timers } from "../../../src/shared/ports.ts";
import { moment, SECOND } from "../../../src/shared/time.ts";

/** Timers that move only when the test says so. */
class HandTimers implements Timers {
  ms = 0;
  readonly #pending = new Map<number, { at: number; callback: () => void }>();
  #next = 1;

  set(callback: () => void, milliseconds: number): unknown {
    this.#pending.set(this.#next, { at: this.ms + milliseconds, callback });
    return this.#next++;
  }

  clear(timer: unknown): void {
    this.#pending.delete(timer as number);
  }

  monotonicMs(): number {
    return this.ms;
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** Moves real time and fires what falls due, letting the waiting code run in between. */
  async run(milliseconds: number): Promise<void> {
    const end = this.ms + milliseconds;
    for (;;) {
      const next = [...this.#pending].toSorted((a, b) => a[1].at - b[1].at)[0];
      if (next === undefined || next[1].at > end) break;
      this.ms = Math.max(this.ms, next[1].at);
      this.#pending.delete(next[0]);
      next[1].callback();
      await settle();
    }
    this.ms = end;
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

const start = moment(1_700_000_000_000_000);
const at = (seconds: number) => moment(start + seconds * SECOND);

function virtual(speed: Speed): { timers: HandTimers; clock: VirtualClock; turns: () => number } {
  const timers = new HandTimers();
  let turns = 0;
  const clock = new VirtualClock({
    start,
    speed,
    timers,
    turn: () => {
      turns += 1;
      return Promise.resolve();
    },
  });
  return { timers, clock, turns: () => turns };
}

describe("virtual clock", () => {
  it("skips to a moment without a promise at max, unless a caller waits for a turn", async () => {
    const { timers, clock } = virtual("max");
    const [later, last] = [at(5), at(6)];
    expect([clock.skipTo(later), clock.now()]).toEqual([true, later]);
    expect([clock.skipTo(start), clock.now()]).toEqual([true, later]);
    clock.wake();
    expect(clock.skipTo(last)).toBe(false);
    await clock.sleepUntil(last);
    clock.hold();
    expect(clock.skipTo(last)).toBe(false);
    clock.release();
    await timers.run(BREATH_MS);
    expect([clock.skipTo(last), clock.now()]).toEqual([false, later]);
    await clock.sleepUntil(last);
    expect(clock.skipTo(at(7))).toBe(true);
    clock.setSpeed(60);
    expect(clock.skipTo(at(8))).toBe(false);
  });

  it("moves at once at max, and lets the process breathe by real time, not by passes", async () => {
    const { timers, clock, turns } = virtual("max");
    for (let second = 1; second <= 100; second++) await clock.sleepUntil(at(second));
    expect(clock.now()).toBe(at(100));
    expect(turns()).toBe(0);
    timers.ms += 50;
    await clock.sleepUntil(at(101));
    expect(turns()).toBe(1);
  });

  it.each([1, 10, 60] as const)("paces %i seconds to a real one", async (speed) => {
    const { timers, clock } = virtual(speed);
    let reached = false;
    const sleep = clock.sleepUntil(at(speed)).then(() => (reached = true));
    await timers.run(990);
    expect(reached).toBe(false);
    expect(clock.now()).toBe(moment(start + 990_000 * speed));
    await timers.run(10);
    expect(reached).toBe(true);
    await sleep;
    expect(clock.now()).toBe(at(speed));
  });

  it("never passes the moment it sleeps until, however late the machine is", async () => {
    const { timers, clock } = virtual(1);
    const sleep = clock.sleepUntil(at(1));
    timers.ms += 700;
    await timers.run(900);
    await sleep;
    expect(clock.now()).toBe(at(1));
    timers.ms += 5_000;
    expect(clock.now()).toBe(at(1));
  });

  it("catches up what a slow pass cost, but not a suspended machine", async () => {
    const { timers, clock } = virtual(1);
    const first = clock.sleepUntil(at(1));
    await timers.run(1_000);
    await first;
    timers.ms += 600;
    const second = clock.sleepUntil(at(2));
    await timers.run(400);
    await second;
    expect(clock.now()).toBe(at(2));
    timers.ms += 3_600_000;
    await clock.sleepUntil(at(3));
    let reached = false;
    const fourth = clock.sleepUntil(at(4)).then(() => (reached = true));
    await timers.run(900);
    expect(reached).toBe(false);
    await timers.run(200);
    await fourth;
  });

  it("stands still while held, and a wake still ends the sleep", async () => {
    const { timers, clock } = virtual(10);
    let reached = false;
    const sleep = clock.sleepUntil(at(10)).then(() => (reached = true));
    await timers.run(500);
    clock.hold();
    await timers.run(60_000);
    expect(reached).toBe(false);
    expect(clock.now()).toBe(at(5));
    clock.release();
    await timers.run(500);
    expect(reached).toBe(true);
    await sleep;
    clock.hold();
    const woken = clock.sleepUntil(at(20));
    clock.wake();
    await woken;
    expect(clock.now()).toBe(at(10));
  });

  it("keeps a wake that comes before the sleep, and takes it once", async () => {
    const { clock } = virtual("max");
    clock.wake();
    await clock.sleepUntil(at(5));
    expect(clock.now()).toBe(start);
    await clock.sleepUntil(at(5));
    expect(clock.now()).toBe(at(5));
  });

  it("changes speed in the middle of a sleep", async () => {
    const { timers, clock } = virtual(1);
    let reached = false;
    const sleep = clock.sleepUntil(at(61)).then(() => (reached = true));
    await timers.run(1_000);
    clock.setSpeed(60);
    await timers.run(999);
    expect(reached).toBe(false);
    await timers.run(1);
    expect(reached).toBe(true);
    await sleep;
    const last = clock.sleepUntil(at(1_000));
    clock.setSpeed("max");
    await last;
    expect(clock.now()).toBe(at(1_000));
    expect(timers.pending).toBe(0);
  });

  it("never goes back and never passes its target, whatever is done to it", async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant("sleep" as const), by: fc.integer({ min: 0, max: 120 }) }),
      fc.record({ do: fc.constant("real" as const), by: fc.integer({ min: 0, max: 3_000 }) }),
      fc.record({ do: fc.constant("speed" as const), by: fc.constantFrom(1, 10, 60, "max") }),
      fc.record({ do: fc.constantFrom("hold" as const, "release" as const, "wake" as const), by: fc.constant(0) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { timers, clock } = virtual(10);
        let last = clock.now();
        let target = last;
        let sleeping = false;
        for (const { do: what, by } of steps) {
          if (what === "sleep" && !sleeping) {
            target = moment(last + by * SECOND);
            sleeping = true;
            void clock.sleepUntil(target).then(() => (sleeping = false));
          } else if (what === "real") await timers.run(by);
          else if (what === "speed") clock.setSpeed(by as Speed);
          else if (what === "hold") clock.hold();
          else if (what === "release") clock.release();
          else if (what === "wake") clock.wake();
          await settle();
          const now = clock.now();
          expect(now).toBeGreaterThanOrEqual(last);
          expect(now).toBeLessThanOrEqual(Math.max(last, target));
          last = now;
        }
      }),
    );
  });
});

describe("system clock", () => {
  it("runs on while the machine's time is set back, by a second or by hours, and comes back to it", () => {
    for (const back of [1_000, 3_600_000]) {
      const timers = new HandTimers();
      let shift = 0;
      const clock = new SystemClock({ timers, wallMs: () => 1_700_000_000_000 + timers.ms + shift });
      const first = clock.now();
      shift = -back;
      for (let second = 1; second <= 10; second += 1) {
        timers.ms += 1_000;
        // A hundredth slower at most, so that a cadence of a second never waits for two.
        expect(clock.now() - first).toBeGreaterThan(second * 0.98 * SECOND);
        expect(clock.now() - first).toBeLessThanOrEqual(second * SECOND);
      }
      timers.ms += back * 101;
      expect(clock.now()).toBe(moment((1_700_000_000_000 + timers.ms + shift) * 1_000));
    }
  });

  it("never goes back, whatever the machine's time does, and a step forward takes the lead away first", () => {
    const step = fc.record({
      passed: fc.integer({ min: 0, max: 5_000 }),
      shift: fc.integer({ min: -90_000, max: 90_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const timers = new HandTimers();
        let wall = 1_700_000_000_000;
        const clock = new SystemClock({ timers, wallMs: () => wall });
        let last = clock.now();
        let lead = 0;
        for (const { passed, shift } of steps) {
          timers.ms += passed;
          wall += passed + shift;
          const now = clock.now();
          expect(now).toBeGreaterThanOrEqual(last);
          // Where the wall lost time, as much passes as really passed, less what brings the two together again.
          if (shift < 0) expect(now - last).toBeGreaterThanOrEqual(Math.floor(passed * 990) - 1);
          if (shift > lead / 1_000) expect(now).toBe(moment(wall * 1_000));
          lead = now - wall * 1_000;
          last = now;
        }
      }),
      { seed: 5 },
    );
  });

  it("notices a jump within a nap", async () => {
    const timers = new HandTimers();
    let shift = 0;
    const clock = new SystemClock({ timers, wallMs: () => 1_700_000_000_000 + timers.ms + shift });
    const first = clock.now();
    let reached = false;
    const sleep = clock.sleepUntil(moment(first + 3_600 * SECOND)).then(() => (reached = true));
    await timers.run(2_000);
    expect(reached).toBe(false);
    shift = 3_600_000;
    await timers.run(1_000);
    expect(reached).toBe(true);
    await sleep;
  });

  it("does not begin before what a journal already holds", () => {
    const timers = new HandTimers();
    const notBefore = at(50);
    const clock = new SystemClock({ timers, wallMs: () => start / 1_000, notBefore });
    expect(clock.now()).toBe(notBefore);
  });

  it("runs on from a journal that is ahead of the machine's time", () => {
    const timers = new HandTimers();
    const clock = new SystemClock({ timers, wallMs: () => start / 1_000 + timers.ms, notBefore: at(7_200) });
    timers.ms += 1_000;
    expect(clock.now() - at(7_200)).toBeGreaterThan(0.98 * SECOND);
  });

  it("ends its sleep on a wake", async () => {
    const timers = new HandTimers();
    const clock = new SystemClock({ timers, wallMs: () => start / 1_000 + timers.ms });
    const sleep = clock.sleepUntil(at(3_600));
    await settle();
    clock.wake();
    await sleep;
    expect(timers.pending).toBe(0);
  });
});
