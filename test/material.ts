/**
 * Where the recorded vectors and the real market data lie, for the tests that use them.
 *
 * 1. Neither is part of the project: each folder is null where it is missing, and a test that needs it is skipped with that reason.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";

const beside = join(import.meta.dirname, "..", "..", "shared");

function folder(name: string, variable: string): string | null {
  const path = process.env[variable] ?? join(beside, name);
  return existsSync(path) ? path : null;
}

/** Real bars and trades, or null. */
export const dataFolder: string | null = folder("data", "LOGOS_CONSOLE_DATA");
/** Recorded behaviour of scheduler, router and metrics, or null. */
export const vectorsFolder: string | null = folder("vectors", "LOGOS_CONSOLE_VECTORS");

export const missingData = "the real market data is not on this machine";
export const missingVectors = "the recorded vectors are not on this machine";
