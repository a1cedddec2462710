/**
 * The exit codes, in one table that `logos help exits` prints and the README repeats (a test compares them).
 *
 * 1. A coded error ends with its own code; a command's verdict ends with 0, 1 or 2 as its help says.
 */
import { ERROR_CODES, type ErrorCode } from "../shared/errors.ts";

export interface ExitRow {
  readonly code: number;
  readonly means: string;
}

/** What a command's verdict ends with, apart from errors. */
const VERDICTS: readonly ExitRow[] = [
  { code: 0, means: "done; `status`: healthy; `smoke`: every limit kept" },
  { code: 1, means: "`status`: halted or stale; `smoke`: a limit broken; `run`: ended halted or failed" },
  { code: 2, means: "`status` and others: no such session; `smoke`: unknown fills" },
  { code: 130, means: "interrupted a second time, at once; the journal has everything that was sent" },
];

/** Every exit code, in order, with what it means and the error codes that lead to it. */
export function exitTable(): ExitRow[] {
  const rows = new Map<number, string[]>();
  for (const row of VERDICTS) rows.set(row.code, [row.means]);
  for (const [code, { exit, means }] of Object.entries(ERROR_CODES))
    rows.set(exit, [...(rows.get(exit) ?? []), `${means} (${code})`]);
  return [...rows].toSorted(([a], [b]) => a - b).map(([code, means]) => ({ code, means: means.join("; ") }));
}

/** The exit code of an error. */
export function exitOf(code: ErrorCode): number {
  return ERROR_CODES[code].exit;
}
