/** A snapshot that the machine hands over opens its preview; what the window asked for itself does not. */
import { describe, expect, it } from "vitest";
import { handedPath } from "../../src/renderer/actions/handed.ts";
import { scene } from "./fake/scene.ts";

const app = (host: "electron" | "loopback", at: number | null) => ({
  ...scene("first").app,
  host,
  recentSnapshots: at === null ? [] : [{ path: "/snapshots/a.json", name: "a.json", at }],
});

describe("a snapshot that is handed over", () => {
  it("is new when it is newer than the newest one known", () => {
    expect(handedPath(app("electron", 100), app("electron", 200), 1e12)).toBe("/snapshots/a.json");
    expect(handedPath(app("electron", null), app("electron", 1), 1e12)).toBe("/snapshots/a.json");
    expect(handedPath(app("electron", 200), app("electron", 200), 1e12)).toBeNull();
    expect(handedPath(app("electron", 200), app("electron", null), 1e12)).toBeNull();
  });

  it("counts at the window's start only when it was handed over just before", () => {
    expect(handedPath(null, app("electron", 1e12 - 1e6), 1e12)).toBe("/snapshots/a.json");
    expect(handedPath(null, app("electron", 1e12 - 3_600e6), 1e12)).toBeNull();
  });

  it("is a matter of the desktop window: another tab's preview is not this one's", () => {
    expect(handedPath(app("loopback", 100), app("loopback", 200), 1e12)).toBeNull();
  });
});
