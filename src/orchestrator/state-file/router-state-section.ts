/**
 * Reads the `logos_console` section of a state file: what this program knows beyond Logos.
 *
 * 1. A section of another schema version is refused: guessing at it would be a wrong answer that looks right.
 * 2. Everything that a later decision rests on is checked here, so that a restored router needs to doubt nothing.
 */
import * as z from "zod/mini";
import { TEXT_MAX } from "../router/order-request.ts";
import { NAME_MAX, NOTE_MAX } from "../router/drift-board.ts";
import { put } from "../common/record.ts";
import type { RouterHead } from "../router/router-snapshot.ts";
import { SCHEMA_VERSION } from "./router-state.ts";
import { DRIFT_KINDS } from "../../shared/drift.ts";
import { HALT_SOURCES } from "../router/router-types.ts";
import type { DriftItem, HaltReason, ReportEvidence } from "../router/router-types.ts";
import { SeenFills } from "../router/seen-fills.ts";
import type { FillList } from "../router/seen-fills.ts";
import { termsOf } from "./order-terms.ts";
import { checked, entriesOf, type ReadMoment, withoutMinusZero } from "./state-check.ts";
import type { Faults, Step } from "./state-fault.ts";

/** The columns of the keys as the file has them. */
export interface KeysSection {
  readonly count: number;
  readonly check: number;
  /** Where the n-th oldest key stands; null where the file's order is the order of age. */
  readonly ageOrder: readonly number[] | null;
  readonly strategies: readonly string[];
  readonly symbols: readonly string[];
  readonly strategy: readonly number[];
  readonly symbol: readonly number[];
  readonly quantity: readonly number[];
  readonly price: readonly number[];
  readonly decidedAt: readonly number[] | null;
}

type Beyond = Omit<
  RouterHead,
  "rateLimitPerSec" | "maxInflight" | "nextSequence" | "halted" | "rateCounters" | "inflight"
>;

export interface ConsoleSection extends Beyond {
  readonly keys: KeysSection | null;
  readonly fills: FillList;
}

/** Of a file that has none. */
export const NO_CONSOLE_SECTION: ConsoleSection = {
  keys: null,
  latest: null,
  retention: { maxKeys: null, maxAge: null },
  filled: {},
  fills: new SeenFills().list(),
  haltReasons: [],
  driftItems: [],
  nextDriftItem: 1,
  resumes: [],
  counters: { accepted: 0, rejected: {}, replays: 0, conflicts: 0 },
  session: null,
  journalPosition: null,
};

const text = z.string().check(z.minLength(1), z.maxLength(TEXT_MAX));
const long = z.string().check(z.maxLength(NOTE_MAX));
const count = z.number().check(z.int(), z.gte(0));
const whole = z.number().check(z.int(), z.gte(1));

const REPORT = z.nullable(
  z.object({
    order_id: z.string(),
    status: z.string(),
    filled_qty: z.nullable(z.number()),
    timestamp: z.string(),
    fill_id: z.nullable(z.string()),
    price: z.nullable(z.number()),
  }),
);
const ITEM = z.object({
  id: z.string().check(z.regex(/^DRIFT-\d{4,}$/)),
  kind: z.enum(DRIFT_KINDS),
  order_id: z.nullable(z.string()),
  text: long,
  report: REPORT,
  evidence: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  at: z.string(),
  count: whole,
  review: z.nullable(
    z.object({
      action: z.enum(["adopt", "dismiss"]),
      operator: z.string().check(z.maxLength(NAME_MAX)),
      note: long,
      strategy: z.nullable(z.string()),
      at: z.string(),
    }),
  ),
});
const REASON = z.object({
  kind: z.enum([...DRIFT_KINDS, ...HALT_SOURCES]),
  id: z.nullable(z.string()),
  code: text,
  message: long,
  order_id: z.nullable(z.string()),
  report: REPORT,
  at: z.string(),
});
const HEAD = z.object({
  schema_version: whole,
  session: z.nullable(text),
  journal_position: z.nullable(count),
  latest_submission: z.nullable(z.string()),
  retention: z.object({ max_keys: z.nullable(whole), max_age_us: z.nullable(whole) }),
  filled: z.unknown(),
  fills: z.unknown(),
  halt_reasons: z.array(REASON),
  drift: z.object({ next: whole, items: z.array(ITEM) }),
  resumes: z.array(z.object({ operator: z.string(), note: long, at: z.string(), reasons: count })),
  counters: z.object({ accepted: count, replays: count, rejected: z.record(z.string(), count) }),
  orders: z.optional(z.unknown()),
  keys: z.unknown(),
});
const KEYS = z.object({
  count,
  check: count,
  age_order: z.nullable(z.unknown()),
  strategies: z.array(text),
  symbols: z.array(text),
  strategy: z.unknown(),
  symbol: z.unknown(),
  quantity: z.unknown(),
  price: z.unknown(),
  decided_at_us: z.unknown(),
});

const SECTION = "logos_console";

/** The section, or a fault. */
export function consoleSectionOf(value: unknown, readAt: ReadMoment, faults: Faults): ConsoleSection {
  const version = checked(z.object({ schema_version: whole }), value, [SECTION], faults).schema_version;
  if (version !== SCHEMA_VERSION)
    faults.fail(
      [SECTION, "schema_version"],
      `this program reads version ${SCHEMA_VERSION}, and the file has ${version}`,
    );
  // The long parts are read where they are checked; only the short ones are worth a copy.
  const { keys, fills, filled, orders, ...short } = checked(HEAD, value, [SECTION], faults);
  const head = { ...withoutMinusZero(short), keys, fills, filled };
  const { rejected, accepted, replays } = head.counters;
  const terms = termsOf(orders, [SECTION, "orders"], readAt, faults);
  return {
    keys: keysOf(head.keys, faults),
    latest: head.latest_submission === null ? null : readAt(head.latest_submission, [SECTION, "latest_submission"]),
    retention: { maxKeys: head.retention.max_keys, maxAge: head.retention.max_age_us },
    filled: filledOf(head.filled, faults),
    fills: fillsOf(head.fills, faults),
    haltReasons: head.halt_reasons.map((reason, index): HaltReason => {
      const place: Step[] = [SECTION, "halt_reasons", index];
      const { kind, id, code, message, order_id: orderId } = reason;
      return {
        kind,
        id,
        code,
        message,
        orderId,
        report: reportOf(reason.report, place, readAt),
        at: readAt(reason.at, [...place, "at"]),
      };
    }),
    driftItems: itemsOf(head.drift.items, head.drift.next, readAt, faults),
    nextDriftItem: head.drift.next,
    resumes: head.resumes.map((resume, index) => ({
      ...resume,
      at: readAt(resume.at, [SECTION, "resumes", index, "at"]),
    })),
    counters: { accepted, replays, rejected, conflicts: rejected["idempotency_conflict"] ?? 0 },
    session: head.session,
    journalPosition: head.journal_position,
    ...(terms === undefined ? {} : { orders: terms }),
  };
}

function reportOf(report: z.output<typeof REPORT>, place: readonly Step[], readAt: ReadMoment): ReportEvidence | null {
  if (report === null) return null;
  const { order_id: orderId, status, filled_qty: filledQty, fill_id: fillId, price } = report;
  return {
    orderId,
    status,
    filledQty,
    timestamp: readAt(report.timestamp, [...place, "report", "timestamp"]),
    fillId,
    price,
  };
}

function itemsOf(
  items: readonly z.output<typeof ITEM>[],
  next: number,
  readAt: ReadMoment,
  faults: Faults,
): DriftItem[] {
  const seen = new Set<string>();
  return items.map((item, index) => {
    const place: Step[] = [SECTION, "drift", "items", index];
    if (seen.has(item.id)) faults.fail([...place, "id"], "no two items may have the same id");
    if (Number(item.id.slice("DRIFT-".length)) >= next)
      faults.fail([...place, "id"], "drift.next must be greater than every item's number");
    seen.add(item.id);
    const { id, kind, order_id: orderId, evidence, count: times } = item;
    const review =
      item.review === null ? null : { ...item.review, at: readAt(item.review.at, [...place, "review", "at"]) };
    const report = reportOf(item.report, place, readAt);
    return {
      id,
      kind,
      orderId,
      text: item.text,
      report,
      evidence,
      at: readAt(item.at, [...place, "at"]),
      count: times,
      review,
    };
  });
}

/** As long as sums of the largest and the smallest numbers become. */
const DECIMAL = /^\d{1,320}(?:\.\d{1,400})?$/;

function filledOf(value: unknown, faults: Faults): Record<string, string> {
  const filled: Record<string, string> = {};
  for (const [id, sum] of entriesOf(value, [SECTION, "filled"], faults)) {
    if (typeof sum !== "string" || !DECIMAL.test(sum))
      faults.fail([SECTION, "filled", id], "a filled quantity must be a decimal number as text");
    put(filled, id, sum);
  }
  return filled;
}

const FILLS = z.array(z.tuple([text, z.number(), z.nullable(z.number())]));

/** What `FILLS` lets in, seen at a fraction of its cost: there may be a row for every order of a session. */
function areFills(value: unknown): value is z.output<typeof FILLS> {
  if (!Array.isArray(value)) return false;
  for (const row of value as unknown[]) {
    if (!Array.isArray(row) || row.length !== 3) return false;
    const [fillId, quantity, price] = row as unknown[];
    if (typeof fillId !== "string" || fillId.length === 0 || fillId.length > TEXT_MAX) return false;
    if (!Number.isFinite(quantity) || (price !== null && !Number.isFinite(price))) return false;
  }
  return true;
}

function fillsOf(value: unknown, faults: Faults): FillList {
  if (value instanceof SeenFills) return value.release();
  const seen = new SeenFills();
  for (const [id, rows] of entriesOf(value, [SECTION, "fills"], faults)) {
    const place: Step[] = [SECTION, "fills", id];
    const list = areFills(rows) ? rows : checked(FILLS, rows, place, faults);
    for (const [fillId, quantity, price] of list)
      seen.push(id, fillId, quantity + 0, price === null ? Number.NaN : price + 0);
    if (list.length > 1 && new Set(list.map(([fillId]) => fillId)).size !== list.length)
      faults.fail(place, "no fill id may occur twice");
  }
  return seen.release();
}

/** A column: as many finite numbers as there are keys, each of which passes. */
function column(
  value: unknown,
  name: string,
  rows: number,
  faults: Faults,
  passes: (number: number) => boolean,
): number[] {
  const place: Step[] = [SECTION, "keys", name];
  if (!Array.isArray(value) || value.length !== rows)
    faults.fail(place, `the list must have ${rows} numbers, one for each key`);
  const list = value as unknown[];
  for (let row = 0; row < rows; row++) {
    const number = list[row];
    if (typeof number !== "number" || !passes(number)) faults.fail([...place, row], "the number is out of its range");
  }
  return list as number[];
}

/** What is evicted first is found by age, so the moments must agree with the order. */
function ascending(decidedAt: readonly number[], ageOrder: readonly number[] | null, faults: Faults): void {
  const place: Step[] = [SECTION, "keys", "decided_at_us"];
  let newest = Number.NEGATIVE_INFINITY;
  for (let age = 0; age < decidedAt.length; age++) {
    const row = ageOrder === null ? age : (ageOrder[age] as number);
    const at = decidedAt[row] as number;
    if (at < newest) faults.fail([...place, row], "the moments must ascend from the oldest key to the newest");
    newest = at;
  }
}

function noneTwice(names: readonly string[], field: string, faults: Faults): void {
  if (new Set(names).size !== names.length) faults.fail([SECTION, "keys", field], "no name may occur twice");
}

function keysOf(value: unknown, faults: Faults): KeysSection {
  const keys = checked(KEYS, value, [SECTION, "keys"], faults);
  const rows = keys.count;
  noneTwice(keys.strategies, "strategies", faults);
  noneTwice(keys.symbols, "symbols", faults);
  const placeIn = (names: readonly string[]) => (number: number) =>
    Number.isInteger(number) && number >= -1 && number < names.length;
  const strategy = column(keys.strategy, "strategy", rows, faults, placeIn(keys.strategies));
  const symbol = column(keys.symbol, "symbol", rows, faults, placeIn(keys.symbols));
  for (let row = 0; row < rows; row++)
    if ((strategy[row] === -1) !== (symbol[row] === -1))
      faults.fail([SECTION, "keys", "symbol", row], "a payload is known whole or not at all");
  const inRows = (number: number): boolean => Number.isInteger(number) && number >= 0 && number < rows;
  const ageOrder = keys.age_order === null ? null : column(keys.age_order, "age_order", rows, faults, inRows);
  if (ageOrder !== null && new Set(ageOrder).size !== rows)
    faults.fail([SECTION, "keys", "age_order"], "each key must occur in it once");
  const decidedAt =
    keys.decided_at_us === null
      ? null
      : column(keys.decided_at_us, "decided_at_us", rows, faults, Number.isSafeInteger);
  const quantity = column(keys.quantity, "quantity", rows, faults, Number.isFinite);
  for (let row = 0; row < rows; row++)
    if (strategy[row] !== -1 && quantity[row] === 0)
      faults.fail([SECTION, "keys", "quantity", row], "the quantity of a known payload must not be 0");
  if (decidedAt !== null) ascending(decidedAt, ageOrder, faults);
  return {
    count: rows,
    check: keys.check,
    ageOrder,
    strategies: keys.strategies,
    symbols: keys.symbols,
    strategy,
    symbol,
    quantity,
    // Below 0 where the order's instrument allows it; that of an order in flight must be its order's own.
    price: column(keys.price, "price", rows, faults, Number.isFinite),
    decidedAt,
  };
}
