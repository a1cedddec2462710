/** Journal entries for tests: small, of every kind that the artifacts show, and easy to distinguish. */
import { orderId } from "../../../src/shared/ids.ts";
import { moment, type Moment } from "../../../src/shared/time.ts";
import type { EntryBody } from "../../../src/store/index.ts";

/** A moment of the test session: 2026-01-05T14:30:00Z and some seconds. */
export const at = (seconds: number): Moment => moment(1_767_623_400_000_000 + Math.round(seconds * 1_000_000));

export const note = (text: string): EntryBody => ({
  kind: "session",
  event: "continued",
  wall: "2026-01-05T14:30:00+00:00",
  text,
  detail: {},
});

export const order = (number: number, more: Partial<Extract<EntryBody, { kind: "order" }>> = {}): EntryBody => ({
  kind: "order",
  strategy: "alpha",
  run: number,
  symbol: "AAA",
  quantity: number % 2 === 0 ? -1.5 : 2,
  price: 100.25,
  limitPrice: null,
  clientOrderId: `alpha-${number}`,
  idempotencyKey: null,
  because: { text: `reason ${number}`, values: { z: 1 } },
  bar: null,
  mark: 100.25,
  guards: [],
  accepted: true,
  orderId: orderId(`ROUTER-${String(number).padStart(8, "0")}`),
  reason: "accepted",
  detail: null,
  replay: false,
  value: null,
  limit: null,
  freeAt: null,
  ...more,
});

export const fill = (number: number, more: Partial<Extract<EntryBody, { kind: "fill" }>> = {}): EntryBody => ({
  kind: "fill",
  cursor: number,
  fillId: `F-${number}`,
  venueId: `session-ROUTER-${String(number).padStart(8, "0")}`,
  orderId: orderId(`ROUTER-${String(number).padStart(8, "0")}`),
  strategy: "alpha",
  symbol: "AAA",
  quantity: number % 2 === 0 ? "-1.5" : "2",
  price: "100.26",
  fee: "0.01",
  filledAt: at(number),
  status: "filled",
  verdict: "booked",
  realized: "0",
  ...more,
});

export const equity = (value: string): EntryBody => ({
  kind: "equity",
  equity: value,
  cash: "1000",
  realized: "0",
  unrealized: "-3.5",
  fees: "0.01",
  gross: "200.52",
  drawdown: "-0.0035",
});

export const metrics = (line: Readonly<Record<string, unknown>>): EntryBody => ({ kind: "metrics", line });

export const halt = (code: string, message: string): EntryBody => ({
  kind: "halt",
  source: "breaker",
  code,
  message,
  value: "1",
  limit: "1",
  operator: null,
  note: null,
});
