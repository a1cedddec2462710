/**
 * Banners, one and several, in every width and both themes: they cover nothing but the session line, nothing in them is cut, and one
 * alone moves nothing.
 */
import { expect, test, type Page } from "@playwright/test";
import { VIEW_NAMES } from "../../../src/shared/views/console-views.ts";
import { goTo, picture, serve } from "../served.ts";
import { REMAINDER_FILES } from "../remainder.ts";
import { stillHost, type StillHost } from "../still.ts";

const WIDTHS = [
  [900, 700],
  [1280, 800],
  [1600, 900],
] as const;

let still: StillHost;
test.beforeAll(async () => {
  still = await stillHost();
});
test.afterAll(() => still.end());

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

/** Measures what is shown in every width and both themes. */
async function everywhere(page: Page, what: string): Promise<Measured[]> {
  const all: Measured[] = [];
  for (const [width, height] of WIDTHS) {
    await page.setViewportSize({ width, height });
    for (const theme of ["light", "dark"]) {
      await page.evaluate((name) => {
        document.documentElement.dataset["theme"] = name;
      }, theme);
      const measured = await measure(page);
      expect(measured.wrong, `${what}, ${width} ${theme}`).toEqual([]);
      all.push(measured);
      if (theme === "dark") await picture(page, `banners-${what}-${width}`);
    }
  }
  return all;
}

test("one banner covers nothing of any view and moves nothing, in each state that has one", async ({ browser }) => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
  const tops = async (): Promise<number[]> => {
    const found: number[] = [];
    for (const [width, height] of WIDTHS) {
      await page.setViewportSize({ width, height });
      found.push((await measure(page)).viewTop);
    }
    return found;
  };
  try {
    await page.goto(await still.open("running"));
    await expect(page.getByTestId("session-line")).toBeVisible();
    await goTo(page, "log");
    const before = await tops();
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
      const [narrow, ...wide] = await everywhere(page, `${state}-log`).then((all) =>
        all.filter((_, place) => place % 2 === 0),
      );
      expect(narrow?.banners).toBe(1);
      expect(
        wide.map(({ viewTop }) => viewTop),
        state,
      ).toEqual(before.slice(1));
    }
  } finally {
    await page.close();
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
    await expect(page.getByTestId("view-positions").locator("[col-id=quantity]", { hasText: "+3" })).toBeVisible({
      timeout: 60_000,
    });
    await press("Shift+F");
    await page.getByTestId("confirm-verb").click();
    await expect(page.getByTestId("flatten-left")).toBeVisible();
    await press("Shift+H");
    await page.getByTestId("confirm-verb").click();
    await expect(page.getByTestId("halt-banner")).toBeVisible();
    for (const view of VIEW_NAMES) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await goTo(page, view);
      const [first] = await everywhere(page, `two-${view}`);
      expect(first?.banners).toBeGreaterThanOrEqual(2);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await goTo(page, "positions");
    await served.kill();
    await expect(page.getByTestId("connection-lost")).toBeVisible();
    const [first] = await everywhere(page, "three-positions");
    expect(first?.banners).toBeGreaterThanOrEqual(3);
  } finally {
    await page.close();
    await served.stop();
  }
});
