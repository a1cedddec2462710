/**
 * The glossary: each term, state and reason with its meaning. The one source for the console, its help, and GLOSSARY.md.
 *
 * 1. A meaning is a phrase that follows the word, without a full stop. All words are in this one file, to be read through as a whole.
 * 2. A reason has a name that a trader reads, and the unit of its value and limit; empty where there is none, or where it is money.
 * 3. GLOSSARY.md is `glossaryMarkdown()`; a test compares them.
 * 4. It has over 400 lines because it is read through as a whole.
 */

/** What things are called. */
export const TERMS: Readonly<Record<string, string>> = {
  account: "cash and positions of all strategies together",
  acknowledgement: "a broker's answer to a command: accepted, refused or unknown",
  adopt: "to accept a drift item as having happened, and book it",
  alert: "something that a person must have seen; it stays until it is acknowledged, and says when it is over",
  anchor: "whether the next run counts from the end of the last (finish) or from a fixed slot (slot)",
  "asset class": "the kind of instrument, such as equity, crypto or currency pair",
  average: "the average price at which the open quantity was bought or sold",
  bar: "open, high, low, close and volume of an interval",
  baseline: "the recorded result that a fixture's run must equal",
  because: "the reason that a strategy gives for an order",
  books: "cash, positions, profit and fees, by strategy and symbol",
  breaker: "a rule on the session as a whole that halts it",
  broker: "the counterparty that takes orders; reached through an adapter",
  cadence: "the interval between a strategy's planned runs",
  checkpoint: "the saved state of all parts behind one journal entry; a shortcut for a start",
  "client order id": "the id that a strategy gives to an order",
  commit: "making journal entries durable, in one transaction",
  compaction: "removing old runs, equity and metrics from a journal that stays provable",
  cooldown: "the time after a limit was hit in which new risk is refused",
  "day's profit": "profit and loss since the account's day began",
  desk: "a configuration: strategies, feed, broker, limits and clock",
  dismiss: "to close a drift item without booking it",
  drawdown: "the fall of equity from its peak",
  drift: "a difference between the session's records and the broker's",
  entry: "one record of the journal",
  equity: "cash and the value of all positions at their marks",
  errors: "failed, timed-out and bad runs, broker faults and rejections by fault, in the last five minutes",
  execution: "one fill, identified by the venue's order and the fill id",
  exposure: "the value of positions: gross adds amounts, net adds signs",
  feed: "the source of bars and marks",
  fees: "what the broker charged",
  fill: "an execution of an order, whole or in part",
  filled: "the part of the quantity that has been executed",
  fixture: "a recorded session that `regress` runs again",
  gross: "longs plus shorts",
  group: "a name that several strategies share, for a kill switch",
  guard: "one check of an order against one limit",
  halt: "the state in which no new order goes out",
  headroom: "how much of a limit is left before a guard refuses",
  heartbeat: "a sign that a strategy is alive",
  "idempotency key": "the name of a request: one key is one order",
  "in flight": "accepted by the router, and not yet ended at the venue",
  intent: "an order as a strategy asks for it",
  jitter: "a random delay of a planned run, from the seed",
  journal: "the append-only log of all decisions and reports; the truth",
  "kill switch": "a halt of everything, a group or a strategy",
  lag: "how long after its planned moment a run began",
  "last run": "when the newest run began",
  limit: "a number that a guard or a breaker compares with",
  mark: "the newest price of a symbol",
  net: "longs minus shorts",
  "next order": "the id that the router gives to the next order it accepts",
  "next run": "the exact moment of the next run, its jitter drawn from the seed",
  notional: "quantity times price",
  "of equity": "as a share of the account's equity: 0.20 is a fifth",
  order: "what a strategy or a trader asks the market to do: symbol, quantity, type and prices",
  operator: "the person who commands a session",
  overrun: "a run that took longer than its time budget",
  position: "the signed quantity held of a symbol",
  "profit and loss": "realized and unrealized profit, fees included",
  projection: "a read model that is made from journal entries",
  quantity: "units bought (above zero) or sold (below zero)",
  quarantine: "of a strategy: paused after repeated failures; of a fill: kept out of the books until its review",
  "queue depth": "orders that the router accepted and the venue has not ended",
  "rate window": "the last second, in which a strategy may send so many orders",
  realized: "profit of what was closed, after fees",
  reconciliation: "comparing with the venue what the session has",
  recovery: "the start of a session from its journal",
  rejection: "an order that a guard, the router or the broker refused",
  replay: "an answer that is repeated for a known key; a feed from files",
  review: "an operator's decision on a drift item",
  router: "the part that gives ids, applies idempotency and rate limits",
  run: "one call of a strategy",
  runtime: "how long the last run took",
  scheduler: "the part that decides when each strategy runs",
  seed: "the text from which all random streams follow",
  "service level": "a value with a limit that the desk file sets; past it the tile is critical and an alert is raised",
  session: "one life of a desk, with its folder",
  skip: "a planned run that did not start, because the one before was still under way or overran",
  "skip rate": "skipped runs as a share of planned runs, over the window shown",
  snapshot: "the router's state in `router_state.json`",
  speed: "session seconds in each real second; a virtual clock only",
  stop: "a price that turns an order on when the market reaches it; trail: the distance at which it follows",
  strategy: "code that turns market data into intents",
  throughput: "runs and orders in each interval",
  tick: "a planned moment of a strategy, and what became of it",
  "tick latency": "from a run's jittered moment to its end; p95 is the value that 95 of 100 runs stay under",
  "time budget": "how long a run may take",
  "time in force":
    "how long an order works: GTC until canceled, DAY until the close, GTD until a moment, IOC at once or not, FOK whole or not",
  unrealized: "profit of open positions at the newest mark",
  venue: "the market side of a broker; names orders by its own ids",
  workspace: "the folder of desks, strategies and sessions",
};

/** States of sessions, strategies, orders, ticks and levels, by the words that the console shows. */
export const STATES: Readonly<Record<string, string>> = {
  accepted: "works at the broker",
  booked: "in the books",
  "cancel requested": "its cancel was asked for here, and the host has not answered yet",
  canceled: "ended without the rest being executed",
  closed: "the strategy's market was closed",
  duplicate: "a fill that was reported before; it is booked once",
  expired: "ended by its time in force",
  failed: "ended by a fault; its journal holds what happened",
  failing: "its newest run failed; it runs again at the next planned moment",
  halted: "no new order goes out; strategies still run, and orders at the broker stay there",
  "in flight": "accepted by the router, and not yet ended at the venue",
  interrupted: "its process ended without stopping it; reopening recovers it from the journal",
  late: "of a strategy: no heartbeat within its timeout; of a tick: it began more than 100 ms after its jittered moment",
  misfire: "no process was there for it: the machine slept, or the program was not running",
  "near its limit": "at 80 % of the limit or more",
  "not loaded": "its file could not be loaded; the reason is beside it",
  "not measured": "no sample yet, so no value",
  "on time": "it began within 100 ms of its jittered moment and ended within its budget",
  "over budget": "its run takes longer than its time budget",
  "partly filled": "works at the broker, and a part has been executed",
  "past its limit": "over the limit",
  paused: "held by a person: no run starts until it continues",
  "pending cancel": "its cancel was sent, and not answered yet",
  "pending new": "sent to the broker, and not answered yet",
  "pending replace": "its replace was sent, and not answered yet",
  quarantined: "paused after repeated failures, until a person lets it run again",
  queued: "waits for its rate window, and goes out in order when the window frees",
  ready: "open, and not started yet",
  recovering: "its state is being made from the journal",
  rejected: "refused by a guard, the router or the broker",
  running: "its clock runs and strategies trade; of a strategy: a run is under way",
  stopped: "ended cleanly; it can be reopened",
  stopping: "runs under way end, and the journal is closed",
  "unknown, asking": "the broker did not answer; it is asked, and the request is never sent again",
  waiting: "between two runs, as it should be",
};

export interface Reason {
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
}

/** Why an order is refused or a session halts, by code. */
export const REASONS: Readonly<Record<string, Reason>> = {
  insufficient_funds: {
    name: "Buying power",
    unit: "",
    meaning:
      "exposure would go past equity times leverage; in a cash account, the order costs more than the cash, or sells what is not held",
  },
  max_notional_exceeded: { name: "Order size", unit: "", meaning: "the order's value is above the limit of one order" },
  max_position_exceeded: {
    name: "Position size",
    unit: "units",
    meaning: "with what already works, the position could go past its limit",
  },
  per_trade_risk_cap: {
    name: "Risk per trade",
    unit: "of equity",
    meaning: "one order takes too large a share of equity",
  },
  per_asset_cap: {
    name: "Exposure per symbol",
    unit: "of equity",
    meaning: "the position in the symbol would be too large a share of equity",
  },
  asset_class_cap: {
    name: "Exposure per class",
    unit: "of equity",
    meaning: "positions of the asset class would be too large a share of equity",
  },
  portfolio_gross_cap: {
    name: "Gross exposure",
    unit: "× equity",
    meaning: "all positions together would be too large a multiple of equity",
  },
  portfolio_drawdown_cap: {
    name: "Drawdown",
    unit: "of peak equity",
    meaning: "equity has fallen too far from its peak; new risk waits for the cooldown",
  },
  cooldown_active: {
    name: "Cooldown",
    unit: "of peak equity",
    meaning: "the cooldown after the drawdown cap still runs",
  },
  daily_portfolio_loss_cap: {
    name: "Daily loss, account",
    unit: "",
    meaning: "the account has lost its limit for the day",
  },
  strategy_daily_loss_cap: {
    name: "Daily loss, strategy",
    unit: "",
    meaning: "the strategy has lost its limit for the day",
  },
  turnover_block: {
    name: "Turnover",
    unit: "× equity",
    meaning: "the day's fills and working orders are too large a multiple of equity",
  },
  turnover_warn: {
    name: "Turnover, warning",
    unit: "× equity",
    meaning: "the day's turnover is high; the order passes",
  },
  capacity_limit: {
    name: "Capacity",
    unit: "of recent volume",
    meaning: "the order is too large a share of the symbol's recent volume",
  },
  capacity_warn: {
    name: "Capacity, warning",
    unit: "of recent volume",
    meaning: "the order is a large share of the symbol's recent volume; it passes",
  },
  rate_limited: {
    name: "Rate limit",
    unit: "orders a second",
    meaning: "the strategy has sent as many orders in the last second as it may",
  },
  inflight_limit: { name: "In-flight limit", unit: "orders", meaning: "as many orders are in flight as may be" },
  working_orders_limit: { name: "Working orders", unit: "orders", meaning: "as many orders work as may" },
  router_halted: { name: "Session halted", unit: "", meaning: "the session is halted" },
  group_halted: { name: "Group halted", unit: "", meaning: "the strategy's group is halted" },
  strategy_halted: { name: "Strategy halted", unit: "", meaning: "the strategy is halted" },
  symbol_halted: { name: "Symbol halted", unit: "", meaning: "the symbol is halted" },
  kill_switch_triggered: {
    name: "Kill switch",
    unit: "",
    meaning: "a kill switch was thrown: a file, a button, a key or a command",
  },
  session_drawdown_limit: {
    name: "Session drawdown",
    unit: "of peak equity",
    meaning: "the session's drawdown since the last resume; halts the session",
  },
  reject_limit_reached: {
    name: "Rejection limit",
    unit: "rejections",
    meaning: "too many rejections within the window; halts the session",
  },
  data_stale: {
    name: "Stale data",
    unit: "",
    meaning: "the feed was silent for longer than it may be; halts the session",
  },
  idempotency_conflict: { name: "Key conflict", unit: "", meaning: "the key was used before, for another order" },
  basket_refused: {
    name: "Basket refused",
    unit: "",
    meaning: "another order of the basket was refused, so all of them are",
  },
  bracket_refused: {
    name: "Bracket refused",
    unit: "",
    meaning: "another order of the bracket was refused, so all of it is",
  },
  already_expired: { name: "Already expired", unit: "", meaning: "the order's end lies before the decision on it" },
  no_price: { name: "No price", unit: "", meaning: "the symbol has no price yet, so the order's value is not known" },
  unknown_order: {
    name: "No open order",
    unit: "",
    meaning: "a cancel or replace names no open order of its strategy; the order may have ended",
  },
  cancel_pending: { name: "Cancel pending", unit: "", meaning: "a cancel of the order has no answer yet" },
  replace_pending: { name: "Replace pending", unit: "", meaning: "a replace of the order has no answer yet" },
  placement_unknown: {
    name: "Placement unknown",
    unit: "",
    meaning: "the venue has not said whether it has the order; a cancel is sent as soon as it has",
  },
  below_filled: {
    name: "Below what is filled",
    unit: "",
    meaning: "a replace asks for no more than the order has filled already",
  },
  field_not_taken: {
    name: "Not taken by the type",
    unit: "",
    meaning: "a replace names a price or quantity that an order of this type does not have",
  },
  invalid_replace: {
    name: "Invalid replace",
    unit: "",
    meaning: "a replace turns the order's side, or names a price at or below zero",
  },
  order_queued: {
    name: "Order is queued",
    unit: "",
    meaning: "a replace names an order that waits in its queue; it can be canceled there",
  },
  flatten_pending: {
    name: "Flatten pending",
    unit: "",
    meaning: "the order closes a position for an operator; its strategy cannot change it",
  },
  would_take: { name: "Would take", unit: "", meaning: "a post-only order would have traded at once" },
  queue_expired: {
    name: "Queue expired",
    unit: "",
    meaning: "the order waited in its strategy's queue for longer than it may",
  },
  nothing_to_reduce: {
    name: "Nothing to reduce",
    unit: "",
    meaning: "a reduce-only order found no position to make smaller",
  },
  bracket_wrong_side: {
    name: "Bracket on the wrong side",
    unit: "",
    meaning: "a stop or target lies on the wrong side of the price",
  },
  broker_refused: {
    name: "Broker refused",
    unit: "",
    meaning: "the broker refused the order after the router had accepted it",
  },
  min_requirements: {
    name: "Below the minimum",
    unit: "",
    meaning: "the order is smaller than the smallest quantity or notional that the venue takes",
  },
  injected_reject: {
    name: "Injected refusal",
    unit: "",
    meaning: "the paper broker refused the order because the desk file has it refuse some",
  },
  invalid_order: { name: "Invalid order", unit: "", meaning: "a field of the order has no valid value" },
  unknown_symbol: { name: "Unknown symbol", unit: "", meaning: "the venue does not list the symbol" },
  no_such_parent: {
    name: "No parent order",
    unit: "",
    meaning: "the venue does not know the order that it belongs to",
  },
  parent_rejected: { name: "Parent rejected", unit: "", meaning: "the order that it belongs to was rejected" },
  parent_ended: { name: "Parent ended", unit: "", meaning: "the order that it belongs to ended without a fill" },
  no_such_order: { name: "Not at the venue", unit: "", meaning: "the venue has no working order with this id" },
  price_not_taken: { name: "Price not taken", unit: "", meaning: "an order of this type has no such price" },
  below_filled_quantity: {
    name: "Less than filled at the venue",
    unit: "units",
    meaning: "the new quantity is below what the venue has filled already",
  },
  quantity_of_parent: {
    name: "Quantity of the parent",
    unit: "",
    meaning: "the quantity of a bracket's order follows its parent's fills",
  },
  unknown_fill: {
    name: "Unknown fill",
    unit: "",
    meaning: "the broker reports a fill that no order of the session explains",
  },
  position_mismatch: {
    name: "Position mismatch",
    unit: "",
    meaning: "the broker holds another quantity than the books",
  },
  lost_order: { name: "Lost order", unit: "", meaning: "the broker does not know an order that was sent to it" },
  sequence_gap: { name: "Sequence gap", unit: "", meaning: "an order id is missing between two that are known" },
};

/** Other words for a term, as labels have them. */
const ALIASES: Readonly<Record<string, string>> = {
  pnl: "profit and loss",
  "tick latency p95": "tick latency",
  skips: "skip",
  fills: "fill",
  orders: "order",
  runs: "run",
  rejections: "rejection",
  overruns: "overrun",
  limits: "limit",
  strategies: "strategy",
  tif: "time in force",
  "stop, trail": "stop",
  class: "asset class",
  "client id": "client order id",
  "runtime / budget": "time budget",
  "rate windows": "rate window",
  alerts: "alert",
  positions: "position",
  sessions: "session",
  "replays answered": "replay",
};

/** A reason by the name that a trader knows; a code that has none is given back. */
export const reasonName = (code: string): string => (Object.hasOwn(REASONS, code) ? REASONS[code]?.name : null) ?? code;

/** The meaning of a label, whatever its case: a term, a state, or a reason's name or code. Null for one that has none. */
export function meaningOf(label: string): string | null {
  const word = label.trim().toLowerCase();
  const term = ALIASES[word] ?? word;
  for (const table of [STATES, TERMS]) if (Object.hasOwn(table, term)) return table[term] ?? null;
  const reason = Object.hasOwn(REASONS, word)
    ? REASONS[word]
    : Object.values(REASONS).find((one) => one.name.toLowerCase() === word);
  return reason === undefined ? null : reason.meaning;
}

type Row = readonly string[];

function table(head: Row, rows: readonly Row[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: Row): string => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)].join("\n");
}

/** GLOSSARY.md. */
export function glossaryMarkdown(): string {
  const named = (source: Readonly<Record<string, string>>): Row[] => Object.entries(source);
  const reasons = Object.entries(REASONS).map(([code, { name, unit, meaning }]): Row => [
    `\`${code}\``,
    name,
    unit,
    meaning,
  ]);
  return [
    "# Glossary",
    "One word for one thing. FIX, NautilusTrader, or the literature of event sourcing use the terms in this sense.",
    "`src/shared/glossary.ts` is the source of this page, of the console's explanations and of its help.",
    "## Terms",
    table(["term", "means"], named(TERMS)),
    "## States",
    table(["state", "means"], named(STATES)),
    "## Reasons",
    table(["code", "name", "unit", "means"], reasons),
    "",
  ]
    .join("\n\n")
    .trimEnd()
    .concat("\n");
}
