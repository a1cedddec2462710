/**
 * The trader's whole story by keyboard alone: from the first screen to an export of the reopened session, without a pointer.
 *
 * 1. No mouse: the page gets no pointer event at all, and everything is reached by Tab, arrows and the console's own keys.
 * 2. Wherever Tab stops, the focus is on screen and is seen.
 * 3. A grid is one tab stop; arrows move inside it.
 */
import { expect, test, type Locator, type Page } from "@playwright/test";
import { picture, serve } from "../served.ts";

const TABS_MAX = 120;

/** What is wrong with the focus where it is; null where it is on screen and is seen. */
function wrongFocus(page: Page): Promise<string | null> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return "nothing";
    const { width, height, top, left } = element.getBoundingClientRect();
    const name = `${element.tagName} ${element.className} ${element.textContent.slice(0, 40)}`;
    if (width < 1 || height < 1 || top >= innerHeight || left >= innerWidth) return `${name} is not on screen`;
    // A field shows the focus of its input on its own frame.
    for (let shown: Element | null = element, up = 0; shown !== null && up < 3; shown = shown.parentElement, up += 1) {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(shown);
      if ((outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none") return null;
    }
    const { borderTopColor } = getComputedStyle(element);
    const accent = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
    const probe = document.createElement("i");
    probe.style.color = accent;
    document.body.append(probe);
    const wanted = getComputedStyle(probe).color;
    probe.remove();
    return borderTopColor === wanted ? null : `the focus of ${name} is not seen`;
  });
}

/**
 * The focus is on screen and is seen. Where nothing has it, Tab is behind the last stop of the page, where `out` allows that: the browser's
 * own stops come there, and then the page's first.
 */
async function seesFocus(page: Page, out: boolean): Promise<void> {
  await expect
    .poll(async () => {
      const wrong = await wrongFocus(page);
      return wrong === "nothing" && out ? null : wrong;
    })
    .toBeNull();
}

/** Presses Tab until something has the focus; at each stop the focus has to be seen. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < TABS_MAX; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
    await seesFocus(page, true);
  }
  throw new Error(`${TABS_MAX} presses of Tab do not reach ${String(target)}.`);
}

/** Presses Tab until the focus is in the grid of a view, and moves to a cell of its first row. */
async function intoGrid(page: Page, view: string): Promise<void> {
  const cell = page.getByTestId(`view-${view}`).locator(".ag-row .ag-cell").first();
  await expect(cell).toBeVisible();
  const inside = (): Promise<boolean> =>
    page.evaluate(
      () => document.activeElement?.closest(".ag-root-wrapper") !== null && document.activeElement !== document.body,
    );
  for (let presses = 0; !(await inside()); presses += 1) {
    if (presses > TABS_MAX) throw new Error(`Tab does not reach the grid of ${view}.`);
    await page.keyboard.press("Tab");
    await seesFocus(page, false);
  }
  await page.keyboard.press("ArrowDown");
  await expect(page.locator(".ag-cell:focus")).toHaveCount(1);
  await seesFocus(page, false);
}

async function confirm(page: Page, key: "Enter" | "Space", note?: string): Promise<void> {
  const dialog = page.getByTestId("confirm-dialog");
  await expect(page.getByTestId("confirm-cancel")).toBeFocused();
  if (note !== undefined) {
    await tabTo(page, dialog.getByTestId("operator-input"));
    await page.keyboard.type("Ada");
    await tabTo(page, dialog.getByTestId("note-input"));
    await page.keyboard.type(note);
  }
  await tabTo(page, page.getByTestId("confirm-verb"));
  await page.keyboard.press(key);
  await expect(dialog).toBeHidden();
  // The focus is back where it was, or in the view.
  await expect(page.locator("body:focus")).toHaveCount(0);
  await expect(page.locator(":focus")).toHaveCount(1);
}

/** Into the filter of the list that is shown. */
async function filter(page: Page, list: string): Promise<void> {
  const field = page.getByLabel(`Filter ${list}`);
  await expect(field).toBeVisible();
  await page.keyboard.press("/");
  await expect(field).toBeFocused();
}

test("the whole story works by keyboard alone", async ({ browser }) => {
  const served = await serve();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
  const state = page.getByTestId("session-state");
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  await page.addInitScript(() => {
    for (const kind of ["pointerdown", "mousedown"])
      window.addEventListener(kind, () => console.error(`A ${kind} came.`), true);
  });
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  try {
    await page.goto(served.url);
    await tabTo(page, page.getByTestId("start-session"));
    await page.keyboard.press("Enter");
    await expect(state).toHaveText(/Running/);
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("combobox", { name: "Search" })).toBeFocused();
    await page.keyboard.type("60×");
    await expect(page.getByTestId("palette").locator("[aria-selected=true]")).toContainText("60×");
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("palette")).toBeHidden();
    await expect(page.getByTestId("speed-60")).toHaveAttribute("aria-checked", "true");

    // A strategy: its row is reached by arrows, and Tab leaves the grid again.
    await page.keyboard.press("2");
    await intoGrid(page, "schedule");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await expect(page.locator(".ag-cell:focus")).toHaveCount(1);
    await picture(page, "keyboard-schedule-dark-1280");
    await page.keyboard.press("Tab");
    await expect(page.locator(".ag-cell:focus")).toHaveCount(0);

    await page.keyboard.press("p");
    await expect(state).toHaveText(/Paused/);
    await page.keyboard.press("c");
    await expect(state).toHaveText(/Running/);

    await page.keyboard.press("o");
    await expect(page.getByTestId("ticket-symbol")).toBeFocused();
    await page.keyboard.type("AAPL");
    await tabTo(page, page.getByTestId("ticket-quantity"));
    await page.keyboard.type("10");
    await tabTo(page, page.getByTestId("ticket-limitPrice"));
    await page.keyboard.type("1.5");
    await expect(page.getByTestId("ticket-preview")).toContainText("Passes every guard");
    await tabTo(page, page.getByTestId("ticket-send"));
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("ticket-dialog")).toBeHidden();

    // The order that rests is marked by Space and canceled.
    await page.keyboard.press("w");
    await filter(page, "working orders");
    await page.keyboard.type("manual");
    await expect(page.getByRole("button", { name: /^Cancel ROUTER-/ })).toHaveCount(1);
    await expect(page.locator(".ag-row [col-id=state]")).toContainText("Accepted");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Shift+X");
    await confirm(page, "Enter");
    await expect(page.getByRole("button", { name: /^Cancel ROUTER-/ })).toHaveCount(0);
    await filter(page, "working orders");
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await page.keyboard.press("Shift+Tab");

    await page.keyboard.press("Shift+H");
    await confirm(page, "Enter");
    await expect(state).toHaveText(/Halted/);

    // What was asked while halted is refused; a group opens its own, and one of them its why.
    await page.keyboard.press("4");
    await expect(page.getByTestId("view-rejections")).toContainText("Session halted");
    await page.keyboard.press("p");
    await expect(page.getByTestId("continue-session")).toBeVisible();
    await intoGrid(page, "rejections");
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("narrow-strategy")).not.toHaveValue("");
    await intoGrid(page, "rejections");
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("why-panel")).toContainText(/halt|refused|limit/i);
    await picture(page, "keyboard-why-dark-1280");
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("why-panel")).toBeHidden();

    await page.keyboard.press("c");
    await expect(page.getByTestId("pause-session")).toBeVisible();
    await page.keyboard.press("7");
    await tabTo(page, page.getByTestId("resume-session"));
    await page.keyboard.press("Enter");
    await confirm(page, "Space", "an exercise");
    await expect(state).toHaveText(/Running/);

    await page.keyboard.press("=");
    await page.keyboard.press("Shift+F");
    await confirm(page, "Enter");

    await page.keyboard.press("Shift+S");
    await confirm(page, "Space");
    await expect(state).toHaveText(/Stopped/);
    await tabTo(page, page.getByRole("button", { name: "Continue session" }));
    await page.keyboard.press("Enter");
    await expect(state).toHaveText(/Running|Halted/);

    await page.keyboard.press("6");
    await tabTo(page, page.locator("main [data-testid^=export-]"));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menuitem", { name: "As CSV" })).toBeFocused();
    const download = page.waitForEvent("download");
    await page.keyboard.press("Enter");
    expect((await download).suggestedFilename()).toMatch(/\.csv$/);
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await served.stop();
  }
});
