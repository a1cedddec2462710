/** Faults of several files: each is named, in the files' order, with the exit code of the worst. */
import { mkdtempSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { importBars } from "../../../src/live/reader/index.ts";
import { importFeed, openSource } from "../../../src/live/feed/factory.ts";
import { ERROR_CODES, type ErrorShape } from "../../../src/shared/errors.ts";
import { bytesOf, failureOf } from "./sources.ts";
import { zipOf } from "./zip.ts";

const GOOD = "time,open,high,low,close,volume\n2024-01-02T09:30:00Z,1,1,1,1,5\n";
const REFUSED = "time,open,high,low,close,volume\n2024-01-02T09:30:00Z,1,1,9,1,5\n";
const KINDS = {
  good: { text: GOOD, code: null },
  empty: { text: "", code: "data_invalid" },
  words: { text: "no,table\nof,prices\n", code: "data_invalid" },
  refused: { text: REFUSED, code: "data_invalid" },
  long: { text: "x".repeat(20_000), code: "too_large" },
  missing: { text: null, code: "not_found" },
} as const;
type Kind = keyof typeof KINDS;

function files(kinds: readonly Kind[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "logos-faults-"));
  return kinds.map((kind, index) => {
    const path = join(folder, `file${index}-.csv`);
    const { text } = KINDS[kind];
    if (text !== null) writeFileSync(path, text);
    return path;
  });
}

const faultsOf = ({ detail }: ErrorShape): ErrorShape[] => detail?.["faults"] as ErrorShape[];

describe("several files", () => {
  it("have each of their faults named, and none of the others", async () => {
    const all = fc.array(fc.constantFrom(...(Object.keys(KINDS) as Kind[])), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(all, async (kinds) => {
        // A file of refused rows is looked at by who uses it where no file has a fault.
        const thrown = kinds.filter((kind) => kind !== "refused" && kind !== "good");
        fc.pre(thrown.length > 0);
        const failed = await failureOf(importBars(files(kinds).map((path) => openSource(path))));
        const wrong = kinds.flatMap((kind, index) => (KINDS[kind].code === null ? [] : [{ kind, index }]));
        const exits = wrong.map(({ kind }) => ERROR_CODES[KINDS[kind].code ?? "internal"].exit);
        expect(ERROR_CODES[failed.code].exit).toBe(Math.max(...exits));
        const named = [...failed.message.matchAll(/file(\d)-/g)].map(([, index]) => Number(index));
        expect([...new Set(named)]).toEqual(wrong.map(({ index }) => index));
        if (wrong.length > 1)
          expect(faultsOf(failed).map(({ code }) => code)).toEqual(wrong.map(({ kind }) => KINDS[kind].code));
        else expect(failed.detail).not.toHaveProperty("faults");
      }),
      { seed: 7, numRuns: 40 },
    );
  });

  it("within an archive are named alike, and the first leaves its question", async () => {
    const bytes = zipOf([
      { name: "a.csv", data: bytesOf("Date,Open,High,Low,Close\n01/02/2024,1,1,1,1\n") },
      { name: "b.csv", data: bytesOf("") },
    ]);
    const failed = await failureOf(importBars([{ name: "x.zip", bytes }]));
    expect(failed.message).toMatch(
      /^2 faults in the files, so none is read:\n {2}x\.zip:a\.csv, .*\n {2}x\.zip:b\.csv: /,
    );
    expect(failed.detail?.["question"]).toMatchObject({ about: "date_order" });
  });

  it("of a desk are all looked at, and an option that means nothing ends the import at once", async () => {
    const [good, missing, folder] = files(["good", "missing", "missing"]) as [string, string, string];
    mkdirSync(folder);
    const feed = { kind: "replay", symbol: null, timeZone: "UTC", dateFormat: null, symbols: {} } as const;
    const failed = await failureOf(importFeed({ ...feed, files: [folder, good, missing] }, "/"));
    expect(failed.code).toBe("not_found");
    expect(failed.message).toContain(`\n  ${folder} is a folder; `);
    expect(failed.message).toContain(`\n  There is no file ${missing}.`);
    const zone = await failureOf(importBars([openSource(missing), openSource(good)], { timeZone: "Mars/Base" }));
    expect(zone.code).toBe("invalid_input");
  });
});
