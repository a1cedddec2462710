/** Long reads beside the loop: a large snapshot and a verification hold up no page, are bounded in memory, and can be canceled. */
import fs, { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { Inspections, RUNNING_MAX } from "../../src/console/inspection/inspections.ts";
import { JsonReader } from "../../src/orchestrator/state-file/json-reader.ts";
import { digestOf } from "../../src/store/index.ts";
import { place, readerOf, temporaryFolder, type Place } from "./sim/hosts.ts";

const KEYS = 100_000;
let served: Place;
let id = "";
/** The session's snapshot with so many keys that reading it takes far longer than a page's question. */
let large = "";

beforeAll(async () => {
  served = await place({ keep: true });
  const reader = readerOf(served.host);
  reader.subscribe("session");
  ({ id } = await reader.call("session.start", { speed: "max", seed: "7", forSeconds: 600 }));
  await reader.state("stopped");
  const own = readFileSync(join(served.workspace, "sessions", id, "router_state.json"), "utf8");
  const state = JSON.parse(own) as Record<string, unknown>;
  const idempotency = Object.fromEntries(
    Array.from({ length: KEYS }, (_, at) => [
      `noise:order-${at}`,
      { accepted: false, order_id: null, reason: "halted" },
    ]),
  );
  large = JSON.stringify({ ...state, idempotency, logos_console: undefined });
});

/** Asks something long and then something short, and answers in which order they were answered. */
async function order(long: Promise<unknown>, short: () => Promise<unknown>): Promise<readonly string[]> {
  const answered: string[] = [];
  const both = [long.then(() => answered.push("long")), short().then(() => answered.push("short"))];
  await Promise.all(both);
  return answered;
}

/** Hands a text over as a page does, and answers its token. */
async function upload(host: Place["host"], text: string): Promise<string> {
  const bytes = Buffer.from(text);
  const piece = 3_000_000;
  let token: string | null = null;
  for (let offset = 0; offset < bytes.length; offset += piece) {
    const base64 = bytes.subarray(offset, offset + piece).toString("base64");
    const input = { upload: token, name: "../large.json", offset, base64 };
    const taken: { readonly upload: string } = await readerOf(host).call("data.upload", input);
    token = taken.upload;
  }
  return token ?? "";
}

describe("the preview of a large snapshot", () => {
  it("leaves other questions answered meanwhile, and says what the file holds", async () => {
    const { host } = served;
    const reader = readerOf(host);
    const source = { kind: "upload", upload: await upload(host, large) } as const;
    const preview = reader.call("restore.preview", { source, target: null });
    expect(await order(preview, () => reader.call("drill.status", {}))).toEqual(["short", "long"]);
    const { name, bytes, snapshot } = await preview;
    expect([name, bytes, snapshot.keys]).toEqual(["large.json", Buffer.byteLength(large), KEYS]);
  });

  it("stands for the bytes that were previewed: a file that has changed since is not applied", async () => {
    const { host } = served;
    const path = join(temporaryFolder(), "handed.json");
    const text = readFileSync(join(served.workspace, "sessions", id, "router_state.json"), "utf8");
    writeFileSync(path, text);
    host.openSnapshotFile(path);
    const reader = readerOf(host);
    const { token } = await reader.call("restore.preview", { source: { kind: "path", path }, target: null });
    writeFileSync(path, `${text} `);
    const apply = { token, operator: "desk-1", note: "back", useSnapshotLimits: false };
    const refusal = await reader.refusal("restore.apply", apply);
    expect(refusal).toMatchObject({ code: "session_conflict" });
    expect(refusal.message).toContain("handed.json has changed since this preview");
  });

  it("is applied as another thread read it: the loop reads neither the file nor its text, and answers meanwhile", async () => {
    const { host } = await place();
    const reader = readerOf(host);
    reader.subscribe("session");
    const path = join(temporaryFolder(), "large.json");
    writeFileSync(path, large);
    host.openSnapshotFile(path);
    const { token, snapshot } = await reader.call("restore.preview", { source: { kind: "path", path }, target: null });
    const [parse, read] = [vi.spyOn(JsonReader.prototype, "read"), vi.spyOn(fs, "openSync")];
    try {
      const apply = reader.call("restore.apply", { token, operator: "desk-1", note: "back", useSnapshotLimits: true });
      expect(await order(apply, () => reader.call("drill.status", {}))).toEqual(["short", "long"]);
      expect((await apply).nextSequence).toBe(snapshot.nextSequence);
      const { session } = await reader.until("session", (view) => view.session !== null);
      expect(session).not.toBeNull();
      expect(parse).not.toHaveBeenCalled();
      expect(read.mock.calls.filter(([opened]) => opened === path)).toEqual([]);
    } finally {
      parse.mockRestore();
      read.mockRestore();
    }
  });

  it.each([
    ["66 MB of brackets", "[".repeat(66_000_000)],
    ["a deep nest", `{"idempotency":${"[".repeat(200_000)}${"]".repeat(200_000)}}`],
  ])("that became %s after its preview is not read, and ends nothing", async (_what, text) => {
    const { host } = served;
    const path = join(temporaryFolder(), "handed.json");
    writeFileSync(path, readFileSync(join(served.workspace, "sessions", id, "router_state.json"), "utf8"));
    host.openSnapshotFile(path);
    const reader = readerOf(host);
    const source = { kind: "path", path } as const;
    const { token } = await reader.call("restore.preview", { source, target: null });
    writeFileSync(path, text);
    const apply = { token, operator: "desk-1", note: "back", useSnapshotLimits: false };
    expect(await reader.refusal("restore.apply", apply)).toMatchObject({ code: "session_conflict" });
    expect(await reader.refusal("restore.preview", { source, target: null })).toMatchObject({
      code: "snapshot_invalid",
    });
    // Nor does the thread that applies, should it get such bytes by their own digest.
    const job = { kind: "state", name: "handed.json", from: { path }, sha256: digestOf(text) } as const;
    await expect(new Inspections().start(job).result).rejects.toMatchObject({ code: "snapshot_invalid" });
    expect(await reader.call("drill.status", {})).toBeDefined();
  });

  it("of an upload that is gone is refused", async () => {
    const source = { kind: "upload", upload: "missing" };
    const refusal = await readerOf(served.host).refusal("restore.preview", { source, target: null });
    expect(refusal).toMatchObject({ code: "not_found" });
  });
});

describe("verifying", () => {
  it("leaves other questions answered meanwhile, and two views get the same verdict", async () => {
    const reader = readerOf(served.host);
    const verdict = reader.call("sessions.verify", { id });
    const again = readerOf(served.host).call("sessions.verify", { id });
    expect(await order(verdict, () => reader.call("drill.status", {}))).toEqual(["short", "long"]);
    expect(await verdict).toMatchObject({ id, ok: true });
    expect(await again).toEqual(await verdict);
  });

  it("has a share while it is under way, and is canceled", async () => {
    const reader = readerOf(served.host);
    expect(await reader.call("verify.status", { id })).toEqual({ share: null });
    const refused = reader.refusal("sessions.verify", { id });
    const { share } = await reader.call("verify.status", { id });
    expect(share).toBeGreaterThanOrEqual(0);
    await reader.call("verify.cancel", { id });
    expect(await refused).toMatchObject({ code: "wrong_state" });
    expect(await reader.call("verify.status", { id })).toEqual({ share: null });
    expect((await reader.call("sessions.verify", { id })).ok).toBe(true);
  });

  it("passes over every entry, and its share only grows to one", async () => {
    const inspections = new Inspections();
    const shares: number[] = [];
    await inspections.start({ kind: "verify", workspace: served.workspace, id }, (share) => shares.push(share)).result;
    expect(shares.length).toBeGreaterThan(50);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBeLessThanOrEqual(1);
    expect(shares.at(-1)).toBeGreaterThan(0.97);
  });
});

describe("inspections", () => {
  const job = (path: string) => ({ kind: "snapshot", name: "large.json", from: { path } }) as const;

  it("that need more memory than they may are refused, and the process lives", async () => {
    const path = join(temporaryFolder(), "large.json");
    writeFileSync(path, large);
    const { result } = new Inspections(12).start(job(path));
    await expect(result).rejects.toMatchObject({ code: "too_large", message: expect.stringContaining("12 MB") });
  });

  it("of brackets alone are refused with their place", async () => {
    const path = join(temporaryFolder(), "deep.json");
    writeFileSync(path, "[".repeat(60_000_000));
    await expect(new Inspections(200).start(job(path)).result).rejects.toMatchObject({ code: "snapshot_invalid" });
  });

  it.each(["/dev/zero", "."])("of %s are refused: it is no regular file", async (path) => {
    await expect(new Inspections().start(job(path)).result).rejects.toMatchObject({ code: expect.any(String) });
  });

  it("are few at a time, and none is left after the end", async () => {
    const inspections = new Inspections();
    const path = join(temporaryFolder(), "large.json");
    writeFileSync(path, large);
    const started = Array.from({ length: RUNNING_MAX }, () => inspections.start(job(path)).result);
    expect(() => inspections.start(job(path))).toThrow(/under way already/);
    const ends = Promise.allSettled(started);
    inspections.close();
    expect((await ends).map((end) => end.status)).toEqual(started.map(() => "rejected"));
    const one = inspections.start({ kind: "figures", routerState: path });
    await expect(one.result).resolves.toMatchObject({ keys: KEYS });
  });
});
