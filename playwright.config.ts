/**
 * Browser tests: the real console in Debian's Chromium, several tests at a time, never retried.
 *
 * 1. A flaky test is a fault of the product until proven otherwise, so there are no retries.
 * 2. No limit of time is a measure of speed: only what hangs takes so long, however busy the machine is.
 * 3. Each test has a host, a workspace and a page of its own, so that tests do not disturb each other. Those of one file run side by side,
 *    too, unless it says otherwise. What takes longest begins first, so that no worker is left alone with it at the end.
 */
import { availableParallelism } from "node:os";
import { defineConfig } from "@playwright/test";
import { findChromium } from "./scripts/browser.ts";

const chromium = findChromium();

const SCREENS = "**/screens/**";
const LONGEST = ["console", "first-ways", "tabs", "truth/banners", "walks/accessible", "walks/keyboard"].map(
  (name) => `**/e2e/${name}.spec.ts`,
);
/** While one test waits for its session, another one works: more than there are cores keep all of them at work. */
const WORKERS_MAX = 8;

export default defineConfig({
  testDir: "test/e2e",
  // Every view in every state is compared by a command of its own: playwright.screens.config.ts.
  projects: [
    { name: "long", testMatch: LONGEST },
    { name: "short", testIgnore: [SCREENS, ...LONGEST] },
  ],
  fullyParallel: true,
  workers: Math.min(2 * availableParallelism() + 1, WORKERS_MAX),
  retries: 0,
  timeout: 1_200_000,
  expect: { timeout: 240_000, toPass: { timeout: 240_000 } },
  outputDir: "artifacts/playwright",
  use: {
    // A page that shows a running session draws at each change; fewer changes leave the machine to what is asserted.
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: {
      ...(chromium === null ? {} : { executablePath: chromium }),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
