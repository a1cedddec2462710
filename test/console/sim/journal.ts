/**
 * Journals for tests: what a session could have written, drawn by fast-check.
 *
 * Fault model: orders are accepted, refused by risk, window or broker, and replayed; the broker accepts, refuses, or says nothing
 * that can be read; fills come whole, in parts, twice, or without an order; strategies throw, overrun and miss slots; the clock never
 * steps back and entries are never lost, because the journal below holds both.
 */
import fc from "fast-check";
import { orderId, sessionId, venueIdOf } from "../../../src/shared/ids.ts";
import type { OrderId } from "../../../src/shared/ids.ts";
import { MINUTE, moment, SECOND } from "../../../src/shared/time.ts";
import type { Duration, Moment } from "../../../src/shared/time.ts";
import type { EntryBody, JournalEntry, OrderEntry } from "../../../src/store/journal/entries.ts";

export const STRATEGIES = ["alpha", "beta", "gamma", "__proto__"] as const;
export const SYMBOLS = ["AAPL", "MSFT", "EURUSD"] as const;
export const START: Moment = moment(1_700_000_000_000_000);
const SESSION = sessionId("2026-11-23_0930_basket_book");
export const CADENCE = (30 * SECOND) as Duration;

const REFUSALS = [
  "rate_limited",
  "max_notional_exceeded",
  "router_halted",
  "inflight_limit",
  "daily_portfolio_loss_cap",
];

interface Step {
  readonly kind:
    | "run"
    | "order"
    | "refuse"
    | "replay"
    | "ack"
    | "fill"
    | "stray"
    | "close"
    | "metrics"
    | "equity"
    | "missed"
    | "halt"
    | "quarantine"
    | "wait";
  readonly strategy: number;
  readonly a: number;
  readonly b: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    "run",
    "order",
    "order",
    "refuse",
    "replay",
    "ack",
    "ack",
    "fill",
    "fill",
    "stray",
    "close",
    "metrics",
    "equity",
    "missed",
    "halt",
    "quarantine",
    "wait",
  ),
  strategy: fc.nat(STRATEGIES.length - 1),
  a: fc.nat(1_000),
  b: fc.nat(1_000),
});

interface Working {
  readonly orderId: OrderId;
  readonly strategy: string;
  readonly symbol: string;
  readonly quantity: number;
  filled: number;
}

/** Turns steps into entries that a session could have written in that order. */
class Pen {
  readonly entries: JournalEntry[] = [];
  readonly #working: Working[] = [];
  readonly #runs = new Map<string, number>();
  #at: number = START;
  #orders = 0;
  #fills = 0;

  write(body: EntryBody): void {
    this.entries.push({ ...body, seq: this.entries.length + 1, at: moment(this.#at) });
  }

  take({ kind, strategy: index, a, b }: Step): void {
    this.#at += a * 1_000;
    const strategy = STRATEGIES[index] ?? "alpha";
    const symbol = SYMBOLS[b % SYMBOLS.length] ?? "AAPL";
    if (kind === "run") this.#run(strategy, a, b);
    else if (kind === "order") this.#order(strategy, symbol, a, b);
    else if (kind === "refuse")
      this.write({ ...this.#intent(strategy, symbol, a, b), reason: REFUSALS[b % REFUSALS.length] ?? "rate_limited" });
    else if (kind === "replay")
      this.write({ ...this.#intent(strategy, symbol, a, b), replay: true, accepted: b % 2 === 0, reason: "accepted" });
    else if (kind === "ack") this.#ack(b);
    else if (kind === "fill") this.#fill(a, b);
    else if (kind === "stray") this.#stray(symbol, a, b);
    else if (kind === "close") this.#close(a, b);
    else if (kind === "wait") this.#at += b * MINUTE;
    else this.#other(kind, strategy, a, b);
  }

  #run(strategy: string, a: number, b: number): void {
    const run = (this.#runs.get(strategy) ?? 0) + 1;
    this.#runs.set(strategy, run);
    const started = moment(this.#at);
    this.write({ kind: "run_started", strategy, run, planned: moment(this.#at - 500), due: started });
    if (b % 10 === 0) return;
    this.#at += a * 1_000;
    const outcome = (["ok", "ok", "ok", "overrun", "threw", "timed_out", "bad_result"] as const)[b % 7] ?? "ok";
    this.write({
      kind: "run_finished",
      strategy,
      run,
      started,
      runtime: (this.#at - started) as Duration,
      outcome,
      orders: b % 3,
      skips: outcome === "overrun" ? 1 + (b % 3) : 0,
      nextRun: moment(this.#at + CADENCE),
      bar: null,
      message: outcome === "threw" ? "boom" : null,
    });
  }

  #intent(strategy: string, symbol: string, a: number, b: number): OrderEntry {
    return {
      kind: "order",
      strategy,
      run: this.#runs.get(strategy) ?? 1,
      symbol,
      quantity: (b % 2 === 0 ? 1 : -1) * (1 + (a % 50)),
      price: 100 + b / 10,
      limitPrice: b % 5 === 0 ? 100 : null,
      clientOrderId: `${strategy}-${this.entries.length}`,
      idempotencyKey: null,
      because: { text: "it crossed", values: { z: a / 100 } },
      bar: null,
      mark: 100 + b / 10,
      guards: [{ guard: "max_notional_exceeded", value: "5", limit: "10", passed: true, warning: b % 4 === 0 }],
      accepted: false,
      orderId: null,
      reason: "rate_limited",
      detail: null,
      replay: false,
      value: "5",
      limit: "5",
      freeAt: null,
    };
  }

  #order(strategy: string, symbol: string, a: number, b: number): void {
    this.#orders += 1;
    const id = orderId(`ROUTER-${String(this.#orders).padStart(8, "0")}`);
    const intent = this.#intent(strategy, symbol, a, b);
    this.write({ ...intent, accepted: true, orderId: id, reason: "accepted", value: null, limit: null });
    this.write({ kind: "send", orderId: id, venueId: venueIdOf(SESSION, id) });
    this.#working.push({ orderId: id, strategy, symbol, quantity: intent.quantity, filled: 0 });
  }

  #ack(b: number): void {
    const order = this.#working[b % Math.max(1, this.#working.length)];
    if (order === undefined) return;
    const outcome =
      b % 7 === 0
        ? ({ outcome: "refused", reason: "min_requirements" } as const)
        : b % 5 === 0
          ? ({ outcome: "unknown", reason: "No answer in time." } as const)
          : ({ outcome: "accepted", quantity: String(order.quantity), limitPrice: null } as const);
    this.write({ kind: "ack", orderId: order.orderId, venueId: venueIdOf(SESSION, order.orderId), outcome });
    if (outcome.outcome === "refused") this.#drop(order);
  }

  #fill(a: number, b: number): void {
    const order = this.#working[b % Math.max(1, this.#working.length)];
    if (order === undefined) return;
    this.#fills += 1;
    const left = Math.abs(order.quantity) - order.filled;
    const size = a % 2 === 0 ? left : Math.min(left, 1 + (a % 5));
    order.filled += size;
    const done = order.filled === Math.abs(order.quantity);
    this.write({
      kind: "fill",
      cursor: this.#fills,
      fillId: `F${this.#fills}`,
      venueId: venueIdOf(SESSION, order.orderId),
      orderId: order.orderId,
      strategy: order.strategy,
      symbol: order.symbol,
      quantity: String(Math.sign(order.quantity) * size),
      price: (100 + a / 7).toFixed(2),
      fee: "0.01",
      filledAt: moment(this.#at),
      status: done ? "filled" : "partially_filled",
      verdict: "booked",
      realized: b % 3 === 0 ? "1.25" : null,
    });
    if (done) this.#drop(order);
  }

  #stray(symbol: string, a: number, b: number): void {
    this.#fills += 1;
    this.write({
      kind: "fill",
      cursor: this.#fills,
      fillId: `F${this.#fills}`,
      venueId: `VENUE-${this.#fills}`,
      orderId: null,
      strategy: null,
      symbol,
      quantity: String(1 + a),
      price: "10",
      fee: "0",
      filledAt: moment(this.#at),
      status: "filled",
      verdict: b % 2 === 0 ? "duplicate" : "quarantined",
      realized: null,
    });
  }

  #close(a: number, b: number): void {
    const order = this.#working[b % Math.max(1, this.#working.length)];
    if (order === undefined) return;
    const status = (["canceled", "rejected", "expired", "not_placed"] as const)[a % 4] ?? "canceled";
    this.write({
      kind: "closed",
      orderId: order.orderId,
      venueId: venueIdOf(SESSION, order.orderId),
      status,
      reason: status === "rejected" ? "min_requirements" : "The operator asked.",
    });
    this.#drop(order);
  }

  #other(kind: "metrics" | "equity" | "missed" | "halt" | "quarantine", strategy: string, a: number, b: number): void {
    if (kind === "metrics") {
      const line = { ticks: a, avg_latency_s: 0.1, p50_latency_s: 0.08, p95_latency_s: a / 1e4, p99_latency_s: 0.3 };
      this.write({
        kind,
        line: { ...line, max_latency_s: 0.4, skip_rate: b / 1e4, queue_depth_max: b % 70, error_counts: { x: b } },
      });
    } else if (kind === "equity") {
      const amounts = { cash: "1", realized: "0", unrealized: "0", fees: "0", gross: "0" };
      this.write({ kind, equity: String(100_000 + a), ...amounts, drawdown: String(-b / 1e5) });
    } else if (kind === "missed")
      this.write({ kind, strategy, slots: 1 + (b % 5), reason: "misfire", nextRun: moment(this.#at + CADENCE) });
    else if (kind === "halt") {
      const text = { source: "breaker", code: `code_${b % 3}`, message: "It halted." } as const;
      this.write({ kind, ...text, value: null, limit: null, operator: null, note: null });
    } else this.write({ kind: "strategy", strategy, event: "quarantined", reason: "It was slow.", operator: null });
  }

  #drop(order: Working): void {
    this.#working.splice(this.#working.indexOf(order), 1);
  }
}

/** Any journal of up to `steps` steps; most are short, unless `size` is "max". */
export function journals(steps = 120, size: "small" | "max" = "small"): fc.Arbitrary<JournalEntry[]> {
  return fc.array(step, { maxLength: steps, size }).map((list) => {
    const pen = new Pen();
    for (const item of list) pen.take(item);
    return pen.entries;
  });
}

/** Entries in their places, from bodies; a second apart. */
export function entriesOf(bodies: readonly EntryBody[]): JournalEntry[] {
  return bodies.map((body, index) => ({ ...body, seq: index + 1, at: moment(START + index * SECOND) }));
}
