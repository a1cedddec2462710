/**
 * What opens over the views breaks no rule of accessibility, best practices included: lists, menus, drawers, dialogs, the ticket, the
 * palette, windows of their own. In the dark theme; the colours of the views are checked in each.
 */
import { expect, test, type Browser, type Page } from "@playwright/test";
import { goTo, picture, rulesOf, serve } from "../served.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];

async function check(page: Page, what: string): Promise<void> {
  const { violations } = await rulesOf(page).withTags(TAGS).analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map((node) => `${what}: ${id} ${node.target.join(" ")}`),
  );
  expect.soft(found).toEqual([]);
}

async function opened(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: "dark",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto(url);
  await expect(page.getByTestId("view-desk")).toBeVisible();
  return page;
}

/** Presses a key with the focus in the view. */
async function press(page: Page, key: string): Promise<void> {
  await page.locator("main").focus();
  await page.keyboard.press(key);
}

test("what opens over a running session breaks no rule", async ({ browser }) => {
  const served = await serve("resources/demo/busy.yaml");
  const page = await opened(browser, served.url);
  try {
    await page.getByTestId("start-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running|Halted/);
    await page.getByTestId("speed-60").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Halted/, { timeout: 120_000 });
    await page.getByTestId("alerts").click();
    await expect(page.getByTestId("alert-row").first()).toBeVisible();
    await check(page, "alerts");
    await page.keyboard.press("Escape");

    await page.keyboard.press("Control+k");
    await check(page, "palette");
    await page.keyboard.press("Escape");

    await page.getByTestId("session-menu").click();
    await check(page, "session menu");
    await page.keyboard.press("Escape");

    for (const [key, what] of [
      ["Shift+H", "halt"],
      ["Shift+X", "cancel all"],
      ["Shift+F", "flatten"],
      ["Shift+S", "stop"],
    ] as const) {
      await press(page, key);
      await expect(page.getByTestId("confirm-dialog")).toBeVisible();
      await check(page, `dialog: ${what}`);
      await page.keyboard.press("Escape");
    }

    await press(page, "o");
    await page.getByTestId("ticket-symbol").fill("AAPL");
    await page.getByTestId("ticket-quantity").fill("100000");
    await page.getByTestId("ticket-limitPrice").fill("1");
    await expect(page.getByTestId("ticket-preview")).toContainText(/refused/i);
    await check(page, "ticket");
    await page.keyboard.press("Escape");

    await goTo(page, "orders");
    await page.getByTestId("tab-orders").click();
    await page.getByTestId("view-orders").locator(".ag-row [col-id=state]").first().click();
    await expect(page.getByTestId("why-panel").locator("li").first()).toBeVisible();
    await check(page, "why");
    await page.keyboard.press("Escape");
    await page
      .getByTestId("view-orders")
      .getByRole("button", { name: /^Columns/ })
      .click();
    await check(page, "columns");
    await page.keyboard.press("Escape");
    await page.getByTestId("view-orders").locator("[data-testid^=export-]").click();
    await check(page, "export");
    await page.keyboard.press("Escape");

    await goTo(page, "schedule");
    await page.getByTestId("view-schedule").locator(".ag-row [col-id=state]").first().click();
    await page.getByTestId("strategy-actions").click();
    await check(page, "strategy menu");
    await page.keyboard.press("Escape");
    await page.getByTestId("tab-ticks").click();
    await expect(page.getByTestId("view-schedule").locator(".ag-header-cell-text").first()).toHaveText(/./);
    await check(page, "ticks");

    await goTo(page, "drift");
    await page.getByTestId("resume-session").scrollIntoViewIfNeeded();
    await page.getByTestId("drift-dismiss").first().click();
    await check(page, "dialog: dismiss");
    await page.keyboard.press("Escape");
  } finally {
    await page.context().close();
    await served.stop();
  }
});

test("what opens without a session, the editor and the windows of their own break no rule", async ({ browser }) => {
  const served = await serve();
  const page = await opened(browser, served.url);
  try {
    await check(page, "first screen");
    await page.getByTestId("edit-desk").click();
    await expect(page.getByTestId("view-editor")).toBeVisible();
    await check(page, "desk editor");
    for (const tab of await page.getByTestId("view-editor").getByRole("tab").all()) {
      await tab.click();
      await check(page, `desk editor, ${await tab.innerText()}`);
    }
    await page.getByTestId("save-desk-as").first().click();
    await expect(page.getByTestId("save-as-dialog")).toBeVisible();
    await check(page, "save as");
    await page.keyboard.press("Escape");
    for (const view of ["settings", "help", "data", "sessions", "regression"] as const) {
      await goTo(page, view);
      await check(page, view);
    }
    await goTo(page, "sessions");
    await page.getByTestId("restore-open").first().click();
    await check(page, "restore");
    await page.keyboard.press("Escape");

    await goTo(page, "desk");
    await page.getByTestId("start-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running/);
    await page.getByTestId("speed-60").click();
    await expect(page.getByTestId("equity-chart")).toBeVisible();
    const panel = page.waitForEvent("popup");
    await page.getByRole("button", { name: "Open Equity in a new window" }).click();
    const equity = await panel;
    await expect(equity.getByTestId("equity-chart")).toBeVisible();
    await check(equity, "a panel in a window of its own");
    await picture(equity, "popout-equity-dark");
    await equity.close();
    await goTo(page, "positions");
    await check(page, "positions");
  } finally {
    await page.context().close();
    await served.stop();
  }
});
