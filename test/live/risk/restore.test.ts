/** The engine and the books after a start from a checkpoint: what was locked stays locked, and opens when it would have. */
import { expect, it } from "vitest";
import { DAY, duration, moment, SECOND } from "../../../src/shared/time.ts";
import type { RiskLimits } from "../../../src/shared/desk.ts";
import { after, RiskDesk, T0 } from "./desk.ts";

/** Another desk with the state of this one, as a checkpoint would hold it. */
function restarted(desk: RiskDesk, limits: Partial<RiskLimits>): RiskDesk {
  const again = new RiskDesk(limits);
  again.books.restore(JSON.parse(JSON.stringify(desk.books.state())) as ReturnType<typeof desk.books.state>);
  again.risk.restore(JSON.parse(JSON.stringify(desk.risk.state())) as ReturnType<typeof desk.risk.state>);
  return again;
}

it("a cooldown lasts as long as it would have, and the peak begins again at its end", () => {
  const limits = { portfolioDrawdownCap: 0.1, cooldown: duration(60 * SECOND) };
  const desk = new RiskDesk(limits);
  desk.hold("A", "20", 100);
  desk.books.mark("A", 50, T0);
  desk.risk.refused("portfolio_drawdown_cap", T0);
  desk.books.mark("A", 100, after(1));
  const again = restarted(desk, limits);
  expect(again.check("B", 1, 1, after(59)).refusal).toMatchObject({ reason: "cooldown_active", freeAt: after(60) });
  expect(again.ask("B", 1, 1, after(60))).toBe("passes");
  again.books.mark("A", 95, after(61));
  again.books.mark("A", 45, after(62));
  // From the 10,000 at the cooldown's end, not from a peak within it.
  expect(again.check("B", 1, 1, after(62)).refusal).toMatchObject({ reason: "portfolio_drawdown_cap", value: "0.11" });
});

it("rejections within the window stay counted", () => {
  const limits = { rejectLimit: 3, rejectWindow: duration(60 * SECOND) };
  const desk = new RiskDesk(limits);
  for (const at of [0, 30]) desk.risk.refused("any", after(at));
  const again = restarted(desk, limits);
  expect(again.risk.breaker(after(31), T0)).toBeNull();
  again.risk.refused("any", after(60));
  expect(again.risk.breaker(after(60), T0)).toMatchObject({ code: "reject_limit_reached", value: "3" });
  expect(again.risk.breaker(after(60.000_001), T0)).toBeNull();
});

it("a strategy's loss of the day stays counted", () => {
  const limits = { strategyDailyLossCap: "100" };
  const desk = new RiskDesk(limits);
  desk.hold("A", "10", 100, "alpha", moment(T0 - DAY));
  // It begins the day with a profit of 500, and loses 200 of it.
  desk.books.mark("A", 150, moment(T0 - DAY));
  desk.books.mark("A", 130, T0);
  for (const one of [desk, restarted(desk, limits)])
    expect(one.check("B", 1, 1, T0).refusal).toMatchObject({ reason: "strategy_daily_loss_cap", value: "200" });
});

it("turnover of the day stays counted; of an older version's checkpoint, what it had counted", () => {
  const limits = { turnoverBlock: 1 };
  const desk = new RiskDesk(limits);
  desk.risk.traded({ symbol: "A", quantity: "60", price: "100" }, T0);
  const again = restarted(desk, limits);
  expect(again.check("A", 41, 100).refusal).toMatchObject({ reason: "turnover_block", value: "1.01" });
  expect(again.ask("A", 40, 100)).toBe("passes");
  const { traded, tradedDay, ...rest } = desk.risk.state();
  const older = new RiskDesk(limits);
  older.risk.restore({ ...rest, turnover: String(traded), turnoverDay: tradedDay ?? null });
  expect(older.check("A", 41, 100).refusal).toMatchObject({ reason: "turnover_block", value: "1.01" });
  expect(older.ask("A", 41, 100, moment(T0 + DAY))).toBe("passes");
});

it("books of an older version's checkpoint take the account's peak as the cap's", () => {
  const limits = { portfolioDrawdownCap: 0.1 };
  const desk = new RiskDesk(limits);
  desk.hold("A", "20", 100);
  const { capPeak: _capPeak, capPeakEndsAt: _capPeakEndsAt, ...older } = desk.books.state();
  const again = new RiskDesk(limits);
  again.books.restore(older);
  again.books.mark("A", 50, T0);
  expect(again.check("B", 1, 1).refusal).toMatchObject({ reason: "portfolio_drawdown_cap", value: "0.1" });
});
