/**
 * Data of one's own in the console: a file is dropped, previewed, asked about, kept, drawn, run under the built-in strategies, and
 * deleted at the end.
 */
import { expect, test, type Page } from "@playwright/test";
import { chooseTheme, confirm, drop, goTo, picture, serve } from "./served.ts";

/** Bars of a minute with a lunch gap, in dates that could be read two ways, and two rows that are none. */
function table(): string {
  const rows = ["date,open,high,low,close,volume"];
  let price = 100;
  for (let index = 0; index < 1_500; index++) {
    const at = new Date(Date.UTC(2024, 2, 4, 14, 30) + (index + (index > 700 ? 5_000 : 0)) * 60_000);
    const [day, clock] = [at.toISOString().slice(0, 10).split("-"), at.toISOString().slice(11, 16)];
    const open = price;
    price += Math.sin(index / 40) * 0.4 + Math.sin(index * 12.9898) * 0.3;
    const [high, low] = [Math.max(open, price) + 0.2, Math.min(open, price) - 0.2];
    const cells = [open, high, low, price].map((value) => value.toFixed(2));
    rows.push(`${day[2]}/${day[1]}/${day[0]} ${clock},${cells.join(",")},${1_000 + (index % 97) * 13}`);
  }
  rows.splice(20, 0, "04/03/2024 14:49,NaN,1,1,1,1", "04/03/2024 14:49,100.00,90.00,95.00,93.00,10");
  return rows.join("\n");
}

/** The cells of the first sample bar. */
const firstSample = (page: Page) => page.getByTestId("data-samples").locator("tbody tr").first();

test("a dropped file is asked about, kept, drawn, run and deleted", async ({ browser }) => {
  const served = await serve();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  try {
    await page.goto(served.url);
    await expect(page.getByTestId("own-data")).toBeVisible();
    await picture(page, "data-first-dark-1280");
    await drop(page, "[data-testid=own-data]", "ACME.csv", table());
    const preview = page.getByTestId("data-preview");
    await expect(preview).toBeVisible();

    // Every date of the file can be the fourth of March or the third of April.
    await expect(page.getByTestId("question-date_order")).toBeVisible();
    await expect(page.getByTestId("keep-data")).toBeDisabled();
    await picture(page, "data-question-dark-1280");
    await page.getByTestId("question-date_order").getByRole("button", { name: /^DD/ }).click();
    await expect(firstSample(page)).toContainText("2024-03-04 14:30:00");
    await expect(firstSample(page)).toContainText("2024-03-04 14:31:00");
    await expect(page.getByTestId("data-refusals")).toContainText("row 22");

    // The sample bars move with the answer.
    await page.getByTestId("question-zone").getByRole("button", { name: "America/New_York" }).click();
    await expect(firstSample(page)).toContainText("2024-03-04 19:30:00");
    await expect(page.getByTestId("question-zone")).toHaveCount(0);
    await picture(page, "data-preview-dark-1280");
    // The answers are kept for further files, and taken back one by one.
    await page.getByTestId("profile-name").fill("vendor");
    await page.getByTestId("save-profile").click();
    await expect(page.getByTestId("use-profile")).toContainText("vendor");
    await page.getByTestId("use-profile").scrollIntoViewIfNeeded();
    await picture(page, "data-profile-dark-1280");
    await page.getByTestId("answer-timeZone").click();
    await expect(firstSample(page)).toContainText("2024-03-04 14:30:00");

    await page.getByTestId("keep-data").click();
    const series = page.getByTestId("series-panel");
    await expect(series.getByTestId("candles").locator("canvas").first()).toBeVisible();
    await expect(page.getByTestId("candle-legend")).toContainText("Volume");
    await expect(page.getByText("ACME.csv").first()).toBeVisible();
    await picture(page, "data-candles-dark-1280");

    // Zoomed in by the wheel, the candles are the file's own bars again.
    const legend = page.getByTestId("candle-legend");
    await expect(async () => {
      await series.getByTestId("candles").hover();
      await page.mouse.wheel(0, -300);
      await expect(legend).not.toContainText("bars in each candle", { timeout: 100 });
    }).toPass({ intervals: [0] });
    await picture(page, "data-zoomed-dark-1280");
    // Another theme draws them again.
    await chooseTheme(page, "light");
    await goTo(page, "data");
    await expect(series.getByTestId("candles").locator("canvas").first()).toBeVisible();
    await picture(page, "data-candles-light-1280");

    await page.getByTestId("run-on-data").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Stopped/);
    await expect(page.getByTestId("view-desk")).toBeVisible();
    await picture(page, "data-run-light-1280");

    // The session and the file go, each after a question that names its size.
    await goTo(page, "sessions");
    await page.locator(".ag-row").first().click();
    await page.getByTestId("delete-sessions").click();
    await expect(page.getByTestId("confirm-dialog")).toContainText(/Delete 1 session, [\d.]+ [kM]B\?/);
    await picture(page, "data-delete-light-1280");
    await confirm(page, "ada", null);
    await expect(page.locator(".ag-row")).toHaveCount(0);
    await goTo(page, "data");
    await page.getByTestId("delete-data").click();
    await expect(page.getByTestId("confirm-dialog")).toContainText(/Delete 1 file, [\d.]+ kB\?/);
    await confirm(page, "ada", null);
    await expect(page.getByText("No market data yet")).toBeVisible();
    await picture(page, "data-empty-light-1280");
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await served.stop();
  }
});
