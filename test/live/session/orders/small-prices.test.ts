/** Prices of eighteen decimals: the digits that were asked for are those of the journal, the venue, a replace, the probe and a restart. */
import { join } from "node:path";
import { expect, it } from "vitest";
import type { OrderIntent, StrategyAction } from "../../../../src/shared/strategy.ts";
import { decimal, plain } from "../../../../src/shared/decimal.ts";
import { openForReading } from "../../../../src/store/index.ts";
import { scripted } from "../scripted.ts";
import { entriesOf, finish, journalOf, reopen } from "../stage.ts";

const PRICES = ["0.000000000012345678", "0.000000000012345679"] as const;
const MARK = "0.000000000020000001";
const SMALL = { instruments: { ABC: { pricePrecision: 18 } } };

const bid: OrderIntent = {
  symbol: "ABC",
  quantity: 1_000_000,
  limitPrice: Number(PRICES[0]),
  clientOrderId: "small",
  because: { text: "test", values: {} },
};

function pricesAtVenue(folder: string): unknown[] {
  const database = openForReading(join(folder, "broker.db"));
  const rows = database.prepare("SELECT limitPrice FROM orders").all() as { readonly limitPrice: string }[];
  database.close();
  return rows.map(({ limitPrice }) => limitPrice);
}

it("stay as they were asked for, placed, replaced, shown and opened again", async () => {
  const bars = Array.from({ length: 8 }, () => MARK);
  const plan = (run: number): StrategyAction[] =>
    run === 2 ? [bid] : run === 4 ? [{ replace: "small", limitPrice: Number(PRICES[1]) }] : [];
  const { session, workspace } = await scripted(bars, { one: plan }, SMALL);
  await finish(session);
  const entries = journalOf(session.folder);
  const [order] = entriesOf(entries, "order");
  expect(plain(decimal(order?.limitPrice ?? 0))).toBe(PRICES[0]);
  const acknowledged = entriesOf(entries, "ack").map(({ outcome }) => outcome);
  expect(acknowledged).toMatchObject([{ outcome: "accepted", limitPrice: PRICES[0] }]);
  expect(entriesOf(entries, "replace_request")).toMatchObject([{ sent: true, change: { limitPrice: PRICES[1] } }]);
  expect(entriesOf(entries, "replace")).toMatchObject([{ outcome: { outcome: "accepted", limitPrice: PRICES[1] } }]);
  expect(pricesAtVenue(session.folder)).toEqual([PRICES[1]]);
  const again = await reopen(workspace, session.id);
  const [working] = again.probe().router.orders;
  expect(plain(decimal(working?.limitPrice ?? 0))).toBe(PRICES[1]);
  expect(again.probe().drift).toEqual([]);
});
