/**
 * The door from the page: hostile senders, sizes and shapes, and the life of a page's connection.
 *
 * 1. Each row of the table breaks exactly one rule; the one that breaks none is let in.
 */
import { describe, expect, it } from "vitest";
import { connectPages, withinLimit, type Door, type PageConnections } from "../../src/main/ipc.ts";
import { CHANNELS } from "../../src/shared/contract/desktop.ts";
import { FakeConsole } from "../sim/electron/console.ts";
import { FakeContents, FakeElectron, PAGE_FRAME, type FakeFrame } from "../sim/electron/electron.ts";

interface Bench {
  readonly electron: FakeElectron;
  readonly host: FakeConsole;
  readonly contents: FakeContents;
  readonly pages: PageConnections;
  readonly problems: string[];
}

function bench(): Bench {
  const electron = new FakeElectron();
  const host = new FakeConsole();
  const contents = new FakeContents();
  const problems: string[] = [];
  const door: Door = {
    ipcMain: electron.asElectron().ipcMain,
    known: { has: (one) => (one as unknown) === contents },
    onProblem: (line) => problems.push(line),
  };
  return { electron, host, contents, pages: connectPages(door, host), problems };
}

const call = { kind: "call", id: 1, procedure: "session.start", input: {} };
const channelsOf = (contents: FakeContents): string[] => contents.sent.map(({ channel }) => channel);

describe("senders", () => {
  const frame = (change: Partial<FakeFrame>): FakeFrame => Object.assign(PAGE_FRAME_COPY(), change);
  const PAGE_FRAME_COPY = (): FakeFrame => ({ ...PAGE_FRAME });
  const own = new FakeContents();

  it.each<[what: string, contents: FakeContents | null, frame: FakeFrame | null]>([
    ["a frame that is gone", null, null],
    ["a frame inside the page", null, frame({ parent: PAGE_FRAME })],
    ["another frame that looks the same", null, frame({})],
    ["a web contents that was not made known", own, own.mainFrame],
  ])("%s is refused", (_what, contents, from) => {
    const { electron, host, contents: page, problems } = bench();
    electron.fromPage(CHANNELS.open, contents ?? page, [], from);
    expect(host.readers).toEqual([]);
    expect(problems).toHaveLength(1);
  });

  it.each<[origin: string, url: string]>([
    ["logos://console.evil", "logos://console.evil/"],
    ["logos://other", "logos://other/"],
    ["https://console", "https://console/"],
    ["file://", "file:///index.html"],
    ["null", "logos://console/"],
    ["", "logos://console/"],
    ["logos://console", "about:blank"],
    ["logos://console", "logos://consolex/"],
    ["LOGOS://CONSOLE", "logos://console/"],
  ])("the origin %s at %s is refused", (origin, url) => {
    const { electron, host, contents, problems } = bench();
    Object.assign(contents, { mainFrame: { origin, url, parent: null } });
    electron.fromPage(CHANNELS.open, contents, []);
    expect(host.readers).toEqual([]);
    expect(problems).toHaveLength(1);
  });

  it("a frame of the console's own page that lies inside another one is refused", () => {
    const { electron, host, contents, problems } = bench();
    const inside = frame({ parent: PAGE_FRAME_COPY() });
    Object.assign(contents, { mainFrame: inside });
    electron.fromPage(CHANNELS.open, contents, [], inside);
    expect(host.readers).toEqual([]);
    expect(problems).toHaveLength(1);
  });

  it("a destroyed web contents is refused", () => {
    const { electron, host, contents } = bench();
    contents.destroyed = true;
    electron.fromPage(CHANNELS.open, contents, []);
    expect(host.readers).toEqual([]);
  });

  it("the console's own page is let in", () => {
    const { electron, host, contents, problems } = bench();
    electron.fromPage(CHANNELS.open, contents, []);
    electron.fromPage(CHANNELS.send, contents, [call]);
    expect(host.readers[0]?.received).toEqual([call]);
    expect(problems).toEqual([]);
  });
});

describe("messages", () => {
  it.each<[what: string, values: readonly unknown[]]>([
    ["no value", []],
    ["two values", [call, call]],
    ["a text", ["call"]],
    ["null", [null]],
    ["an unknown kind", [{ kind: "evil" }]],
    ["a negative id", [{ ...call, id: -1 }]],
    ["a long procedure", [{ ...call, procedure: "x".repeat(81) }]],
    ["a map", [{ ...call, input: new Map([["a", 1]]) }]],
    ["a buffer", [{ ...call, input: new Uint8Array(4) }]],
    ["too many values", [{ ...call, input: Array.from({ length: 20_000 }, () => 0) }]],
  ])("%s is refused before the host sees it", (_what, values) => {
    const { electron, host, contents, problems } = bench();
    electron.fromPage(CHANNELS.open, contents, []);
    electron.fromPage(CHANNELS.send, contents, values);
    expect(host.readers[0]?.received).toEqual([]);
    expect(problems).toHaveLength(1);
  });

  it("are measured at the limit's edge", () => {
    expect(withinLimit("x".repeat(10), 10)).toBe(true);
    expect(withinLimit("x".repeat(11), 10)).toBe(false);
    expect(withinLimit("é".repeat(5), 10)).toBe(true);
    expect(withinLimit("é".repeat(6), 10)).toBe(false);
    expect(withinLimit({ ab: "x".repeat(8) }, 10)).toBe(true);
    expect(withinLimit({ abc: "x".repeat(8) }, 10)).toBe(false);
  });

  it("are counted at the limit's edge, whether in one list or in many", () => {
    const list = (length: number): number[] => Array<number>(length).fill(0);
    expect(withinLimit(list(9_999), Infinity)).toBe(true);
    expect(withinLimit(list(10_000), Infinity)).toBe(false);
    expect(withinLimit([list(5_000), list(4_997)], Infinity)).toBe(true);
    expect(withinLimit([list(5_000), list(4_998)], Infinity)).toBe(false);
    // A list that is far too long is not walked at all.
    expect(withinLimit(list(5_000_000), Infinity)).toBe(false);
  });

  it("are plain values alone", () => {
    for (const value of [() => 1, Symbol("a"), 1n, [() => 1], { a: 1n }, new Map()])
      expect(withinLimit(value, 1_000)).toBe(false);
    for (const value of [undefined, null, true, 1, "a", [], {}]) expect(withinLimit(value, 1_000)).toBe(true);
  });

  it("that lead in a circle end at the limit", () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(withinLimit(circle, 1_000_000)).toBe(false);
  });
});

describe("a page's connection", () => {
  it("carries what the host says, and nothing after it was dropped", () => {
    const { electron, host, contents, pages } = bench();
    electron.fromPage(CHANNELS.open, contents, []);
    const answer = { kind: "result", id: 1, ok: true, output: {} } as const;
    host.readers[0]?.send(answer);
    expect(contents.sent).toEqual([{ channel: CHANNELS.receive, value: answer }]);
    pages.drop(contents as never);
    expect(host.readers[0]?.open).toBe(false);
    electron.fromPage(CHANNELS.send, contents, [call]);
    expect(host.readers[0]?.received).toEqual([]);
    expect(channelsOf(contents).at(-1)).toBe(CHANNELS.closed);
  });

  it("is replaced when the page opens another", () => {
    const { electron, host, contents } = bench();
    electron.fromPage(CHANNELS.open, contents, []);
    electron.fromPage(CHANNELS.open, contents, []);
    expect(host.readers.map((reader) => reader.open)).toEqual([false, true]);
  });

  it("is reported as closed when the host ends it, and can be opened again", () => {
    const { electron, host, contents } = bench();
    electron.fromPage(CHANNELS.open, contents, []);
    host.readers[0]?.end("A message does not follow the contract.");
    expect(channelsOf(contents)).toEqual([CHANNELS.closed]);
    electron.fromPage(CHANNELS.open, contents, []);
    electron.fromPage(CHANNELS.send, contents, [call]);
    expect(host.readers[1]?.received).toEqual([call]);
  });

  it.each(["refuseReaders", "endAtOnce"] as const)("is reported as closed with %s", (fault) => {
    const { electron, host, contents } = bench();
    host[fault] = true;
    electron.fromPage(CHANNELS.open, contents, []);
    electron.fromPage(CHANNELS.send, contents, [call]);
    expect(channelsOf(contents)).toEqual([CHANNELS.closed, CHANNELS.closed]);
    expect(host.readers.flatMap((reader) => reader.received)).toEqual([]);
  });

  it("sends nothing to a page that is gone", () => {
    const { electron, host, contents } = bench();
    electron.fromPage(CHANNELS.open, contents, []);
    contents.destroyed = true;
    expect(() => host.readers[0]?.send({ kind: "result", id: 1, ok: true, output: {} })).not.toThrow();
  });
});

describe("channels", () => {
  it("that lead to the host have one handler each, and no other has one", () => {
    const { electron, pages } = bench();
    expect(electron.ipcMain.eventNames().toSorted()).toEqual([CHANNELS.open, CHANNELS.send].toSorted());
    for (const name of electron.ipcMain.eventNames()) expect(electron.ipcMain.listenerCount(name)).toBe(1);
    pages.close();
    expect(electron.ipcMain.eventNames()).toEqual([]);
  });
});
