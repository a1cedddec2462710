/**
 * What the console must not claim: each state of a session, of its connection and of its files is shown as it is, and as known.
 *
 * 1. What a run, a strategy or a file is about to do is shown only while it is so.
 * 2. What ends a session, or a console, leaves what it leaves: open positions, alerts, counts.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { VIEW_NAMES } from "../../../src/shared/views/console-views.ts";
import { resourcesFolder } from "../../../src/store/index.ts";
import { confirm, goTo, picture, serve } from "../served.ts";
import { stillHost, type StillHost, type StillState } from "../still.ts";

const SIZE = { width: 1280, height: 800 };
const state = (page: Page) => page.getByTestId("session-state");
const schedule = (page: Page) => page.getByTestId("view-schedule");

async function openStill(page: Page, still: StillHost, which: StillState): Promise<void> {
  await page.goto(await still.open(which));
  await expect(page.getByTestId("view-desk")).toBeVisible();
}

test("strategies of a stopped, halted or failed session look like that, and only a halted one plans runs", async ({
  browser,
}) => {
  const still = await stillHost();
  const page = await browser.newPage({ viewport: SIZE });
  try {
    for (const [which, word] of [
      ["halted", "Halted"],
      ["stopped", "Stopped"],
      ["failed", "Stopped"],
    ] as const) {
      await openStill(page, still, which);
      await goTo(page, "schedule");
      const rows = schedule(page).locator(".ag-row");
      const states = rows.locator("[col-id=state]");
      const next = rows.locator("[col-id=in]");
      await expect(states.filter({ hasText: word })).not.toHaveCount(0);
      await expect(states.filter({ hasNotText: new RegExp(`^(${word}|Quarantined)$`) }), which).toHaveCount(0);
      if (which !== "halted") {
        await expect(next.filter({ hasText: /^—$/ })).not.toHaveCount(0);
        await expect(next.filter({ hasNotText: /^—$/ }), which).toHaveCount(0);
      }
      // Nothing under way is claimed where nothing runs any more.
      await expect(schedule(page).getByTestId("timeline")).toHaveAttribute(
        "aria-label",
        which === "halted" ? /^Timeline/ : /: 0 runs under way/,
      );
    }
  } finally {
    await page.close();
    still.end();
  }
});

test("a disk that fails leaves nothing green: the journal says where it stopped, and the session says why", async ({
  browser,
}) => {
  const still = await stillHost();
  const page = await browser.newPage({ viewport: SIZE });
  try {
    await openStill(page, still, "failed");
    const line = page.locator("footer.line");
    await expect(line).toContainText(/Journal stopped at [\d,]+/);
    await expect(line).not.toContainText("synced");
    await expect(line.locator(".shape-ok")).toHaveCount(0);
    await expect(page.locator(".banner.critical")).toContainText(/Failed.*(disk|space|journal)/i);
    await expect(state(page)).toHaveText(/Failed/);
    await picture(page, "failed-disk-dark-1280");
  } finally {
    await page.close();
    still.end();
  }
});

test("a lost connection says what is not known, draws what was known without colour, and returns by itself", async ({
  browser,
}) => {
  const served = await serve();
  const page = await browser.newPage({ viewport: SIZE });
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await expect(state(page)).toHaveText(/Running/);
    await served.kill();
    const lost = page.getByTestId("connection-lost");
    await expect(lost).toContainText("current state is unknown");
    await expect(lost).toContainText("orders already sent may still fill");
    await expect(page.locator(".frame[data-lost]")).toHaveCount(1);
    for (const view of VIEW_NAMES) {
      await page.getByTestId(`nav-${view}`).click();
      await expect(page.getByTestId(`view-${view}`)).toBeVisible();
      await expect(lost).toBeVisible();
    }
    await expect(page.getByText(/session (goes on|continues|is running)/i)).toHaveCount(0);
  } finally {
    await page.close();
    await served.stop();
  }
});

test("a host that is frozen is not shown as running: what is not known is said, a halt waits for it, and it returns by itself", async ({
  browser,
}) => {
  // Runs so long that some are under way at any moment at which the host freezes.
  const busy = readFileSync(join(resourcesFolder(), "demo", "busy.yaml"), "utf8");
  const served = await serve(undefined, { "desk.yaml": busy.replace("median: 120ms", "median: 20s") });
  const page = await browser.newPage({ viewport: SIZE });
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  const silent = page.getByTestId("host-silent");
  const timeline = schedule(page).getByTestId("timeline");
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await expect(state(page)).toHaveText(/Running/);
    await goTo(page, "schedule");
    await expect(timeline).toHaveAttribute("aria-label", /[1-9]\d* runs? under way/);
    served.freeze();
    await expect(silent).toContainText(/No response since \d\d:\d\d:\d\d UTC/);
    await expect(silent).toContainText("current state is unknown");
    await expect(state(page)).toHaveText("Running, last known");
    await expect(page).toHaveTitle(/Not responding/);
    await expect(page.locator(".frame[data-lost]")).toHaveCount(1);
    const line = page.locator("footer.line");
    await expect(line).toContainText("Feed unknown");
    await expect(line).toContainText(/Journal unknown/);
    await expect(line).toContainText("The console stopped responding");
    // What runs is drawn as unknown, and not as running on and over its budget.
    await expect(timeline).toHaveAttribute("aria-label", /: 0 runs under way, \d+ runs? with an unknown end/);
    await picture(page, "frozen-schedule-dark-1280");
    for (const view of VIEW_NAMES) {
      await page.getByTestId(`nav-${view}`).click();
      await expect(page.getByTestId(`view-${view}`)).toBeVisible();
      await expect(page.getByTestId("view-failed")).toHaveCount(0);
      await expect(silent).toBeVisible();
    }
    // What could come too late is not sent, and says so; a halt is sent and waits.
    await page.getByTestId("stop-session").click();
    await expect(page.getByTestId("unreached")).toContainText("nothing is sent until it responds");
    await page.getByTestId("operator-input").fill("Ada");
    await page.getByTestId("confirm-verb").click();
    await expect(page.getByTestId("confirm-dialog")).toContainText("was not sent");
    await page.keyboard.press("Escape");
    await page.getByTestId("halt-session").click();
    await expect(page.getByTestId("unreached")).toContainText("takes effect as soon as it responds");
    await picture(page, "frozen-halt-dark-1280");
    await page.getByTestId("confirm-verb").click();
    served.thaw();
    await expect(silent).toHaveCount(0);
    await expect(state(page)).toHaveText(/Halted/);
    await expect(page.getByTestId("confirm-dialog")).toBeHidden();
    await expect(page).not.toHaveTitle(/Not responding/);
    // The alert is over, and stays until it is acknowledged.
    await page.getByTestId("alerts").click();
    const own = page.getByTestId("alert-row").filter({ hasText: "stopped responding" });
    await expect(own).toContainText("ended");
    await picture(page, "frozen-alerts-dark-1280");
    await own.getByRole("button", { name: "Acknowledge" }).click();
    await expect(own).toContainText(/acknowledged by/);
    await page.keyboard.press("Escape");
    // Lists that were asked for meanwhile are whole again.
    await goTo(page, "orders");
    await page.getByTestId("tab-fills").click();
    await expect(page.getByTestId("view-orders")).not.toContainText("not responding");
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await served.stop();
  }
});

test("alerts survive a crash of the console, with who has them", async ({ browser }) => {
  const first = await serve();
  const page = await browser.newPage({ viewport: SIZE });
  await page.goto(first.url);
  await page.getByTestId("first-operator").fill("Ada");
  await page.getByTestId("start-session").click();
  await expect(state(page)).toHaveText(/Running/);
  await page.getByTestId("session-menu").click();
  await page.getByTestId("practise-unknown-fill").click();
  await confirm(page, "Ada", null);
  await expect(state(page)).toHaveText(/Halted/);
  await page.getByTestId("alerts").click();
  const halted = page
    .getByTestId("alert-row")
    .filter({ hasText: /halted/i })
    .first();
  await expect(halted).toBeVisible();
  await halted.getByRole("button", { name: "Take ownership" }).click();
  await expect(halted).toContainText("owner Ada");
  await page.keyboard.press("Escape");
  await first.kill();
  const second = await serve(undefined, {}, first.workspace);
  try {
    await page.goto(second.url);
    // Another port is another page to the browser: it asks for the name again.
    await page.getByTestId("first-operator").fill("Ada");
    await page.getByTestId("alerts").click();
    const again = page
      .getByTestId("alert-row")
      .filter({ hasText: /halted/i })
      .first();
    await expect(again).toContainText("owner Ada");
    await picture(page, "alerts-after-crash-dark-1280");
    await page.getByTestId("acknowledge-all").click();
    await expect(again).toContainText("acknowledged by Ada");
  } finally {
    await page.close();
    await second.stop();
  }
});

test("an unknown fill can be practiced from each view", async ({ browser }) => {
  const served = await serve();
  const page = await browser.newPage({ viewport: SIZE });
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await expect(state(page)).toHaveText(/Running/);
    for (const view of VIEW_NAMES) {
      await goTo(page, view);
      await page.getByTestId("session-menu").click();
      await page.getByTestId("practise-unknown-fill").click();
      await expect(page.getByTestId("confirm-dialog")).toContainText("Only paper is touched");
      await page.getByTestId("confirm-cancel").click();
      await expect(page.getByTestId("confirm-dialog")).toBeHidden();
    }
    // Once for real, and the clock can be held while the session is halted.
    await page.getByTestId("session-menu").click();
    await page.getByTestId("practise-unknown-fill").click();
    await confirm(page, "Ada", null);
    await expect(state(page)).toHaveText(/Halted/);
    await page.getByTestId("pause-session").click();
    await expect(page.getByTestId("continue-session")).toBeVisible();
    await expect(page.getByTestId("halt-banner")).toBeVisible();
  } finally {
    await page.close();
    await served.stop();
  }
});

/** Fails from its fifth run on, for a while. */
const STUMBLES = `let run = 0;
export default { defaults: {}, parameters: {}, onTick: () => {
  run += 1;
  if (run > 4 && run < 60) throw new Error("the feed of estimates is empty");
  return [];
} };
`;
const desk = (strategies: string, speed = 10): string => `name: truth
clock: { kind: virtual, speed: ${speed} }
feed:
  kind: synthetic
  symbols: [{ symbol: ABC, assetClass: equity, startPrice: 100 }]
strategies:
${strategies}`;

test("why a strategy fails has its time, and goes when it is over", async ({ browser }) => {
  const served = await serve(undefined, {
    "desk.yaml": desk("  - { name: stumbles, module: stumbles.mjs, symbols: [ABC], cadence: 10s }\n"),
    "strategies/stumbles.mjs": STUMBLES,
  });
  const page = await browser.newPage({ viewport: SIZE });
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await expect(state(page)).toHaveText(/Running/);
    await goTo(page, "schedule");
    const row = schedule(page).locator(".ag-row").first();
    const why = row.locator("[col-id=reason]");
    // It fails for nine minutes of the session; the clock is held while that is looked at.
    await expect(why).toHaveText(/^\d\d:\d\d:\d\d\.\d{3} .*the feed of estimates is empty/);
    await page.getByTestId("pause-session").click();
    await expect(state(page)).toHaveText(/Paused/);
    await expect(row.locator("[col-id=state]")).toHaveText(/Failing/);
    // At the width of a small screen it is there without scrolling.
    await expect(why).toBeInViewport({ ratio: 1 });
    await picture(page, "why-out-dark-1280");
    await page.getByTestId("speed-max").click();
    await page.getByTestId("continue-session").click();
    await expect(why).toHaveText("");
    await expect(row.locator("[col-id=state]")).toHaveText(/Waiting|Running|In flight/);
  } finally {
    await page.close();
    await served.stop();
  }
});

/** So much work that no machine does 1,200 such runs in a second. */
const BUSY = `export default { defaults: {}, parameters: {}, onTick: () => {
  let sum = 0;
  for (let index = 0; index < 4e6; index += 1) sum += Math.sin(index);
  return sum > 1e9 ? null : [];
} };
`;

test("the speed that is reached stands beside the one that is asked for", async ({ browser }) => {
  const many = Array.from(
    { length: 20 },
    (_, index) => `  - { name: s${index}, module: busy.mjs, symbols: [ABC], cadence: 1s, timeBudget: 900ms }\n`,
  );
  const served = await serve(undefined, { "desk.yaml": desk(many.join("")), "strategies/busy.mjs": BUSY });
  const page = await browser.newPage({ viewport: SIZE });
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await expect(state(page)).toHaveText(/Running/);
    await page.getByTestId("speed-60").click();
    const reached = page.getByTestId("speed-reached");
    await expect(reached).toHaveText(/^reaches \d+(\.\d)?×$/);
    await expect(reached).toHaveAttribute("title", /60× requested; this machine reaches/);
    await expect(page.getByTestId("speed-60")).toHaveAttribute("aria-checked", "true");
    await expect(reached).toBeInViewport({ ratio: 1 });
    await picture(page, "speed-reached-dark-1280");
    await page.getByTestId("speed-1").click();
    await expect(page.getByTestId("speed-1")).toHaveAttribute("aria-checked", "true");
  } finally {
    await page.close();
    await served.stop();
  }
});

test("compared sessions show amounts and moments as every view does, and a snapshot of a later time warns", async ({
  browser,
}) => {
  const served = await serve();
  const page = await browser.newPage({ viewport: SIZE });
  try {
    await page.goto(served.url);
    for (let run = 0; run < 2; run += 1) {
      await goTo(page, "desk");
      await page.getByTestId("start-session").click();
      await expect(state(page)).toHaveText(/Running/);
      await page.getByTestId("speed-60").click();
      await expect(page.getByTestId("session-line")).toContainText(/Fills [1-9]/);
      await page.getByTestId("stop-session").click();
      await confirm(page, "Ada", null);
      await expect(state(page)).toHaveText(/Stopped/);
      if (run === 0) await page.getByTestId("close-session").click();
    }
    await goTo(page, "sessions");
    const rows = page.getByTestId("view-sessions").locator(".ag-row");
    await expect(rows).toHaveCount(2);
    await rows.nth(0).locator("[col-id=state]").click();
    await rows
      .nth(1)
      .locator("[col-id=state]")
      .click({ modifiers: ["ControlOrMeta"] });
    await page.getByTestId("compare-sessions").click();
    const panel = page.getByTestId("compare-panel");
    await expect(panel).toContainText(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC/);
    await expect(panel).toContainText(/\d{1,3},\d{3}\.\d\d/);
    // Neither raw floats, nor ISO offsets, nor microseconds.
    await expect(panel).not.toContainText(/T\d\d:\d\d|\+00:00|\d{16}|\d\.\d{6,}/);
    await picture(page, "compare-dark-1280");

    // Both sessions are over, so their rows stay where they are.
    const id = (await rows.first().locator("[col-id=id]").innerText()).trim();
    // A new session begins where the desk's market does, before the snapshot's orders.
    const file = join(served.workspace, "sessions", id, "router_state.json");
    await page.getByTestId("restore-open").first().click();
    await page.getByTestId("restore-file-input").setInputFiles(file);
    await expect(page.getByTestId("restore-preview")).toContainText("newer than the session's clock");
    await picture(page, "restore-later-dark-1280");
  } finally {
    await page.close();
    await served.stop();
  }
});
