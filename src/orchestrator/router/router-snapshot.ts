/**
 * The router's saved state in memory: plain, camelCase, moments as integers, nothing that JSON could not hold.
 *
 * 1. A snapshot is immutable: the router continues without changing it.
 * 2. `idempotency`, `keys` and `fills` are made from columns when they are first asked for; who copies or compares a snapshot sees plain
 *    properties. Until then a router or a file is made from the columns directly.
 */
import { CodedError } from "../../shared/errors.ts";
import type { OrderId } from "../../shared/ids.ts";
import type { Moment } from "../../shared/time.ts";
import type { KeyList } from "./key-list.ts";
import { Names } from "./names.ts";
import { orderIdOf, sequenceOf } from "./order-id.ts";
import { put, record } from "../common/record.ts";
import type {
  DriftItem,
  HaltReason,
  InflightOrder,
  OrderInFlightTerms,
  ResumeRecord,
  Retention,
  RouterCounters,
} from "./router-types.ts";
import { fillEntries, fillListOf as listOfFills } from "./seen-fills.ts";
import type { FillList, SeenFill } from "./seen-fills.ts";

/** A key's decision as it is stored. */
export interface StoredDecision {
  readonly accepted: boolean;
  readonly orderId: OrderId | null;
  readonly reason: string;
}

/** A key's payload; the four fields are null where it is not known, `at` where no bound on age asks for it. */
export interface KeyRow {
  readonly key: string;
  readonly strategyId: string | null;
  readonly symbol: string | null;
  readonly quantity: number | null;
  readonly price: number | null;
  readonly at: Moment | null;
}

/** Everything but the keys and the executions. */
export interface RouterHead {
  readonly rateLimitPerSec: number;
  readonly maxInflight: number;
  readonly nextSequence: number;
  readonly halted: boolean;
  /** Strategy → the moments that count in its window, oldest first. */
  readonly rateCounters: Readonly<Record<string, readonly Moment[]>>;
  /** Order id → order. */
  readonly inflight: Readonly<Record<string, InflightOrder>>;
  /** The latest `now` of a submission, null before the first. */
  readonly latest: Moment | null;
  readonly retention: Retention;
  /** Order id → exact filled quantity, of orders in flight that have one. */
  readonly filled: Readonly<Record<string, string>>;
  readonly haltReasons: readonly HaltReason[];
  readonly driftItems: readonly DriftItem[];
  /** The number of the next drift item. */
  readonly nextDriftItem: number;
  readonly resumes: readonly ResumeRecord[];
  readonly counters: RouterCounters;
  /** Whose state it is and up to where in the journal; null where that is not said. */
  readonly session: string | null;
  readonly journalPosition: number | null;
  /** Order id → what else is known of an order in flight; absent where nothing is. The router does not look at it. */
  readonly orders?: Readonly<Record<string, OrderInFlightTerms>>;
}

/** Everything but the keys. */
export interface SnapshotHead extends RouterHead {
  /** Order id → its executions. */
  readonly fills: Readonly<Record<string, readonly SeenFill[]>>;
}

export interface RouterSnapshot extends SnapshotHead {
  /** Key → decision. */
  readonly idempotency: Readonly<Record<string, StoredDecision>>;
  /** The keys with their payloads, oldest first. */
  readonly keys: readonly KeyRow[];
}

const lists = new WeakMap<object, KeyList>();
const executions = new WeakMap<object, FillList>();

function decisionsOf(list: KeyList): Record<string, StoredDecision> {
  const decisions: Record<string, StoredDecision> = {};
  for (let row = 0; row < list.keys.length; row++) {
    const sequence = list.sequence[row] as number;
    const reason = list.reason[row] as string;
    const decision =
      sequence > 0
        ? { accepted: true, orderId: orderIdOf(sequence), reason }
        : { accepted: false, orderId: null, reason };
    put<StoredDecision>(decisions, list.keys[row] as string, decision);
  }
  return decisions;
}

function rowsOf(list: KeyList): KeyRow[] {
  return list.keys.map((key, row) => {
    const strategy = list.strategy[row] as number;
    const at = list.at === null ? null : (list.at[row] as Moment);
    if (strategy < 0) return { key, strategyId: null, symbol: null, quantity: null, price: null, at };
    return {
      key,
      strategyId: list.strategies[strategy] as string,
      symbol: list.symbols[list.symbol[row] as number] as string,
      quantity: list.quantity[row] as number,
      price: list.price[row] as number,
      at,
    };
  });
}

/** Adds a property that is made of columns when it is first read, and plain from then on. */
function lazily(snapshot: RouterHead, columns: WeakMap<object, unknown>, name: string, make: () => unknown): void {
  const plain = { enumerable: true, configurable: true };
  const get = (): unknown => {
    const value = make();
    Object.defineProperty(snapshot, name, { ...plain, writable: true, value });
    // From here on the caller holds what the columns hold, and may change it: the columns are no longer the truth.
    columns.delete(snapshot);
    return value;
  };
  const set = (value: unknown): void => {
    Object.defineProperty(snapshot, name, { ...plain, writable: true, value });
    columns.delete(snapshot);
  };
  Object.defineProperty(snapshot, name, { ...plain, get, set });
}

/** A snapshot of these parts. */
export function snapshotOf(head: RouterHead, fills: FillList, list: KeyList): RouterSnapshot {
  const snapshot = { ...head };
  lists.set(snapshot, list);
  executions.set(snapshot, fills);
  lazily(snapshot, executions, "fills", () => record(fillEntries(fills)));
  lazily(snapshot, lists, "idempotency", () => decisionsOf(list));
  lazily(snapshot, lists, "keys", () => rowsOf(list));
  return snapshot as RouterSnapshot;
}

/** A snapshot as plain data that crosses between threads: its columns, and no object for each key or execution. */
export interface SnapshotParts {
  readonly head: RouterHead;
  readonly fills: FillList;
  readonly list: KeyList;
}

const COLUMNS: ReadonlySet<string> = new Set(["fills", "idempotency", "keys"]);

/** The parts of a snapshot; `snapshotOf` makes the snapshot of them again. */
export function partsOf(snapshot: RouterSnapshot): SnapshotParts {
  const [list, fills] = [keyListOf(snapshot), fillListOf(snapshot)];
  const names = Object.keys(snapshot).filter((name) => !COLUMNS.has(name)) as (keyof RouterHead)[];
  const head = Object.fromEntries(names.map((name) => [name, snapshot[name]])) as unknown as RouterHead;
  return { head, fills, list };
}

/** The executions of a snapshot as columns, made again when it was copied or read since. */
export function fillListOf(snapshot: RouterSnapshot): FillList {
  return executions.get(snapshot) ?? listOfFills(snapshot.fills);
}

/** The columns of a snapshot, made again when it was copied or read since. Throws a CodedError when keys and rows disagree. */
export function keyListOf(snapshot: RouterSnapshot): KeyList {
  const known = lists.get(snapshot);
  if (known !== undefined) return known;
  const { idempotency, keys } = snapshot;
  const count = keys.length;
  const strategies = new Names();
  const symbols = new Names();
  const list = {
    keys: keys.map((row) => row.key),
    sequence: new Float64Array(count),
    reason: [] as string[],
    strategy: new Int32Array(count).fill(-1),
    symbol: new Int32Array(count).fill(-1),
    quantity: new Float64Array(count).fill(Number.NaN),
    price: new Float64Array(count).fill(Number.NaN),
    at: snapshot.retention.maxAge === null ? null : new Float64Array(count),
  };
  if (new Set(list.keys).size !== count || Object.keys(idempotency).length !== count)
    throw new CodedError("snapshot_invalid", "The snapshot's keys and its decisions are not the same ones.");
  for (const [place, row] of keys.entries()) {
    const decision = Object.hasOwn(idempotency, row.key) ? idempotency[row.key] : undefined;
    if (decision === undefined)
      throw new CodedError("snapshot_invalid", `The snapshot has no decision for the key ${JSON.stringify(row.key)}.`);
    list.sequence[place] = decision.orderId === null ? 0 : (sequenceOf(decision.orderId) ?? Number.NaN);
    list.reason.push(decision.reason);
    if (list.at !== null) list.at[place] = row.at ?? snapshot.latest ?? 0;
    if (row.strategyId === null || row.symbol === null) continue;
    list.strategy[place] = strategies.numberOf(row.strategyId);
    list.symbol[place] = symbols.numberOf(row.symbol);
    list.quantity[place] = row.quantity ?? Number.NaN;
    list.price[place] = row.price ?? Number.NaN;
  }
  return { ...list, strategies: strategies.texts(), symbols: symbols.texts() };
}

/** Throws `snapshot_limits_differ` where a limit is configured and is not the snapshot's. */
export function sameLimit(field: string, inSnapshot: number, configured: number | undefined): void {
  if (configured === undefined || configured === inSnapshot) return;
  throw new CodedError(
    "snapshot_limits_differ",
    `The snapshot was taken with ${field} ${inSnapshot}, and the configuration says ${configured}; ` +
      "change the configuration, or ask for the snapshot's limits.",
    { field, snapshot: inSnapshot, configured },
  );
}
