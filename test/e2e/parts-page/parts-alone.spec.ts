/**
 * Parts of the renderer by themselves in a real browser: the grid, the chart and the question, with values that no session has to make.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { expect, test, type Page } from "@playwright/test";
import { build, preview, type PreviewServer } from "vite";

// All of them are shown one page, which is built once.
test.describe.configure({ mode: "default" });

const outDir = mkdtempSync(join(tmpdir(), "logos-parts-"));
let server: PreviewServer;
let url = "";

test.beforeAll(async () => {
  const shared = { configFile: false, root: import.meta.dirname, logLevel: "error" } as const;
  await build({ ...shared, plugins: [react()], build: { outDir, minify: false } });
  server = await preview({ ...shared, build: { outDir }, preview: { host: "127.0.0.1", port: 0 } });
  url = server.resolvedUrls?.local[0] ?? "";
});
test.afterAll(async () => {
  await server.close();
  rmSync(outDir, { recursive: true, force: true });
});

async function show(page: Page, part: string, more = ""): Promise<string[]> {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(`${url}?part=${part}${more}`);
  return problems;
}

test("a grid sorts by value with what is absent last, and opens the row that was pressed, whatever it is called", async ({
  page,
}) => {
  const problems = await show(page, "grid");
  const cells = (column: string) => page.locator(`.ag-row [col-id=${column}]`);
  await expect(page.locator("[role=grid], [role=treegrid]").first()).toHaveAttribute("aria-rowcount", "2001");
  for (const index of [0, 1, 2, 3, 4]) {
    const text = await cells("name").nth(index).innerText();
    await cells("name").nth(index).click();
    await expect(page).toHaveTitle(text);
  }
  await page.locator(".ag-header-cell[col-id=amount]").click();
  await expect(cells("amount").first()).toHaveText("0");
  await expect(page.locator("body")).toHaveAttribute("data-sort", '{"column":"amount","descending":false}');
  await page.locator(".ag-header-cell[col-id=amount]").click();
  await expect(cells("amount").first()).toHaveText("999");
  await page.locator(".ag-row [col-id=amount]").first().click();
  await page.keyboard.press("Control+End");
  await expect(cells("amount").last()).toHaveText("");
  await page.keyboard.press("Enter");
  await expect(page).not.toHaveTitle("Parts");
  expect(problems).toEqual([]);
});

test("a grid says why it is empty when nothing matches the filter", async ({ page }) => {
  await show(page, "grid", "&filter=nosuchthing");
  await expect(page.getByText("Nothing matches the filter")).toBeVisible();
  await show(page, "grid", `&filter=${encodeURIComponent("شركة")}`);
  const names = page.locator(".ag-row [col-id=name]");
  await expect(names.filter({ hasText: "شركة" })).not.toHaveCount(0);
  await expect(names.filter({ hasNotText: "شركة" })).toHaveCount(0);
});

test("a press opens the row or the name that was pressed, though its row moves before the release", async ({
  page,
}) => {
  const problems = await show(page, "moving");
  const first = page.locator(".ag-row").first();
  for (const [index, target] of [
    [4, first.locator("[col-id=id]")],
    [5, first.getByRole("button", { name: "s5" })],
    [6, first.locator("[col-id=id]")],
  ] as const) {
    await expect(first).toContainText(`row ${index}`);
    await target.hover();
    await page.mouse.down();
    await expect(first).toContainText(`row ${index + 1}`);
    await page.mouse.up();
    await expect(page).toHaveTitle(index === 5 ? "schedule s5" : `row ${index}`);
  }
  expect(problems).toEqual([]);
});

test("a chart draws, and says in words what it shows", async ({ page }) => {
  const problems = await show(page, "chart");
  const canvas = page.locator("canvas").first();
  await expect(canvas).toBeVisible();
  await expect
    .poll(() =>
      canvas.evaluate((element: HTMLCanvasElement) => {
        const pixels = element.getContext("2d")?.getImageData(0, 0, element.width, element.height).data ?? [];
        return pixels.some((value) => value !== 0);
      }),
    )
    .toBe(true);
  await expect(
    page
      .getByRole("img", { name: /Equity/ })
      .or(page.getByText("Equity went from 100 to 699."))
      .first(),
  ).toBeAttached();
  expect(problems).toEqual([]);
});

test("a question starts on Cancel, is not confirmed by Enter, and needs its note", async ({ page }) => {
  await show(page, "question");
  const ask = page.getByRole("button", { name: "Ask" });
  await ask.click();
  const dialog = page.getByTestId("confirm-dialog");
  await expect(page.getByTestId("confirm-cancel")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(page).toHaveTitle("Parts");
  await ask.click();
  await dialog.getByTestId("operator-input").fill("ann");
  await dialog.getByTestId("operator-input").press("Enter");
  await expect(page).toHaveTitle("Parts");
  await expect(dialog.getByTestId("confirm-verb")).toBeDisabled();
  await dialog.getByTestId("note-input").fill("end of day");
  await dialog.getByTestId("confirm-verb").click();
  await expect(page).toHaveTitle("ann: end of day");
});
