/**
 * A view is one's own, and reaches who looks elsewhere: columns, layouts, density, several windows, the glossary, title, icon,
 * notification and sound.
 *
 * 1. What is chosen is there again after a reload, and can be undone and reset.
 * 2. Several windows of one desk agree.
 * 3. A notification and a sound come once for an alert, and only where they were switched on.
 */
import { expect, test, type Page } from "@playwright/test";
import { VIEW_NAMES } from "../../../src/shared/views/console-views.ts";
import { confirm, goTo, picture, serve } from "../served.ts";

const SIZE = { width: 1280, height: 800 };
const heads = (page: Page) => page.getByTestId("view-schedule").locator(".ag-header-cell-text");

/** Keeps what the page would show on the desktop and play. */
async function keepAttention(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const kept = { shown: [] as string[], tones: 0 };
    Object.assign(window, { kept });
    class Shown extends EventTarget {
      static readonly permission = "granted";
      static requestPermission = (): Promise<string> => Promise.resolve("granted");
      constructor(title: string, { body, tag }: { readonly body: string; readonly tag: string }) {
        super();
        kept.shown.push(`${title}: ${body} (${tag})`);
      }
    }
    const made = {
      currentTime: 0,
      destination: {},
      close: () => Promise.resolve(),
      createGain: () => ({ gain: { value: 0 }, connect: () => undefined }),
      createOscillator: () => ({
        frequency: { value: 0 },
        connect: () => undefined,
        start: () => (kept.tones += 1),
        stop: () => undefined,
      }),
    };
    Object.assign(window, {
      Notification: Shown,
      AudioContext: function AudioContext() {
        return made;
      },
    });
  });
}

const attention = (page: Page): Promise<{ readonly shown: string[]; readonly tones: number }> =>
  page.evaluate(() => (window as unknown as { kept: { shown: string[]; tones: number } }).kept);

test("columns, layouts, density and themes are one's own, and every window has them", async ({ browser }) => {
  const served = await serve();
  const context = await browser.newContext({ viewport: SIZE, colorScheme: "dark", reducedMotion: "reduce" });
  const page = await context.newPage();
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running/);
    await goTo(page, "schedule");
    await expect(heads(page).filter({ hasText: "Heartbeat" })).toBeVisible();
    await page
      .getByRole("button", { name: /^Columns: / })
      .first()
      .click();
    await page.getByRole("menuitemcheckbox", { name: "Heartbeat" }).click();
    await page.keyboard.press("Escape");
    await expect(heads(page).filter({ hasText: "Heartbeat" })).toHaveCount(0);
    await page.reload();
    await goTo(page, "schedule");
    await expect(heads(page).filter({ hasText: "Overruns" })).toBeVisible();
    await expect(heads(page).filter({ hasText: "Heartbeat" })).toHaveCount(0);
    await page.getByLabel("Filter strategies").fill("mo-");
    await expect(page.getByTestId("shown-count").first()).toHaveText(/^[1-9]\d* of 24$/);
    await page.getByLabel("Filter strategies").fill("");

    // A layout by its name, reset, undone, and loaded again.
    await goTo(page, "settings");
    const settings = page.getByTestId("view-settings");
    await settings.getByRole("button", { name: "Save…" }).click();
    await page.getByTestId("value-input").fill("morning");
    await page.getByTestId("confirm-verb").click();
    await expect(page.getByTestId("confirm-dialog")).toBeHidden();
    await page.getByTestId("reset-layout").click();
    await goTo(page, "schedule");
    await expect(heads(page).filter({ hasText: "Heartbeat" })).toBeVisible();
    await goTo(page, "settings");
    await settings.getByRole("button", { name: "Undo" }).click();
    await goTo(page, "schedule");
    await expect(heads(page).filter({ hasText: "Heartbeat" })).toHaveCount(0);
    await goTo(page, "settings");
    await page.getByTestId("reset-layout").click();
    await settings.getByRole("button", { name: "Load" }).click();
    await goTo(page, "schedule");
    await expect(heads(page).filter({ hasText: "Heartbeat" })).toHaveCount(0);

    // A window of its own has what this one has, and follows it.
    const opening = page.waitForEvent("popup");
    await page.getByRole("button", { name: "Open Strategies in a new window" }).click();
    const own = await opening;
    await expect(own.locator(".ag-row").first()).toBeVisible();
    await expect(own.locator(".ag-header-cell-text", { hasText: "Heartbeat" })).toHaveCount(0);
    await goTo(page, "settings");
    const height = (): Promise<number> =>
      own
        .locator(".ag-row")
        .first()
        .evaluate((row) => row.clientHeight);
    const compact = await height();
    await settings.getByRole("radio", { name: "Comfortable" }).click();
    await settings.getByTestId("theme-contrast-light").click();
    await settings.getByRole("radio", { name: "Red-green" }).click();
    await expect(own.locator("html[data-theme=contrast-light][data-colours=red-green]")).toHaveCount(1);
    await expect.poll(height).toBeGreaterThan(compact);
    await picture(own, "own-window-contrast-light");
    await page.getByTestId("pause-session").click();
    await expect(own.locator("html")).toHaveAttribute("data-density", "comfortable");
    await expect(page.getByTestId("session-state")).toHaveText(/Paused/);
    await expect(own).toHaveTitle(/Paused/);
  } finally {
    await context.close();
    await served.stop();
  }
});

test("an alert reaches who looks elsewhere, once, by title, icon, notification and sound", async ({ browser }) => {
  const served = await serve();
  const page = await browser.newPage({ viewport: SIZE });
  await keepAttention(page);
  const icon = (): Promise<string | null> => page.locator("link[rel=icon]").getAttribute("data-worst");
  try {
    await page.goto(served.url);
    await page.getByTestId("start-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running/);
    await expect.poll(icon).toBe("running");
    await goTo(page, "settings");
    await page.getByRole("radiogroup", { name: "Desktop notification" }).getByRole("radio", { name: "On" }).click();
    await page.getByRole("radiogroup", { name: "Sound" }).getByRole("radio", { name: "On" }).click();
    await page.getByTestId("session-menu").click();
    await page.getByTestId("practise-unknown-fill").click();
    await confirm(page, "Ada", null);
    await expect(page.getByTestId("session-state")).toHaveText(/Halted/);
    await expect(page).toHaveTitle(/^◆ Halted · Settings/);
    await expect.poll(icon).toBe("critical");
    await expect.poll(async () => (await attention(page)).shown.join()).toMatch(/critical: .+ \(alert-\d+\)/);
    await expect.poll(async () => (await attention(page)).tones).toBeGreaterThanOrEqual(3);
    // Switched off, nothing more comes.
    await page.getByRole("radiogroup", { name: "Desktop notification" }).getByRole("radio", { name: "Off" }).click();
    await page.getByRole("radiogroup", { name: "Sound" }).getByRole("radio", { name: "Off" }).click();
    for (const name of ["Desktop notification", "Sound"])
      await expect(page.getByRole("radiogroup", { name }).getByRole("radio", { name: "Off" })).toBeChecked();
    const { shown, tones } = await attention(page);
    expect(new Set(shown).size).toBe(shown.length);
    await served.kill();
    await expect(page).toHaveTitle(/^◆ Connection lost/);
    await expect(page.getByTestId("alert-line")).toContainText("The connection to the console was lost");
    expect(await attention(page)).toEqual({ shown, tones });
  } finally {
    await page.close();
    await served.stop();
  }
});

test("each view has its heading and a way past the rail, and a label is explained on hover and on focus", async ({
  browser,
}) => {
  const served = await serve();
  const page = await browser.newPage({ viewport: SIZE });
  try {
    await page.goto(served.url);
    await expect(page.getByTestId("view-desk")).toBeVisible();
    await page.keyboard.press("Tab");
    await expect(page.locator(".skip-link")).toBeFocused();
    await expect(page.locator(".skip-link")).toBeInViewport({ ratio: 1 });
    await page.keyboard.press("Enter");
    await expect(page.locator("main")).toBeFocused();
    await page.getByTestId("start-session").click();
    await expect(page.getByTestId("session-state")).toHaveText(/Running/);
    for (const view of VIEW_NAMES) {
      await goTo(page, view);
      await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
    }
    await goTo(page, "desk");
    const label = page.getByTestId("tile-p95").locator("[data-term]");
    const tip = page.getByTestId("term-tip");
    await label.hover();
    await expect(tip).toContainText(/\w+ \w+/);
    const said = await tip.innerText();
    await page.mouse.move(0, 0);
    await expect(tip).toBeHidden();
    await page.keyboard.press("Tab");
    await label.focus();
    await expect(tip).toHaveText(said);
    await picture(page, "glossary-focus-dark-1280");
    await page.keyboard.press("Escape");
    await expect(tip).toBeHidden();
    // A state in a grid is explained, too, and the same sentence is in the help.
    await goTo(page, "help");
    const [, meaning = ""] = /: (.*?)\.?$/.exec(said) ?? [];
    expect(meaning.length).toBeGreaterThan(10);
    await expect(page.getByTestId("view-help")).toContainText(meaning, { ignoreCase: true });
  } finally {
    await page.close();
    await served.stop();
  }
});
