/**
 * A router's snapshot as the value and the text of `router_state.json`.
 *
 * 1. The seven fields that both programs know have their spelling; the rest is under `logos_console`.
 * 2. The text parsed is the value, and reading either gives the snapshot again.
 * 3. Columns under `logos_console.keys` are in the order of `idempotency`. Keys that look like array indices come first there,
 *    ascending, because that is where every JavaScript reader finds them; `age_order` then says which key is how old.
 */
import type { Moment } from "../../shared/time.ts";
import type { KeyList } from "../router/key-list.ts";
import { checkOf, isIndexLike, orderOf, type KeyOrder } from "./key-order.ts";
import { momentWriter } from "./moment-text.ts";
import { atOnce, CHUNK_ROWS, pauses, type Paced } from "./paced.ts";
import { termsSection, termsText } from "./order-terms.ts";
import { orderIdOf } from "../router/order-id.ts";
import { put, record } from "../common/record.ts";
import { fillListOf, keyListOf } from "../router/router-snapshot.ts";
import type { RouterHead, RouterSnapshot } from "../router/router-snapshot.ts";
import type { DriftItem, InflightOrder, ReportEvidence } from "../router/router-types.ts";
import { chainOf, fillEntries, FIRST, orderIdIn } from "../router/seen-fills.ts";
import type { FillList } from "../router/seen-fills.ts";

/** The version of the `logos_console` section. */
export const SCHEMA_VERSION = 1;

/** Whose state it is, and up to where in the journal. */
export interface StateContext {
  readonly session?: string | null | undefined;
  readonly journalPosition?: number | null | undefined;
  /** What else is known of the orders in flight, by id; without it the snapshot's own word stands. */
  readonly orders?: RouterHead["orders"];
}

/** The file's value, plain JSON. */
export type RouterState = Readonly<Record<string, unknown>>;

type Write = (at: Moment) => string;

type Column = Float64Array | Int32Array;

/** Numbers names by their first appearance, so that a router and its restored twin write the same file. */
function* numbered(
  names: readonly string[],
  column: Int32Array,
  rows: Int32Array,
): Paced<{ texts: string[]; column: Column }> {
  const numbers = new Int32Array(names.length).fill(-1);
  const texts: string[] = [];
  const out = new Int32Array(rows.length);
  for (let place = 0; place < rows.length; place++) {
    const name = column[rows[place] as number] as number;
    if (name >= 0 && numbers[name] === -1) numbers[name] = texts.push(names[name] as string) - 1;
    out[place] = name < 0 ? -1 : (numbers[name] as number);
    if (pauses(place)) yield "";
  }
  return { texts, column: out };
}

/** The column in the order of the file; 0 where nothing is known. */
function* picked(column: Float64Array, rows: Int32Array): Paced<Column> {
  const out = new Float64Array(rows.length);
  for (let place = 0; place < rows.length; place++) {
    const value = column[rows[place] as number] as number;
    out[place] = Number.isNaN(value) ? 0 : value;
    if (pauses(place)) yield "";
  }
  return out;
}

const isColumn = (value: unknown): value is Column => value instanceof Float64Array || value instanceof Int32Array;

function* keysSection(list: KeyList, order: KeyOrder): Paced<Record<string, unknown>> {
  const { rows } = order;
  const strategies = yield* numbered(list.strategies, list.strategy, rows);
  const symbols = yield* numbered(list.symbols, list.symbol, rows);
  const placeOf = new Int32Array(order.byAge ? 0 : rows.length);
  for (let place = 0; place < placeOf.length; place++) placeOf[rows[place] as number] = place;
  return {
    count: rows.length,
    check: yield* checkOf(list, rows),
    age_order: order.byAge ? null : placeOf,
    strategies: strategies.texts,
    symbols: symbols.texts,
    strategy: strategies.column,
    symbol: symbols.column,
    quantity: yield* picked(list.quantity, rows),
    price: yield* picked(list.price, rows),
    decided_at_us: list.at === null ? null : yield* picked(list.at, rows),
  };
}

function reportSection(report: ReportEvidence | null, write: Write): unknown {
  if (report === null) return null;
  const { orderId, status, filledQty, timestamp, fillId, price } = report;
  return { order_id: orderId, status, filled_qty: filledQty, timestamp: write(timestamp), fill_id: fillId, price };
}

function itemSection(item: DriftItem, write: Write): unknown {
  const { id, kind, orderId, text, report, evidence, at, count, review } = item;
  const reviewed = review === null ? null : { ...review, at: write(review.at) };
  const fields = { id, kind, order_id: orderId, text, report: reportSection(report, write), evidence };
  return { ...fields, at: write(at), count, review: reviewed };
}

/** The section but for the keys; `fills` and `orders` stand where they have their place. */
function consoleSection(
  snapshot: RouterHead,
  { fills, orders }: { readonly fills: unknown; readonly orders: unknown },
  context: StateContext,
  write: Write,
): Record<string, unknown> {
  const { latest, retention, counters } = snapshot;
  const reasons = snapshot.haltReasons.map(({ orderId, report, at, ...rest }) => ({
    ...rest,
    order_id: orderId,
    report: reportSection(report, write),
    at: write(at),
  }));
  return {
    schema_version: SCHEMA_VERSION,
    session: context.session ?? snapshot.session,
    journal_position: context.journalPosition ?? snapshot.journalPosition,
    latest_submission: latest === null ? null : write(latest),
    retention: { max_keys: retention.maxKeys, max_age_us: retention.maxAge },
    filled: snapshot.filled,
    fills,
    halt_reasons: reasons,
    drift: { next: snapshot.nextDriftItem, items: snapshot.driftItems.map((item) => itemSection(item, write)) },
    resumes: snapshot.resumes.map((resume) => ({ ...resume, at: write(resume.at) })),
    counters: { accepted: counters.accepted, replays: counters.replays, rejected: counters.rejected },
    ...(orders === undefined ? {} : { orders }),
  };
}

function orderSection(order: InflightOrder, write: Write): unknown {
  return {
    strategy_id: order.strategyId,
    symbol: order.symbol,
    quantity: order.quantity,
    price: order.price,
    client_order_id: order.clientOrderId,
    idempotency_key: order.idempotencyKey,
    timestamp: write(order.timestamp),
  };
}

/** The fields before `idempotency`. */
function headSection(snapshot: RouterHead, write: Write): Record<string, unknown> {
  const counters = Object.entries(snapshot.rateCounters).map(
    ([strategy, moments]) => [strategy, moments.map((at) => write(at))] as const,
  );
  const orders = Object.entries(snapshot.inflight).map(([id, order]) => [id, orderSection(order, write)] as const);
  return {
    rate_limit_per_sec: snapshot.rateLimitPerSec,
    max_inflight: snapshot.maxInflight,
    next_sequence: snapshot.nextSequence,
    halted: snapshot.halted,
    rate_counters: record(counters),
    inflight: record(orders),
  };
}

/** The value of `router_state.json`. `context` says whose state it is; without it the snapshot's own word stands. */
export function toRouterState(snapshot: RouterSnapshot, context: StateContext = {}): RouterState {
  const write = momentWriter();
  const list = keyListOf(snapshot);
  const order = atOnce(orderOf(list));
  const idempotency: Record<string, unknown> = {};
  for (const row of order.rows) {
    const sequence = list.sequence[row] as number;
    const reason = list.reason[row] as string;
    const order_id = sequence > 0 ? orderIdOf(sequence) : null;
    put<unknown>(idempotency, list.keys[row] as string, { accepted: sequence > 0, order_id, reason });
  }
  const columns = Object.entries(atOnce(keysSection(list, order))).map(
    ([name, value]) => [name, isColumn(value) ? Array.from(value) : value] as const,
  );
  const fills = Array.from(
    fillEntries(fillListOf(snapshot)),
    ([id, rows]) => [id, rows.map(({ fillId, quantity, price }) => [fillId, quantity, price])] as const,
  );
  const terms = context.orders ?? snapshot.orders;
  const orders = terms === undefined ? undefined : termsSection(terms, write);
  const section = consoleSection(snapshot, { fills: record(fills), orders }, context, write);
  const beyond = { ...section, keys: record(columns) };
  return { ...headSection(snapshot, write), idempotency, logos_console: beyond };
}

/** Characters of text that are made between two breaths, where rows have no size of their own. */
const CHUNK_TEXT = 65_536;

/** Whether JSON writes a text as it stands: no quote, backslash, control, or half of a surrogate pair. */
function isPlain(text: string): boolean {
  for (let place = 0; place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (code < 0x20 || code === 0x22 || code === 0x5c || (code >= 0xd800 && code <= 0xdfff)) return false;
  }
  return true;
}

/** What stands between a key and the digits of its order, by their number: few and long pieces make a text fast. */
const ACCEPTED = Array.from(
  { length: 17 },
  (_, digits) => `":{"accepted":true,"order_id":"ROUTER-${"0".repeat(Math.max(0, 8 - digits))}`,
);

/**
 * The same text in one piece of memory. A concatenated text is a tree of its parts until it is read; hundreds of
 * thousands of those parts, kept until all is written, cost more than the writing.
 */
function flat(text: string): string {
  return text.charCodeAt(0) >= 0 ? text : "";
}

function* keyRows(list: KeyList, order: KeyOrder): Generator<string> {
  const { rows } = order;
  const ends = new Map<string, string>();
  let text = "";
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place] as number;
    const key = list.keys[row] as string;
    const sequence = list.sequence[row] as number;
    const reason = list.reason[row] as string;
    let end = ends.get(reason);
    if (end === undefined) {
      end = `,"reason":${JSON.stringify(reason)}}`;
      ends.set(reason, end);
    }
    text += place === 0 ? '\n"' : ',\n"';
    text += isPlain(key) ? key : JSON.stringify(key).slice(1, -1);
    if (sequence > 0) {
      const digits = String(sequence);
      text += (ACCEPTED[digits.length] as string) + digits + '"' + end;
    } else text += `":{"accepted":false,"order_id":null${end}`;
    if (pauses(place)) {
      yield flat(text);
      text = "";
    }
  }
  yield text;
}

/** The first rows of the orders, as their ids are in an object. */
function* firstRows(list: FillList): Paced<readonly number[]> {
  const rows: number[] = [];
  const indices: number[] = [];
  for (let row = 0; row < list.rows; row++) {
    if (list.role[row] === FIRST) {
      const ours = (list.order[row] as number) > 0;
      (!ours && isIndexLike(orderIdIn(list, row)) ? indices : rows).push(row);
    }
    if (pauses(row)) yield "";
  }
  if (indices.length === 0) return rows;
  return [...indices.toSorted((a, b) => Number(orderIdIn(list, a)) - Number(orderIdIn(list, b))), ...rows];
}

const quoted = (text: string): string => (isPlain(text) ? `"${text}"` : JSON.stringify(text));

/** The executions, order by order. */
function* fillRows(list: FillList): Generator<string> {
  const firsts = yield* firstRows(list);
  let text = '"fills":{';
  for (let place = 0; place < firsts.length; place++) {
    const first = firsts[place] as number;
    text += `${place === 0 ? "" : ","}${quoted(orderIdIn(list, first))}:[`;
    for (const row of chainOf(list, first)) {
      const price = list.price[row] as number;
      text += `${row === first ? "[" : ",["}${quoted(list.fillIds[row] as string)},${list.quantity[row] as number},`;
      text += Number.isNaN(price) ? "null]" : `${price}]`;
      // An order may have as many executions as a session has.
      if (text.length >= CHUNK_TEXT) {
        yield flat(text);
        text = "";
      }
    }
    text += "]";
  }
  yield `${text}}`;
}

/** A column in pieces. */
function* columnText(column: Column): Generator<string> {
  for (let from = 0; from < column.length; from += CHUNK_ROWS)
    yield `${from === 0 ? "" : ","}${column.subarray(from, from + CHUNK_ROWS).join(",")}`;
}

/** `name: {...}` with one entry a line. */
function block(name: string, entries: object): string {
  const rows = Object.entries(entries).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return `${JSON.stringify(name)}:{${rows.length === 0 ? "" : `\n${rows.join(",\n")}\n`}}`;
}

/**
 * The text of `router_state.json` in pieces, so that a caller with a million keys can breathe between them.
 * One entry a line: the file can be read, searched and compared with ordinary tools.
 */
export function* routerStateChunks(snapshot: RouterSnapshot, context: StateContext = {}): Generator<string> {
  const write = momentWriter();
  const list = keyListOf(snapshot);
  const order = yield* orderOf(list);
  const { rate_counters, inflight, ...scalars } = headSection(snapshot, write);
  const fields = Object.entries(scalars).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const objects = [block("rate_counters", rate_counters as object), block("inflight", inflight as object)];
  yield `{\n${[...fields, ...objects].join(",\n")},\n"idempotency":{`;
  yield* keyRows(list, order);
  yield `${list.keys.length === 0 ? "" : "\n"}},\n"logos_console":{\n`;
  const terms = context.orders ?? snapshot.orders;
  for (const [name, value] of Object.entries(
    consoleSection(snapshot, { fills: null, orders: terms }, context, write),
  )) {
    if (name === "fills") yield* fillRows(fillListOf(snapshot));
    else if (name === "orders" && terms !== undefined) {
      yield '"orders":';
      yield* termsText(terms, write);
    } else yield `${JSON.stringify(name)}:${JSON.stringify(value)}`;
    yield ",\n";
  }
  yield '"keys":{\n';
  let first = true;
  for (const [name, value] of Object.entries(yield* keysSection(list, order))) {
    yield `${first ? "" : ",\n"}${JSON.stringify(name)}:`;
    if (isColumn(value)) {
      yield "[";
      yield* columnText(value);
      yield "]";
    } else yield JSON.stringify(value);
    first = false;
  }
  yield "\n}\n}\n}\n";
}

/** The text of `router_state.json`, whole. */
export function writeRouterState(snapshot: RouterSnapshot, context: StateContext = {}): string {
  return [...routerStateChunks(snapshot, context)].join("");
}
