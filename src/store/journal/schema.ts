/**
 * Whether a database holds the program's own tables and indexes, and nothing else.
 *
 * 1. A trigger, a view or a table that the program did not make is refused before anything else of the database is read or written:
 *    SQLite would run a trigger inside the program's own transactions.
 * 2. The statements themselves are compared, so a table of ours with other columns, defaults or constraints is refused as well.
 * 3. Objects that are missing are no fault here: older databases lack newer tables, and a fresh one has none.
 */
import { CodedError } from "../../shared/errors.ts";
import { openInMemory, type Database } from "./sqlite.ts";

interface SchemaObject {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

const OBJECTS = "SELECT type, name, sql FROM sqlite_schema";
const NAME_SHOWN = 80;

const known = new Map<string, ReadonlySet<string>>();

/**
 * Indexes that SQLite makes for a constraint have no statement; the table's own covers them. SQLite keeps a statement's blanks as they
 * were written, which mean nothing.
 */
const textOf = ({ type, name, sql }: SchemaObject): string =>
  JSON.stringify([type, name, sql?.replaceAll(/\s+/g, "") ?? null]);

/** Everything that a database holds after any of the statements, carried out in order: a schema and those that it grew out of. */
function made(steps: readonly string[]): ReadonlySet<string> {
  const key = steps.join("\n");
  const before = known.get(key);
  if (before !== undefined) return before;
  const database = openInMemory();
  try {
    const all = new Set<string>();
    for (const step of steps) {
      database.exec(step);
      for (const one of database.prepare(OBJECTS).all() as SchemaObject[]) all.add(textOf(one));
    }
    known.set(key, all);
    return all;
  } finally {
    database.close();
  }
}

/**
 * Throws `journal_damaged` where the database holds anything that the statements do not make. `steps`: the statements that made the
 * oldest schema, then those that brought it up to date.
 */
export function assertOwnSchema(database: Database, path: string, steps: readonly string[]): void {
  const own = made(steps);
  const strange = (database.prepare(OBJECTS).all() as SchemaObject[]).find((one) => !own.has(textOf(one)));
  if (strange === undefined) return;
  // The name is whatever was written there, and is shown on a terminal.
  const name = strange.name.replaceAll(/[\p{C}\p{Z}]/gu, " ").slice(0, NAME_SHOWN);
  throw new CodedError(
    "journal_damaged",
    `${path} holds a ${strange.type} named "${name}" that Logos did not make. Nothing was read or changed. Restore the session's ` +
      "folder from a copy, or start a new session from its router_state.json.",
    { path, type: strange.type, name },
  );
}
