/** A snapshot that the machine handed to the program (Open Recent, a second start, a dropped file): its restore preview opens by itself. */
import type { AppView } from "../../shared/contract/views.ts";
import { useLive } from "../stores/live.ts";
import { go, notify, useUi } from "../stores/ui.ts";

/** A snapshot remembered this recently before the window came up was meant for it. Microseconds. */
const FRESH = 15e6;

let own: string | null = null;

/** This window asks for the preview itself, so the host's remembering it is no news. */
export function previewsItself(path: string): void {
  own = path;
}

/** The path that was newly handed over, or null. */
export function handedPath(before: AppView | null, after: AppView, now: number): string | null {
  const newest = after.recentSnapshots[0];
  if (newest === undefined || after.host !== "electron") return null;
  const known = before === null ? now - FRESH : (before.recentSnapshots[0]?.at ?? 0);
  return newest.at > known ? newest.path : null;
}

export function followHandedFiles(): void {
  useLive.subscribe((state, former) => {
    const app = state.streams.app;
    if (app === null || app === former.streams.app) return;
    const path = handedPath(former.streams.app, app, Date.now() * 1_000);
    if (path === null) return;
    const mine = path === own;
    own = null;
    if (mine) return;
    if (useUi.getState().question !== null) {
      notify(`Received ${path}. Finish this dialog, then open it from Sessions, Restore.`);
      return;
    }
    go("sessions");
    useUi.setState({ restore: { kind: "path", path } });
  });
}
