/**
 * The desktop program's entrance: the real Electron, the real host and the built files, put together.
 *
 * 1. Nothing is decided here; `desktop.ts` and what it uses are tested against a fake Electron.
 * 2. Ctrl-C in the terminal stops the session cleanly; a second one ends at once, and the journal has what was sent.
 */
import * as electron from "electron";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { createSwitchingHost } from "../console/switching.ts";
import { recentWorkspacesFile, workspacePath } from "../console/state/places.ts";
import type { Timers } from "../shared/ports.ts";
import { startDesktop } from "./desktop.ts";
import { workspaceIn } from "./handed.ts";

const out = join(import.meta.dirname, "..");
const words = process.argv;
const folder = process.cwd();
const onProblem = (line: string): void => console.error(`logos: ${line}`);

const timers: Timers = {
  set: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
  monotonicMs: () => performance.now(),
};

// The app is not ready before this file has been run to its end, so the start is not awaited here.
const starting = startDesktop({
  electron,
  createHost: (doors) =>
    createSwitchingHost({
      recentFile: recentWorkspacesFile(process.env),
      ...doors,
      workspace: workspacePath(workspaceIn(words, folder), process.env, folder),
      hostKind: "electron",
      version: electron.app.getVersion(),
      environment: process.env,
      utilityProcesses: electron.utilityProcess,
    }),
  rendererFolder: join(out, "renderer"),
  preloadFile: join(out, "preload", "index.cjs"),
  iconFile: join(out, "..", "resources", "icons", "icon-256.png"),
  words,
  folder,
  platform: process.platform,
  timers,
  onProblem,
});
starting.catch((error: unknown) => {
  onProblem(`The window could not be opened: ${error instanceof Error ? error.message : String(error)}`);
  electron.app.exit(70);
});

// Node opens its inspector to the whole machine at this signal, unless a handler takes it.
process.on("SIGUSR1", () => undefined);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    void starting.then((desktop) => desktop?.quitNow());
  });
}
