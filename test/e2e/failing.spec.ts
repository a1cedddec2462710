/**
 * Strategies that fail in every way beside one that does not: each says why on screen, and an order that is too small says from what
 * size one would pass.
 */
import { expect, test } from "@playwright/test";
import { goTo, pictures, serve } from "./served.ts";

const ORDER = (symbol: string, quantity: number): string =>
  `[{ symbol: "${symbol}", quantity: ${quantity}, because: { text: "the last bar closed higher", values: {} } }]`;
const BODIES: Readonly<Record<string, string>> = {
  throws: "{ const bars = undefined; return bars.length; }",
  nonsense: '({ symbol: "AAPL" })',
  small: ORDER("AAPL", 5),
  cheap: ORDER("PENNY", 30),
  wrong: ORDER("TSLA", 10),
  idle: "[]",
};
const SYMBOL = "assetClass: equity, volatility: 0.3, volume: 90000, pricePrecision: 2";
const OWN = [...Object.keys(BODIES), "unruly"];
const DESK = `name: odd ones
clock: { kind: virtual, speed: 60 }
feed:
  kind: synthetic
  symbols:
    - { symbol: AAPL, startPrice: 228.5, minQuantity: 10, ${SYMBOL} }
    - { symbol: PENNY, startPrice: 1.2, minNotional: 100, ${SYMBOL} }
strategies:
${OWN.map((name) => `  - { name: ${name}, module: ${name}.ts, symbols: [AAPL, PENNY], cadence: 10s, jitter: 1s }`).join("\n")}
  - { name: momentum, module: momentum, symbols: [AAPL], cadence: 10s, jitter: 1s }
`;
const FILES = {
  "desk.yaml": DESK,
  "strategies/unruly.ts":
    'export default { defaults: { size: 1 }, parameters: { size: { type: "numbr" } }, onTick: () => [] };\n',
  ...Object.fromEntries(
    Object.entries(BODIES).map(([name, body]) => [
      `strategies/${name}.ts`,
      `export default { defaults: {}, parameters: {}, onTick: () => ${body} };\n`,
    ]),
  ),
};

test("strategies that fail say so and why, and orders that are too small say what would pass", async ({ browser }) => {
  const served = await serve(undefined, FILES);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running/);
    const desk = page.getByTestId("view-desk");
    const failing = desk.locator("[col-id=state]", { hasText: "Failing" });
    await expect(failing).toHaveCount(3);
    await expect(desk.locator("[col-id=state]", { hasText: "Not loaded" })).toHaveCount(1);
    await goTo(page, "schedule");
    const schedule = page.getByTestId("view-schedule");
    await expect(schedule.locator("[col-id=state]", { hasText: "Failing" })).toHaveCount(3);
    await expect(schedule.locator("[col-id=reason]", { hasText: "did you mean number?" })).toHaveCount(1);
    await goTo(page, "rejections");
    const rejections = page.getByTestId("view-rejections");
    await rejections.getByRole("tab", { name: "Each" }).click();
    await expect(rejections.locator("[col-id=free]", { hasText: "from 10 units" }).first()).toBeVisible();
    await expect(rejections.locator("[col-id=free]", { hasText: /from \d\d units/ }).first()).toBeVisible();
    const small = rejections.locator("[row-id]", { hasText: "from 10 units" }).first();
    await expect(small.locator("[col-id=value]")).toHaveText("5");
    await expect(small.locator("[col-id=limit]")).toHaveText("10");
    await pictures(page, "failing", ["desk", "schedule", "rejections", "router", "log", "help"]);
  } finally {
    await page.close();
    await served.stop();
  }
});
