/**
 * Runs of strategies: started when they are due, finished when their result counts.
 *
 * 1. On a virtual clock a run's length comes from the seed, and its result counts at the end of that length, whenever it was
 *    computed; runs that end at one moment count in the order in which they started.
 * 2. On the system clock a result counts when it arrives.
 * 3. Past the hard deadline a run is over: it counts as timed out, and whatever it returns later is dropped. One that never got its
 *    turn is over, too, but not counted against its strategy.
 * 4. On a virtual clock a run whose drawn length passes its deadline is not even computed, as a run that is ended leaves no
 *    trace; one that truly hangs ends at its deadline, too.
 * 5. No run starts while its strategy's market is closed; where that moves it follows from the desk and the moment alone.
 * 6. A strategy whose runs had to be ended as often in a row as the desk allows, at their deadline or with their process, is
 *    quarantined: paused, until an operator resumes it.
 */
import type { MissedSlots } from "../../../orchestrator/index.ts";
import type { StrategyConfig } from "../../../shared/desk.ts";
import { CodedError } from "../../../shared/errors.ts";
import { between, durationText, formatMoment, later, MILLISECOND } from "../../../shared/time.ts";
import type { Duration, Moment } from "../../../shared/time.ts";
import type { MissedEntry, RunFinishedEntry, RunOutcome } from "../../../store/journal/entries.ts";
import { NEVER_BEGUN } from "../../host/index.ts";
import { barBefore, calendarOf } from "../../calendar/index.ts";
import { closedOver, missed, runFinished, runStarted } from "../state/effects.ts";
import { decideActions } from "../orders/actions.ts";
import type { Core } from "../state/parts.ts";
import type { RunLimits } from "../../host/port.ts";
import type { RunSnapshot, RunResult } from "../../strategies/run-types.ts";
import type { Interrupted } from "../recovery/recovery.ts";
import { runSnapshotOf } from "../state/run-snapshot.ts";
import { runtimeOf } from "./run-times.ts";
import type { Sending } from "../orders/sending.ts";

interface OpenRun {
  readonly number: number;
  readonly runSnapshot: RunSnapshot;
  readonly due: Moment;
  /** When its result counts at the latest: its drawn end on a virtual clock, its deadline on the system's. */
  endsAt: Moment;
  timesOut: boolean;
  readonly deadlineAt: Moment;
  readonly limits: RunLimits | null;
  /** Null until the strategy is asked; a run that times out by its drawn length is not computed. */
  result: Promise<RunResult> | null;
  arrived: RunResult | null;
}

/** By end, then by start: the order in which results count on a virtual clock. */
const byEnd = (a: OpenRun, b: OpenRun): number => a.endsAt - b.endsAt || a.number - b.number;

/** The result of a run that is over because its deadline passed. */
const TIMED_OUT: RunResult = { outcome: "timed_out", orders: [], message: null };
/** The result of one that never got its turn until then. */
const ABANDONED: RunResult = { outcome: "abandoned", orders: [], message: NEVER_BEGUN };

/** Counts the slots that passed without a run, up to a moment. */
function countMissed(core: Core, strategy: string, by: Moment, now: Moment): void {
  if (by - core.scheduler.nextRun(strategy) < core.model.strategy(strategy).config.cadence) return;
  journalMissed(core, strategy, missed(core, strategy, by), by, now);
}

function journalMissed(
  core: Core,
  strategy: string,
  facts: Omit<MissedSlots, "reason"> & Pick<MissedEntry, "reason">,
  by: Moment,
  now: Moment,
): void {
  const { slots, reason, nextRun } = facts;
  if (slots === 0) return;
  core.ledger.add({ kind: "missed", strategy, slots, reason, nextRun, ...(by === now ? {} : { by }) }, now);
}

/**
 * Whether a due strategy may run now. Slots that a gap swallowed are counted; a run that is due on a closed market moves to the
 * next opening, and one whose market closed before it was looked at does so, too.
 */
function inHours(core: Core, strategy: string, now: Moment): boolean {
  const calendar = calendarOf(core.model.strategy(strategy).config);
  for (;;) {
    const due = core.scheduler.nextRun(strategy);
    if (due > now) return false;
    const hours = calendar?.spanAt(due) ?? null;
    if (hours === null || (hours.opens <= due && now < hours.closes)) {
      countMissed(core, strategy, now, now);
      return true;
    }
    if (hours.opens <= due) countMissed(core, strategy, hours.closes, now);
    const from = hours.opens <= due ? hours.closes : due;
    journalMissed(core, strategy, closedOver(core, strategy, from), from, now);
  }
}

/** Makes a strategy that runs on closed bars due for the first that it has yet to run on. Bars in which it may not run are passed over. */
function bringBar(core: Core, strategy: string, now: Moment): void {
  const { config, standing } = core.model.strategy(strategy);
  const calendar = calendarOf(config);
  for (;;) {
    const bar = core.market.triggers.next(strategy, barBefore(core.scheduler.plannedOf(strategy)));
    if (bar === null) return;
    const open = calendar === null || (calendar.isOpen(bar) && calendar.isOpen(now));
    if (open && standing === "active") return core.scheduler.runNow(strategy, bar);
    const reason = standing === "active" ? "closed" : "paused";
    journalMissed(core, strategy, { ...closedOver(core, strategy, bar), reason }, bar, now);
  }
}

/** Throws `wrong_state` for a strategy whose market is closed, naming the opening: a run that is asked for does not wait. */
export function needOpenMarket(strategy: StrategyConfig, now: Moment): void {
  const hours = calendarOf(strategy)?.spanAt(now) ?? null;
  if (hours === null || hours.opens <= now) return;
  throw new CodedError(
    "wrong_state",
    `The market of ${strategy.name} is closed until ${formatMoment(hours.opens)}. Ask again when it is open.`,
  );
}

export class Runs {
  readonly #core: Core;
  /** By strategy, in order of start. */
  readonly #open = new Map<string, OpenRun>();
  /** On a virtual clock the same runs, the next to end last: so a pass looks at those that end in it, and at no others. */
  readonly #ending: OpenRun[] = [];
  /** Strategies that run on closed bars. */
  readonly #onBars: readonly string[];
  #started = 0;
  #waits = false;

  constructor(core: Core) {
    this.#core = core;
    this.#onBars = core.desk.strategies.filter(({ runsAt }) => runsAt === "bar").map(({ name }) => name);
    // A heartbeat is a sign for eyes. On a virtual clock it would come at a moment that the machine decides.
    if (core.clock.kind === "system")
      core.host.onHeartbeat = (strategy) => core.scheduler.recordHeartbeat(strategy, core.clock.now());
  }

  get open(): number {
    return this.#open.size;
  }

  /** What it would take to start the open runs again, in order of start. */
  get underWay(): readonly Interrupted[] {
    return [...this.#open.values()].map(({ runSnapshot, due }) => ({ runSnapshot, due }));
  }

  /** When the next open run counts as ended, or null. On the system clock a result may come earlier and wakes the clock. */
  nextEnd(): Moment | null {
    if (this.#core.clock.kind === "virtual") return this.#ending.at(-1)?.endsAt ?? null;
    let next: Moment | null = null;
    for (const run of this.#open.values()) if (next === null || run.endsAt < next) next = run.endsAt;
    return next;
  }

  /** Whether a strategy that runs on closed bars is running, or has a bar to run on. */
  get owesBars(): boolean {
    const { market, scheduler, model } = this.#core;
    return this.#onBars.some(
      (name) =>
        this.#open.has(name) ||
        (model.strategy(name).standing === "active" &&
          market.triggers.next(name, barBefore(scheduler.plannedOf(name))) !== null),
    );
  }

  /** True while the loop can do nothing until a strategy has answered: on a virtual clock only. */
  get waits(): boolean {
    return this.#waits;
  }

  /**
   * Waits for the results that count by now on a virtual clock, so that everything after it in the pass is one piece; null where all
   * of them are there.
   */
  ready(now: Moment): Promise<void> | null {
    const { clock, host } = this.#core;
    if (clock.kind === "system") return null;
    for (let index = this.#ending.length - 1; index >= 0; index -= 1) {
      const run = this.#ending[index] as OpenRun;
      if (run.endsAt > now) return null;
      if (run.result === null || run.timesOut) continue;
      while (run.arrived === null && host.attend?.(run.runSnapshot.strategy) === true);
      if (run.arrived === null || run.arrived.outcome === "timed_out") return this.#wait(now);
    }
    return null;
  }

  async #wait(now: Moment): Promise<void> {
    for (let index = this.#ending.length - 1; index >= 0; index -= 1) {
      const run = this.#ending[index] as OpenRun;
      if (run.endsAt > now) return;
      if (run.result === null || run.timesOut) continue;
      if (run.arrived === null) {
        this.#waits = true;
        run.arrived = await run.result;
        this.#waits = false;
      }
      if (run.arrived.outcome !== "timed_out") continue;
      // It hangs: on the session's clock, too, it takes as long as a run may.
      run.timesOut = true;
      this.#ending.splice(index, 1);
      run.endsAt = run.deadlineAt;
      this.#queue(run);
      // The run that moved up into its place, or past it, is looked at again.
      index = this.#ending.length;
    }
  }

  /** Puts a run where it ends among the others. */
  #queue(run: OpenRun): void {
    let [low, high] = [0, this.#ending.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (byEnd(this.#ending[middle] as OpenRun, run) > 0) low = middle + 1;
      else high = middle;
    }
    this.#ending.splice(low, 0, run);
  }

  /** Starts every strategy that is due and whose market is open. */
  start(now: Moment): void {
    const core = this.#core;
    const begun: OpenRun[] = [];
    for (const strategy of this.#onBars) if (!this.#open.has(strategy)) bringBar(core, strategy, now);
    for (const strategy of core.scheduler.due(now))
      if (inHours(core, strategy, now)) begun.push(this.#begin(strategy, now));
    // Whose result counts first is asked first: while it is taken, host processes are at the others.
    if (core.clock.kind === "virtual") begun.sort(byEnd);
    for (const run of begun) this.#ask(run);
    // Whatever else the pass does, host processes are at it meanwhile.
    if (begun.length > 0) core.host.flush?.();
  }

  #begin(strategy: string, now: Moment): OpenRun {
    const core = this.#core;
    const run = core.model.strategy(strategy).runs + 1;
    const [planned, due] = [core.scheduler.plannedOf(strategy), core.scheduler.nextRun(strategy)];
    runStarted(core, strategy, due, now);
    core.ledger.add({ kind: "run_started", strategy, run, planned, due }, now);
    return this.#add(runSnapshotOf(core, strategy, run, now), due);
  }

  /** Lets a run that a crash interrupted on a virtual clock continue from its snapshot. */
  adopt(runSnapshot: RunSnapshot, due: Moment): void {
    this.#ask(this.#add(runSnapshot, due));
  }

  #add(runSnapshot: RunSnapshot, due: Moment): OpenRun {
    const core = this.#core;
    const { config } = core.model.strategy(runSnapshot.strategy);
    const deadline = Math.round(config.timeBudget * core.desk.orchestrator.deadlineFactor) as Duration;
    const virtual = core.clock.kind === "virtual";
    const drawn = virtual
      ? runtimeOf(core.desk.runtime, core.desk.seed, runSnapshot.strategy, runSnapshot.run)
      : deadline;
    const timesOut = !virtual || drawn > deadline;
    const limits = virtual ? null : { budgetMs: config.timeBudget / MILLISECOND, deadlineMs: deadline / MILLISECOND };
    const deadlineAt = later(runSnapshot.now, deadline);
    const endsAt = timesOut ? deadlineAt : later(runSnapshot.now, drawn);
    const number = this.#started++;
    const open: OpenRun = {
      number,
      runSnapshot,
      due,
      endsAt,
      timesOut,
      deadlineAt,
      limits,
      result: null,
      arrived: null,
    };
    this.#open.set(runSnapshot.strategy, open);
    if (virtual) this.#queue(open);
    return open;
  }

  /** Has the strategy run. */
  #ask(open: OpenRun): void {
    const { clock, host } = this.#core;
    if (clock.kind === "virtual" && open.timesOut) return;
    if (clock.kind === "system") {
      open.result = host.run(open.runSnapshot, open.limits);
      void this.#arrive(open, open.result);
    } else open.result = host.run(open.runSnapshot, open.limits, (result) => void (open.arrived = result));
  }

  /** On the system clock a result counts when it is there. */
  async #arrive(open: OpenRun, result: Promise<RunResult>): Promise<void> {
    open.arrived = await result;
    this.#core.clock.wake();
  }

  /** Ends every run whose time has come, and decides on its orders. Adds what is to be sent. */
  finish(now: Moment, sending: Sending[]): void {
    const ended = this.#core.clock.kind === "virtual" ? this.#endedBy(now) : this.#overBy(now);
    for (const run of ended) {
      this.#open.delete(run.runSnapshot.strategy);
      for (const one of this.#end(run, now)) sending.push(one);
    }
  }

  /** Takes the runs that have ended on a virtual clock, in their order. */
  #endedBy(now: Moment): OpenRun[] {
    const ended: OpenRun[] = [];
    for (let run = this.#ending.at(-1); run !== undefined && run.endsAt <= now; run = this.#ending.at(-1)) {
      this.#ending.pop();
      ended.push(run);
    }
    return ended;
  }

  /** The runs that are over on the system's clock, in order of start. */
  #overBy(now: Moment): OpenRun[] {
    const over = [...this.#open.values()].filter((run) => run.endsAt <= now || run.arrived !== null);
    return over.toSorted((a, b) => a.number - b.number);
  }

  #end({ runSnapshot, due, arrived, endsAt, result: asked }: OpenRun, now: Moment): Sending[] {
    const core = this.#core;
    const { strategy, run } = runSnapshot;
    const { timeBudget } = core.model.strategy(strategy).config;
    // A result that is there counts, even if the loop comes to it late; past the deadline there is none.
    const at = core.clock.kind === "virtual" ? (Math.min(now, endsAt) as Moment) : now;
    const runtime = between(runSnapshot.now, at);
    const guilty = core.clock.kind === "virtual" || core.host.hadItsTurn(strategy);
    const result = arrived ?? (guilty ? TIMED_OUT : ABANDONED);
    const outcome: RunOutcome = result.outcome !== "ok" ? result.outcome : runtime > timeBudget ? "overrun" : "ok";
    const orders = outcome === "ok" || outcome === "overrun" ? result.orders : [];
    const planned = runFinished(core, { strategy, due, started: runSnapshot.now, outcome }, orders.length, at);
    const simulated = core.clock.kind === "virtual" && asked === null ? " of simulated time" : "";
    const message =
      outcome === "timed_out" ? `had not returned after ${durationText(runtime)}${simulated}` : messageOf(result);
    const { skips, nextRun } = planned;
    const finished: RunFinishedEntry = {
      kind: "run_finished",
      strategy,
      run,
      started: runSnapshot.now,
      runtime,
      outcome,
      orders: orders.length,
      skips,
      nextRun,
      bar: runSnapshot.bar,
      message,
    };
    const { state } = result;
    core.ledger.add(state === undefined || outcome === "timed_out" ? finished : { ...finished, state }, now);
    if (outcome === "timed_out" || outcome === "ended") this.#quarantine(strategy, now);
    return decideActions(core, { strategy, run, bar: runSnapshot.bar }, orders, now);
  }

  #quarantine(strategy: string, now: Moment): void {
    const core = this.#core;
    const { timeoutsInRow } = core.model.strategy(strategy);
    if (timeoutsInRow < core.desk.orchestrator.quarantineAfter) return;
    core.scheduler.pause(strategy);
    const reason =
      `${timeoutsInRow} runs in a row had to be ended, at their hard deadline or with their process. ` +
      "Look at the strategy, then resume it.";
    core.ledger.add({ kind: "strategy", strategy, event: "quarantined", reason, operator: null }, now);
  }
}

/** What a run says for itself: the first order's reason, or why it failed. */
function messageOf(result: RunResult): string | null {
  const first = result.orders.find((action) => "because" in action);
  return result.message ?? first?.because.text ?? null;
}
