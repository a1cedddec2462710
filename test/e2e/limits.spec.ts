/**
 * A limit changed in the Desk's Headroom: asked with a name and a note, recorded in the log.
 */
import { expect, test } from "@playwright/test";
import { goTo, serve } from "./served.ts";

test("a limit changes while the session runs, and the log says who and why", async ({ browser }) => {
  const served = await serve();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running/);
    const headroom = page.getByRole("radio", { name: "Headroom" });
    await headroom.click();
    await page.getByTestId("change-limit").click();
    const dialog = page.getByTestId("confirm-dialog");
    await dialog.getByRole("combobox").selectOption("max_notional");
    await dialog.getByTestId("operator-input").fill("Ada");
    await dialog.getByTestId("note-input").fill("month end");
    await expect(dialog.getByTestId("confirm-verb")).toBeDisabled();
    await dialog.getByTestId("value-input").fill("lots");
    await dialog.getByTestId("confirm-verb").click();
    await expect(dialog.getByRole("alert")).toContainText("write a plain decimal");
    await dialog.getByTestId("value-input").fill("4321");
    await dialog.getByTestId("confirm-verb").click();
    await expect(dialog).toBeHidden();
    await goTo(page, "log");
    await expect(page.getByTestId("view-log")).toContainText(/Ada changed max_notional from \S+ to 4,321: “month end”/);
  } finally {
    await page.close();
    await served.stop();
  }
});
