/**
 * What a person waits for: the build, and from the command to a page that can be used.
 *
 * 1. The build is the one that `npm start` does, into `out`, with whatever caches are there.
 * 2. A page is usable when its start button is there and can be pressed. The browser's own start counts.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { inFolder, notHere } from "./place.ts";
import { median } from "./row.ts";
import type { BenchRow } from "./row.ts";
import { chromiumPath, openBrowser, root, serveConsole } from "./served.ts";

const BUILDS = 3;
const STARTS = 5;

/** Seconds of one build. */
function build(): Promise<number> {
  const builder = join(root, "node_modules", "electron-vite", "bin", "electron-vite.js");
  const started = performance.now();
  const child = spawnSync(process.execPath, [builder, "build", "--logLevel", "error"], { cwd: root, encoding: "utf8" });
  if (child.status !== 0) throw new Error(`The build failed: ${child.stderr}`);
  return Promise.resolve((performance.now() - started) / 1_000);
}

/** Seconds from the command to the button. */
function startToPage(path: string): Promise<number> {
  return inFolder(async (workspace) => {
    const started = performance.now();
    const served = await serveConsole(workspace);
    const { browser, page } = await openBrowser(path);
    try {
      await page.goto(served.url);
      await page.getByTestId("start-session").click({ trial: true });
      return (performance.now() - started) / 1_000;
    } finally {
      await browser.close();
      await served.stop();
    }
  });
}

async function timesOf(count: number, work: () => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < count; round += 1) times.push(await work());
  return times;
}

export async function startBenchmarks(): Promise<BenchRow[]> {
  const builds = await timesOf(BUILDS, build);
  const rows: BenchRow[] = [
    { name: "electron-vite build", n: BUILDS, value: median(builds), unit: "s", target: 15, better: "lower" },
  ];
  const path = chromiumPath();
  if (path === null) notHere("no start: there is no Chromium here; npm test fetches one");
  else {
    const starts = await timesOf(STARTS, () => startToPage(path));
    const what = "logos serve and Chromium, to a usable page";
    rows.push({ name: what, n: STARTS, value: median(starts), unit: "s", target: 5, better: "lower" });
  }
  return rows;
}
