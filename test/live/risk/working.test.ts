/**
 * What already works counts against the exposure caps: orders of one pass cannot each pass and together exceed one.
 */
import { describe, expect, it } from "vitest";
import { RiskDesk } from "./desk.ts";

describe("orders that already work", () => {
  it("count against the cap of their asset, on their own side", () => {
    const desk = new RiskDesk({ perAssetCap: 0.1 });
    expect(desk.ask("A", 9, 100)).toBe("passes");
    desk.works("A", "6", "0", 100);
    expect(desk.ask("A", 4, 100)).toBe("passes");
    expect(desk.ask("A", 5, 100)).toBe("per_asset_cap");
    expect(desk.ask("A", -9, 100)).toBe("passes");
  });

  it("count against the cap of their class and the gross cap, in other assets too", () => {
    const byClass = new RiskDesk({ assetClassCaps: { equity: 0.1 } });
    byClass.works("B", "0", "-6", 100);
    expect(byClass.ask("A", 4, 100)).toBe("passes");
    expect(byClass.ask("A", 5, 100)).toBe("asset_class_cap");
    expect(byClass.ask("C1", 50, 100)).toBe("passes");
    const gross = new RiskDesk({ portfolioGrossCap: 0.1 });
    gross.works("C1", "6", "0", 100);
    expect(gross.ask("A", 5, 100)).toBe("portfolio_gross_cap");
    expect(gross.ask("A", 4, 100)).toBe("passes");
  });

  it("of both sides in another asset count with the larger one", () => {
    const desk = new RiskDesk({ portfolioGrossCap: 0.1 });
    desk.hold("B", "2", 100);
    desk.works("B", "5", "-4", 100);
    expect(desk.ask("A", 3, 100)).toBe("passes");
    expect(desk.ask("A", 4, 100)).toBe("portfolio_gross_cap");
  });
});
