/**
 * What a browser loads before the console can be used: little, and compressed.
 */
import { expect, test } from "@playwright/test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { VIEW_NAMES } from "../../../src/shared/views/console-views.ts";
import { serve } from "../served.ts";

const INITIAL_BYTES_MAX = 300_000;
const assets = join(import.meta.dirname, "..", "..", "..", "out", "renderer", "assets");

test("the page is usable after less than 300 kB of scripts, and every view opens without the host", async ({
  browser,
}) => {
  const served = await serve();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const sizes = new Map<string, number>();
  page.on("response", (response) => {
    if (!response.url().endsWith(".js")) return;
    expect(response.headers()["content-encoding"], response.url()).toBe("br");
    sizes.set(new URL(response.url()).pathname, Number(response.headers()["content-length"]));
  });
  try {
    // Nothing is loaded ahead until the start page can be used.
    await page.addInitScript(() => {
      window.requestIdleCallback = () => 0;
    });
    await page.goto(served.url);
    await expect(page.getByTestId("start-session")).toBeEnabled();
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(0);
    expect(total).toBeLessThan(INITIAL_BYTES_MAX);
    expect([...sizes.keys()].filter((name) => !name.startsWith("/assets/"))).toEqual([]);
  } finally {
    await page.close();
  }
  const other = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    await other.goto(served.url);
    await expect(other.getByTestId("start-session")).toBeEnabled();
    // Everything is loaded while the window has nothing else to do.
    const missing = (): Promise<string[]> =>
      other.evaluate(
        (names) => {
          const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
          return names.filter((name) => !loaded.includes(`/assets/${name}`));
        },
        readdirSync(assets).filter((name) => name.endsWith(".js")),
      );
    await expect.poll(missing).toEqual([]);
    await served.stop();
    for (const view of VIEW_NAMES) {
      await other.getByTestId(`nav-${view}`).click();
      await expect(other.getByTestId(`view-${view}`)).toBeVisible();
      await expect(other.getByTestId("view-failed")).toHaveCount(0);
    }
  } finally {
    await other.close();
    await served.stop();
  }
});
