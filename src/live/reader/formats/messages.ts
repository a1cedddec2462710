/**
 * Recorded exchange messages: one a line, its receive time in nanoseconds before the JSON. Trades are taken, the rest is
 * passed over.
 *
 * 1. A trade's time is the exchange's own, for the recorder's clock may be off.
 * 2. Only named fields of the expected type are read from a message; a trade that lacks one is refused by its line.
 */
import { Buffer } from "node:buffer";
import type { Gathering } from "../table/gathering.ts";
import { ROW_CHARACTERS_MAX } from "../table/imported.ts";
import { decimalTextOf } from "../table/numbers.ts";

const FIRST_LINE = /^\d{16,19} \{/;
const TRADES = [Buffer.from('"e":"trade"'), Buffer.from('"e":"aggTrade"')];

const numberOf = (text: string): number => Number(decimalTextOf(text, ".") ?? NaN);

/** The year 2200. */
const MILLISECONDS_END = 7_258_118_400_000;

export function isMessages(bytes: Uint8Array): boolean {
  return FIRST_LINE.test(Buffer.from(bytes.subarray(0, 24)).toString("latin1"));
}

interface Trade {
  readonly symbol: string;
  readonly price: string;
  readonly quantity: string;
  readonly at: number;
  readonly id: string | null;
}

function field(from: unknown, name: string): unknown {
  return typeof from === "object" && from !== null && Object.hasOwn(from, name)
    ? (from as Record<string, unknown>)[name]
    : undefined;
}

function tradeOf(line: string): Trade | null {
  let message: unknown;
  try {
    message = JSON.parse(line.slice(line.indexOf("{")));
  } catch {
    return null;
  }
  const data = field(message, "data") ?? message;
  const [symbol, price, quantity, at] = ["s", "p", "q", "T"].map((name) => field(data, name));
  const id = field(data, "t") ?? field(data, "a");
  if (typeof symbol !== "string" || typeof price !== "string" || typeof quantity !== "string") return null;
  if (typeof at !== "number" || !Number.isInteger(at) || at < 0 || at >= MILLISECONDS_END) return null;
  return { symbol, price, quantity, at: at * 1_000, id: typeof id === "number" ? String(id) : null };
}

/** Reads the trades of a recording into a gathering. Returns how many lines were no trades. */
export function readMessages(bytes: Uint8Array, gathering: Gathering, interval: number): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let others = 0;
  let row = 0;
  for (let from = 0; from < text.length;) {
    const newline = text.indexOf(10, from);
    const line = text.subarray(from, newline < 0 ? text.length : newline);
    from += line.length + 1;
    row++;
    if (line.length === 0) continue;
    if (!TRADES.some((mark) => line.includes(mark))) {
      others++;
      continue;
    }
    gathering.rows++;
    const trade = line.length > ROW_CHARACTERS_MAX ? null : tradeOf(line.toString("utf8"));
    if (trade === null) {
      gathering.refuse(row, {
        rule: "columns",
        reason: "it is no readable trade with symbol, price, quantity and time.",
      });
      continue;
    }
    const table = gathering.table(trade.symbol, row);
    if (table === null) continue;
    table.local = false;
    const [price, volume] = [numberOf(trade.price), numberOf(trade.quantity)];
    gathering.fold(row, table, interval, { at: trade.at, price, volume, id: trade.id });
  }
  return others;
}
