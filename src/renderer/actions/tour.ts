/** The tour of the first ten minutes: what to look at on the busy demo, in order. All of its texts are here. */
import type { ViewName } from "../../shared/views/console-views.ts";
import { go, useUi } from "../stores/ui.ts";

interface TourStep {
  readonly view: ViewName;
  readonly title: string;
  readonly text: string;
}

export const TOUR: readonly TourStep[] = [
  {
    view: "desk",
    title: "The desk at a glance",
    text:
      "Equity and drawdown, profit by strategy, four service levels. A label that is underlined on hover is " +
      "explained. The bar above has speed, Pause and Halt.",
  },
  {
    view: "schedule",
    title: "When each strategy runs",
    text:
      "Bars are runs, rings the exact next ones, amber is over budget. Within a minute ca-fx is " +
      "quarantined: it misses its deadline three times. Its Why says so, and its menu resumes it.",
  },
  {
    view: "orders",
    title: "Why an order exists",
    text:
      "Open any row: tick, signal, risk, router, journal, broker, fill and book, with their times. Some " +
      "orders fill in parts; the column Filled shows how far.",
  },
  {
    view: "rejections",
    title: "What was refused",
    text:
      "Rate limits and guards, each with its value, its limit, and the size or time at which the same order " +
      "could pass.",
  },
  {
    view: "router",
    title: "What is in flight",
    text: "Orders at the broker with their age, and how full each strategy's rate window is.",
  },
  {
    view: "positions",
    title: "What is held",
    text: "By strategy and symbol. Close one, or flatten a scope (⇧F).",
  },
  {
    view: "drift",
    title: "A fill that no order explains",
    text:
      "Within five minutes the broker reports one, and the session halts. Adopt it into the books or " +
      "dismiss it, with your name and a note; then resume.",
  },
  {
    view: "desk",
    title: "Halt",
    text:
      "⇧H and Enter halt at once: no new order goes out. Resuming is harder on purpose. Alerts (A) keep " +
      "what happened until you acknowledge it.",
  },
  {
    view: "desk",
    title: "Find anything",
    text: "Ctrl K (⌘K) searches strategies, symbols, orders, sessions, commands and help.",
  },
  {
    view: "sessions",
    title: "Afterwards",
    text:
      "Stop the session (⇧S). Its journal stays: reopen it, compare it with another, verify it, or restore " +
      "a snapshot.",
  },
];

/** Goes to a step; past the last one the tour has ended. */
export function showStep(step: number): void {
  const wanted = TOUR[step];
  useUi.setState({ tour: wanted === undefined ? null : step });
  if (wanted !== undefined) go(wanted.view);
}
