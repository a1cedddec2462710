/**
 * Mutants that no near test notices, each with the reason why none has to.
 *
 * 1. A test compares the list with the source: an entry whose line or change is gone is an error, so the list stays true.
 * 2. "Nothing that matters" means: the change cannot be told from the outside, or only makes something slower.
 */

export interface Explained {
  readonly file: string;
  /** The line's text, trimmed. */
  readonly code: string;
  readonly change: string;
  readonly why: string;
}

export const EXPLAINED: readonly Explained[] = [];
