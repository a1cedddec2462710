/** How the views write numbers, times, ages and keys, and what they keep. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toCsv, toJson } from "../../src/renderer/lib/csv.ts";
import {
  ABSENT,
  compareAmounts,
  formatBytes,
  formatMoney,
  formatSmallMoney,
  formatMs,
  formatNumber,
  formatShare,
  plural,
  signOf,
  words,
} from "../../src/renderer/lib/format.ts";
import { isSingleKey, keyLabel, nameOfKey } from "../../src/renderer/lib/keys.ts";
import { parseMarkdown } from "../../src/renderer/lib/markdown.ts";
import { formatAge, formatDateTime, formatRelative, formatSpan, formatTime } from "../../src/renderer/lib/time.ts";

const key = (name: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe("numbers", () => {
  it("writes an absent number as a dash and never as 0", () => {
    for (const value of [null, undefined, "", "no number", Number.NaN, Number.POSITIVE_INFINITY])
      expect(formatNumber(value)).toBe(ABSENT);
    expect(formatShare(null)).toBe(ABSENT);
    expect(formatMs(null)).toEqual({ value: ABSENT, unit: "" });
  });

  it("groups, rounds half to even, and has a true minus", () => {
    expect(formatMoney("100412.865")).toBe("100,412.86");
    expect(formatMoney("-0.256", true)).toBe("−0.26");
    expect(formatMoney(412.8, true)).toBe("+412.80");
    expect(formatNumber("1234567")).toBe("1,234,567");
    expect(formatNumber("0.000000012345")).toBe("0.000000012345");
  });

  it("has no sign on a zero, however it came to be one", () => {
    expect(formatMoney("-0.001", true)).toBe("0.00");
    const small = ["0.0034", "0.5", "0.012345", "0.00000004123", "12.3", "0", "0.000000000001"].map((value) =>
      formatSmallMoney(value),
    );
    expect(small).toEqual(["0.0034", "0.50", "0.012", "0.00000004", "12.30", "0.00", "0.00000000"]);
    expect(formatSmallMoney(null)).toBe(ABSENT);
    expect(signOf("-0")).toBe(0);
  });

  it("keeps every digit of an exact amount", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (value) => {
        const text = formatNumber(value.toString());
        expect(BigInt(text.replaceAll(",", "").replace("−", "-"))).toBe(value);
      }),
    );
  });

  it("compares by value, with what is absent last", () => {
    expect(["10", null, "9.5", "-3"].toSorted(compareAmounts)).toEqual(["-3", "9.5", "10", null]);
  });

  it("chooses units that are read at once", () => {
    expect(formatMs(41.234)).toEqual({ value: "41.2", unit: "ms" });
    expect(formatMs(1_250)).toEqual({ value: "1.25", unit: "s" });
    expect(formatBytes(999)).toBe("999 B");
    expect(formatBytes(48_120)).toBe("48 kB");
    expect(plural(1, "order")).toBe("1 order");
    expect(plural(24, "strategy", "strategies")).toBe("24 strategies");
    expect(words("unknown_fill")).toBe("Unknown fill");
  });
});

describe("times", () => {
  const at = Date.UTC(2026, 10, 23, 14, 52, 8, 300) * 1_000;

  it("writes a moment with milliseconds in UTC", () => {
    expect(formatDateTime(at, "utc")).toBe("2026-11-23 14:52:08.300");
    expect(formatTime(at + 999, "utc")).toBe("14:52:08.300");
    expect(formatTime(null, "utc")).toBe(ABSENT);
  });

  it("writes ages and durations", () => {
    expect(formatAge(300_000)).toBe("0.3 s");
    expect(formatAge(245e6)).toBe("4 min 05 s");
    expect(formatAge(11_520e6)).toBe("3 h 12 min");
    expect(formatAge(-1.5e6)).toBe("−1.5 s");
    expect(formatSpan(900e6)).toBe("15 min");
    expect(formatSpan(500e3)).toBe("500 ms");
    expect(formatRelative(at, at + 12e6)).toBe("12.0 s ago");
    expect(formatRelative(at, at - 3.2e6)).toBe("in 3.2 s");
    expect(formatRelative(at, at)).toBe("now");
  });
});

describe("keys", () => {
  it("names Shift for letters, and not for signs that need it", () => {
    expect(nameOfKey(key("H", { shiftKey: true }))).toBe("shift+h");
    expect(nameOfKey(key("?", { shiftKey: true }))).toBe("?");
    expect(nameOfKey(key("k", { metaKey: true }))).toBe(nameOfKey(key("k", { ctrlKey: true })));
  });

  it("knows which keys a person may switch off", () => {
    expect(["p", "shift+h", "?", "1"].map(isSingleKey)).toEqual([true, true, true, true]);
    expect(["mod+k", "Escape", "alt+x"].map(isSingleKey)).toEqual([false, false, false]);
  });

  it("writes keys as each system does", () => {
    expect(keyLabel("mod+k", true)).toBe("⌘K");
    expect(keyLabel("mod+k", false)).toBe("Ctrl K");
    expect(keyLabel("shift+h", false)).toBe("⇧H");
  });
});

describe("files", () => {
  it("lets no cell become a formula, and keeps numbers numbers", () => {
    const csv = toCsv([{ name: "=1+1", note: 'a "b", c', value: "-2.5", plus: "+x", none: null }]);
    expect(csv).toBe('name,note,value,plus,none\n\'=1+1,"a ""b"", c",-2.5,\'+x,\n');
  });

  it("writes the same rows as JSON", () => {
    expect(JSON.parse(toJson([{ a: 1, b: null }]))).toEqual([{ a: 1, b: null }]);
  });
});

describe("a session's summary", () => {
  it("becomes blocks, and its marks are never HTML", () => {
    const text =
      "# Session\\_1\n\nA **quiet** day\nwith `two` lines.\n\n- one\n- two\n\n| a | b |\n| --- | ---: |\n| <b>1</b> | 2 |\n";
    expect(parseMarkdown(text)).toEqual([
      { kind: "heading", text: "Session_1" },
      { kind: "text", text: "A quiet day with two lines." },
      { kind: "list", items: ["one", "two"] },
      { kind: "table", head: ["a", "b"], rows: [["<b>1</b>", "2"]] },
    ]);
  });

  it("ends for every text", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("|", "-", "#", "```", "\n", "a", " ", "| --- |", "- "), { maxLength: 60 }),
        (parts) => {
          expect(parseMarkdown(parts.join("")).length).toBeLessThanOrEqual(parts.length + 1);
        },
      ),
    );
  });
});
