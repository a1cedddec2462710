/**
 * Smokes beside each other: a slow drift is seen, another cohort does not count, and a file of limits is checked.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  compareSmokes,
  keepSmoke,
  readHistory,
  readSmokeLimits,
  smokeRecord,
} from "../../src/harness/smoke-history.ts";
import { runSmoke, SMOKE_DEFAULTS } from "../../src/harness/smoke.ts";
import { MINUTE, type Duration } from "../../src/shared/time.ts";
import { nodeFileSystem } from "../../src/store/index.ts";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "smoke-history-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const { summary } = runSmoke({ ...SMOKE_DEFAULTS, strategies: 5, duration: (2 * MINUTE) as Duration });
const base = smokeRecord(summary, { at: "2026-01-05T00:00:00Z", version: "1", realMs: 100 });
const like = (p95: number, realMs = 100) => ({
  ...base,
  figures: { ...base.figures, p95_latency_s: p95, real_ms: realMs },
});

describe("a history of smokes", () => {
  it("sees a figure that is worse than the median before, and nothing else", () => {
    const before = [like(1), like(1.01), like(0.99)];
    const drifting = (now: typeof base) =>
      compareSmokes(before, now)
        .rows.filter((row) => row.drifts)
        .map((row) => row.name);
    expect(drifting(like(1.04))).toEqual([]);
    expect(drifting(like(0.2))).toEqual([]);
    expect(drifting(like(1.06))).toEqual(["p95_latency_s"]);
    expect(drifting(like(1, 149))).toEqual([]);
    expect(drifting(like(1, 151))).toEqual(["real_ms"]);
  });

  it("compares with the same cohort only, and with nothing where there is none", () => {
    const other = { ...like(9), cohort: "another" };
    expect(compareSmokes([other], like(1))).toMatchObject({ before: 0 });
    expect(compareSmokes([other], like(1)).rows.every((row) => row.median === null && !row.drifts)).toBe(true);
  });

  it("keeps a line a smoke, and passes over lines that cannot be read", () => {
    const path = join(folder(), "history.jsonl");
    expect(keepSmoke(nodeFileSystem, path, like(1)).before).toBe(0);
    expect(keepSmoke(nodeFileSystem, path, like(1)).before).toBe(1);
    writeFileSync(path, `${readFileSync(path, "utf8")}what\n{"at":1}\n{"at":"torn`);
    expect(keepSmoke(nodeFileSystem, path, like(2))).toMatchObject({ before: 2, unreadable: 3 });
    const { records, unreadable } = readHistory(nodeFileSystem, path);
    expect([records.length, unreadable]).toEqual([3, 2]);
  });
});

describe("limits in a file", () => {
  it("are read from YAML and JSON", () => {
    const path = join(folder(), "slo.yaml");
    writeFileSync(path, "latency_p95_s: 0.5\nerrors: 3\n");
    expect(readSmokeLimits(nodeFileSystem, path)).toEqual({ latencyP95S: 0.5, errors: 3 });
    writeFileSync(path, '{"skip_rate": 0.1, "queue_depth": 9}');
    expect(readSmokeLimits(nodeFileSystem, path)).toEqual({ skipRate: 0.1, queueDepth: 9 });
  });

  it.each([
    ["an unknown key", "latency: 1", /latency_p95_s, skip_rate/],
    ["a value past its bounds", "skip_rate: 2", /skip_rate/],
    ["no YAML", "a: [", /no YAML/],
    ["a list", "- 1", /is wrong|object|expected/i],
  ])("are refused with %s", (_name, text, says) => {
    const path = join(folder(), "slo.yaml");
    writeFileSync(path, text);
    expect(() => readSmokeLimits(nodeFileSystem, path)).toThrow(says);
    expect(() => readSmokeLimits(nodeFileSystem, `${path}.none`)).toThrow(/does not exist/);
    expect(existsSync(path)).toBe(true);
  });
});
