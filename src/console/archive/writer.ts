/**
 * Puts journal entries into the archive's tables.
 *
 * 1. Entries come in order, each once; what a batch writes and the position behind it are one transaction.
 * 2. Orders, fills and rejections are made by the same functions as the views' own rows.
 * 3. Memory is bounded: orders that have ended are dropped after their batch, and of open ones the oldest.
 */
import { hasEnded } from "../../shared/order-state.ts";
import type { FillRow, OrderRow } from "../../shared/contract/views.ts";
import type { Database, Statement } from "../../store/index.ts";
import type { JournalEntry } from "../../store/journal/entries.ts";
import { fillRowOf, foldOrder, type FoldedOrder } from "../projections/orders.ts";
import type { Precisions } from "../projections/precision.ts";
import { rejectionOf, type OrderAt, type RejectionRow } from "../projections/rejections.ts";
import { fillText, orderIn, orderText, rejectionText } from "./rows.ts";
import { COLUMNS, ORDER_TYPES, STATES, VERDICTS, type ArchiveTable } from "./schema.ts";

/** Orders that are kept in memory between batches. */
const OPEN_MAX = 20_000;
/** Numbers of texts that are kept in memory. */
const NAMES_MAX = 50_000;

type NameKind = "strategy" | "symbol" | "because" | "cause";

interface Known {
  folded: FoldedOrder;
  awaited: boolean;
  changed: boolean;
  /** The entry that placed it, while its batch lasts. */
  entry: OrderAt | null;
}

export interface WriterPorts {
  readonly database: Database;
  readonly precisions: Precisions;
  /** An entry of the journal by its number. */
  readonly entryAt: (seq: number) => JournalEntry | null;
}

export class ArchiveWriter {
  readonly #ports: WriterPorts;
  readonly #known = new Map<string, Known>();
  readonly #names = new Map<string, number>();
  readonly #statements: ReturnType<typeof statementsOf>;
  #counts: Record<ArchiveTable, number>;

  constructor(ports: WriterPorts, counts: Readonly<Record<ArchiveTable, number>>) {
    this.#ports = ports;
    this.#counts = { ...counts };
    this.#statements = statementsOf(ports.database);
  }

  get counts(): Readonly<Record<ArchiveTable, number>> {
    return this.#counts;
  }

  /** Applies a batch; `position` is written with it. */
  apply(entries: readonly JournalEntry[], meta: () => Readonly<Record<string, string>>): void {
    const { database } = this.#ports;
    const counts = { ...this.#counts };
    try {
      database.exec("BEGIN IMMEDIATE");
      for (const entry of entries) this.#take(entry);
      for (const [id, known] of this.#known) if (known.changed) this.#writeOrder(id, known);
      for (const [key, value] of Object.entries(meta())) this.#statements.meta.run(key, value);
      database.exec("COMMIT");
    } catch (error) {
      // What was put in memory is of a batch that is not there.
      if (database.inTransaction) database.exec("ROLLBACK");
      this.#known.clear();
      this.#names.clear();
      this.#counts = counts;
      throw error;
    }
    this.#forget();
  }

  #take(entry: JournalEntry): void {
    const { precisions } = this.#ports;
    precisions.apply(entry);
    this.#run(entry);
    if (entry.kind === "fill") this.#writeFill(fillRowOf(entry, precisions));
    const folded = foldOrder(entry, precisions, (id) => this.#order(id)?.folded);
    if (folded !== null) {
      const id = folded.row.orderId;
      const known = this.#known.get(id);
      if (entry.kind === "order") this.#counts.orders += 1;
      if (known === undefined || entry.kind === "order")
        this.#known.set(id, { folded, awaited: false, changed: true, entry: entry.kind === "order" ? entry : null });
      else Object.assign(known, { folded, changed: true });
    }
    const rejection = rejectionOf(entry, this.#awaited);
    if (rejection !== null) this.#writeRejection(rejection);
    if (entry.kind === "order" || !("orderId" in entry) || entry.orderId === null) return;
    const order = this.#order(entry.orderId);
    if (order !== undefined) this.#statements.link.run(entry.seq, order.folded.row.seq);
  }

  #run(entry: JournalEntry): void {
    if (entry.kind === "run_started")
      this.#statements.started.run(this.#name("strategy", entry.strategy), entry.run, entry.seq);
    else if (entry.kind === "run_finished")
      this.#statements.finished.run(this.#name("strategy", entry.strategy), entry.run, entry.seq);
  }

  readonly #awaited = {
    add: (id: string): void => {
      const known = this.#order(id);
      if (known !== undefined) known.awaited = true;
    },
    take: (id: string): OrderAt | undefined => {
      const known = this.#order(id);
      if (known === undefined || !known.awaited) return undefined;
      Object.assign(known, { awaited: false, changed: true });
      const entry = known.entry ?? this.#ports.entryAt(known.folded.row.seq);
      return entry?.kind === "order" ? entry : undefined;
    },
    drop: (id: string): void => {
      const known = this.#order(id);
      if (known?.awaited === true) Object.assign(known, { awaited: false, changed: true });
    },
  };

  /** An order from memory, or from the archive. */
  #order(id: string): Known | undefined {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const found = this.#statements.order.get(id) as { text: string; awaited: number } | undefined;
    if (found === undefined) return undefined;
    const folded = orderIn(found.text, this.#ports.precisions);
    const read = { folded, awaited: found.awaited === 1, changed: false, entry: null };
    this.#known.set(id, read);
    return read;
  }

  #name(kind: NameKind, text: string | null): number | null {
    if (text === null) return null;
    const key = `${kind} ${text}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    this.#statements.addName.run(kind, text);
    const id = this.#statements.name.get(kind, text) as number;
    if (this.#names.size >= NAMES_MAX) this.#names.clear();
    this.#names.set(key, id);
    return id;
  }

  #writeOrder(id: string, known: Known): void {
    const { row, sums } = known.folded;
    const columns: Readonly<Record<string, number | null>> = {
      strategy: this.#name("strategy", row.strategy),
      symbol: this.#name("symbol", row.symbol),
      because: this.#name("because", row.because),
      state: STATES.indexOf(row.state),
      type: ORDER_TYPES.indexOf(row.type),
      quantity: row.quantity,
      price: row.price,
      filled: Number(row.filled),
      average: numberOf(row.averagePrice),
      fees: numberOf(row.fees),
      realized: numberOf(row.realized),
    };
    this.#statements.orders.run(row.seq, row.at, id, known.awaited ? 1 : 0, ...valuesOf("orders", columns));
    this.#statements.ordersRows.run(row.seq, orderText(row, sums));
    known.changed = false;
  }

  #writeFill(row: FillRow): void {
    this.#counts.fills += 1;
    const columns = {
      strategy: this.#name("strategy", row.strategy),
      symbol: this.#name("symbol", row.symbol),
      verdict: VERDICTS.indexOf(row.verdict),
      quantity: Number(row.quantity),
      price: Number(row.price),
      fee: Number(row.fee),
      realized: numberOf(row.realized),
    };
    this.#statements.fills.run(row.seq, row.at, row.fillId, row.orderId, ...valuesOf("fills", columns));
    this.#statements.fillsRows.run(row.seq, fillText(row));
  }

  #writeRejection(row: RejectionRow): void {
    this.#counts.rejections += 1;
    const columns = {
      cause: this.#name("cause", row.cause),
      strategy: this.#name("strategy", row.strategy),
      symbol: this.#name("symbol", row.symbol),
      because: this.#name("because", row.because),
      quantity: row.quantity,
      value: numberOf(row.value),
      limit: numberOf(row.limit),
      free: row.freeAt,
      bar: row.bar,
    };
    this.#statements.rejections.run(row.seq, row.at, row.clientOrderId, ...valuesOf("rejections", columns));
    this.#statements.rejectionsRows.run(row.seq, rejectionText(row));
  }

  #forget(): void {
    for (const [id, known] of this.#known) {
      known.entry = null;
      if (hasEnded(known.folded.row.state) && !known.awaited) this.#known.delete(id);
    }
    for (const id of this.#known.keys()) {
      if (this.#known.size <= OPEN_MAX) return;
      this.#known.delete(id);
    }
  }
}

/** An amount as the number that it is sorted by, or null for what is none. */
function numberOf(amount: OrderRow["fees"]): number | null {
  const value = amount === null ? Number.NaN : Number(amount);
  return Number.isFinite(value) ? value : null;
}

const valuesOf = (name: ArchiveTable, columns: Readonly<Record<string, number | null>>): (number | null)[] =>
  Object.keys(COLUMNS[name]).map((column) => columns[column] ?? null);

function statementsOf(database: Database) {
  const put = (name: ArchiveTable, ids: readonly string[]): Statement => {
    const columns = ["seq", "at", ...ids, ...Object.keys(COLUMNS[name])];
    const names = columns.map((column) => `"${column}"`).join(", ");
    const changes = columns.slice(1).map((column) => `"${column}" = excluded."${column}"`);
    return database.prepare(
      `INSERT INTO ${name} (${names}) VALUES (${columns.map(() => "?").join(", ")})
       ON CONFLICT (seq) DO UPDATE SET ${changes.join(", ")}`,
    );
  };
  const putRow = (name: ArchiveTable): Statement =>
    database.prepare(`INSERT OR REPLACE INTO ${name}_rows (seq, text) VALUES (?, ?)`);
  return {
    orders: put("orders", ["id", "awaited"]),
    ordersRows: putRow("orders"),
    fills: put("fills", ["fill_id", "order_id"]),
    fillsRows: putRow("fills"),
    rejections: put("rejections", ["client_id"]),
    rejectionsRows: putRow("rejections"),
    link: database.prepare("INSERT OR REPLACE INTO links (seq, order_seq) VALUES (?, ?)"),
    started: database.prepare(
      "INSERT INTO runs (strategy, run, started) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET started = excluded.started",
    ),
    finished: database.prepare(
      "INSERT INTO runs (strategy, run, finished) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET finished = excluded.finished",
    ),
    order: database.prepare("SELECT text, awaited FROM orders JOIN orders_rows USING (seq) WHERE id = ?"),
    addName: database.prepare("INSERT OR IGNORE INTO names (kind, text) VALUES (?, ?)"),
    name: database.prepare("SELECT id FROM names WHERE kind = ? AND text = ?").pluck(),
    meta: database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)"),
  };
}
