/**
 * What a strategy returned, checked as something from outside.
 *
 * 1. Nothing but a list of well-formed orders, cancels and replaces for the strategy's own symbols gets past; one bad action refuses
 *    the whole run, because half of a pair is worse than none.
 * 2. A field that is unknown or not taken is named, never dropped: a stop that lost its type would be another order.
 * 3. Texts, counts and numbers have limits.
 */
import { orderFault } from "../../shared/orders.ts";
import type { Because, OrderIntent, ReplaceIntent, StrategyAction } from "../../shared/strategy.ts";

export const ORDERS_MAX = 1_000;
/** Characters of a text of the strategy's own that a complaint shows. */
const SHOWN_MAX = 80;
const TEXT_MAX = 1_000;
const ID_MAX = 200;
const VALUES_MAX = 40;
/** Characters of all reasons of one run together. */
const REASONS_MAX = 500_000;
const SYMBOLS_SHOWN = 10;

type Checked =
  | { readonly ok: true; readonly orders: readonly StrategyAction[] }
  | { readonly ok: false; readonly problem: string };

const show = (value: unknown): string => {
  try {
    // JSON would show what is no number as null.
    if (typeof value === "number") return String(value);
    const short = typeof value === "string" ? value.slice(0, SHOWN_MAX) : value;
    return (JSON.stringify(short) ?? String(short)).slice(0, SHOWN_MAX);
  } catch {
    return typeof value;
  }
};

/** A list of symbols, cut where a desk gave the strategy hundreds of them. */
function namesOf(symbols: readonly string[]): string {
  const named = symbols.slice(0, SYMBOLS_SHOWN).map((symbol) => symbol.slice(0, SHOWN_MAX));
  const more = symbols.length - named.length;
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function becauseOf(value: unknown): Because | string {
  if (value === undefined || value === null) return { text: "no reason given", values: {} };
  if (typeof value !== "object") return `because is ${show(value)}; it must be { text, values }`;
  const { text, values } = value as { text?: unknown; values?: unknown };
  if (typeof text !== "string") return `because.text is ${show(text)}; it must be a sentence`;
  const kept: Record<string, number | string> = {};
  if (typeof values === "object" && values !== null)
    for (const [name, one] of Object.entries(values).slice(0, VALUES_MAX))
      if (name !== "__proto__" && ((typeof one === "number" && Number.isFinite(one)) || typeof one === "string"))
        kept[name.slice(0, 80)] = typeof one === "string" ? one.slice(0, TEXT_MAX) : one;
  return { text: text.slice(0, TEXT_MAX), values: kept };
}

/** Every field that makes an action something other than an order, and the fields that go with it. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  cancel: ["cancel"],
  cancelAll: ["cancelAll", "symbol"],
  replace: ["replace", "quantity", "limitPrice", "stopPrice"],
};

function symbolProblem(symbol: unknown, symbols: readonly string[]): string | null {
  return typeof symbol === "string" && symbols.includes(symbol)
    ? null
    : `symbol is ${show(symbol)}; this strategy has ${namesOf(symbols)}`;
}

const isId = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= ID_MAX;

const isFinite = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

function replaceOf(fields: Readonly<Record<string, unknown>>, belowZero: boolean): ReplaceIntent | string {
  const { replace, quantity, limitPrice, stopPrice } = fields;
  if (!isId(replace)) return `replace is ${show(replace)}; it must be an order's id`;
  if (quantity !== undefined && (!isFinite(quantity) || quantity === 0))
    return `quantity is ${show(quantity)}; it must be a finite number other than 0`;
  for (const [name, price] of Object.entries({ limitPrice, stopPrice }))
    if (price !== undefined && (!isFinite(price) || (price <= 0 && !belowZero)))
      return `${name} is ${show(price)}; it must be a finite number${belowZero ? "" : " above 0"}`;
  if (quantity === undefined && limitPrice === undefined && stopPrice === undefined)
    return "replace changes nothing; it must name a quantity, a limitPrice or a stopPrice";
  return {
    replace,
    ...(isFinite(quantity) ? { quantity } : {}),
    ...(isFinite(limitPrice) ? { limitPrice } : {}),
    ...(isFinite(stopPrice) ? { stopPrice } : {}),
  };
}

/** A cancel, a cancel of all or a replace; null where the fields are those of an order. */
function requestOf(
  fields: Readonly<Record<string, unknown>>,
  symbols: readonly string[],
  belowZero: boolean,
): Exclude<StrategyAction, OrderIntent> | string | null {
  const kind = Object.keys(ACTIONS).find((name) => fields[name] !== undefined);
  if (kind === undefined) return null;
  const known = ACTIONS[kind] as readonly string[];
  const unknown = Object.keys(fields).find((name) => fields[name] !== undefined && !known.includes(name));
  if (unknown !== undefined) return `${unknown} is not taken beside ${kind}; the fields are ${known.join(", ")}`;
  if (kind === "replace") return replaceOf(fields, belowZero);
  if (kind === "cancel") {
    const { cancel } = fields;
    return isId(cancel) ? { cancel } : `cancel is ${show(cancel)}; it must be an order's id`;
  }
  const { cancelAll, symbol } = fields;
  if (cancelAll !== true) return `cancelAll is ${show(cancelAll)}; it must be true`;
  if (symbol === undefined) return { cancelAll };
  return symbolProblem(symbol, symbols) ?? { cancelAll, symbol: symbol as string };
}

/** Copies what a check has passed, so that nothing of the strategy's own objects is kept; what was read from a text is not copied. */
function copyOf(order: OrderIntent, because: Because, read: boolean): OrderIntent | string {
  const kept = (read ? order : JSON.parse(JSON.stringify(order))) as Record<string, unknown>;
  const attach = kept["attach"] as Record<string, Record<string, unknown>> | undefined;
  for (const [role, child] of Object.entries(attach ?? {})) {
    if (child["because"] === undefined) continue;
    const reason = becauseOf(child["because"]);
    if (typeof reason === "string") return `attach.${role}.${reason}`;
    child["because"] = reason;
  }
  return { ...(kept as unknown as OrderIntent), because };
}

function actionOf(
  value: unknown,
  symbols: readonly string[],
  belowZero: readonly string[],
  read: boolean,
): StrategyAction | string {
  if (typeof value !== "object" || value === null) return `it is ${show(value)}; an order is an object`;
  const fields = value as Readonly<Record<string, unknown>>;
  const request = requestOf(fields, symbols, belowZero.length > 0);
  if (request !== null) return request;
  const problem = symbolProblem(fields["symbol"], symbols);
  if (problem !== null) return problem;
  const fault = orderFault(value, belowZero.includes(fields["symbol"] as string));
  if (fault !== null) return `${fault.field} ${fault.problem}`;
  const because = becauseOf(fields["because"]);
  return typeof because === "string" ? because : copyOf(value as OrderIntent, because, read);
}

/** Characters of the reasons of an order and of what is attached to it. */
function sizeOf(order: OrderIntent): number {
  let chars = 0;
  for (const { because } of [order, ...Object.values(order.attach ?? {})]) {
    if (because === undefined) continue;
    chars += because.text.length;
    for (const [name, value] of Object.entries(because.values))
      chars += name.length + (typeof value === "string" ? value.length : 8);
  }
  return chars;
}

/**
 * Checks a run's return value; `problem` says which order and which field. Prices of the symbols in `belowZero` may be zero or negative.
 * A replace does not name its symbol: the session judges its prices once more. `read`: it was read from a text just now.
 */
export function checkResult(
  value: unknown,
  symbols: readonly string[],
  belowZero: readonly string[] = [],
  read = false,
): Checked {
  if (!Array.isArray(value))
    return { ok: false, problem: `onTick returned ${show(value)}; it must return a list of orders` };
  if (value.length > ORDERS_MAX)
    return {
      ok: false,
      problem: `too_many_orders: onTick returned ${value.length} orders; at most ${ORDERS_MAX} a run`,
    };
  const orders: StrategyAction[] = [];
  const items: readonly unknown[] = value;
  let chars = 0;
  for (let index = 0, count = items.length; index < count; index += 1) {
    const order = actionOf(items[index], symbols, belowZero, read);
    if (typeof order === "string") return { ok: false, problem: `order ${index + 1}: ${order}` };
    chars += "because" in order ? sizeOf(order) : 0;
    if (chars > REASONS_MAX)
      return { ok: false, problem: `the reasons of its orders have more than ${REASONS_MAX} characters together` };
    orders.push(order);
  }
  return { ok: true, orders };
}
