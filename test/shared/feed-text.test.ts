/** What is said of files that were read: nothing is left unsaid where rows are in no bar. */
import { expect, it } from "vitest";
import { lossTexts, sourceText } from "../../src/shared/text/feed-text.ts";

const source = { name: "a.csv", sha256: "00", rows: 60 };

it("rows, bars and refused rows are said where they differ", () => {
  expect(sourceText(source)).toBe("60 rows");
  expect(sourceText({ ...source, bars: 60, refused: 0, firstRefused: null })).toBe("60 rows");
  expect(sourceText({ ...source, bars: 2, refused: 0 })).toBe("60 rows, 2 bars");
  const lost = { ...source, bars: 59, refused: 1, firstRefused: "row 3: the high is below the low." };
  expect(sourceText(lost)).toBe("60 rows, 59 bars, 1 refused: row 3: the high is below the low.");
  expect(lossTexts([source, lost])).toEqual([
    "a.csv: 60 rows, 59 bars, 1 refused: row 3: the high is below the low. `logos import FILE --preview` lists them.",
  ]);
});
