/** Random series through random layouts, separators, zones, orders and spellings of numbers: what is read is what was written. */
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReplayFeed } from "../../../src/live/feed/index.ts";
import { importBars, seriesBytes, type BarTable } from "../../../src/live/reader/index.ts";
import { DAY, HOUR, MINUTE, moment } from "../../../src/shared/time.ts";
import { bytesOf, importOne, rowsOf } from "./sources.ts";

interface Bar {
  readonly at: number;
  /** Open, high, low, close as whole multiples of 10^-places. */
  readonly prices: readonly [bigint, bigint, bigint, bigint];
  readonly volume: number;
}

/** A decimal as people write it: with a mark, and thousands apart where asked. */
function spelled(units: bigint, places: number, mark: string, thousands: string): string {
  const digits = String(units).padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, thousands);
  return places === 0 ? whole : `${whole}${mark}${digits.slice(-places)}`;
}

const START = Date.UTC(2024, 2, 4) * 1_000;

const series = fc.record({
  bars: fc.uniqueArray(fc.nat(5_000), { minLength: 2, maxLength: 30 }).chain((minutes) =>
    fc.tuple(
      ...minutes
        .toSorted((a, b) => a - b)
        .map((minute) =>
          fc
            .tuple(fc.array(fc.bigInt({ min: 1n, max: 9_999_999n }), { minLength: 4, maxLength: 4 }), fc.nat(99_999))
            .map(([four, volume]): Bar => {
              const [low, open, close, high] = four.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)) as [
                bigint,
                bigint,
                bigint,
                bigint,
              ];
              return { at: START + minute * MINUTE, prices: [open, high, low, close], volume };
            }),
        ),
    ),
  ),
  places: fc.constantFrom(2, 4, 5),
  separator: fc.constantFrom(",", ";", "\t", "|"),
  decimal: fc.constantFrom(".", ","),
  grouped: fc.boolean(),
  quoted: fc.boolean(),
  order: fc.constantFrom("rising", "falling", "mixed"),
  time: fc.constantFrom("iso", "seconds", "milliseconds", "nanoseconds", "compact", "split", "points"),
  columns: fc.shuffledSubarray(["time", "open", "high", "low", "close", "volume"], { minLength: 6 }),
  end: fc.constantFrom("\n", "\r\n"),
  zone: fc.constantFrom("UTC", "America/New_York", "Asia/Tokyo"),
  repeated: fc.boolean(),
});

const OFFSETS: Readonly<Record<string, number>> = { UTC: 0, "America/New_York": -5 * HOUR, "Asia/Tokyo": 9 * HOUR };

function timeOf(at: number, kind: string, zone: string): string {
  // The series ends before the clocks of New York go forward.
  const text = new Date((at + (OFFSETS[zone] as number)) / 1e3).toISOString();
  const [day, clock] = [text.slice(0, 10), text.slice(11, 19)];
  if (kind === "seconds") return String(at / 1e6);
  if (kind === "milliseconds") return String(at / 1e3);
  if (kind === "nanoseconds") return `${at}000`;
  if (kind === "compact") return `${day.replaceAll("-", "")} ${clock.replaceAll(":", "")}`;
  if (kind === "points") return `${day.slice(8)}.${day.slice(5, 7)}.${day.slice(0, 4)} ${clock}`;
  return `${day} ${clock}`;
}

const NAMES: Readonly<Record<string, string>> = {
  time: "Datetime",
  open: "Open",
  high: "High",
  low: "Low",
  close: "Close",
  volume: "Vol.",
};

describe("a series", () => {
  it("is read back from every spelling", async () => {
    await fc.assert(
      fc.asyncProperty(series, async (made) => {
        const { bars, places, separator, decimal, grouped, quoted, order, time, columns, end, zone } = made;
        const thousands = grouped ? (decimal === "." ? "," : ".") : "";
        const clash = decimal === separator || thousands === separator;
        const cell = (text: string): string => (quoted || clash ? `"${text}"` : text);
        const line = ({ at, prices, volume }: Bar): string => {
          const cells: Record<string, string> = { time: timeOf(at, time, zone), volume: String(volume) };
          for (const [slot, name] of ["open", "high", "low", "close"].entries())
            cells[name] = spelled(prices[slot] as bigint, places, decimal, thousands);
          return columns.map((name) => cell(cells[name] as string)).join(separator);
        };
        const rows = bars.map(line);
        if (order === "falling") rows.reverse();
        if (order === "mixed") rows.push(...rows.splice(0, 1));
        if (made.repeated) rows.push(rows[0] as string);
        const text = [columns.map((name) => cell(NAMES[name] as string)).join(separator), ...rows, ""].join(end);
        const { files, tables } = await importOne(text, {
          timeZone: zone,
          interval: MINUTE,
          decimal,
        });
        expect(files[0]).toMatchObject({ refusedTotal: 0, bars: bars.length, repeated: made.repeated ? 1 : 0 });
        expect(rowsOf(tables[0] as BarTable)).toEqual(
          bars.map(({ at, prices, volume }) => [
            at + MINUTE,
            ...prices.map((units) => Number(spelled(units, places, ".", ""))),
            volume,
          ]),
        );
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it("that is kept is read back the same: digits, opens and closes", async () => {
    const exact = fc.bigInt({ min: 1n, max: 10n ** 20n });
    const row = fc.tuple(fc.nat(400), exact);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(row, { selector: ([at]) => at, minLength: 2, maxLength: 20 }),
        fc.constantFrom("minutes", "days", "months"),
        async (rows, unit) => {
          const lines = rows
            .toSorted((a, b) => a[0] - b[0])
            .map(([step, units], index) => {
              const price = spelled(units, 18, ".", "");
              const days = new Date(Date.UTC(2020, unit === "months" ? index : 0, unit === "days" ? index + 1 : 1))
                .toISOString()
                .slice(0, 10);
              const at = unit === "minutes" ? String(START / 1e6 + step * 60) : days;
              return `${at},${price},${price},${price},${price},${units % 1_000n}`;
            });
          const options = { timeZone: "America/New_York", symbol: "ABC" };
          const first = await importOne(`t,o,h,l,c,v\n${lines.join("\n")}\n`, options);
          const table = first.tables[0] as BarTable;
          const text = [...seriesBytes(table)].map((bytes) => Buffer.from(bytes).toString()).join("");
          const again = await importOne(text, { interval: table.opened ? null : table.interval });
          expect(again.tables[0]).toEqual({ ...table, interval: again.tables[0]?.interval });
          // The feed passes on what a number cannot hold.
          const [event] = createReplayFeed(first).take(moment(table.at[0] as number));
          const price = (lines[0] as string).split(",")[1]?.replace(/\.?0+$/, "");
          if (event?.kind === "bar") expect(event.bar.exact?.open ?? String(event.bar.open)).toMatch(/^\d/);
          expect(table.exact?.get(0) ?? text.split("\n")[1]?.split(",")[1]).toBe(price === "" ? "0" : price);
        },
      ),
      { seed: 5, numRuns: 60 },
    );
  });
});

describe("files of one symbol", () => {
  it("are one series however they are cut, in the hour that the clocks show twice too", async () => {
    // From 04:00Z to 08:00Z of 3 November 2024 the clocks of New York show 00:00 to 01:59, and again 01:00 to 02:59.
    const from = Date.UTC(2024, 10, 3, 4) * 1_000;
    const local = (at: number): string =>
      new Date((at + (at < from + 2 * HOUR ? -4 : -5) * HOUR) / 1e3).toISOString().slice(0, 16).replace("T", " ");
    const line = (index: number): string =>
      `${local(from + index * MINUTE)},${index + 1},${index + 1},${index + 1},${index + 1},1\n`;
    const part = (a: number, b: number) => ({
      name: `ABC_${a}.csv`,
      bytes: bytesOf(`t,o,h,l,c,v\n${Array.from({ length: b - a }, (_, at) => line(a + at)).join("")}`),
    });
    for (const cut of [30, 61, 90, 119, 120, 121, 150, 179, 200]) {
      const { tables, files } = await importBars([part(0, cut), part(cut, 240)], {
        symbol: "ABC",
        timeZone: "America/New_York",
      });
      expect(files.map(({ refusedTotal }) => refusedTotal)).toEqual([0, 0]);
      expect([...(tables[0]?.at ?? [])]).toEqual(Array.from({ length: 240 }, (_, at) => from + (at + 1) * MINUTE));
    }
  });

  it("of days lie in the days of their zone", async () => {
    const days = "Date,Price\n2024-03-08,1\n2024-03-09,2\n2024-03-10,3\n2024-03-11,4\n";
    const { tables } = await importOne(days, { timeZone: "America/New_York" });
    const { at, opened } = tables[0] as BarTable;
    expect([...at].map((close, index) => (close - (opened?.[index] as number)) / HOUR)).toEqual([24, 24, 23, 24]);
    expect(at[0]).toBe(Date.UTC(2024, 2, 9, 5) * 1_000);
    const utc = await importOne(days);
    expect([...(utc.tables[0]?.at ?? [])].map((close) => close % DAY)).toEqual([0, 0, 0, 0]);
  });
});
