/**
 * Moments and durations as files and people write them.
 *
 * 1. Writing and reading again is the identity; what is no date is refused, never bent into one.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  durationText,
  formatDuration,
  formatMoment,
  moment,
  momentOf,
  parseDuration,
  parseMoment,
  type Duration,
} from "../../src/shared/time.ts";

/** Every moment that an integer holds exactly. */
const moments = fc.maxSafeInteger().map((micros) => moment(micros));

describe("moments", () => {
  it("are written and read back equal", () => {
    fc.assert(fc.property(moments, (at) => parseMoment(formatMoment(at)) === at));
  });

  it("are written as the system's own dates are", () => {
    fc.assert(
      fc.property(moments, (at) => {
        const iso = new Date(Math.floor(at / 1_000)).toISOString();
        expect(formatMoment(at).slice(0, 19)).toBe(iso.slice(0, 19));
      }),
    );
  });

  it("show six decimals when the microseconds are not zero, and none otherwise", () => {
    expect(formatMoment(moment(1_704_101_580_000_000))).toBe("2024-01-01T09:33:00+00:00");
    expect(formatMoment(moment(1_704_101_580_001_000))).toBe("2024-01-01T09:33:00.001000+00:00");
  });

  it.each([
    ["2024-01-01T09:33:00Z", 1_704_101_580_000_000],
    ["2024-01-01T09:33:00", 1_704_101_580_000_000],
    ["2024-01-01 09:33", 1_704_101_580_000_000],
    ["2024-01-01T04:33:00-05:00", 1_704_101_580_000_000],
    ["2024-01-01T15:03:00+0530", 1_704_101_580_000_000],
    ["2024-01-01T09:33:00.5+00:00", 1_704_101_580_500_000],
    ["2024-01-01T09:33:00.1234567Z", 1_704_101_580_123_456],
    ["2024-01-01", 1_704_067_200_000_000],
  ])("read %s", (text, expected) => {
    expect(parseMoment(text)).toBe(expected);
  });

  it.each([
    "",
    "now",
    "2024-02-30",
    "2023-02-29T00:00:00Z",
    "2024-13-01",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:60:00Z",
    "24-01-01",
    "9999-01-01",
  ])("refuse %j", (text) => {
    expect(parseMoment(text)).toBeNull();
  });

  it("refuse what is no whole number of microseconds", () => {
    expect(() => moment(0.5)).toThrow(RangeError);
    expect(() => moment(Number.NaN)).toThrow(RangeError);
  });

  it("know the calendar", () => {
    expect(momentOf(2000, 2, 29)).not.toBeNull();
    expect(momentOf(1900, 2, 29)).toBeNull();
    expect(momentOf(2024, 0, 1)).toBeNull();
  });
});

describe("durations", () => {
  it("are written and read back equal", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_400_000_000_000 }), (micros) => {
        expect(parseDuration(formatDuration(micros as Duration))).toBe(micros);
      }),
    );
  });

  it.each([
    [0, "0s"],
    [1, "less than 1ms"],
    [60_999, "60ms"],
    [12_570_000, "12.5s"],
    [900_000_000, "15m"],
    [961_550_248, "16m 1s"],
    [2_700_000_000 + 10_700_000, "45m 10s"],
    [7_200_000_000, "2h"],
    [3 * 86_400_000_000 + 5 * 3_600_000_000 + 59_000_000, "3d 5h"],
    [-961_550_248, "-16m 1s"],
  ])("of %i microseconds are read by people as %s", (micros, text) => {
    expect(durationText(micros as Duration)).toBe(text);
  });

  it.each([
    ["500ms", 500_000],
    ["30s", 30_000_000],
    ["15m", 900_000_000],
    ["1.5h", 5_400_000_000],
    ["250us", 250],
    ["2d", 172_800_000_000],
  ])("read %s", (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each(["", "30", "s", "-5s", "1e3s", "5 weeks", "1001d"])("refuse %j", (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});
