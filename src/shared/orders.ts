/**
 * What an order can ask for: its types, prices, times in force and links, and the one check of them.
 *
 * 1. `ORDER_TYPES` and `TIMES_IN_FORCE` are the only tables of what a type or a time in force needs and takes.
 * 2. An absent field means what it meant before the field existed: `limit` with a limit price, else `market`; good till canceled;
 *    neither post-only nor reduce-only; no links.
 * 3. A field that is unknown, missing, or not taken by the type is named; nothing is dropped or guessed.
 */
import type { Moment } from "./time.ts";

export type OrderType = "market" | "limit" | "stop" | "stop_limit" | "trailing_stop";
export type TimeInForce = "gtc" | "day" | "gtd" | "ioc" | "fok";

/** How far a trailing stop stays behind the best price: in units of price, or in percent of that price. */
export type Trail<Amount = number> = { readonly amount: Amount } | { readonly percent: Amount };

/** What every order has beside symbol and quantity. `Amount` is a number in a strategy and an exact decimal text on the way to a venue. */
export interface OrderTerms<Amount = number> {
  readonly type?: OrderType;
  readonly limitPrice?: Amount;
  readonly stopPrice?: Amount;
  readonly trail?: Trail<Amount>;
  readonly timeInForce?: TimeInForce;
  /** The end of a `gtd` order, in microseconds. */
  readonly expiresAt?: Moment;
  /** Rejected with `would_take` where it would trade at once. */
  readonly postOnly?: boolean;
  /** Never makes a position larger and never turns it. */
  readonly reduceOnly?: boolean;
}

type PriceField = "limitPrice" | "stopPrice" | "trail";

interface TypeRule {
  /** Exactly these prices: each must be there, and no other may be. */
  readonly needs: readonly PriceField[];
  readonly postOnly: boolean;
  /** The part of a bracket that an order of this type can be; null where it can be none. */
  readonly bracket: "stop" | "target" | null;
}

export const ORDER_TYPES: Readonly<Record<OrderType, TypeRule>> = {
  market: { needs: [], postOnly: false, bracket: null },
  limit: { needs: ["limitPrice"], postOnly: true, bracket: "target" },
  stop: { needs: ["stopPrice"], postOnly: false, bracket: "stop" },
  stop_limit: { needs: ["stopPrice", "limitPrice"], postOnly: false, bracket: "stop" },
  trailing_stop: { needs: ["trail"], postOnly: false, bracket: "stop" },
};

export const ORDER_TYPE_NAMES = Object.keys(ORDER_TYPES) as OrderType[];

interface TimeInForceRule {
  /** Whether its author names the end; the session computes that of a `day` order. */
  readonly expiresAt: boolean;
  /** Whether it ends at its first chance to trade. A stop's first chance is when it triggers. */
  readonly immediate: boolean;
}

export const TIMES_IN_FORCE: Readonly<Record<TimeInForce, TimeInForceRule>> = {
  gtc: { expiresAt: false, immediate: false },
  day: { expiresAt: false, immediate: false },
  gtd: { expiresAt: true, immediate: false },
  ioc: { expiresAt: false, immediate: true },
  fok: { expiresAt: false, immediate: true },
};

/** What the paper venue's fill models mean, in a sentence each. */
export const FILL_MODELS: Readonly<Record<"bars" | "marks", string>> = {
  bars:
    "a market order fills at the open of the next bar, moved by the slippage; within a bar the price goes from the open to the nearer " +
    "extreme, to the other one, to the close, and limits and stops fill where it reaches them",
  marks:
    "an order fills at the symbol's next mark; a bar counts as the mark of its close, its high and low are not looked at",
};

/** What is wrong with an order: the field, as a path such as `attach.stop.stopPrice`, and a sentence about it. */
export interface OrderFault {
  readonly field: string;
  readonly problem: string;
}

/** The type that an order has, named or not. */
export function orderTypeOf(terms: Pick<OrderTerms<unknown>, "type" | "limitPrice">): OrderType {
  return terms.type ?? (terms.limitPrice === undefined ? "market" : "limit");
}

/** The type that a bracket's child has, named or not: a stop without a type is known by its prices. */
export function childTypeOf(role: "stop" | "target", terms: OrderTerms<unknown>): OrderType {
  if (terms.type !== undefined) return terms.type;
  if (role === "target") return "limit";
  if (terms.trail !== undefined) return "trailing_stop";
  return terms.limitPrice === undefined ? "stop" : "stop_limit";
}

const PRICES: readonly PriceField[] = ["limitPrice", "stopPrice", "trail"];

/** The first field of an order's terms that its type or its time in force lacks or does not take, or null. The values are not judged. */
export function termsFault(terms: OrderTerms<unknown>, type = orderTypeOf(terms)): OrderFault | null {
  const rule = ORDER_TYPES[type];
  for (const field of PRICES) {
    const given = terms[field] !== undefined;
    if (rule.needs.includes(field) && !given) return { field, problem: `is missing; a ${type} order needs it` };
    if (!rule.needs.includes(field) && given) return { field, problem: `is not taken by a ${type} order` };
  }
  const timeInForce = terms.timeInForce ?? "gtc";
  const { expiresAt, immediate } = TIMES_IN_FORCE[timeInForce];
  if (expiresAt && terms.expiresAt === undefined)
    return { field: "expiresAt", problem: `is missing; timeInForce ${timeInForce} needs it` };
  if (!expiresAt && timeInForce !== "day" && terms.expiresAt !== undefined)
    return { field: "expiresAt", problem: `is not taken with timeInForce ${timeInForce}` };
  if (terms.postOnly !== true) return null;
  if (!rule.postOnly) return { field: "postOnly", problem: `is not taken by a ${type} order` };
  return immediate
    ? { field: "postOnly", problem: `contradicts timeInForce ${timeInForce}: a post-only order waits` }
    : null;
}

type Values = Readonly<Record<string, unknown>>;

const ID_LENGTH_MAX = 200;

const show = (value: unknown): string => {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  try {
    return (JSON.stringify(value) ?? typeof value).slice(0, 80);
  } catch {
    return typeof value;
  }
};
const isPlainObject = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isPositive = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value) && value > 0;

function trailProblem(value: unknown): string | null {
  const form = `is ${show(value)}; it must be { amount } or { percent }, a number above 0`;
  if (!isPlainObject(value)) return form;
  const [name, ...more] = Object.keys(value);
  if (more.length > 0 || (name !== "amount" && name !== "percent") || !isPositive(value[name])) return form;
  return name === "percent" && (value[name] as number) >= 100
    ? `is ${show(value)}; its percent must be below 100`
    : null;
}

type Check = (value: unknown) => string | null;

const oneOf =
  (names: readonly string[]): Check =>
  (value) =>
    typeof value === "string" && names.includes(value) ? null : `is ${show(value)}; it must be ${names.join(", ")}`;
const positive: Check = (value) => (isPositive(value) ? null : `is ${show(value)}; it must be a finite number above 0`);
const finite: Check = (value) =>
  typeof value === "number" && Number.isFinite(value) ? null : `is ${show(value)}; it must be a finite number`;
const truth: Check = (value) => (typeof value === "boolean" ? null : `is ${show(value)}; it must be true or false`);
const name: Check = (value) =>
  typeof value === "string" && value.length > 0 && value.length <= ID_LENGTH_MAX
    ? null
    : `is ${show(value)}; it must be a text of 1 to ${ID_LENGTH_MAX} characters`;
const any: Check = () => null;

const TERM_CHECKS: Readonly<Record<string, Check>> = {
  type: oneOf(Object.keys(ORDER_TYPES)),
  limitPrice: positive,
  stopPrice: positive,
  trail: trailProblem,
  timeInForce: oneOf(Object.keys(TIMES_IN_FORCE)),
  expiresAt: (value) =>
    typeof value === "number" && Number.isSafeInteger(value) && value > 0
      ? null
      : `is ${show(value)}; it must be a moment in microseconds, as context.now is`,
  postOnly: truth,
  reduceOnly: truth,
  clientOrderId: name,
  // A reason is judged where it is read.
  because: any,
};

const ORDER_CHECKS: Readonly<Record<string, Check>> = {
  symbol: name,
  quantity: (value) =>
    typeof value === "number" && Number.isFinite(value) && value !== 0
      ? null
      : `is ${show(value)}; it must be a finite number other than 0`,
  ...TERM_CHECKS,
  idempotencyKey: name,
  attach: (value) => (isPlainObject(value) ? null : `is ${show(value)}; it must be { stop, target }`),
  oco: name,
  basket: name,
};

/** The same table for an instrument whose prices may be zero or below. */
const anySign = (checks: Readonly<Record<string, Check>>): Readonly<Record<string, Check>> => ({
  ...checks,
  limitPrice: finite,
  stopPrice: finite,
});

/** The first field that the table does not know or whose value it refuses. A field that is `undefined` is absent. */
function valuesFault(values: Values, checks: Readonly<Record<string, Check>>, path: string): OrderFault | null {
  for (const [field, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const check = Object.hasOwn(checks, field) ? checks[field] : undefined;
    if (check === undefined)
      return { field: path + field, problem: `is unknown; the fields are ${Object.keys(checks).join(", ")}` };
    const problem = check(value);
    if (problem !== null) return { field: path + field, problem };
  }
  return null;
}

function childFault(role: "stop" | "target", child: unknown, belowZero: boolean): OrderFault | null {
  const path = `attach.${role}.`;
  if (!isPlainObject(child)) return { field: `attach.${role}`, problem: `is ${show(child)}; it must be an order` };
  const fault = valuesFault(child, belowZero ? anySign(TERM_CHECKS) : TERM_CHECKS, path);
  if (fault !== null) return fault;
  const terms = child as OrderTerms<unknown>;
  const type = childTypeOf(role, terms);
  if (ORDER_TYPES[type].bracket !== role) return { field: `${path}type`, problem: `is ${type}; that is no ${role}` };
  if (TIMES_IN_FORCE[terms.timeInForce ?? "gtc"].immediate)
    return { field: `${path}timeInForce`, problem: `is ${show(terms.timeInForce)}; a bracket's child waits` };
  if (terms.postOnly === true) return { field: `${path}postOnly`, problem: "is not taken by a bracket's child" };
  const missing = termsFault(terms, type);
  return missing === null ? null : { field: path + missing.field, problem: missing.problem };
}

function attachFault(order: Values, belowZero: boolean): OrderFault | null {
  const attach = order["attach"];
  if (!isPlainObject(attach)) return null;
  if (order["reduceOnly"] === true)
    return { field: "attach", problem: "contradicts reduceOnly: there is no new position to protect" };
  const given = Object.entries(attach).filter(([, child]) => child !== undefined);
  if (given.length === 0) return { field: "attach", problem: "is empty; it must have a stop, a target or both" };
  for (const [role, child] of given) {
    if (role !== "stop" && role !== "target")
      return { field: `attach.${role}`, problem: "is unknown; the fields are stop, target" };
    const fault = childFault(role, child, belowZero);
    if (fault !== null) return fault;
  }
  return null;
}

/**
 * The first thing that is wrong with an order as a strategy or a person asks for it, or null: an unknown field, a value of the wrong
 * kind, a field that its type lacks or does not take. Prices and quantities are numbers. Whether the symbol exists, the caller asks.
 * With `belowZero`, prices may be zero or negative, as the instrument allows.
 */
export function orderFault(order: unknown, belowZero = false): OrderFault | null {
  if (!isPlainObject(order)) return { field: "order", problem: `is ${show(order)}; it must be an object` };
  for (const field of ["symbol", "quantity"])
    if (order[field] === undefined) return { field, problem: "is missing; every order needs it" };
  return (
    valuesFault(order, belowZero ? anySign(ORDER_CHECKS) : ORDER_CHECKS, "") ??
    termsFault(order) ??
    attachFault(order, belowZero)
  );
}
