/** Session folders: names, numbers, `latest`, the list, and names that lead elsewhere. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CodedError } from "../../../src/shared/errors.ts";
import { NAME, sessionId } from "../../../src/shared/ids.ts";
import {
  findSession,
  latestSession,
  listSessions,
  makeSessionFolder,
  nameLatest,
  openWorkspace,
  sessionBytes,
  sessionFilesAt,
  sessionNameOf,
  SESSIONS_LISTED_MAX,
  type Workspace,
} from "../../../src/store/index.ts";
import { freshFolder, hostileText, thrownBy } from "../folders.ts";
import { recordOf, saveRecord } from "./records.ts";

const WALL = Date.UTC(2026, 10, 23, 9, 30, 59);
const workspace = (): Workspace => openWorkspace(freshFolder());

describe("a session's name", () => {
  it.each([
    [["SPY"], ["alpha"], "2026-11-23_0930_SPY_alpha"],
    [["SPY", "QQQ"], ["a", "b"], "2026-11-23_0930_basket_book"],
    [["BTC/USDT"], ["my strategy"], "2026-11-23_0930_BTC-USDT_my-strategy"],
    [["../.."], ["日本"], "2026-11-23_0930_symbol_strategy"],
    [[], [], "2026-11-23_0930_basket_book"],
  ])("of %j and %j is %s", (symbols, strategies, name) => {
    expect(sessionNameOf(WALL, symbols, strategies)).toBe(name);
  });

  it("is always one that a folder may have", () => {
    fc.assert(
      fc.property(hostileText(40), fc.string({ maxLength: 60 }), (symbol, strategy) => {
        expect(`${sessionNameOf(WALL, [symbol], [strategy])}-10000`).toMatch(NAME);
      }),
    );
  });

  it("that is taken gets a number", () => {
    const place = workspace();
    const ids = ["x", "x", "x"].map((name) => makeSessionFolder(place, name).id);
    expect(ids).toEqual(["x", "x-2", "x-3"]);
  });

  it("is made again where the folder of all sessions was deleted, and not where the workspace was", () => {
    const place = workspace();
    rmSync(place.sessions, { recursive: true });
    expect(makeSessionFolder(place, "x").id).toBe("x");
    rmSync(place.path, { recursive: true });
    expect(thrownBy(() => makeSessionFolder(place, "x"))).toMatchObject({ code: "io" });
  });

  it("is durable by its name before anything is put into it, and gone again where that fails", () => {
    const place = workspace();
    const synced: string[] = [];
    const fs = { ...place.fs, syncFolder: (path: string) => void synced.push(path) };
    makeSessionFolder({ ...place, fs }, "one");
    expect(synced).toEqual([place.sessions]);
    const syncFolder = (): never => {
      throw Object.assign(new Error("EIO"), { code: "EIO" });
    };
    const error = thrownBy(() => makeSessionFolder({ ...place, fs: { ...place.fs, syncFolder } }, "two"));
    expect(error).toMatchObject({ code: "io" });
    expect(listSessions(place).sessions.map((session) => session.id)).toEqual(["one"]);
  });

  it("names the newest, is read with its link, and is nothing where it leads nowhere", () => {
    const place = workspace();
    expect(latestSession(place)).toBeNull();
    expect(thrownBy(() => findSession(place, "latest"))).toMatchObject({ code: "no_session" });
    const { id } = makeSessionFolder(place, "one");
    nameLatest(place, id);
    expect(latestSession(place)).toBe("one");
    expect(findSession(place, "latest").folder).toBe(join(place.sessions, "one"));
    nameLatest(place, sessionId("gone"));
    expect(latestSession(place)).toBeNull();
    const linked = workspace();
    makeSessionFolder(linked, "two");
    symlinkSync(join(linked.sessions, "two"), join(linked.sessions, "latest"));
    expect(findSession(linked, "latest").id).toBe("two");
  });
});

describe("latest", () => {
  it.each(["../one", "/etc", "latest", "", "a/b", "x\u0000y", "y".repeat(500)])(
    "that says %j leads to no session",
    (text) => {
      const place = workspace();
      makeSessionFolder(place, "one");
      writeFileSync(join(place.sessions, "latest"), text);
      expect(thrownBy(() => findSession(place, "latest"))).toMatchObject({ code: "no_session" });
    },
  );
});

describe("finding a session", () => {
  it("gives its places", () => {
    const place = workspace();
    makeSessionFolder(place, "one");
    expect(findSession(place, "one")).toEqual(sessionFilesAt(join(place.sessions, "one")));
  });

  it.each([
    ["..", "outside_workspace"],
    [".", "outside_workspace"],
    ["", "outside_workspace"],
    ["../sessions", "outside_workspace"],
    ["one/..", "outside_workspace"],
    ["one/../../..", "outside_workspace"],
    ["/etc", "outside_workspace"],
    ["..\\x", "outside_workspace"],
    ["C:\\x", "outside_workspace"],
    ["one\u0000", "outside_workspace"],
    ["out", "outside_workspace"],
    ["nowhere", "outside_workspace"],
    ["circle", "outside_workspace"],
    ["circle/x", "outside_workspace"],
    ["none", "no_session"],
    ["file", "no_session"],
    ["file/x", "no_session"],
    ["one/control", "no_session"],
    [".hidden", "no_session"],
    ["z".repeat(300), "no_session"],
    ["é", "no_session"],
  ])("by the name %j is %s", (name, code) => {
    const place = workspace();
    makeSessionFolder(place, "one");
    mkdirSync(join(place.sessions, "one", "control"));
    mkdirSync(join(place.sessions, ".hidden"));
    writeFileSync(join(place.sessions, "file"), "");
    symlinkSync(freshFolder(), join(place.sessions, "out"));
    symlinkSync(join(place.sessions, "never"), join(place.sessions, "nowhere"));
    symlinkSync(join(place.sessions, "circle"), join(place.sessions, "circle"));
    expect(thrownBy(() => findSession(place, name))).toMatchObject({ code });
  });

  it("by any text ends in a coded error", () => {
    const place = workspace();
    fc.assert(
      fc.property(fc.oneof(hostileText(), fc.stringMatching(/^[./\\a]{0,12}$/)), (name) => {
        expect(thrownBy(() => findSession(place, name))).toBeInstanceOf(CodedError);
      }),
    );
  });
});

describe("the list", () => {
  it("is newest first, with numbers as numbers, and one broken session does not spoil it", () => {
    const place = workspace();
    for (const name of [
      "2026-01-01_0900_A_x",
      "2026-01-01_0900_A_x-2",
      "2026-01-01_0900_A_x-10",
      "2026-01-02_0900_A_x",
    ])
      saveRecord(place.fs, makeSessionFolder(place, name), recordOf({ id: name }));
    writeFileSync(join(place.sessions, "2026-01-01_0900_A_x-2", "session.json"), '{"schema":1}');
    makeSessionFolder(place, "2025-01-01_0900_A_x");
    writeFileSync(join(place.sessions, "latest"), "x");
    const { sessions, total } = listSessions(place);
    expect(total).toBe(5);
    expect(sessions.map(({ id, record }) => [id, record?.id ?? null])).toEqual([
      ["2026-01-02_0900_A_x", "2026-01-02_0900_A_x"],
      ["2026-01-01_0900_A_x-10", "2026-01-01_0900_A_x-10"],
      ["2026-01-01_0900_A_x-2", null],
      ["2026-01-01_0900_A_x", "2026-01-01_0900_A_x"],
      ["2025-01-01_0900_A_x", null],
    ]);
    expect(sessions[2]?.problem).toMatch(/session\.json: id/);
    expect(sessions[4]?.problem).toMatch(/does not exist/);
    expect(sessions.every(({ writer }) => writer === null)).toBe(true);
  });

  it("has a limit and says how many there are", () => {
    const place = workspace();
    for (let number = 0; number < SESSIONS_LISTED_MAX + 3; number += 1) mkdirSync(join(place.sessions, `s${number}`));
    const { sessions, total } = listSessions(place);
    expect([sessions.length, total]).toEqual([SESSIONS_LISTED_MAX, SESSIONS_LISTED_MAX + 3]);
    expect(sessions.at(-1)?.id).toBe("s3");
  });

  it("of a workspace without the folder is empty", () => {
    const place = { ...workspace(), sessions: join(freshFolder(), "none") };
    expect(listSessions(place)).toEqual({ sessions: [], total: 0 });
  });

  it("counts a session's bytes", () => {
    const place = workspace();
    const files = makeSessionFolder(place, "one");
    writeFileSync(files.record, "12345");
    writeFileSync(files.report, "678");
    expect(sessionBytes(files)).toBe(8);
  });
});
