/**
 * The machine's sleep, as the session needs it.
 *
 * 1. Sleep is held off while strategies run, and at no other time.
 * 2. Suspend and resume are reported to the session; a shutdown waits for its clean stop.
 */
import type { ConsoleHost } from "../console/bridge/api.ts";
import type { Electron } from "./electron.ts";

/** Ties the machine's power events to the session. Returns a function that ends that. */
export function tiePower(electron: Electron, host: ConsoleHost, shutdown: () => void): () => void {
  const { powerMonitor, powerSaveBlocker } = electron;
  let held: number | null = null;
  const hold = (running: boolean): void => {
    if (running && held === null) held = powerSaveBlocker.start("prevent-app-suspension");
    if (!running && held !== null) {
      powerSaveBlocker.stop(held);
      held = null;
    }
  };
  const off = host.on("running", hold);
  const suspended = (): void => host.suspended();
  const resumed = (): void => host.resumed();
  const ending = (event?: { preventDefault?: () => void }): void => {
    event?.preventDefault?.();
    shutdown();
  };
  powerMonitor.on("suspend", suspended);
  powerMonitor.on("resume", resumed);
  powerMonitor.on("shutdown", ending);
  return () => {
    off();
    hold(false);
    powerMonitor.removeListener("suspend", suspended);
    powerMonitor.removeListener("resume", resumed);
    powerMonitor.removeListener("shutdown", ending);
  };
}
