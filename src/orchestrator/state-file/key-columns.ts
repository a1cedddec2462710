/**
 * The `idempotency` object of a state file as columns, read from its text without an object for each key.
 *
 * It is most of a large file; read in general, each key is an object first and then checked by a schema.
 *
 * 1. What it accepts and what it gives is what the general reader and the checks beside it would.
 * 2. A row that this program wrote is recognised by its exact spelling; any other goes through the general reader.
 */
import type { JsonReader } from "./json-reader.ts";
import { KeyIndex } from "../router/key-index.ts";
import { sequenceOf } from "../router/order-id.ts";
import { KEY_MAX, shown, TEXT_MAX } from "../router/order-request.ts";
import { isIndexLike } from "./key-order.ts";
import type { Faults } from "./state-fault.ts";

/** Keys in the order of the file; columns have one length. */
export class KeyColumns {
  readonly keys: string[] = [];
  /** 0 for a rejection. */
  readonly sequence: number[] = [];
  readonly reason: string[] = [];
  readonly index: KeyIndex;

  /** `expected`: how many keys come, about. */
  constructor(expected = 0) {
    this.index = new KeyIndex(expected);
  }

  /** Adds a decision; a fault names its place, and `twice` gets a key that was there already. */
  add(key: string, sequence: number, reason: string, faults: Faults, twice: (key: string) => never): void {
    if (key.length > KEY_MAX)
      faults.fail(["idempotency", key], `a key may have ${KEY_MAX} characters, and this has ${key.length}`);
    if (this.index.get(key, this.keys) >= 0) twice(key);
    this.index.add(key, this.keys.length, this.keys);
    this.keys.push(key);
    this.sequence.push(sequence);
    this.reason.push(reason);
  }
}

/** The running number of a decision's order, 0 for a rejection. */
export function decidedSequence(key: string, accepted: boolean, orderId: string | null, faults: Faults): number {
  const place = ["idempotency", key, "order_id"];
  if (accepted)
    return (
      sequenceOf(orderId ?? "") ??
      faults.fail(place, `an accepted order must have its id, and this is ${shown(orderId)}`)
    );
  return orderId === null ? 0 : faults.fail(place, "an order that was not accepted has no id");
}

const ACCEPTED = '{"accepted":true,"order_id":"ROUTER-';
const REFUSED = '{"accepted":false,"order_id":null';
const REASON = ',"reason":"';
const QUOTE = 0x22;
/** Characters of a file for each of its keys, about: an index that has its size at once need not grow. */
const ROW_CHARS = 110;

/** How the newest row ended, from its reason on: most rows end as the one before. */
interface Ending {
  text: string;
  reason: string;
}

/** The end of a plain string that starts at `from` (behind its quote), or −1 where it needs the general reader. */
function plainEnd(text: string, from: number): number {
  for (let at = from; at < from + TEXT_MAX; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === 0x5c || !(code >= 0x20)) return -1;
  }
  return -1;
}

/** Passes the digits of an order id that start at `from`; returns where they end, or −1 where the general reader must judge. */
function digitsEnd(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code >= 48 && code <= 57; code = text.charCodeAt(at)) at++;
  const padded = at - from > 8 && text.charCodeAt(from) === 48;
  return at - from < 8 || at - from > 15 || padded || text.charCodeAt(at) !== QUOTE ? -1 : at;
}

function numberIn(text: string, from: number, end: number): number {
  let number = 0;
  for (let at = from; at < end; at++) number = 10 * number + text.charCodeAt(at) - 48;
  return number;
}

/** Reads how a row ends that does not end as the one before; false where it needs the general reader. */
function readEnding(text: string, at: number, ending: Ending): boolean {
  if (!text.startsWith(REASON, at)) return false;
  const end = plainEnd(text, at + REASON.length);
  if (end <= at + REASON.length || text.charCodeAt(end + 1) !== 0x7d) return false;
  ending.text = text.slice(at, end + 2);
  ending.reason = text.slice(at + REASON.length, end);
  return true;
}

/** Reads one row in this program's own spelling, or answers false with the reader where it stood. */
function readRow(
  reader: JsonReader,
  key: string,
  columns: KeyColumns,
  ending: Ending,
  twice: (key: string) => never,
): boolean {
  const { text } = reader;
  let at = reader.at;
  let sequence = 0;
  if (text.startsWith(ACCEPTED, at)) {
    const end = digitsEnd(text, at + ACCEPTED.length);
    if (end < 0) return false;
    sequence = numberIn(text, at + ACCEPTED.length, end);
    if (sequence === 0) return false;
    at = end + 1;
  } else if (text.startsWith(REFUSED, at)) at += REFUSED.length;
  else return false;
  if ((ending.text === "" || !text.startsWith(ending.text, at)) && !readEnding(text, at, ending)) return false;
  columns.add(key, sequence, ending.reason, reader.faults, twice);
  reader.at = at + ending.text.length;
  return true;
}

/** Reads the section: columns, or a plain record where a row or a key is not in this program's own spelling. */
export function readIdempotency(reader: JsonReader): unknown {
  if (reader.blank() !== 0x7b) return reader.value(1);
  const columns = new KeyColumns((reader.text.length - reader.at) / ROW_CHARS);
  const ending: Ending = { text: "", reason: "" };
  const start = reader.at;
  const twice = (key: string): never => reader.twice(key);
  let general = false;
  try {
    reader.members((key) => {
      reader.blank();
      // Keys like array indices move to the front of an object: only the general way finds them where a parsed file has them.
      const moved = isIndexLike(key) && columns.keys.length > 0 && !isIndexLike(columns.keys.at(-1) as string);
      if (key === "" || moved || !readRow(reader, key, columns, ending, twice)) throw GENERAL;
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
