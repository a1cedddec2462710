/**
 * What a guard looks at and what it answers.
 *
 * 1. A guard is a function of its arguments: asking changes nothing.
 * 2. Values and limits are exact; they are rounded only where they are written: to eight decimals, below those to eight digits.
 */
import { decimal, plain, ZERO, type Decimal } from "../../shared/decimal.ts";
import type { RiskLimits } from "../../shared/desk.ts";
import type { SymbolMeta } from "../../shared/market.ts";
import type { Moment } from "../../shared/time.ts";
import type { GuardReading } from "../../store/journal/entries.ts";
import type { Books } from "../books/index.ts";
import type { GuardOrder } from "./guard-order.ts";
import type { Exposure, WorkingOrders } from "./exposure.ts";

/** What an account may buy with: a multiple of its equity, or its cash. */
export type BuyingPower = { readonly account: "margin"; readonly leverage: number } | { readonly account: "cash" };

/** What the guards look at; it is read again for each order. */
export interface RiskView {
  readonly books: Books;
  /** Null in a session that was made before accounts had a buying power: nothing is compared there. */
  readonly power: BuyingPower | null;
  assetClassOf(symbol: string): string;
  /** What the venue takes of a symbol; undefined for a symbol that it does not have. */
  venueRules(symbol: string): Pick<SymbolMeta, "lotSize" | "minQuantity" | "minNotional"> | undefined;
  /** The signed value of a quantity at a price, in the account's currency. */
  notional(symbol: string, quantity: Decimal, price: Decimal): Decimal;
  /** By symbol, what works in it. */
  working(): ReadonlyMap<string, WorkingOrders>;
  /** What of one owner works in a symbol. */
  workingOf(owner: string, symbol: string): WorkingOrders;
  /** Volume of the newest bars of a symbol; 0 before the first. */
  recentVolume(symbol: string, bars: number): number;
}

/** The engine's own numbers, and what the account holds and could come to hold. */
export interface RiskState {
  readonly exposure: Exposure;
  /** The value that was traded on the present day. */
  readonly traded: Decimal;
  readonly cooldownUntil: Moment | null;
}

export interface Reading {
  readonly code: string;
  readonly value: Decimal;
  readonly limit: Decimal;
  readonly passed: boolean;
  readonly warning: boolean;
  /** The moment from which the same order passes this guard if nothing else changes; null where time alone does not help. */
  readonly freeAt: Moment | null;
  /** The largest size on the order's side that passes this guard; null where it is not known. */
  readonly largest: Decimal | null;
  readonly detail: string;
}

/** Null where there is no limit to compare with. */
export type Guard = (order: GuardOrder, limits: RiskLimits, view: RiskView, state: RiskState) => Reading | null;

type More = Partial<Pick<Reading, "freeAt" | "warning" | "largest">>;

export function reading(
  code: string,
  value: Decimal,
  limit: Decimal,
  passed: boolean,
  detail: string,
  { freeAt = null, warning = false, largest = null }: More = {},
): Reading {
  return { code, value, limit, passed, warning, freeAt, largest, detail };
}

/** The smallest value that eight decimals can show. */
const SHOWN_MIN = decimal("1e-8");

/** A value as it is written: to eight decimals, and to eight digits where all of those would be zeros. */
export function written(value: Decimal): string {
  return plain(value.abs().lt(SHOWN_MIN) ? value.toSignificantDigits(8) : value.toDecimalPlaces(8));
}

export function journaled(item: Reading): GuardReading {
  const { code, value, limit, passed, warning } = item;
  return { guard: code, value: written(value), limit: written(limit), passed, warning };
}

/** A share of the whole; of a whole that is nothing, more than any limit. */
export const share = (part: Decimal, whole: Decimal): Decimal => (whole.gt(ZERO) ? part.div(whole) : decimal(1e9));
