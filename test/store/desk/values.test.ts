/** Values: writing one and reading it again, and words that are near. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimal } from "../../../src/shared/decimal.ts";
import { DAY, duration, formatDuration, MICROSECOND, parseDuration } from "../../../src/shared/time.ts";
import type { Duration } from "../../../src/shared/time.ts";
import { editDistance, nearest } from "../../../src/store/desk/index.ts";
import { amount, number, orNone, readValue, seconds, span, timeZone } from "../../../src/store/desk/text/values.ts";

const spans = fc.oneof(
  fc.integer({ min: 1, max: 1_000 * DAY }),
  fc.integer({ min: 1, max: 1_000 }).map((days) => days * DAY),
  fc.integer({ min: 1, max: 10_000 }).map((size) => size * 1_000_000),
);

describe("durations", () => {
  it("are the same after writing and reading", () => {
    fc.assert(
      fc.property(spans, (size) => {
        const kind = span(MICROSECOND);
        expect(readValue(kind, kind.write(duration(size)))).toEqual({ value: size });
        expect(parseDuration(formatDuration(duration(size)))).toBe(size);
      }),
    );
  });

  it("keep their bounds, both of them included", () => {
    const kind = span(duration(5), duration(10));
    expect(["4us", "5us", "10us", "11us"].map((text) => readValue(kind, text)?.value ?? null)).toEqual([
      null,
      5,
      10,
      null,
    ]);
  });

  it("as seconds are numbers", () => {
    const kind = seconds(0, 100);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000 }), (micros) => {
        expect(readValue(kind, kind.write(micros as Duration))).toEqual({ value: micros });
      }),
    );
    expect(readValue(kind, "")).toBeNull();
    expect(readValue(kind, "100.000001")).toBeNull();
  });
});

describe("amounts", () => {
  it("are exact, however many digits there are", () => {
    const digits = fc.stringMatching(/^[0-9]{1,14}$/);
    fc.assert(
      fc.property(digits, digits, (left, right) => {
        const read = readValue(amount({ zero: true }), `${left}.${right}`);
        expect(read === null ? null : decimal(read.value).equals(decimal(`${left}.${right}`))).toBe(true);
        expect(read?.value).not.toMatch(/e|^0\d/);
      }),
    );
  });

  it("above 0 are above 0", () => {
    for (const zero of ["0", "0.00", "00"]) expect(readValue(amount({ zero: false }), zero)).toBeNull();
    expect(readValue(amount({ zero: false }), "0.01")).toEqual({ value: "0.01" });
  });
});

describe("other kinds", () => {
  it("read no number from what only looks like one", () => {
    for (const text of ["", " ", "0x10", "1_000", "NaN", "Infinity", "1e999", "--1", "1.2.3", "١"])
      expect(readValue(number({}), text), text).toBeNull();
  });

  it("take none for nothing, and an empty text for neither", () => {
    const kind = orNone(number({ min: 0 }));
    expect(["none", "null", "3", "", "nil"].map((text) => readValue(kind, text))).toEqual([
      { value: null },
      { value: null },
      { value: 3 },
      null,
      null,
    ]);
    expect(readValue(kind, kind.write(null))).toEqual({ value: null });
  });

  it("know time zones", () => {
    expect(readValue(timeZone, "Europe/Berlin")).toEqual({ value: "Europe/Berlin" });
    expect(readValue(timeZone, "Mars/Olympus")).toBeNull();
  });
});

/** The distance by its definition: restricted edits, with every choice tried. */
function naive(one: string, other: string): number {
  if (one === "" || other === "") return one.length + other.length;
  const tries = [
    naive(one.slice(1), other) + 1,
    naive(one, other.slice(1)) + 1,
    naive(one.slice(1), other.slice(1)) + (one[0] === other[0] ? 0 : 1),
  ];
  if (one.length > 1 && one[0] === other[1] && one[1] === other[0]) tries.push(naive(one.slice(2), other.slice(2)) + 1);
  return Math.min(...tries);
}

describe("nearness", () => {
  it("is the number of edits", () => {
    const word = fc.stringMatching(/^[abc]{0,6}$/);
    fc.assert(
      fc.property(word, word, (one, other) => {
        expect(editDistance(one, other)).toBe(naive(one, other));
      }),
    );
  });

  it("offers the nearest, whatever its case, and nothing that is far", () => {
    expect(nearest("maxNotional", ["max_position", "max_notional"])).toBe("max_notional");
    expect(nearest("cadance", ["cadence", "group"])).toBe("cadence");
    expect(nearest("zebra", ["cadence", "group"])).toBeNull();
    expect(nearest("x".repeat(65), ["x".repeat(64)])).toBeNull();
  });
});
