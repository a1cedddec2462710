/** Texts of the journal as a trader reads them, held against the exact ones. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { momentIn, readableDuration, readableNumber } from "../../src/renderer/lib/readable.ts";
import { MINUS } from "../../src/shared/text/sentence-text.ts";

const back = (text: string): number => Number(text.replaceAll(",", "").replace(MINUS, "-"));

describe("a readable text", () => {
  it("is as near to its number as five digits are, and short", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (value) => {
        const text = readableNumber(String(value)) ?? "";
        // Below a millionth of its size a number keeps its places.
        expect(Math.abs(back(text) - value)).toBeLessThanOrEqual(Math.max(Math.abs(value) * 1e-4, 1e-30));
        if (Math.abs(value) > 1e-3) expect(text.split(".")[1]?.length ?? 0).toBeLessThanOrEqual(8);
      }),
      { seed: 20_261_127, numRuns: 300 },
    );
  });

  it("keeps what is no noise, and reads moments, durations and nothing else", () => {
    expect(
      ["2.5950253685434563", "-43.35761359694763", "230.3885", "117362.542862", "64562.671234567"].map(readableNumber),
    ).toEqual(["2.595", `${MINUS}43.358`, "230.3885", "117,362.542862", "64,562.67"]);
    expect(momentIn("2026-01-05T14:45:03.469124+00:00")).toBe(Date.UTC(2026, 0, 5, 14, 45, 3, 469) * 1_000);
    expect(readableDuration("1.5s")).toBe("1.5 s");
    for (const text of ["VENUE-9075", "", "14:45", "2026-13-40T99:00:00Z", "1.2.3", "12x"])
      expect([momentIn(text), readableNumber(text), readableDuration(text)]).toEqual([null, null, null]);
  });
});
