/**
 * Compares what two runs left behind, file by file.
 *
 * 1. Files of lines are compared byte for byte, a piece at a time, and the first line that differs is reported with both sides.
 * 2. JSON files are compared value by value. Volatile keys do not count; in `metrics.json` numbers may differ by
 *    `METRICS_TOLERANCE`; all other numbers are compared exactly.
 * 3. What a fixture's own files say of themselves (`inputs` in `provenance.json`) is kept apart: other inputs are no other
 *    behaviour.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { ARTIFACTS, type ArtifactName } from "./artifacts.ts";
import { artifactText } from "./baseline.ts";
import { fieldDifferences, type FieldDifference } from "./first-difference.ts";
import { METRICS_TOLERANCE } from "./metrics.ts";

export interface ArtifactDifference {
  readonly artifact: ArtifactName;
  /** Of a file of lines, the number of the first that differs; null for JSON. */
  readonly line: number | null;
  readonly differences: readonly FieldDifference[];
  /** More of them than are listed. */
  readonly more: number;
}

/** Differences of one file that are listed. */
const LISTED_MAX = 20;
const COUNTED_MAX = 10_000;
const LINE_MAX = 2_000;
const PIECE_BYTES = 1 << 16;

/** Keys that are the run's own, wherever they stand. */
const VOLATILE: ReadonlySet<string> = new Set(["run_id", "generated_at", "versions", "version", "host", "pid"]);
/** Keys that differ with the inputs alone: the router's file names its session by the run's digest. */
const OF_INPUTS: Readonly<Partial<Record<ArtifactName, ReadonlySet<string>>>> = {
  "provenance.json": new Set(["inputs", "feed"]),
  "router_state.json": new Set(["session"]),
};

function without(value: unknown, keys: (key: string) => boolean): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => without(one, keys));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !keys(key))
      .map(([key, one]) => [key, without(one, keys)]),
  );
}

function near(one: unknown, other: unknown): boolean {
  if (typeof one !== "number" || typeof other !== "number") return false;
  return Math.abs(one - other) <= METRICS_TOLERANCE * Math.max(1, Math.abs(one), Math.abs(other));
}

function parsed(folder: string, name: ArtifactName): unknown {
  try {
    return JSON.parse(artifactText(folder, name)) as unknown;
  } catch {
    return null;
  }
}

function compareJson(name: ArtifactName, baseline: string, run: string): ArtifactDifference | null {
  const own = OF_INPUTS[name];
  const skip = (key: string): boolean => VOLATILE.has(key) || own?.has(key) === true;
  const [one, other] = [without(parsed(baseline, name), skip), without(parsed(run, name), skip)];
  const all = fieldDifferences(one, other, COUNTED_MAX);
  const found =
    name === "artifacts/metrics.json" ? all.filter((difference) => !near(difference.baseline, difference.run)) : all;
  if (found.length === 0) return null;
  return {
    artifact: name,
    line: null,
    differences: found.slice(0, LISTED_MAX),
    more: Math.max(0, found.length - LISTED_MAX),
  };
}

/** The lines of a file, a piece at a time. */
function* linesOf(path: string): Generator<string> {
  const file = openSync(path, "r");
  try {
    const piece = Buffer.alloc(PIECE_BYTES);
    const decoder = new TextDecoder();
    let rest = "";
    for (let count = readSync(file, piece); count > 0; count = readSync(file, piece)) {
      const lines = (rest + decoder.decode(piece.subarray(0, count), { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
    if (rest !== "") yield rest;
  } finally {
    closeSync(file);
  }
}

function compareLines(name: ArtifactName, baseline: string, run: string): ArtifactDifference | null {
  const [left, right] = [linesOf(join(baseline, name)), linesOf(join(run, name))];
  const differences: FieldDifference[] = [];
  let [line, first, count] = [0, 0, 0];
  for (;;) {
    const [one, other] = [left.next(), right.next()];
    if (one.done === true && other.done === true) break;
    line += 1;
    const [a, b] = [one.done === true ? undefined : one.value, other.done === true ? undefined : other.value];
    if (a === b) continue;
    if (count === 0) first = line;
    count += 1;
    if (differences.length < LISTED_MAX)
      differences.push({ path: `line ${line}`, baseline: a?.slice(0, LINE_MAX), run: b?.slice(0, LINE_MAX) });
  }
  return count === 0 ? null : { artifact: name, line: first, differences, more: count - differences.length };
}

/** What differs between the artifacts of a baseline and of a run, in the order of `ARTIFACTS`. */
export function compareArtifacts(baseline: string, run: string): ArtifactDifference[] {
  return ARTIFACTS.map((name) =>
    name.endsWith(".json") ? compareJson(name, baseline, run) : compareLines(name, baseline, run),
  ).filter((difference) => difference !== null);
}
