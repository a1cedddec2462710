/**
 * Decides whether a request can be an order.
 *
 * 1. Nothing that arrives here can throw: whatever it is, it is judged.
 */
import type { OrderRequest } from "./router-types.ts";

/** The longest name, symbol, id or key that is taken, in UTF-16 units. */
export const TEXT_MAX = 1_024;
/** The longest key of a decision: a strategy and an order's id, put together. */
export const KEY_MAX = 2 * TEXT_MAX + 1;

function wrongText(field: string, value: unknown): string | null {
  if (typeof value !== "string") return `${field} is ${shown(value)}, and must be a text`;
  if (value.length === 0) return `${field} is empty`;
  return value.length > TEXT_MAX ? `${field} has ${value.length} characters, and may have ${TEXT_MAX}` : null;
}

/** A value in a message: short, whatever it is. */
export function shown(value: unknown): string {
  if (value === undefined) return "absent";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  return Array.isArray(value) ? "a list" : `a value of type ${typeof value}`;
}

/** Which field of a request is wrong and why, or null when none is. */
export function malformed(request: OrderRequest): string | null {
  if (typeof request !== "object" || request === null) return `the request is ${shown(request)}, and must be an object`;
  const { strategyId, symbol, quantity, price, clientOrderId, idempotencyKey, timestamp } = request;
  const text = isText(strategyId) && isText(symbol) && isText(clientOrderId);
  const numbers =
    Number.isFinite(quantity) &&
    quantity !== 0 &&
    Number.isFinite(price) &&
    (price >= 0 || request.allowNegativePrice === true);
  const rest =
    (idempotencyKey === undefined || idempotencyKey === null || isText(idempotencyKey)) &&
    (timestamp === undefined || timestamp === null || Number.isSafeInteger(timestamp));
  return text && numbers && rest ? null : fault(request);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.length > 0 && value.length <= TEXT_MAX;
}

function fault(request: OrderRequest): string {
  const { strategyId, symbol, quantity, price, clientOrderId, idempotencyKey, timestamp } = request;
  const texts = wrongText("strategyId", strategyId) ?? wrongText("symbol", symbol);
  if (texts !== null) return texts;
  if (!Number.isFinite(quantity)) return `quantity is ${shown(quantity)}, and must be a finite number`;
  if (quantity === 0) return "quantity is 0, and an order must buy or sell something";
  if (!Number.isFinite(price)) return `price is ${shown(price)}, and must be a finite number`;
  if (price < 0 && request.allowNegativePrice !== true) return `price is ${price}, and must be at least 0`;
  const id = wrongText("clientOrderId", clientOrderId);
  if (id !== null) return id;
  const key =
    idempotencyKey === undefined || idempotencyKey === null ? null : wrongText("idempotencyKey", idempotencyKey);
  return key ?? `timestamp is ${shown(timestamp)}, and must be a whole number of microseconds`;
}
