/** Each guard by itself: its code, its value, its limit, the last order that passes and the first that does not. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RiskLimits } from "../../../src/shared/desk.ts";
import { DAY, duration, moment } from "../../../src/shared/time.ts";
import { REASONS } from "../../../src/shared/glossary.ts";
import type { BuyingPower } from "../../../src/live/risk/index.ts";
import { after, RiskDesk, T0 } from "./desk.ts";

const TOMORROW = moment(20_001 * DAY);

describe("one guard", () => {
  it("max_notional_exceeded: an order's value, unless it only reduces its owner's position", () => {
    const desk = new RiskDesk({ maxNotional: "1000" });
    expect(desk.ask("A", 10, 100)).toBe("passes");
    expect(desk.check("A", -10, 100.01).refusal).toMatchObject({
      reason: "max_notional_exceeded",
      value: "1000.1",
      limit: "1000",
      freeAt: null,
    });
    desk.hold("A", "20", 100);
    expect([desk.ask("A", -20, 100), desk.ask("A", -20.01, 100)]).toEqual(["passes", "max_notional_exceeded"]);
    // What the account holds is another's to close.
    expect(desk.ask("A", -20, 100, T0, "beta")).toBe("max_notional_exceeded");
  });

  it("max_notional_exceeded compares exactly: 0.1 × 3 is 0.3", () => {
    expect(new RiskDesk({ maxNotional: "0.3" }).ask("A", 0.1, 3)).toBe("passes");
  });

  it("max_position_exceeded: the symbol's own limit first, with what works the same way", () => {
    const desk = new RiskDesk({ maxPosition: "10", maxPositionBySymbol: { B: "5" } });
    expect([desk.ask("A", 10, 1), desk.ask("A", -10.01, 1)]).toEqual(["passes", "max_position_exceeded"]);
    expect([desk.ask("B", 5, 1), desk.ask("B", 5.01, 1)]).toEqual(["passes", "max_position_exceeded"]);
    desk.hold("A", "4", 1);
    desk.works("A", "3", "-9");
    expect([desk.ask("A", 3, 1), desk.ask("A", 3.5, 1)]).toEqual(["passes", "max_position_exceeded"]);
    expect(desk.check("A", 4, 1).refusal).toMatchObject({ value: "11", limit: "10" });
    // Sells: 4 held, 9 sells work, so 5 more is the most.
    expect([desk.ask("A", -5, 1), desk.ask("A", -5.5, 1)]).toEqual(["passes", "max_position_exceeded"]);
    expect(desk.ask("constructor", 11, 1)).toBe("max_position_exceeded");
  });

  it("per_trade_risk_cap: an order's share of equity", () => {
    const desk = new RiskDesk({ perTradeRiskCap: 0.1 });
    expect(desk.ask("A", 10, 100)).toBe("passes");
    expect(desk.check("A", 10.5, 100).refusal).toMatchObject({
      reason: "per_trade_risk_cap",
      value: "0.105",
      limit: "0.1",
    });
  });

  it("per_asset_cap: the asset as it would be", () => {
    const desk = new RiskDesk({ perAssetCap: 0.2 });
    desk.hold("A", "10", 100);
    expect([desk.ask("A", 10, 100), desk.ask("B", 20, 100)]).toEqual(["passes", "passes"]);
    expect(desk.check("A", 11, 100).refusal).toMatchObject({ reason: "per_asset_cap", value: "0.21", limit: "0.2" });
    // Turning it from long to short: what counts is where it ends.
    expect([desk.ask("A", -30, 100), desk.ask("A", -31, 100)]).toEqual(["passes", "per_asset_cap"]);
  });

  it("asset_class_cap: the class with all its assets", () => {
    const desk = new RiskDesk({ assetClassCaps: { crypto: 0.3 } });
    desk.hold("C1", "-10", 100);
    desk.hold("A", "50", 100);
    expect([desk.ask("C2", 20, 100), desk.ask("A", 40, 100)]).toEqual(["passes", "passes"]);
    expect(desk.check("C2", 21, 100).refusal).toMatchObject({
      reason: "asset_class_cap",
      value: "0.31",
      limit: "0.3",
      detail: expect.stringContaining("crypto") as string,
    });
  });

  it("portfolio_gross_cap: everything, longs and shorts", () => {
    const desk = new RiskDesk({ portfolioGrossCap: 1.5 });
    desk.hold("A", "60", 100);
    desk.hold("B", "-60", 100);
    expect([desk.ask("D", 30, 100), desk.ask("B", -30, 100)]).toEqual(["passes", "passes"]);
    expect(desk.check("D", 31, 100).refusal).toMatchObject({
      reason: "portfolio_gross_cap",
      value: "1.51",
      limit: "1.5",
    });
  });

  it("portfolio_drawdown_cap, then cooldown_active until it has run out by session time", () => {
    const desk = new RiskDesk({ portfolioDrawdownCap: 0.1, cooldown: duration(60_000_000) });
    desk.hold("A", "10", 100);
    desk.books.mark("A", 0.01, T0);
    expect(desk.ask("B", 1, 1)).toBe("passes");
    desk.hold("A", "0.001", 0.01);
    desk.books.mark("A", 0, T0);
    const { refusal } = desk.check("B", 1, 1);
    expect(refusal).toMatchObject({ reason: "portfolio_drawdown_cap", limit: "0.1", freeAt: after(60) });
    // Asking alone begins nothing; the refusal does.
    expect(desk.ask("B", 1, 1, after(1))).toBe("portfolio_drawdown_cap");
    desk.risk.refused("portfolio_drawdown_cap", after(2));
    expect(desk.check("B", 1, 1, after(3)).refusal).toMatchObject({ reason: "cooldown_active", freeAt: after(62) });
    desk.risk.refused("cooldown_active", after(3));
    expect([desk.ask("B", 1, 1, after(61.9)), desk.ask("B", 1, 1, after(62))]).toEqual(["cooldown_active", "passes"]);
    // At the cooldown's end the peak begins again; a new fall from there begins another cooldown.
    desk.hold("A", "90", 100, "alpha", after(70));
    desk.books.mark("A", 90, after(71));
    expect(desk.check("B", 1, 1, after(72)).refusal).toMatchObject({
      reason: "portfolio_drawdown_cap",
      freeAt: after(132),
    });
    desk.risk.refused("portfolio_drawdown_cap", after(72));
    desk.risk.refused("portfolio_drawdown_cap", after(80));
    desk.books.mark("A", 100, after(90));
    expect([desk.ask("B", 1, 1, after(131.9)), desk.ask("B", 1, 1, after(132))]).toEqual(["cooldown_active", "passes"]);
  });

  it("portfolio_drawdown_cap: an operator's resume ends the lock, and counts the fall from there", () => {
    const desk = new RiskDesk({ portfolioDrawdownCap: 0.1 });
    desk.hold("A", "20", 100);
    desk.books.mark("A", 50, T0);
    expect(desk.check("B", 1, 1).refusal).toMatchObject({
      reason: "portfolio_drawdown_cap",
      detail: expect.stringContaining("resume") as string,
    });
    desk.risk.refused("portfolio_drawdown_cap", T0);
    expect(desk.check("B", 1, 1).refusal?.detail).toContain("resume");
    desk.risk.resumed(after(1));
    expect(desk.ask("B", 1, 1, after(1))).toBe("passes");
    desk.books.mark("A", 5, after(2));
    expect(desk.check("B", 1, 1, after(2)).refusal).toMatchObject({ value: "0.1" });
  });

  it("daily_portfolio_loss_cap: until the next day, UTC", () => {
    const desk = new RiskDesk({ dailyPortfolioLossCap: "100" });
    desk.hold("A", "10", 100);
    desk.books.mark("A", 90.01, T0);
    expect(desk.ask("B", 1, 1)).toBe("passes");
    desk.books.mark("A", 90, T0);
    expect(desk.check("B", 1, 1).refusal).toMatchObject({
      reason: "daily_portfolio_loss_cap",
      value: "100",
      limit: "100",
      freeAt: TOMORROW,
    });
    desk.books.mark("A", 89, TOMORROW);
    expect(desk.ask("B", 1, 1, TOMORROW)).toBe("passes");
  });

  it("strategy_daily_loss_cap: the strategy's own loss, not another's", () => {
    const desk = new RiskDesk({ strategyDailyLossCap: "100" });
    desk.hold("A", "10", 100, "alpha");
    desk.books.mark("A", 90, T0);
    expect(desk.ask("B", 1, 1, T0, "beta")).toBe("passes");
    expect(desk.check("B", 1, 1, T0, "alpha").refusal).toMatchObject({
      reason: "strategy_daily_loss_cap",
      value: "100",
      limit: "100",
      freeAt: TOMORROW,
    });
  });

  it("turnover: a warning, then a block, of the day's fills and of what works", () => {
    const desk = new RiskDesk({ turnoverWarn: 0.5, turnoverBlock: 1 });
    const fill = { symbol: "A", quantity: "-50", price: "100" };
    expect(desk.check("A", -50, 100).guards).toEqual([
      { guard: "turnover_block", value: "0.5", limit: "1", passed: true, warning: false },
    ]);
    desk.risk.traded(fill, T0);
    expect(desk.check("A", 50, 100)).toMatchObject({
      refusal: null,
      guards: [{ guard: "turnover_warn", value: "1", limit: "0.5", passed: true, warning: true }],
    });
    expect(desk.check("A", 50.01, 100).refusal).toMatchObject({
      reason: "turnover_block",
      value: "1.0001",
      limit: "1",
      freeAt: TOMORROW,
    });
    expect(desk.ask("A", 100, 100, TOMORROW)).toBe("passes");
    desk.risk.traded({ ...fill, quantity: "1" }, TOMORROW);
    expect(desk.ask("A", 100, 100, TOMORROW)).toBe("turnover_block");
    // What works counts on top, and tomorrow, too; an order that alone is too large is given no moment.
    desk.works("B", "10", "-20", 100);
    const next = moment(20_002 * DAY);
    expect(desk.check("A", 70, 100, TOMORROW).refusal).toMatchObject({ value: "1.01", freeAt: next, largest: "69" });
    expect(desk.check("A", 70.01, 100, TOMORROW).refusal).toMatchObject({ freeAt: null, largest: "69" });
  });

  it("capacity: a warning, then a limit, by the volume of the newest bars", () => {
    const desk = new RiskDesk({ capacityWarn: 0.05, capacityLimit: 0.1, capacityBars: 10 });
    expect(desk.check("A", 1_000, 1)).toMatchObject({ refusal: null, guards: [] });
    desk.volume = 10;
    expect(desk.check("A", 5, 1).guards).toEqual([
      { guard: "capacity_limit", value: "0.05", limit: "0.1", passed: true, warning: false },
    ]);
    expect(desk.check("A", -10, 1)).toMatchObject({
      refusal: null,
      guards: [{ guard: "capacity_warn", value: "0.1", limit: "0.05", warning: true }],
    });
    expect(desk.check("A", 10.5, 1).refusal).toMatchObject({ reason: "capacity_limit", value: "0.105", limit: "0.1" });
  });

  it("capacity and turnover: either of the two limits alone is enough, and a passing order is compared with it", () => {
    const read = (limits: Partial<RiskLimits>, quantity: number) => {
      const desk = new RiskDesk({ ...limits, capacityBars: 10 });
      desk.volume = 10;
      return desk.check("A", quantity, 100).guards.map(({ guard, limit }) => `${guard} ${limit}`);
    };
    expect(read({ capacityLimit: 0.1 }, 5)).toEqual(["capacity_limit 0.1"]);
    expect(read({ capacityWarn: 0.05 }, 5)).toEqual(["capacity_limit 0.05"]);
    expect(read({ capacityWarn: 0.05 }, 6)).toEqual(["capacity_warn 0.05"]);
    expect(read({ turnoverBlock: 0.1 }, 5)).toEqual(["turnover_block 0.1"]);
    expect(read({ turnoverWarn: 0.05 }, 5)).toEqual(["turnover_block 0.05"]);
    expect(read({ turnoverWarn: 0.05 }, 6)).toEqual(["turnover_warn 0.05"]);
  });

  it("a value too small for eight decimals is written with its own digits", () => {
    const { refusal } = new RiskDesk({ maxNotional: "0.0000000012345" }).check("A", 1, 2.5e-9);
    expect(refusal).toMatchObject({ value: "0.0000000025", limit: "0.0000000012345" });
    const large = new RiskDesk({ maxNotional: "1" }).check("A", 1, 1.234_567_891_23);
    expect(large.refusal).toMatchObject({ value: "1.23456789" });
  });

  it("no size is named where not even one lot has room", () => {
    const desk = new RiskDesk({ maxPosition: "10" });
    desk.rules = { lotSize: "1", minQuantity: "0", minNotional: "0" };
    desk.hold("A", "9.5", 1);
    expect(desk.check("A", 5, 1).refusal).toMatchObject({ reason: "max_position_exceeded", largest: null });
    desk.hold("A", "-1.5", 1);
    expect(desk.check("A", 5, 1).refusal).toMatchObject({ reason: "max_position_exceeded", largest: "2" });
  });

  it("without limits nothing is read and everything passes", () => {
    expect(new RiskDesk({}).check("A", 1e9, 1e9)).toEqual({ guards: [], refusal: null });
  });

  it("of a share without equity says no", () => {
    const limits = { perTradeRiskCap: 10, perAssetCap: 10, portfolioGrossCap: 10, turnoverBlock: 10 };
    for (const [name, value] of Object.entries(limits)) {
      const desk = new RiskDesk({ [name]: value }, "0");
      expect(desk.ask("A", 0.01, 0.01)).not.toBe("passes");
    }
  });
});

const NO_POWER: BuyingPower = { account: "margin", leverage: 0.0001 };

/** Limits of which every one refuses the order of `everything`. */
const ALL: Partial<RiskLimits> = {
  maxNotional: "1",
  maxPosition: "1",
  perTradeRiskCap: 0.0001,
  perAssetCap: 0.0001,
  assetClassCaps: { equity: 0.0001 },
  portfolioGrossCap: 0.0001,
  portfolioDrawdownCap: 0.0001,
  dailyPortfolioLossCap: "1",
  strategyDailyLossCap: "1",
  turnoverBlock: 0.0001,
  capacityLimit: 0.0001,
};
const ORDER = [
  "insufficient_funds",
  "max_notional_exceeded",
  "max_position_exceeded",
  "per_trade_risk_cap",
  "per_asset_cap",
  "asset_class_cap",
  "portfolio_gross_cap",
  "portfolio_drawdown_cap",
  "daily_portfolio_loss_cap",
  "strategy_daily_loss_cap",
  "turnover_block",
  "capacity_limit",
];

function everything(limits: Partial<RiskLimits>, power: BuyingPower | null = null): RiskDesk {
  const desk = new RiskDesk(limits, "10000", power);
  desk.hold("A", "20", 100);
  desk.books.mark("A", 90, T0);
  desk.volume = 1;
  return desk;
}

describe("all guards together", () => {
  it("answer in their order, the first that says no; the others are read all the same", () => {
    const names = Object.keys(ALL) as (keyof RiskLimits)[];
    for (let gone = 0; gone <= names.length; gone += 1) {
      const kept = names.slice(Math.max(0, gone - 1));
      const left = Object.fromEntries(kept.map((name) => [name, ALL[name]])) as Partial<RiskLimits>;
      const { guards, refusal } = everything(left, gone === 0 ? NO_POWER : null).check("A", 10, 90);
      expect(refusal?.reason).toBe(ORDER[gone]);
      expect(guards.map(({ guard, passed }) => [guard, passed])).toEqual(
        ORDER.slice(gone).map((code) => [code, false]),
      );
    }
  });

  it("let an order that only reduces pass all but turnover and capacity", () => {
    const { guards } = everything(ALL, NO_POWER).check("A", -10, 90);
    const refusing = guards.filter(({ passed }) => !passed).map(({ guard }) => guard);
    expect(refusing).toEqual(["turnover_block", "capacity_limit"]);
    const exposure = { ...ALL, maxNotional: null, turnoverBlock: null, capacityLimit: null };
    const desk = everything(exposure, NO_POWER);
    expect([desk.ask("A", -20, 90), desk.ask("A", -0.01, 90)]).toEqual(["passes", "passes"]);
    expect(desk.ask("A", -20.01, 90)).toBe("per_trade_risk_cap");
    desk.risk.refused("portfolio_drawdown_cap", T0);
    expect(desk.ask("A", -20, 90, after(1))).toBe("passes");
  });

  it("take two orders that would each close a position for what they are together", () => {
    const desk = everything({ ...ALL, maxNotional: null, turnoverBlock: null, capacityLimit: null });
    desk.works("A", "0", "-15");
    expect([desk.ask("A", -5, 90), desk.ask("A", -5.01, 90), desk.ask("A", -20, 90)]).toEqual([
      "passes",
      "per_trade_risk_cap",
      "max_position_exceeded",
    ]);
  });

  it("are in the handbook in the order in which they answer", () => {
    const text = readFileSync(join(import.meta.dirname, "..", "..", "..", "README.md"), "utf8");
    const [, chapter = ""] = text.split("\n## Limits\n");
    const documented = [...chapter.matchAll(/^\| \d+ +\| `(\w+)`/gm)].map(([, code]) => code);
    expect(documented).toEqual(ORDER);
  });

  it("say only codes that are explained", () => {
    for (const code of ORDER) expect(REASONS).toHaveProperty(code);
  });

  it("change nothing by being asked", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("A", "C1"), fc.integer({ min: -30, max: 30 })), { maxLength: 8 }),
        (orders) => {
          const [asked, quiet] = [everything(ALL), everything(ALL)];
          for (const [symbol, quantity] of orders) asked.check(symbol, quantity, 90);
          asked.risk.breaker(T0, T0);
          asked.risk.headroom(T0);
          expect(asked.check("A", 10, 90)).toEqual(quiet.check("A", 10, 90));
          expect(asked.risk.headroom(T0)).toEqual(quiet.risk.headroom(T0));
        },
      ),
      { numRuns: 30 },
    );
  });
});
