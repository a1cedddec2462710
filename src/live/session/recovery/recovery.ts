/**
 * A start is a recovery: the journal's entries through the same parts as live, and then the venue is asked.
 *
 * 1. What an entry says was decided is decided again; a difference is damage, and the session does not start.
 * 2. The feed is consumed up to each entry's moment, and not passed to the venue: what it did is in its own store.
 * 3. Nothing is sent by a recovery. Orders whose outcome was not journaled are asked about; fills that the journal lacks are booked.
 * 4. Until all that is done the gate is shut, because the loop does not run.
 */
import { fromRouterState, OrderRouter } from "../../../orchestrator/index.ts";
import { decimal, plain } from "../../../shared/decimal.ts";
import { CodedError } from "../../../shared/errors.ts";
import { scopeText } from "../../../shared/scope.ts";
import type { FeedEvent, Mark } from "../../../shared/market.ts";
import type { BrokerFill } from "../../../shared/ports.ts";
import { duration } from "../../../shared/time.ts";
import type { Moment } from "../../../shared/time.ts";
import type { JournalEntry, OrderEntry, RestoreEntry } from "../../../store/journal/entries.ts";
import {
  bookedFill,
  closedOrder,
  closedOver,
  consumeFeed,
  missed,
  reconciledFill,
  refusedOrder,
  replacedOrder,
  replaceRequested,
  runFinished,
  runStarted,
  submitted,
} from "../state/effects.ts";
import { takeFill } from "../orders/fills.ts";
import { reviewed } from "../state/adoption.ts";
import { takenBy } from "../state/open-orders.ts";
import { foundDrift, haltSession } from "../state/halts.ts";
import { repeatLimit } from "../control/limits.ts";
import { NO_PRICE, ROUTER_REFUSALS } from "../orders/orders.ts";
import type { Core } from "../state/parts.ts";
import type { RunSnapshot } from "../../strategies/run-types.ts";
import { runSnapshotOf } from "../state/run-snapshot.ts";
import { NO_RATE, STALE_RATE } from "../state/rate-check.ts";
import { answered } from "../orders/sending.ts";
import { heldBack, SCOPE_CODES } from "../state/scope-halts.ts";

/** A run that was under way when the journal ended. */
export interface Interrupted {
  readonly runSnapshot: RunSnapshot;
  readonly due: Moment;
}

function differs(entry: JournalEntry, what: string, journaled: unknown, now: unknown): never {
  throw new CodedError(
    "journal_damaged",
    `Entry ${entry.seq} of the journal (${entry.kind}) cannot be repeated: ${what} was ${JSON.stringify(journaled)} and is ` +
      `${JSON.stringify(now)}. The desk, the market data or the journal changed since; ` +
      "start a new session, or restore the folder from a copy.",
    { seq: entry.seq, what },
  );
}

/** Repeats a journal's entries, one by one. */
export class Replay {
  readonly #core: Core;
  readonly #open: Map<string, Interrupted>;

  /** `before`: the runs that were under way where the repetition begins. */
  constructor(core: Core, before: readonly Interrupted[] = []) {
    this.#core = core;
    this.#open = new Map(before.map((run) => [run.runSnapshot.strategy, run]));
  }

  /** The runs that are under way, in order of start. */
  get underWay(): readonly Interrupted[] {
    return [...this.#open.values()];
  }

  /** Consumes the feed up to a moment; it is not passed to the venue. */
  consume(until: Moment): void {
    consumeFeed(this.#core, until, () => undefined);
    this.#core.now = until;
  }

  /** Throws `journal_damaged` for an entry that does not come out the same. */
  take(entry: JournalEntry): void {
    const core = this.#core;
    this.consume(entry.at);
    if (entry.kind === "run_finished") {
      repeatFinish(core, entry, this.#open.get(entry.strategy)?.due ?? entry.started);
      this.#open.delete(entry.strategy);
    } else repeat(core, entry);
    core.model.apply(entry);
    if (entry.kind !== "run_started") return;
    const runSnapshot = runSnapshotOf(core, entry.strategy, entry.run, entry.at);
    this.#open.set(entry.strategy, { runSnapshot, due: entry.due });
  }
}

function repeatFinish(core: Core, entry: Extract<JournalEntry, { kind: "run_finished" }>, due: Moment): void {
  const { strategy, outcome, orders, started, runtime } = entry;
  const { nextRun } = runFinished(core, { strategy, due, started, outcome }, orders, (started + runtime) as Moment);
  if (nextRun !== entry.nextRun) differs(entry, `the next run of ${strategy}`, entry.nextRun, nextRun);
}

/** One entry's effect. */
function repeat(core: Core, entry: Exclude<JournalEntry, { kind: "run_finished" }>): void {
  switch (entry.kind) {
    case "run_started":
      return runStarted(core, entry.strategy, entry.due, entry.at);
    case "missed":
      return repeatMissed(core, entry);
    case "order":
      return repeatOrder(core, entry);
    case "ack":
      if (entry.outcome.outcome === "refused")
        closedOrder(core, { orderId: entry.orderId, status: "rejected" }, entry.at);
      return;
    case "fill": {
      reconciledFill(core, entry, entry.at);
      if (entry.verdict !== "booked" || entry.strategy === null) return;
      const realized = bookedFill(core, entry, entry.strategy, entry.at);
      if (realized !== entry.realized) differs(entry, `the profit of fill ${entry.fillId}`, entry.realized, realized);
      return;
    }
    case "closed":
      if (entry.orderId !== null) closedOrder(core, { orderId: entry.orderId, status: entry.status }, entry.at);
      return;
    case "halt":
      // Drift halts the router by itself when its item is found again.
      if (entry.source === "drift") return;
      core.router.halt({ kind: entry.source, code: entry.code, message: entry.message }, entry.at);
      return;
    case "drift":
      return repeatDrift(core, entry);
    case "review": {
      const realized = reviewed(core, entry, entry.at);
      if (realized !== entry.realized) differs(entry, `the profit of ${entry.item}`, entry.realized, realized);
      return;
    }
    case "resume":
      core.router.resume({ operator: entry.operator, note: entry.note }, entry.at);
      core.risk.resumed(entry.at);
      return;
    case "limits": {
      const before = repeatLimit(core, entry);
      if (before !== entry.before) differs(entry, `the limit ${entry.limit}`, entry.before, before);
      return;
    }
    case "switch":
      if (entry.event === "resumed" && !core.model.switches.has(entry.scope))
        differs(entry, `the halt of ${scopeText(entry.scope)}`, true, false);
      return;
    case "restore":
      return restored(core, entry);
    case "strategy":
      return repeatStrategy(core, entry);
    case "registered":
      if (core.scheduler.nextRun(entry.strategy) !== entry.nextRun)
        differs(entry, `the first run of ${entry.strategy}`, entry.nextRun, core.scheduler.nextRun(entry.strategy));
      return;
    case "replace_request":
      if (entry.sent) return replaceRequested(core, entry, entry.at);
      return refusedOrder(core, entry.reason, entry.at);
    case "replace":
      return replacedOrder(core, entry);
    case "session":
    case "send":
    case "cancel_request":
    case "cancel":
    case "queue":
    case "updated":
    case "flatten":
    case "equity":
    case "metrics":
    case "snapshot":
      return;
  }
}

function repeatMissed(core: Core, entry: Extract<JournalEntry, { kind: "missed" }>): void {
  const { strategy, reason, by = entry.at } = entry;
  const { nextRun } = reason === "misfire" ? missed(core, strategy, by) : closedOver(core, strategy, by);
  if (nextRun !== entry.nextRun) differs(entry, `the next run of ${strategy}`, entry.nextRun, nextRun);
}

/** Refusals that come before the kill switches are looked at, or come from another order of the same unit. */
const BEFORE_SWITCHES: ReadonlySet<string> = new Set([
  NO_PRICE,
  NO_RATE,
  STALE_RATE,
  "basket_refused",
  "bracket_refused",
]);

function repeatOrder(core: Core, entry: OrderEntry & { readonly seq: number; readonly at: Moment }): void {
  const asked = entry.by !== "session" && entry.flatten === undefined && entry.parent === undefined;
  const held = heldBack(core, entry)?.reason ?? null;
  const recorded = SCOPE_CODES.has(entry.reason) ? entry.reason : null;
  if (asked && held !== recorded && !BEFORE_SWITCHES.has(entry.reason))
    differs(entry, "the kill switch's answer", recorded, held);
  if (entry.by === "session") {
    if (!entry.replay) refusedOrder(core, entry.reason, entry.at);
    return;
  }
  if (!entry.accepted && !entry.replay && !ROUTER_REFUSALS.has(entry.reason))
    return refusedOrder(core, entry.reason, entry.at);
  const { decision } = submitted(core, entry, entry.at);
  if (decision.orderId !== entry.orderId) differs(entry, "the order's id", entry.orderId, decision.orderId);
  if (decision.reason !== entry.reason) differs(entry, "the router's answer", entry.reason, decision.reason);
}

function repeatDrift(core: Core, entry: Extract<JournalEntry, { kind: "drift" }>): void {
  const known = core.router.driftItems().some((item) => item.id === entry.item);
  if (known) return;
  const { text, orderId, evidence } = entry;
  const item = core.router.addDrift(entry.drift, { text, orderId, evidence }, entry.at);
  if (item.id !== entry.item) differs(entry, "the drift item's id", entry.item, item.id);
}

function repeatStrategy(core: Core, entry: Extract<JournalEntry, { kind: "strategy" }>): void {
  if (entry.event === "run_asked") core.scheduler.runNow(entry.strategy, entry.at);
  else if (entry.event === "resumed") core.scheduler.resume(entry.strategy, entry.at);
  else core.scheduler.pause(entry.strategy);
}

/** Puts a snapshot in the router's place, as `applyRestore` does live; its number never goes below one that was seen. */
function restored(core: Core, entry: Pick<RestoreEntry, "state" | "source" | "nextSequence">): void {
  core.router = OrderRouter.restore(fromRouterState(entry.state, { fileName: entry.source }));
  core.router.raiseSequence(entry.nextSequence);
}

/** What a recovery found out from the venue. */
export interface Reconciled {
  readonly fillsBooked: number;
  readonly ordersAsked: number;
  /** Fills that are reported at moments which the session has yet to reach, earliest first. */
  readonly ahead: readonly BrokerFill[];
  /** What the venue could not be asked, or null: until it has answered, the gate stays shut. */
  readonly unanswered: string | null;
}

/** When a fill is reported to the session. */
export const reportedAt = (fill: BrokerFill): Moment => fill.reportedAt ?? fill.at;

/** The newest marks of the feed, for a paper venue that forgot them with its process; it has filled against them before. */
function newestMarks(core: Core): FeedEvent[] {
  const warm = core.feed.warmup.reduce((last, bar) => Math.max(last, bar.at), Number.NEGATIVE_INFINITY);
  const marks = [...core.symbols.keys()].map((symbol) => core.market.mark(symbol));
  return marks.filter((mark) => mark !== null && mark.at > warm).map((mark) => ({ kind: "mark", mark: mark as Mark }));
}

/**
 * What the market did while no process ran, on the system's clock: consumed before anything is journaled of the present moment, as a
 * repetition of those entries consumes it. What the venue fills meanwhile it reports to the first pass.
 */
function catchUp(core: Core): void {
  if (core.clock.kind === "virtual") return;
  core.now = core.clock.now();
  consumeFeed(core, core.now, (events, at) => core.broker.onMarketData(events, at));
}

/**
 * Compares with the venue: fills that the journal lacks, orders in doubt, positions. What cannot be asked halts. The venue is asked
 * for what it had at the journal's end, and only then do books and venue get what came after.
 */
export async function reconcileWithVenue(core: Core): Promise<Reconciled> {
  const { broker } = core;
  broker.onMarketData(newestMarks(core), core.now);
  const [fills, open, positions] = [
    await answered(() => broker.fillsSince(core.model.cursor)),
    await answered(() => broker.openOrders()),
    await answered(() => broker.positions()),
  ];
  catchUp(core);
  const missing = fills.ok ? fills.value.filter((fill) => !core.model.hasCursor(fill.cursor)) : [];
  const due = missing.filter((fill) => reportedAt(fill) <= core.now);
  const ahead = missing.filter((fill) => reportedAt(fill) > core.now).toSorted((a, b) => reportedAt(a) - reportedAt(b));
  for (const fill of due) takeFill(core, fill, core.now);
  const ordersAsked = doubt(core, open.ok ? new Set(open.value.map((order) => order.venueId)) : null, ahead);
  if (fills.ok && positions.ok) comparePositions(core, positions.value, ahead);
  const unanswered = [
    ...(fills.ok ? [] : [`its fills cannot be read (${fills.reason})`]),
    ...(open.ok ? [] : [`its open orders cannot be read (${open.reason})`]),
    ...(positions.ok ? [] : [`its positions cannot be read (${positions.reason})`]),
  ];
  const problem = unanswered.length === 0 ? null : noAnswer(core, unanswered.join(", "));
  return { fillsBooked: due.length, ordersAsked, ahead, unanswered: problem };
}

/**
 * Puts orders in doubt whose end only the venue knows, and counts them: those that were journaled to be sent and have no
 * answer, and those that the venue had and has no longer, where no fill on its way ends them.
 */
function doubt(core: Core, open: ReadonlySet<string> | null, ahead: readonly BrokerFill[]): number {
  let count = 0;
  for (const order of core.model.working.values()) {
    let filled = order.filled;
    for (const fill of ahead) if (fill.venueId === order.venueId) filled = filled.plus(fill.quantity);
    const ends = filled.abs().gte(takenBy(order).abs());
    const settled = order.confirmed && order.request === null;
    if (settled && (open === null || open.has(order.venueId) || ends)) continue;
    core.model.open.doubt(order);
    count += 1;
  }
  return count;
}

function noAnswer(core: Core, what: string): string {
  const message = `The venue could not be asked at the start: ${what}. Until it answers nothing is sent; open the session again then.`;
  haltSession(core, { source: "fault", code: "venue_unreachable", message }, core.now);
  return message;
}

function comparePositions(core: Core, answer: Readonly<Record<string, string>>, ahead: readonly BrokerFill[]): void {
  // Quarantined fills are the venue's and not yet ours: they are reported by their own items.
  const theirs = new Map(Object.entries(answer).map(([symbol, quantity]) => [symbol, decimal(quantity)]));
  const take = (symbol: string, quantity: string): void => {
    theirs.set(symbol, (theirs.get(symbol) ?? decimal(0)).minus(quantity));
  };
  for (const fill of ahead) take(fill.symbol, fill.quantity);
  for (const item of core.model.drift.values()) {
    const { symbol, quantity } = item.evidence;
    const adopted = item.review !== null && item.review.action === "adopt";
    if (
      item.drift === "unknown_fill" &&
      !adopted &&
      typeof symbol === "string" &&
      quantity !== null &&
      quantity !== undefined
    )
      take(symbol, String(quantity));
  }
  // Past a split that the session has yet to reach, the venue counts in other units.
  const { actions = [] } = core.desk;
  const split = (symbol: string): boolean =>
    ahead.some((fill) => actions.some((one) => one.symbol === symbol && one.at >= core.now && one.at < fill.at));
  const ours = core.books.positions();
  for (const symbol of new Set([...theirs.keys(), ...ours.keys()])) {
    const [broker, books] = [theirs.get(symbol) ?? decimal(0), ours.get(symbol) ?? decimal(0)];
    if (broker.equals(books) || split(symbol)) continue;
    const price = core.market.mark(symbol)?.price ?? null;
    const evidence = { symbol, ours: plain(books), broker: plain(broker), quantity: plain(broker.minus(books)), price };
    const text = `The venue holds ${plain(broker)} ${symbol} and the books say ${plain(books)}`;
    const waiting = [...core.model.drift.values()].some(
      (item) => item.drift === "position_mismatch" && item.review === null && item.evidence["symbol"] === symbol,
    );
    if (!waiting) foundDrift(core, "position_mismatch", text, evidence, null);
  }
}

/** Runs that a restart found under way: on a virtual clock `adopt` lets them continue, on the system clock they end. */
export function takeUpRuns(
  core: Core,
  interrupted: readonly Interrupted[],
  adopt: (runSnapshot: RunSnapshot, due: Moment) => void,
): void {
  for (const run of interrupted)
    if (core.clock.kind === "virtual") adopt(run.runSnapshot, run.due);
    else abandonRun(core, run);
}

/** Ends a run that a restart on the system clock found under way: its result died with the process. */
function abandonRun(core: Core, { runSnapshot, due }: Interrupted): void {
  const { strategy, run, now: started, bar } = runSnapshot;
  const runtime = duration(core.now - started);
  const ended = runFinished(core, { strategy, due, started, outcome: "abandoned" }, 0, core.now);
  const facts = { strategy, run, started, runtime, orders: 0, skips: ended.skips, nextRun: ended.nextRun, bar };
  const message = "The session ended during this run.";
  core.ledger.add({ kind: "run_finished", ...facts, outcome: "abandoned", message }, core.now);
}
