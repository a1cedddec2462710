/**
 * A desk that runs into its limits: the rejections stay, are grouped by cause, and each says its limit and its value.
 */
import { expect, test } from "@playwright/test";
import { goTo, picture, pictures, serve } from "./served.ts";

test("a burst of rejections is kept, grouped, and explained", async ({ browser }) => {
  const served = await serve("resources/demo/busy.yaml");
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running|Halted/);
    await page.getByTestId("speed-60").click();
    await goTo(page, "rejections");
    const view = page.getByTestId("view-rejections");
    await expect(view).toContainText(/Exposure per (class|symbol)|Rate limit/);
    await pictures(page, "busy", ["desk", "router", "rejections", "metrics"]);
    await goTo(page, "rejections");
    await page.getByTestId("tab-each").click();
    const row = view.locator(".ag-row[row-index='0']").first();
    await row.hover({ position: { x: 200, y: 10 } });
    await page.mouse.down();
    // The newest rejection comes on top: by the release, whatever was on top after the press has moved from under the pointer.
    const pressed = await row.getAttribute("row-id");
    await expect(row).not.toHaveAttribute("row-id", pressed ?? "");
    await page.mouse.up();
    await expect(page.getByTestId("why-panel")).toContainText(/refused|limit/i);
    await page.keyboard.press("Escape");
    await page.getByTestId("tab-grouped").click();
    // Repeated rejections are folded; a group opens its own.
    await expect(view.locator(".ag-row [col-id=count]").first()).toHaveText(/[1-9]/);
    await picture(page, "rejection-groups-dark-1280");
    await view.locator(".ag-row [col-id=strategy]").first().click();
    await expect(page.getByTestId("narrow-strategy")).not.toHaveValue("");
    await picture(page, "rejection-group-dark-1280");
  } finally {
    await page.close();
    await served.stop();
  }
});
