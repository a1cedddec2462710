/**
 * The tick ledger in a browser: every class of a desk whose market closes and whose operator pauses, filtered, exported, and live.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { chooseTheme, goTo, keepsPictures, picture, screens, serve } from "./served.ts";

const top = join(import.meta.dirname, "..", "..");

/** The demo desk, in which one strategy's market closes five minutes after the start. */
function closingDesk(): string {
  const folder = join(screens, "..", "desks");
  mkdirSync(folder, { recursive: true });
  const demo = readFileSync(join(top, "resources/demo/desk.yaml"), "utf8");
  const hours = '    sessions: { timeZone: UTC, open: "09:00", close: "14:33" }\n';
  writeFileSync(join(folder, "closing.yaml"), demo.replace("  - name: mr-btc\n", `  - name: mr-btc\n${hours}`));
  return join("artifacts", "desks", "closing.yaml");
}

test("every planned tick has its class, its moments and its reason", async ({ browser }) => {
  const served = await serve(closingDesk());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running/);
    await page.getByTestId("speed-60").click();
    await goTo(page, "schedule");
    const view = page.getByTestId("view-schedule");
    await view.locator("[row-id=mr-eth]").first().click();
    await page.getByTestId("strategy-actions").click();
    await page.getByRole("menuitem", { name: "Pause mr-eth" }).click();

    // The bracket moves to the other tab.
    await page.keyboard.press("]");
    const ledger = page.getByTestId("ticks");
    await expect(page.getByTestId("tab-ticks")).toHaveAttribute("aria-selected", "true");
    for (const kind of ["on_time", "overrun", "paused", "closed"])
      await expect(page.getByTestId(`ticks-${kind}`)).not.toHaveText(/\D0$/);
    for (const theme of keepsPictures ? (["dark", "light"] as const) : (["dark"] as const)) {
      await chooseTheme(page, theme);
      for (const [width, height] of [
        [1280, 800],
        [1920, 1080],
      ] as const) {
        await page.setViewportSize({ width, height });
        await goTo(page, "schedule");
        await page.getByTestId("tab-ticks").click();
        await expect(ledger.getByRole("columnheader", { name: "Planned" })).toBeVisible();
        await picture(page, `ticks-${theme}-${width}`);
        await page.getByTestId("ticks-overrun").click();
        await picture(page, `ticks-overrun-${theme}-${width}`);
        await page.getByTestId("ticks-overrun").click();
      }
    }

    await page.getByTestId("ticks-paused").click();
    const rows = ledger.locator("[row-id]");
    await expect(rows.first()).toContainText("paused by operator");
    await expect(rows.first()).toContainText("mr-eth");
    await page.getByTestId("ticks-paused").click();
    await page.getByTestId("ticks-strategy").selectOption("mr-btc");
    await page.getByTestId("ticks-closed").click();
    await expect(rows.first()).toContainText("the market opens at 2026-01-06T09:00:00+00:00");
    await expect(ledger.locator("[row-id^=mr-eth]")).toHaveCount(0);
    await page.getByTestId("ticks-misfire").click();
    await expect(ledger).toContainText("No tick is misfire");
    await page.getByTestId("ticks-misfire").click();

    const newest = await rows.first().getAttribute("row-id");
    await expect(rows.first(), "the list is live").not.toHaveAttribute("row-id", newest ?? "");
    const download = page.waitForEvent("download");
    await ledger.getByTestId("export-ticks").click();
    await page.getByRole("menuitem", { name: "As CSV" }).click();
    const path = await (await download).path();
    const text = readFileSync(path, "utf8");
    expect(text).toMatch(/^strategy,run,planned,due,started,finished,class,outcome,why\n/);
    for (const kind of ["on_time", "overrun", "paused", "closed"]) expect(text).toContain(`,${kind},`);
  } finally {
    await page.close();
    await served.stop();
  }
});
