/** Numbers in sentences: grouped, with a true minus, and nothing else of the sentence changed. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { amountText, groupDigits, readableSentence } from "../../src/shared/text/sentence-text.ts";

/** A sentence's text without what makes its numbers readable. */
const bare = (text: string): string => text.replaceAll(/[, ]/g, "").replaceAll("−", "-").replaceAll("µs", "us");
const part = fc.oneof(
  fc.constantFrom(
    "AAPL",
    "z",
    "of",
    "±",
    "(",
    ")",
    "%",
    "ROUTER-00000029",
    "1.5s",
    "-250ms",
    "2026-01-05",
    "12:30:00.250",
    "1e-9",
    "mr-2",
  ),
  fc.integer({ min: -10_000_000, max: 10_000_000 }).map(String),
  fc.double({ min: -1e7, max: 1e7, noNaN: true }).map((value) => value.toFixed(3)),
  fc.string({ maxLength: 5 }),
);

describe("a readable sentence", () => {
  it("differs from what was written by commas, minus signs and spaces before units alone, and is readable already", () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const text = parts.join(" ");
        const shown = readableSentence(text);
        expect(bare(shown)).toBe(bare(text));
        expect(readableSentence(shown)).toBe(shown);
      }),
    );
  });

  it("groups every amount as a formatter does", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (value) => {
        const grouped = value.toLocaleString("en-US").replace("-", "−");
        expect(amountText(value)).toBe(grouped);
        expect(readableSentence(`about ${value} shares.`)).toBe(`about ${grouped} shares.`);
        expect(readableSentence(`(${value}.5)`)).toBe(`(${grouped}.5)`);
      }),
    );
  });

  it("leaves ids, names, dates, times, addresses and notes as they are", () => {
    for (const text of [
      "the 8-bar mean",
      "ROUTER-00000029",
      "2026-01-05",
      "2026-01-05T14:30:00Z",
      "mr-2",
      "a - b",
      "1e-9",
      "12:30:05",
      "127.0.0.1:8080",
      "port 8080",
      "v1000.2",
      "Resumed by tr1: “ticket 47110, seen in 2026”",
      "sessions/20260105_1430",
      "fill 900100",
      "1,234,567",
      "BRK2000",
      "order 12345.1",
      "00012345",
    ])
      expect(readableSentence(text)).toBe(text);
  });

  it("has the minus of all numbers, and groups of three", () => {
    expect(readableSentence("z -3.2 is below ±2.2, at (-0.5) of -12 %")).toBe(
      "z −3.2 is below ±2.2, at (−0.5) of −12 %",
    );
    expect(readableSentence("+9000 EURUSD: -12500.25 of 25000, row 12345: the high")).toBe(
      "+9,000 EURUSD: −12,500.25 of 25,000, row 12,345: the high",
    );
    expect(readableSentence("Run 3 had not returned after 1.5s, 250ms or -1200us; in 5m, 12x")).toBe(
      "Run 3 had not returned after 1.5 s, 250 ms or −1,200 µs; in 5m, 12x",
    );
    expect(amountText("-9000.50", true)).toBe("−9,000.5");
    expect([amountText(9000, true), amountText(0, true), amountText("-0")]).toEqual(["+9,000", "0", "0"]);
    expect(groupDigits("1234567.1234567")).toBe("1,234,567.1234567");
    expect(() => amountText("many")).toThrow();
  });
});
