/**
 * The tick ledger: what became of every planned tick of every strategy, from the journal alone.
 *
 * 1. A scheduler of its own gets the calls that the session's scheduler got, so every planned moment is the exact one: a slot that was
 *    passed over is reckoned as the scheduler reckoned it, and no entry has to be journaled for it.
 * 2. Where that scheduler and the journal differ, the journal was changed: the ledger throws, and reports nothing further.
 * 3. Slots that are passed over are reported as a stretch: a weekend of a fast cadence is one, however many slots it has. A stretch that
 *    lies ahead (a closed market, the slot behind an overrun, a pause without end) is reported up to the present moment.
 * 4. A journal that was compacted has dropped its older runs: there each strategy's ticks begin with its first run that is left,
 *    from whose number follows how often its jitter was drawn.
 */
import { createStream, Scheduler, type SchedulerSnapshot } from "../../orchestrator/index.ts";
import type { Desk, StrategyConfig } from "../../shared/desk.ts";
import { CodedError } from "../../shared/errors.ts";
import type { TickClass } from "../../shared/ticks.ts";
import { formatMoment, MILLISECOND } from "../../shared/time.ts";
import type { Duration, Moment } from "../../shared/time.ts";
import type { EntryKind, JournalEntry, RunOutcome } from "../../store/journal/entries.ts";
import { calendarOf, hoursAfterBar, plannedAfter, scheduleOf } from "../calendar/index.ts";
import { runStarted } from "../session/state/effects.ts";

/** A run that begins later than this after its jittered moment is late; no strategy makes another wait for longer. */
export const LATE_AFTER = (100 * MILLISECOND) as Duration;

/** The kinds of entries that the ledger stands on, for `journal.read`. */
export const TICK_KINDS: readonly EntryKind[] = [
  "session",
  "registered",
  "run_started",
  "run_finished",
  "missed",
  "strategy",
];

/** One planned tick. Of one that was passed over there is only its planned moment. */
export interface Tick {
  readonly strategy: string;
  readonly run: number | null;
  /** The slot without its jitter, and with it. */
  readonly planned: Moment;
  readonly due: Moment | null;
  readonly started: Moment | null;
  /** Null while it runs. */
  readonly finished: Moment | null;
  readonly class: TickClass;
  readonly outcome: RunOutcome | null;
  readonly why: string | null;
}

/** Slots of one strategy that were passed over for one reason, one cadence apart. */
export interface PassedSlots {
  readonly strategy: string;
  readonly class: TickClass;
  readonly first: Moment;
  readonly cadence: Duration;
  readonly count: number;
  readonly why: string;
}

export interface TickListener {
  /** A run has begun, or ended; reported twice, the second time with its outcome. */
  ran(tick: Tick): void;
  passed(slots: PassedSlots): void;
}

/** A stretch of slots that is reported as time passes; `until` is the first moment that is not its own. */
interface Waiting {
  readonly class: TickClass;
  next: number;
  until: number;
  readonly why: string;
}

interface Lane {
  readonly config: StrategyConfig;
  open: Tick | null;
  /** Why it is paused; null while it is not. */
  paused: string | null;
  /** What its ticks are reckoned with; null until the first run that a compacted journal has left. */
  scheduler: Scheduler | null;
  waiting: Waiting[];
}

/** Stretches in which the whole session was held; the newest are kept. */
const HOLDS_MAX = 1_000;

/** The ticks of a stretch, from number `from` on. */
export function* ticksOf(slots: PassedSlots, from = 0): Generator<Tick> {
  const { strategy, first, cadence, count, class: kind, why } = slots;
  const none = { due: null, started: null, finished: null };
  for (let slot = from; slot < count; slot += 1)
    yield {
      strategy,
      run: null,
      planned: (first + slot * cadence) as Moment,
      ...none,
      class: kind,
      outcome: null,
      why,
    };
}

interface Made {
  readonly start: Moment;
  readonly seed: string;
}

function registerIn(scheduler: Scheduler, config: StrategyConfig, start: Moment): void {
  const { spec, startAt } = scheduleOf(config, start);
  scheduler.register(spec, { startAt });
}

/** A ledger as it is after an entry. Strategies that share a scheduler share the saved one, as the same object. */
export interface TickLedgerState {
  readonly made: Made | null;
  readonly holds: readonly { readonly from: number; readonly to: number }[];
  readonly lanes: readonly (Omit<Lane, "scheduler"> & { readonly saved: SchedulerSnapshot | null })[];
}

type FollowedKind = "registered" | "run_finished" | "missed" | "strategy";

/** Why a strategy is paused from an entry on; null where it is not. */
function pausedWords({ event, operator, reason }: Extract<JournalEntry, { kind: "strategy" }>): string | null {
  if (event === "resumed") return null;
  return event === "paused" && operator !== null ? `paused by ${operator}` : `${event.replace("_", " ")}: ${reason}`;
}

export class TickLedger {
  readonly #listener: TickListener;
  readonly #lanes = new Map<string, Lane>();
  readonly #compacted: boolean;
  #made: Made | null = null;
  #holds: { readonly from: number; to: number }[] = [];

  /** `compacted`: the journal has dropped runs. */
  constructor(listener: TickListener, compacted = false) {
    this.#listener = listener;
    this.#compacted = compacted;
  }

  /** Applies an entry; those of other kinds change nothing. Throws `journal_damaged` where the schedule cannot be repeated. */
  apply(entry: JournalEntry): void {
    if (entry.kind === "session") this.#session(entry);
    if (this.#made === null) return;
    switch (entry.kind) {
      case "run_started":
        return this.#started(entry);
      case "registered":
      case "run_finished":
      case "missed":
      case "strategy": {
        const lane = this.#lane(entry.strategy);
        if (lane.scheduler !== null) return this.#follow(lane, lane.scheduler, entry);
        if (entry.kind === "strategy" && entry.event !== "run_asked") lane.paused = pausedWords(entry);
        return;
      }
      default:
        return;
    }
  }

  #follow(lane: Lane, scheduler: Scheduler, entry: Extract<JournalEntry, { kind: FollowedKind }>): void {
    switch (entry.kind) {
      case "registered":
        return this.#same(entry.seq, entry.strategy, entry.nextRun, scheduler.nextRun(entry.strategy));
      case "run_finished":
        return this.#finished(lane, scheduler, entry);
      case "missed":
        return this.#missed(lane, scheduler, entry);
      case "strategy":
        return this.#strategy(lane, scheduler, entry);
    }
  }

  /** What `restore` of a ledger that has seen nothing continues from. */
  state(): TickLedgerState {
    const schedulers = new Map<Scheduler, SchedulerSnapshot>();
    const savedOf = (scheduler: Scheduler): SchedulerSnapshot => {
      const saved = schedulers.get(scheduler) ?? scheduler.snapshot();
      schedulers.set(scheduler, saved);
      return saved;
    };
    const lanes = [...this.#lanes.values()].map(({ scheduler, waiting, ...lane }) => ({
      ...lane,
      waiting: waiting.map((stretch) => ({ ...stretch })),
      saved: scheduler === null ? null : savedOf(scheduler),
    }));
    return { made: this.#made, holds: this.#holds.map((hold) => ({ ...hold })), lanes };
  }

  restore({ made, holds, lanes }: TickLedgerState): void {
    this.#made = made;
    this.#holds = holds.map((hold) => ({ ...hold }));
    const schedulers = new Map<SchedulerSnapshot, Scheduler>();
    for (const { saved, waiting, ...lane } of lanes) {
      const scheduler = saved === null ? null : (schedulers.get(saved) ?? Scheduler.restore(saved));
      if (saved !== null && scheduler !== null) schedulers.set(saved, scheduler);
      const stretches = waiting.map((stretch) => ({ ...stretch }));
      this.#lanes.set(lane.config.name, { ...lane, waiting: stretches, scheduler });
    }
  }

  /** Reports the slots of stretches that have passed at a moment. */
  passTo(now: number): void {
    for (const lane of this.#lanes.values()) if (lane.waiting.length > 0) this.#pass(lane, now);
  }

  #session(entry: Extract<JournalEntry, { kind: "session" }>): void {
    if (entry.event === "created") this.#create(entry.detail);
    else if (entry.event === "paused") this.#holds.push({ from: entry.at, to: Number.POSITIVE_INFINITY });
    else if (entry.event === "continued" || entry.event === "stopped") {
      const last = this.#holds.at(-1);
      if (last !== undefined && last.to === Number.POSITIVE_INFINITY) last.to = entry.at;
      this.#holds = this.#holds.slice(-HOLDS_MAX);
    }
  }

  #create(detail: Readonly<Record<string, unknown>>): void {
    const { desk, start } = detail as { readonly desk?: Desk; readonly start?: Moment };
    if (desk === undefined || start === undefined) return;
    this.#made = { start, seed: desk.seed };
    const scheduler = this.#compacted ? null : new Scheduler({ now: start, seed: desk.seed });
    for (const config of desk.strategies) {
      if (scheduler !== null) registerIn(scheduler, config, start);
      this.#lanes.set(config.name, { config, open: null, paused: null, waiting: [], scheduler });
    }
  }

  #lane(strategy: string): Lane {
    const lane = this.#lanes.get(strategy);
    if (lane === undefined)
      throw new CodedError(
        "journal_damaged",
        `The journal speaks of ${strategy}, and the session's desk does not have it.`,
      );
    return lane;
  }

  #same(seq: number, strategy: string, journaled: number, reckoned: number): void {
    if (journaled === reckoned) return;
    throw new CodedError(
      "journal_damaged",
      `Entry ${seq} of the journal says that ${strategy} runs next at ${formatMoment(journaled as Moment)}, and its schedule ` +
        `gives ${formatMoment(reckoned as Moment)}. \`logos verify\` shows where they differ.`,
      { seq },
    );
  }

  #started(entry: Extract<JournalEntry, { kind: "run_started" }>): void {
    const { strategy, run, planned, due, at } = entry;
    const lane = this.#lane(strategy);
    const scheduler = (lane.scheduler ??= this.#from(lane.config, entry));
    this.#pass(lane, at);
    // A run that an operator asked for takes the schedule back: slots that lie ahead are planned again.
    lane.waiting = [];
    runStarted({ scheduler }, strategy, due, at);
    this.#begin(lane, { run, planned, due }, at);
  }

  /** A scheduler that knows one strategy, right before its run: its jitter was drawn once at first and once behind each run. */
  #from(config: StrategyConfig, { run, planned, due }: Extract<JournalEntry, { kind: "run_started" }>): Scheduler {
    const { start, seed } = this.#made as Made;
    const stream = createStream(seed, config.name);
    if (config.jitter > 0) for (let draw = 0; draw < run; draw += 1) stream.next();
    const first = new Scheduler({ now: start, seed });
    registerIn(first, config, start);
    const { strategies, ...rest } = first.snapshot();
    const planning = strategies.map((saved) => ({ ...saved, planned, nextRun: due, stream: stream.state() }));
    return Scheduler.restore({ ...rest, strategies: planning });
  }

  #begin(lane: Lane, run: Pick<Tick, "run" | "planned"> & { readonly due: Moment }, at: Moment): void {
    const kind = at - run.due > LATE_AFTER ? "late" : "on_time";
    const { planned, due } = run;
    const none = { finished: null, class: kind, outcome: null, why: null } as const;
    lane.open = { strategy: lane.config.name, run: run.run, planned, due, started: at, ...none };
    this.#listener.ran(lane.open);
  }

  #finished(lane: Lane, scheduler: Scheduler, entry: Extract<JournalEntry, { kind: "run_finished" }>): void {
    const { strategy, run, started, runtime, outcome, message } = entry;
    const finished = (started + runtime) as Moment;
    const due = lane.open?.due ?? started;
    const next = plannedAfter(lane.config, (this.#made as Made).start, { due, started, finished });
    const { nextRun, skips } = scheduler.markFinish(strategy, finished, next);
    this.#same(entry.seq, strategy, entry.nextRun, nextRun);
    const over = runtime > lane.config.timeBudget;
    const said = outcome === "ok" || outcome === "overrun" ? null : message;
    if (lane.open !== null)
      this.#listener.ran({ ...lane.open, finished, outcome, why: said, class: over ? "overrun" : lane.open.class });
    lane.open = null;
    const planned = scheduler.plannedOf(strategy);
    if (skips > 0) {
      const why = over ? `run ${run} overran its budget` : `run ${run} was still under way`;
      lane.waiting.push({ class: "overrun", next: planned - skips * lane.config.cadence, until: planned, why });
    }
    if (lane.paused !== null) this.#pauseFrom(lane, planned, lane.paused);
  }

  #missed(lane: Lane, scheduler: Scheduler, entry: Extract<JournalEntry, { kind: "missed" }>): void {
    const { strategy, reason, by = entry.at } = entry;
    const { cadence } = lane.config;
    const first = scheduler.plannedOf(strategy);
    const calendar = calendarOf(lane.config);
    if (lane.config.runsAt === "bar" && reason !== "misfire") {
      this.#same(entry.seq, strategy, entry.nextRun, scheduler.deferTo(strategy, hoursAfterBar(by)).nextRun);
      const why = reason === "paused" ? (lane.paused ?? "paused") : "the market was closed when the bar closed";
      return this.#listener.passed({ strategy, class: reason, first: by, cadence, count: 1, why });
    }
    if (reason === "closed" && calendar !== null) {
      const hours = calendar.spanAt(by);
      this.#same(entry.seq, strategy, entry.nextRun, scheduler.deferTo(strategy, hours).nextRun);
      const why = `the market opens at ${formatMoment(hours.opens)}`;
      lane.waiting.push({ class: "closed", next: first, until: scheduler.plannedOf(strategy), why });
      return;
    }
    const { slots, nextRun } = scheduler.skipMissed(strategy, by);
    this.#same(entry.seq, strategy, entry.nextRun, nextRun);
    // Slots within pauses of the whole session are reported as paused.
    let from = 0;
    const upTo = (moment: number): number => Math.min(slots, Math.max(from, Math.ceil((moment - first) / cadence)));
    const report = (to: number, kind: "misfire" | "paused", why: string): void => {
      const start = (first + from * cadence) as Moment;
      if (to > from) this.#listener.passed({ strategy, class: kind, first: start, cadence, count: to - from, why });
      from = Math.max(from, to);
    };
    for (const hold of this.#holds) {
      report(upTo(hold.from), "misfire", "nothing ran at its time");
      report(upTo(hold.to), "paused", "the session was paused");
    }
    report(slots, "misfire", "nothing ran at its time");
  }

  #strategy(lane: Lane, scheduler: Scheduler, entry: Extract<JournalEntry, { kind: "strategy" }>): void {
    const { strategy, event, at } = entry;
    if (event === "run_asked") return scheduler.runNow(strategy, at);
    if (event === "resumed") {
      scheduler.resume(strategy, at);
      const planned = scheduler.plannedOf(strategy);
      for (const stretch of lane.waiting) if (stretch.class === "paused") stretch.until = planned;
      lane.paused = null;
      return;
    }
    scheduler.pause(strategy);
    const before = lane.paused;
    lane.paused = pausedWords(entry);
    if (before === null && lane.open === null && lane.paused !== null)
      this.#pauseFrom(lane, scheduler.plannedOf(strategy), lane.paused);
  }

  #pauseFrom(lane: Lane, planned: number, why: string): void {
    lane.waiting.push({ class: "paused", next: planned, until: Number.POSITIVE_INFINITY, why });
  }

  #pass(lane: Lane, now: number): void {
    const { name, cadence } = lane.config;
    const kept: Waiting[] = [];
    for (const stretch of lane.waiting) {
      const endless = stretch.until === Number.POSITIVE_INFINITY;
      // While a pause lasts, its newest slot may still become the run that its end brings: it is reported a cadence later.
      const end = endless ? now - cadence : Math.min(stretch.until, now + 1);
      const count = Math.max(0, Math.ceil((end - stretch.next) / cadence));
      const first = stretch.next as Moment;
      if (count > 0)
        this.#listener.passed({ strategy: name, class: stretch.class, first, cadence, count, why: stretch.why });
      stretch.next += count * cadence;
      if (stretch.next < stretch.until) kept.push(stretch);
    }
    lane.waiting = kept;
  }
}
