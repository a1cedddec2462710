/** What each state looks like: a shape, a word and a tone. Six shapes, so that no state is shown by colour alone. */
import { readableSentence } from "../../shared/text/sentence-text.ts";
import type { TickClass } from "../../shared/ticks.ts";
import type {
  HaltReason,
  OpenSession,
  OrderRow,
  OrderState,
  SessionStateName,
  StrategyState,
  Tile,
} from "../../shared/contract/views.ts";

export type Shape = "ok" | "warning" | "critical" | "running" | "info" | "off";
/** Quiet words stay in the ink of text; only what wants attention is coloured. */
export type Tone = "quiet" | "accent" | "warning" | "critical" | "off";

export interface Look {
  readonly shape: Shape;
  readonly word: string;
  readonly tone: Tone;
  /** Worst first when states are rolled up or sorted. */
  readonly rank: number;
}

const look = (shape: Shape, word: string, tone: Tone, rank: number): Look => ({ shape, word, tone, rank });

export const STRATEGY_LOOKS: Readonly<Record<StrategyState, Look>> = {
  quarantined: look("critical", "Quarantined", "critical", 0),
  not_loaded: look("critical", "Not loaded", "critical", 1),
  halted: look("critical", "Halted", "critical", 2),
  over_budget: look("warning", "Over budget", "warning", 3),
  late: look("warning", "Late", "warning", 4),
  in_flight: look("running", "In flight", "accent", 5),
  running: look("running", "Running", "accent", 6),
  paused: look("off", "Paused", "off", 7),
  waiting: look("ok", "Waiting", "quiet", 8),
  stopped: look("off", "Stopped", "off", 9),
};

const FAILING = look("warning", "Failing", "warning", 4);

/** How a strategy's row looks: one whose last run failed is not as it should be, though it waits for the next. */
export function strategyLook(row: { readonly state: StrategyState; readonly failing: boolean }): Look {
  return row.state === "waiting" && row.failing ? FAILING : STRATEGY_LOOKS[row.state];
}

/** What became of a planned tick; each class has a shape of its own. */
export const TICK_LOOKS: Readonly<Record<TickClass, Look>> = {
  misfire: look("critical", "Misfire", "critical", 0),
  overrun: look("running", "Overrun", "warning", 1),
  late: look("warning", "Late", "warning", 2),
  paused: look("off", "Paused", "off", 3),
  closed: look("info", "Closed", "off", 4),
  on_time: look("ok", "On time", "quiet", 5),
};

export const SESSION_LOOKS: Readonly<Record<SessionStateName, Look>> = {
  failed: look("critical", "Failed", "critical", 0),
  halted: look("critical", "Halted", "critical", 1),
  stopping: look("info", "Stopping", "accent", 2),
  recovering: look("info", "Recovering", "accent", 3),
  ready: look("info", "Ready", "accent", 4),
  paused: look("off", "Paused", "off", 5),
  running: look("running", "Running", "accent", 6),
  stopped: look("off", "Stopped", "off", 7),
};

/** An order's type in words. */
export const TYPE_WORDS: Readonly<Record<OrderRow["type"], string>> = {
  market: "Market",
  limit: "Limit",
  stop: "Stop",
  stop_limit: "Stop limit",
  trailing_stop: "Trailing stop",
};

/** Asked for, confirmed and ended are three different looks. */
export const ORDER_LOOKS: Readonly<Record<OrderState, Look>> = {
  rejected: look("critical", "Rejected", "critical", 0),
  queued: look("info", "Queued", "accent", 1),
  pending_new: look("info", "Pending new", "accent", 2),
  pending_cancel: look("info", "Pending cancel", "accent", 3),
  pending_replace: look("info", "Pending replace", "accent", 4),
  accepted: look("running", "Accepted", "accent", 5),
  partially_filled: look("running", "Partly filled", "accent", 6),
  expired: look("off", "Expired", "off", 7),
  canceled: look("off", "Canceled", "off", 8),
  filled: look("ok", "Filled", "quiet", 9),
};

const IN_DOUBT = look("warning", "Unknown, asking", "warning", 0);
const CANCEL_REQUESTED = look("off", "Cancel requested", "accent", 1);

export const FLATTENING = look("info", "Flatten under way", "accent", 2);

/** How a working order looks; `requested` where its cancel was asked for here and is not answered yet. */
export function orderLook(
  { state, inDoubt }: { readonly state: OrderState; readonly inDoubt: boolean },
  requested = false,
): Look {
  if (inDoubt) return IN_DOUBT;
  return requested && state !== "pending_cancel" ? CANCEL_REQUESTED : ORDER_LOOKS[state];
}

export const TILE_LOOKS: Readonly<Record<Tile["state"], Look>> = {
  critical: look("critical", "Past its limit", "critical", 0),
  warning: look("warning", "Near its limit", "warning", 1),
  unknown: look("off", "Not measured", "off", 2),
  ok: look("ok", "Within its limit", "quiet", 3),
};

export const LEVEL_LOOKS = {
  critical: look("critical", "Critical", "critical", 0),
  warning: look("warning", "Warning", "warning", 1),
  info: look("info", "Information", "quiet", 2),
} as const;

export const VERDICT_LOOKS = {
  quarantined: look("critical", "Quarantined", "critical", 0),
  duplicate: look("off", "Duplicate", "off", 1),
  booked: look("ok", "Booked", "quiet", 2),
} as const;

/** The worst of several looks. */
export function worst(looks: readonly Look[]): Look | null {
  return looks.reduce<Look | null>((found, next) => (found === null || next.rank < found.rank ? next : found), null);
}

/** Parts that are named; the rest is counted. */
const PARTS_NAMED = 3;
type HaltedPart = OpenSession["haltedScopes"][number];

const SOURCES: Readonly<Record<HaltReason["source"], string>> = {
  operator: "an operator",
  kill_switch: "the kill switch",
  breaker: "a breaker",
  drift: "drift against the broker",
  fault: "a fault of the program",
};

/** What is halted in part, in one sentence. */
export function partsSentence(parts: readonly HaltedPart[]): string {
  const [first] = parts;
  if (first === undefined) return "";
  const named = parts.slice(0, PARTS_NAMED).map(({ kind, name }) => `${kind} ${name}`);
  const more = parts.length > PARTS_NAMED ? ` and ${parts.length - PARTS_NAMED} more` : "";
  const note = first.note === null || first.note === "" ? "" : ` “${first.note}”`;
  const why = parts.length === 1 ? ` ${readableSentence(first.message)}${note}` : "";
  const text = `${named.join(", ")}${more}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)} ${parts.length === 1 ? "sends" : "send"} no orders.${why}`;
}

/** What halted the session, in one sentence. */
export function haltSentence(reasons: readonly HaltReason[]): string {
  const first = reasons[0];
  if (first === undefined) return "No strategy sends orders.";
  const limit =
    first.value !== null && first.limit !== null
      ? ` (${readableSentence(`${first.value} against ${first.limit}`)})`
      : "";
  const said = readableSentence(first.message).replace(/[.]$/, "");
  const message = said.charAt(0).toUpperCase() + said.slice(1);
  // What an operator's halt says of itself may have the name already.
  const named = first.operator !== null && message.includes(first.operator);
  const by =
    first.operator === null ? ` The cause is ${SOURCES[first.source]}.` : named ? "" : ` Halted by ${first.operator}.`;
  const note = first.note === null || first.note === "" ? "" : ` “${first.note}”`;
  const others = reasons.length - 1;
  const more = others === 0 ? "" : ` ${others} other ${others === 1 ? "reason holds" : "reasons hold"}, too.`;
  return `${message}${limit}.${by}${note}${more}`;
}
