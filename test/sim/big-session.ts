/**
 * A session's journal of any size, as a session could have written it: for benchmarks, and small for tests.
 *
 * 1. The same sizes make the same entries.
 * 2. Each run places orders; nine of ten are filled, in one or two parts, and the rest are canceled or stay open. Refusals come in bursts.
 */
import { venueIdOf, orderId, sessionId } from "../../src/shared/ids.ts";
import { moment, SECOND } from "../../src/shared/time.ts";
import type { Duration } from "../../src/shared/time.ts";
import type { Desk } from "../../src/shared/desk.ts";
import { openJournal } from "../../src/store/index.ts";
import type { EntryBody, OrderEntry } from "../../src/store/journal/entries.ts";

export interface BigSize {
  readonly orders: number;
  readonly rejections: number;
  readonly strategies: number;
  readonly symbols: number;
}

const ORDERS_A_RUN = 10;
const START = 1_767_623_400_000_000;
const SESSION = sessionId("2026-01-05_1430_basket_book");
const CAUSES = ["rate_limited", "max_notional_exceeded", "insufficient_funds", "cooldown_active"] as const;
const REASONS = ["crossed its average", "reverted from its band", "carry turned", "rebalanced"] as const;
const COMMIT_ENTRIES = 20_000;

/** Numbers from 0 to 1, the same for a seed. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The entries' bodies with their moments, in order. */
export function* bigSession(size: BigSize): Generator<readonly [EntryBody, number]> {
  const next = numbers(7);
  const runs = Math.ceil(size.orders / ORDERS_A_RUN);
  const refusedARun = size.rejections / Math.max(1, runs);
  let [orders, fills, refused, at] = [0, 0, 0, START];
  for (let number = 0; number < runs; number += 1) {
    const strategy = `strategy_${String(number % size.strategies).padStart(4, "0")}`;
    const symbol = `S${String(number % size.symbols).padStart(3, "0")}`;
    const run = 1 + Math.floor(number / size.strategies);
    at += 50_000;
    yield [{ kind: "run_started", strategy, run, planned: moment(at - 500), due: moment(at) }, at];
    const intent = (quantity: number, price: number): OrderEntry => ({
      kind: "order",
      strategy,
      run,
      symbol,
      quantity,
      price,
      limitPrice: number % 3 === 0 ? price : null,
      clientOrderId: `${strategy}-${run}-${orders}`,
      idempotencyKey: null,
      because: { text: REASONS[number % REASONS.length] ?? "rebalanced", values: { z: run } },
      bar: moment(at - (at % 60_000_000)),
      mark: price,
      guards: [],
      accepted: false,
      orderId: null,
      reason: "",
      detail: null,
      replay: false,
      value: null,
      limit: null,
      freeAt: null,
    });
    const sent: { readonly id: string; readonly quantity: number; readonly price: number }[] = [];
    for (let index = 0; index < ORDERS_A_RUN && orders < size.orders; index += 1) {
      orders += 1;
      const id = `ROUTER-${String(orders).padStart(8, "0")}`;
      const quantity = (next() < 0.5 ? 1 : -1) * (1 + Math.floor(next() * 200));
      const price = Math.round((50 + next() * 100) * 100) / 100;
      yield [{ ...intent(quantity, price), accepted: true, orderId: orderId(id), reason: "accepted" }, at];
      yield [{ kind: "send", orderId: orderId(id), venueId: venueIdOf(SESSION, orderId(id)) }, at];
      sent.push({ id, quantity, price });
    }
    while (refused < Math.floor((number + 1) * refusedARun)) {
      const reason = CAUSES[(number + refused) % CAUSES.length] ?? "rate_limited";
      refused += 1;
      const figures = { value: String(10 + (refused % 7)), limit: "10", freeAt: moment(at + SECOND) };
      yield [{ ...intent(1 + (refused % 9), 100), reason, ...figures }, at];
    }
    const runtime = 5_000 as Duration;
    yield [
      {
        kind: "run_finished",
        strategy,
        run,
        started: moment(at),
        runtime,
        outcome: "ok",
        orders: sent.length,
        skips: 0,
        nextRun: moment(at + 10_000_000),
        bar: null,
        message: null,
      },
      at + 5_000,
    ];
    at += 10_000;
    for (const { id, quantity, price } of sent) {
      const places = { orderId: orderId(id), venueId: venueIdOf(SESSION, orderId(id)) };
      const outcome = { outcome: "accepted", quantity: String(quantity), limitPrice: null } as const;
      yield [{ kind: "ack", ...places, outcome }, at];
      const chance = next();
      if (chance > 0.97) continue;
      if (chance > 0.9) {
        yield [{ kind: "closed", ...places, status: "canceled", reason: "expired_day" }, at];
        continue;
      }
      const first = chance < 0.2 && Math.abs(quantity) > 1 ? Math.sign(quantity) : quantity;
      for (const part of first === quantity ? [quantity] : [first, quantity - first]) {
        fills += 1;
        const amounts = {
          quantity: String(part),
          price: price.toFixed(2),
          fee: "0.01",
          realized: (next() * 10 - 5).toFixed(2),
        };
        const status = part === first && first !== quantity ? "partially_filled" : "filled";
        const fillId = `F-${String(fills).padStart(8, "0")}`;
        yield [
          {
            kind: "fill",
            cursor: fills,
            fillId,
            ...places,
            strategy,
            symbol,
            filledAt: moment(at),
            ...amounts,
            status,
            verdict: "booked",
          },
          at,
        ];
      }
    }
  }
}

/** Writes such a journal. `first`: entries that come before, as the session's own beginning. Returns how many entries it has. */
export function writeBigSession(path: string, size: BigSize, first: readonly EntryBody[] = []): number {
  const journal = openJournal(path);
  try {
    for (const body of first) journal.append(body, moment(START));
    let count = first.length;
    for (const [body, at] of bigSession(size)) {
      journal.append(body, moment(at));
      count += 1;
      if (count % COMMIT_ENTRIES === 0) journal.commit();
    }
    journal.commit();
    return count;
  } finally {
    journal.close();
  }
}

/** The market of such a session's symbols, as far as the archive needs it. */
export const NO_FEED: Pick<Desk, "feed"> = {
  feed: { kind: "replay", files: [], symbols: {} } as unknown as Desk["feed"],
};
