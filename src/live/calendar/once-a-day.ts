/**
 * Strategies that run once a day, or once in some days: at the opening of their market.
 *
 * 1. The days are the market's own: closed ones have no run, and neither the length of runs nor a change of clocks moves one.
 * 2. Every `n` days count from the day of the run before, or, on a grid of slots, from the session's first day; where that day is
 *    closed the run is on the next one that is open.
 */
import type { NextOpening } from "../../orchestrator/index.ts";
import type { StrategyConfig } from "../../shared/desk.ts";
import { DAY } from "../../shared/time.ts";
import { calendarOf } from "./calendar.ts";

type OnceADay = Pick<StrategyConfig, "sessions" | "runsAt" | "cadence" | "anchor">;

/** A strategy as the scheduler registers it: one that runs at openings has no grid of slots in time. */
export function scheduleOf(strategy: StrategyConfig): StrategyConfig {
  return strategy.runsAt === "opening" ? { ...strategy, anchor: "finish" } : strategy;
}

/**
 * The opening of the run after one that started and finished at these moments; null for a strategy whose cadence counts time.
 * `begun` is the session's first moment.
 */
export function openingAfter(strategy: OnceADay, begun: number, started: number, finished: number): NextOpening | null {
  const calendar = calendarOf(strategy);
  if (strategy.runsAt !== "opening" || calendar === null) return null;
  const every = strategy.cadence / DAY;
  const today = calendar.dayOf(started);
  const first = strategy.anchor === "slot" ? calendar.dayOf(calendar.spanAt(begun).opens) : today;
  let [passed, before] = [0, today];
  for (let slot = Math.floor((today - first) / every) + 1; ; slot += 1) {
    const { day, span } = calendar.openingFrom(first + slot * every);
    // Two slots may fall on one day, as those of a weekend do.
    if (day <= before) continue;
    if (span.opens >= finished) return { ...span, passed };
    passed += 1;
    before = day;
  }
}
