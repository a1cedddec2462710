/** Named profiles of how files are read: what is kept reads as the same options, and what breaks a rule is refused with its place. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CodedError } from "../../../src/shared/errors.ts";
import { MINUTE } from "../../../src/shared/time.ts";
import { loadProfile, saveProfile } from "../../../src/store/desk/index.ts";
import { freshFolder } from "../folders.ts";

function failure(work: () => unknown): CodedError {
  try {
    work();
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
  throw new Error("Nothing was refused.");
}

const words = (...all: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...all);
const options = fc
  .record(
    {
      symbol: words("AAPL", "600519", "true", "1e5", "BTC/USDT", "~", "日経"),
      symbolPattern: words("{symbol}.csv", "x_*_{symbol}_*.txt"),
      symbols: fc.array(words("A", "1", "null", "B:C"), { maxLength: 3 }),
      timeZone: words("UTC", "America/New_York"),
      dateFormat: words("DD.MM.YYYY", "%d #%m", "'"),
      timeFormat: words("ms", "excel", "%H:%M"),
      interval: fc.integer({ min: 1, max: 10_000 }).map((count) => (count * MINUTE) as typeof MINUTE),
      stamp: fc.constantFrom("open" as const, "close" as const),
      columns: words("time,open,high,low,close,volume,-,-", "-,time,close"),
      skip: fc.integer({ min: 0, max: 10_000 }),
      separator: words(",", ";", "|", "tab", "#", ":", '"', "\\"),
      decimal: fc.constantFrom("." as const, "," as const),
      newestFirst: fc.boolean(),
      adjusted: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  .filter((one) => Object.keys(one).length > 0);

describe("a profile", () => {
  it("reads as the options that it was made of", () => {
    const at = freshFolder();
    fc.assert(
      fc.property(options, (given) => {
        saveProfile(at, { name: "one", options: given, overwrite: true });
        expect(loadProfile(at, "one").options).toEqual(given);
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it("is not written over unless that was asked for", () => {
    const at = freshFolder();
    const path = saveProfile(at, { name: "one", options: { skip: 1 }, overwrite: false });
    const before = readFileSync(path, "utf8");
    const again = failure(() => saveProfile(at, { name: "one", options: { skip: 2 }, overwrite: false }));
    expect(again.message).toBe(`${path} is there already. Add --overwrite to write over; nothing is changed.`);
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  it("is not kept where it would not read as what was given", () => {
    const at = freshFolder();
    const refused = (given: Parameters<typeof saveProfile>[1]["options"]): string =>
      failure(() => saveProfile(at, { name: "one", options: given, overwrite: true })).message;
    expect(refused({})).toContain("would be empty");
    expect(refused({ timeZone: "Mars/Base" })).toMatch(
      /^The profile one is not kept: timeZone is "Mars\/Base"; write /,
    );
    expect(refused({ dateFormat: "none" })).toContain("read otherwise");
    expect(failure(() => saveProfile(at, { name: "../x", options: { skip: 1 }, overwrite: true })).code).toBe(
      "invalid_input",
    );
    expect(failure(() => loadProfile(at, "one")).code).toBe("not_found");
  });

  it("that breaks a rule is refused with its file, line, rule and the nearest spelling", () => {
    const at = freshFolder();
    const path = join(at, "vendor.import.yaml");
    const refused = (text: string): string => {
      writeFileSync(path, text);
      return failure(() => loadProfile(at, "vendor")).message;
    };
    expect(refused("skip: 1\nstmap: close\n")).toMatch(
      new RegExp(`^${path}:2:1: stmap is no key here; there are .*; did you mean stamp\\?$`),
    );
    expect(refused("stamp: middle\n")).toContain(`${path}:1:8: stamp is "middle"; write one of open, close`);
    expect(refused("symbolPattern: AAPL\n")).toContain("{symbol} in it once");
    expect(refused("- 1\n")).toContain(":1:1: the profile must be ");
    expect(failure(() => loadProfile(at, "vednor")).message).toBe(
      `${join(at, "vednor.import.yaml")}: there is no profile "vednor"; there are vendor; did you mean vendor?`,
    );
  });
});
