/**
 * The tray: what it shows of the alerts, how it follows them through the host, its menu, and a platform without one.
 *
 * 1. Nothing waits for time: what the program would wait for is moved by hand.
 */
import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { startDesktop } from "../../src/main/desktop.ts";
import { ICON_PIXELS, trayIcon, type TrayState } from "../../src/main/tray-icon.ts";
import { RECONNECT_MS, trayLook } from "../../src/main/tray.ts";
import type { HostMessage } from "../../src/shared/contract/contract.ts";
import { CHANNELS } from "../../src/shared/contract/desktop.ts";
import { diff } from "../../src/shared/contract/patch.ts";
import type { Alert, AlertsView } from "../../src/shared/contract/views.ts";
import { ManualTimers } from "../console/sim/timers.ts";
import { FakeConsole, type FakeReader } from "../sim/electron/console.ts";
import { FakeElectron, settle, type FakeTray } from "../sim/electron/electron.ts";

const STATES: readonly TrayState[] = ["calm", "warning", "critical"];

function alert(severity: Alert["severity"], text: string): Alert {
  const when = { at: 0, endedAt: null, raisedAt: 0, times: 1, acknowledged: null };
  return {
    id: "alert-1",
    cause: "halt:a",
    session: null,
    severity,
    text,
    view: "desk",
    target: null,
    owner: null,
    ...when,
  };
}

function view(critical: number, warning: number, worst: Alert | null = null): AlertsView {
  const waiting = critical + warning;
  return { critical, warning, waiting, total: waiting, worst, rows: {} };
}

interface Bench {
  readonly electron: FakeElectron;
  readonly host: FakeConsole;
  readonly timers: ManualTimers;
  readonly problems: string[];
}

async function start(before: (electron: FakeElectron, host: FakeConsole) => void = () => undefined): Promise<Bench> {
  const electron = new FakeElectron();
  const host = new FakeConsole();
  const timers = new ManualTimers();
  const problems: string[] = [];
  before(electron, host);
  await startDesktop({
    electron: electron.asElectron(),
    createHost: () => host,
    rendererFolder: "/nowhere/renderer",
    preloadFile: "/nowhere/preload/index.cjs",
    iconFile: "/nowhere/icon.png",
    words: ["electron"],
    folder: "/desk",
    platform: "linux",
    timers,
    onProblem: (line) => problems.push(line),
  });
  return { electron, host, timers, problems };
}

const trayOf = ({ electron }: Bench): FakeTray => electron.trays[0] as FakeTray;
const shownBy = (tray: FakeTray): TrayState | undefined =>
  STATES.find((state) => tray.images.at(-1)?.equals(trayIcon(state)));
const readerOf = ({ host }: Bench): FakeReader => host.readers.at(-1) as FakeReader;
const send = (bench: Bench, event: Extract<HostMessage, { kind: "event" }>["event"]): void =>
  readerOf(bench).send({ kind: "event", stream: "alerts", event });

describe("an icon", () => {
  it("is a PNG file with a shape of its own for each state", () => {
    const masks = STATES.map((state) => {
      const file = trayIcon(state);
      expect(file.subarray(1, 4).toString("latin1")).toBe("PNG");
      expect([file.readUInt32BE(16), file.readUInt32BE(20)]).toEqual([ICON_PIXELS, ICON_PIXELS]);
      const data = file.indexOf("IDAT");
      const pixels = inflateSync(file.subarray(data + 4, data + 4 + file.readUInt32BE(data - 4)));
      expect(pixels).toHaveLength(ICON_PIXELS * (1 + ICON_PIXELS * 4));
      const rows = Array.from({ length: ICON_PIXELS }, (_, row) => row * (1 + ICON_PIXELS * 4));
      return rows.map((at) =>
        Array.from({ length: ICON_PIXELS }, (_, column) => ((pixels[at + 4 + column * 4] ?? 0) > 127 ? "#" : ".")).join(
          "",
        ),
      );
    });
    expect(new Set(masks.map((rows) => rows.join("\n"))).size).toBe(STATES.length);
    const [ring, triangle, diamond] = masks.map((rows) => rows.join("\n").split("#").length - 1);
    for (const covered of [ring, triangle, diamond]) expect(covered).toBeGreaterThan(ICON_PIXELS * 8);
    // The ring is open in its middle; a diamond is widest there, a triangle at its foot.
    const width = (shape: number, row: number): number => (masks[shape]?.[row] ?? "").split("#").length - 1;
    expect(masks[0]?.[16]?.[16]).toBe(".");
    expect(width(1, 26)).toBeGreaterThan(width(1, 16));
    expect(width(2, 16)).toBeGreaterThan(width(2, 26));
  });
});

describe("what it shows", () => {
  it.each<[view: AlertsView, state: TrayState, tooltip: string]>([
    [view(0, 0), "calm", "Logos Console: no alerts"],
    [view(0, 1, alert("warning", "Data is late.")), "warning", "Logos Console: 1 alert. Data is late."],
    [view(0, 2), "warning", "Logos Console: 2 alerts"],
    [view(1, 4, alert("critical", "Halted.")), "critical", "Logos Console: 1 critical alert. Halted."],
    [view(3, 0, alert("critical", "Halted.")), "critical", "Logos Console: 3 critical alerts. Halted."],
  ])("%o is %s", (alerts, state, tooltip) => {
    expect(trayLook(alerts)).toEqual({ state, tooltip });
  });

  it("is no longer than Windows shows", () => {
    const { tooltip } = trayLook(view(1, 0, alert("critical", "x".repeat(500))));
    expect(tooltip).toHaveLength(127);
    expect(tooltip.endsWith("…")).toBe(true);
  });

  it("follows the stream, and each version is acknowledged", async () => {
    const bench = await start();
    const tray = trayOf(bench);
    expect([shownBy(tray), tray.tooltip]).toEqual(["calm", "Logos Console"]);
    const views = [
      view(0, 0),
      view(0, 1, alert("warning", "Late.")),
      view(1, 1, alert("critical", "Halted.")),
      view(0, 0),
    ];
    const shown = views.map((value, index) => {
      const before = views[index - 1];
      const version = index + 1;
      if (before === undefined) send(bench, { type: "whole", version, value });
      else send(bench, { type: "change", version, patch: diff(before, value) ?? {} });
      return [shownBy(tray), tray.tooltip];
    });
    expect(shown).toEqual([
      ["calm", "Logos Console: no alerts"],
      ["warning", "Logos Console: 1 alert. Late."],
      ["critical", "Logos Console: 1 critical alert. Halted."],
      ["calm", "Logos Console: no alerts"],
    ]);
    expect(readerOf(bench).received).toEqual([
      { kind: "subscribe", stream: "alerts" },
      ...[1, 2, 3, 4].map((version) => ({ kind: "applied", stream: "alerts", version })),
    ]);
  });

  it("comes from the new workspace once another one is open", async () => {
    const bench = await start();
    send(bench, { type: "whole", version: 1, value: view(1, 0) });
    readerOf(bench).end("The console has opened another workspace.");
    expect(bench.host.readers).toHaveLength(1);
    bench.timers.advance(RECONNECT_MS);
    expect(bench.host.readers).toHaveLength(2);
    send(bench, { type: "whole", version: 1, value: view(0, 0) });
    expect(shownBy(trayOf(bench))).toBe("calm");
  });

  it.each(["refuseReaders", "endAtOnce"] as const)(
    "is tried again where the host takes no reader (%s)",
    async (fault) => {
      const bench = await start((_electron, host) => {
        host[fault] = true;
      });
      bench.timers.advance(RECONNECT_MS);
      bench.host[fault] = false;
      bench.timers.advance(RECONNECT_MS);
      send(bench, { type: "whole", version: 1, value: view(0, 1) });
      expect(shownBy(trayOf(bench))).toBe("warning");
    },
  );
});

describe("the tray", () => {
  it("opens, halts through the view, and quits, which asks while a session runs", async () => {
    const bench = await start();
    const { electron, host } = bench;
    const tray = trayOf(bench);
    const click = (label: string): void =>
      (tray.menu.find((item) => item.label === label)?.click as (() => void) | undefined)?.();
    expect(tray.menu.map((item) => item.label)).toEqual(["Open Logos Console", "Halt Trading…", undefined, "Quit"]);
    click("Open Logos Console");
    tray.emit("click");
    expect(electron.windows[0]?.asked).toEqual(["show", "focus", "show", "focus"]);
    click("Halt Trading…");
    expect(electron.windows[0]?.webContents.sent).toEqual([{ channel: CHANNELS.command, value: "session.halt" }]);
    host.running = true;
    click("Quit");
    await settle();
    expect([electron.boxes.length, host.quits, tray.destroyed]).toEqual([1, 0, false]);
    host.running = false;
    click("Quit");
    await settle();
    expect([host.quits, tray.destroyed, readerOf(bench).open]).toEqual([1, true, false]);
  });

  it("is left out where the platform has none, and the rest runs", async () => {
    const { electron, host, problems } = await start((fake) => {
      fake.hasTray = false;
    });
    expect(electron.trays).toEqual([]);
    expect(electron.windows).toHaveLength(1);
    expect(host.readers).toEqual([]);
    expect(problems).toHaveLength(1);
    electron.app.quit();
    await settle();
    expect(host.quits).toBe(1);
  });
});
