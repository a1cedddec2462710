/**
 * A session with more orders than a view holds: filter, order, narrowing and older rows reach all of it, while it runs.
 */
import { expect, test, type Page } from "@playwright/test";
import { goTo, picture, serve } from "./served.ts";

const DESK = `
name: long
seed: 1
rate_limit_per_sec: 1000
clock: { kind: virtual, speed: 10 }
feed:
  kind: synthetic
  markInterval: 1s
  symbols: [{ symbol: ABC, assetClass: equity, startPrice: 100 }, { symbol: XYZ, assetClass: equity, startPrice: 50 }]
strategies:
  - { name: turns, module: turns.ts, symbols: [ABC], cadence: 1s, timeBudget: 900ms }
  - { name: seldom, module: seldom.ts, symbols: [XYZ], cadence: 5s, timeBudget: 900ms }
`;
const strategy = (count: number, symbol: string): string => `export default {
  defaults: {}, parameters: {}, barsNeeded: () => 2,
  onTick() {
    return Array.from({ length: ${count} }, (_, k) => ({
      symbol: "${symbol}", quantity: k % 2 === 0 ? k + 1 : -k, because: { text: "to and fro", values: {} },
    }));
  },
};
`;

const orders = (page: Page) => page.getByTestId("view-orders");
const total = async (page: Page): Promise<number> =>
  Number(/of ([\d,]+)/.exec(await orders(page).innerText())?.[1]?.replaceAll(",", "") ?? 0);

test("every order of a long session can be found, sorted and reached", async ({ browser }) => {
  const served = await serve(undefined, {
    "desk.yaml": DESK,
    "strategies/turns.ts": strategy(10, "ABC"),
    "strategies/seldom.ts": strategy(1, "XYZ"),
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await page.getByTestId("speed-60").click();
    await goTo(page, "orders");
    await page.getByTestId("tab-orders").click();
    await expect.poll(() => total(page)).toBeGreaterThan(2_400);
    // The session's first order left the window long ago.
    const first = orders(page).locator(".ag-row [col-id=order]", { hasText: "ROUTER-00000001" });
    await page.getByLabel("Filter orders").fill("ROUTER-00000001");
    await expect(first).toBeVisible();
    await expect(orders(page)).toContainText(/1 of [\d,]+/);
    await first.click();
    await expect(page.getByTestId("why-panel")).toContainText("to and fro");
    await page.keyboard.press("Escape");
    await page.getByLabel("Filter orders").fill("");
    await page.getByTestId("narrow-strategy").focus();
    await expect(page.getByTestId("narrow-strategy").locator("option", { hasText: "seldom" })).toHaveCount(1);
    await page.getByTestId("narrow-strategy").selectOption("seldom");
    await expect(orders(page).locator(".ag-row [col-id=strategy]").first()).toHaveText("seldom");
    await expect(orders(page).locator(".ag-row [col-id=strategy]", { hasText: "turns" })).toHaveCount(0);
    await picture(page, "long-narrowed-dark-1280");
    await orders(page).getByRole("button", { name: "Clear" }).click();
    // By time from the oldest on: the first page ends where the second begins.
    for (let click = 0; click < 2; click += 1) await orders(page).locator(".ag-header-cell[col-id=at]").click();
    await expect(first).toBeVisible();
    await page.getByTestId("more-rows").click();
    const grid = orders(page).locator("[aria-rowcount]").first();
    await expect.poll(async () => Number(await grid.getAttribute("aria-rowcount"))).toBeGreaterThan(900);
    await page.getByTestId("pause-session").click();
  } finally {
    await page.close();
    await served.stop();
  }
});
