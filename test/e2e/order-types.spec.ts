/** Each order type at rest with its prices, what waits in a queue, and the cancel of marked rows. */
import { expect, test } from "@playwright/test";
import { goTo, picture, serve } from "./served.ts";

const QUOTER = `export default { defaults: {}, parameters: {}, onTick: (context) => {
  if (context.openOrders("AAPL").length > 0) return [];
  const close = context.bars("AAPL").at(-1)?.close;
  if (close === undefined) return [];
  const because = { text: "one of each type", values: { close } };
  const at = (share) => Math.round(close * share * 100) / 100;
  const order = (fields) => ({ symbol: "AAPL", quantity: 10, because, ...fields });
  return [
    order({ limitPrice: at(0.8), postOnly: true }),
    order({ type: "stop", stopPrice: at(1.2) }),
    order({ type: "stop_limit", stopPrice: at(1.2), limitPrice: at(1.25), timeInForce: "day" }),
    order({ type: "trailing_stop", quantity: -10, trail: { percent: 20 } }),
    ...Array.from({ length: 36 }, (_, index) => order({ limitPrice: at(0.4 + index / 100) })),
  ];
} };
`;
const QUEUE_DESK = `name: queue
clock: { kind: virtual, speed: 1 }
rate_limit_per_sec: 1
pace: queue
queueFor: 1h
feed:
  kind: synthetic
  symbols:
    - { symbol: AAPL, startPrice: 228.5, assetClass: equity, volatility: 0.3, volume: 90000, pricePrecision: 2 }
strategies:
  - { name: quoter, module: quoter.ts, symbols: [AAPL], cadence: 2s, pace: queue, queueFor: 1h }
`;

test("each type rests with its prices, and what waits in a queue is shown and canceled", async ({ browser }) => {
  const served = await serve(undefined, { "desk.yaml": QUEUE_DESK, "strategies/quoter.ts": QUOTER });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running/);
    // Forty orders at one in a second of a clock that runs as the machine's does: most of them wait when the session is held.
    await page.keyboard.press("w");
    const view = page.getByTestId("view-orders");
    const states = view.locator(".ag-cell[col-id=state]");
    await expect(states.first()).toBeVisible();
    await page.getByTestId("pause-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Paused/);
    await expect(page.getByTestId("tab-working")).toHaveText("Working 40");
    const queued = view.locator(".ag-row", { hasText: "Queued" });
    await expect(queued.first()).toBeVisible();
    await picture(page, "working-queued-dark-1280");
    await goTo(page, "router");
    await expect(page.getByText(/^\d+ queued$/)).toBeVisible();
    await picture(page, "router-queue-dark-1280");
    await goTo(page, "orders");
    // A plain one: how many of the others have been sent by the pause is the machine's affair.
    await queued
      .filter({ has: page.locator("[col-id=type]").getByText("Limit", { exact: true }) })
      .first()
      .getByRole("button", { name: /^Cancel Q-/ })
      .click();
    await page.getByTestId("confirm-verb").click();
    await expect(page.getByTestId("tab-working")).toHaveText("Working 39");
    await page.getByTestId("continue-session").click();
    await page.getByTestId("speed-60").click();
    await expect(queued).toHaveCount(0);
    await page.getByTestId("pause-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Paused/);
    // Sorted by type, the rows that are marked are the first two, and the grid is at its top.
    const header = view.locator(".ag-header-cell[col-id=type]");
    await header.click();
    await header.click();
    await expect(header).toHaveAttribute("aria-sort", "descending");
    await view.locator(".ag-row").last().hover();
    await page.mouse.wheel(0, -10_000);
    await view.getByText("Stop limit").click();
    await page.keyboard.press("Escape");
    await view.getByText("Trailing stop").click({ modifiers: ["Control"] });
    await page.keyboard.press("Escape");
    await picture(page, "working-types-dark-1280");
    await page.getByTestId("cancel-marked").click();
    await expect(page.getByTestId("confirm-verb")).toHaveText("Cancel 2 orders");
    await page.getByTestId("confirm-verb").click();
    await expect(page.getByTestId("tab-working")).toHaveText("Working 37");
    // 640 by 400 points are what 200 % zoom leaves of 1280 by 800: the verb stays on screen, whatever the dialog lists.
    await page.setViewportSize({ width: 640, height: 400 });
    await page.locator("main").focus();
    await page.keyboard.press("Shift+H");
    await page.getByTestId("also-cancel").click();
    await expect(page.getByTestId("confirm-verb")).toBeInViewport({ ratio: 1 });
    await picture(page, "halt-choices-640");
    await page.getByTestId("confirm-verb").focus();
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("halt-banner")).toContainText("No working orders and no open positions");
  } finally {
    await page.close();
    await served.stop();
  }
});
