/**
 * Bit flips: one bit of a session's files is turned over, and every check must say so.
 *
 * Fault model: one bit at any place of `journal.db`, `journal.head` or `router_state.json` of a session that was stopped; or of the
 * first two and of the database's log, as a session leaves them that was never closed. A bit in a part of a database page that holds
 * nothing changes nothing that can be read; such a flip is counted apart, after every row has been compared.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { verifySession } from "../../src/harness/verify.ts";
import { createStream } from "../../src/orchestrator/index.ts";
import { CodedError } from "../../src/shared/errors.ts";
import { findSession, openForReading, type Workspace } from "../../src/store/index.ts";
import { record } from "./recorded.ts";
import { BROKEN_MAX, type Trial } from "./trial.ts";

const FILES = ["journal.db", "journal.head", "router_state.json"] as const;
const LOG = "journal.db-wal";

function rowsOf(path: string): string {
  const database = openForReading(path);
  try {
    return JSON.stringify([
      database.prepare("SELECT * FROM entries ORDER BY seq").all(),
      database.prepare("SELECT * FROM packs ORDER BY last").all(),
    ]);
  } finally {
    database.close();
  }
}

interface Place {
  readonly workspace: Workspace;
  readonly folder: string;
  readonly files: readonly string[];
  /** What can be read of the journal while nothing is flipped. */
  readonly rows: string;
}

function placeOf(workspace: Workspace, id: string, files: readonly string[]): Place {
  const { folder, journal } = findSession(workspace, id);
  return { workspace, folder, files, rows: rowsOf(journal) };
}

/** What a verification reports; null when what can be read is the same as before. */
async function reported({ workspace, rows }: Place, id: string): Promise<boolean | null> {
  try {
    const verdict = await verifySession(workspace, id);
    if (!verdict.ok) return true;
  } catch (error) {
    return error instanceof CodedError;
  }
  return rowsOf(findSession(workspace, id).journal) === rows ? null : false;
}

export const flips: Trial = {
  name: "bit flips",
  holds: "each flip that changes anything that can be read is reported",
  short: 60,
  long: 100_000,
  run: async (cases, seed, progress) => {
    const recorded = await record(2);
    try {
      const places = [
        placeOf(recorded.copy(), recorded.id, FILES),
        placeOf(recorded.copyUnclosed(), recorded.id, ["journal.db", "journal.head", LOG]),
      ];
      const stream = createStream(seed, "flips");
      const counts = { reported: 0, nothing: 0, silent: 0, "in the log": 0 };
      const broken: string[] = [];
      for (let number = 0; number < cases; number++) {
        const place = places[Math.floor(stream.next() * places.length)] as Place;
        const file = place.files[Math.floor(stream.next() * place.files.length)] ?? LOG;
        const path = join(place.folder, file);
        const bytes = readFileSync(path);
        const bit = Math.floor(stream.next() * bytes.length * 8);
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        writeFileSync(path, flipped);
        // The log's index is rebuilt by the first who opens it, as after a crash.
        rmSync(join(place.folder, "journal.db-shm"), { force: true });
        const verdict = await reported(place, recorded.id);
        writeFileSync(path, bytes);
        if (file === LOG) counts["in the log"] += 1;
        if (verdict === true) counts.reported += 1;
        else if (verdict === null) counts.nothing += 1;
        else {
          counts.silent += 1;
          if (broken.length < BROKEN_MAX) broken.push(`bit ${bit} of ${file} (case ${number}, seed ${seed})`);
        }
        progress(number + 1);
      }
      return { cases, counts, broken };
    } finally {
      recorded.remove();
    }
  },
  // Without its hash a changed entry looks like any other: the chain is what notices.
  canary: async () => {
    const recorded = await record(1);
    try {
      const { journal } = findSession(recorded.copy(), recorded.id);
      const before = rowsOf(journal);
      const bytes = readFileSync(journal);
      // These letters are in an entry's row and nowhere else.
      const place = bytes.indexOf('"kind":"order"');
      if (place < 0) return false;
      bytes[place + 9] = (bytes[place + 9] ?? 0) ^ 1;
      writeFileSync(journal, bytes);
      return rowsOf(journal) !== before;
    } finally {
      recorded.remove();
    }
  },
};
