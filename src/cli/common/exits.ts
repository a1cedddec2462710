/**
 * The exit codes, in one table that `logos exits` prints and the README repeats (a test compares them).
 *
 * 1. A coded error ends with its own code; a command's verdict ends with 0, 1 or 2 as its help says.
 * 2. Every error's code is in the table's row of its exit code.
 */
import { ERROR_CODES, type ErrorCode } from "../../shared/errors.ts";

export interface ExitRow {
  readonly code: number;
  readonly means: string;
  /** The errors that end with it, by the names that `--json` gives them. */
  readonly errors: readonly { readonly code: ErrorCode; readonly means: string }[];
}

/** What each exit code means, verdicts and errors together, in the README's words. */
const MEANINGS: readonly (readonly [code: number, means: string])[] = [
  [0, "done; `status`: healthy; `smoke`: every limit kept; `regress`, `drill`: equal; `verify`: all holds"],
  [
    1,
    "`status`: halted or stale; `smoke`: a limit broken; `regress`, `drill`: differs; `verify`: a fault; `run`: ended halted or failed; " +
      "drift is open, or the session is not in a state that allows this",
  ],
  [2, "no such session; `smoke`: unknown fills"],
  [64, "the command line or a value cannot be understood"],
  [65, "a desk file, data file, snapshot, fixture or strategy breaks a rule; nothing was started or restored"],
  [66, "a file, session or order that was named does not exist"],
  [69, "the machine lacks something that the program needs"],
  [70, "a rule of the program itself was broken; please report it"],
  [74, "reading or writing failed, or the journal cannot be trusted"],
  [75, "another process has the session"],
  [77, "not allowed, or a name points outside the workspace"],
  [78, "a session's files disagree, or were written by a newer version"],
  [130, "interrupted a second time, at once"],
];

/** Every exit code, in order, with what it means and the errors that lead to it. */
export function exitTable(): ExitRow[] {
  const errors = Object.entries(ERROR_CODES).map(([code, row]) => ({ ...row, code: code as ErrorCode }));
  return MEANINGS.map(([code, means]) => ({
    code,
    means,
    errors: errors.filter((row) => row.exit === code).map((row) => ({ code: row.code, means: row.means })),
  }));
}

/** The exit code of an error. */
export function exitOf(code: ErrorCode): number {
  return ERROR_CODES[code].exit;
}
