/** Instruments: where their fields come from, prices at every tick, rates and corporate actions as people write them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limitOf, marketPrice } from "../../src/live/broker/fill-rules.ts";
import { importBars } from "../../src/live/reader/index.ts";
import { futuresNote, pinInstruments, readActions } from "../../src/live/instruments/index.ts";
import { written } from "../../src/live/risk/reading.ts";
import { Precisions, placesOf } from "../../src/console/projections/precision.ts";
import { csvCell } from "../../src/shared/csv.ts";
import { rateRuleOf } from "../../src/shared/currency.ts";
import { decimal, plain } from "../../src/shared/decimal.ts";
import type { Desk } from "../../src/shared/desk.ts";
import { formatMoment } from "../../src/shared/time.ts";
import { formatNumber } from "../../src/renderer/lib/format.ts";

const deskOf = (more: Partial<Desk> = {}): Desk =>
  ({
    source: "desk.yaml",
    broker: { currency: "USD" },
    feed: { kind: "replay", files: [], symbol: null, timeZone: "UTC", dateFormat: null, symbols: {} },
    ...more,
  }) as unknown as Desk;

async function pinned(name: string, prices: readonly string[], desk: Desk = deskOf(), workspace = {}) {
  const rows = prices.map((price, index) => `${1_704_067_200 + 60 * index},${price},${price},${price},${price},1`);
  const text = `timestamp,open,high,low,close,volume\n${rows.join("\n")}\n`;
  const { tables } = await importBars([{ name: `${name}.csv`, bytes: new TextEncoder().encode(text) }]);
  const { symbols, desk: complete } = pinInstruments(desk, desk.feed as never, tables, workspace);
  const [meta] = Object.values(symbols);
  return { meta: meta as NonNullable<typeof meta>, desk: complete, tables };
}

describe("an instrument", () => {
  it("of the table has its multiplier, tick and currency; another class of assets leaves the table aside", async () => {
    const { meta } = await pinned("ES", ["5000.25", "5001.00"]);
    expect(meta).toMatchObject({ assetClass: "future", multiplier: "50", tickSize: "0.25", currency: "USD" });
    expect(meta.origins).toMatchObject({ multiplier: "built_in", minNotional: "guess" });
    const shares = await pinned("ES", ["5000.25"], deskOf({ instruments: { ES: { assetClass: "equity" } } }));
    expect(shares.meta).toMatchObject({ assetClass: "equity", multiplier: "1", tickSize: "0.01" });
  });

  it("of a bare root is a share where its prices are finer than the future's tick, and else said to be the future", async () => {
    const share = await pinned("ES", ["5000.25", "5000.31"]);
    expect(share.meta).toMatchObject({ assetClass: "equity", multiplier: "1", tickSize: "0.01" });
    expect(futuresNote([share.meta])).toBeNull();
    const future = await pinned("ES", ["5000.25", "5000.50"]);
    expect(futuresNote([future.meta])).toBe(
      "Taken as futures: ES (multiplier 50). If one is a share, write instruments: { ES: { assetClass: equity } } in the desk.",
    );
    expect((await pinned("ESH26", ["5000.25", "5000.31"])).meta.assetClass).toBe("future");
    expect(futuresNote([(await pinned("ESH26", ["5000.25"])).meta])).toBeNull();
  });

  it("takes the desk before the workspace, and that before the table", async () => {
    const desk = deskOf({ instruments: { ES: { multiplier: "25" } } });
    const { meta } = await pinned("ES", ["5000.25"], desk, { ES: { multiplier: "10", feeBps: 2 } });
    expect(meta).toMatchObject({ multiplier: "25", feeBps: 2 });
    expect(meta.origins).toMatchObject({ multiplier: "desk", feeBps: "workspace", tickSize: "built_in" });
  });

  it("whose written tick does not divide the data's prices is refused with both", async () => {
    const desk = deskOf({ instruments: { ABC: { tickSize: "0.25" } } });
    await expect(pinned("ABC", ["10.25", "10.30"], desk)).rejects.toThrow(
      "desk.yaml: the tickSize of ABC is 0.25, and its data has the price 10.3, which is no multiple of it; write tickSize: 0.01",
    );
  });

  it("keeps whole prices of a share apart by cents, and a written precision no coarser than the data", async () => {
    expect((await pinned("N225", ["9", "10"])).meta.assetClass).toBe("equity");
    expect(Number((await pinned("N225", ["9", "10"])).meta.tickSize)).toBeLessThanOrEqual(0.01);
    const desk = deskOf({ instruments: { ABC: { pricePrecision: 2 } } });
    expect((await pinned("ABC", ["9.1234"], desk)).meta.tickSize).toBe("0.0001");
  });

  it("in another currency than the account's is refused with the line to write, and has its rate with it", async () => {
    await expect(pinned("USDJPY", ["150.1"])).rejects.toThrow("Write fx: { JPY: 1/USDJPY }");
    expect((await pinned("USDJPY", ["150.1"], deskOf({ fx: { JPY: "1/USDJPY" } }))).desk.fx).toEqual({
      JPY: "1/USDJPY",
    });
    expect((await pinned("BTCUSDT", ["46000.1"])).desk.fx).toEqual({ USDT: "1" });
    await expect(pinned("USDJPY", ["150.1"], deskOf({ fx: { JPY: "USDJPY" } }))).rejects.toThrow("write for example");
    await expect(pinned("USDJPY", ["150.1"], deskOf({ fx: { JPY: "1/JPYUSD" } }))).rejects.toThrow("does not have");
  });
});

describe("a price from 1e-12 to 1e9", () => {
  const price = fc
    .tuple(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: -12, max: 3 }))
    .map(([digits, exponent]) => decimal(`${digits}e${exponent}`));

  it("is filled, limited, written and shown without losing a digit", async () => {
    await fc.assert(
      fc.asyncProperty(price, fc.boolean(), async (exact, small) => {
        const text = small ? Number(plain(exact)).toExponential() : plain(exact);
        const { meta, tables } = await pinned("XYZUSD", [text]);
        const tick = decimal(meta.tickSize ?? "0");
        const close = tables[0]?.exact?.get(3) ?? tables[0]?.close[0] ?? Number.NaN;
        expect(plain(decimal(close))).toBe(plain(exact));
        for (const isBuy of [true, false]) {
          const still = marketPrice(isBuy, exact, { slippageBps: 0 }, meta, null);
          expect(plain(still)).toBe(plain(exact));
          const moved = marketPrice(isBuy, exact, { slippageBps: 7 }, meta, null);
          const wanted = exact.times(isBuy ? "1.0007" : "0.9993");
          expect(moved.minus(wanted).abs().lte(tick.div(2))).toBe(true);
          expect(moved.isPositive() && !moved.isZero()).toBe(true);
          const limit = limitOf(plain(wanted), decimal(isBuy ? 1 : -1), meta);
          expect(isBuy ? limit.lte(wanted) : limit.gte(wanted)).toBe(true);
          expect(limit.minus(wanted).abs().lt(tick)).toBe(true);
        }
        expect(csvCell(exact.toNumber())).toBe(plain(exact));
        const desk = deskOf({ feed: { kind: "replay", symbols: { XYZUSD: meta } } as never });
        const places = new Precisions(desk).of("XYZUSD").pricePrecision;
        expect(decimal(formatNumber(plain(exact), { places }).replaceAll(",", "")).equals(exact)).toBe(true);
        expect(placesOf(exact.toNumber())).toBeLessThanOrEqual(places);
      }),
      { numRuns: 150, seed: 20_261_127 },
    );
  });

  it("below zero is worse for its taker, too", async () => {
    const { meta } = await pinned("CL", ["-37.63"]);
    expect(meta).toMatchObject({ allowNegativePrices: true, multiplier: "1000" });
    expect(plain(marketPrice(true, decimal("-37.63"), { slippageBps: 100 }, meta, null))).toBe("-37.25");
    expect(plain(marketPrice(false, decimal("-37.63"), { slippageBps: 100 }, meta, null))).toBe("-38.01");
  });
});

describe("a guard's value", () => {
  it.each([
    ["0", "0"],
    ["0.000000012345", "0.00000001"],
    ["0.0000000012345678912", "0.0000000012345679"],
    ["-1.5e-12", "-0.0000000000015"],
    ["123.456789012", "123.45678901"],
  ])("of %s is written as %s: never as nothing where there is something", (value, text) => {
    expect(written(decimal(value))).toBe(text);
  });
});

describe("what people write", () => {
  it.each([
    ["1.27", { kind: "fixed", rate: "1.27" }],
    ["EURUSD", { kind: "price", symbol: "EURUSD" }],
    ["1/USDJPY", { kind: "inverse", symbol: "USDJPY" }],
    ["0", null],
    ["0.00", null],
    ["2/USDJPY", { kind: "price", symbol: "2/USDJPY" }],
    ["", null],
    ["a b", null],
  ])("as a rate, %j is %j", (text, rule) => {
    expect(rateRuleOf(text)).toEqual(rule);
  });

  it("as corporate actions is read with ratios of all spellings, a date being the midnight of its zone", () => {
    const text = "symbol,date,split,dividend\nABC,2020-08-31,4:1,\nABC,2020-09-01,,0.82\nDEF,20200831,1/10,0\n";
    const actions = readActions("actions.csv", text, "America/New_York");
    expect(actions.map(({ symbol, at, ...rest }) => [symbol, formatMoment(at), rest])).toEqual([
      ["ABC", "2020-08-31T04:00:00+00:00", { split: "4" }],
      ["ABC", "2020-09-01T04:00:00+00:00", { dividend: "0.82" }],
      ["DEF", "2020-08-31T04:00:00+00:00", { split: "0.1" }],
    ]);
  });

  it.each([
    ["symbol,date\nABC,2020-08-31\n", "row 1: its columns are"],
    ["symbol,date,split\nABC,2020-08-31,0\n", 'row 2: its split is "0"'],
    ["symbol,date,split\nABC,2020-08-31,-4\n", 'row 2: its split is "-4"'],
    ["symbol,date,split\nABC,2020-08-31,four\n", 'row 2: its split is "four"'],
    ["symbol,date,split\nABC,2020-02-31,4\n", 'row 2: its date is "2020-02-31"'],
    ["symbol,date,dividend\nABC,2020-08-31,-1\n", 'row 2: its dividend is "-1"'],
    ["symbol,date,dividend\n,2020-08-31,1\n", "row 2: it names no symbol"],
    ["symbol,date,dividend\nABC,2020-08-31,\n", "row 2: it has neither"],
  ])("as %j is refused", (text, message) => {
    expect(() => readActions("actions.csv", text, "UTC")).toThrow(message);
  });
});
