/** Plain text: nothing in it is obeyed by a terminal, and no place of the machine is named. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printable, stackText, withoutPlaces } from "../../src/shared/text/plain-text.ts";

describe("printable text", () => {
  it.each([
    ["\u001B[2J\u001B]0;title\u0007", "·[2J·]0;title·"],
    ["one\rtwo\u0000three", "one·two·three"],
    ["abc\u202Efdp.exe\u202C", "abc·fdp.exe·"],
    ["\u2066x\u2069 \u200F\u061C\u2028\u2029\uFEFF", "·x· ·····"],
    ["\u009B31m \u007F", "·31m ·"],
    ["a\nb\tc", "a\nb\tc"],
    ["Zürich, 東京, שלום, 👩‍👩‍👧, é", "Zürich, 東京, שלום, 👩‍👩‍👧, é"],
    ["\uD800x", "·x"],
  ])("of %j is %j", (given, made) => {
    expect(printable(given)).toBe(made);
  });

  it("never holds what is obeyed, is as long as before, and is the same the second time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const made = printable(text);
        expect(/[^\P{Cc}\n\t]|\p{Bidi_Control}/u.test(made)).toBe(false);
        expect(made.length).toBe(text.length);
        expect(printable(made)).toBe(made);
      }),
      { seed: 11 },
    );
  });
});

describe("a text without places", () => {
  it.each([
    ["    at run (file:///home/ann/logos/src/cli/program.ts:3:4)", "    at run (src/cli/program.ts:3:4)"],
    ["    at /home/ann/src/logos/out/cli/logos.js:1:2", "    at out/cli/logos.js:1:2"],
    ["    at f (C:\\Users\\Ann\\logos\\node_modules\\zod\\index.js:1:2)", "    at f (node_modules\\zod\\index.js:1:2)"],
    ["ENOENT: no such file, open '/home/ann/.secret/key.pem'", "ENOENT: no such file, open 'key.pem'"],
    ["    at node:internal/modules/run_main:107:49", "    at node:internal/modules/run_main:107:49"],
    ["1/2 of src/live/x.ts, and/or data/a.csv", "1/2 of src/live/x.ts, and/or data/a.csv"],
    ["https://example.com/a/b", "https://example.com/a/b"],
  ])("%s", (given, made) => {
    expect(withoutPlaces(given)).toBe(made);
  });

  it("is what a terminal shows of an error, and takes time in proportion to its length", () => {
    expect(stackText(new Error("broken"))).toContain("Error: broken");
    expect(stackText(new Error("broken"))).not.toContain(import.meta.dirname);
    expect(stackText("text")).toBe("text");
    expect(withoutPlaces("/a".repeat(500_000))).toBe("a");
    expect(withoutPlaces("/".repeat(500_000))).toBe("");
  });
});
