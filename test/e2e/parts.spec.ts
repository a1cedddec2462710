/**
 * Kill switches of groups and strategies in a browser: thrown with the one key, seen in every view, lifted with a name and a note.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { confirm, goTo, picture, pictures, serve } from "./served.ts";

test("a group and a strategy are halted by themselves, and resumed", async ({ browser }) => {
  const served = await serve();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running/);
    await page.getByTestId("speed-60").click();

    await page.keyboard.press("Shift+H");
    const dialog = page.getByTestId("confirm-dialog");
    await expect(dialog.getByTestId("confirm-verb")).toHaveText("Halt 24 strategies");
    await dialog.getByTestId("choice-input").selectOption({ label: "crypto: 6 strategies" });
    await expect(dialog.getByTestId("confirm-verb")).toHaveText("Halt 6 strategies of crypto");
    await expect(dialog).toContainText("None of the 6 strategies of crypto sends another order");
    await picture(page, "parts-question-dark-1280");
    await confirm(page, "Ada", "odd fills");

    await expect(page.getByTestId("parts-banner")).toContainText(
      "Group crypto sends no orders. Halted by Ada. “odd fills”",
    );
    await expect(page.getByTestId("session-state")).toHaveText(/Running/);
    await goTo(page, "schedule");
    const schedule = page.getByTestId("view-schedule");
    await expect(schedule.locator("[col-id=state]", { hasText: "Halted" })).toHaveCount(6);
    await goTo(page, "rejections");
    await expect(page.getByTestId("view-rejections")).toContainText("Group halted");

    // A file halts one strategy without a person at the console.
    writeFileSync(join(served.workspace, "KILL.strategy.mr-aapl"), "");
    await expect(page.getByTestId("parts-banner")).toContainText("Group crypto, strategy mr-aapl send no orders.");
    await pictures(page, "parts", ["desk", "schedule", "rejections"]);
    // What is resumed is in the log's newest lines, which do not move on meanwhile.
    await page.getByTestId("speed-1").click();
    await expect(page.getByTestId("speed-1")).toHaveAttribute("aria-checked", "true");

    await page.getByTestId("resume-part").click();
    await dialog.getByTestId("choice-input").selectOption({ label: "strategy mr-aapl" });
    await dialog.getByTestId("operator-input").fill("Bo");
    await expect(dialog.getByTestId("confirm-verb")).toBeDisabled();
    await dialog.getByTestId("note-input").fill("on again");
    await dialog.getByTestId("confirm-verb").click();
    await expect(dialog.getByRole("alert")).toContainText("The kill switch is on: remove the file");
    await dialog.getByTestId("choice-input").selectOption({ label: "group crypto: 6 strategies" });
    await dialog.getByTestId("note-input").fill("fills match");
    await dialog.getByTestId("confirm-verb").click();
    await expect(dialog).toBeHidden();
    await expect(page.getByTestId("parts-banner")).toContainText("Strategy mr-aapl sends no orders.");
    await goTo(page, "log");
    await expect(page.getByTestId("view-log")).toContainText("The group crypto is resumed by Bo. “fills match”");
  } finally {
    await page.close();
    await served.stop();
  }
});
