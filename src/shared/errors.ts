/**
 * Errors that a person reads: a code for programs, a message that says what, where and what to do next.
 *
 * 1. An expected failure is a `CodedError` with a code from `ERROR_CODES`; anything else that is thrown is a broken invariant.
 * 2. A coded error crosses every bridge as `{ code, message, detail }` and arrives as the same.
 */

/** Every code with the exit code that the command line ends with. The documentation's table is made from this list. */
export const ERROR_CODES = {
  usage: { exit: 64, means: "the command line cannot be understood" },
  desk_invalid: { exit: 65, means: "the desk file breaks a rule; nothing was started" },
  data_invalid: { exit: 65, means: "a market data file cannot be read as bars or ticks" },
  snapshot_invalid: { exit: 65, means: "a router_state.json breaks a rule; nothing was restored" },
  snapshot_limits_differ: { exit: 65, means: "a snapshot's limits differ from the session's configuration" },
  fixture_invalid: { exit: 65, means: "a regression fixture or its baseline cannot be used; nothing was written" },
  strategy_invalid: { exit: 65, means: "a strategy file does not load" },
  not_found: { exit: 66, means: "a file, session or order that was named does not exist" },
  no_session: { exit: 2, means: "there is no such session" },
  session_busy: { exit: 75, means: "another process has the session" },
  session_conflict: { exit: 78, means: "a session's files disagree; it asks which one holds" },
  code_changed: { exit: 78, means: "a strategy's code is not the code that ran before; it asks whether that is meant" },
  schema_newer: { exit: 78, means: "a file was written by a newer version of the program" },
  journal_damaged: { exit: 74, means: "the journal cannot be trusted" },
  io: { exit: 74, means: "reading or writing failed; the disk may be full or read-only" },
  outside_workspace: { exit: 77, means: "a name points outside the workspace" },
  drift_open: { exit: 1, means: "drift items wait for a review; the session stays halted" },
  not_halted: { exit: 1, means: "the session is not halted, so there is nothing to resume" },
  wrong_state: { exit: 1, means: "the session is not in a state that allows this" },
  invalid_input: { exit: 64, means: "a value breaks the rule that is named" },
  refused: { exit: 77, means: "the caller is not allowed to do this" },
  too_large: { exit: 65, means: "a file or message is larger than its limit" },
  runtime: { exit: 69, means: "the machine lacks something that the program needs" },
  internal: { exit: 70, means: "a rule of the program itself was broken; please report it" },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** What crosses a bridge. `detail` is plain JSON: places, values, limits. */
export interface ErrorShape {
  readonly code: ErrorCode;
  readonly message: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** An expected failure. */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly detail: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, detail?: Readonly<Record<string, unknown>>, options?: ErrorOptions) {
    super(message, options);
    this.name = "CodedError";
    this.code = code;
    this.detail = detail;
  }

  /** The form that crosses a bridge. */
  toShape(): ErrorShape {
    return this.detail === undefined
      ? { code: this.code, message: this.message }
      : { code: this.code, message: this.message, detail: this.detail };
  }
}

/** Any thrown value as a coded shape; what is no `CodedError` becomes `internal`. */
export function shapeOf(error: unknown): ErrorShape {
  if (error instanceof CodedError) return error.toShape();
  return { code: "internal", message: error instanceof Error ? error.message : String(error) };
}
