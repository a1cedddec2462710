/**
 * Reads `router_state.json`, whatever program wrote it, and refuses whatever is wrong with it.
 *
 * 1. Fail closed: a snapshot comes back whole and consistent, or a `snapshot_invalid` names the file, the place and the rule.
 * 2. A file without `logos_console` is one of Logos' own: payloads are known of orders in flight only, all else starts empty.
 * 3. Reading the text and reading the parsed value give the same snapshot.
 */
import * as z from "zod/mini";
import { CodedError } from "../../shared/errors.ts";
import type { Moment } from "../../shared/time.ts";
import { readFills } from "./fill-columns.ts";
import { JsonReader } from "./json-reader.ts";
import { decidedSequence, readIdempotency, KeyColumns } from "./key-columns.ts";
import { leaveIndex } from "../router/key-list.ts";
import type { KeyList } from "../router/key-list.ts";
import { momentReader } from "./moment-text.ts";
import { sequenceOf } from "../router/order-id.ts";
import { shown, TEXT_MAX } from "../router/order-request.ts";
import { put } from "../common/record.ts";
import { snapshotOf } from "../router/router-snapshot.ts";
import type { RouterHead, RouterSnapshot } from "../router/router-snapshot.ts";
import { keyCheck, reordered } from "./key-order.ts";
import { consoleSectionOf, NO_CONSOLE_SECTION } from "./router-state-section.ts";
import type { ConsoleSection } from "./router-state-section.ts";
import type { InflightOrder } from "../router/router-types.ts";
import { checked, entriesOf, type ReadMoment } from "./state-check.ts";
import { Faults } from "./state-fault.ts";
import type { Step } from "./state-fault.ts";

/** A million keys with their columns are about 130 MB of text. */
export const ROUTER_STATE_TEXT_MAX = 256_000_000;

export interface ReadOptions {
  /** The file as an error names it; `router_state.json` when absent. */
  readonly fileName?: string | undefined;
}

const text = z.string().check(z.minLength(1), z.maxLength(TEXT_MAX));
const whole = z.number().check(z.int(), z.gte(1));

const HEAD = z.object({
  rate_limit_per_sec: whole,
  max_inflight: whole,
  next_sequence: whole,
  halted: z.boolean(),
});
const ORDER = z.object({
  strategy_id: text,
  symbol: text,
  quantity: z.number(),
  price: z.number(),
  client_order_id: text,
  idempotency_key: z.optional(z.nullable(text)),
  timestamp: z.string(),
});
const DECISION = z.object({ accepted: z.boolean(), order_id: z.nullable(z.string()), reason: text });

/** Sections that are read from their text. */
const SECTIONS = { idempotency: readIdempotency, "logos_console/fills": readFills };

/** Throws `snapshot_invalid`, or `too_large` for a text beyond `ROUTER_STATE_TEXT_MAX`. */
export function readRouterState(source: string, options: ReadOptions = {}): RouterSnapshot {
  const fileName = options.fileName ?? "router_state.json";
  if (source.length > ROUTER_STATE_TEXT_MAX)
    throw new CodedError(
      "too_large",
      `${fileName} has ${source.length} characters, and may have ${ROUTER_STATE_TEXT_MAX}. Nothing was changed.`,
    );
  const faults = new Faults(fileName);
  const json = source.charCodeAt(0) === 0xfeff ? source.slice(1) : source;
  return assemble(new JsonReader(json, faults, SECTIONS).read(), faults);
}

/** The snapshot of a parsed file. Throws `snapshot_invalid`. */
export function fromRouterState(json: unknown, options: ReadOptions = {}): RouterSnapshot {
  return assemble(json, new Faults(options.fileName ?? "router_state.json"));
}

function assemble(json: unknown, faults: Faults): RouterSnapshot {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    faults.fail([], "the file must hold one JSON object");
  const file = json as Record<string, unknown>;
  for (const name of ["rate_counters", "inflight", "idempotency"])
    if (!Object.hasOwn(file, name)) faults.fail([name], "the field must be there");
  const head = checked(HEAD, file, [], faults);
  const readAt = reading(faults);
  const rateCounters = countersOf(file["rate_counters"], readAt, faults);
  const inflight = inflightOf(file["inflight"], head.next_sequence, readAt, faults);
  const columns =
    file["idempotency"] instanceof KeyColumns ? file["idempotency"] : columnsOf(file["idempotency"], faults);
  checkOrders(columns, inflight, head.next_sequence, faults);
  const extra = Object.hasOwn(file, "logos_console") ? file["logos_console"] : undefined;
  const section = extra === undefined ? NO_CONSOLE_SECTION : consoleSectionOf(extra, readAt, faults);
  for (const id of Object.keys(section.filled))
    if (!Object.hasOwn(inflight, id)) faults.fail(["logos_console", "filled", id], "the order must be in flight");
  for (const id of Object.keys(section.orders ?? {}))
    if (!Object.hasOwn(inflight, id)) faults.fail(["logos_console", "orders", id], "the order must be in flight");
  if (extra !== undefined) checkHalt(head.halted, section, faults);
  const list = listOf(columns, inflight, section, faults);
  const { keys: _keys, fills, ...stated } = section;
  const halted = withReason(stated, head.halted, extra === undefined, newestOf(inflight, rateCounters));
  const snapshotHead: RouterHead = {
    ...halted,
    rateLimitPerSec: head.rate_limit_per_sec,
    maxInflight: head.max_inflight,
    nextSequence: head.next_sequence,
    halted: head.halted,
    rateCounters,
    inflight,
  };
  return snapshotOf(snapshotHead, fills, list);
}

/** Reads times; what is none is reported with its place. */
function reading(faults: Faults): ReadMoment {
  const read = momentReader();
  return (value, steps) =>
    (typeof value === "string" ? read(value) : null) ??
    faults.fail(steps, `a time must be ISO 8601, as 2024-01-01T09:33:00+00:00, and this is ${JSON.stringify(value)}`);
}

function countersOf(value: unknown, readAt: ReadMoment, faults: Faults): Record<string, Moment[]> {
  const counters: Record<string, Moment[]> = {};
  for (const [strategy, times] of entriesOf(value, ["rate_counters"], faults)) {
    const place: Step[] = ["rate_counters", strategy];
    if (!Array.isArray(times)) faults.fail(place, "the value must be a list of times");
    const moments = (times as unknown[]).map((time, index) => readAt(time, [...place, index]));
    // Times that were written out of order count all the same; the window wants them in order.
    if (moments.length > 0)
      put(
        counters,
        strategy,
        moments.toSorted((a, b) => a - b),
      );
  }
  return counters;
}

function inflightOf(
  value: unknown,
  nextSequence: number,
  readAt: ReadMoment,
  faults: Faults,
): Record<string, InflightOrder> {
  const rows: [number, string, InflightOrder][] = [];
  for (const [id, raw] of entriesOf(value, ["inflight"], faults)) {
    const place: Step[] = ["inflight", id];
    const sequence =
      sequenceOf(id) ?? faults.fail(place, "an order id must be ROUTER- and its number of eight digits or more");
    if (sequence >= nextSequence) tooLate(place, sequence, nextSequence, faults);
    const order = checked(ORDER, raw, place, faults);
    if (order.quantity === 0) faults.fail([...place, "quantity"], "the quantity must not be 0");
    rows.push([
      sequence,
      id,
      {
        strategyId: order.strategy_id,
        symbol: order.symbol,
        quantity: order.quantity,
        price: order.price + 0,
        clientOrderId: order.client_order_id,
        idempotencyKey: order.idempotency_key ?? null,
        timestamp: readAt(order.timestamp, [...place, "timestamp"]),
      },
    ]);
  }
  rows.sort(([a], [b]) => a - b);
  return Object.fromEntries(rows.map(([, id, order]) => [id, order]));
}

function tooLate(place: readonly Step[], sequence: number, nextSequence: number, faults: Faults): never {
  return faults.fail(
    place,
    `next_sequence, ${nextSequence}, must be greater than every order's number, and this is ${sequence}`,
  );
}

/** The columns of a record that the language's own reader made. */
function columnsOf(value: unknown, faults: Faults): KeyColumns {
  const columns = new KeyColumns();
  const twice = (key: string): never => faults.fail(["idempotency", key], "no key may occur twice");
  for (const [key, raw] of entriesOf(value, ["idempotency"], faults)) {
    const { accepted, order_id, reason } = checked(DECISION, raw, ["idempotency", key], faults);
    const sequence = decidedSequence(key, accepted, order_id, faults);
    columns.add(key, sequence, reason, faults, twice);
  }
  return columns;
}

/** Invariant 1 between keys and orders: one order, one key; an order in flight has its accepted decision. */
function checkOrders(
  columns: KeyColumns,
  inflight: Readonly<Record<string, InflightOrder>>,
  nextSequence: number,
  faults: Faults,
): void {
  const { keys, sequence } = columns;
  let ascending = 0;
  let seen: Set<number> | null = null;
  for (let row = 0; row < keys.length; row++) {
    const number = sequence[row] as number;
    if (number === 0) continue;
    const place = (): Step[] => ["idempotency", keys[row] as string, "order_id"];
    if (number >= nextSequence) tooLate(place(), number, nextSequence, faults);
    // Orders are decided in ascending order, so a set is needed only for a file that was sorted otherwise.
    if (seen === null && number <= ascending) seen = new Set(sequence.slice(0, row));
    if (seen?.has(number) === true) faults.fail(place(), "no two keys may have the same order");
    seen?.add(number);
    ascending = Math.max(ascending, number);
  }
  for (const [id, order] of Object.entries(inflight)) {
    const key = order.idempotencyKey ?? `${order.strategyId}:${order.clientOrderId}`;
    const row = columns.index.get(key, keys);
    if (row < 0 || sequence[row] !== sequenceOf(id) || columns.reason[row] !== "accepted")
      faults.fail(["inflight", id], `idempotency must hold its accepted decision under the key ${JSON.stringify(key)}`);
  }
}

/** A halt has a reason; and a reason halts, as does drift that has no review. */
function checkHalt(halted: boolean, section: ConsoleSection, faults: Faults): void {
  const reasons = section.haltReasons.length;
  const open = section.driftItems.filter((item) => item.review === null).length;
  if (halted ? reasons > 0 : reasons + open === 0) return;
  const found = `logos_console has ${reasons} halt_reasons and ${open} drift items without a review`;
  faults.fail(
    ["halted"],
    `a router is halted exactly while it has a reason to be; this is ${String(halted)}, and ${found}`,
  );
}

function checkSign(id: string, order: InflightOrder, faults: Faults): void {
  if (order.price < 0) faults.fail(["inflight", id, "price"], "the price must be at least 0");
}

/** What is said of an order in flight is what is said of its key; of one that was replaced, whose it is and its side. */
function checkPayloads(
  columns: KeyColumns,
  list: KeyList,
  inflight: Readonly<Record<string, InflightOrder>>,
  orders: ConsoleSection["orders"],
  faults: Faults,
): void {
  for (const [id, order] of Object.entries(inflight)) {
    const row = columns.index.get(order.idempotencyKey ?? `${order.strategyId}:${order.clientOrderId}`, columns.keys);
    const strategy = list.strategy[row] as number;
    if (strategy === -1) {
      checkSign(id, order, faults);
      continue;
    }
    const [quantity, price] = [list.quantity[row] as number, list.price[row] as number];
    const replaced =
      Object.hasOwn(orders ?? {}, id) && orders?.[id]?.replaced === true && order.quantity < 0 === quantity < 0;
    // A price below 0 is of an instrument that allows it where the key was decided on the same, or a replace was.
    if (!replaced && order.price !== price) checkSign(id, order, faults);
    const fields = [
      ["strategy_id", order.strategyId, list.strategies[strategy]],
      ["symbol", order.symbol, list.symbols[list.symbol[row] as number]],
      ...(replaced
        ? []
        : ([
            ["quantity", order.quantity, quantity],
            ["price", order.price, price],
          ] as const)),
    ] as const;
    for (const [field, ours, other] of fields)
      if (ours !== other)
        faults.fail(
          ["inflight", id, field],
          `the order and its key must agree; this is ${shown(ours)}, and logos_console.keys has ${shown(other)}`,
        );
  }
}

/** The columns with their payloads, oldest key first. */
function listOf(
  columns: KeyColumns,
  inflight: Readonly<Record<string, InflightOrder>>,
  section: ConsoleSection,
  faults: Faults,
): KeyList {
  const count = columns.keys.length;
  const stated = section.keys;
  const place: Step[] = ["logos_console", "keys"];
  if (stated !== null && (stated.count !== count || stated.check !== keyCheck(columns.keys)))
    faults.fail(
      place,
      "it speaks of other keys than idempotency does; the file was changed by hand or by another program",
    );
  const base = {
    keys: columns.keys,
    sequence: new Float64Array(columns.sequence),
    reason: columns.reason,
    at:
      section.retention.maxAge === null
        ? null
        : Float64Array.from(stated?.decidedAt ?? Array<number>(count).fill(section.latest ?? 0)),
  };
  if (stated === null) return withoutPayloads(base, columns, inflight, section, faults);
  const strategy = new Int32Array(stated.strategy);
  const symbol = new Int32Array(stated.symbol);
  const quantity = new Float64Array(stated.quantity);
  const price = new Float64Array(stated.price);
  for (let row = 0; row < count; row++)
    if (strategy[row] === -1) {
      quantity[row] = Number.NaN;
      price[row] = Number.NaN;
    } else if (price[row] === 0) price[row] = 0;
  const list: KeyList = {
    ...base,
    strategy,
    symbol,
    quantity,
    price,
    strategies: stated.strategies,
    symbols: stated.symbols,
  };
  checkPayloads(columns, list, inflight, section.orders, faults);
  if (stated.ageOrder !== null) return reordered(list, stated.ageOrder);
  leaveIndex(list, columns.index);
  return list;
}

type Base = Pick<KeyList, "keys" | "sequence" | "reason" | "at">;

/** A file of Logos: the payloads of orders in flight are known, and no others. */
function withoutPayloads(
  base: Base,
  columns: KeyColumns,
  inflight: Readonly<Record<string, InflightOrder>>,
  section: ConsoleSection,
  faults: Faults,
): KeyList {
  const count = base.keys.length;
  const strategies: string[] = [];
  const symbols: string[] = [];
  const numberIn = (names: string[], name: string): number => {
    const known = names.indexOf(name);
    return known >= 0 ? known : names.push(name) - 1;
  };
  const list = {
    ...base,
    strategy: new Int32Array(count).fill(-1),
    symbol: new Int32Array(count).fill(-1),
    quantity: new Float64Array(count).fill(Number.NaN),
    price: new Float64Array(count).fill(Number.NaN),
    at: section.retention.maxAge === null ? null : (base.at as Float64Array),
    strategies,
    symbols,
  };
  for (const [id, order] of Object.entries(inflight)) {
    checkSign(id, order, faults);
    const row = columns.index.get(order.idempotencyKey ?? `${order.strategyId}:${order.clientOrderId}`, columns.keys);
    list.strategy[row] = numberIn(strategies, order.strategyId);
    list.symbol[row] = numberIn(symbols, order.symbol);
    list.quantity[row] = order.quantity;
    list.price[row] = order.price;
  }
  leaveIndex(list, columns.index);
  return list;
}

function newestOf(
  inflight: Readonly<Record<string, InflightOrder>>,
  counters: Readonly<Record<string, readonly Moment[]>>,
): Moment {
  let newest = 0;
  for (const order of Object.values(inflight)) newest = Math.max(newest, order.timestamp);
  for (const moments of Object.values(counters)) newest = Math.max(newest, moments.at(-1) ?? 0);
  return newest as Moment;
}

/** Logos does not write why it halted; a reader of the file must see that it did. */
function withReason<Stated extends Pick<RouterHead, "haltReasons">>(
  stated: Stated,
  halted: boolean,
  foreign: boolean,
  at: Moment,
): Stated {
  if (!halted || !foreign) return stated;
  const message =
    "The restored file says halted and does not say why: look at the system that wrote it before you resume.";
  const reason = { kind: "fault", id: null, code: "halted_in_file", message, orderId: null, report: null, at } as const;
  return { ...stated, haltReasons: [reason] };
}
