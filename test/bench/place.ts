/**
 * Where a benchmark keeps its files: a temporary workspace that is gone afterwards, and the middle and the tail of what was measured.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A disk in memory, as regressions use one: commits then cost what the program does for them, and not what the disk does. */
const MEMORY = "/dev/shm";

/** Runs `work` with a folder that is removed at the end, whatever becomes of it; in memory where asked for and possible. */
export async function inFolder<T>(work: (folder: string) => Promise<T>, place: "disk" | "memory" = "disk"): Promise<T> {
  const top = place === "memory" && existsSync(MEMORY) ? MEMORY : tmpdir();
  const folder = mkdtempSync(join(top, "logos-bench-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The value below which a share of the values lies: 0.95 for the 95th percentile. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** A row that says why something could not be measured here. */
export function notHere(why: string): void {
  console.log(`  (${why})`);
}
