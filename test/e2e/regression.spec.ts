/**
 * The Regression view in a real browser: a changed desk is found, and both sides of its first event stand beside each other.
 */
import { expect, test } from "@playwright/test";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { goTo, pictures, rulesOf, serve } from "./served.ts";

const SHIPPED = join(import.meta.dirname, "..", "..", "resources", "regression");

test("a changed desk differs, with both sides and what led there; the others are equal", async ({ browser }) => {
  const served = await serve();
  const own = join(served.workspace, "regression", "quiet");
  cpSync(join(SHIPPED, "quiet"), own, { recursive: true });
  const desk = join(own, "desk.yaml");
  writeFileSync(desk, readFileSync(desk, "utf8").replace("slippage_bps: 2", "slippage_bps: 3"));
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
  const page = await context.newPage();
  try {
    await page.goto(served.url);
    await goTo(page, "regression");
    await page.getByTestId("start-regress").click();
    const panel = page.getByTestId("regression-panel");
    await expect(panel).toContainText("10 of 10 run, 1 not equal", { timeout: 60_000 });
    await expect(page.getByTestId("fixture-quiet")).toContainText("Differs");
    await expect(page.getByTestId("fixture-busy")).toContainText("Equal");
    const result = page.getByTestId("regression-result");
    await expect(result).toContainText("is the first that differs");
    await expect(page.getByTestId("sides").getByRole("region", { name: "Baseline" })).toContainText('"kind": "fill"');
    await expect(page.getByTestId("sides").getByRole("region", { name: "This run" })).toContainText("decision");
    const { violations } = await rulesOf(page).withTags(["wcag2a", "wcag2aa", "wcag21aa"]).analyze();
    expect(violations.map((one) => `${one.id} ${one.nodes.map((node) => node.target.join(" ")).join(" | ")}`)).toEqual(
      [],
    );
    await pictures(page, "regressed", ["regression"]);
    await goTo(page, "regression");
    await panel.getByRole("button", { name: "trending-up", exact: true }).click();
    await expect(result).toContainText("Equal, event for event");
  } finally {
    await context.close();
    await served.stop();
  }
});
