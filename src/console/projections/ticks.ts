/**
 * Stream `ticks`: what became of each planned tick, the newest of each class, and how many there are of each.
 *
 * 1. Of each class the newest `TICKS_MAX` are listed, so that a closed weekend does not push the runs out; the counts are complete.
 * 2. A run that is under way is listed as it began; when it has ended, its row says what became of it.
 * 3. A ledger that the journal cannot carry (it was changed) says so and ends there; no other view minds.
 */
import type { SessionProbe } from "../../live/session/state/api.ts";
import { TickLedger, ticksOf, type PassedSlots, type Tick, type TickLedgerState } from "../../live/ticks/index.ts";
import { shapeOf } from "../../shared/errors.ts";
import { TICK_CLASSES, type TickClass } from "../../shared/ticks.ts";
import type { TicksView } from "../../shared/contract/views.ts";
import type { JournalEntry } from "../../store/journal/entries.ts";
import { Table } from "./table.ts";

export const TICKS_MAX = 500;

export type TickRow = TicksView["rows"][string];
type Counts = TicksView["counts"][string];

const NONE: Counts = [0, 0, 0, 0, 0, 0];

/** A run by its number, a slot that was passed over by its moment. */
export const tickKey = ({ strategy, run, planned }: Pick<Tick, "strategy" | "run" | "planned">): string =>
  run === null ? `${strategy}@${planned}` : `${strategy}#${run}`;

export interface TicksState {
  readonly tables: readonly (readonly [TickClass, readonly (readonly [string, TickRow])[]])[];
  readonly counts: readonly (readonly [string, Counts])[];
  readonly ledger: TickLedgerState;
  readonly problem: string | null;
}

export class TicksProjection {
  readonly #limit: number;
  readonly #tables = new Map<TickClass, Table<TickRow>>();
  readonly #counts = new Map<string, Counts>();
  readonly #ledger: TickLedger;
  #problem: string | null = null;
  #value: TicksView | null = null;

  /** `limit` is for each class; `compacted`: the journal no longer has all runs. */
  constructor(limit: number = TICKS_MAX, compacted = false) {
    this.#limit = limit;
    for (const kind of TICK_CLASSES) this.#tables.set(kind, new Table(limit));
    const listener = { ran: (tick: Tick) => this.#ran(tick), passed: (slots: PassedSlots) => this.#passed(slots) };
    this.#ledger = new TickLedger(listener, compacted);
  }

  apply(entry: JournalEntry): void {
    if (this.#problem !== null) return;
    try {
      this.#ledger.apply(entry);
    } catch (error) {
      this.#problem = shapeOf(error).message;
      this.#value = null;
    }
  }

  state(): TicksState {
    const tables = [...this.#tables].map(([kind, table]) => [kind, table.state()] as const);
    return { tables, counts: [...this.#counts], ledger: this.#ledger.state(), problem: this.#problem };
  }

  restore({ tables, counts, ledger, problem }: TicksState): void {
    for (const [kind, rows] of tables) this.#table(kind).restore(rows);
    for (const [strategy, count] of counts) this.#counts.set(strategy, count);
    this.#ledger.restore(ledger);
    this.#problem = problem;
  }

  value(probe: Pick<SessionProbe, "now">): TicksView {
    this.#ledger.passTo(probe.now);
    this.#value ??= {
      problem: this.#problem,
      counts: Object.fromEntries(this.#counts),
      rows: Object.assign({}, ...[...this.#tables.values()].map((table) => table.value())) as TicksView["rows"],
    };
    return this.#value;
  }

  /** Every row that is held, by planned moment. */
  rows(now: number): TickRow[] {
    this.#ledger.passTo(now);
    const rows = [...this.#tables.values()].flatMap((table) => [...table.rows()]);
    return rows.toSorted((a, b) => a.planned - b.planned);
  }

  #table(kind: TickClass): Table<TickRow> {
    return this.#tables.get(kind) as Table<TickRow>;
  }

  #count(strategy: string, kind: TickClass, by: number): void {
    const before = this.#counts.get(strategy) ?? NONE;
    const index = TICK_CLASSES.indexOf(kind);
    this.#counts.set(strategy, before.map((count, at) => (at === index ? count + by : count)) as unknown as Counts);
    this.#value = null;
  }

  #ran(tick: Tick): void {
    const key = tickKey(tick);
    if (tick.finished === null) this.#count(tick.strategy, tick.class, 1);
    else if (tick.class === "overrun") {
      // It was counted as it began.
      for (const kind of ["on_time", "late"] as const) {
        if (this.#table(kind).get(key) === undefined) continue;
        this.#table(kind).delete(key);
        this.#count(tick.strategy, kind, -1);
        this.#count(tick.strategy, "overrun", 1);
      }
    }
    this.#table(tick.class).set(key, { ...tick });
    this.#value = null;
  }

  #passed(slots: PassedSlots): void {
    this.#count(slots.strategy, slots.class, slots.count);
    const table = this.#table(slots.class);
    for (const tick of ticksOf(slots, Math.max(0, slots.count - this.#limit))) table.set(tickKey(tick), { ...tick });
  }
}
