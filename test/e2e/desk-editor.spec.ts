/**
 * A desk in the console without a line of YAML: made, checked, saved, started; changed from both sides; and changed on disk meanwhile.
 */
import { expect, test, type Page } from "@playwright/test";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chooseTheme, goTo, keepsPictures, picture, rulesOf, serve } from "./served.ts";

function bars(): string {
  const rows = ["dt,open,high,low,close,volume,symbol"];
  for (let index = 0; index < 400; index++) {
    const at = new Date(Date.UTC(2026, 0, 5, 14, 30) + index * 60_000).toISOString().slice(0, 19);
    const price = 100 + Math.sin(index / 20) * 3;
    const cells = [price, price + 0.2, price - 0.2, price + 0.1].map((one) => one.toFixed(2));
    rows.push(`${at}Z,${cells.join(",")},1000,ACME`);
  }
  return rows.join("\n");
}

const DESK = `# written by hand
name: night  # the late one
feed:
  kind: synthetic
  symbols:
    - { symbol: AAA, assetClass: equity, startPrice: 100 }
strategies:
  # the only one
  - name: one
    module: momentum
    symbols: [AAA]
    cadence: 1m
`;

/** The field of a place. */
const field = (page: Page, place: string) => page.getByTestId(`field-${place}`);
const yaml = (page: Page) => page.getByTestId("desk-yaml");

async function type(page: Page, place: string, text: string): Promise<void> {
  const input = field(page, place).locator("input").first();
  await input.fill(text);
  await input.blur();
}

/** Writes a file as editors do: whole from one moment to the next. */
function write(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

function watched(page: Page): string[] {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  return problems;
}

test("a desk is made on one's own data, checked, saved and started, without writing YAML", async ({ browser }) => {
  const served = await serve(undefined, { "data/ACME.csv": bars() });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
  const page = await context.newPage();
  const problems = watched(page);
  try {
    await page.goto(served.url);
    await goTo(page, "data");
    await expect(page.getByText("Read", { exact: true })).toBeVisible();
    await goTo(page, "editor");
    await page.getByTestId("new-desk").click();
    await page.getByTestId("new-on-data").click();
    await expect(yaml(page)).toContainText("data/ACME.csv");
    await type(page, "name", "my first desk");
    await page.getByTestId("section-limits").click();
    await type(page, "limits.max_notional", "much");
    await expect(field(page, "limits.max_notional")).toContainText("write a plain decimal");
    await expect(page.getByTestId("desk-problems")).toContainText("limits.max_notional");
    await expect(page.getByTestId("start-desk")).toBeDisabled();
    await picture(page, "editor-problem-dark-1280");
    await type(page, "limits.max_notional", "20000");
    await expect(page.getByTestId("desk-problems")).toHaveCount(0);

    await page.getByTestId("section-strategies").click();
    await page.getByTestId("strategy-0").locator(".toggle").click();
    await field(page, "strategies[0].module").locator("select").selectOption("mean_reversion");
    await expect(page.getByTestId("strategy-params")).toContainText("lookback", { ignoreCase: true });
    await type(page, "strategies[0].params.lookback", "15");
    await expect(yaml(page)).toContainText("lookback: 15");
    await page.getByTestId("check-desk").click();
    await expect(page.getByTestId("desk-trial")).toContainText("Ready to start");
    await expect(page.getByTestId("desk-trial")).toContainText("ACME");
    await picture(page, "editor-checked-dark-1280");
    expect((await rulesOf(page).analyze()).violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);

    await page.getByTestId("start-desk").click();
    await expect(page.getByTestId("save-as-name")).toHaveValue("desk");
    await page.getByTestId("save-as-verb").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running|Stopped/);
    expect(readFileSync(join(served.workspace, "desk.yaml"), "utf8")).toContain("lookback: 15");
    expect(problems).toEqual([]);
  } finally {
    await context.close();
    await served.stop();
  }
});

test("form and YAML change each other, and a file that is changed on disk is never written over", async ({
  browser,
}) => {
  const served = await serve(undefined, { "desk.yaml": DESK });
  const path = join(served.workspace, "desk.yaml");
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "light" });
  const problems = watched(page);
  try {
    await page.goto(served.url);
    await goTo(page, "editor");
    await expect(page.getByTestId("desk-state")).toHaveText("Saved");

    // Typed as YAML, it is in the form; undone, it is as before.
    await yaml(page).getByText("the late one").click();
    await page.keyboard.press("End");
    await page.keyboard.type("\nseed: 42");
    await expect(field(page, "seed").locator("input")).toHaveValue("42");
    await type(page, "seed", "43");
    await expect(yaml(page)).toContainText("seed: 43");
    await page.getByTestId("save-desk").click();
    await expect(page.getByTestId("desk-state")).toHaveText("Saved");
    const saved = readFileSync(path, "utf8");
    expect(saved).toBe(DESK.replace("# the late one\n", "# the late one\nseed: 43\n"));

    // Changed on disk while nothing is changed here: shown.
    write(path, saved.replace("startPrice: 100", "startPrice: 150"));
    await expect(yaml(page)).toContainText("startPrice: 150");

    // Changed on both sides: reported, and both are taken where they do not touch.
    await type(page, "name", "later");
    write(path, readFileSync(path, "utf8").replace("cadence: 1m", "cadence: 2m"));
    await expect(page.getByTestId("desk-conflict")).toBeVisible();
    await expect(page.getByTestId("save-desk")).toBeDisabled();
    await picture(page, "editor-conflict-light-1280");
    await page.getByTestId("settle-both").click();
    await expect(yaml(page)).toContainText("cadence: 2m");
    await expect(yaml(page)).toContainText("name: later");
    await page.getByTestId("save-desk").click();
    await expect(page.getByTestId("desk-state")).toHaveText("Saved");
    expect(readFileSync(path, "utf8")).toContain("# the only one");

    // The same line on both sides: one of the two is chosen.
    await type(page, "name", "mine");
    write(path, readFileSync(path, "utf8").replace("name: later", "name: theirs"));
    await expect(page.getByTestId("settle-both")).toBeDisabled();
    await page.getByTestId("settle-file").click();
    await expect(field(page, "name").locator("input")).toHaveValue("theirs");
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await served.stop();
  }
});

test("a broken desk.yaml is opened where it is broken, and mending it leads on", async ({ browser }) => {
  const served = await serve(undefined, { "desk.yaml": DESK.replace("cadence: 1m", "cadnce: 1m") });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
  const problems = watched(page);
  try {
    await page.goto(served.url);
    await expect(page.getByTestId("broken-desk")).toContainText("cadnce");
    await picture(page, "editor-broken-first-dark-1280");
    await page.getByTestId("mend-desk").click();
    await expect(page.locator(".cm-shown")).toContainText("cadnce");
    await expect(page.getByTestId("desk-problems")).toContainText("did you mean cadence?");
    await picture(page, "editor-broken-dark-1280");

    // No YAML at all: the form says so, and the text is mended beside it.
    const path = join(served.workspace, "desk.yaml");
    write(path, DESK.replace("symbols: [AAA]", "symbols: [AAA"));
    await expect(page.getByText("The form needs valid YAML")).toBeVisible();
    // Mended by hand on disk, the first screen offers to start it.
    await goTo(page, "desk");
    await expect(page.getByTestId("broken-desk")).toBeVisible();
    write(path, DESK);
    await expect(page.getByTestId("start-session")).toBeVisible();
    await expect(page.getByTestId("start-session")).toContainText("Start 1 strategy");
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await served.stop();
  }
});

test("the editor is whole in every width", async ({ browser }) => {
  const served = await serve("resources/demo/desk.yaml");
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
  try {
    await page.goto(served.url);
    // A theme changes colours and moves nothing.
    for (const theme of keepsPictures ? (["dark", "light"] as const) : (["dark"] as const)) {
      await chooseTheme(page, theme);
      await goTo(page, "editor");
      for (const [width, height] of [
        [900, 700],
        [1280, 800],
        [1920, 1080],
      ] as const) {
        await page.setViewportSize({ width, height });
        for (const section of ["market", "limits", "strategies"]) {
          await page.getByTestId(`section-${section}`).click();
          await expect(page.getByTestId("start-desk")).toBeInViewport();
          await picture(page, `editor-${section}-${theme}-${width}`);
        }
      }
    }
  } finally {
    await page.close();
    await served.stop();
  }
});
