/** Bars folded into longer ones: against a naive reading, and where files of different lengths meet. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { importBars } from "../../../src/live/reader/index.ts";
import { duration, MINUTE } from "../../../src/shared/time.ts";
import { bytesOf, failureOf, importOne, rowsOf } from "./sources.ts";

const START = Date.UTC(2024, 0, 2, 9, 30) * 1_000;
const head = "t,o,h,l,c,v\n";

const series = fc.uniqueArray(fc.nat(300), { minLength: 1, maxLength: 60 }).chain((minutes) =>
  fc.tuple(
    fc.constant(minutes.toSorted((a, b) => a - b)),
    fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.nat(50)), {
      minLength: minutes.length,
      maxLength: minutes.length,
    }),
  ),
);

it("have the open of their first bar, the close of their last, and all between", async () => {
  await fc.assert(
    fc.asyncProperty(series, fc.constantFrom(1, 2, 5, 7, 30), async ([minutes, prices], length) => {
      const rows = minutes.map((minute, at) => ({
        at: START + minute * MINUTE,
        price: prices[at]?.[0] as number,
        volume: prices[at]?.[1] as number,
      }));
      const text = rows.map(
        ({ at, price, volume }) => `${at / 1e3},${price},${price + 1},${price - 0.5},${price},${volume}\n`,
      );
      const interval = length * MINUTE;
      const naive = new Map<number, number[]>();
      for (const { at, price, volume } of rows) {
        const close = (Math.floor(at / interval) + 1) * interval;
        const known = naive.get(close);
        if (known === undefined) naive.set(close, [close, price, price + 1, price - 0.5, price, volume]);
        else
          naive.set(close, [
            close,
            known[1] as number,
            Math.max(known[2] as number, price + 1),
            Math.min(known[3] as number, price - 0.5),
            price,
            (known[5] as number) + volume,
          ]);
      }
      const { tables } = await importOne(head + text.join(""), { interval: MINUTE, resample: duration(interval) });
      expect(rowsOf(tables[0]!)).toEqual([...naive.values()]);
    }),
    { seed: 7 },
  );
});

it("let files of different lengths of one symbol meet, and refuse what cannot be folded", async () => {
  const row = (at: string, price: number): string => `2024-01-02 ${at},${price},${price},${price},${price},1\n`;
  const fine = { name: "ABC_a.csv", bytes: bytesOf(head + row("09:00", 1) + row("09:01", 2) + row("09:02", 3)) };
  const coarse = { name: "ABC_b.csv", bytes: bytesOf(head + row("10:00", 4) + row("10:05", 5)) };
  const options = { symbol: "ABC" };
  const apart = await importBars([fine, coarse], options);
  expect(apart.tables.map(({ interval }) => interval)).toEqual([MINUTE, 5 * MINUTE]);
  const { tables } = await importBars([fine, coarse], { ...options, resample: duration(5 * MINUTE) });
  expect(rowsOf(tables[0]!).map((bar) => bar.slice(1))).toEqual([
    [1, 3, 1, 3, 3],
    [4, 4, 4, 4, 1],
    [5, 5, 5, 5, 1],
  ]);
  const failure = await failureOf(importBars([coarse], { ...options, resample: duration(2 * MINUTE) }));
  expect(failure).toMatchObject({ code: "data_invalid", detail: { rule: "resample" } });
});
