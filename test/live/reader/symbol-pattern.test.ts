/** Where the symbol is in the name of a file, as a person writes it. */
import { describe, expect, it } from "vitest";
import { symbolByPattern } from "../../../src/live/reader/layout/file-name.ts";

describe("a pattern for the symbol in a file's name", () => {
  it.each([
    ["{symbol}_5min_*.csv", "aapl_5min_2024.csv", "AAPL"],
    ["{symbol}_5min_*", "folder/BTC-USDT_5min_2024.csv.gz", "BTC-USDT"],
    ["*_{symbol}", "vendor_x_ES.txt", "X_ES"],
    ["bars (1).{symbol}.csv", "bars (1).A.B.csv", "A.B"],
    ["{symbol}_5min_*.csv", "AAPL_1min_2024.csv", null],
    ["x{symbol}", "x", null],
  ])("%s of %s", (pattern, name, symbol) => {
    expect(symbolByPattern(pattern, name)).toBe(symbol);
  });
});
