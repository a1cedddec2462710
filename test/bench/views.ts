/**
 * What a person's browser has to do: the first page, each view's opening, and its frames beside 500 strategies at 10×.
 *
 * 1. A blank page is measured in the same run; a view's frames are judged by it, because the machine draws in software.
 * 2. A view is open when nothing in it loads any more and each of its grids shows its rows. Each is opened in several rounds, once the
 *    page has come to rest. A task of more than 50 ms is one that a click would have had to wait for.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { VIEW_NAMES } from "../../src/shared/views/console-views.ts";
import { framesOf } from "./frames.ts";
import { percentile } from "./place.ts";
import type { BenchRow } from "./row.ts";

const MEASURED_MS = 4_000;
const SETTLING_MS = 1_500;
const FRAMES_RATIO = 1.25;
const OPEN_TARGET_MS = 150;
const OPEN_ROUNDS = 3;
const BETWEEN_OPENINGS_MS = 500;
const INITIAL_KB_TARGET = 300;
const USABLE_TARGET_MS = 600;
const MODULES = ["mean_reversion", "momentum", "carry"] as const;

/** Writes a desk of so many built-in strategies on 50 symbols. */
export function writeManyStrategies(workspace: string, count: number): void {
  const symbols = Array.from({ length: 50 }, (_, index) => `S${String(index).padStart(2, "0")}`);
  const lines = [
    "name: many",
    "seed: 1",
    "clock: { kind: virtual, speed: 10 }",
    "feed:",
    "  kind: synthetic",
    "  markInterval: 1s",
    `  symbols: [${symbols.map((symbol) => `{ symbol: ${symbol}, assetClass: equity, startPrice: 100 }`).join(", ")}]`,
    "strategies:",
    ...Array.from(
      { length: count },
      (_, index) =>
        `  - { name: s${String(index).padStart(4, "0")}, module: ${MODULES[index % 3] ?? "momentum"}, ` +
        `symbols: [${symbols[index % 50] ?? "S00"}], cadence: 30s, timeBudget: 5s }`,
    ),
  ];
  writeFileSync(join(workspace, "desk.yaml"), `${lines.join("\n")}\n`);
}

/** The first page: its scripts as they come, and how soon it can be used when everything is warm. */
export async function firstPageRows(page: Page, urlOf: () => string): Promise<BenchRow[]> {
  let bytes = 0;
  const count = (response: { url(): string; headers(): Record<string, string> }): void => {
    if (response.url().endsWith(".js")) bytes += Number(response.headers()["content-length"] ?? 0);
  };
  const usable = async (): Promise<number> => {
    const started = performance.now();
    await page.goto("about:blank");
    await page.goto(urlOf());
    await page.getByTestId("start-session").click({ trial: true });
    return performance.now() - started;
  };
  page.on("response", count);
  await usable();
  page.off("response", count);
  const times = [await usable(), await usable(), await usable()];
  return [
    {
      name: "first page: scripts, compressed",
      n: 1,
      value: bytes / 1_000,
      unit: "kB",
      target: INITIAL_KB_TARGET,
      better: "lower",
    },
    {
      name: "first page, warm: usable",
      n: 3,
      value: percentile(times, 0.5),
      unit: "ms",
      target: USABLE_TARGET_MS,
      better: "lower",
    },
  ];
}

/** Tasks of more than 50 ms while `work` runs, the longest first. */
async function longTasks(page: Page, work: () => Promise<unknown>): Promise<number[]> {
  await page.evaluate(() => {
    const seen: number[] = [];
    const observer = new PerformanceObserver((list) => seen.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ entryTypes: ["longtask"] });
    Object.assign(window, { longTasksSeen: seen });
  });
  await work();
  const seen = await page.evaluate(() => (window as unknown as { longTasksSeen: number[] }).longTasksSeen);
  return seen.toSorted((a, b) => b - a);
}

/** Asked in the page at each frame, so it reads no more than it has to: a page's whole text would take a part of what is measured. */
function isOpen(): boolean {
  const grids = [...document.querySelectorAll("[role=grid], [role=treegrid]")];
  return (
    document.querySelector(".loading-bar") === null &&
    grids.every((grid) => Number(grid.getAttribute("aria-rowcount")) <= 1 || grid.querySelector("[row-id]") !== null)
  );
}

async function open(page: Page, view: string): Promise<number> {
  const started = performance.now();
  await page.getByTestId(`nav-${view}`).click();
  await page.getByTestId(`view-${view}`).waitFor();
  await page.waitForFunction(isOpen);
  return performance.now() - started;
}

/** How long each view took to open, in ms, one number a round. */
async function openings(page: Page): Promise<ReadonlyMap<string, number[]>> {
  const openedMs = new Map<string, number[]>(VIEW_NAMES.map((view) => [view, []]));
  for (let round = 0; round < OPEN_ROUNDS; round += 1) {
    for (const view of VIEW_NAMES) {
      openedMs.get(view)?.push(await open(page, view));
      await wait(BETWEEN_OPENINGS_MS);
    }
  }
  return openedMs;
}

/** Every view of the running session in turn. */
export async function viewRows(page: Page): Promise<BenchRow[]> {
  await page.goto("about:blank");
  const blank = percentile(await framesOf(page, MEASURED_MS), 0.95);
  await page.goBack();
  await wait(SETTLING_MS);
  const openedMs = await openings(page);
  const rows: BenchRow[] = [{ name: "frames, a blank page: p95", n: 1, value: blank, unit: "ms", better: "lower" }];
  for (const view of VIEW_NAMES) {
    await open(page, view);
    await wait(SETTLING_MS);
    let frames: number[] = [];
    const tasks = await longTasks(page, async () => {
      frames = await framesOf(page, MEASURED_MS);
    });
    rows.push(
      {
        name: `${view}: opens, median`,
        n: OPEN_ROUNDS,
        value: percentile(openedMs.get(view) ?? [], 0.5),
        unit: "ms",
        target: OPEN_TARGET_MS,
        better: "lower",
      },
      {
        name: `${view}: frames p95, beside 500 strategies at 10×`,
        n: frames.length,
        value: percentile(frames, 0.95),
        unit: "ms",
        target: blank * FRAMES_RATIO,
        better: "lower",
      },
      {
        name: `${view}: longest task over 50 ms`,
        n: tasks.length,
        value: tasks[0] ?? 0,
        unit: "ms",
        target: 50,
        better: "lower",
      },
    );
  }
  return rows;
}
