/**
 * What opens over the views breaks no rule of accessibility, best practices included: lists, menus, drawers, dialogs, the ticket, the
 * palette, windows of their own. Every rule in the dark theme, and the colours of what is open in each theme and each palette; those of
 * the views are checked in each theme, too (`console.spec.ts`).
 */
import { expect, test, type Browser, type Page } from "@playwright/test";
import { goTo, picture, rulesOf, serve } from "../served.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];

const THEMES = ["light", "contrast", "contrast-light", "dark"] as const;
const COLOURS = ["red-green", "blue-yellow", "standard"] as const;
/** What lies over a view; the innermost of several is the newest. */
const OVER = "[role=alertdialog], [role=dialog], [role=menu], [role=listbox], [data-testid=why-panel]";

/**
 * Texts without enough contrast in what is open, in every theme and palette. axe looks at the whole page each time, which takes too long
 * for twelve of them; this looks at the texts alone: 4.5 to 1, and 3 to 1 where they are large.
 */
function coloursOf(page: Page): Promise<string[]> {
  return page.evaluate(
    ({ themes, colours, over }) => {
      type Colour = readonly [red: number, green: number, blue: number, alpha: number];
      const root = [...document.querySelectorAll(over)].at(-1);
      const brush = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
      if (root === undefined || brush === null) return [];
      const known = new Map<string, Colour>();
      const colourOf = (text: string): Colour => {
        const found = known.get(text);
        if (found !== undefined) return found;
        brush.clearRect(0, 0, 1, 1);
        brush.fillStyle = text;
        brush.fillRect(0, 0, 1, 1);
        const [red = 0, green = 0, blue = 0, alpha = 0] = brush.getImageData(0, 0, 1, 1).data;
        const colour: Colour = [red, green, blue, alpha / 255];
        known.set(text, colour);
        return colour;
      };
      const laid = (top: Colour, ground: Colour): Colour => {
        const mixed = ([0, 1, 2] as const).map((at) => top[at] * top[3] + ground[at] * (1 - top[3]));
        return [mixed[0] ?? 0, mixed[1] ?? 0, mixed[2] ?? 0, 1];
      };
      const groundOf = (element: Element | null): Colour => {
        if (element === null) return [255, 255, 255, 1];
        const own = colourOf(getComputedStyle(element).backgroundColor);
        return own[3] === 1 ? own : laid(own, groundOf(element.parentElement));
      };
      const light = (colour: Colour): number => {
        const [red = 0, green = 0, blue = 0] = colour.slice(0, 3).map((part) => {
          const share = part / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const wrong: string[] = [];
      const page = document.documentElement.dataset;
      for (const theme of themes)
        for (const palette of colours) {
          page["theme"] = theme;
          page["colours"] = palette;
          const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
          for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
            const element = text.parentElement;
            const said = text.textContent?.trim() ?? "";
            if (
              element === null ||
              said === "" ||
              !element.checkVisibility() ||
              element.getBoundingClientRect().width <= 1
            )
              continue;
            if (element.closest(":disabled, [aria-disabled=true], [data-disabled]") !== null) continue;
            const { color, fontSize } = getComputedStyle(element);
            const ground = groundOf(element);
            const [one, two] = [light(laid(colourOf(color), ground)), light(ground)];
            const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
            if (ratio < (Number.parseFloat(fontSize) >= 24 ? 3 : 4.5))
              wrong.push(`${theme}, ${palette}: ${said.slice(0, 40)} has ${ratio.toFixed(2)}`);
          }
        }
      return wrong;
    },
    { themes: THEMES, colours: COLOURS, over: OVER },
  );
}

async function check(page: Page, what: string): Promise<void> {
  const { violations } = await rulesOf(page).withTags(TAGS).analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map((node) => `${what}: ${id} ${node.target.join(" ")}`),
  );
  expect.soft(found).toEqual([]);
  expect.soft(await coloursOf(page), what).toEqual([]);
}

/** Types into the palette; after each letter the selected entry is there, and is the first one. */
async function typeIntoPalette(page: Page, text: string): Promise<void> {
  const input = page.getByRole("combobox", { name: "Search" });
  await input.focus();
  for (const letter of text) {
    await page.keyboard.type(letter);
    const selected = await input.evaluate(async (element) => {
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const id = element.getAttribute("aria-activedescendant");
      return id === null ? "none" : (document.getElementById(id)?.textContent ?? `no element ${id}`);
    });
    const items = page.getByTestId("palette").getByRole("option");
    expect(selected, `after ${letter} of ${text}`).toBe(
      await items
        .first()
        .innerText()
        .then((label) => label.replaceAll("\n", "")),
    );
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
  expect(await coloursOf(page)).toEqual([expect.stringMatching(/^contrast-light, blue-yellow: pale has 2\.8/)]);
});

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
    await typeIntoPalette(page, "order");
    await check(page, "palette with results");
    await page.keyboard.press("Control+a");
    await typeIntoPalette(page, "mo-a");
    await page.keyboard.press("Control+a");
    await page.keyboard.type("no such thing");
    await check(page, "palette without results");
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("palette")).toBeHidden();

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
