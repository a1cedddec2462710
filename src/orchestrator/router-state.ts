/**
 * A router's snapshot as the value and the text of `router_state.json`.
 *
 * 1. The seven fields that both programs know have their spelling; the rest stands under `logos_console`.
 * 2. The text parsed is the value, and reading either gives the snapshot again.
 * 3. Columns under `logos_console.keys` stand in the order of `idempotency`. Keys that look like array indices come first there,
 *    ascending, because that is where every JavaScript reader finds them; `age_order` then tells which key is how old.
 */
import type { Moment } from "../shared/time.ts";
import type { KeyList } from "./key-list.ts";
import { momentWriter } from "./moment-text.ts";
import { orderIdOf } from "./order-id.ts";
import { put, record } from "./record.ts";
import { keyListOf } from "./router-snapshot.ts";
import type { RouterSnapshot } from "./router-snapshot.ts";
import type { DriftItem, InflightOrder, ReportEvidence } from "./router-types.ts";

/** The version of the `logos_console` section. */
export const SCHEMA_VERSION = 1;

/** Whose state it is, and up to where in the journal. */
export interface StateContext {
  readonly session?: string | null | undefined;
  readonly journalPosition?: number | null | undefined;
}

/** The file's value, plain JSON. */
export type RouterState = Readonly<Record<string, unknown>>;

type Write = (at: Moment) => string;

/** Where the keys stand in the file: rows of the list, and whether that is their age order. */
interface KeyOrder {
  readonly rows: Int32Array;
  readonly byAge: boolean;
}

const INDEX_LIKE = /^(?:0|[1-9]\d{0,9})$/;

/** Whether a JavaScript object would move this key to the front. */
export function isIndexLike(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 48 && first <= 57 && INDEX_LIKE.test(key) && Number(key) < 2 ** 32 - 1;
}

function orderOf(list: KeyList): KeyOrder {
  const rows = Int32Array.from(list.keys, (_, row) => row);
  const indices = rows.filter((row) => isIndexLike(list.keys[row] as string));
  if (indices.length === 0) return { rows, byAge: true };
  indices.sort((a, b) => Number(list.keys[a]) - Number(list.keys[b]));
  const front = new Set(indices);
  const ordered = new Int32Array(rows.length);
  ordered.set(indices);
  ordered.set(
    rows.filter((row) => !front.has(row)),
    indices.length,
  );
  return { rows: ordered, byAge: ordered.every((row, place) => row === place) };
}

/** A number that changes when keys change their order or their text: it ties the columns to the keys that they speak of. */
export function keyCheck(keys: Iterable<string>): number {
  let hash = 0x811c9dc5;
  for (const key of keys) {
    for (let place = 0; place < key.length; place++) hash = Math.imul(hash ^ key.charCodeAt(place), 0x01000193);
    hash = Math.imul(hash ^ 0x1ffff, 0x01000193);
  }
  return hash >>> 0;
}

/** Numbers names by their first appearance, so that a router and its restored twin write the same file. */
function numbered(names: readonly string[], column: Int32Array, rows: Int32Array): { texts: string[]; column: number[] } {
  const numbers = new Int32Array(names.length).fill(-1);
  const texts: string[] = [];
  const out: number[] = [];
  for (const row of rows) {
    const name = column[row] as number;
    if (name < 0) {
      out.push(-1);
      continue;
    }
    if (numbers[name] === -1) numbers[name] = texts.push(names[name] as string) - 1;
    out.push(numbers[name] as number);
  }
  return { texts, column: out };
}

const picked = (column: Float64Array, rows: Int32Array): number[] =>
  Array.from(rows, (row) => {
    const value = column[row] as number;
    return Number.isNaN(value) ? 0 : value;
  });

function keysSection(list: KeyList, order: KeyOrder): Record<string, unknown> {
  const { rows } = order;
  const strategies = numbered(list.strategies, list.strategy, rows);
  const symbols = numbered(list.symbols, list.symbol, rows);
  const placeOf = new Int32Array(rows.length);
  if (!order.byAge) for (const [place, row] of rows.entries()) placeOf[row] = place;
  const keys = order.byAge ? list.keys : Array.from(rows, (row) => list.keys[row] as string);
  return {
    count: rows.length,
    check: keyCheck(keys),
    age_order: order.byAge ? null : Array.from(placeOf),
    strategies: strategies.texts,
    symbols: symbols.texts,
    strategy: strategies.column,
    symbol: symbols.column,
    quantity: picked(list.quantity, rows),
    price: picked(list.price, rows),
    decided_at_us: list.at === null ? null : picked(list.at, rows),
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
  const told = { id, kind, order_id: orderId, text, report: reportSection(report, write), evidence };
  return { ...told, at: write(at), count, review: reviewed };
}

function consoleSection(snapshot: RouterSnapshot, context: StateContext, write: Write): Record<string, unknown> {
  const { latest, retention, fills, counters } = snapshot;
  const rows = Object.entries(fills).map(
    ([id, list]) => [id, list.map(({ fillId, quantity, price }) => [fillId, quantity, price])] as const,
  );
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
    fills: record(rows),
    halt_reasons: reasons,
    drift: { next: snapshot.nextDriftItem, items: snapshot.driftItems.map((item) => itemSection(item, write)) },
    resumes: snapshot.resumes.map((resume) => ({ ...resume, at: write(resume.at) })),
    counters: { accepted: counters.accepted, replays: counters.replays, rejected: counters.rejected },
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
function headSection(snapshot: RouterSnapshot, write: Write): Record<string, unknown> {
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
  const order = orderOf(list);
  const idempotency: Record<string, unknown> = {};
  for (const row of order.rows) {
    const sequence = list.sequence[row] as number;
    const reason = list.reason[row] as string;
    const order_id = sequence > 0 ? orderIdOf(sequence) : null;
    put<unknown>(idempotency, list.keys[row] as string, { accepted: sequence > 0, order_id, reason });
  }
  const beyond = { ...consoleSection(snapshot, context, write), keys: keysSection(list, order) };
  return { ...headSection(snapshot, write), idempotency, logos_console: beyond };
}

/** Rows of text that are made between two breaths. */
const CHUNK_ROWS = 4_096;

/** Whether JSON writes a text as it stands: no quote, backslash, control, or half of a surrogate pair. */
function isPlain(text: string): boolean {
  for (let place = 0; place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (code < 0x20 || code === 0x22 || code === 0x5c || (code >= 0xd800 && code <= 0xdfff)) return false;
  }
  return true;
}

const quoted = (text: string): string => (isPlain(text) ? `"${text}"` : JSON.stringify(text));

function* keyRows(list: KeyList, order: KeyOrder): Generator<string> {
  const { rows } = order;
  const reasons = new Map<string, string>();
  let text = "";
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place] as number;
    const sequence = list.sequence[row] as number;
    const reason = list.reason[row] as string;
    let end = reasons.get(reason);
    if (end === undefined) {
      end = `,"reason":${JSON.stringify(reason)}}`;
      reasons.set(reason, end);
    }
    const decided =
      sequence > 0 ? `:{"accepted":true,"order_id":"${orderIdOf(sequence)}"` : ':{"accepted":false,"order_id":null';
    text += `${place === 0 ? "\n" : ",\n"}${quoted(list.keys[row] as string)}${decided}${end}`;
    if (place % CHUNK_ROWS === CHUNK_ROWS - 1) {
      yield text;
      text = "";
    }
  }
  yield text;
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
  const order = orderOf(list);
  const { rate_counters, inflight, ...scalars } = headSection(snapshot, write);
  const fields = Object.entries(scalars).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const objects = [block("rate_counters", rate_counters as object), block("inflight", inflight as object)];
  yield `{\n${[...fields, ...objects].join(",\n")},\n"idempotency":{`;
  yield* keyRows(list, order);
  yield `${list.keys.length === 0 ? "" : "\n"}},\n"logos_console":{\n`;
  const beyond = Object.entries(consoleSection(snapshot, context, write));
  yield beyond.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",\n");
  yield ',\n"keys":{\n';
  let first = true;
  for (const [name, value] of Object.entries(keysSection(list, order))) {
    yield `${first ? "" : ",\n"}${JSON.stringify(name)}:${JSON.stringify(value)}`;
    first = false;
  }
  yield "\n}\n}\n}\n";
}

/** The text of `router_state.json`, whole. */
export function writeRouterState(snapshot: RouterSnapshot, context: StateContext = {}): string {
  return [...routerStateChunks(snapshot, context)].join("");
}
