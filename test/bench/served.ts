/**
 * The built console in a browser for the benchmarks: `logos serve` in a process of its own, and headless Chromium.
 *
 * 1. The host runs in its own process, as it does for a person, so that the browser's work here does not count as the host's.
 * 2. Where the views are not built or there is no browser, the benchmark says so and measures nothing.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium, type Browser, type Page } from "@playwright/test";

export const root = join(import.meta.dirname, "..", "..");

/** The browser's own path: named, Debian's, or Playwright's; null where there is none. */
export function chromiumPath(): string | null {
  const paths = [process.env["CHROMIUM_PATH"] ?? "", "/usr/bin/chromium", chromium.executablePath()];
  return paths.find((path) => path !== "" && existsSync(path)) ?? null;
}

export interface Served {
  readonly url: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Starts `logos serve` on a workspace, and resolves with its address. */
export async function serveConsole(workspace: string): Promise<Served> {
  const args = [join(root, "src", "cli", "logos.ts"), "--workspace", workspace, "--json", "serve"];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    child.kill("SIGINT");
    await once(child, "exit");
  };
  let text = "";
  child.stderr.on("data", (data: Buffer) => (text += data.toString("utf8")));
  for await (const line of createInterface({ input: child.stdout })) {
    text += line;
    const url = /"url":\s*"([^"]+)"/.exec(text)?.[1];
    if (url !== undefined) return { url, process: child, stop };
  }
  throw new Error(`The loopback host printed no address: ${text}`);
}

/** Headless Chromium with one page. */
export async function openBrowser(path: string): Promise<{ readonly browser: Browser; readonly page: Page }> {
  const browser = await chromium.launch({ executablePath: path, args: ["--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage({ viewport: { width: 1_920, height: 1_080 } });
  return { browser, page };
}
