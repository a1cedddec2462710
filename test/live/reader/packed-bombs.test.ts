/**
 * Small Parquet and Arrow files that claim, or unpack to, gigabytes: each is refused by its name, and no more than a limit is kept.
 */
import { Buffer } from "node:buffer";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { createRequire } from "node:module";
import {
  CompressionType,
  getCompressionCodec,
  setCompressionCodec,
  tableFromArrays,
  tableToIPC,
} from "@uwdata/flechette";
import { describe, expect, it } from "vitest";
import { arrowText } from "../../../src/live/reader/formats/arrow.ts";
import { parquetText } from "../../../src/live/reader/formats/parquet.ts";
import { TableText } from "../../../src/live/reader/formats/table-text.ts";
import { parquetOf } from "./packed-tables.ts";

const MEGABYTE = 1024 * 1024;
const ZEROS = new Uint8Array(64 * MEGABYTE);
const NONE = 0;
const CODECS: readonly (readonly [name: string, codec: number, pack: (bytes: Uint8Array) => Uint8Array])[] = [
  ["gzip", 2, (bytes) => gzipSync(bytes)],
  ["Brotli", 4, (bytes) => brotliCompressSync(bytes, { params: { 1: 2 } })],
  ["Zstandard", 6, (bytes) => zstdCompressSync(bytes)],
];

/** What was refused, and by how many bytes the process's buffers grew meanwhile. */
async function refusal(read: () => Promise<unknown>): Promise<{ readonly code: string; readonly message: string }> {
  const before = process.memoryUsage().arrayBuffers;
  const error: unknown = await read().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * MEGABYTE);
  if (!(error instanceof Error)) throw new Error("It was read.");
  return { code: String((error as { code?: unknown }).code), message: error.message };
}

describe("Parquet", () => {
  const values = (count: number): Uint8Array => new Uint8Array(8 * count).fill(1);

  it.each(CODECS)(
    "packed by %s is read as before, and refused where a page claims gigabytes",
    async (_name, codec, pack) => {
      const page = { packed: pack(values(3)), claimedBytes: 24, claimedValues: 3, codec, rows: 3 };
      expect((await parquetText("a.parquet", parquetOf(page))).toString()).toMatch(/^close\n(\d+\n){3}$/);
      const claims = parquetOf({ ...page, claimedBytes: 2_000_000_000 });
      const { code, message } = await refusal(() => parquetText("a.parquet", claims));
      expect([code, message]).toEqual([
        "too_large",
        expect.stringContaining("a.parquet: what is packed in it unpacks to more than 64 MiB"),
      ]);
      // What it claims is little, and what it unpacks to is not.
      const hides = parquetOf({ ...page, packed: pack(ZEROS) });
      expect((await refusal(() => parquetText("a.parquet", hides))).message).toContain("its Parquet cannot be read");
    },
  );

  it.each([1, 5, 7])("with a page of codec %i that claims gigabytes is refused", async (codec) => {
    const page = { packed: new Uint8Array(64), claimedBytes: 2_000_000_000, claimedValues: 1, codec };
    expect(await refusal(() => parquetText("a.parquet", parquetOf(page)))).toMatchObject({ code: "too_large" });
  });

  it.each([
    ["a page of differences of zero", { encoding: 5 }],
    ["a page of a run", { encoding: 8 }],
    ["a negative number", { claimedValues: -1 }],
    ["a dictionary", { dictionary: true }],
  ])("with %s that claims two thousand million values is refused before it is read", async (_what, more) => {
    const packed = new Uint8Array([128, 1, 4, 255, 255, 255, 255, 7, 0, 0, 0, 0, 0, 0, 0, 0]);
    const page = { packed, claimedBytes: packed.length, claimedValues: 2_000_000_000, codec: NONE, ...more };
    const { code, message } = await refusal(() => parquetText("a.parquet", parquetOf(page)));
    expect([code, message]).toEqual(["too_large", expect.stringContaining("an import takes 10000000 rows")]);
  });

  it("that is cut off or whose headers are noise is refused as damaged", async () => {
    const good = parquetOf({ packed: values(3), claimedBytes: 24, claimedValues: 3, codec: NONE, rows: 3 });
    expect((await parquetText("a.parquet", good)).toString()).toMatch(/^close\n/);
    for (let at = 4; at < 20; at++) {
      const noise = Buffer.from(good);
      noise.fill(255, at, at + 6);
      expect((await refusal(() => parquetText("a.parquet", noise))).code).toMatch(/^(data_invalid|too_large)$/);
    }
  });
});

describe("Arrow", () => {
  const lz4 = createRequire(import.meta.url)("lz4js") as { compress(bytes: Uint8Array): Uint8Array };
  const KINDS = [
    ["Zstandard", CompressionType.ZSTD, (bytes: Uint8Array) => zstdCompressSync(bytes)],
    ["LZ4", CompressionType.LZ4_FRAME, (bytes: Uint8Array) => lz4.compress(bytes)],
  ] as const;

  it.each(KINDS)(
    "packed by %s is read, and refused where its buffers unpack to more than a limit",
    async (_name, codec, pack) => {
      const own = getCompressionCodec(codec);
      if (own === null) throw new Error("There is no codec.");
      setCompressionCodec(codec, {
        encode: (bytes: Uint8Array) => new Uint8Array(pack(bytes)),
        decode: (bytes: Uint8Array) => own.decode(bytes),
      });
      try {
        const table = (rows: number, columns: number) =>
          tableToIPC(
            tableFromArrays(
              Object.fromEntries(Array.from({ length: columns }, (_, at) => [`c${at}`, new Float64Array(rows)])),
            ),
            { codec },
          ) as Uint8Array;
        expect((await arrowText("a.feather", Buffer.from(table(2_000, 2)))).toString()).toMatch(/^c0,c1\n0,0\n/);
        // Six columns of 16 MB each, from a few kilobytes: none of them is too large by itself.
        const bomb = Buffer.from(table(2 * MEGABYTE, 6));
        expect(bomb.length).toBeLessThan(MEGABYTE);
        const { code, message } = await refusal(() => arrowText("a.feather", bomb));
        expect([code, message]).toEqual([
          "too_large",
          expect.stringContaining("a.feather: what is packed in it unpacks to more than"),
        ]);
      } finally {
        setCompressionCodec(codec, own);
      }
    },
  );
});

describe("rows as text", () => {
  it("are refused beyond their limit, however small the file was", () => {
    const rows = new TableText("a.arrow", 3 * MEGABYTE);
    const cell = "x".repeat(MEGABYTE);
    expect(() => {
      for (let count = 0; count < 5; count++) rows.row([cell]);
      rows.bytes();
    }).toThrow(/a\.arrow: its rows are more than 3145728 bytes of text/);
  });
});
