/**
 * The views of the console: one row for each, from which rail, palette, keys, menu, help and tests are made.
 *
 * 1. The rows are in the rail's order, which `[` and `]` follow.
 * 2. Keys and accelerators are unique: no two views share one.
 */
import type * as z from "zod/mini";
import type { SessionViewSchema } from "./desk.ts";

type SessionCounts = NonNullable<z.infer<typeof SessionViewSchema>["session"]>["counts"];

export interface ConsoleView {
  /** The part of the rail: the open session's views, then the workspace's. */
  readonly group: "Session" | "Workspace";
  readonly title: string;
  /** The key that opens it. Digits follow the rail; a view that has no digit has a letter or a sign. */
  readonly key: string;
  /** Its place in the desktop menu's View; null where another menu has it. */
  readonly accelerator: string | null;
  /** What it shows, in a sentence of the help. */
  readonly shows: string;
  /** The session's count beside its name. */
  readonly count?: keyof SessionCounts;
  /** What a count above zero asks for. */
  readonly mark?: "attention" | "critical";
  /** Its list has a filter, which a link can fill in. */
  readonly filtered?: true;
}

const ROWS = {
  desk: {
    group: "Session",
    title: "Desk",
    key: "1",
    accelerator: "CmdOrCtrl+1",
    shows:
      "Equity and drawdown, profit by strategy, exposure, headroom of each guard, four service levels, and the " +
      "schedule at a glance.",
  },
  schedule: {
    group: "Session",
    title: "Schedule",
    key: "2",
    accelerator: "CmdOrCtrl+2",
    shows:
      "When each strategy ran, overran, was skipped and runs next; why one fails. Ticks lists each planned run " +
      "and its outcome.",
    count: "schedule",
    filtered: true,
  },
  router: {
    group: "Session",
    title: "Router",
    key: "3",
    accelerator: "CmdOrCtrl+3",
    shows:
      "Orders in flight with their age, then the newest orders; how full each strategy's rate window is; the " +
      "next order id.",
    count: "inflight",
  },
  rejections: {
    group: "Session",
    title: "Rejections",
    key: "4",
    accelerator: "CmdOrCtrl+4",
    shows:
      "Every refused order with the limit, its value at that moment, and when or at what size a new one could " +
      "pass; every cancel and replace that was refused, and why.",
    count: "rejections",
    mark: "attention",
    filtered: true,
  },
  metrics: {
    group: "Session",
    title: "Metrics",
    key: "5",
    accelerator: "CmdOrCtrl+5",
    shows: "Latency, skips, queue depth, errors and throughput over time.",
  },
  orders: {
    group: "Session",
    title: "Orders and fills",
    key: "6",
    accelerator: "CmdOrCtrl+6",
    shows:
      "Working orders with cancel and replace, every order, every fill. A row opens its why: tick, signal, " +
      "risk, router, journal, broker, fill, book.",
    count: "orders",
    filtered: true,
  },
  positions: {
    group: "Session",
    title: "Positions",
    key: "=",
    accelerator: "CmdOrCtrl+Alt+P",
    shows:
      "What each strategy holds in each symbol: average, mark, unrealized, realized, fees, the day's profit. " +
      "Close one, or flatten a scope.",
    count: "positions",
    filtered: true,
  },
  drift: {
    group: "Session",
    title: "Drift review",
    key: "7",
    accelerator: "CmdOrCtrl+7",
    shows: "Where the session's records and the broker's differ. Adopt or dismiss each item; then resume the session.",
    count: "driftOpen",
    mark: "critical",
  },
  sessions: {
    group: "Workspace",
    title: "Sessions",
    key: "8",
    accelerator: "CmdOrCtrl+8",
    shows:
      "The workspace's sessions: reopen one, compare two, verify, compact or delete one, restore a router snapshot. " +
      "A light run has no journal: it can be read, compared and deleted. While it is open, lists and exports " +
      "cover its newest entries.",
    filtered: true,
  },
  editor: {
    group: "Workspace",
    title: "Desk editor",
    key: "e",
    accelerator: "CmdOrCtrl+Alt+E",
    shows:
      "A desk as a form and as YAML, side by side: defaults, rules and errors at each field, a check before the " +
      "start, save and start.",
  },
  data: {
    group: "Workspace",
    title: "Market data",
    key: "d",
    accelerator: "CmdOrCtrl+Shift+D",
    shows:
      "The workspace's market data: preview a file before it is saved, view candles, delete files, run " +
      "strategies on them.",
  },
  regression: {
    group: "Workspace",
    title: "Regression",
    key: "-",
    accelerator: "CmdOrCtrl+Shift+G",
    shows:
      "Runs recorded markets again: equal to the baseline, or the first event that differs, on both sides, with " +
      "the events before it.",
  },
  log: {
    group: "Workspace",
    title: "Log",
    key: "9",
    accelerator: "CmdOrCtrl+9",
    shows: "Every halt, warning, decision and change, in words.",
    filtered: true,
  },
  settings: {
    group: "Workspace",
    title: "Settings",
    key: "0",
    accelerator: null,
    shows: "Theme, colours, density, time zone, layouts, keys, operator, alerts, workspace.",
  },
  help: { group: "Workspace", title: "Help", key: "?", accelerator: null, shows: "This page." },
} as const satisfies Readonly<Record<string, ConsoleView>>;

export type ViewName = keyof typeof ROWS;

/** The views that the desktop menu lists under View. */
export type MenuView = {
  [Name in ViewName]: (typeof ROWS)[Name]["accelerator"] extends null ? never : Name;
}[ViewName];

export const VIEWS: Readonly<Record<ViewName, ConsoleView>> = ROWS;

/** The views in the rail's order. */
export const VIEW_NAMES = Object.keys(ROWS) as readonly ViewName[];

export const isViewName = (name: string): name is ViewName => Object.hasOwn(ROWS, name);
