/**
 * Numbers on the screen, view by view, recomputed from the files of the session's folder without any code of the console.
 *
 * 1. A number is read as a person reads it: from the page, with its grouping, sign and unit.
 * 2. A count equals the file's lines; an amount equals the exact sum, rounded as it is shown.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { parse } from "csv-parse/sync";
import { confirm, goTo, serve } from "../served.ts";

type Line = Readonly<Record<string, string>>;

/** The numbers of a text, in its order: `▲ +1,204.50` is 1204.5. */
const numbersIn = (text: string): number[] =>
  [...text.matchAll(/(?<![A-Z])[−-]?\d[\d,]*(\.\d+)?/g)].map(([found]) =>
    Number(found.replaceAll(",", "").replace("−", "-")),
  );
const numberIn = (text: string): number => numbersIn(text)[0] ?? Number.NaN;
const sum = (list: readonly Line[], column: string): number =>
  list.reduce((all, line) => all + Number(line[column] === "" ? 0 : line[column]), 0);
const of = (list: readonly Line[], column: string, value: string): Line[] =>
  list.filter((line) => line[column] === value);
const signed = (fill: Line): number => Number(fill["quantity"]) * (fill["side"] === "sell" ? -1 : 1);
const holds = (list: readonly Line[]): number => list.reduce((all, fill) => all + signed(fill), 0);

let checked = 0;
/**
 * The number that a place shows is the wanted one, rounded to as many places as it has there. The last changes may reach the page after
 * the news of the session's end.
 */
async function shows(place: Locator, what: string, wanted: number, at = 0): Promise<void> {
  await expect(async () => {
    const text = (await place.innerText({ timeout: 10_000 })).replaceAll(/\s+/g, " ");
    const shown = numbersIn(text)[at] ?? Number.NaN;
    const places = /[−-]?\d[\d,]*(?:\.(\d+))?/.exec(text)?.[1]?.length ?? 0;
    const tolerance = 0.5 * 10 ** -places + 1e-9;
    expect(Math.abs(shown - wanted), `${what}: ${text}, wanted ${wanted}`).toBeLessThan(tolerance);
  }).toPass();
  checked += 1;
}

/** The row of a list whose cell says just that. */
const rowOf = (list: Locator, column: string, name: string): Locator =>
  list.filter({ has: list.page().locator(`[col-id=${column}]`).getByText(name, { exact: true }) });

const figure = (page: Page, label: string): Locator =>
  page
    .getByTestId("session-line")
    .locator(".figure")
    .filter({ hasText: new RegExp(`^${label}`) })
    .locator("b");
const count = (page: Page, view: string): Locator => page.getByTestId(`nav-${view}`).locator(".count");
const panel = (page: Page, title: string): Locator => page.getByRole("region", { name: title, exact: true });

test("numbers of every view are those of the session's files", async ({ browser }) => {
  const served = await serve("resources/demo/busy.yaml");
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await page.getByTestId("speed-60").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Halted/);
    await page.getByTestId("stop-session").click();
    await confirm(page, "Ada", null);
    await expect(page.getByTestId("session-state")).toHaveText(/Stopped/);
    await goTo(page, "sessions");
    const row = page.getByTestId("view-sessions").locator(".ag-row").first();
    const id = (await row.locator("[col-id=id]").innerText()).trim();
    const folder = join(served.workspace, "sessions", id);
    const csv = (name: string): Line[] => parse(readFileSync(join(folder, name), "utf8"), { columns: true });
    const [orders, curve] = [csv("orders.csv"), csv("equity_curve.csv")];
    const reports = csv("fills.csv");
    const fills = of(reports, "verdict", "booked");
    const [accepted, refused] = [of(orders, "accepted", "true"), of(orders, "accepted", "false")];
    const lines = readFileSync(join(folder, "orchestrator_metrics.jsonl"), "utf8").trim().split("\n");
    const line = JSON.parse(lines.at(-1) ?? "{}") as Record<string, number>;
    const [start, end] = [curve[0] ?? {}, curve.at(-1) ?? {}];
    const [equity, cash] = [Number(end["equity"]), Number(start["equity"])];
    const worst = Math.min(...curve.map(({ drawdown }) => Number(drawdown)));
    expect(fills.length).toBeGreaterThan(10);
    expect(refused.length).toBeGreaterThan(10);

    // The frame; the banner of the end lies over the line, and hides nothing from who asks for it.
    await shows(figure(page, "Equity"), "equity", equity);
    await shows(figure(page, "PnL"), "profit", equity - cash);
    await shows(figure(page, "Drawdown"), "drawdown", Number(end["drawdown"]) * 100);
    await shows(figure(page, "Orders"), "orders", accepted.length);
    await shows(figure(page, "Fills"), "fills", fills.length);
    await expect(async () => {
      const [own, rail] = [figure(page, "Rejections"), count(page, "rejections")];
      expect(numberIn(await own.innerText())).toBe(numberIn(await rail.innerText()));
    }).toPass();
    await shows(count(page, "orders"), "orders of the rail", accepted.length);

    // Sessions.
    await shows(row.locator("[col-id=orders]"), "session's orders", accepted.length);
    await shows(row.locator("[col-id=fills]"), "session's fills", fills.length);
    await shows(row.locator("[col-id=pnl]"), "session's profit", equity - cash);
    await shows(row.locator("[col-id=equity]"), "session's equity", equity);
    await shows(row.locator("[col-id=drawdown]"), "session's drawdown", worst * 100);

    // Desk.
    await goTo(page, "desk");
    await shows(panel(page, "Equity").locator("header .strong"), "desk's equity", equity);
    await shows(panel(page, "Equity").locator("header .subtitle"), "equity at the start", cash);
    await shows(
      page.getByTestId("tile-p95").locator(".value"),
      "p95 of the desk",
      // From a second on it is shown in seconds.
      (line["p95_latency_s"] ?? 0) * ((line["p95_latency_s"] ?? 0) < 1 ? 1_000 : 1),
    );
    await shows(page.getByTestId("tile-skips").locator(".value"), "skip rate", (line["skip_rate"] ?? 0) * 100);
    const strategies = page.locator("[aria-label='Strategies by profit'] .ag-row");
    for (const index of [0, 1, 2]) {
      const name = (await strategies.nth(index).locator("[col-id=strategy]").innerText()).trim();
      const own = rowOf(strategies, "strategy", name);
      await shows(own.locator("[col-id=fills]"), `${name}'s fills`, of(fills, "strategy", name).length);
    }
    await page.getByRole("radio", { name: "Exposure" }).click();
    const exposure = page.locator("[aria-label='Exposure by symbol'] .ag-row");
    const held = (await exposure.first().locator("[col-id=symbol]").innerText()).trim();
    const position = rowOf(exposure, "symbol", held).locator("[col-id=position]");
    await shows(position, `${held} held`, holds(of(fills, "symbol", held)));

    // Router.
    await goTo(page, "router");
    const tiles = page.getByTestId("view-router").locator(".tile");
    await shows(tiles.nth(1).locator(".foot"), "accepted by the router", accepted.length);
    await shows(tiles.nth(1).locator(".value"), "the next order", accepted.length + 1);

    // Rejections: the causes as words, each with the lines that have its code.
    await goTo(page, "rejections");
    const chips = page.getByTestId("view-rejections").locator(".chip");
    await expect(chips.first()).toBeVisible();
    for (const [name, code] of [
      ["Rate limit", "rate_limited"],
      ["Order size", "max_notional_exceeded"],
      ["In-flight limit", "inflight_limit"],
      ["Session halted", "router_halted"],
    ] as const) {
      const own = of(refused, "reason", code);
      if (own.length > 0) await shows(chips.filter({ hasText: name }).locator("b"), name, own.length);
    }

    // Orders and fills.
    await goTo(page, "orders");
    await page.getByTestId("tab-orders").click();
    await shows(panel(page, "Orders and fills").locator("header .subtitle"), "all orders", accepted.length);
    const listed = page.locator("[aria-label=Orders] .ag-row");
    const filled = listed.filter({ hasText: "Filled" }).first();
    const orderId = (await filled.locator("[col-id=order]").innerText()).trim();
    const order = rowOf(listed, "order", orderId);
    const own = of(fills, "order_id", orderId);
    await shows(order.locator("[col-id=filled]"), `${orderId} filled`, holds(own));
    const average = own.reduce((all, fill) => all + signed(fill) * Number(fill["price"]), 0) / holds(own);
    await shows(order.locator("[col-id=average]"), `${orderId} average`, average);
    await page.getByTestId("tab-fills").click();
    await shows(panel(page, "Orders and fills").locator("header .subtitle"), "all fills", fills.length);

    // Positions.
    await goTo(page, "positions");
    for (const index of [0, 1]) {
      const positions = page.locator("[aria-label='Positions by symbol'] .ag-row");
      const symbol = (await positions.nth(index).locator("[col-id=symbol]").innerText()).trim();
      const one = rowOf(positions, "symbol", symbol);
      const quantity = holds(of(fills, "symbol", symbol));
      if (Math.abs(quantity) > 1e-9) await shows(one.locator("[col-id=quantity]"), `${symbol} held`, quantity);
      await shows(one.locator("[col-id=fees]"), `${symbol} fees`, sum(of(fills, "symbol", symbol), "fee"));
    }

    // Schedule, Metrics, Drift.
    await goTo(page, "schedule");
    await shows(panel(page, "Strategies").locator("header .subtitle"), "strategies", 24);
    await goTo(page, "metrics");
    const latest = page.getByTestId("view-metrics").locator(".chips .second").first();
    await shows(latest, "p50", (line["p50_latency_s"] ?? 0) * 1_000, 1);
    await goTo(page, "drift");
    const unknown = reports.filter(({ verdict }) => verdict === "quarantined");
    await shows(count(page, "drift"), "open drift items", unknown.length);
    expect(checked).toBeGreaterThanOrEqual(30);
  } finally {
    await page.close();
    await served.stop();
  }
});
