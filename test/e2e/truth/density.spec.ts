/**
 * Rows of every grid are as high as the density says, and what they show stands in their middle and is never cut at its top or bottom.
 */
import { expect, test, type Page } from "@playwright/test";
import { VIEW_NAMES } from "../../../src/shared/views/console-views.ts";
import { goTo, picture } from "../served.ts";
import { stillHost } from "../still.ts";

/** Views without a grid of their own, or whose list is empty here. */
const WITHOUT: ReadonlySet<string> = new Set(["metrics", "editor", "data", "regression", "settings", "help"]);
/** Heights of rows in points, by the name of the choice in Settings. */
const DENSITIES = { Compact: 26, Comfortable: 34 } as const;

interface Measured {
  /** Grids that show rows, by their labels. */
  readonly grids: readonly string[];
  readonly wrong: readonly string[];
}

/** What is shown in the rows of every grid of the page, held against the height that rows should have. */
function measure(page: Page, height: number): Promise<Measured> {
  return page.evaluate((high) => {
    /** A text's middle may be so far from its row's: half a point up or down by rounding, another by its font. */
    const OFF_MAX = 1.5;
    const wrong: string[] = [];
    const grids: string[] = [];
    for (const grid of document.querySelectorAll("main [role=grid], main [role=treegrid]")) {
      const label = grid.getAttribute("aria-label") ?? "a grid without a label";
      const rows = [...grid.querySelectorAll(".ag-row")].filter((row) => row.getBoundingClientRect().height > 0);
      if (rows.length > 0) grids.push(label);
      else if (Number(grid.getAttribute("aria-rowcount")) > 1) wrong.push(`${label} has not drawn its rows`);
      for (const row of rows) {
        const box = row.getBoundingClientRect();
        if (Math.abs(box.height - high) > 0.01) wrong.push(`${label}: a row is ${box.height} points high`);
        for (const cell of row.querySelectorAll(".ag-cell")) {
          const name = `${label}, ${cell.getAttribute("col-id") ?? ""}: ${cell.textContent.slice(0, 20)}`;
          const parts: DOMRect[] = [...cell.querySelectorAll("svg, i, button, input")].map((part) =>
            part.getBoundingClientRect(),
          );
          const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
          for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
            if (text.textContent?.trim() === "") continue;
            const range = document.createRange();
            range.selectNodeContents(text);
            const lines = [...range.getClientRects()];
            if (new Set(lines.map(({ top }) => Math.round(top))).size > 1) wrong.push(`${name} has a second line`);
            parts.push(...lines);
          }
          for (const part of parts.filter(({ width }) => width > 1)) {
            if (part.top < box.top || part.bottom > box.bottom) wrong.push(`${name} is cut`);
            const off = (part.top + part.bottom - box.top - box.bottom) / 2;
            if (Math.abs(off) > OFF_MAX) wrong.push(`${name} lies ${off} points off its row's middle`);
          }
        }
      }
    }
    return { grids, wrong: [...new Set(wrong)].slice(0, 20) };
  }, height);
}

test("rows are as high as the density says, with their texts whole and in the middle, in each grid", async ({
  browser,
}) => {
  const still = await stillHost();
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 }, reducedMotion: "reduce" });
  const seen: string[][] = [];
  try {
    await page.goto(await still.open("halted"));
    await expect(page.getByTestId("view-desk")).toBeVisible();
    for (const [density, height] of Object.entries(DENSITIES)) {
      await goTo(page, "settings");
      await page.getByTestId("view-settings").getByRole("radio", { name: density }).click();
      const grids = new Set<string>();
      const look = async (what: string): Promise<void> => {
        // Grids take a new height, and their rows their places, some frames after the choice.
        await expect(page.getByText(/^Loading /)).toHaveCount(0);
        await expect(async () => {
          const measured = await measure(page, height);
          expect(measured.wrong, `${what}, ${density}`).toEqual([]);
          for (const label of measured.grids) grids.add(label);
        }).toPass();
      };
      for (const view of VIEW_NAMES.filter((name) => !WITHOUT.has(name))) {
        await goTo(page, view);
        await look(view);
        const tabs = await page.getByTestId(`view-${view}`).getByRole("tab").all();
        for (const tab of tabs.slice(1)) {
          await tab.click();
          await expect(page.locator(".ag-header-row:not(:has([role=columnheader]))")).toHaveCount(0);
          await look(`${view}, ${await tab.innerText()}`);
        }
        if (density === "Comfortable") await picture(page, `comfortable-${view}-1600`);
      }
      seen.push([...grids].toSorted());
    }
    expect(seen[0]?.length).toBeGreaterThanOrEqual(12);
    expect(seen[1]).toEqual(seen[0]);
  } finally {
    await page.close();
    still.end();
  }
});
