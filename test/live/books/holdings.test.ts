/** Holdings of a journal: the positions and averages that the books of the same session have. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Books, bySymbol, Holdings } from "../../../src/live/books/index.ts";
import { PLAIN_MONEY } from "../../../src/live/instruments/index.ts";
import { decimal, plain, ZERO } from "../../../src/shared/decimal.ts";
import type { CorporateAction } from "../../../src/shared/market.ts";
import type { Moment } from "../../../src/shared/time.ts";

const OWNERS = ["a", "b"] as const;
const SYMBOLS = ["AAA", "BBB"] as const;

const action = fc.record({ symbol: fc.constantFrom(...SYMBOLS), split: fc.constantFrom("4", "0.1", "1.5") });
const execution = fc.record({
  owner: fc.constantFrom(...OWNERS),
  symbol: fc.constantFrom(...SYMBOLS),
  quantity: fc.integer({ min: -20, max: 20 }).filter((quantity) => quantity !== 0),
  price: fc.integer({ min: 1, max: 500 }),
  /** How many moments before its entry it happened. */
  late: fc.integer({ min: 0, max: 3 }),
});

it("have the positions, averages and profits of the books, with splits between fills and fills that are reported behind them", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: execution }, action), { maxLength: 40 }), (steps) => {
      const actions = steps.flatMap((step, index): CorporateAction[] =>
        "split" in step ? [{ ...step, at: (10 * index) as Moment }] : [],
      );
      const books = new Books("1000000");
      const holdings = new Holdings(actions, PLAIN_MONEY.multiplierOf);
      let realized = ZERO;
      for (const [index, step] of steps.entries()) {
        const at = (10 * index) as Moment;
        if ("split" in step) {
          books.act({ ...step, at });
          continue;
        }
        const { owner, symbol, quantity, price, late } = step;
        const filledAt = Math.max(0, at - 10 * late) as Moment;
        const amounts = { quantity: decimal(quantity), price: decimal(price), fee: decimal("0.5") };
        const gained = books.book({ owner, symbol, ...amounts, at, filledAt });
        realized = realized.plus(gained);
        const texts = { quantity: String(quantity), price: String(price), fee: "0.5", realized: plain(gained) };
        holdings.take({ owner, symbol, ...texts, at, filledAt });
      }
      holdings.actUntil((10 * steps.length) as Moment);
      for (const { owner, symbol, position } of holdings.rows()) {
        expect(position.quantity).toEqual(books.position(owner, symbol));
        if (!position.quantity.isZero()) expect(position.average).toEqual(books.heldBy(owner, symbol).average);
      }
      expect(holdings.rows().reduce((sum, row) => sum.plus(row.realized), ZERO)).toEqual(realized);
      for (const [symbol, quantity] of bySymbol(holdings.rows()))
        expect(quantity).toEqual(OWNERS.reduce((sum, owner) => sum.plus(books.position(owner, symbol)), ZERO));
    }),
    { seed: 14, numRuns: 300 },
  );
});

it("are paid a dividend on what was held before the split of the same action", () => {
  const holdings = new Holdings([{ symbol: "AAA", at: 5 as Moment, split: "2", dividend: "0.5" }], () => decimal(10));
  const texts = { quantity: "4", price: "100", fee: "1", realized: "0" };
  holdings.take({ owner: "a", symbol: "AAA", ...texts, at: 1 as Moment, filledAt: 1 as Moment });
  holdings.actUntil(6 as Moment);
  const [row] = holdings.rows();
  expect(row?.position).toEqual({ quantity: decimal(8), average: decimal(50) });
  expect([row?.realized, row?.fees]).toEqual([decimal(20), decimal(1)]);
});
