/**
 * Banners, one and several, in every width and both themes: they cover nothing but the session line, nothing in them is cut, and one
 * alone moves nothing.
 */
import { expect, test, type Page } from "@playwright/test";
import { VIEW_NAMES } from "../../../src/shared/views/console-views.ts";
import { goTo, picture, serve } from "../served.ts";
import { REMAINDER_FILES } from "../remainder.ts";
import { stillHost } from "../still.ts";

const WIDTHS = [
  [900, 700],
  [1280, 800],
  [1600, 900],
] as const;

interface Measured {
  readonly banners: number;
  /** Where the view's first content begins. */
  readonly viewTop: number;
  readonly wrong: readonly string[];
}

/** What is covered or cut, in words. */
function measure(page: Page): Promise<Measured> {
  return page.evaluate(() => {
    const wrong: string[] = [];
    const shown = (element: Element): boolean => {
      const { width, height } = element.getBoundingClientRect();
      return width > 1 && height > 1;
    };
    const banners = [...document.querySelectorAll(".banner-stack > *")].filter(shown);
    const content = [...document.querySelectorAll("main > *, .why")].filter(shown);
    const viewTop = Math.min(...content.map((element) => element.getBoundingClientRect().top));
    const bottom = Math.max(0, ...banners.map((element) => element.getBoundingClientRect().bottom));
    if (bottom > viewTop) wrong.push(`the banners cover ${bottom - viewTop} px of the view`);
    for (const [index, banner] of banners.entries()) {
      const box = banner.getBoundingClientRect();
      const next = banners[index + 1]?.getBoundingClientRect();
      if (next !== undefined && next.top < box.bottom - 0.5) wrong.push(`banner ${index} lies over the next one`);
      const parts = [...banner.children].filter(shown);
      for (const [place, part] of parts.entries()) {
        const { left, right, top, bottom: low } = part.getBoundingClientRect();
        const name = part.textContent.slice(0, 30);
        if (left < box.left || right > box.right || top < box.top || low > box.bottom)
          wrong.push(`${name} leaves its banner`);
        if (part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0) wrong.push(`${name} is cut`);
        const after = parts[place + 1]?.getBoundingClientRect();
        if (after !== undefined && after.left < right - 0.5) wrong.push(`${name} lies over what follows it`);
      }
    }
    const stack = document.querySelector(".banner-stack");
    if (stack !== null && stack.scrollHeight > stack.clientHeight + 1) wrong.push("the banners scroll");
    return { banners: banners.length, viewTop, wrong };
  });
}

/** How many banners are wanted, and where the view begins in each width; null where that is not asked. */
interface Wanted {
  readonly banners: (count: number) => boolean;
  readonly tops: readonly (number | null)[];
}

const ANY: Wanted = { banners: () => true, tops: WIDTHS.map(() => null) };
const atLeast = (count: number): Wanted => ({ ...ANY, banners: (shown) => shown >= count });

/** Measures what is shown in every width and both themes, until it is as wanted: a page is drawn a moment after its width has changed. */
async function everywhere(page: Page, what: string, { banners, tops }: Wanted = ANY): Promise<void> {
  for (const [place, [width, height]] of WIDTHS.entries()) {
    await page.setViewportSize({ width, height });
    for (const theme of ["light", "dark"]) {
      await page.evaluate((name) => {
        document.documentElement.dataset["theme"] = name;
      }, theme);
      const top = tops[place] ?? null;
      await expect(async () => {
        const measured = await measure(page);
        expect(measured.wrong, `${what}, ${width} ${theme}`).toEqual([]);
        expect(banners(measured.banners), `${what}, ${width}: ${measured.banners} banners`).toBe(true);
        if (top !== null) expect(measured.viewTop, `${what}, ${width}`).toBe(top);
      }).toPass();
      if (theme === "dark") await picture(page, `banners-${what}-${width}`);
    }
  }
}

/** Where the view begins in each width, once it stays there. */
async function topsOf(page: Page): Promise<number[]> {
  const tops: number[] = [];
  for (const [width, height] of WIDTHS) {
    await page.setViewportSize({ width, height });
    let last = Number.NaN;
    await expect(async () => {
      const before = last;
      last = (await measure(page)).viewTop;
      expect(last).toBe(before);
    }).toPass();
    tops.push(last);
  }
  return tops;
}

test("one banner covers nothing of any view and moves nothing, in each state that has one", async ({ browser }) => {
  const still = await stillHost();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
  try {
    await page.goto(await still.open("running"));
    await expect(page.getByTestId("session-line")).toBeVisible();
    await goTo(page, "log");
    // In the narrow width a banner may take a line of its own; in the others it lies over the session line.
    const tops = [null, ...(await topsOf(page)).slice(1)];
    for (const state of ["halted", "stopped", "failed", "lost", "none"] as const) {
      await page.goto(await still.open(state));
      await expect(page.getByTestId("view-desk")).toBeVisible();
      for (const view of state === "halted" ? VIEW_NAMES : (["desk", "positions"] as const)) {
        await page.setViewportSize({ width: 1280, height: 800 });
        await goTo(page, view);
        if (view !== "desk") await everywhere(page, `${state}-${view}`);
      }
      await goTo(page, "log");
      if (state === "lost" || state === "none") {
        await still.lose();
        await expect(page.getByTestId("connection-lost")).toBeVisible();
      }
      await everywhere(page, `${state}-log`, { banners: (count) => count === 1, tops });
    }
  } finally {
    await page.close();
    still.end();
  }
});

test("several banners take room, cover nothing and cut nothing, in every view", async ({ browser }) => {
  const served = await serve(undefined, REMAINDER_FILES);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
  const press = async (key: string): Promise<void> => {
    await page.locator("main").focus();
    await page.keyboard.press(key);
  };
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await page.getByTestId("speed-60").click();
    await goTo(page, "positions");
    await expect(page.getByTestId("view-positions").locator("[col-id=quantity]", { hasText: "+3" })).toBeVisible();
    await press("Shift+F");
    await page.getByTestId("confirm-verb").click();
    await expect(page.getByTestId("flatten-left")).toBeVisible();
    await press("Shift+H");
    await page.getByTestId("confirm-verb").click();
    await expect(page.getByTestId("halt-banner")).toBeVisible();
    for (const view of VIEW_NAMES) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await goTo(page, view);
      await everywhere(page, `two-${view}`, atLeast(2));
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await goTo(page, "positions");
    await served.kill();
    await expect(page.getByTestId("connection-lost")).toBeVisible();
    await everywhere(page, "three-positions", atLeast(3));
  } finally {
    await page.close();
    await served.stop();
  }
});
