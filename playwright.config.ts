/**
 * Browser tests: the real console in Debian's Chromium, several files at a time, never retried.
 *
 * 1. A flaky test is a fault of the product until proven otherwise, so there are no retries.
 * 2. Each file has a host, a workspace and a page of its own, so that files do not disturb each other.
 */
import { availableParallelism } from "node:os";
import { defineConfig } from "@playwright/test";
import { findChromium } from "./scripts/browser.ts";

const chromium = findChromium();

export default defineConfig({
  testDir: "test/e2e",
  // Every view in every state is compared by a command of its own: playwright.screens.config.ts.
  testIgnore: "**/screens/**",
  fullyParallel: false,
  // While one file waits for its session, another one works: one more than there are cores keeps all of them at work.
  workers: availableParallelism() + 1,
  retries: 0,
  timeout: 300_000,
  expect: { timeout: 15_000 },
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
