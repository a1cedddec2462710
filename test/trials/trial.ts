/**
 * What a trial is: a seeded run of many cases that must all hold, and a canary that shows that it can fail.
 *
 * 1. `run` answers its figures; `broken` names the first case that did not hold, with the seed that repeats it.
 * 2. `canary` is the same trial with its protection off: it answers true when the trial noticed.
 */
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Figures {
  readonly cases: number;
  /** Figures by name, for the report. */
  readonly counts: Readonly<Record<string, number>>;
  /** What did not hold, first case first; empty when everything did. */
  readonly broken: readonly string[];
  /** What could not be tried here, and why. */
  readonly notes?: readonly string[];
}

export interface Trial {
  readonly name: string;
  /** What must hold, in a sentence. */
  readonly holds: string;
  /** Cases of the short form, in every test run, and of the long one. */
  readonly short: number;
  readonly long: number;
  /** Why it cannot run on this machine, or null; it then counts as skipped. */
  readonly missing?: () => string | null;
  readonly run: (cases: number, seed: string, progress: (done: number) => void) => Promise<Figures>;
  readonly canary: () => Promise<boolean>;
}

/** A disk in memory where there is one: most trials are not about the disk's pace. */
export function makeFolder(name: string): string {
  return mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), `logos-${name}-`));
}

/** The figures of both ways to commit: each pass by itself, and passes that share a commit. Each gets its part of the cases. */
export async function eachWay(
  cases: number,
  progress: (done: number) => void,
  run: (cases: number, grouped: boolean, progress: (done: number) => void) => Promise<Figures>,
): Promise<Figures> {
  const half = Math.ceil(cases / 2);
  const apart = await run(half, false, progress);
  const grouped = await run(cases - half, true, (done) => progress(half + done));
  const counts: Record<string, number> = { ...apart.counts };
  for (const [name, count] of Object.entries(grouped.counts)) counts[`${name}, grouped`] = count;
  return { cases: apart.cases + grouped.cases, counts, broken: [...apart.broken, ...grouped.broken] };
}

/** Broken cases that are listed. */
export const BROKEN_MAX = 10;
