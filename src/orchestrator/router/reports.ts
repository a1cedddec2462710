/**
 * Reads what a broker reports, trusting none of it.
 *
 * 1. A report that cannot be read is drift, never ignored and never an exception.
 * 2. The quantity of a report without a fill id is not looked at, but for a partial fill: such a report is an order's last word.
 */
import type { Moment } from "../../shared/time.ts";
import { shown, TEXT_MAX } from "./order-request.ts";
import type { OrderReport, ReportEvidence } from "./router-types.ts";

export const PARTIAL = "partially_filled";
/** Statuses that end an order. */
export const TERMINAL: ReadonlySet<string> = new Set(["filled", "canceled", "rejected", "expired"]);

const usable = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= TEXT_MAX;
const missing = (value: unknown): boolean => value === undefined || value === null;

/** Why a report cannot be read, or null when it can. */
export function unreadable(report: OrderReport): string | null {
  if (typeof report !== "object" || report === null) return `the report is ${shown(report)}`;
  const { orderId, status, filledQty, timestamp, fillId, price } = report;
  if (!usable(orderId)) return `orderId is ${shown(orderId)}`;
  // Some letters grow when they become small: what is stored must fit as well.
  if (!usable(status) || !usable(status.toLowerCase())) return `status is ${shown(status)}`;
  if (!missing(timestamp) && !Number.isSafeInteger(timestamp)) return `timestamp is ${shown(timestamp)}`;
  if (missing(fillId)) {
    if (status.toLowerCase() === PARTIAL && !Number.isFinite(filledQty)) return `filledQty is ${shown(filledQty)}`;
    return null;
  }
  if (!usable(fillId)) return `fillId is ${shown(fillId)}`;
  if (!Number.isFinite(filledQty)) return `filledQty is ${shown(filledQty)}`;
  return missing(price) || Number.isFinite(price) ? null : `price is ${shown(price)}`;
}

const cut = (value: unknown): string => {
  const text = typeof value === "string" ? value : shown(value);
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
};
const finite = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value + 0 : null;

/** A report as evidence: what can be kept of it, whatever it is. Without a moment of its own it gets `latest`. */
export function evidenceOf(report: OrderReport, latest: Moment): ReportEvidence {
  const { orderId, status, filledQty, timestamp, fillId, price }: Partial<OrderReport> =
    typeof report === "object" && report !== null ? report : {};
  return {
    orderId: cut(orderId),
    status: cut(status),
    filledQty: finite(filledQty),
    timestamp: Number.isSafeInteger(timestamp) ? (timestamp as Moment) : latest,
    fillId: missing(fillId) ? null : cut(fillId),
    price: finite(price),
  };
}
