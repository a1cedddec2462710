/** What `--json` prints: moments and amounts as text, everything else as it is. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { machineValue } from "../../src/cli/common/machine-json.ts";
import { parseMoment } from "../../src/shared/time.ts";

describe("values of --json", () => {
  it("have moments as ISO 8601 text that reads as the same moment", () => {
    const moments = fc.integer({ min: 1e14, max: 7e15 });
    fc.assert(
      fc.property(moments, fc.constantFrom("at", "startedAt", "lastAt", "timestamp", "cooldownUntil"), (at, name) => {
        const { [name]: text } = machineValue({ [name]: at }) as Record<string, unknown>;
        expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00$/);
        expect(parseMoment(text as string)).toBe(at);
      }),
      { seed: 20261127 },
    );
  });

  it("have amounts as decimal text without an exponent, and every digit of them", () => {
    const amounts = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 });
    fc.assert(
      fc.property(amounts, fc.constantFrom("price", "quantity", "fees"), (amount, name) => {
        const { [name]: text } = machineValue({ [name]: amount }) as Record<string, unknown>;
        expect(text).toMatch(/^-?\d+(?:\.\d+)?$/);
        expect(Number(text) === amount).toBe(true);
      }),
      { seed: 20261127 },
    );
    expect(machineValue({ price: 1.2e-7, quantity: 3 })).toEqual({ price: "0.00000012", quantity: "3" });
  });

  it("keep keys, counts, shares, durations and texts", () => {
    const value = {
      orders: 3,
      open: 2,
      first: 7,
      duration: 180_000_000,
      cadence: 3_153_600_000_000_000,
      lagMs: 0.5,
      skipRate: 0.01,
      equityEnd: "989546.99",
      when: "2026-01-05T14:31:00+00:00",
      nothing: null,
    };
    expect(machineValue(value)).toEqual(value);
    expect(Object.keys(machineValue(value) as object)).toEqual(Object.keys(value));
  });

  it("reach into lists and bars", () => {
    const bar = { at: 1_767_623_460_000_000, open: 1, high: 2, low: 0.5, close: 1.5, volume: 10 };
    expect(machineValue({ bars: [bar] })).toEqual({
      bars: [{ at: "2026-01-05T14:31:00+00:00", open: "1", high: "2", low: "0.5", close: "1.5", volume: "10" }],
    });
  });
});
