/**
 * Decides when each strategy runs.
 *
 * 1. No clock: callers pass `now`, and the same calls give the same answers on any machine.
 * 2. A strategy is in the heap exactly while it is idle and not paused.
 * 3. Jitter comes from the strategy's own stream, never moves a grid of slots, and never puts a run before the finish that led to it.
 * 4. A restored scheduler continues exactly as the original would have.
 */
import { CodedError } from "../../shared/errors.ts";
import { duration, moment } from "../../shared/time.ts";
import type { Duration, Moment } from "../../shared/time.ts";
import { DueHeap } from "./due-heap.ts";
import { createStream, drawSeed, restoreStream } from "../common/random.ts";
import type { Seed } from "../common/random.ts";
import { record } from "../common/record.ts";
import { Entry, EntryTable } from "./schedule-entry.ts";
import { completeSpec } from "./schedule-spec.ts";
import type { FullScheduleSpec, ScheduleSpec } from "./schedule-spec.ts";
import type { FinishedRun, MissedSlots, NextOpening, PlannedRun, RunHours } from "./scheduler-types.ts";
import type { SchedulerSnapshot, StrategySnapshot, StrategyStats } from "./scheduler-types.ts";

/** The most runs that `nextRuns` returns at once. */
export const PLANNED_RUNS_MAX = 1_000;

/** The newest slot of a grid at or before a moment; `slot` is any slot of it. */
function slotAtOrBefore(slot: number, cadence: number, at: number): number {
  return slot + Math.floor((at - slot) / cadence) * cadence;
}

export class Scheduler {
  /** The moment at which the scheduler was made: no first run lies before it. */
  readonly now: Moment;
  readonly seed: Seed;
  readonly #table = new EntryTable();
  readonly #entries: Entry[] = [];
  readonly #byName = new Map<string, Entry>();
  readonly #heap = new DueHeap();
  #running = 0;
  /** Who was due last, in order: callers mostly start them in that order, and finish the one that they have just started. */
  #due: readonly number[] = [];
  #dueAt = 0;
  #latest: Entry | null = null;

  /** `now` in microseconds; without a seed one is drawn, which `snapshot()` holds. */
  constructor(options: { readonly now: number; readonly seed?: Seed | null | undefined }) {
    this.now = moment(options.now);
    this.seed = options.seed ?? drawSeed();
  }

  /**
   * Adds a strategy; its first run is `startAt` (else the scheduler's `now`) plus jitter, never before the scheduler's `now`.
   * Returns that moment. Throws a RangeError for a field out of range, a CodedError for a second spec of one name.
   */
  register(spec: ScheduleSpec, options: { readonly startAt?: number | null | undefined } = {}): Moment {
    const full = completeSpec(spec);
    if (this.#byName.has(full.name))
      throw new CodedError(
        "invalid_input",
        `A strategy named ${full.name} is registered already; give this one another name.`,
      );
    const startAt = moment(options.startAt ?? this.now);
    const planned = moment(Math.max(this.now, startAt));
    const absent = { startedAt: null, lastRun: null, lastHeartbeat: null };
    const counts = { paused: false, executions: 0, overruns: 0, skips: 0, totalRuntime: duration(0) };
    const stream = createStream(this.seed, full.name).state();
    const entry = this.#add({ spec: full, nextRun: planned, planned, ...absent, ...counts, stream });
    entry.nextRun = Math.max(this.now, startAt + entry.drawJitter());
    this.#place(entry);
    return moment(entry.nextRun);
  }

  #add(saved: StrategySnapshot): Entry {
    const entry = new Entry(this.#table, this.#entries.length, saved);
    this.#entries.push(entry);
    this.#byName.set(entry.name, entry);
    if (entry.running) this.#running++;
    return entry;
  }

  /** Holds invariant 2 for one entry. */
  #place(entry: Entry): void {
    if (!entry.running && !entry.paused) this.#heap.set(entry.index, entry.nextRun);
    else this.#heap.remove(entry.index);
  }

  #find(name: string): Entry {
    if (this.#latest !== null && this.#latest.name === name) return this.#latest;
    const next = this.#entries[this.#due[this.#dueAt] ?? -1];
    if (next !== undefined && next.name === name) {
      this.#dueAt++;
      this.#latest = next;
      return next;
    }
    const entry = this.#byName.get(name);
    if (entry === undefined) throw new CodedError("not_found", `No strategy named ${name} is registered.`);
    return entry;
  }

  /** The strategies that are idle, not paused, and whose next run is at or before `now`: by next run, ties by registration. */
  due(now: number): string[] {
    const members = this.#heap.due(moment(now));
    this.#due = members;
    this.#dueAt = 0;
    return members.map((member) => (this.#entries[member] as Entry).name);
  }

  /** Throws a CodedError when the strategy is unknown or already running. */
  markStart(name: string, now: number): void {
    const entry = this.#find(name);
    if (entry.running)
      throw new CodedError(
        "wrong_state",
        `Strategy ${name} is already running; finish that run before the next is started.`,
      );
    const at = moment(now);
    // A run before its time is an extra one: on a grid it leaves the slot that was planned to the run after it.
    if (entry.onGrid && at < entry.nextRun) entry.planned = slotAtOrBefore(entry.planned, entry.cadence, at);
    entry.start(at);
    this.#running++;
    this.#heap.remove(entry.index);
  }

  /**
   * Ends a run and plans the next: by its cadence, or with `opening` there. A finish before its start counts as no time at all.
   * Throws a CodedError when the strategy is unknown or idle.
   */
  markFinish(name: string, now: number, opening: NextOpening | null = null): FinishedRun {
    const entry = this.#find(name);
    const started = entry.startedAt;
    if (!entry.running)
      throw new CodedError("wrong_state", `Strategy ${name} is not running, so there is no run to finish.`);
    const finish = moment(now);
    const runtime = Math.max(0, finish - started);
    const overrun = runtime > entry.timeBudget;
    const skips =
      opening === null ? this.#planAfter(entry, started, finish, overrun) : this.#planAt(entry, finish, opening);
    if (opening === null) entry.nextRun = Math.max(finish, entry.planned + entry.drawJitter());
    entry.finish(runtime, overrun, skips);
    this.#running--;
    this.#place(entry);
    return { nextRun: entry.nextRun as Moment, runtime: runtime as Duration, overrun, skips };
  }

  /** Moves `planned` to the slot of the next run; returns the slots that are skipped. */
  #planAfter(entry: Entry, started: number, finish: number, overrun: boolean): number {
    const { cadence } = entry;
    const lost = overrun ? 1 : 0;
    if (!entry.onGrid) {
      entry.planned = finish + (1 + lost) * cadence;
      return lost;
    }
    // A run that jitter brought forward may finish before its own slot: the next one is after both.
    const next = slotAtOrBefore(entry.planned, cadence, Math.max(finish, entry.planned)) + cadence;
    const firstAfterStart = slotAtOrBefore(entry.planned, cadence, Math.max(started, entry.planned)) + cadence;
    const passed = Math.max(0, next - firstAfterStart) / cadence;
    entry.planned = next + lost * cadence;
    return passed + lost;
  }

  /** Plans the next run at an opening, later by its jitter where that lies within the hours; returns the openings that passed. */
  #planAt(entry: Entry, finish: number, { opens, closes, passed }: NextOpening): number {
    const later = opens + Math.max(0, entry.drawJitter());
    entry.planned = opens;
    entry.nextRun = Math.max(finish, later < closes ? later : opens);
    return passed;
  }

  recordHeartbeat(name: string, now: number): void {
    this.#find(name).heartbeat(moment(now));
  }

  /** Strategies without a heartbeat yet, or silent for longer than their timeout; in order of registration. */
  lateHeartbeats(now: number): string[] {
    const at = moment(now);
    const late: string[] = [];
    for (const { spec, lastHeartbeat } of this.#entries)
      // No heartbeat yet is NaN, and nothing compares with it: that is late as well.
      if (!(at - lastHeartbeat <= spec.heartbeatTimeout)) late.push(spec.name);
    return late;
  }

  /** Strategies that have run for longer than their budget; in order of registration. */
  runningOverBudget(now: number): string[] {
    const at = moment(now);
    const over: string[] = [];
    if (this.#running === 0) return over;
    for (const { spec, startedAt } of this.#entries) if (at - startedAt > spec.timeBudget) over.push(spec.name);
    return over;
  }

  /** The next run's moment, with its jitter; while a run is under way, the moment at which it was due. */
  nextRun(name: string): Moment {
    return this.#find(name).nextRun as Moment;
  }

  /** The next run's slot without jitter; while a run is under way, its own. */
  plannedOf(name: string): Moment {
    return this.#find(name).planned as Moment;
  }

  /** The earliest next run among idle, unpaused strategies, or undefined when there is none. */
  nextWake(): Moment | undefined {
    return this.#heap.earliest() as Moment | undefined;
  }

  /** The strategy is due no more until it is resumed; a run under way may finish. */
  pause(name: string): void {
    const entry = this.#find(name);
    entry.paused = true;
    this.#place(entry);
  }

  /** Ends a pause: a run that became due meanwhile is due now, once; slots of the pause are no skips. */
  resume(name: string, now: number): void {
    const entry = this.#find(name);
    const at = moment(now);
    if (!entry.paused) return;
    entry.paused = false;
    if (!entry.running && entry.nextRun < at) this.#bringTo(entry, at);
    this.#place(entry);
  }

  /** Makes a strategy due now. Throws a CodedError when it is unknown, running or paused. */
  runNow(name: string, now: number): void {
    const entry = this.#find(name);
    const at = moment(now);
    if (entry.running)
      throw new CodedError("wrong_state", `Strategy ${name} is running; ask again when this run has ended.`);
    if (entry.paused) throw new CodedError("wrong_state", `Strategy ${name} is paused; resume it first.`);
    if (entry.nextRun <= at) return;
    this.#bringTo(entry, at);
    this.#place(entry);
  }

  /** Sets the next run to `at`; on a grid, the run takes the place of the newest slot that has passed. */
  #bringTo(entry: Entry, at: number): void {
    entry.nextRun = at;
    entry.planned = entry.onGrid ? slotAtOrBefore(entry.planned, entry.cadence, at) : at;
  }

  /**
   * After a gap (a laptop that slept, a debugger): counts the whole cadences that passed since the run was due as skips, and
   * leaves the strategy due once. A strategy that is running, paused or not due has missed nothing.
   */
  skipMissed(name: string, now: number): MissedSlots {
    const entry = this.#find(name);
    const at = moment(now);
    const idle = !entry.running && !entry.paused;
    const slots = idle ? Math.max(0, Math.floor((at - entry.nextRun) / entry.cadence)) : 0;
    if (slots > 0) {
      entry.skip(slots);
      entry.nextRun += slots * entry.cadence;
      entry.planned += slots * entry.cadence;
      this.#place(entry);
    }
    return { slots, reason: "misfire", nextRun: entry.nextRun as Moment };
  }

  /**
   * Moves a run that is due outside its hours to the next ones: to their opening, later by the jitter that was drawn for it as
   * long as that lies within them. Answers how many slots wait or pass meanwhile; they are no skips, and nothing is drawn.
   */
  deferTo(name: string, hours: RunHours): MissedSlots {
    const entry = this.#find(name);
    const slots = entry.running ? 0 : this.#defer(entry, hours);
    this.#place(entry);
    return { slots, reason: "closed", nextRun: entry.nextRun as Moment };
  }

  #defer(entry: Entry, { opens, closes }: RunHours): number {
    const due = entry.nextRun;
    if (due >= opens) return 0;
    const jitter = Math.min(Math.max(0, due - entry.planned), entry.spec.jitter);
    this.#bringTo(entry, opens);
    if (opens + jitter < closes) entry.nextRun = opens + jitter;
    return Math.ceil((opens - due) / entry.cadence);
  }

  /** The names, in order of registration. */
  names(): string[] {
    return this.#entries.map((entry) => entry.spec.name);
  }

  specOf(name: string): FullScheduleSpec {
    return this.#find(name).spec;
  }

  /**
   * The next `count` runs (at most `PLANNED_RUNS_MAX`), exactly as they will be if runs take no time and each starts when it is due.
   * While a run is under way, it is taken to end where it began. A paused strategy has none. Nothing is drawn from its stream.
   * With `hoursAt`, the hours that hold a moment or else the next ones, a run outside them has the moment to which it will be moved;
   * with `openingAfter`, the next opening after a run at a moment, runs are planned at openings.
   */
  nextRuns(
    name: string,
    count: number,
    hoursAt?: (at: number) => RunHours,
    openingAfter: (at: number) => NextOpening | null = () => null,
  ): PlannedRun[] {
    const entry = this.#find(name);
    const runs: PlannedRun[] = [];
    if (entry.paused) return runs;
    const copy = entry.ahead();
    const wanted = Math.min(count, PLANNED_RUNS_MAX);
    if (copy.running) this.#follow(copy, copy.startedAt, openingAfter(copy.startedAt));
    let earliest = entry.running ? entry.startedAt : Number.NEGATIVE_INFINITY;
    while (runs.length < wanted) {
      const { jitter } = copy.spec;
      if (hoursAt !== undefined) this.#defer(copy, hoursAt(copy.nextRun));
      // The first run's jitter is drawn and may have been cut at a moment that is gone; its range never excludes the run itself.
      const low = Math.min(copy.nextRun, Math.max(earliest, copy.planned - jitter));
      const high = Math.max(copy.nextRun, copy.planned + jitter);
      runs.push({
        at: moment(copy.nextRun),
        planned: moment(copy.planned),
        earliest: moment(low),
        latest: moment(high),
      });
      earliest = copy.nextRun;
      this.#follow(copy, copy.nextRun, openingAfter(copy.nextRun));
    }
    return runs;
  }

  /** Moves a copy on by one run that starts and ends at `at`. */
  #follow(copy: Entry, at: number, opening: NextOpening | null): void {
    if (opening !== null) {
      this.#planAt(copy, at, opening);
      return;
    }
    this.#planAfter(copy, at, at, false);
    copy.nextRun = Math.max(at, copy.planned + copy.drawJitter());
  }

  /** Every strategy's figures by name. */
  stats(): Record<string, StrategyStats> {
    return record(
      this.#entries.map((entry) => {
        const { nextRun, startedAt, executions, overruns, skips, totalRuntime, lastRun, lastHeartbeat } =
          entry.snapshot();
        const averageRuntime = executions === 0 ? null : duration(Math.round(totalRuntime / executions));
        const counts = { executions, overruns, skips, averageRuntime };
        const standing = { nextRun, running: startedAt !== null, paused: entry.paused };
        return [entry.spec.name, { ...standing, ...counts, lastRun, lastHeartbeat }] as const;
      }),
    );
  }

  /** The whole state, plain JSON. */
  snapshot(): SchedulerSnapshot {
    const strategies = this.#entries.map((entry) => entry.snapshot());
    return { now: this.now, seed: this.seed, strategies };
  }

  /** A scheduler that continues where the saved one was. Throws a RangeError or CodedError for a state that cannot be. */
  static restore(snapshot: SchedulerSnapshot): Scheduler {
    const scheduler = new Scheduler({ now: snapshot.now, seed: snapshot.seed });
    for (const saved of snapshot.strategies) {
      const spec = completeSpec(saved.spec);
      if (scheduler.#byName.has(spec.name))
        throw new CodedError("snapshot_invalid", `The schedule holds strategy ${spec.name} twice.`);
      for (const at of [saved.nextRun, saved.planned, saved.startedAt, saved.lastRun, saved.lastHeartbeat])
        if (at !== null) moment(at);
      for (const count of [saved.executions, saved.overruns, saved.skips, saved.totalRuntime]) moment(count);
      const stream = restoreStream(saved.stream).state();
      scheduler.#place(scheduler.#add({ ...saved, spec, stream }));
    }
    return scheduler;
  }
}
