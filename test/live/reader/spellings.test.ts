/** One generated table in every spelling that is supported: the bars are the same. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { formatMoment, MINUTE, type Moment } from "../../../src/shared/time.ts";
import { importOne, rowsOf } from "./sources.ts";
import { zipOf } from "./zip.ts";

interface Row {
  readonly at: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

const DAY = Date.UTC(2024, 1, 13) * 1_000;

/** Bars of one day on whole minutes, in cents, so that every spelling can write them. */
const tables = fc.uniqueArray(fc.integer({ min: 0, max: 1_438 }), { minLength: 1, maxLength: 20 }).chain((minutes) =>
  fc.tuple(
    ...minutes
      .toSorted((a, b) => a - b)
      .map((minute) =>
        fc
          .tuple(fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 4, maxLength: 4 }), fc.nat(1_000_000))
          .map(([prices, volume]): Row => {
            const [low, open, close, high] = prices.toSorted((a, b) => a - b).map((price) => price / 100) as [
              number,
              number,
              number,
              number,
            ];
            return { at: DAY + minute * MINUTE, open, high, low, close, volume };
          }),
      ),
  ),
);

const clock = (at: number): string => formatMoment(at as Moment).slice(11, 19);
const prices = ({ open, high, low, close, volume }: Row): string => [open, high, low, close, volume].join(",");
const table =
  (head: string, line: (row: Row) => string, end = "\n") =>
  (rows: readonly Row[]) =>
    [head, ...rows.map(line), ""].join(end);

const SPELLINGS: Readonly<Record<string, (rows: readonly Row[]) => { data: string | Uint8Array; name?: string }>> = {
  logos: (rows) => ({
    data: table(
      "dt,open,high,low,close,volume,symbol",
      (row) => `${formatMoment(row.at as Moment)},${prices(row)},ABCUSD`,
    )(rows),
  }),
  "seconds, with a BOM": (rows) => ({
    data: `\ufeff${table("Timestamp,Open,High,Low,Close,Volume", (row) => `${row.at / 1e6},${prices(row)}`)(rows)}`,
  }),
  "milliseconds with decimals": (rows) => ({
    data: table("open_time,open,high,low,close,volume", (row) => `${row.at / 1e3}.0,${prices(row)}`)(rows),
  }),
  "microseconds, other order": (rows) => ({
    data: table(
      "V;C;O;L;H;T",
      (row) => [row.volume, row.close, row.open, row.low, row.high, row.at].join(";"),
      "\r\n",
    )(rows),
  }),
  "date and time in quotes": (rows) => ({
    data: table('"DATE","TIME","LOW","HIGH","OPEN","CLOSE","VOL"', (row) =>
      ["13/02/2024", clock(row.at), row.low, row.high, row.open, row.close, row.volume]
        .map((cell) => `"${cell}"`)
        .join(","),
    )(rows),
  }),
  gzip: (rows) => ({
    data: gzipSync(
      table("date,open,high,low,close,volume", (row) => `2024-02-13 ${clock(row.at)},${prices(row)}`)(rows),
    ),
    name: "ABCUSD.csv.gz",
  }),
  zip: (rows) => ({
    data: zipOf([
      {
        name: "a/ABCUSD.csv",
        data: table("dt,o,h,l,c,v", (row) => `2024-02-13T${clock(row.at)}Z,${prices(row)}`)(rows),
      },
    ]),
    name: "x.zip",
  }),
  lean: (rows) => ({
    data: zipOf([
      {
        name: "20240213_abcusd_minute_trade.csv",
        data: rows.map((row) => `${(row.at - DAY) / 1e3},${prices(row)}`).join("\n"),
      },
    ]),
    name: "crypto_20240213_trade.zip",
  }),
  trades: (rows) => ({
    data: table("time,price,amount", (row) =>
      [row.open, row.high, row.low, row.close]
        .map((price, index) => `${row.at + index},${price},${index === 0 ? row.volume : 0}`)
        .join("\n"),
    )(rows),
  }),
};

it.each(Object.entries(SPELLINGS))("%s", async (_, spell) => {
  await fc.assert(
    fc.asyncProperty(tables, async (rows) => {
      const { data, name } = spell(rows);
      const imported = await importOne(data, { interval: MINUTE }, name ?? "abcusd.csv");
      expect(imported.files.map(({ refusedTotal, bars }) => [refusedTotal, bars])).toEqual([[0, rows.length]]);
      expect(imported.tables.map(({ symbol }) => symbol)).toEqual(["ABCUSD"]);
      expect(rowsOf(imported.tables[0]!)).toEqual(
        rows.map(({ at, open, high, low, close, volume }) => [at + MINUTE, open, high, low, close, volume]),
      );
    }),
    { numRuns: 30 },
  );
});
