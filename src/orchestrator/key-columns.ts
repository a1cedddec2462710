/**
 * The `idempotency` object of a state file as columns, read from its text without an object for each key.
 *
 * 1. What it accepts and what it gives is what the general reader and the checks beside it would.
 * 2. A row that this program wrote is recognised by its exact spelling; any other goes through the general reader.
 */
import type { JsonReader } from "./json-reader.ts";
import { sequenceOf } from "./order-id.ts";
import { shown, TEXT_MAX } from "./order-request.ts";
import { isIndexLike } from "./router-state.ts";
import type { Faults } from "./state-fault.ts";

/** Keys in the order of the file; columns have one length. */
export class KeyColumns {
  readonly keys: string[] = [];
  /** 0 for a rejection. */
  readonly sequence: number[] = [];
  readonly reason: string[] = [];
  readonly index = new Map<string, number>();

  /** Adds a decision; a fault names its place. The key must be new. */
  add(key: string, accepted: boolean, orderId: string | null, reason: string, faults: Faults): void {
    const place = ["idempotency", key];
    if (key.length > TEXT_MAX) faults.fail(place, `a key may have ${TEXT_MAX} characters, and this has ${key.length}`);
    let sequence = 0;
    if (accepted) {
      sequence =
        sequenceOf(orderId ?? "") ??
        faults.fail([...place, "order_id"], `an accepted order must have its id, and this is ${shown(orderId)}`);
    } else if (orderId !== null) faults.fail([...place, "order_id"], "an order that was not accepted has no id");
    this.index.set(key, this.keys.push(key) - 1);
    this.sequence.push(sequence);
    this.reason.push(reason);
  }
}

const ACCEPTED = '{"accepted":true,"order_id":"';
const REFUSED = '{"accepted":false,"order_id":null,"reason":"';
const REASON = '","reason":"';
const QUOTE = 0x22;

/** The end of a plain string that starts at `from` (behind its quote), or −1 where it needs the general reader. */
function plainEnd(text: string, from: number): number {
  for (let at = from; at < from + TEXT_MAX; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === 0x5c || !(code >= 0x20)) return -1;
  }
  return -1;
}

/** Reads one row in this program's own spelling, or answers false with the reader where it stood. */
function readRow(reader: JsonReader, key: string, columns: KeyColumns, reasons: Map<string, string>): boolean {
  const { text } = reader;
  const start = reader.at;
  const accepted = text.startsWith(ACCEPTED, start);
  if (!accepted && !text.startsWith(REFUSED, start)) return false;
  let orderId: string | null = null;
  let from = start + REFUSED.length;
  if (accepted) {
    const idEnd = plainEnd(text, start + ACCEPTED.length);
    if (idEnd < 0 || !text.startsWith(REASON, idEnd)) return false;
    orderId = text.slice(start + ACCEPTED.length, idEnd);
    from = idEnd + REASON.length;
  }
  const end = plainEnd(text, from);
  if (end <= from || text.charCodeAt(end + 1) !== 0x7d) return false;
  const reason = text.slice(from, end);
  const known = reasons.get(reason);
  if (known === undefined) reasons.set(reason, reason);
  columns.add(key, accepted, orderId, known ?? reason, reader.faults);
  reader.at = end + 2;
  return true;
}

/** Reads the section: columns, or a plain record where a row or a key is not in this program's own spelling. */
export function readIdempotency(reader: JsonReader): unknown {
  if (reader.blank() !== 0x7b) return reader.value(1);
  const columns = new KeyColumns();
  const reasons = new Map<string, string>();
  const start = reader.at;
  let general = false;
  try {
    reader.members((key) => {
      if (columns.index.has(key)) reader.twice(key);
      reader.blank();
      // Keys like array indices move to the front of an object: only the general way finds them where a parsed file has them.
      const moved = isIndexLike(key) && columns.keys.length > 0 && !isIndexLike(columns.keys.at(-1) as string);
      if (key === "" || moved || !readRow(reader, key, columns, reasons)) throw GENERAL;
    });
  } catch (error) {
    if (error !== GENERAL) throw error;
    general = true;
  }
  if (!general && ascending(columns.keys)) return columns;
  reader.at = start;
  return reader.value(1);
}

/** Thrown to leave the fast way; never seen outside. */
const GENERAL = new Error("general");

/** Whether the keys at the front that look like indices ascend, as in a parsed object. */
function ascending(keys: readonly string[]): boolean {
  let last = -1;
  for (const key of keys) {
    if (!isIndexLike(key)) return true;
    if (Number(key) <= last) return false;
    last = Number(key);
  }
  return true;
}
