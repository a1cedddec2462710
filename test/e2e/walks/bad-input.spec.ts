/**
 * What a page meets at its worst: endless and right-to-left names, ten thousand alerts, a host that ends and comes back, a
 * session's folder that is deleted, and a browser whose clock is wrong. Never a wrong number, never a dead end.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { VIEW_NAMES } from "../../../src/shared/views/console-views.ts";
import { confirm, goTo, ownPort, picture, serve } from "../served.ts";

/** Everything that goes wrong in the page. */
function problemsOf(page: Page): string[] {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  return problems;
}

/** Waits until both pages show the same texts: a pause is shown a moment before the last changes reach either page. */
async function expectToAgree(first: Page, second: Page, selectors: readonly string[]): Promise<void> {
  const texts = (page: Page): Promise<string[][]> =>
    Promise.all(selectors.map((selector) => page.locator(selector).allInnerTexts()));
  await expect(async () => expect(await texts(second)).toEqual(await texts(first))).toPass();
}

const LONG = "a".repeat(300);
const ARABIC = "شركة النخيل للتداول";
const desk = (name: string, strategy: string): string => `name: ${name}
clock: { kind: virtual, speed: 60 }
feed:
  kind: synthetic
  symbols: [{ symbol: AAPL, assetClass: equity, startPrice: 228.5 }]
strategies:
  - { name: ${strategy}, module: momentum, symbols: [AAPL], cadence: 10s, jitter: 1s }
`;

test("a name of 300 characters or from right to left breaks no view, and one that is refused says where and why", async ({
  browser,
}) => {
  const refused = await serve(undefined, { "desk.yaml": desk("odd", LONG) });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const problems = problemsOf(page);
  try {
    await page.goto(refused.url);
    await expect(page.getByTestId("view-desk")).toContainText(/desk\.yaml.*1 to 80 letters/s);
    await picture(page, "bad-name-refused");
    await goTo(page, "editor");
    await expect(page.getByTestId("view-failed")).toHaveCount(0);
  } finally {
    await refused.stop();
  }
  const served = await serve(undefined, { "desk.yaml": desk(ARABIC, "b".repeat(80)) });
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running/);
    for (const view of VIEW_NAMES) {
      await goTo(page, view);
      await expect(page.getByTestId("view-failed")).toHaveCount(0);
      // Nothing pushes the page wider than its window, and Halt stays where it is.
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await expect(page.getByTestId("halt-session")).toBeInViewport({ ratio: 1 });
    }
    await picture(page, "bad-name-long");
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await served.stop();
  }
});

test("ten thousand alerts are counted, listed and acknowledged at once", async ({ browser }) => {
  const alert = (number: number): string =>
    JSON.stringify({
      id: `alert-${number}`,
      cause: `cause ${number}`,
      session: "s",
      severity: number % 2 === 0 ? "critical" : "warning",
      text: `Something went wrong, ${number}`,
      at: 1_767_623_400_000_000 + number,
      view: "log",
      endedAt: null,
      raisedAt: 1_767_623_400_000_000 + number,
      times: 1,
      target: null,
      owner: null,
      acknowledged: null,
    });
  const lines = Array.from({ length: 10_000 }, (_, index) => alert(index + 1));
  const served = await serve(undefined, { "alerts.jsonl": `${lines.join("\n")}\n` });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const problems = problemsOf(page);
  try {
    await page.goto(served.url);
    const bell = page.getByTestId("alerts");
    await expect(bell).toHaveAccessibleName(/10,000/);
    await bell.click();
    await expect(page.getByTestId("alert-row").first()).toContainText("Something went wrong, 10000");
    await picture(page, "bad-alerts");
    await page.getByTestId("acknowledge-all").click();
    await expect(bell).not.toHaveAccessibleName(/10,000/);
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await served.stop();
  }
});

test("a session whose folder is deleted under the view says so, and another one starts", async ({ browser }) => {
  const served = await serve();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const problems = problemsOf(page);
  const state = page.getByTestId("session-state");
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await page.getByTestId("speed-60").click();
    await goTo(page, "orders");
    await expect(page.locator(".ag-row").first()).toBeVisible();
    await page.getByTestId("stop-session").click();
    await confirm(page, "Ada", null);
    await expect(state).toHaveText(/Stopped/);
    // A process that still has a file open there may write to it meanwhile.
    rmSync(join(served.workspace, "sessions"), { recursive: true, force: true, maxRetries: 10 });
    await page
      .locator(".ag-row [col-id=symbol]")
      .first()
      .click({ position: { x: 60, y: 8 } });
    for (const view of VIEW_NAMES) {
      await goTo(page, view);
      await expect(page.getByTestId("view-failed")).toHaveCount(0);
    }
    await picture(page, "bad-folder-gone");
    // Asking to resume says what is missing; the way to a new session stays open.
    await page.getByRole("button", { name: "Continue session" }).click();
    await expect(page.locator(".notice.problem").first()).toBeVisible();
    await page.getByTestId("close-session").click();
    await goTo(page, "desk");
    await page.getByTestId("start-session").click();
    await expect(state).toHaveText(/Running/);
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await served.stop();
  }
});

test("a host that ends and comes back is lost, then asks for its new address, and shows no number of before as live", async ({
  browser,
}) => {
  const port = await ownPort();
  const first = await serve(undefined, {}, undefined, port);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const problems = problemsOf(page);
  await page.goto(first.url);
  await page.getByTestId("start-session").click();
  await expect(page.getByTestId("session-state")).toHaveText(/Running/);
  await first.kill();
  await expect(page.getByTestId("connection-lost")).toBeVisible();
  const second = await serve(undefined, {}, first.workspace, port);
  try {
    await expect(page.getByTestId("unauthorized")).toContainText(/after\s+a\s+restart/);
    await picture(page, "bad-host-restarted");
    await page.goto(second.url);
    await expect(page.getByTestId("interrupted-banner")).toBeVisible();
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await second.stop();
  }
});

test("a browser whose clock is hours off shows the session's moments, ages and countdowns as one that is right", async ({
  browser,
}) => {
  const served = await serve();
  const right = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const problems = problemsOf(right);
  await right.goto(served.url);
  await right.getByTestId("start-session").click();
  await right.getByTestId("speed-60").click();
  await goTo(right, "orders");
  await expect(right.locator(".ag-row").nth(5)).toBeVisible();
  await right.getByTestId("pause-session").click();
  await expect(right.getByTestId("session-state")).toHaveText(/Paused/);
  try {
    for (const hours of [-9, 26]) {
      const wrong = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      await wrong.clock.install({ time: Date.now() + hours * 3_600_000 });
      await wrong.goto(served.url);
      for (const view of ["schedule", "orders", "positions", "router"] as const) {
        await goTo(right, view);
        await goTo(wrong, view);
        await expectToAgree(right, wrong, [".ag-row", '[data-testid="session-clock"]']);
      }
      await expect(wrong.getByText(/stale|silent/i)).toHaveCount(0);
      await wrong.close();
    }
    expect(problems).toEqual([]);
  } finally {
    await right.close();
    await served.stop();
  }
});
test("a page that reads slowly is late and never wrong: once it rests, it shows what a quick one shows", async ({
  browser,
}) => {
  const served = await serve();
  const quick = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const slow = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const problems = problemsOf(slow);
  const orders = async (page: Page): Promise<number> =>
    Number((await page.getByTestId("nav-orders").locator(".count").innerText()).replaceAll(",", ""));
  try {
    await quick.goto(served.url);
    await quick.getByTestId("start-session").click();
    await quick.getByTestId("speed-60").click();
    await slow.goto(served.url);
    await goTo(slow, "orders");
    const session = await slow.context().newCDPSession(slow);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 20 });
    await goTo(quick, "orders");
    const before = await orders(quick);
    await expect.poll(() => orders(quick)).toBeGreaterThan(before + 20);
    await quick.getByTestId("pause-session").click();
    await expect(quick.getByTestId("session-state")).toHaveText(/Paused/);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    await expectToAgree(quick, slow, [".ag-row", '[data-testid="session-line"]']);
    expect(problems).toEqual([]);
  } finally {
    await quick.close();
    await slow.close();
    await served.stop();
  }
});
