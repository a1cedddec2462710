/**
 * One strategy's schedule: its numbers, its stream, and whether it is paused.
 *
 * 1. A moment that is absent is NaN in the cells and null outside.
 * 2. A copy that runs ahead never changes the entry that it was made of.
 * 3. All numbers that a run touches stand side by side, entry after entry: a desk of ten thousand strategies touches one after
 *    another, and most of a run's cost is finding them in memory.
 */
import type { Duration, Moment } from "../../shared/time.ts";
import { drawFrom } from "../common/random.ts";
import type { StreamState } from "../common/random.ts";
import type { FullScheduleSpec } from "./schedule-spec.ts";
import type { StrategySnapshot } from "./scheduler-types.ts";

/** What an entry's cells stand for, from its place on. */
const NEXT_RUN = 0;
const PLANNED = 1;
const STARTED_AT = 2;
const LAST_RUN = 3;
const LAST_HEARTBEAT = 4;
const TOTAL_RUNTIME = 5;
const EXECUTIONS = 6;
const OVERRUNS = 7;
const SKIPS = 8;
const PAUSED = 9;
const CADENCE = 10;
const TIME_BUDGET = 11;
const JITTER = 12;
const SLOT = 13;
const STREAM = 14;
const CELLS = 18;

/** Room for entries' cells; it grows, and an entry finds its own by its place. */
export class EntryTable {
  cells = new Float64Array(16 * CELLS);

  /** The place of an entry's cells. */
  placeOf(index: number): number {
    const place = index * CELLS;
    if (place + CELLS > this.cells.length) {
      const grown = new Float64Array(2 * this.cells.length);
      grown.set(this.cells);
      this.cells = grown;
    }
    return place;
  }
}

export class Entry {
  readonly index: number;
  readonly name: string;
  readonly spec: FullScheduleSpec;
  readonly #table: EntryTable;
  readonly #at: number;

  /** Takes its place in the table; `saved` says how it stands. */
  constructor(table: EntryTable, index: number, saved: StrategySnapshot) {
    const { spec, stream } = saved;
    this.index = index;
    this.name = spec.name;
    this.spec = spec;
    this.#table = table;
    this.#at = table.placeOf(index);
    const numbers = [saved.nextRun, saved.planned, saved.startedAt, saved.lastRun, saved.lastHeartbeat];
    const counts = [saved.totalRuntime, saved.executions, saved.overruns, saved.skips, saved.paused ? 1 : 0];
    const rules = [spec.cadence, spec.timeBudget, spec.jitter, spec.anchor === "slot" ? 1 : 0];
    const state = [stream.c, stream.s0, stream.s1, stream.s2];
    table.cells.set([...numbers.map((at) => at ?? Number.NaN), ...counts, ...rules, ...state], this.#at);
  }

  #get(cell: number): number {
    return this.#table.cells[this.#at + cell] as number;
  }

  #set(cell: number, value: number): void {
    this.#table.cells[this.#at + cell] = value;
  }

  get nextRun(): number {
    return this.#get(NEXT_RUN);
  }

  set nextRun(at: number) {
    this.#set(NEXT_RUN, at);
  }

  /** The slot of the next run, or of the present one while running; without jitter. */
  get planned(): number {
    return this.#get(PLANNED);
  }

  set planned(at: number) {
    this.#set(PLANNED, at);
  }

  get paused(): boolean {
    return this.#get(PAUSED) === 1;
  }

  set paused(paused: boolean) {
    this.#set(PAUSED, paused ? 1 : 0);
  }

  /** NaN while no run is under way. */
  get startedAt(): number {
    return this.#get(STARTED_AT);
  }

  get running(): boolean {
    return !Number.isNaN(this.#get(STARTED_AT));
  }

  get lastHeartbeat(): number {
    return this.#get(LAST_HEARTBEAT);
  }

  get cadence(): number {
    return this.#get(CADENCE);
  }

  get timeBudget(): number {
    return this.#get(TIME_BUDGET);
  }

  /** Whether its slots lie on a grid. */
  get onGrid(): boolean {
    return this.#get(SLOT) === 1;
  }

  start(at: number): void {
    this.#set(STARTED_AT, at);
    this.#set(LAST_RUN, at);
  }

  heartbeat(at: number): void {
    this.#set(LAST_HEARTBEAT, at);
  }

  /** Counts a run that has ended. */
  finish(runtime: number, overrun: boolean, skips: number): void {
    this.#set(STARTED_AT, Number.NaN);
    this.#set(EXECUTIONS, this.#get(EXECUTIONS) + 1);
    this.#set(TOTAL_RUNTIME, this.#get(TOTAL_RUNTIME) + runtime);
    if (overrun) this.#set(OVERRUNS, this.#get(OVERRUNS) + 1);
    if (skips > 0) this.skip(skips);
  }

  skip(slots: number): void {
    this.#set(SKIPS, this.#get(SKIPS) + slots);
  }

  /** Uniform in [−jitter, +jitter], whole microseconds; draws nothing where there is no jitter. */
  drawJitter(): number {
    const jitter = this.#get(JITTER);
    if (jitter === 0) return 0;
    return Math.floor(drawFrom(this.#table.cells, this.#at + STREAM) * (2 * jitter + 1)) - jitter;
  }

  /** A copy that can run ahead: its stream gives the same numbers and leaves this one's where it is. */
  ahead(): Entry {
    return new Entry(new EntryTable(), 0, this.snapshot());
  }

  /** How it stands, plain JSON. */
  snapshot(): StrategySnapshot {
    const { cells } = this.#table;
    const maybe = (cell: number): Moment | null => (Number.isNaN(this.#get(cell)) ? null : (this.#get(cell) as Moment));
    const [c, s0, s1, s2] = cells.subarray(this.#at + STREAM, this.#at + STREAM + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const stream: StreamState = { c, s0, s1, s2 };
    return {
      spec: this.spec,
      nextRun: this.nextRun as Moment,
      planned: this.planned as Moment,
      startedAt: maybe(STARTED_AT),
      executions: this.#get(EXECUTIONS),
      overruns: this.#get(OVERRUNS),
      skips: this.#get(SKIPS),
      totalRuntime: this.#get(TOTAL_RUNTIME) as Duration,
      lastRun: maybe(LAST_RUN),
      lastHeartbeat: maybe(LAST_HEARTBEAT),
      paused: this.paused,
      stream,
    };
  }
}
