/**
 * The Regression view in a real browser: a changed desk is found, both sides of its first event stand beside each other, and a fixture
 * that cannot be used takes no other away. That every shipped fixture is equal is asked in `test/harness/regress`.
 */
import { expect, test } from "@playwright/test";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { goTo, pictures, rulesOf, serve } from "./served.ts";

const SHIPPED = join(import.meta.dirname, "..", "..", "resources", "regression");
/** Those that run; a fixture of the workspace that is no fixture takes the place of each other one. */
const RUN: readonly string[] = ["busy", "quiet", "trending-up"];

test("a changed desk differs, with both sides and what led there; one that cannot be used says so; the others are equal", async ({
  browser,
}) => {
  const served = await serve();
  const folder = join(served.workspace, "regression");
  const own = join(folder, "quiet");
  cpSync(join(SHIPPED, "quiet"), own, { recursive: true });
  const names = readdirSync(SHIPPED);
  const unusable = names.filter((name) => !RUN.includes(name));
  for (const name of unusable) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "fixture.yaml"), `schema: 1\nname: ${name}\nlength: forever\n`);
  }
  const desk = join(own, "desk.yaml");
  writeFileSync(desk, readFileSync(desk, "utf8").replace("slippage_bps: 2", "slippage_bps: 3"));
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
  const page = await context.newPage();
  try {
    await page.goto(served.url);
    await goTo(page, "regression");
    await page.getByTestId("start-regress").click();
    const panel = page.getByTestId("regression-panel");
    await expect(panel).toContainText(`${names.length} of ${names.length} run, ${unusable.length + 1} not equal`);
    await expect(page.getByTestId("fixture-quiet")).toContainText("Differs");
    await expect(page.getByTestId("fixture-busy")).toContainText("Equal");
    const result = page.getByTestId("regression-result");
    await expect(result).toContainText("The fixture cannot be used");
    await expect(result).toContainText("fixture.yaml");
    await panel.getByRole("button", { name: "quiet", exact: true }).click();
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
