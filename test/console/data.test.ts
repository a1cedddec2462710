/**
 * Market data through the console: uploads, previews with their questions, keeping, bars for a chart, deleting.
 */
import { Buffer } from "node:buffer";
import { existsSync, readdirSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Trash } from "../../src/store/index.ts";
import { place, readerOf, temporaryFolder } from "./sim/hosts.ts";

const row = (index: number, day = "2024-03-04"): string => {
  const hour = String(Math.floor(index / 60) + 10).padStart(2, "0");
  const close = (100 + Math.sin(index)).toFixed(2);
  return `${day} ${hour}:${String(index % 60).padStart(2, "0")}:00,100.00,103.00,97.00,${close},${index + 1}`;
};
const table = (rows: number): string =>
  ["time,open,high,low,close,volume", ...Array.from({ length: rows }, (_, index) => row(index))].join("\n");
const AMBIGUOUS = [
  "date,open,high,low,close,volume",
  "03/04/2024,10,11,9,10,100",
  "04/04/2024,10,11,9,10,100",
  "05/04/2024,10,11,9,10,100",
].join("\n");

type Reader = ReturnType<typeof readerOf>;

async function upload(
  reader: Reader,
  name: string,
  text: string,
  pieces = 2,
): Promise<{ kind: "upload"; upload: string }> {
  const bytes = Buffer.from(text);
  const size = Math.ceil(bytes.length / pieces);
  let token: string | null = null;
  for (let offset = 0; offset < bytes.length; offset += size) {
    const base64 = bytes.subarray(offset, offset + size).toString("base64");
    ({ upload: token } = await reader.call("data.upload", { upload: token, name, offset, base64 }));
  }
  return { kind: "upload", upload: token as string };
}

async function readList(reader: Reader) {
  for (;;) {
    const list = await reader.call("data.list", {});
    if (list.files.every(({ state }) => state === "read" || state === "unreadable")) return list;
    // The answer comes from a thread, so this one has to come to rest between two questions.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("a file that was handed over", () => {
  it("shows its first rows while the rest is on its way, and a short or packed one does not", async () => {
    const { host } = await place({ trash: null });
    const reader = readerOf(host);
    const days = Array.from({ length: 28 }, (_, day) => `2024-05-${String(day + 1).padStart(2, "0")}`);
    const rows = days.flatMap((day) => Array.from({ length: 840 }, (_, index) => row(index, day)));
    const text = ["time,open,high,low,close,volume", ...rows].join("\n");
    const half = Buffer.from(text).subarray(0, 1_050_000);
    const { upload: token } = await reader.call("data.upload", {
      upload: null,
      name: "ACME.csv",
      offset: 0,
      base64: half.toString("base64"),
    });
    const source = { kind: "upload", upload: token } as const;
    const { reading } = await reader.call("data.glimpse", { source, options: { timeZone: "UTC" } });
    expect(reading?.files[0]).toMatchObject({ symbols: ["ACME"], timeZone: "UTC", refusedTotal: 0 });
    expect(reading?.files[0]?.samples[0]).toMatchObject({ open: "100", high: "103" });
    const short = await upload(reader, "B.csv", table(60));
    expect(await reader.call("data.glimpse", { source: short, options: {} })).toEqual({ reading: null });
    expect(await reader.call("data.glimpse", { source, options: { dateFormat: "MM" } })).toEqual({ reading: null });
  });

  it("is shown as it was understood, kept, listed, and drawn", async () => {
    const { host, workspace } = await place({ trash: null });
    const reader = readerOf(host);
    const source = await upload(reader, "ACME.csv", table(120), 3);
    const reading = await reader.call("data.preview", { source, options: {} });
    expect(reading.unreadable).toBeNull();
    expect(reading.series).toMatchObject([{ symbol: "ACME", bars: 120, interval: 60e6 }]);
    expect(reading.files[0]?.samples[0]).toMatchObject({ open: "100", closed: reading.files[0]?.samples[1]?.opened });
    expect(reading.files[0]?.questions.map(({ about }) => about)).toContain("zone");
    const kept = await reader.call("data.keep", { source, options: { timeZone: "Europe/London" }, overwrite: false });
    expect(kept).toEqual({ kept: ["ACME.csv"], bars: 120 });
    expect(existsSync(join(workspace, "data", "ACME.csv"))).toBe(true);
    const { files } = await readList(reader);
    expect(files).toMatchObject([{ name: "ACME.csv", state: "read", reading: { series: [{ bars: 120 }] } }]);
    const bars = await reader.call("data.bars", { name: "ACME.csv", symbol: "ACME", from: null, to: null, points: 12 });
    expect(bars).toMatchObject({ total: 120, each: 10 });
    expect(bars.volume).toHaveLength(12);
    expect(bars.volume.reduce((sum, one) => sum + one, 0)).toBe((120 * 121) / 2);
  });

  it("asks what it leaves open, and is read with the answer", async () => {
    const { host } = await place({ trash: null });
    const reader = readerOf(host);
    const source = await upload(reader, "X.csv", AMBIGUOUS);
    const asked = await reader.call("data.preview", { source, options: {} });
    expect(asked.unreadable?.question?.about).toBe("date_order");
    const value = asked.unreadable?.question?.choices.find((one) => one.value.startsWith("DD"))?.value;
    const answered = await reader.call("data.preview", { source, options: { dateFormat: value } });
    expect(answered).toMatchObject({ unreadable: null, series: [{ bars: 3 }] });
  });

  it("is not written over what is there unless that was asked for", async () => {
    const { host } = await place({ trash: null });
    const reader = readerOf(host);
    const source = await upload(reader, "ACME.csv", table(5));
    const request = { source, options: {}, overwrite: false };
    await reader.call("data.keep", request);
    expect(await reader.refusal("data.keep", request)).toMatchObject({ detail: { rule: "exists" } });
    expect(await reader.call("data.keep", { ...request, overwrite: true })).toMatchObject({ bars: 5 });
  });

  it("with a name that leads elsewhere stays text", async () => {
    const { host, workspace } = await place({ trash: null });
    const reader = readerOf(host);
    const source = await upload(reader, "../../evil\u0007/..\\..\\NAME.csv", table(3));
    const { kept } = await reader.call("data.keep", { source, options: {}, overwrite: false });
    expect(kept).toEqual(["NAME.csv"]);
    expect(existsSync(join(workspace, "data", "NAME.csv"))).toBe(true);
  });

  it("is refused where a piece is lost, no base64, too long, or of an unknown upload", async () => {
    const { host } = await place({ trash: null });
    const reader = readerOf(host);
    const piece = { upload: null, name: "a.csv", offset: 0, base64: "QUJD" };
    const { upload: token } = await reader.call("data.upload", piece);
    expect(await reader.refusal("data.upload", { ...piece, upload: token, offset: 7 })).toMatchObject({
      code: "invalid_input",
    });
    expect(await reader.refusal("data.upload", { ...piece, base64: "not base64!!" })).toMatchObject({
      code: "invalid_input",
    });
    expect(await reader.refusal("data.upload", { ...piece, base64: "A".repeat(6_000_000) })).toBeDefined();
    const gone = { ...piece, upload: "00000000-0000-4000-8000-000000000000" };
    expect(await reader.refusal("data.upload", gone)).toMatchObject({ code: "not_found" });
    await reader.call("data.discard", { upload: token });
    const source = { kind: "upload", upload: token } as const;
    expect(await reader.refusal("data.preview", { source, options: {} })).toMatchObject({ code: "not_found" });
  });

  it("can be given up while it is read", async () => {
    const { host } = await place({ trash: null });
    const reader = readerOf(host);
    const source = await upload(reader, "ACME.csv", table(500));
    const refused = reader.refusal("data.preview", { source, options: {} });
    await reader.call("data.cancel", {});
    expect(await refused).toMatchObject({ code: "wrong_state" });
    expect(await reader.call("data.preview", { source, options: {} })).toMatchObject({ series: [{ bars: 500 }] });
    expect(await reader.call("data.progress", {})).toEqual({ share: null });
  });
});

describe("the files of a workspace", () => {
  it("are those inside it: no link that leads out, no hidden file, no settings", async () => {
    const { host, workspace } = await place({ trash: null });
    const data = join(workspace, "data");
    const outside = join(temporaryFolder(), "secret.csv");
    writeFileSync(outside, table(3));
    symlinkSync(outside, join(data, "link.csv"));
    mkdirSync(join(data, "deep"));
    const named = table(3).replaceAll("\n", ",ACME\n").replace("volume", "volume,symbol").replace(",ACME", "");
    for (const name of ["deep/a b #%.csv", ".hidden.csv", "us.import.yaml"])
      writeFileSync(join(data, name), `${named},ACME\n`);
    const reader = readerOf(host);
    const { files } = await readList(reader);
    expect(files.map(({ name }) => name)).toEqual(["deep/a b #%.csv"]);
    const range = { symbol: null, from: null, to: null, points: 100 };
    for (const name of ["link.csv", "../desk.yaml", "/etc/passwd", "a\0.csv", "deep\\a.csv"])
      expect(await reader.refusal("data.bars", { name, ...range }), name).toMatchObject({ code: "outside_workspace" });
    expect(await reader.refusal("data.bars", { name: "deep", ...range })).toMatchObject({ code: "not_found" });
    expect((await reader.call("data.bars", { name: "deep/a b #%.csv", ...range })).total).toBe(3);
  });

  it("are read again when they change, and say why they cannot be read", async () => {
    const { host, workspace } = await place({ trash: null });
    const path = join(workspace, "data", "A.csv");
    const reader = readerOf(host);
    writeFileSync(path, "nothing,of,the kind\n1,2,3\n");
    expect((await readList(reader)).files[0]?.reading?.unreadable?.question?.about).toBe("columns");
    writeFileSync(path, table(7));
    expect((await readList(reader)).files[0]?.reading?.series[0]?.bars).toBe(7);
    const range = { name: "A.csv", symbol: null, from: null, to: null, points: 100 };
    expect((await reader.call("data.bars", range)).total).toBe(7);
    writeFileSync(path, table(9));
    expect((await reader.call("data.bars", range)).total).toBe(9);
    expect(await reader.refusal("data.bars", { ...range, symbol: "B" })).toMatchObject({ code: "not_found" });
  });

  it("are deleted for good, or into the trash", async () => {
    const moved: string[] = [];
    const trash: Trash = { move: (path) => void moved.push(path) };
    for (const [given, trashed] of [
      [null, false],
      [trash, true],
    ] as const) {
      const { host, workspace } = await place({ trash: given });
      const path = join(workspace, "data", "A.csv");
      writeFileSync(path, table(3));
      const reader = readerOf(host);
      expect(await reader.refusal("data.delete", { names: ["A.csv", "../desk.yaml"] })).toMatchObject({
        code: "outside_workspace",
      });
      expect(existsSync(path)).toBe(true);
      expect((await reader.call("data.list", {})).trash).toBe(trashed);
      expect(await reader.call("data.delete", { names: ["A.csv"] })).toEqual({ deleted: ["A.csv"], trashed });
      expect(existsSync(path)).toBe(trashed);
    }
    expect(moved).toHaveLength(1);
  });

  it("in another currency than the account's are refused with the line to write, and leave no session", async () => {
    const { host, workspace } = await place({ trash: null });
    writeFileSync(join(workspace, "data", "USDJPY.csv"), table(90));
    const desk = [
      "broker: { currency: USD, cash: 1000 }",
      "feed: { kind: replay, files: [data/USDJPY.csv] }",
      "strategies:",
      "  - { name: one, module: momentum, symbols: [USDJPY], cadence: 1m }",
      "",
    ];
    writeFileSync(join(workspace, "desk.yaml"), desk.join("\n"));
    const refusal = await readerOf(host).refusal("session.start", { speed: "max" });
    expect(refusal).toMatchObject({ code: "desk_invalid" });
    expect(refusal.message).toContain("Write fx: { JPY: 1/USDJPY }");
    expect(existsSync(join(workspace, "sessions")) ? readdirSync(join(workspace, "sessions")) : []).toEqual([]);
  });

  it("run under the built-in strategies, and their sessions are deleted when they have ended", async () => {
    const { host, workspace } = await place({ trash: null });
    writeFileSync(join(workspace, "data", "ACME.csv"), table(90));
    const reader = readerOf(host);
    expect(await reader.refusal("session.start", { bars: ["../x.csv"] })).toMatchObject({ code: "outside_workspace" });
    const { id } = await reader.call("session.start", { bars: ["ACME.csv"], speed: "max" });
    const folder = join(workspace, "sessions", id);
    expect(readFileSync(join(folder, "session.json"), "utf8")).toContain("ACME");
    if (host.sessionRunning())
      expect(await reader.refusal("sessions.delete", { ids: [id] })).toMatchObject({ code: "session_busy" });
    await reader.call("session.stop", { operator: "ada" });
    expect(await reader.refusal("sessions.delete", { ids: [id, "missing"] })).toMatchObject({ code: "no_session" });
    expect(existsSync(folder)).toBe(true);
    expect(await reader.call("sessions.delete", { ids: [id] })).toEqual({ deleted: [id], trashed: false });
    expect(existsSync(folder)).toBe(false);
    expect(existsSync(join(workspace, "sessions", "latest"))).toBe(false);
  });
});

describe("a profile", () => {
  it("keeps the answers that were given, is taken for another file, and is not written over without a word", async () => {
    const { host, workspace } = await place({ trash: null });
    const reader = readerOf(host);
    const options = { dateFormat: "DD/MM/YYYY", timeZone: "Europe/London", adjusted: true };
    expect(await reader.call("data.profiles", {})).toEqual({ profiles: [] });
    expect(await reader.call("data.saveProfile", { name: "vendor", options, overwrite: false })).toEqual({
      file: "vendor.import.yaml",
    });
    const again = { name: "vendor", options: { stamp: "close" }, overwrite: false } as const;
    expect(await reader.refusal("data.saveProfile", again)).toMatchObject({ detail: { rule: "exists" } });
    expect(await reader.refusal("data.saveProfile", { ...again, name: "../x" })).toMatchObject({
      code: "invalid_input",
    });
    expect(readFileSync(join(workspace, "data", "vendor.import.yaml"), "utf8")).toContain("Europe/London");
    expect(await reader.call("data.profiles", {})).toEqual({ profiles: ["vendor"] });
    const source = await upload(reader, "ACME.csv", AMBIGUOUS);
    const asked = await reader.call("data.preview", { source, options: {} });
    expect(asked.unreadable?.question?.about).toBe("date_order");
    const read = await reader.call("data.preview", { source, options: { profile: "vendor" } });
    expect(read.unreadable).toBeNull();
    expect(read.files[0]?.timeZone).toBe("Europe/London");
    const lost = await reader.call("data.preview", { source, options: { profile: "vender" } });
    expect(lost.unreadable?.message).toContain("did you mean vendor?");
  });

  it("finds the symbol in a file's name", async () => {
    const { host } = await place({ trash: null });
    const reader = readerOf(host);
    const source = await upload(reader, "x-ACME-final.csv", table(3));
    const { series } = await reader.call("data.preview", { source, options: { symbolPattern: "x-{symbol}-*.csv" } });
    expect(series.map(({ symbol }) => symbol)).toEqual(["ACME"]);
  });
});
