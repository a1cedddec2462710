/** The breakers of the session, and how much room is left to each limit. */
import { describe, expect, it } from "vitest";
import { duration } from "../../../src/shared/time.ts";
import { after, RiskDesk, T0 } from "./desk.ts";

describe("a breaker", () => {
  it("session_drawdown_limit: from the peak, at the limit, and again after a resume", () => {
    const desk = new RiskDesk({ sessionDrawdownLimit: 0.05 });
    desk.hold("A", "10", 100);
    desk.books.mark("A", 50.01, T0);
    expect(desk.risk.breaker(T0, T0)).toBeNull();
    desk.books.mark("A", 50, T0);
    expect(desk.risk.breaker(T0, T0)).toEqual({
      code: "session_drawdown_limit",
      message: "Equity fell 5.00 % from its peak; the limit is 5.00 %.",
      value: "0.05",
      limit: "0.05",
    });
    desk.risk.resumed(after(1));
    expect(desk.risk.breaker(after(1), T0)).toBeNull();
    desk.books.mark("A", 2.5, after(2));
    expect(desk.risk.breaker(after(2), T0)).toMatchObject({ code: "session_drawdown_limit", value: "0.05" });
    // The account's own drawdown remembers the first peak.
    expect(desk.books.drawdown).toBeCloseTo(-0.0975, 10);
  });

  it("reject_limit_reached: so many within the window, and again after a resume", () => {
    const desk = new RiskDesk({ rejectLimit: 3, rejectWindow: duration(60_000_000) });
    for (const at of [0, 30, 61]) desk.risk.refused("any", after(at));
    expect(desk.risk.breaker(after(61), T0)).toBeNull();
    desk.risk.refused("any", after(90));
    expect(desk.risk.breaker(after(90), T0)).toMatchObject({ code: "reject_limit_reached", value: "3", limit: "3" });
    // The oldest of the three leaves the window by time alone.
    expect(desk.risk.breaker(after(90.000_001), T0)).toBeNull();
    for (const at of [91, 92]) desk.risk.refused("any", after(at));
    expect(desk.risk.breaker(after(92), T0)).not.toBeNull();
    desk.risk.resumed(after(93));
    expect(desk.risk.breaker(after(93), T0)).toBeNull();
  });

  it("data_stale: a feed that said nothing for longer, once it has said something", () => {
    const desk = new RiskDesk({ dataStale: duration(5_000_000) });
    expect(desk.risk.breaker(after(60), null)).toBeNull();
    expect(desk.risk.breaker(after(5), T0)).toBeNull();
    expect(desk.risk.breaker(after(5.000_001), T0)).toMatchObject({
      code: "data_stale",
      limit: expect.stringContaining("5") as string,
    });
  });

  it("data_stale: only the part of the silence that counts, such as open hours", () => {
    const desk = new RiskDesk({ dataStale: duration(5_000_000) });
    const counted = (microseconds: number) => () => duration(microseconds);
    expect(desk.risk.breaker(after(60), T0, counted(5_000_000))).toBeNull();
    expect(desk.risk.breaker(after(60), T0, counted(5_000_001))).toMatchObject({ code: "data_stale" });
  });

  it("without limits never trips", () => {
    const desk = new RiskDesk({});
    for (let number = 0; number < 100; number += 1) desk.risk.refused("any", T0);
    desk.hold("A", "100", 100);
    desk.books.mark("A", 0.01, T0);
    expect(desk.risk.breaker(after(1e6), T0)).toBeNull();
  });
});

describe("headroom", () => {
  it("lists the limits that there are, with the fullest symbol and what is used", () => {
    const desk = new RiskDesk({
      maxPosition: "100",
      maxPositionBySymbol: { B: "20" },
      portfolioGrossCap: 2,
      perAssetCap: 0.5,
      assetClassCaps: { equity: 0.8, crypto: 0.4 },
      portfolioDrawdownCap: 0.2,
      dailyPortfolioLossCap: "500",
      turnoverBlock: 4,
      sessionDrawdownLimit: 0.25,
      rejectLimit: 4,
    });
    desk.hold("A", "40", 50);
    desk.hold("B", "-10", 100);
    desk.hold("C1", "1", 1_000);
    desk.books.mark("A", 49, T0);
    desk.books.mark("C1", 940, T0);
    desk.risk.traded({ symbol: "A", quantity: "-99", price: "100" }, T0);
    desk.risk.refused("any", T0);
    const rows = desk.risk.headroom(T0);
    const used = Object.fromEntries(rows.map((row) => [`${row.guard} ${row.scope}`, [row.value, row.limit, row.used]]));
    // Equity is 9,900: 40 × −1 and 1 × −60 since the start.
    expect(used).toEqual({
      "max_position_exceeded B": ["10", "20", 0.5],
      "per_asset_cap A": ["0.1979798", "0.5", expect.closeTo(0.395_959_6, 6)],
      "asset_class_cap equity": ["0.2989899", "0.8", expect.closeTo(0.373_737, 5)],
      "asset_class_cap crypto": ["0.09494949", "0.4", expect.closeTo(0.237_373, 5)],
      "portfolio_gross_cap account": ["0.39393939", "2", expect.closeTo(0.196_969, 5)],
      "portfolio_drawdown_cap account": ["0.01", "0.2", expect.closeTo(0.05, 10)],
      "session_drawdown_limit session": ["0.01", "0.25", expect.closeTo(0.04, 10)],
      "daily_portfolio_loss_cap account, today": ["100", "500", 0.2],
      "turnover_block account, today": ["1", "4", 0.25],
      [`reject_limit_reached ${rows.at(-1)?.scope}`]: ["1", "4", 0.25],
    });
  });

  it("of an empty account is all free, and of no limits is empty", () => {
    expect(new RiskDesk({}).risk.headroom(T0)).toEqual([]);
    const rows = new RiskDesk({ maxPosition: "5", portfolioGrossCap: 0 }).risk.headroom(T0);
    expect(rows.map(({ scope, value, used }) => [scope, value, used])).toEqual([
      ["every symbol", "0", 0],
      ["account", "0", null],
    ]);
  });
});
