/**
 * What opens over the views breaks no rule of accessibility, best practices included: lists, menus, drawers, dialogs, the ticket, the
 * palette, windows of their own. Every rule in the dark theme, and the colours of the views and of what is open over them in each theme
 * and each palette.
 */
import { expect, test, type Browser, type Page } from "@playwright/test";
import { VIEW_NAMES } from "../../../src/shared/views/console-views.ts";
import { paleTexts } from "./contrast.ts";
import { goTo, picture, rulesOf, serve } from "../served.ts";
import { stillHost } from "../still.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];

/** What lies over a view; the innermost of several is the newest. */
const OVER = "[role=alertdialog], [role=dialog], [role=menu], [role=listbox], [data-testid=why-panel]";

async function check(page: Page, what: string): Promise<void> {
  const { violations } = await rulesOf(page).withTags(TAGS).analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map((node) => `${what}: ${id} ${node.target.join(" ")}`),
  );
  expect.soft(found).toEqual([]);
  expect.soft(await paleTexts(page, OVER), what).toEqual([]);
}

/** Types into the palette; after each letter the selected entry is there, and is the first one. */
async function typeIntoPalette(page: Page, text: string): Promise<void> {
  const input = page.getByRole("combobox", { name: "Search" });
  await expect(input).toBeFocused();
  for (const letter of text) {
    await page.keyboard.type(letter);
    // Both are read at one moment: orders and sessions are found once they have come, and then another entry may be the first.
    const named = (): Promise<{ readonly selected: string; readonly first: string | null }> =>
      input.evaluate((element) => {
        const id = element.getAttribute("aria-activedescendant");
        const selected = id === null ? "none" : (document.getElementById(id)?.textContent ?? `no element ${id}`);
        return { selected, first: document.querySelector("[data-testid=palette] [role=option]")?.textContent ?? null };
      });
    await expect(async () => {
      const { selected, first } = await named();
      expect(selected, `after ${letter} of ${text}`).toBe(first);
    }).toPass({ intervals: [20, 50, 100] });
  }
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

test("a text that is too pale in one theme alone is noticed", async ({ page }) => {
  await page.setContent(
    `<style>[data-theme=dark] [role=menu] { background: #111; color: #eee } [role=menu] { background: #fff; color: #222 }
     [data-theme=contrast-light][data-colours=blue-yellow] b { color: #999 }</style>
     <div role="menu"><div role="menuitem">plain <b>pale</b> <button disabled style="color: #ccc">off</button></div></div>`,
  );
  expect(await paleTexts(page, OVER)).toEqual([expect.stringMatching(/^contrast-light, blue-yellow: pale has 2\.8/)]);
});

test("no text of any view or tab is too pale in any theme and palette", async ({ browser }) => {
  const still = await stillHost();
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
  try {
    for (const state of ["none", "halted"] as const) {
      await page.goto(await still.open(state));
      await expect(page.getByTestId("view-desk")).toBeVisible();
      // Without a session most views say so, all in the same way.
      for (const view of state === "none" ? (["desk", "log", "sessions"] as const) : VIEW_NAMES) {
        await goTo(page, view);
        expect.soft(await paleTexts(page, "body"), `${view}, ${state}`).toEqual([]);
        const tabs = page.getByTestId(`view-${view}`).getByRole("tab");
        for (const tab of (await tabs.all()).slice(1)) {
          await tab.click();
          await expect(page.locator(".ag-header-row:not(:has([role=columnheader]))")).toHaveCount(0);
          expect.soft(await paleTexts(page, "main"), `${view}, ${state}, a tab`).toEqual([]);
        }
      }
    }
  } finally {
    await page.close();
    still.end();
  }
});

test("what opens over a running session breaks no rule", async ({ browser }) => {
  const served = await serve("resources/demo/busy.yaml");
  const page = await opened(browser, served.url);
  try {
    await page.getByTestId("start-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running|Halted/);
    await page.getByTestId("speed-60").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Halted/);
    // What is asked of every rule stands still meanwhile.
    await page.getByTestId("pause-session").click();
    await expect(page.getByTestId("continue-session")).toBeVisible();
    await page.getByTestId("alerts").click();
    await expect(page.getByTestId("alert-row").first()).toBeVisible();
    await check(page, "alerts");
    await page.keyboard.press("Escape");

    await page.keyboard.press("Control+k");
    await expect(page.getByRole("combobox", { name: "Search" })).toBeFocused();
    await check(page, "palette");
    await typeIntoPalette(page, "order");
    await check(page, "palette with results");
    await page.keyboard.press("Control+a");
    await typeIntoPalette(page, "mo-a");
    await page.keyboard.press("Control+a");
    await page.keyboard.type("no such thing");
    await expect(page.getByText("No match.")).toBeVisible();
    await check(page, "palette without results");
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("palette")).toBeHidden();

    await page.getByTestId("session-menu").click();
    await expect(page.getByRole("menu")).toBeVisible();
    await check(page, "session menu");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("menu")).toHaveCount(0);

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
      await expect(page.getByTestId("confirm-dialog")).toBeHidden();
    }

    await press(page, "o");
    await page.getByTestId("ticket-symbol").fill("AAPL");
    await page.getByTestId("ticket-quantity").fill("100000");
    await page.getByTestId("ticket-limitPrice").fill("1");
    await expect(page.getByTestId("ticket-preview")).toContainText(/refused/i);
    await check(page, "ticket");
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("ticket-dialog")).toBeHidden();

    await goTo(page, "orders");
    await page.getByTestId("tab-orders").click();
    await page.getByTestId("view-orders").locator(".ag-row [col-id=state]").first().click();
    await expect(page.getByTestId("why-panel").locator("li").first()).toBeVisible();
    await check(page, "why");
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("why-panel")).toBeHidden();
    await page
      .getByTestId("view-orders")
      .getByRole("button", { name: /^Columns/ })
      .click();
    await expect(page.getByRole("menu")).toBeVisible();
    await check(page, "columns");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("menu")).toHaveCount(0);
    await page.getByTestId("view-orders").locator("[data-testid^=export-]").click();
    await expect(page.getByRole("menu")).toBeVisible();
    await check(page, "export");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("menu")).toHaveCount(0);

    await goTo(page, "schedule");
    await page.getByTestId("view-schedule").locator(".ag-row [col-id=state]").first().click();
    await page.getByTestId("strategy-actions").click();
    await expect(page.getByRole("menu")).toBeVisible();
    await check(page, "strategy menu");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("menu")).toHaveCount(0);
    await page.getByTestId("tab-ticks").click();
    await expect(page.getByTestId("view-schedule").locator(".ag-header-cell-text").first()).toHaveText(/./);
    await check(page, "ticks");

    await goTo(page, "drift");
    await page.getByTestId("resume-session").scrollIntoViewIfNeeded();
    await page.getByTestId("drift-dismiss").first().click();
    await expect(page.getByTestId("confirm-dialog")).toBeVisible();
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
    await expect(page.getByTestId("save-as-dialog")).toBeHidden();
    for (const view of ["settings", "help", "data", "sessions", "regression"] as const) {
      await goTo(page, view);
      await check(page, view);
    }
    await goTo(page, "sessions");
    await page.getByTestId("restore-open").first().click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await check(page, "restore");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);

    await goTo(page, "desk");
    await page.getByTestId("start-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running/);
    await page.getByTestId("speed-60").click();
    await expect(page.getByTestId("equity-chart")).toBeVisible();
    const panel = page.waitForEvent("popup");
    await page.getByRole("button", { name: "Open Equity in a new window" }).click();
    const equity = await panel;
    await expect(equity.getByTestId("equity-chart")).toBeVisible();
    await page.getByTestId("pause-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Paused/);
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
