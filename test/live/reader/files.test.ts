/** Files that are not what a reader hopes for: written while they are read, no files at all, named in any way. */
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCached, openSource } from "../../../src/live/feed/factory.ts";
import { importBars } from "../../../src/live/reader/index.ts";
import { failureOf } from "./sources.ts";

const HEAD = "dt,open,high,low,close,volume\n";
const row = (index: number): string =>
  `${new Date(1_700_000_040_000 + index * 60_000).toISOString()},1.5,9,1,2,${index}\n`;
const LONG = HEAD + Array.from({ length: 60_000 }, (_, index) => row(index)).join("");

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "logos-files-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe("a file that changes while it is read", () => {
  const changes: readonly (readonly [what: string, change: (path: string) => void])[] = [
    ["grows", (path) => appendFileSync(path, row(60_000))],
    ["is cut short", (path) => truncateSync(path, 1_500_000)],
  ];
  it.each(changes)("because it %s is refused, and nothing of it is kept", async (_, change) => {
    const path = write("A.csv", LONG);
    let changed = false;
    const onProgress = (): void => {
      if (!changed) change(path);
      changed = true;
    };
    const failure = await failureOf(importBars([openCached(path)], { onProgress }));
    expect(failure).toMatchObject({ code: "data_invalid", detail: { file: "A.csv", rule: "changed" } });
    expect(failure.message).toContain("changed while it was read; read it again once it is written");
    expect(existsSync(join(folder, ".logos-cache"))).toBe(false);
    expect((await importBars([openCached(path)])).files[0]?.refusedTotal).toBeLessThan(2);
  });

  it("because another takes its place is read as the one that was opened", async () => {
    const path = write("A.csv", LONG);
    const other = write("B.csv", HEAD + row(0));
    const onProgress = (): void => {
      if (existsSync(other)) renameSync(other, path);
    };
    expect((await importBars([openSource(path)], { onProgress })).tables[0]?.at).toHaveLength(60_000);
    expect((await importBars([openSource(path)])).tables[0]?.at).toHaveLength(1);
  });
});

describe("a name", () => {
  it.skipIf(process.platform === "win32")(
    "of a pipe is refused before anything waits for it (skipped on Windows: it has no such pipes)",
    async () => {
      const path = join(folder, "pipe.csv");
      execFileSync("mkfifo", [path]);
      const failure = await failureOf(importBars([openCached(path)]));
      expect(failure).toMatchObject({ code: "data_invalid" });
      expect(failure.message).toContain("is no regular file; copy the data into one");
    },
  );

  it
    .skipIf(process.platform === "win32")
    .each([
      "-rf.csv",
      "a b'c\"d.csv",
      "line\nbreak.csv",
      "💶 €.csv",
      "$(touch x).csv",
      `${"n".repeat(240)}.csv`,
      "..csv",
      "%2e%2e.csv",
    ])(
    "with anything in it, as %j, is read once the symbol is named (skipped on Windows: it forbids such names)",
    async (name) => {
      const path = write(name, LONG);
      for (const uses of [1, 2]) {
        const { tables, files } = await importBars([openCached(path)], { symbol: "A" });
        expect([tables[0]?.symbol, tables[0]?.at.length, files[0]?.source], `use ${uses}`).toEqual(["A", 60_000, name]);
      }
    },
  );
});
