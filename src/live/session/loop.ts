/**
 * The loop: one pass after another, each at a moment of the session's time.
 *
 * 1. A pass hears the feed and the broker, looks at the breakers, ends and starts runs, commits once, and only then sends.
 * 2. Between the first decision of a pass and its commit nothing is awaited: no command can fall in between.
 * 3. On a virtual clock what happens depends on the moments alone, never on how many passes there were or how long they took.
 * 4. Whatever a pass throws ends the loop: nothing goes on after a failure.
 */
import type { Moment } from "../../shared/time.ts";

import type { BrokerFill } from "../../shared/ports.ts";
import { hearFeed } from "./effects.ts";
import { takeBrokerEvents, takeFill } from "./fills.ts";
import { haltSession } from "./halts.ts";
import { Inquiries, sendOrders } from "./orders.ts";
import type { Core } from "./parts.ts";
import { Runs } from "./runs.ts";

/** Real milliseconds after which entries that could wait are committed all the same, so that a view sees them. */
const COMMIT_MS_MAX = 50;

export interface LoopHooks {
  /** Looks at the kill switch and the control inbox; called at the start of each pass. */
  readonly control: () => void;
  /** Saves the router's snapshot; called after the commit of a pass in which it became due, and after a halt. */
  readonly snapshot: (cause: "interval" | "halt") => void;
  /** The session's last moment, or null. */
  readonly endsAt: Moment | null;
  /** True once the loop shall end. */
  readonly ending: () => boolean;
  /** True while no run may start. */
  readonly paused: () => boolean;
}

export class Loop {
  readonly runs: Runs;
  readonly inquiries: Inquiries;
  readonly #core: Core;
  readonly #hooks: LoopHooks;
  /** Fills that the venue has already made at moments that a session after a crash has yet to reach, earliest first. */
  readonly #ahead: BrokerFill[];
  #nextMetrics: Moment;
  #nextEquity: Moment;
  #nextSnapshot: Moment;
  #lastCommitMs: number;

  constructor(core: Core, hooks: LoopHooks, ahead: readonly BrokerFill[]) {
    this.#core = core;
    this.#hooks = hooks;
    this.#ahead = [...ahead];
    this.runs = new Runs(core);
    this.inquiries = new Inquiries(core);
    const { metricsInterval, equityInterval, snapshotInterval } = core.desk.orchestrator;
    const next = (last: Moment | null, every: number): Moment =>
      last === null ? core.startedAt : (Math.max(core.now, last + every) as Moment);
    this.#nextMetrics = next(core.tally.lastMetricsAt, metricsInterval);
    this.#nextEquity = next(core.tally.lastEquityAt, equityInterval);
    this.#nextSnapshot = next(core.tally.lastSnapshotAt, snapshotInterval);
    this.#lastCommitMs = core.timers.monotonicMs();
  }

  /** Runs until the session shall end or its last moment has passed; tells which of the two it was. */
  async run(): Promise<"asked" | "finished"> {
    const { endsAt, ending } = this.#hooks;
    for (;;) {
      if (ending()) return "asked";
      const clock = this.#core.clock.now();
      const now = (endsAt === null ? clock : Math.min(clock, endsAt)) as Moment;
      await this.#pass(now);
      if (ending()) return "asked";
      if (endsAt !== null && now >= endsAt) return "finished";
      const wake = this.#nextWake();
      if (this.#core.ledger.pending > 0 && this.#restful(wake)) this.#commit();
      await this.#core.clock.sleepUntil(wake);
    }
  }

  /** Whether the loop is about to do nothing for a while. */
  #restful(wake: Moment): boolean {
    const { clock, timers, now } = this.#core;
    if (timers.monotonicMs() - this.#lastCommitMs > COMMIT_MS_MAX) return true;
    return clock.speed !== "max" && (wake - now) / 1_000 / clock.speed > COMMIT_MS_MAX;
  }

  async #pass(now: Moment): Promise<void> {
    const core = this.#core;
    if (core.ledger.broken !== null) throw core.ledger.broken;
    await this.runs.ready(now);
    const halts = core.tally.halts.length + core.tally.driftItems;
    if (now > core.now) core.now = now;
    this.#hear(now);
    this.#hooks.control();
    this.#breakers(now);
    const sending = this.runs.finish(now);
    if (!this.#hooks.paused()) this.runs.start(now);
    this.#measure(now);
    if (core.ledger.consequential) this.#commit();
    if (sending.length > 0) {
      await sendOrders(core, sending);
      this.#commit();
    }
    const asked = this.inquiries.nextAt();
    if (asked !== null && asked <= now) {
      await this.inquiries.ask();
      if (core.ledger.consequential) this.#commit();
    }
    if (core.tally.halts.length + core.tally.driftItems > halts) this.#hooks.snapshot("halt");
    if (now >= this.#nextSnapshot) {
      this.#nextSnapshot = this.#after(this.#nextSnapshot, core.desk.orchestrator.snapshotInterval, now);
      this.#hooks.snapshot("interval");
    }
  }

  /** The feed and the broker up to now, one moment of the feed at a time: a fill comes right behind the mark that made it. */
  #hear(now: Moment): void {
    const core = this.#core;
    hearFeed(core, now, (events, at) => {
      this.#hearBroker(at);
      core.broker.onMarketData(events, at);
      this.#hearBroker(at);
    });
    this.#hearBroker(now);
  }

  #hearBroker(at: Moment): void {
    const core = this.#core;
    for (let fill = this.#ahead[0]; fill !== undefined && fill.at <= at; fill = this.#ahead[0]) {
      this.#ahead.shift();
      if (!core.tally.hasCursor(fill.cursor)) takeFill(core, fill, at);
    }
    const next = core.broker.nextEventAt();
    if (next !== null && next <= at) takeBrokerEvents(core, core.broker.takeEvents(at), at);
  }

  #breakers(now: Moment): void {
    const core = this.#core;
    if (core.router.halted) return;
    const trip = core.risk.breaker(now, core.market.lastAt);
    if (trip !== null) haltSession(core, { source: "breaker", ...trip }, now);
  }

  #measure(now: Moment): void {
    const core = this.#core;
    const { metricsInterval, equityInterval } = core.desk.orchestrator;
    if (now >= this.#nextEquity) {
      this.#nextEquity = this.#after(this.#nextEquity, equityInterval, now);
      this.equity(now);
    }
    if (now >= this.#nextMetrics) {
      this.#nextMetrics = this.#after(this.#nextMetrics, metricsInterval, now);
      this.metrics(now);
    }
  }

  /** Adds a point of the equity curve. */
  equity(now: Moment): void {
    const { equity, cash, realized, unrealized, fees, gross, drawdown } = this.#core.books.figures();
    const figures = { equity, cash, realized, unrealized, fees, gross, drawdown: drawdown.toFixed(6) };
    this.#core.ledger.add({ kind: "equity", ...figures }, now);
  }

  /** Adds a line of metrics. */
  metrics(now: Moment): void {
    this.#core.ledger.add({ kind: "metrics", line: { ...this.#core.metrics.snapshot(now) } }, now);
  }

  /** The first moment of a rhythm after now: a pass that comes late does not come twice. */
  #after(last: Moment, every: number, now: Moment): Moment {
    return (last + (Math.floor((now - last) / every) + 1) * every) as Moment;
  }

  #commit(): void {
    this.#core.ledger.commit();
    this.#lastCommitMs = this.#core.timers.monotonicMs();
  }

  #nextWake(): Moment {
    const core = this.#core;
    const candidates = [
      this.#nextMetrics,
      this.#nextEquity,
      this.#nextSnapshot,
      this.#hooks.endsAt,
      this.#hooks.paused() ? null : (core.scheduler.nextWake() ?? null),
      this.runs.nextEnd(),
      core.feed.nextAt(),
      core.broker.nextEventAt(),
      this.#ahead[0]?.at ?? null,
      this.inquiries.nextAt(),
    ];
    const wake = Math.min(...candidates.filter((at) => at !== null));
    return Math.max(wake, core.now) as Moment;
  }
}
