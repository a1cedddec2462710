/**
 * The benchmarks work: the real command, on tiny sizes, runs every group that needs no browser and no other program.
 *
 * 1. A benchmark that throws, or that measures nothing, fails here and not on the day on which its figure is needed.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const bench = (...words: readonly string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, "bench.ts"), ...words], { encoding: "utf8" });

interface Printed {
  readonly rows: readonly { readonly name: string; readonly n: number; readonly value: number }[];
}

/** A group that measures nothing on this machine says why, in parentheses. */
const QUIET_GROUP = /^\s+\(/;

describe("the benchmarks", () => {
  it("all run on tiny sizes, and each group measures something or says why not", () => {
    const { stdout, stderr, status } = bench("--quick", "--json");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    const groups = lines.slice(3, -3).join("\n").split("\n\n");
    expect(groups.length).toBeGreaterThanOrEqual(15);
    for (const group of groups) {
      const [name, ...below] = group.trim().split("\n");
      expect(
        below.filter((line) => line.includes(" n ") || QUIET_GROUP.test(line)),
        name,
      ).not.toEqual([]);
    }
    const { rows } = JSON.parse(lines.at(-1) ?? "") as Printed;
    for (const { name, n, value } of rows) expect([name, typeof n, typeof value]).toEqual([name, "number", "number"]);
    for (const what of ["runs through the fence", "a pass, median", "kill and replace", "flatten of"])
      expect(
        rows.some(({ name }) => name.includes(what)),
        what,
      ).toBe(true);
  });

  it("a question for help prints the usage and runs nothing; so does a name of no group, as an error", () => {
    const help = bench("--help");
    expect(help.status).toBe(0);
    expect(help.stdout).toContain("Groups: orchestrator, save");
    expect(help.stdout).not.toContain("yardstick:");
    const unknown = bench("sava");
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toContain("sava is no option and in no group's name.");
    expect(unknown.stdout).toBe("");
  });
});
