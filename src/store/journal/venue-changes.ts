/**
 * What a venue whose disk follows the journal has yet to write: one row, in the transaction that holds what the session learned of it.
 *
 * 1. There is one text at a time. The next commit replaces it, or removes it where the venue changed nothing: the venue has it already.
 * 2. Its digest covers its number, so that what was changed is noticed before it is carried out.
 */
import { hash } from "node:crypto";
import { CodedError } from "../../shared/errors.ts";
import type { VenueChanges } from "../../shared/ports.ts";
import type { Database, Statement } from "./sqlite.ts";

export const VENUE_CHANGES_TABLE = `
  CREATE TABLE IF NOT EXISTS venue_changes (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    digest TEXT NOT NULL
  ) STRICT;
`;

const digestOf = ({ number, text }: VenueChanges): string => hash("sha256", `${number}\n${text}`, "hex");

/** Writes the one row within the journal's transactions. */
export class VenueChangesWriter {
  readonly #put: Statement;
  readonly #remove: Statement;
  #there: boolean;

  constructor(database: Database) {
    this.#put = database.prepare(
      "INSERT OR REPLACE INTO venue_changes (only, number, text, digest) VALUES (1, ?, ?, ?)",
    );
    this.#remove = database.prepare("DELETE FROM venue_changes");
    this.#there = database.prepare("SELECT 1 FROM venue_changes").get() !== undefined;
  }

  write(changes: VenueChanges | null): void {
    if (changes !== null) this.#put.run(changes.number, changes.text, digestOf(changes));
    else if (this.#there) this.#remove.run();
    this.#there = changes !== null;
  }
}

/** What lies in the journal for the venue, or null. Throws `journal_damaged` where it was changed. */
export function readVenueChanges(database: Database, path: string): VenueChanges | null {
  // A journal of an older version has no such table.
  if (
    database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'venue_changes'").get() === undefined
  )
    return null;
  const row = database.prepare("SELECT number, text, digest FROM venue_changes").get() as
    | (VenueChanges & { readonly digest: string })
    | undefined;
  if (row === undefined) return null;
  const { number, text, digest } = row;
  if (digestOf(row) === digest) return { number, text };
  throw new CodedError(
    "journal_damaged",
    `${path} holds changes for the venue that do not match their digest: they were changed. Restore the session's folder from a ` +
      "copy, or start a new session from its router_state.json.",
    { path, number },
  );
}
