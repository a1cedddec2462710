/**
 * The loop: one pass after another, each at a moment of the session's time.
 *
 * 1. A pass consumes the feed and the broker's events, looks at the breakers, ends and starts runs, commits once, and only then sends.
 *    What the broker answers is in the next commit: until then the broker itself is its record. Where commits are grouped, the venue
 *    is ours and its disk follows the journal: such a pass sends at once, and commits with others once it has ended.
 * 2. Between the first decision of a pass and its commit nothing is awaited: no command can fall in between.
 * 3. On a virtual clock what happens depends on the moments alone, never on how many passes there were or how long they took.
 * 4. Whatever a pass throws ends the loop: nothing continues after a failure.
 */
import { later } from "../../../shared/time.ts";
import type { Moment } from "../../../shared/time.ts";

import type { BrokerEvent, BrokerFill } from "../../../shared/ports.ts";
import { actionText } from "../../instruments/index.ts";
import { consumeFeed } from "../state/effects.ts";
import { takeBrokerEvents, takeFill } from "../orders/fills.ts";
import { releaseQueues } from "../orders/actions.ts";
import { nextInFlattens, workFlattens } from "../orders/flatten.ts";
import { haltSession } from "../state/halts.ts";
import { nextInQueues } from "../orders/pace.ts";
import { cancelsWanted } from "../orders/requests.ts";
import { isSending, OrderStatusQueries, sendAll, type Sending } from "../orders/sending.ts";
import type { Core } from "../state/parts.ts";
import { reportedAt } from "../recovery/recovery.ts";
import { Runs } from "./runs.ts";
import type { EquityEntry } from "../../../store/journal/entries.ts";
import { silenceOf } from "./silence.ts";

/** Real milliseconds after which entries that could wait are committed all the same, so that a view sees them. */
const COMMIT_MS_MAX = 50;
/** Real milliseconds between two looks at the venue's positions while the gate is shut. */
const LOOK_MS = 500;

export interface LoopHooks {
  /** Looks at the kill switch and the control inbox; called at the start of each pass. */
  readonly control: () => void;
  /** Saves the router's snapshot; called after the commit of a pass in which it became due. */
  readonly snapshot: () => void;
  /** Called at the end of each pass, when nothing is half done. */
  readonly passed: () => void;
  /** The session's last moment, or null. */
  readonly endsAt: Moment | null;
  /** True once the loop shall end. */
  readonly ending: () => boolean;
  /** True while no run may start. */
  readonly paused: () => boolean;
}

/** Beats on a grid of moments, but only where something happened since the beat before. */
class IntervalTrigger {
  readonly #start: Moment;
  readonly #every: number;
  #seen: number | null = null;
  /** The next beat, or null while nothing has happened since the last. */
  next: Moment | null;

  constructor(start: Moment, every: number, last: Moment | null) {
    this.#start = start;
    this.#every = every;
    this.next = last === null ? start : null;
  }

  /** Whether a beat is due; `state` is a number that changes whenever something happens. */
  isDue(now: Moment, state: number): boolean {
    if (this.#seen !== state && this.next === null) this.next = this.#gridAfter(now);
    this.#seen = state;
    if (this.next === null || now < this.next) return false;
    this.next = null;
    return true;
  }

  /** What happens on a beat of the grid belongs to that beat, unless it was the last one. */
  #gridAfter(now: Moment): Moment {
    return (this.#start + (Math.floor((now - this.#start) / this.#every) + 1) * this.#every) as Moment;
  }
}

/** The earlier of two moments; null where neither is known. */
const earlier = (one: Moment | null, other: Moment | null): Moment | null =>
  one === null || (other !== null && other < one) ? other : one;

const NO_DRAWDOWN = (0).toFixed(6);

const samePoint = (point: EquityEntry, before: EquityEntry | null): boolean =>
  before !== null &&
  point.equity === before.equity &&
  point.cash === before.cash &&
  point.realized === before.realized &&
  point.unrealized === before.unrealized &&
  point.fees === before.fees &&
  point.gross === before.gross &&
  point.drawdown === before.drawdown;

export class Loop {
  readonly runs: Runs;
  readonly statusQueries: OrderStatusQueries;
  readonly #core: Core;
  readonly #hooks: LoopHooks;
  /** Fills that the venue has already made at moments that a session after a crash has yet to reach, earliest first. */
  readonly #ahead: BrokerFill[];
  /** Ends of orders of which a fill is still ahead: an order's fills are booked before its end. */
  #endsBehind: Extract<BrokerEvent, { kind: "closed" }>[] = [];
  readonly #metrics: IntervalTrigger;
  readonly #equity: IntervalTrigger;
  #equityPoint: EquityEntry | null = null;
  #nextSnapshot: Moment;
  #lastSnapshotMs: number;
  #lastCommitMs: number;
  #lastLookMs = Number.NEGATIVE_INFINITY;
  /** Whether the venue was asked about orders since the last pass began. */
  #answered = false;

  constructor(core: Core, hooks: LoopHooks, ahead: readonly BrokerFill[]) {
    this.#core = core;
    this.#hooks = hooks;
    this.#ahead = [...ahead];
    this.runs = new Runs(core);
    this.statusQueries = new OrderStatusQueries(core);
    const { metricsInterval, equityInterval, snapshotInterval } = core.desk.orchestrator;
    this.#metrics = new IntervalTrigger(core.startedAt, metricsInterval, core.model.lastMetricsAt);
    this.#equity = new IntervalTrigger(core.startedAt, equityInterval, core.model.lastEquityAt);
    this.#nextSnapshot = later(core.model.lastSnapshotAt ?? core.startedAt, snapshotInterval);
    this.#lastSnapshotMs = core.timers.monotonicMs();
    this.#lastCommitMs = this.#lastSnapshotMs;
  }

  /** Runs until the session shall end or its last moment has passed; returns which of the two it was. */
  async run(): Promise<"asked" | "finished"> {
    const { endsAt, ending } = this.#hooks;
    for (;;) {
      if (ending()) return "asked";
      const clock = this.#core.clock.now();
      const now = (endsAt === null || this.#owes() ? clock : Math.min(clock, endsAt)) as Moment;
      // The venue carries out what an operator sent aside before the pass asks it for reports.
      if (isSending(this.#core)) await Promise.resolve();
      const passing = this.#pass(now);
      if (passing !== null) await passing;
      if (ending()) return "asked";
      if (endsAt !== null && now >= endsAt && !this.#owes() && !this.#endsWithin(endsAt)) return "finished";
      const wake = this.#nextWake();
      if (this.#core.ledger.pending > 0 && this.#restful(wake)) this.#commit();
      const { clock: sleeper } = this.#core;
      if (isSending(this.#core) || sleeper.skipTo?.(wake) !== true) await sleeper.sleepUntil(wake);
    }
  }

  /** Whether bars of recorded data that is over wait for their runs: then the session lasts until they are done. */
  #owes(): boolean {
    const { clock, feed } = this.#core;
    return clock.kind === "virtual" && feed.nextAt() === null && !this.#hooks.paused() && this.runs.owesBars;
  }

  /** Whether an open run ends within the last moment, as one that takes no time does. */
  #endsWithin(endsAt: Moment): boolean {
    const next = this.runs.nextEnd();
    return this.#core.clock.kind === "virtual" && next !== null && next <= endsAt;
  }

  /** Whether the loop is about to do nothing for a while. */
  #restful(wake: Moment): boolean {
    const { clock, timers, now, ledger } = this.#core;
    if (this.#hooks.paused()) return true;
    if (ledger.grouped) return false;
    if (timers.monotonicMs() - this.#lastCommitMs > COMMIT_MS_MAX) return true;
    return clock.speed !== "max" && (wake - now) / 1_000 / clock.speed > COMMIT_MS_MAX;
  }

  /** A pass; null where nothing of it had to be awaited, as in most of them at full speed. */
  #pass(now: Moment): Promise<void> | null {
    if (this.#core.ledger.broken !== null) throw this.#core.ledger.broken;
    const waiting = this.runs.ready(now);
    return waiting === null ? this.#decide(now) : this.#decideAfter(waiting, now);
  }

  async #decideAfter(waiting: Promise<void>, now: Moment): Promise<void> {
    await waiting;
    const deciding = this.#decide(now);
    if (deciding !== null) await deciding;
  }

  #decide(now: Moment): Promise<void> | null {
    const core = this.#core;
    if (now > core.now) core.now = now;
    this.#answered = false;
    this.#consume(now);
    this.#hooks.control();
    this.#breakers(now);
    const sending = cancelsWanted(core, now);
    workFlattens(core, now, sending);
    releaseQueues(core, now, sending);
    this.runs.finish(now, sending);
    if (!this.#hooks.paused()) this.runs.start(now);
    this.#measure(now);
    if (!core.ledger.grouped && (core.ledger.consequential || core.ledger.crowded)) this.#commit();
    const asked = this.statusQueries.nextAt();
    if (sending.length > 0 || (asked !== null && asked <= now) || core.router.halted) return this.#send(sending, now);
    core.venuePositions = null;
    this.#ended(now);
    return null;
  }

  /** The rest of a pass in which the venue is sent or asked something. */
  async #send(sending: readonly Sending[], now: Moment): Promise<void> {
    const core = this.#core;
    if (sending.length > 0) await sendAll(core, sending);
    const asked = this.statusQueries.nextAt();
    if (asked !== null && asked <= now) {
      await this.statusQueries.ask();
      this.#answered = true;
      if (!core.ledger.grouped && core.ledger.consequential) this.#commit();
    }
    this.#ended(now);
    if (core.router.halted) await this.#lookAtVenue();
    else core.venuePositions = null;
  }

  #ended(now: Moment): void {
    const { ledger } = this.#core;
    if (ledger.grouped && ledger.due) this.#commit();
    this.#snapshot(now);
    this.#hooks.passed();
  }

  /** While the gate is shut an operator compares: what the venue holds is asked now and then, and shown beside the books. */
  async #lookAtVenue(): Promise<void> {
    const core = this.#core;
    const nowMs = core.timers.monotonicMs();
    if (core.venuePositions !== null && nowMs - this.#lastLookMs < LOOK_MS) return;
    this.#lastLookMs = nowMs;
    const answer = await core.broker.positions();
    core.venuePositions = answer.ok ? answer.value : null;
  }

  /** The feed and the broker up to now, one moment of the feed at a time: a fill comes right behind the mark that made it. */
  #consume(now: Moment): void {
    const core = this.#core;
    let applied = core.books.actionsApplied;
    consumeFeed(core, now, (events, at) => {
      for (const action of core.desk.actions?.slice(applied, core.books.actionsApplied) ?? [])
        core.ledger.add({ kind: "session", event: "noted", wall: "", text: actionText(action), detail: {} }, at);
      applied = core.books.actionsApplied;
      this.#consumeReports(at);
      core.broker.onMarketData(events, at);
      this.#consumeReports(at);
    });
    this.#consumeReports(now);
  }

  #consumeReports(at: Moment): void {
    const core = this.#core;
    for (let fill = this.#ahead[0]; fill !== undefined && reportedAt(fill) <= at; fill = this.#ahead[0]) {
      this.#ahead.shift();
      if (!core.model.hasCursor(fill.cursor)) takeFill(core, fill, at);
    }
    const next = core.broker.nextEventAt();
    if (next !== null && next <= at) takeBrokerEvents(core, this.#inOrder(core.broker.takeEvents(at)), at);
    if (this.#endsBehind.length > 0) takeBrokerEvents(core, this.#endsThatCanCome(), at);
  }

  /** The events without the ends that come too early; those are kept. */
  #inOrder(events: readonly BrokerEvent[]): readonly BrokerEvent[] {
    if (this.#ahead.length === 0) return events;
    return events.filter((event) => {
      if (event.kind !== "closed" || !this.#isAhead(event.venueId)) return true;
      this.#endsBehind.push(event);
      return false;
    });
  }

  #endsThatCanCome(): readonly BrokerEvent[] {
    const coming = this.#endsBehind.filter(({ venueId }) => !this.#isAhead(venueId));
    this.#endsBehind = this.#endsBehind.filter(({ venueId }) => this.#isAhead(venueId));
    return coming;
  }

  #isAhead(venueId: string): boolean {
    return this.#ahead.some((fill) => fill.venueId === venueId);
  }

  #breakers(now: Moment): void {
    const core = this.#core;
    if (core.router.halted) return;
    const trip = core.risk.breaker(now, core.market.lastAt, (from, to) => silenceOf(core, from, to));
    if (trip !== null) haltSession(core, { source: "breaker", ...trip }, now);
  }

  /** Paced by session time; at full speed by the machine's, because there the file is only for people who look at it meanwhile. */
  #snapshot(now: Moment): void {
    const { clock, timers, desk } = this.#core;
    const { snapshotInterval } = desk.orchestrator;
    const full = clock.speed === "max";
    const due = full
      ? timers.monotonicMs() - this.#lastSnapshotMs >= snapshotInterval / 1_000
      : now >= this.#nextSnapshot;
    if (!due) return;
    this.#lastSnapshotMs = timers.monotonicMs();
    this.#nextSnapshot = later(now, snapshotInterval);
    this.#hooks.snapshot();
  }

  #measure(now: Moment): void {
    const { clock, model, market } = this.#core;
    // Where nothing happened there is nothing to report, but on the system's clock a reader wants to see that the session is alive.
    const always = clock.kind === "system";
    if (this.#equity.isDue(now, always ? now : market.moves + model.fills)) this.equity(now);
    if (this.#metrics.isDue(now, always ? now : model.runs + model.orders + model.missed)) this.metrics(now);
  }

  /** Adds a point of the equity curve. */
  equity(now: Moment): void {
    const { equity, cash, realized, unrealized, fees, gross, drawdown } = this.#core.books.figures();
    const shown = drawdown === 0 ? NO_DRAWDOWN : drawdown.toFixed(6);
    const point = { kind: "equity", equity, cash, realized, unrealized, fees, gross, drawdown: shown } as const;
    if (this.#core.clock.kind === "virtual" && samePoint(point, this.#equityPoint)) return;
    this.#equityPoint = point;
    this.#core.ledger.add(point, now);
  }

  /** Adds a line of metrics. */
  metrics(now: Moment): void {
    this.#core.ledger.add({ kind: "metrics", line: { ...this.#core.metrics.snapshot(now) } }, now);
  }

  #commit(): void {
    this.#core.ledger.commit();
    this.#lastCommitMs = this.#core.timers.monotonicMs();
  }

  #nextWake(): Moment {
    const core = this.#core;
    const ahead = this.#ahead[0];
    // What waits for an order's end, as a flatten does, acts on the venue's answer at once and not with whatever happens next.
    if (this.#answered) return core.now;
    let wake = earlier(this.#metrics.next, this.#equity.next);
    if (core.clock.speed !== "max") wake = earlier(wake, this.#nextSnapshot);
    if (!this.#owes()) wake = earlier(wake, this.#hooks.endsAt);
    if (!this.#hooks.paused()) wake = earlier(wake, core.scheduler.nextWake() ?? null);
    wake = earlier(wake, this.runs.nextEnd());
    wake = earlier(wake, core.feed.nextAt());
    wake = earlier(wake, core.broker.nextEventAt());
    if (ahead !== undefined) wake = earlier(wake, reportedAt(ahead));
    wake = earlier(wake, this.statusQueries.nextAt());
    wake = earlier(wake, nextInQueues(core));
    wake = earlier(wake, nextInFlattens(core));
    return Math.max(wake ?? Number.POSITIVE_INFINITY, core.now) as Moment;
  }
}
