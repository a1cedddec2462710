/**
 * Every view and every tab opens, in every state of a session, with rows and without.
 *
 * 1. No error boundary, no error in the page's console, and no text of the grid's own under ours.
 * 2. Halt is on screen at 900 px and at 200 % zoom, and needs no operator's name.
 * 3. What a crash left behind is the first thing that the next start shows.
 * 4. So do the windows of their own of every panel, and what is open stays so when the host is gone.
 * 5. A list that was left is the same list when its view is opened again, with what has happened since and as a new one would begin.
 */
import { expect, test, type Page } from "@playwright/test";
import { VIEW_NAMES } from "../../src/shared/views/console-views.ts";
import { confirm, goTo, picture, serve } from "./served.ts";
import { stillHost } from "./still.ts";

async function openEverything(page: Page): Promise<void> {
  for (const view of VIEW_NAMES) {
    await goTo(page, view);
    const tabs = page.getByTestId(`view-${view}`).getByRole("tab");
    for (let index = 0; index < (await tabs.count()); index += 1) {
      await tabs.nth(index).click();
      await expect(tabs.nth(index)).toHaveAttribute("aria-selected", "true");
      await expect(page.getByTestId("view-failed")).toHaveCount(0);
      await expect(
        page.locator(".ag-overlay-no-rows-center:visible, .ag-overlay-no-matching-rows-center:visible"),
      ).toHaveCount(0);
    }
    // The first tab again, so that the next state begins where a person would.
    if ((await tabs.count()) > 0) await tabs.first().click();
    await expect(page.getByTestId("view-failed")).toHaveCount(0);
  }
}

test("every tab opens in every state of a session", async ({ browser }) => {
  const served = await serve();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  const state = page.getByTestId("session-state");
  try {
    await page.goto(served.url);
    await expect(page.getByTestId("view-desk")).toBeVisible();
    await openEverything(page);
    await goTo(page, "desk");
    await page.getByTestId("start-session").click();
    await expect(state).toHaveText(/Running/);
    await page.getByTestId("speed-60").click();
    await goTo(page, "orders");
    await page.getByRole("tab", { name: "Fills" }).click();
    await expect(
      page
        .getByTestId("view-orders")
        .getByText(/VENUE-\d+|F-?\d+/)
        .first(),
    ).toBeVisible();
    await picture(page, "fills-dark-1280");
    await page.getByLabel("Filter fills").fill("no such thing");
    await expect(page.getByText("Nothing matches the filter")).toBeVisible();
    await picture(page, "fills-filtered-dark-1280");
    await page.getByLabel("Filter fills").fill("");
    await openEverything(page);
    await page.getByTestId("pause-session").click();
    await expect(state).toHaveText(/Paused/);
    await openEverything(page);
    await page.getByTestId("continue-session").click();
    // Practice works from any view, whatever has been opened before.
    await goTo(page, "help");
    await page.getByTestId("session-menu").click();
    await page.getByTestId("practise-unknown-fill").click();
    await confirm(page, "A. Trader", null);
    await expect(state).toHaveText(/Halted/);
    await openEverything(page);
    await page.getByTestId("pause-session").click();
    await expect(page.getByTestId("continue-session")).toBeVisible();
    await page.getByTestId("continue-session").click();
    await expect(page.getByTestId("pause-session")).toBeEnabled();
    await page.getByTestId("stop-session").click();
    await confirm(page, "A. Trader", null);
    await expect(state).toHaveText(/Stopped/);
    await openEverything(page);
    await goTo(page, "schedule");
    await expect(page.getByTestId("view-schedule").getByText("Stopped").first()).toBeVisible();
    await picture(page, "stopped-schedule-dark-1280");
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await served.stop();
  }
});

/** Collects what goes wrong in a page. What a page misses whose host is gone is no fault of the page. */
function watch(page: Page, problems: string[]): void {
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    const gone = /WebSocket connection to .* failed|net::ERR_CONNECTION_REFUSED/;
    if (message.type() === "error" && !gone.test(message.text())) problems.push(message.text());
  });
}

/** Opens each panel of each view in a window of its own. */
async function popOut(page: Page, problems: string[]): Promise<Page[]> {
  const windows: Page[] = [];
  for (const view of VIEW_NAMES) {
    await goTo(page, view);
    const buttons = page.getByTestId(`view-${view}`).getByRole("button", { name: /^Open .* in a new window$/ });
    for (const button of await buttons.all()) {
      const title = /^Open (.*) in a new window$/.exec((await button.getAttribute("aria-label")) ?? "")?.[1] ?? "";
      const opening = page.waitForEvent("popup");
      await button.click();
      const own = await opening;
      watch(own, problems);
      await expect(own.getByRole("region", { name: title, exact: true }), `${title} of ${view}`).toBeVisible();
      await expect(own.getByTestId("view-failed")).toHaveCount(0);
      windows.push(own);
    }
  }
  return windows;
}

for (const state of ["interrupted", "failed"] as const)
  test(`every tab opens in a session that ${state === "failed" ? "failed" : "was interrupted"}`, async ({
    browser,
  }) => {
    const still = await stillHost();
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const problems: string[] = [];
    watch(page, problems);
    try {
      await page.goto(await still.open(state));
      await expect(page.getByTestId("view-desk")).toBeVisible();
      await openEverything(page);
      expect(problems).toEqual([]);
    } finally {
      await page.close();
      still.end();
    }
  });

test("every panel opens in a window of its own, and what is open stays when its host is gone", async ({ browser }) => {
  const still = await stillHost();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
  const page = await context.newPage();
  const problems: string[] = [];
  watch(page, problems);
  try {
    await page.goto(await still.open("failed"));
    await expect(page.getByTestId("view-desk")).toBeVisible();
    const windows = await popOut(page, problems);
    expect(windows.length).toBeGreaterThan(15);
    await still.lose();
    await expect(page.getByTestId("connection-lost")).toBeVisible();
    for (const own of windows) {
      await expect(own.locator(".frame[data-lost]")).toHaveCount(1);
      await expect(own.getByTestId("view-failed")).toHaveCount(0);
    }
    for (const view of VIEW_NAMES) {
      await page.getByTestId(`nav-${view}`).click();
      const shown = page.getByTestId(`view-${view}`);
      await expect(shown).toBeVisible();
      for (const tab of await shown.getByRole("tab").all()) {
        await tab.click();
        await expect(page.getByTestId("view-failed")).toHaveCount(0);
      }
      await expect(page.getByTestId("view-failed")).toHaveCount(0);
    }
    expect(problems).toEqual([]);
  } finally {
    await context.close();
    still.end();
  }
});

test("halt is on screen in a narrow window and at 200 % zoom, without a name", async ({ browser }) => {
  const served = await serve();
  // 640 by 400 points are what 200 % zoom leaves of 1280 by 800.
  const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
  const state = page.getByTestId("session-state");
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await expect(state).toHaveText(/Running/);
    for (const [width, height] of [
      [900, 700],
      [640, 400],
    ] as const) {
      await page.setViewportSize({ width, height });
      await expect(page.getByTestId("halt-session")).toBeInViewport({ ratio: 1 });
      await expect(state).toBeInViewport({ ratio: 1 });
      await picture(page, `narrow-desk-${width}`);
    }
    await page.getByTestId("halt-session").click();
    await page.getByTestId("confirm-verb").focus();
    await page.keyboard.press("Enter");
    await expect(state).toHaveText(/Halted/);
    await picture(page, "narrow-halted-640");
  } finally {
    await page.close();
    await served.stop();
  }
});

test("an interrupted session with open positions is the first thing seen at the next start", async ({ browser }) => {
  const first = await serve();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(first.url);
  await page.getByTestId("start-session").click();
  await page.getByTestId("speed-60").click();
  await goTo(page, "orders");
  await page.getByTestId("tab-fills").click();
  await expect(page.getByText(/F-\d{8}/).first()).toBeVisible();
  // The running session is listed with its counts of this moment.
  await goTo(page, "sessions");
  const row = page.getByTestId("view-sessions").locator(".ag-row").first();
  await expect(row.locator("[col-id=fills]")).not.toHaveText("0");
  await expect(row).toContainText("Running");
  // The clock is held at a moment at which there are positions.
  await goTo(page, "positions");
  const open = page.getByTestId("view-positions").locator("button[aria-label^='Close ']:enabled");
  await expect(async () => {
    await expect(open.nth(2)).toBeVisible();
    await page.getByTestId("pause-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Paused/);
    const held = await open.count();
    if (held === 0) await page.getByTestId("continue-session").click();
    expect(held).toBeGreaterThan(0);
  }).toPass();
  await first.kill();
  const second = await serve(undefined, {}, first.workspace);
  try {
    await page.goto(second.url);
    const banner = page.getByTestId("interrupted-banner");
    await expect(banner).toContainText(/open position/);
    await picture(page, "interrupted-dark-1280");
    await banner.getByRole("button", { name: "Continue session" }).click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running|Ready|Halted/);
  } finally {
    await page.close();
    await second.stop();
  }
});

/** The first rows of the one list that is shown, as texts. */
const firstRows = (page: Page): Promise<readonly (string | null)[]> =>
  page.evaluate(() =>
    [0, 1, 2, 3, 4, 5].map(
      (index) => document.querySelector(`#main [role=row][row-index="${index}"]`)?.textContent ?? null,
    ),
  );

test("a list that was left is there again, with what has happened since", async ({ browser }) => {
  const served = await serve();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const other = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    const address = served.url;
    await page.goto(address);
    await page.getByTestId("start-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running/);
    await goTo(page, "schedule");
    const list = page.locator("#main [role=grid], #main [role=treegrid]");
    const marked = list.locator("[role=row][aria-selected=true]");
    await list.evaluate((element) => element.setAttribute("data-former", ""));
    await list.locator('[row-index="1"] [col-id="state"]').click();
    await expect(marked).toHaveCount(1);
    const before = await firstRows(page);
    await goTo(page, "help");
    await page.getByTestId("speed-60").click();
    // Some runs later, none of which this page has shown.
    await goTo(page, "orders");
    await expect(page.locator('#main [row-index="5"]').first()).toBeVisible();
    await page.getByTestId("pause-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Paused/);
    await goTo(page, "schedule");
    await expect(list).toHaveAttribute("data-former", "");
    await expect(marked).toHaveCount(0);
    expect(await firstRows(page)).not.toEqual(before);
    await expect.poll(() => served.url).not.toBe(address);
    await other.goto(served.url);
    await goTo(other, "schedule");
    await expect
      .poll(async () => JSON.stringify(await firstRows(page)) === JSON.stringify(await firstRows(other)))
      .toBe(true);
    expect(await firstRows(page)).not.toContain(null);
    // A list that was scrolled begins at its first row again, as another list.
    await list.hover();
    await page.mouse.wheel(0, 200);
    await expect(list.locator('[row-index="20"]').first()).toBeVisible();
    await goTo(page, "help");
    await goTo(page, "schedule");
    await expect(list.locator('[row-index="0"]').first()).toBeVisible();
    await expect(list).not.toHaveAttribute("data-former", "");
  } finally {
    await page.close();
    await other.close();
    await served.stop();
  }
});
