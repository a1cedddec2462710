/**
 * The bar at every width: its parts never lie over each other or outside, figures are whole, Halt is on screen, and the session's name
 * is shortened only where everything less important has gone.
 */
import { expect, test, type Page } from "@playwright/test";
import { goTo } from "../served.ts";
import { stillHost } from "../still.ts";

/** Around each width at which the bar changes. */
const WIDTHS = [
  720, 761, 800, 831, 864, 897, 940, 981, 1_021, 1_060, 1_081, 1_140, 1_181, 1_240, 1_280, 1_312, 1_360, 1_401, 1_440,
  1_481, 1_561, 1_920,
];

/** What is wrong with the bar as it is shown, in words; with `uncut` a session's name of 26 letters has to be whole. */
function faultsOf(page: Page, uncut: boolean): Promise<string[]> {
  return page.evaluate((wholeName) => {
    const wrong: string[] = [];
    const bar = document.querySelector(".bar");
    if (bar === null) return ["no bar"];
    const box = bar.getBoundingClientRect();
    const textOf = (element: Element): string => element.textContent || (element.getAttribute("aria-label") ?? "?");
    const parts = [...bar.children]
      .flatMap((part) => (getComputedStyle(part).display === "contents" ? [...part.children] : [part]))
      .filter((part) => part.getBoundingClientRect().width > 0);
    for (const [index, part] of parts.entries()) {
      const { left, right } = part.getBoundingClientRect();
      if (left < box.left || right > box.right) wrong.push(`${textOf(part)} leaves the bar`);
      const next = parts[index + 1]?.getBoundingClientRect();
      if (next !== undefined && next.left < right - 0.5) wrong.push(`${textOf(part)} lies over what follows`);
    }
    /** A word that has no room stands in a line that is not shown. */
    const shown = (selector: string): boolean => {
      const part = bar.querySelector(selector);
      if (part === null) return false;
      const { top, width } = part.getBoundingClientRect();
      const bottom = part.parentElement?.getBoundingClientRect().bottom ?? box.bottom;
      return width > 0 && top < bottom - 1;
    };
    const name = bar.querySelector<HTMLElement>(".crumbs b");
    if (wholeName && (name === null || name.scrollWidth > name.clientWidth)) wrong.push("the session's name is cut");
    if (name !== null && name.scrollWidth > name.clientWidth)
      for (const [what, selector] of [
        ["the program's name", ".brand .name"],
        ["the word Commands", ".narrow-hide"],
        ["the desk's name", ".crumbs .desk-name"],
        ["a key", ".button .key"],
        ["the date", ".clock .date"],
      ] as const)
        if (shown(selector)) wrong.push(`the session's name is cut, and ${what} is there`);
    for (const element of bar.querySelectorAll<HTMLElement>(".reached, .clock, .clock time, .segments button, .badge"))
      if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
        wrong.push(`${textOf(element)} is cut`);
    const halt = bar.querySelector("[data-testid=halt-session]")?.getBoundingClientRect();
    if (halt === undefined || halt.width < 24 || halt.right > innerWidth) wrong.push("Halt is not on screen");
    return wrong;
  }, uncut);
}

test("the bar gives way in its order at every width, and shortens no figure", async ({ browser }) => {
  const still = await stillHost();
  const page = await browser.newPage({ viewport: { width: 1440, height: 800 }, reducedMotion: "reduce" });
  try {
    await page.goto(await still.open("running"));
    await expect(page.getByTestId("session-state")).toHaveText("Running");
    // A view without charts follows a width at once.
    await goTo(page, "help");
    for (const slow of [false, true]) {
      // A session that stands still reaches no speed, so what a slow one shows is put in its place.
      if (slow)
        await page.evaluate(() => {
          const reached = document.createElement("span");
          reached.className = "reached slow";
          reached.innerHTML = "<span>reaches </span>1.8×";
          document.querySelector(".bar > .segments")?.after(reached);
        });
      const what = slow ? "with the speed that is reached" : "at full speed";
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        const uncut = width >= (slow ? 1_312 : 1_280);
        await expect.poll(() => faultsOf(page, uncut), `${width} points, ${what}`).toEqual([]);
      }
    }
  } finally {
    await page.close();
    still.end();
  }
});
