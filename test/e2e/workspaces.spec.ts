/** Another workspace from the console: a new folder is asked about, and the way back is in the list. */
import { expect, test } from "@playwright/test";
import { join } from "node:path";
import { confirm, goTo, picture, serve } from "./served.ts";

test("another workspace is opened, made where it is missing, and left again", async ({ browser }) => {
  const served = await serve("resources/demo/desk.yaml");
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
  const other = join(served.workspace, "other");
  try {
    await page.goto(served.url);
    await goTo(page, "settings");
    await expect(page.getByTestId("workspace-current")).toHaveText(served.workspace);
    await page.getByTestId("workspace-path").fill(other);
    await page.getByTestId("open-workspace").click();
    await expect(page.getByTestId("confirm-dialog")).toContainText("Create a new workspace?");
    await confirm(page, "ada", null);
    await expect(page.getByTestId("first-desk")).toHaveValue("demo");
    await goTo(page, "settings");
    await expect(page.getByTestId("workspace-current")).toHaveText(other);
    await picture(page, "workspaces-dark-1280");
    await page.getByTestId("recent-workspace").getByRole("button", { name: "Open" }).click();
    await expect(page.getByTestId("first-desk")).toHaveValue("desk.yaml");
  } finally {
    await page.close();
    await served.stop();
  }
});
