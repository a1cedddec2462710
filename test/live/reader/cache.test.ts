/** What is kept of a file from the use before: the same tables and words as reading it, and nothing at all where it does not fit. */
import { mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dataFiles } from "../../../src/live/feed/data-files.ts";
import { openCached, openSource } from "../../../src/live/feed/factory.ts";
import { OF_ONE_MAX } from "../../../src/live/reader/cache-beside.ts";
import { importBars, type Imported, type ImportOptions, type ImportSource } from "../../../src/live/reader/index.ts";
import { codeOfMoments, codeOfNumbers, packed, unpacked } from "../../../src/live/reader/table/packed-column.ts";
import { bytesSource, type SourceCache } from "../../../src/live/reader/table/byte-source.ts";
import { removeCaches } from "../../../src/store/index.ts";
import { bytesOf } from "./sources.ts";

/** A cache in memory that counts what it gave, and may be spoiled. */
class Kept implements SourceCache {
  readonly places = new Map<string, Uint8Array>();
  loads = 0;
  load = (place: string) => {
    const found = this.places.get(place);
    if (found === undefined) return null;
    this.loads++;
    return bytesSource(found.slice());
  };
  save = (place: string, bytes: Iterable<Uint8Array>) => {
    const pieces = Array.from(bytes, (piece) => Buffer.from(piece));
    if (pieces.length > 0) this.places.set(place, new Uint8Array(Buffer.concat(pieces)));
  };
}

const plain = (imported: Imported): unknown =>
  JSON.parse(
    JSON.stringify(imported, (_, value: unknown) =>
      value instanceof Map ? [...value] : ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value,
    ),
  );

const price = fc.oneof(
  fc.integer({ min: 1, max: 99_999 }).map((cents) => (cents / 100).toFixed(2)),
  fc.integer({ min: 1, max: 99_999 }).map((units) => `0.00000${String(units).padStart(8, "0")}`),
  fc.constantFrom("1", "123456789.123456789123", "9e-06", "x", "", "-1"),
);
const row = fc
  .tuple(fc.nat(40), price, price, fc.constantFrom("A", "B"), fc.constantFrom("10", "", "1.5", "123456789012"))
  .map(([minute, a, b, symbol, volume]) => {
    const time = new Date(Date.UTC(2024, 9, 27, 0, minute * 7)).toISOString().slice(0, 16).replace("T", " ");
    const [low, high] = Number(a) <= Number(b) ? [a, b] : [b, a];
    return `${time},${low},${high},${low},${high},${volume},${symbol}`;
  });
const text = fc
  .array(row, { minLength: 1, maxLength: 20 })
  .map((rows) => `${["time,open,high,low,close,volume,symbol", ...rows].join("\n")}\n`);
const options: fc.Arbitrary<ImportOptions> = fc.constantFrom(
  {},
  { timeZone: "Europe/Berlin" },
  { resample: 3_600_000_000 as never, interval: 60_000_000 as never },
  { symbols: ["A"] },
);

async function outcome(sources: readonly ImportSource[], asked: ImportOptions): Promise<unknown> {
  try {
    return plain(await importBars(sources, asked));
  } catch (error) {
    return String(error);
  }
}

describe("a cache", () => {
  it("gives what reading gives, for any files, whole or broken", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 3 }),
        options,
        fc.nat(),
        async (texts, asked, place) => {
          const cache = new Kept();
          const bare = texts.map((one, index) => ({ name: `f${index}.csv`, bytes: bytesOf(one) }));
          const cached = bare.map((source) => ({ ...source, cache }));
          const expected = await outcome(bare, asked);
          expect(await outcome(cached, asked)).toEqual(expected);
          expect(await outcome(cached, asked)).toEqual(expected);
          expect(cache.loads).toBe(cache.places.size);
          for (const bytes of cache.places.values()) {
            const at = place % bytes.length;
            bytes[at] = (bytes[at] as number) ^ (1 << (place % 8));
          }
          expect(await outcome(cached, asked)).toEqual(expected);
          for (const [key, bytes] of cache.places) cache.places.set(key, bytes.slice(0, place % bytes.length));
          expect(await outcome(cached, asked)).toEqual(expected);
        },
      ),
      { seed: 11, numRuns: 60 },
    );
  });

  it("is of these bytes, this name and these options alone", async () => {
    const cache = new Kept();
    const rows = (close: number): string =>
      `dt,open,high,low,close,volume\n2024-01-02 00:00,1,9,1,${close},5\n2024-01-03 00:00,1,9,1,2,5\n`;
    const read = async (close: number, name = "A.csv", asked: ImportOptions = {}) => {
      const { tables } = await importBars([{ name, bytes: bytesOf(rows(close)), cache }], asked);
      return [tables[0]?.symbol, tables[0]?.close[0], tables[0]?.at[0]];
    };
    const first = await read(3);
    expect(await read(4)).toEqual([first[0], 4, first[2]]);
    expect((await read(4, "B.csv"))[0]).toBe("B");
    expect((await read(4, "A.csv", { timeZone: "America/New_York" }))[2]).not.toBe(first[2]);
    expect(await read(3)).toEqual(first);
  });

  it("keeps every number of a column bit for bit", () => {
    const number = fc.oneof(
      fc.double({ noNaN: true }),
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 }).map((value) => value / 100),
      fc.integer({ min: 0, max: 2 ** 40 }).map((value) => value * 60_000_000),
    );
    fc.assert(
      fc.property(fc.array(number, { maxLength: 50 }), (list) => {
        const values = Float64Array.from(list);
        for (const code of [codeOfNumbers(values), codeOfMoments(values)]) {
          const back = new Float64Array(values.length);
          for (const piece of packed(values, code)) unpacked(new Uint8Array(piece), code, back, 0);
          expect(back).toEqual(values);
        }
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});

describe("a cache beside its file", () => {
  let folder = "";
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "logos-cache-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, close = 2): string => {
    const path = join(folder, name);
    const row = (index: number): string =>
      `${new Date(1_700_000_040_000 + index * 60_000).toISOString()},1.5,9,1,${close},${index}\n`;
    writeFileSync(
      path,
      `dt,open,high,low,close,volume\n${Array.from({ length: 26_000 }, (_, index) => row(index)).join("")}`,
    );
    return path;
  };
  const cachesIn = (): string[] => {
    const found = statSync(join(folder, ".logos-cache"), { throwIfNoEntry: false });
    return found === undefined ? [] : readdirSync(join(folder, ".logos-cache"));
  };
  const read = async (path: string, asked: ImportOptions = {}) => plain(await importBars([openCached(path)], asked));

  it("is written by the first use, read by the second, and no market data", async () => {
    const path = write("ACME.csv");
    const bare = plain(await importBars([openSource(path)]));
    expect(await read(path)).toEqual(bare);
    const [name = ""] = cachesIn();
    expect(name).toMatch(/^ACME\.csv\.[0-9a-f]{16}\.bars$/);
    const kept = readFileSync(join(folder, ".logos-cache", name));
    expect(await read(path)).toEqual(bare);
    expect(readFileSync(join(folder, ".logos-cache", name))).toEqual(kept);
    expect(kept.length).toBeLessThan(statSync(path).size);
    for (const pattern of [folder, "*", "**/*.csv"]) expect(dataFiles(pattern, folder)).toEqual([path]);
  });

  it("notices a file of another content whose size and time are the same", async () => {
    const path = write("ACME.csv", 2);
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    await read(path);
    write("ACME.csv", 3);
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    const { tables } = await importBars([openCached(path)]);
    expect(tables[0]?.close[0]).toBe(3);
    expect(cachesIn()).toHaveLength(1);
  });

  it("is one for each way of reading, a few at most, and goes with its file", async () => {
    const [path, other] = [write("ACME.csv"), write("ACME.csv.txt")];
    await read(other);
    for (const hour of [1, 2, 3, 4, 5, 6]) await read(path, { timeZone: `Etc/GMT+${hour}` });
    expect(cachesIn()).toHaveLength(OF_ONE_MAX + 1);
    removeCaches(path);
    expect(cachesIn()).toHaveLength(1);
    rmSync(other);
    await read(path);
    expect(cachesIn().map((name) => name.slice(0, 9))).toEqual(["ACME.csv."]);
    expect(cachesIn()).toHaveLength(1);
  });

  it("is left out where none can be written, and never read through a link", async () => {
    const path = write("ACME.csv");
    writeFileSync(join(folder, ".logos-cache"), "no folder");
    const bare = await read(path);
    expect(await read(path)).toEqual(bare);
    rmSync(join(folder, ".logos-cache"));
    const outside = mkdtempSync(join(tmpdir(), "logos-outside-"));
    symlinkSync(outside, join(folder, ".logos-cache"));
    expect(await read(path)).toEqual(bare);
    expect(readdirSync(outside)).toEqual([]);
    rmSync(outside, { recursive: true });
  });

  it("is not made of a short file, nor of one that cannot be read", async () => {
    const path = join(folder, "SHORT.csv");
    writeFileSync(path, "dt,open,high,low,close,volume\n2024-01-02 00:00,1,2,1,2,5\n");
    await read(path);
    const long = join(folder, "LONG.csv");
    writeFileSync(long, `a,b\n${"1,2\n".repeat(400_000)}`);
    await expect(read(long)).rejects.toThrow("LONG.csv");
    mkdirSync(join(folder, "sub"));
    expect(cachesIn()).toEqual([]);
  });
});
