/**
 * `npm run test:screens`: every view in every state, theme and width beside its approved sheet. It takes a few minutes, so it is a command of its own.
 */
import { defineConfig } from "@playwright/test";
import base from "./playwright.config.ts";

export default defineConfig({
  ...base,
  projects: [{ name: "screens", testDir: "test/e2e/screens" }],
  fullyParallel: false,
  workers: 1,
});
