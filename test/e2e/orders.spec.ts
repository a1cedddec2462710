/**
 * A trader's hand in the browser: an order of the ticket, replaced and canceled; a position closed; a halt that cancels; a flatten.
 *
 * 1. Everything is real: the host, the session, the journal, Chromium. The demo desk runs at 60× until it holds positions, and from
 *    there on as the machine's clock does.
 * 2. The steps build on each other, in one window.
 */
import { expect, test, type Page } from "@playwright/test";
import { confirm, goTo, picture, serve, themed, type Served } from "./served.ts";

test.describe.configure({ mode: "serial" });

let served: Served;
let page: Page;
const problems: string[] = [];

test.beforeAll(async ({ browser }) => {
  served = await serve();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
  page = await context.newPage();
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  await page.goto(served.url);
  await page.getByTestId("start-session").click();
  await expect(page.getByTestId("session-state")).toHaveText(/Running/);
  await page.getByTestId("speed-60").click();
});

test.afterAll(async () => {
  await page.close();
  await served.stop();
});

const state = () => page.getByTestId("session-state");
const dialog = () => page.getByTestId("confirm-dialog");

/** Fills the ticket in for a limit order far below the market, so that it rests. */
async function place(symbol: string, quantity: string, limit: string): Promise<void> {
  // Letters are letters while a field has the focus.
  await page.locator("main").focus();
  await page.keyboard.press("o");
  await page.getByTestId("ticket-symbol").fill(symbol);
  await page.getByTestId("ticket-quantity").fill(quantity);
  await page.getByTestId("ticket-limitPrice").fill(limit);
  await expect(page.getByTestId("ticket-preview")).toContainText("Passes every guard");
}

test("the ticket says what the guards would say, and an order rests", async () => {
  await goTo(page, "orders");
  await page.keyboard.press("o");
  await page.getByTestId("ticket-symbol").fill("AAPL");
  await page.getByTestId("ticket-quantity").fill("100000");
  await page.getByTestId("ticket-limitPrice").fill("1");
  await expect(page.getByTestId("ticket-preview")).toContainText("Would be refused");
  await picture(page, "ticket-refused-dark-1280");
  await page.keyboard.press("Escape");
  await place("AAPL", "10", "1.5");
  await picture(page, "ticket-dark-1280");
  await page.getByTestId("ticket-send").click();
  await expect(page.getByTestId("ticket-dialog")).toBeHidden();
  await place("AAPL", "7", "1.25");
  await page.getByTestId("ticket-send").click();
  await expect(page.getByTestId("ticket-dialog")).toBeHidden();
  await page.keyboard.press("w");
  await page.getByLabel("Filter working orders").fill("manual");
  await expect(page.getByRole("button", { name: /^Cancel ROUTER-/ })).toHaveCount(2);
  await themed(page, "working", "orders");
});

test("a working order is replaced in its place", async () => {
  await page
    .getByRole("button", { name: /^Replace ROUTER-/ })
    .first()
    .click();
  await page.getByTestId("field-limitPrice").fill("1.75");
  await picture(page, "replace-dark-1280");
  await page.getByTestId("confirm-verb").click();
  await expect(dialog()).toBeHidden();
  await expect(page.getByTestId("view-orders").getByText("1.75").first()).toBeVisible();
});

test("one is canceled from its row, the rest by ⇧X with a scope", async () => {
  await page
    .getByRole("button", { name: /^Cancel ROUTER-/ })
    .first()
    .click();
  await picture(page, "cancel-dark-1280");
  await page.getByTestId("confirm-verb").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: /^Cancel ROUTER-/ })).toHaveCount(1);
  await page.locator("main").focus();
  await page.keyboard.press("Shift+X");
  await page.getByTestId("choice-input").selectOption("symbol:AAPL");
  await expect(page.getByTestId("facts-orders")).toHaveText(/\d/);
  await picture(page, "cancel-all-dark-1280");
  await page.getByTestId("confirm-verb").click();
  await expect(
    page.getByText("No working orders").or(page.getByText("Nothing matches the filter")).first(),
  ).toBeVisible();
  await page.getByLabel("Filter working orders").fill("");
});

test("a position is closed from its row, by symbol and by strategy", async () => {
  await goTo(page, "positions");
  const close = page.getByTestId("view-positions").locator("button[aria-label^='Close ']:enabled");
  // One is closed here, and others are left for the halt and the flatten.
  await expect(close.nth(3)).toBeVisible();
  await page.getByTestId("speed-1").click();
  await expect(page.getByTestId("speed-1")).toHaveAttribute("aria-checked", "true");
  await themed(page, "positions", "positions");
  await page.getByRole("tab", { name: "By strategy" }).click();
  await expect(close.first()).toBeVisible();
  await picture(page, "positions-owners-dark-1280");
  // No strategy closes the position while it is asked about.
  await page.getByTestId("pause-session").click();
  await expect(state()).toHaveText(/Paused/);
  await expect(close.first()).toHaveAttribute("aria-label", /^Close \S+ of \S+/);
  await close.first().click();
  await expect(dialog()).toContainText("Nothing is halted");
  await picture(page, "close-dark-1280");
  await page.getByTestId("confirm-verb").click();
  await expect(dialog()).toBeHidden();
  await page.getByTestId("continue-session").click();
  await expect(state()).toHaveText(/Running/);
  await goTo(page, "orders");
  await page.getByRole("tab", { name: "All" }).click();
  await page.getByLabel("Filter orders").fill("closed by");
  await expect(page.getByText(/closed by operator/).first()).toBeVisible();
  await page.getByLabel("Filter orders").fill("");
});

test("a halt cancels what works, and its banner says what rests", async () => {
  await place("AAPL", "5", "1.5");
  await page.getByTestId("ticket-send").click();
  await expect(page.getByTestId("ticket-dialog")).toBeHidden();
  await page.locator("main").focus();
  await page.keyboard.press("Shift+H");
  await picture(page, "halt-choices-dark-1280");
  await page.getByTestId("also-cancel").click();
  await expect(page.getByTestId("confirm-verb")).toHaveText(/cancel orders/);
  await page.getByTestId("confirm-verb").click();
  await expect(state()).toHaveText(/Halted/);
  await expect(page.getByTestId("halt-banner")).toContainText("No working orders");
  await expect(page.getByTestId("halt-banner")).toContainText(/open positions?/);
  await themed(page, "halt-rests", "positions");
});

test("flatten works while halted, and closes everything", async () => {
  await goTo(page, "positions");
  await page.keyboard.press("Shift+F");
  await expect(page.getByTestId("facts-positions")).toHaveText(/[1-9]/);
  await picture(page, "flatten-dark-1280");
  await page.getByTestId("confirm-verb").click();
  await expect(dialog()).toBeHidden();
  await expect(page.getByTestId("halt-banner")).toContainText("No working orders and no open positions");
  await expect(page.getByTestId("view-positions").locator("button[aria-label^='Close ']:enabled")).toHaveCount(0);
  await themed(page, "flattened", "positions");
  await themed(page, "router-pace", "router");
  await page.getByTestId("stop-session").click();
  await confirm(page, "A. Trader", null);
  expect(problems).toEqual([]);
});
