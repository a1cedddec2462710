/**
 * Restoring on a real host: previews by text, by session and by path, what may not be named, and what a token stands for.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { place, readerOf, temporaryFolder } from "./sim/hosts.ts";
import type { Reader } from "./sim/reader.ts";

const ME = { operator: "desk-1", note: "back to the morning" };

let snapshotText = "";

/** A session that ran for two minutes and stopped, and its router's file. */
async function ranOnce(options: Parameters<typeof place>[0] = {}) {
  const given = await place(options);
  const reader = readerOf(given.host);
  reader.subscribe("app", "session", "orders", "sessions");
  const { id } = await reader.call("session.start", { speed: "max", seed: "7", forSeconds: 120 });
  await reader.state("stopped");
  return {
    ...given,
    reader,
    id,
    text: readFileSync(join(given.workspace, "sessions", id, "router_state.json"), "utf8"),
  };
}

beforeAll(async () => {
  const { host, workspace } = await place({ keep: true });
  const reader = readerOf(host);
  reader.subscribe("session");
  const { id } = await reader.call("session.start", { speed: "max", seed: "7", forSeconds: 120 });
  await reader.state("stopped");
  snapshotText = readFileSync(join(workspace, "sessions", id, "router_state.json"), "utf8");
});

const textSource = (text: string, name = "router_state.json") => ({ kind: "text", name, text }) as const;
/** The snapshot with some of its values changed. */
const changed = (change: Record<string, unknown>): string =>
  JSON.stringify({ ...(JSON.parse(snapshotText) as Record<string, unknown>), ...change });
const limits = (reader: Reader, text: string) =>
  reader.call("restore.preview", { source: textSource(text), target: null });

describe("a preview", () => {
  it("of a text says what it holds, and changes nothing", async () => {
    const { host, workspace } = await place();
    const reader = readerOf(host);
    reader.subscribe("sessions", "session");
    const preview = await limits(reader, snapshotText);
    const state = JSON.parse(snapshotText) as Record<string, number>;
    expect(preview).toMatchObject({
      name: "router_state.json",
      bytes: Buffer.byteLength(snapshotText),
      target: null,
      current: null,
      limitsDiffer: false,
      snapshot: { nextSequence: state["next_sequence"], halted: false },
    });
    expect(preview.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(preview.orders).toHaveLength(Math.min(200, preview.snapshot.inflight));
    expect((await reader.until("sessions")).total).toBe(0);
    expect((await reader.until("session")).session).toBeNull();
    expect(readdirSync(join(workspace, "sessions"))).toEqual([]);
  });

  it("of a session's own file shows it beside what is there now", async () => {
    const { reader, id } = await ranOnce();
    const source = { kind: "session", id } as const;
    const preview = await reader.call("restore.preview", { source, target: id });
    expect(preview.name).toBe(`${id}/router_state.json`);
    expect(preview.differences).toEqual([]);
    expect(preview.current).toMatchObject({ nextSequence: preview.snapshot.nextSequence });
    expect(preview.warnings.join(" ")).not.toContain("newer than the session's clock");
    // A new session begins where the desk's market does, before the snapshot's orders.
    const earlier = await reader.call("restore.preview", { source, target: null });
    expect(earlier.warnings.join(" ")).toContain("newer than the session's clock");
    expect(
      await reader.refusal("restore.preview", { source: { kind: "session", id: "missing" }, target: null }),
    ).toMatchObject({ code: "no_session" });
    expect(await reader.refusal("restore.preview", { source, target: "missing" })).toMatchObject({
      code: "no_session",
    });
    expect(reader.faults).toEqual([]);
  });

  it("of a path is given only where this host handed the path out", async () => {
    const folder = temporaryFolder();
    const [picked, handed, other] = ["picked.json", "handed.json", "other.json"].map((name) => join(folder, name));
    for (const path of [picked, handed, other]) writeFileSync(path ?? "", snapshotText);
    const { host } = await place({ pickFile: () => Promise.resolve(picked ?? null) });
    const reader = readerOf(host);
    reader.subscribe("app");
    const preview = (path: string | undefined) =>
      ({ source: { kind: "path", path: path ?? "" }, target: null }) as const;
    for (const path of [picked, handed, other, "/etc/hostname"])
      expect(await reader.refusal("restore.preview", preview(path)), path).toMatchObject({ code: "refused" });

    expect(await reader.call("restore.pick", {})).toEqual({ path: picked });
    expect((await reader.call("restore.preview", preview(picked))).name).toBe("picked.json");
    host.openSnapshotFile(handed ?? "");
    await reader.call("restore.preview", preview(handed));
    expect(await reader.refusal("restore.preview", preview(other))).toMatchObject({ code: "refused" });
    const app = await reader.until("app", (view) => view.recentSnapshots.length === 2);
    expect(app.recentSnapshots.map((one) => one.path)).toEqual([handed, picked]);
    expect(app.nativeDialogs).toBe(true);
  });

  it("by Open Recent outlives the host, and a view cannot write itself into it", async () => {
    const workspace = temporaryFolder();
    const [own, other] = [join(workspace, "own.json"), join(workspace, "other.json")];
    for (const path of [own, other]) writeFileSync(path, snapshotText);
    const first = await place({ workspace });
    first.host.openSnapshotFile(own);
    const value = JSON.stringify([{ path: other, name: "other.json", at: 1 }]);
    const reader = readerOf(first.host);
    expect(await reader.refusal("settings.write", { key: "recent.snapshots", value })).toMatchObject({
      code: "refused",
    });
    await first.host.quit();
    const second = readerOf((await place({ workspace })).host);
    const preview = (path: string) => ({ source: { kind: "path", path }, target: null }) as const;
    expect((await second.call("restore.preview", preview(own))).name).toBe("own.json");
    expect(await second.refusal("restore.preview", preview(other))).toMatchObject({ code: "refused" });
  });

  it("without a dialog picks nothing", async () => {
    const { host } = await place();
    expect(await readerOf(host).call("restore.pick", {})).toEqual({ path: null });
  });

  it.each([
    ["no JSON", () => "{"],
    ["nothing", () => ""],
    ["a list", () => "[]"],
    ["half of a file", () => snapshotText.slice(0, snapshotText.length / 2)],
    ["a negative sequence", () => changed({ next_sequence: -1 })],
    ["a sequence that is a text", () => changed({ next_sequence: "7" })],
    ["a prototype", () => '{"__proto__": {"next_sequence": 1}}'],
    ["a deep nest", () => `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
  ])("of %s is refused with its place", async (_what, text) => {
    const { host } = await place();
    const reader = readerOf(host);
    const error = await reader.refusal("restore.preview", { source: textSource(text()), target: null });
    expect(error.code).toBe("snapshot_invalid");
    expect(error.message).toContain("router_state.json");
  });

  it("names its file without the folders that a view put before it", async () => {
    const { host } = await place();
    const source = textSource(snapshotText, "/home/someone/../x.json");
    expect((await readerOf(host).call("restore.preview", { source, target: null })).name).toBe("x.json");
  });
});

describe("applying", () => {
  it("opens a new session with the snapshot's router, journaled with operator and note", async () => {
    const { host } = await place();
    const reader = readerOf(host);
    reader.subscribe("session", "log", "router");
    const { token, snapshot } = await limits(reader, changed({ next_sequence: 5_000 }));
    expect(snapshot.nextSequence).toBe(5_000);
    const applied = await reader.call("restore.apply", { token, ...ME, useSnapshotLimits: false });
    expect(applied.nextSequence).toBe(5_000);
    expect(applied.messages[0]).toContain("router_state.json");
    await reader.until("session", (view) => view.session?.id === applied.id);
    const { lines } = await reader.until("log", (view) =>
      Object.values(view.lines).some((line) => line.subject === "router"),
    );
    expect(Object.values(lines).find((line) => line.subject === "router")?.text).toContain(
      "desk-1 restored router_state.json",
    );
    // The token was for this one time.
    expect(await reader.refusal("restore.apply", { token, ...ME, useSnapshotLimits: false })).toMatchObject({
      code: "not_found",
    });
    expect(reader.faults).toEqual([]);
  });

  it("to a session that was there never goes below a number that it has seen", async () => {
    const { reader, id } = await ranOnce();
    const before = reader.value("orders").orderCount;
    const empty = { next_sequence: 1, inflight: {}, idempotency: {}, submissions: {}, seen_fills: {} };
    const low = changed({ ...empty, logos_console: undefined });
    const preview = await reader.call("restore.preview", { source: textSource(low), target: id });
    expect(preview.differences.length).toBeGreaterThan(0);
    const applied = await reader.call("restore.apply", { token: preview.token, ...ME, useSnapshotLimits: false });
    expect(applied.id).toBe(id);
    expect(applied.nextSequence).toBeGreaterThan(before);
    expect(applied.messages[1]).toContain("The snapshot's next order number is 1;");
  });

  it("is refused where the session has changed since the preview", async () => {
    const { reader, id } = await ranOnce();
    const empty = { next_sequence: 1, inflight: {}, idempotency: {}, submissions: {}, seen_fills: {} };
    const low = changed({ ...empty, logos_console: undefined });
    const preview = () => reader.call("restore.preview", { source: textSource(low), target: id });
    const [old, older] = [await preview(), await preview()];
    await reader.call("restore.apply", { token: old.token, ...ME, useSnapshotLimits: false });
    await reader.call("session.stop", { operator: "desk-1" });
    const apply = { token: older.token, ...ME, useSnapshotLimits: false };
    const error = await reader.refusal("restore.apply", apply);
    expect(error).toMatchObject({ code: "session_conflict" });
    expect(error.message).toContain("has changed since this preview");
    expect(await reader.refusal("restore.apply", apply)).toMatchObject({ code: "not_found" });
    await reader.call("restore.apply", { ...apply, token: (await preview()).token });
  });

  it("with limits that differ wants to be asked for them", async () => {
    const { host } = await place();
    const reader = readerOf(host);
    reader.subscribe("session", "router", "sessions");
    const other = changed({ rate_limit_per_sec: 3 });
    const preview = await limits(reader, other);
    expect(preview.limitsDiffer).toBe(true);
    expect(preview.warnings.join(" ")).toContain("3 orders a second");
    const { token } = preview;
    expect(await reader.refusal("restore.apply", { token, ...ME, useSnapshotLimits: false })).toMatchObject({
      code: "snapshot_limits_differ",
    });
    expect((await reader.until("sessions")).total).toBe(0);
    // The refusal did not use the token up.
    await reader.call("restore.apply", { token, ...ME, useSnapshotLimits: true });
    expect((await reader.until("router", (view) => view.rateLimitPerSec === 3)).rateLimitPerSec).toBe(3);
  });

  it("while a session runs is refused, and the preview says so", async () => {
    const { host } = await place();
    const reader = readerOf(host);
    const { id } = await reader.call("session.start", { speed: 1 });
    const preview = await limits(reader, snapshotText);
    expect(preview.warnings.join(" ")).toContain(`Session ${id} is running`);
    const apply = { token: preview.token, ...ME, useSnapshotLimits: true };
    expect(await reader.refusal("restore.apply", apply)).toMatchObject({ code: "wrong_state" });
    await reader.call("session.stop", { operator: "desk-1" });
    await reader.call("restore.apply", apply);
  });

  it.each([
    ["a token that was never given", { token: "x", ...ME, useSnapshotLimits: true }, "not_found"],
    ["no name", { token: "x", operator: " ", note: "n", useSnapshotLimits: true }, "invalid_input"],
    ["no note", { token: "x", operator: "o", note: "", useSnapshotLimits: true }, "invalid_input"],
    ["no word on limits", { token: "x", ...ME }, "invalid_input"],
  ])("with %s is refused", async (_what, input, code) => {
    const { host } = await place();
    expect(await readerOf(host).refusal("restore.apply", input)).toMatchObject({ code });
  });

  it("takes the newest eight previews, and none before them", async () => {
    const { host } = await place();
    const reader = readerOf(host);
    const first = await limits(reader, snapshotText);
    for (let count = 0; count < 8; count += 1) await limits(reader, snapshotText);
    const apply = { token: first.token, ...ME, useSnapshotLimits: false };
    expect(await reader.refusal("restore.apply", apply)).toMatchObject({ code: "not_found" });
  });
});
