/**
 * Strategies whose cadence counts no time: those that run at openings, and those that run on each closed bar.
 *
 * 1. With a cadence of days a strategy runs at openings. The days are the market's own: closed ones have no run, and neither the
 *    length of runs nor a change of clocks moves one.
 * 2. Every `n` days count from the day of the run before, or, on a grid of slots, from the session's first day; where that day is
 *    closed the run is on the next one that is open.
 * 3. With `cadence: bar` the next run is planned `BAR_CADENCE` after the bar of the one before, which no session reaches; a closed bar
 *    brings it forward. So the schedule alone says which bar a strategy ran on last.
 */
import type { NextOpening, RunHours } from "../../orchestrator/index.ts";
import { BAR_CADENCE, type StrategyConfig } from "../../shared/desk.ts";
import { DAY, type Moment } from "../../shared/time.ts";
import { calendarOf } from "./calendar.ts";

type Triggered = Pick<StrategyConfig, "sessions" | "runsAt" | "cadence" | "anchor">;

interface Registered {
  readonly spec: StrategyConfig;
  readonly startAt: Moment;
}

/** How the scheduler registers a strategy of a session that begins at a moment. */
export function scheduleOf(strategy: StrategyConfig, begun: Moment): Registered {
  // The bar that closes at the very beginning is one to run on.
  if (strategy.runsAt === "bar") return { spec: strategy, startAt: (begun - 1 + BAR_CADENCE) as Moment };
  return { spec: strategy.runsAt === "opening" ? { ...strategy, anchor: "finish" } : strategy, startAt: begun };
}

/** The hours of the run that follows a bar: none that a session reaches. */
export function hoursAfterBar(bar: number): RunHours {
  return { opens: bar + BAR_CADENCE, closes: bar + BAR_CADENCE + 1 };
}

/** The bar that a strategy ran on last, or passed over, from the planned moment of its next run. */
export function barBefore(planned: number): number {
  return planned - BAR_CADENCE;
}

interface Run {
  /** The moment at which it was due. */
  readonly due: number;
  readonly started: number;
  readonly finished: number;
}

/**
 * Where the run after this one is planned; null for a strategy whose cadence counts time. `begun` is the session's first moment.
 */
export function plannedAfter(strategy: Triggered, begun: number, run: Run): NextOpening | null {
  if (strategy.runsAt === "bar") return { ...hoursAfterBar(run.due), passed: 0 };
  const calendar = calendarOf(strategy);
  if (strategy.runsAt !== "opening" || calendar === null) return null;
  const every = strategy.cadence / DAY;
  const today = calendar.dayOf(run.started);
  const first = strategy.anchor === "slot" ? calendar.dayOf(calendar.spanAt(begun).opens) : today;
  let [passed, before] = [0, today];
  for (let slot = Math.floor((today - first) / every) + 1; ; slot += 1) {
    const { day, span } = calendar.openingFrom(first + slot * every);
    // Two slots may fall on one day, as those of a weekend do.
    if (day <= before) continue;
    if (span.opens >= run.finished) return { ...span, passed };
    passed += 1;
    before = day;
  }
}
