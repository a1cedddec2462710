/**
 * The real console for browser tests: `logos serve` in a process of its own, on a workspace of its own.
 *
 * 1. Nothing is shared between two of them: each has a folder, a port and a token.
 * 2. Screenshots go to the ignored folder `artifacts/screens`, by name, theme and width. `LOGOS_CONSOLE_PICTURES=none` keeps none, and then
 *    no view is shown in other themes and widths for them.
 * 3. What a page shows is asserted by expectations that wait, each on one reading of the page. Nothing is compared that was read at two
 *    moments, unless the session and the page are at rest in between.
 */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { VIEW_NAMES, type ViewName } from "../../src/shared/views/console-views.ts";

const top = join(import.meta.dirname, "..", "..");
export const screens = join(top, "artifacts", "screens");

export interface Served {
  /** The newest address: each is good for one tab. */
  readonly url: string;
  readonly workspace: string;
  stop(): Promise<void>;
  /** Ends the host without warning and keeps its workspace. */
  kill(): Promise<void>;
  /** Stops the host's process where it stands, with its connections open. */
  freeze(): void;
  thaw(): void;
}

/**
 * Starts the host; `desk` is a file that becomes the workspace's desk, `files` are texts by their paths in the workspace, and `again`
 * is the workspace of a host that was killed, `port` the one that it had.
 */
export async function serve(
  desk?: string,
  files: Readonly<Record<string, string>> = {},
  again?: string,
  port?: string,
): Promise<Served> {
  if (!existsSync(join(top, "out", "renderer", "index.html")))
    throw new Error("The views are not built: npm run build.");
  const workspace = again ?? mkdtempSync(join(tmpdir(), "logos-e2e-"));
  if (desk !== undefined) cpSync(join(top, desk), join(workspace, "desk.yaml"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  const own = port === undefined ? [] : ["--port", port];
  const child = spawn(
    process.execPath,
    [join(top, "src", "cli", "logos.ts"), "serve", "--workspace", workspace, ...own],
    {
      stdio: ["ignore", "pipe", "pipe"],
      // What is remembered of workspaces is this test's own. The runner forces colours, which its environment may forbid.
      env: { ...process.env, FORCE_COLOR: undefined, XDG_DATA_HOME: join(workspace, ".data-home") },
    },
  );
  let url = await firstAddress(child);
  if (child.stderr !== null)
    createInterface({ input: child.stderr }).on("line", (line) => {
      const next = /For another tab: (\S+)/.exec(line)?.[1];
      if (next !== undefined) url = next;
      else if (!line.startsWith("Workspace ")) console.error(line);
    });
  return {
    get url() {
      return url;
    },
    workspace,
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    kill: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    },
    stop: async () => {
      // One that ended before, for whatever reason, will not end again.
      const gone = child.exitCode !== null || child.signalCode !== null;
      const ended = gone ? Promise.resolve() : new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGCONT");
      child.kill("SIGINT");
      await ended;
      // Processes of its strategies may end a moment later.
      rmSync(workspace, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** The ports from which a system picks those of connections and of listeners that name none begin at 32768 or above. */
const PORTS = { from: 20_000, count: 10_000 } as const;

/** A port that is free and stays free while its host is gone: no connection and no other host is given it by chance. */
export async function ownPort(): Promise<string> {
  for (;;) {
    const port = PORTS.from + Math.floor(Math.random() * PORTS.count);
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (free) return String(port);
  }
}

function firstAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) =>
      reject(new Error(`The host ended with ${String(code)} before it printed its address.`)),
    );
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      const address = /https?:\/\/\S+/.exec(line)?.[0];
      if (address !== undefined) resolve(address);
    });
  });
}

export async function goTo(page: Page, view: ViewName): Promise<void> {
  await page.getByTestId(`nav-${view}`).click();
  await expect(page.getByTestId(`view-${view}`)).toBeVisible();
  // A view is there when nothing loads any more and its grids have drawn their heads.
  await expect(page.getByText(/^Loading /)).toHaveCount(0);
  await expect(page.locator(".ag-header-row:not(:has([role=columnheader]))")).toHaveCount(0);
  await expect(page.locator(".ag-header-cell-comp-wrapper:empty")).toHaveCount(0);
}

/** Chooses the theme as a person does, in Settings. */
export async function chooseTheme(page: Page, theme: "dark" | "light" | "contrast"): Promise<void> {
  await goTo(page, "settings");
  await page.getByTestId(`theme-${theme}`).click();
}

/** Screenshots are for people to look at; `npm test` keeps none. */
export const keepsPictures = process.env["LOGOS_CONSOLE_PICTURES"] !== "none";

/** Keeps a screenshot of what is shown. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!keepsPictures) return;
  mkdirSync(screens, { recursive: true });
  // The pointer rests outside, so that no tooltip is in the screenshot.
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(screens, `${name}.png`), animations: "disabled" });
}

/** Keeps screenshots of views in both widths and both themes. */
export async function pictures(page: Page, name: string, views: readonly ViewName[] = VIEW_NAMES): Promise<void> {
  if (!keepsPictures) return;
  for (const theme of ["dark", "light"] as const) {
    await chooseTheme(page, theme);
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height });
      for (const view of views) {
        await goTo(page, view);
        await picture(page, `${name}-${view}-${theme}-${width}`);
      }
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await chooseTheme(page, "dark");
}

/** Keeps screenshots of one view in both themes, the dark one last. */
export async function themed(page: Page, name: string, view: ViewName): Promise<void> {
  if (!keepsPictures) return;
  for (const theme of ["light", "dark"] as const) {
    await chooseTheme(page, theme);
    await goTo(page, view);
    await picture(page, `${name}-${theme}-1280`);
  }
}

/** Fills who and why into the open dialog and confirms it. */
export async function confirm(page: Page, operator: string, note: string | null): Promise<void> {
  const dialog = page.getByTestId("confirm-dialog");
  await expect(dialog).toBeVisible();
  await expect(page.getByTestId("confirm-cancel")).toBeFocused();
  await dialog.getByTestId("operator-input").fill(operator);
  if (note !== null) await dialog.getByTestId("note-input").fill(note);
  await dialog.getByTestId("confirm-verb").click();
  await expect(dialog).toBeHidden();
}

/** Drops a file of that name and text on an element. */
export async function drop(page: Page, target: string, name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ({ fileName, content }) => {
      const data = new DataTransfer();
      data.items.add(new File([content], fileName, { type: "text/csv" }));
      return data;
    },
    { fileName: name, content: text },
  );
  await page.dispatchEvent(target, "dragover", { dataTransfer: transfer });
  await page.dispatchEvent(target, "drop", { dataTransfer: transfer });
}

/** The rules of accessibility, to be asked of what a page shows. Only what breaks a rule is listed: the rest is most of the work. */
export function rulesOf(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
}
