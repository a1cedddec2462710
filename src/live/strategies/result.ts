/**
 * What a strategy returned, checked as something from outside.
 *
 * 1. Nothing but a list of well-formed orders for the strategy's own symbols gets past; one bad order refuses the whole run,
 *    because half of a pair is worse than none.
 * 2. Texts, counts and numbers have limits; whatever else the objects carry is dropped.
 */
import type { Because, OrderIntent } from "../../shared/strategy.ts";

export const ORDERS_MAX = 10_000;
const TEXT_MAX = 1_000;
const ID_MAX = 200;
const VALUES_MAX = 40;

type Checked =
  | { readonly ok: true; readonly orders: readonly OrderIntent[] }
  | { readonly ok: false; readonly problem: string };

const show = (value: unknown): string => {
  try {
    // JSON would show what is no number as null.
    if (typeof value === "number") return String(value);
    return (JSON.stringify(value) ?? String(value)).slice(0, 80);
  } catch {
    return typeof value;
  }
};

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

function idProblem(name: string, value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === "string" && value.length > 0 && value.length <= ID_MAX
    ? null
    : `${name} is ${show(value)}; it must be a text of 1 to ${ID_MAX} characters`;
}

function orderOf(value: unknown, symbols: readonly string[]): OrderIntent | string {
  if (typeof value !== "object" || value === null) return `it is ${show(value)}; an order is an object`;
  const { symbol, quantity, limitPrice, clientOrderId, idempotencyKey, because } = value as Record<string, unknown>;
  if (typeof symbol !== "string" || !symbols.includes(symbol))
    return `symbol is ${show(symbol)}; this strategy has ${symbols.join(", ")}`;
  if (typeof quantity !== "number" || !Number.isFinite(quantity) || quantity === 0)
    return `quantity is ${show(quantity)}; it must be a finite number other than 0`;
  if (limitPrice !== undefined && (typeof limitPrice !== "number" || !Number.isFinite(limitPrice) || limitPrice <= 0))
    return `limitPrice is ${show(limitPrice)}; it must be a finite number above 0`;
  const problem = idProblem("clientOrderId", clientOrderId) ?? idProblem("idempotencyKey", idempotencyKey);
  if (problem !== null) return problem;
  const reason = becauseOf(because);
  if (typeof reason === "string") return reason;
  return {
    symbol,
    quantity,
    because: reason,
    ...(typeof limitPrice === "number" ? { limitPrice } : {}),
    ...(typeof clientOrderId === "string" ? { clientOrderId } : {}),
    ...(typeof idempotencyKey === "string" ? { idempotencyKey } : {}),
  };
}

/** Checks a run's return value; `problem` says which order and which field. */
export function checkResult(value: unknown, symbols: readonly string[]): Checked {
  if (!Array.isArray(value))
    return { ok: false, problem: `onTick returned ${show(value)}; it must return a list of orders` };
  if (value.length > ORDERS_MAX)
    return { ok: false, problem: `onTick returned ${value.length} orders; at most ${ORDERS_MAX}` };
  const orders: OrderIntent[] = [];
  const items: readonly unknown[] = value;
  for (let index = 0, count = items.length; index < count; index += 1) {
    const order = orderOf(items[index], symbols);
    if (typeof order === "string") return { ok: false, problem: `order ${index + 1}: ${order}` };
    orders.push(order);
  }
  return { ok: true, orders };
}
