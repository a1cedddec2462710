/**
 * A trader's day in the browser: first start, a running session, an unknown fill, its review, resume, stop, restore.
 *
 * 1. Everything is real: the host, the session, the journal, Chromium.
 * 2. The steps build on each other, in one window, as they do for a person.
 */
import { expect, test, type Page } from "@playwright/test";
import { join } from "node:path";
import { VIEW_NAMES } from "../../src/shared/views/console-views.ts";
import { confirm, goTo, picture, pictures, rulesOf, serve, type Served } from "./served.ts";

test.describe.configure({ mode: "serial" });

let served: Served;
let page: Page;
const problems: string[] = [];

test.beforeAll(async ({ browser }) => {
  served = await serve();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: "dark" });
  page = await context.newPage();
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
});

test.afterAll(async () => {
  await page.close();
  await served.stop();
});

const HELD_FRAMES = 60;
const state = () => page.getByTestId("session-state");
const orders = () => page.getByTestId("nav-orders");

test("the first start shows the demo desk with one obvious button", async () => {
  await page.goto(served.url);
  await expect(page.getByTestId("view-desk")).toBeVisible();
  await expect(page.getByTestId("start-session")).toHaveCount(1);
  await expect(page.getByTestId("start-session")).toHaveText(/24 strategies/);
  // The token leaves the address before anything else can read it.
  expect(page.url()).not.toContain("token");
  await pictures(page, "empty");
  await goTo(page, "desk");
});

test("one click starts 24 strategies, and the console shows them live", async () => {
  await goTo(page, "desk");
  await page.getByTestId("start-session").click();
  await expect(state()).toHaveText(/Running/);
  await page.getByTestId("speed-60").click();
  await expect(page.getByTestId("equity-chart")).toBeVisible();
  for (const tile of ["p95", "skips", "queue", "errors"])
    await expect(page.getByTestId(`tile-${tile}`)).toContainText(/n\s?\d/);
  await goTo(page, "schedule");
  await expect(page.getByTestId("timeline")).toBeVisible();
  await expect(page.getByRole("row")).not.toHaveCount(0);
  await goTo(page, "orders");
  await expect(page.getByText(/ROUTER-\d{8}/).first()).toBeVisible();
});

test("an order shows its whole why", async () => {
  await goTo(page, "orders");
  await page
    .getByText(/ROUTER-\d{8}/)
    .first()
    .click();
  const why = page.getByTestId("why-panel");
  await expect(why).toBeVisible();
  for (const step of ["tick", "signal", "risk", "router", "journal", "broker"])
    await expect(why).toContainText(new RegExp(step, "i"));
  await picture(page, "why-dark-1280");
  await page.keyboard.press("Escape");
});

test("every view of a running session, dark and light, small and wide", async () => {
  for (const view of VIEW_NAMES) await goTo(page, view);
  await pictures(page, "running");
});

test("pause holds the clock, continue lets it run", async () => {
  await goTo(page, "desk");
  await page.getByTestId("pause-session").click();
  await expect(state()).toHaveText(/Paused/);
  await expect(page.getByTestId("continue-session")).toBeVisible();
  // At 60× a clock that is not held moves several times in so many frames; the last changes may come a moment after the pause.
  const clock = page.getByTestId("session-clock");
  const held = await clock.evaluate(async (element, wanted) => {
    let [text, frames] = [element.textContent, 0];
    while (frames < wanted) {
      await new Promise((resolve) => {
        requestAnimationFrame(resolve);
      });
      frames = element.textContent === text ? frames + 1 : 0;
      text = element.textContent;
    }
    return text;
  }, HELD_FRAMES);
  await page.getByTestId("speed-1").click();
  await page.getByTestId("continue-session").click();
  await expect(state()).toHaveText(/Running/);
  await expect(clock).not.toHaveText(held);
});

test("a reload finds the session as it is", async () => {
  await page.reload();
  await expect(state()).toHaveText(/Running/);
});

test("the keyboard reaches everything: palette, help, views", async () => {
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Search" })).toBeFocused();
  await page.keyboard.type("rejec");
  await expect(page.getByTestId("palette").locator("[aria-selected=true]")).toContainText("Rejections");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("palette")).toBeHidden();
  await expect(page.getByTestId("view-rejections")).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByTestId("view-help")).toBeVisible();
  await page.keyboard.press("1");
  await expect(page.getByTestId("view-desk")).toBeVisible();
});

test("an unknown fill halts, and the banner says which way leads out", async () => {
  await page.getByTestId("session-menu").click();
  await page.getByTestId("practise-unknown-fill").click();
  await confirm(page, "A. Trader", null);
  await expect(state()).toHaveText(/Halted/);
  await expect(page.getByTestId("halt-banner")).toContainText(/VENUE-\d+/);
  await picture(page, "halted-desk-dark-1280");
  await page.getByTestId("halt-review").click();
  await expect(page.getByTestId("drift-item")).toHaveCount(1);
  await expect(page.getByTestId("resume-session")).toBeDisabled();
  await pictures(page, "halted", ["desk", "router", "rejections", "drift", "log"]);
});

test("a review with a name and a note, and only then the resume", async () => {
  await goTo(page, "drift");
  await page.getByTestId("drift-adopt").click();
  await confirm(page, "A. Trader", "matches the broker's statement");
  await expect(page.getByTestId("resume-session")).toBeEnabled();
  await page.getByTestId("resume-session").click();
  const dialog = page.getByTestId("confirm-dialog");
  await expect(page.getByTestId("confirm-cancel")).toHaveText("Stay halted");
  await expect(page.getByTestId("confirm-cancel")).toBeFocused();
  await expect(dialog.getByTestId("confirm-verb")).toBeDisabled();
  await picture(page, "resume-dark-1280");
  await confirm(page, "A. Trader", "reviewed with the desk head");
  await expect(state()).toHaveText(/Running/);
  await expect(page.getByTestId("halt-banner")).toBeHidden();
});

test("an operator's halt is one key and one confirm: Enter on the focused verb halts", async () => {
  await goTo(page, "desk");
  await page.keyboard.press("Shift+H");
  const dialog = page.getByTestId("confirm-dialog");
  await expect(dialog).toBeVisible();
  // Focus starts on the safe button, so that an Enter that was on its way to something else halts nothing.
  await expect(page.getByTestId("confirm-cancel")).toBeFocused();
  await picture(page, "halt-dialog-dark-1280");
  await dialog.getByTestId("confirm-verb").focus();
  await page.keyboard.press("Enter");
  await expect(state()).toHaveText(/Halted/);
  await goTo(page, "drift");
  await page.getByTestId("resume-session").click();
  await confirm(page, "A. Trader", "it was an exercise");
  await expect(state()).toHaveText(/Running/);
});

test("no view breaks a rule of accessibility", async () => {
  // What is asked of every rule stands still meanwhile.
  await page.getByTestId("pause-session").click();
  await expect(state()).toHaveText(/Paused/);
  for (const view of VIEW_NAMES) {
    await goTo(page, view);
    // A theme changes colours and nothing else: those of each are asked in `walks/accessible.spec.ts`.
    const asked = rulesOf(page).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]);
    const { violations } = await asked.analyze();
    const found = violations.map(
      (one) =>
        `${view}: ${one.id} ${one.nodes
          .map((node) => node.target.join(" "))
          .slice(0, 3)
          .join(" | ")}`,
    );
    expect(found).toEqual([]);
  }
  await page.getByTestId("continue-session").click();
  await expect(state()).toHaveText(/Running/);
});

test("stop ends the session in order, and its summary stays", async () => {
  await goTo(page, "desk");
  await page.getByTestId("stop-session").click();
  await confirm(page, "A. Trader", null);
  await expect(state()).toHaveText(/Stopped/);
  await expect(page.getByTestId("ended-banner")).toContainText(/orders/);
  await pictures(page, "stopped", ["desk", "sessions"]);
});

test("a stopped session is verified and compacted, after it says what goes", async () => {
  await goTo(page, "sessions");
  await page
    .getByTestId("view-sessions")
    .getByText(/^\d{4}-\d{2}-\d{2}_\d{4}_\S+$/)
    .click();
  await page.getByTestId("verify-session").click();
  await expect(page.getByTestId("verify-panel")).toContainText("Holds");
  await expect(page.getByTestId("verify-panel")).toContainText("checkpoint");
  await picture(page, "verify-dark-1280");
  await page.getByTestId("verify-panel").getByLabel("Close").click();
  await page.getByTestId("compact-session").click();
  await expect(page.getByTestId("compact-panel")).toContainText("cannot be undone");
  await picture(page, "compact-dark-1280");
  await page.getByTestId("compact-now").click();
  await expect(page.getByTestId("compact-done")).toContainText("Nothing to remove");
  await page.getByTestId("compact-panel").getByLabel("Close").click();
});

test("a snapshot is restored through the file picker, with a preview", async () => {
  await goTo(page, "sessions");
  const [id] = (
    (await page
      .getByText(/^\d{4}-\d{2}-\d{2}_\d{4}_\S+$/)
      .first()
      .textContent()) ?? ""
  ).split(" ");
  await page.getByTestId("restore-open").first().click();
  await page
    .getByTestId("restore-file-input")
    .setInputFiles(join(served.workspace, "sessions", id ?? "", "router_state.json"));
  const preview = page.getByTestId("restore-preview");
  await expect(preview).toContainText(/next/i);
  await picture(page, "restore-dark-1280");
  await preview.getByTestId("operator-input").fill("A. Trader");
  await preview.getByTestId("note-input").fill("back to this morning");
  await page.getByTestId("restore-apply").click();
  await expect(state()).toHaveText(/Running/);
  await goTo(page, "log");
  await expect(page.getByTestId("view-log")).toContainText(/restored/i);
});

test("a broken snapshot is refused with its place, and nothing changes", async () => {
  await goTo(page, "sessions");
  await page.getByTestId("restore-open").first().click();
  await page.getByTestId("restore-file-input").setInputFiles({
    name: "broken.json",
    mimeType: "application/json",
    buffer: Buffer.from('{"rate_limit_per_sec": 5, "max_inflight": "many"}'),
  });
  await expect(page.getByTestId("restore-problem")).toContainText("broken.json");
  await picture(page, "restore-broken-dark-1280");
  await page.keyboard.press("Escape");
  await expect(state()).toHaveText(/Running/);
});

test("nothing went wrong in the page on the way", async () => {
  expect(problems).toEqual([]);
  await expect(orders()).toBeVisible();
});
