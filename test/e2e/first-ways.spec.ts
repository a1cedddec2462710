/**
 * The first ten minutes: the demo, data of one's own, a strategy of one's own; each walked with a real file from the first screen.
 */
import { expect, test } from "@playwright/test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chooseTheme, drop, goTo, picture, serve } from "./served.ts";

function bars(): string {
  const rows = ["time,open,high,low,close,volume"];
  for (let index = 0; index < 300; index++) {
    const at = Date.UTC(2026, 0, 5, 14, 30) / 1_000 + index * 60;
    const price = 50 + Math.sin(index / 15) * 2;
    rows.push([at, price, price + 0.2, price - 0.2, price + 0.1].map((one) => one.toFixed(2)).join(",") + ",900");
  }
  return rows.join("\n");
}

test("the first screen leads to the demo, to own data and to an own strategy", async ({ browser }) => {
  const served = await serve(undefined, { "desks/night.yaml": readFileSync("resources/demo/busy.yaml", "utf8") });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  try {
    await page.goto(served.url);
    await expect(page.getByTestId("first-desk")).toHaveValue("demo");
    await picture(page, "first-ways-dark-1280");

    // A strategy of one's own: written, checked, spoiled, corrected.
    await page.getByTestId("strategy-name").fill("dip buyer");
    await page.getByTestId("make-strategy").click();
    await expect(page.getByTestId("own-strategy")).toContainText("letters, digits");
    // From an example of a known strategy, with what its check says.
    await page.getByTestId("strategy-name").fill("crosser");
    await page.getByTestId("strategy-example").selectOption("breakout-pyramid");
    await picture(page, "first-strategy-example-dark-1280");
    await page.getByTestId("make-strategy").click();
    await expect(page.getByTestId("strategy-check")).toContainText("No problems found");
    await expect(page.getByTestId("strategy-check")).toContainText("cancels and replaces");
    expect(readFileSync(join(served.workspace, "strategies", "crosser.ts"), "utf8")).toContain("pyramids");
    await picture(page, "first-strategy-example-checked-dark-1280");
    await page.getByRole("button", { name: "Choose another" }).click();
    await page.getByTestId("strategy-example").selectOption("");
    await page.getByTestId("strategy-name").fill("dip_buyer");
    await page.getByTestId("make-strategy").click();
    await expect(page.getByTestId("strategy-check")).toContainText("No problems found");
    const path = join(served.workspace, "strategies", "dip_buyer.ts");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace("memory = { ...memory, runs: memory.runs + 1 };", "memory = nothing.at.all;"));
    await expect(page.getByTestId("strategy-check")).toContainText("Needs a correction");
    await expect(page.getByTestId("strategy-check")).toContainText("nothing is not defined");
    await picture(page, "first-strategy-wrong-dark-1280");
    writeFileSync(path, text);
    await expect(page.getByTestId("strategy-check")).toContainText("No problems found");

    // It is in a desk, with its own parameters as fields, and runs.
    await page.getByTestId("use-strategy").click();
    await page.getByTestId("section-strategies").click();
    await page.getByTestId("strategy-0").locator(".toggle").click();
    await expect(page.getByTestId("strategy-params")).toContainText("bars over which the mean is taken", {
      ignoreCase: true,
    });
    await page.getByTestId("start-desk").click();
    await page.getByTestId("save-as-name").fill("dips");
    await page.getByTestId("save-as-verb").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running/);
    await page.keyboard.press("Shift+S");
    await page.getByTestId("operator-input").fill("ada");
    await page.getByTestId("confirm-verb").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Stopped/);
    await page.getByRole("button", { name: /close/i }).first().click();

    // Data of one's own: dropped, previewed, run.
    await goTo(page, "desk");
    await expect(page.getByTestId("first-desk")).toHaveValue("desks/dips.yaml");
    await drop(page, "[data-testid=own-data]", "ACME.csv", bars());
    await expect(page.getByTestId("data-preview")).toBeVisible();
    await page.getByTestId("keep-data").click();
    await page.getByTestId("run-on-data").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Stopped/);
    await page.getByRole("button", { name: /close/i }).first().click();

    // The demo, and another desk of the workspace.
    await goTo(page, "desk");
    await page.getByTestId("first-desk").selectOption("demo");
    await expect(page.getByTestId("start-session")).toContainText("24 strategies");
    await chooseTheme(page, "light");
    await goTo(page, "desk");
    await picture(page, "first-ways-light-1280");
    await page.setViewportSize({ width: 900, height: 700 });
    await picture(page, "first-ways-light-900");
    await page.getByTestId("start-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running/);
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await served.stop();
  }
});
