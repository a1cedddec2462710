/**
 * What a session's journal and its venue's store say of each other, read from their files.
 *
 * 1. Nothing is opened for writing, and nothing of a session's own reading is used: a fault in it would excuse itself.
 * 2. What the journal holds for a venue that follows it is the venue's, once the venue's disk lacks it: a start carries it out.
 * 3. Each answer is the first rule that is broken, in a sentence, or null.
 */
import { hash as digest } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { decimal } from "../../../src/shared/decimal.ts";
import { openForReading, openForWriting, type Database } from "../../../src/store/index.ts";
import type { Acknowledged } from "./write-log.ts";

interface Sent {
  readonly symbol: string;
  readonly quantity: number;
  times: number;
  /** Whether the venue has said that it took it. */
  taken: boolean;
  ended: string | null;
}

interface VenueRow {
  readonly venueId: string;
  readonly symbol: string;
  readonly quantity: string;
}

export interface Books {
  /** Orders that the journal says were to be sent, by the venue's id. */
  readonly sends: ReadonlyMap<string, Sent>;
  readonly orders: readonly VenueRow[];
  /** The fills that the venue made, and the ids of those that the journal booked, each as often as it stands there. */
  readonly filled: readonly { readonly fillId: string; readonly at: number }[];
  /** The moment of the journal's last entry. */
  readonly lastAt: number;
  readonly booked: readonly string[];
  /** Ids of clients' orders that were accepted, by strategy, each as often as it was. */
  readonly accepted: readonly string[];
}

/** A table and a query on it. */
type Asked = readonly [table: string, sql: string];

/** All rows of queries, by one opening of the database; none where the file or a query's table is not there yet. */
function rowsIn(path: string, ...asked: readonly Asked[]): readonly (readonly unknown[])[] {
  if (!existsSync(path)) return asked.map(() => []);
  // Killed while the file itself was made: a reader may not undo that, so it is undone in a copy.
  const halfMade = existsSync(`${path}-journal`);
  const copy = halfMade ? mkdtempSync(join(tmpdir(), "logos-copy-")) : null;
  let database: Database | null = null;
  try {
    if (copy !== null)
      for (const end of ["", "-journal"]) copyFileSync(`${path}${end}`, join(copy, `${basename(path)}${end}`));
    database = copy === null ? openForReading(path) : openForWriting(join(copy, basename(path)));
    const opened = database;
    const tables = new Set(opened.prepare("SELECT name FROM sqlite_master").pluck().all());
    return asked.map(([table, sql]) => (tables.has(table) ? opened.prepare(sql).all() : []));
  } finally {
    database?.close();
    if (copy !== null) rmSync(copy, { recursive: true, force: true });
  }
}

/** An entry of the journal as it lies on the disk; the hash of one in a pack follows from those before it. */
interface EntryRow {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly body: string;
  readonly hash: string;
}

interface PackRow {
  readonly first: number;
  readonly last: number;
  readonly before: string;
  readonly body: Uint8Array;
}

/** All entries of a journal in order: those in rows of their own, and those of large commits, which lie together. */
export function entriesIn(journal: string): EntryRow[] {
  const [rows, packs] = rowsIn(
    journal,
    ["entries", "SELECT seq, at, kind, body, hash FROM entries"],
    ["packs", "SELECT first, last, before, body FROM packs"],
  ) as [EntryRow[], PackRow[]];
  const packed = packs.flatMap(({ first, last, before, body: bytes }) => {
    const lines = inflateRawSync(bytes).toString("utf8").split("\n");
    let chain = before;
    return Array.from({ length: last - first + 1 }, (_, index): EntryRow => {
      const seq = first + index;
      const [at = "", kind = "", body = ""] = lines.slice(3 * index, 3 * index + 3);
      chain = digest("sha256", `${chain}\n${seq}\n${at}\n${kind}\n${body}`, "hex");
      return { seq, at: Number(at), kind, body, hash: chain };
    });
  });
  return [...rows, ...packed].toSorted((a, b) => a.seq - b.seq);
}

interface Body {
  readonly venueId?: string;
  readonly orderId?: string | null;
  readonly symbol?: string;
  readonly quantity?: number;
  readonly strategy?: string;
  readonly clientOrderId?: string;
  readonly accepted?: boolean;
  readonly replay?: boolean;
  readonly status?: string;
  readonly outcome?: { readonly outcome: string };
  readonly fillId?: string;
  readonly verdict?: string;
}

/** The venue's orders and fills: those on its disk, and those that the journal holds for it. */
function venueIn(folder: string): Pick<Books, "orders" | "filled"> {
  const venue = join(folder, "broker.db");
  const [orders, filled, [settled]] = rowsIn(
    venue,
    ["orders", "SELECT venueId, symbol, quantity FROM orders ORDER BY number"],
    ["fills", "SELECT fillId, at FROM fills ORDER BY cursor"],
    ["settled", "SELECT number FROM settled"],
  ) as [VenueRow[], Books["filled"], { number: number }[]];
  const sql = "SELECT number, text FROM venue_changes";
  const [[waiting]] = rowsIn(join(folder, "journal.db"), ["venue_changes", sql]) as [
    { number: number; text: string }[],
  ];
  if (waiting === undefined || waiting.number !== (settled?.number ?? 0) + 1) return { orders, filled };
  const changes = JSON.parse(waiting.text) as { readonly orders: VenueRow[]; readonly fills: Books["filled"] };
  const changed = new Set(changes.orders.map(({ venueId }) => venueId));
  return {
    orders: [...orders.filter(({ venueId }) => !changed.has(venueId)), ...changes.orders],
    filled: [...filled, ...changes.fills],
  };
}

const READ_KINDS: ReadonlySet<string> = new Set(["order", "send", "ack", "closed", "fill"]);

/** Reads a session's folder. */
export function readBooks(folder: string): Books {
  const orders = new Map<string, Body>();
  const sends = new Map<string, Sent>();
  const booked: string[] = [];
  const accepted: string[] = [];
  let lastAt = 0;
  for (const { at, kind, body } of entriesIn(join(folder, "journal.db"))) {
    lastAt = Math.max(lastAt, at);
    if (!READ_KINDS.has(kind)) continue;
    const entry = JSON.parse(body) as Body;
    const id = entry.venueId ?? "";
    const known = sends.get(id);
    if (kind === "order" && entry.accepted === true && entry.replay !== true) {
      orders.set(entry.orderId ?? "", entry);
      accepted.push(`${entry.strategy ?? ""}:${entry.clientOrderId ?? ""}`);
    } else if (kind === "send" && known !== undefined) known.times += 1;
    else if (kind === "send") {
      const { symbol = "", quantity = 0 } = orders.get(entry.orderId ?? "") ?? {};
      sends.set(id, { symbol, quantity, times: 1, taken: false, ended: null });
    } else if (kind === "ack" && known !== undefined) known.taken ||= entry.outcome?.outcome === "accepted";
    else if (kind === "closed" && known !== undefined) known.ended = entry.status ?? null;
    else if (kind === "fill" && entry.verdict === "booked") booked.push(entry.fillId ?? "");
  }
  return {
    sends,
    booked,
    accepted,
    ...venueIn(folder),
    lastAt,
  };
}

/** Venues round down to their lots, and never further than this. */
const LOT_MAX = 1;

/** Whether the venue has something that the journal does not know, or another order under an id of the journal's. */
export function sentUnjournaled({ sends, orders }: Books): string | null {
  for (const { venueId, symbol, quantity } of orders) {
    const sent = sends.get(venueId);
    if (sent === undefined) return `the venue has ${venueId}, and the journal has no entry that it was to be sent`;
    const away = decimal(quantity).minus(sent.quantity).abs();
    if (sent.symbol !== symbol || away.gt(LOT_MAX))
      return `${venueId} is ${quantity} ${symbol} at the venue and ${sent.quantity} ${sent.symbol} in the journal: an id was used again`;
  }
  return null;
}

/** Whether the venue has lost what it had answered or reported, and the journal had recorded. */
export function venueLost({ sends, orders, filled, booked }: Books): string | null {
  const placed = new Set(orders.map((order) => order.venueId));
  for (const [venueId, { taken }] of sends)
    if (taken && !placed.has(venueId)) return `the venue had answered that it has ${venueId}, and has it no longer`;
  const made = new Set(filled.map(({ fillId }) => fillId));
  const lost = booked.find((fill) => !made.has(fill));
  return lost === undefined ? null : `the venue had reported fill ${lost}, and has it no longer`;
}

/** Whether the venue is still to be asked about an order: it was to be sent and does not have it, and was not asked twice yet. */
export function isAsking({ sends, orders }: Books): boolean {
  const placed = new Set(orders.map((order) => order.venueId));
  return [...sends].some(([venueId, { taken, ended }]) => !taken && ended === null && !placed.has(venueId));
}

/** A venue reports a fill within this time of the session, in microseconds: after it the fill must be booked. */
const TOLD_LATE_MAX = 31_000_000;

const twice = (ids: readonly string[]): string | undefined => ids.find((id, index) => ids.indexOf(id) !== index);

/** Whether journal and venue agree in everything, as they must once a session has ended in order. */
export function disagreement(books: Books): string | null {
  const unjournaled = sentUnjournaled(books);
  if (unjournaled !== null) return unjournaled;
  const placed = new Set(books.orders.map((order) => order.venueId));
  for (const [venueId, { times, ended }] of books.sends) {
    if (times > 1) return `${venueId} was sent ${times} times`;
    if (!placed.has(venueId) && ended !== "not_placed")
      return `${venueId} was lost: the venue never had it, and nothing says so`;
    if (placed.has(venueId) && ended === "not_placed")
      return `${venueId} is said not to be placed, and the venue has it`;
  }
  const again = twice(books.accepted) ?? twice(books.booked);
  if (again !== undefined) return `${again} was used or booked twice`;
  const booked = new Set(books.booked);
  const lost = books.filled.find(({ fillId, at }) => !booked.has(fillId) && at + TOLD_LATE_MAX <= books.lastAt);
  if (lost !== undefined) return `fill ${lost.fillId} was lost: the venue made it, and it was never booked`;
  return venueLost(books);
}

/** Whether something that was acknowledged is gone from the journal. */
export function lostAcknowledged(folder: string, acknowledged: readonly Acknowledged[]): string | null {
  const rows = entriesIn(join(folder, "journal.db"));
  const hashes = new Map(rows.map((row) => [row.seq, row.hash]));
  for (const { seq, hash } of acknowledged) {
    const found = hashes.get(seq);
    if (found === undefined) return `entry ${seq} was acknowledged and is gone: the journal has ${rows.length} entries`;
    if (hash !== "-" && found !== hash) return `entry ${seq} was acknowledged and is another one now`;
  }
  return null;
}
