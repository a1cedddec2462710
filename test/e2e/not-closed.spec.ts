/** A flatten whose closing order the venue refuses: the console names what is still held, why, and what to press. */
import { expect, test } from "@playwright/test";
import { goTo, serve, themed } from "./served.ts";
import { REMAINDER_FILES } from "./remainder.ts";

test("what a flatten cannot close is named with its reason, beside the way to it", async ({ browser }) => {
  const served = await serve(undefined, REMAINDER_FILES);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running/);
    await page.getByTestId("speed-60").click();
    await goTo(page, "positions");
    const close = page.getByTestId("view-positions").getByRole("button", { name: "Close ABC" });
    await expect(page.getByTestId("view-positions").locator("[col-id=quantity]", { hasText: "+3" })).toBeVisible();
    await page.locator("main").focus();
    await page.keyboard.press("Shift+F");
    await page.getByTestId("confirm-verb").click();
    const left = page.getByTestId("flatten-left");
    await expect(left).toContainText("Not closed");
    await expect(left).toContainText("+3 ABC of remainder (below the minimum)");
    await expect(close.first()).toBeEnabled();
    await themed(page, "not-closed", "positions");
    // The refused order is in Rejections, and the way from the banner leads to what is held.
    await goTo(page, "rejections");
    await expect(page.getByTestId("view-rejections")).toContainText("Below the minimum");
    await left.getByRole("button", { name: "Positions" }).click();
    await expect(page.getByTestId("view-positions")).toBeVisible();
    await left.getByRole("button", { name: "Dismiss" }).click();
    await expect(left).toBeHidden();
    await expect(close.first()).toBeEnabled();
  } finally {
    await page.close();
    await served.stop();
  }
});
