/**
 * Nothing is cut, crossed or outside its place, in any view, from 200 % zoom of a small screen to a wide one.
 *
 * 1. A number and a column's title are never cut by an ellipsis or an edge; what has no room is left out whole.
 * 2. The line in a tile never crosses its words, and nothing leaves its tile.
 * 3. The page is never wider than its window.
 */
import { expect, test, type Page } from "@playwright/test";
import { VIEW_NAMES } from "../../../src/shared/views/console-views.ts";
import { goTo, picture } from "../served.ts";
import { stillHost, type StillHost } from "../still.ts";

/** The first is what 200 % zoom leaves of a screen of 1440 by 900. */
const WIDTHS = [
  [720, 450],
  [900, 700],
  [1440, 900],
  [2560, 1300],
] as const;

let still: StillHost;
test.beforeAll(async () => {
  still = await stillHost();
});
test.afterAll(() => still.end());

/** What is cut or lies where it should not, in words. */
function faultsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wrong: string[] = [];
    const inside = (element: Element): boolean => {
      const { width, height, right, bottom } = element.getBoundingClientRect();
      return width > 1 && height > 1 && right > 0 && bottom > 0;
    };
    if (document.documentElement.scrollWidth > innerWidth) wrong.push("the page is wider than its window");
    for (const title of document.querySelectorAll(".ag-header-cell-text"))
      if (inside(title) && title.scrollWidth > title.clientWidth) wrong.push(`the title ${title.textContent} is cut`);
    for (const element of document.querySelectorAll("main *, footer.line *, .bar *")) {
      const style = getComputedStyle(element);
      if (style.textOverflow !== "ellipsis" || !inside(element) || element.scrollWidth <= element.clientWidth) continue;
      // A sentence or a name may end in an ellipsis, a figure may not.
      if (/^[\d\s.,:%×+−/·▲▼-]+( ?(ms|s|min|h|d|USD))?$/.test(element.textContent))
        wrong.push(`${element.textContent} is cut`);
    }
    for (const tile of document.querySelectorAll(".tile")) {
      if (!inside(tile)) continue;
      const box = tile.getBoundingClientRect();
      const spark = tile.querySelector(".spark")?.getBoundingClientRect();
      for (const part of tile.querySelectorAll(".label > span, .value, .value > *, .foot > span")) {
        const { left, right, top, bottom } = part.getBoundingClientRect();
        // What has no room in the foot is in a line that is not shown.
        const hidden =
          part.parentElement?.className === "foot" &&
          top >= (part.parentElement.getBoundingClientRect().bottom ?? 0) - 1;
        if (hidden || right - left < 1) continue;
        if (right > box.right || left < box.left) wrong.push(`${part.textContent} leaves its tile`);
        const range = document.createRange();
        range.selectNodeContents(part);
        const words = range.getBoundingClientRect();
        if (
          spark !== undefined &&
          spark.width > 1 &&
          words.right > spark.left &&
          words.top < spark.bottom &&
          bottom > spark.top
        )
          wrong.push(`a line crosses ${part.textContent}`);
      }
    }
    return wrong;
  });
}

for (const state of ["halted", "stopped"] as const)
  test(`no view cuts a number or a title, and no line crosses words: ${state}`, async ({ browser }) => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
    try {
      await page.goto(await still.open(state));
      await expect(page.getByTestId("view-desk")).toBeVisible();
      for (const [width, height] of WIDTHS) {
        await page.setViewportSize({ width, height });
        for (const view of VIEW_NAMES) {
          await goTo(page, view);
          // Columns grow where their numbers need it, within a second.
          await expect.poll(() => faultsOf(page), `${view} at ${width}`).toEqual([]);
          if (state === "halted" && width === 720) await picture(page, `whole-${view}-720`);
        }
      }
    } finally {
      await page.close();
    }
  });
