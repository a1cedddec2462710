/**
 * `logos regress` on the command line: exit codes, one JSON value, what is written and what is not.
 */
import { cpSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { runProgram } from "../../../src/cli/program.ts";
import { FIXTURES_FOLDER } from "./bars.ts";
import { edit, makeFolder, textsOf } from "./stage.ts";

async function logos(
  folder: string,
  ...words: readonly string[]
): Promise<{ code: number; out: string; said: string }> {
  const [out, said]: [string[], string[]] = [[], []];
  const into = (list: string[]): Writable =>
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        list.push(chunk.toString());
        done();
      },
    });
  const io = { stdout: into(out), stderr: into(said), stdin: process.stdin, environment: {}, folder };
  const code = await runProgram(["--workspace", join(folder, "workspace"), "regress", ...words], io);
  return { code, out: out.join(""), said: said.join("") };
}

function fixturesIn(folder: string): string {
  cpSync(join(FIXTURES_FOLDER, "quiet"), join(folder, "fixtures", "quiet"), { recursive: true });
  return join(folder, "fixtures");
}

describe("logos regress", () => {
  it("lists the shipped fixtures and makes no workspace for it", async () => {
    const folder = makeFolder();
    const { code, out } = await logos(folder, "--list", "--json");
    expect(code).toBe(0);
    const names = (JSON.parse(out) as readonly { readonly name: string }[]).map((row) => row.name);
    expect(names).toEqual([
      "brackets",
      "busy",
      "faulty",
      "flatten",
      "gaps",
      "quiet",
      "quoting",
      "range-bound",
      "trending-down",
      "trending-up",
    ]);
    expect(existsSync(join(folder, "workspace"))).toBe(false);
  });

  it("ends with 0 for equal, 1 for a difference that it reports, and writes reports where it is asked to", async () => {
    const folder = makeFolder();
    const fixtures = fixturesIn(folder);
    const equal = await logos(folder, "--fixtures", fixtures, "--report", "out");
    expect([equal.code, equal.out]).toEqual([0, expect.stringMatching(/^equal\s+quiet/)]);
    expect(readdirSync(join(folder, "out")).toSorted()).toEqual(["junit.xml", "quiet", "report.html"]);
    edit(join(fixtures, "quiet"), "desk.yaml", "slippage_bps: 2", "slippage_bps: 3");
    const before = textsOf(fixtures);
    const differs = await logos(folder, "--fixtures", fixtures);
    expect(differs.code).toBe(1);
    expect(differs.out).toMatch(/event [\d,]+ differs/);
    expect(differs.out).toMatch(/fill\n\s+price: "[\d.]+" in the baseline, "[\d.]+" now/);
    expect(differs.out).toContain("what led to it");
    expect(textsOf(fixtures)).toEqual(before);
  });

  it("writes a baseline only with both options, and reports the difference first", async () => {
    const folder = makeFolder();
    const fixtures = fixturesIn(folder);
    edit(join(fixtures, "quiet"), "desk.yaml", "slippage_bps: 2", "slippage_bps: 3");
    const before = textsOf(fixtures);
    expect((await logos(folder, "--fixtures", fixtures, "--confirm-refresh")).code).toBe(64);
    const shown = await logos(folder, "--fixtures", fixtures, "--refresh-baseline");
    expect([shown.code, shown.said]).toEqual([1, expect.stringContaining("Nothing was written")]);
    expect(textsOf(fixtures)).toEqual(before);
    const done = await logos(folder, "--fixtures", fixtures, "--refresh-baseline", "--confirm-refresh");
    expect(done.code).toBe(0);
    expect(done.out.indexOf("differs, at")).toBeLessThan(done.out.indexOf("its baseline is now this run"));
    expect((await logos(folder, "--fixtures", fixtures)).code).toBe(0);
  });

  it("ends with 65 for a baseline of another version, before anything runs or is written", async () => {
    const folder = makeFolder();
    const fixtures = fixturesIn(folder);
    edit(join(fixtures, "quiet"), "baseline/manifest.json", '"schema": 1', '"schema": 0');
    const { code, out } = await logos(folder, "--fixtures", fixtures, "--report", "out", "--json");
    expect(code).toBe(65);
    expect(JSON.parse(out)).toMatchObject({ error: { code: "fixture_invalid", detail: { rule: "version" } } });
    expect(existsSync(join(folder, "out"))).toBe(false);
    expect((await logos(folder, "--only", "nothing")).code).toBe(66);
    expect((await logos(folder, "--record", "latest")).code).toBe(2);
  });
});
