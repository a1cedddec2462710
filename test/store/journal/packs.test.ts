/**
 * Entries of large commits, which lie together in one compressed row.
 *
 * 1. However entries are divided into commits, every reader finds the same ones, with the same hashes, before a compaction and after it.
 * 2. A pack that was changed in any way is found by a verify or a start, and named by the entries that it holds.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { moment } from "../../../src/shared/time.ts";
import type { EntryBody, EntryKind, JournalEntry } from "../../../src/store/journal/entries.ts";
import { openJournal, readJournal } from "../../../src/store/journal/journal.ts";
import { PACK_MIN } from "../../../src/store/journal/packs.ts";
import { openForWriting } from "../../../src/store/journal/sqlite.ts";
import { freshFolder, thrownBy } from "../folders.ts";

const START = 1_767_225_600_000_000;
const KINDS: readonly EntryKind[] = ["session", "run_started", "equity"];

function bodyOf(index: number): EntryBody {
  const figures = { cash: "1", realized: "0", unrealized: "0", fees: "0", gross: "0", drawdown: "0" };
  if (index % 7 === 3) return { kind: "equity", equity: String(index), ...figures };
  if (index % 3 === 1) {
    const at = moment(START + index);
    return { kind: "run_started", strategy: "é\u2028", run: index, planned: at, due: at };
  }
  return { kind: "session", event: "noted", wall: "", text: `line\nof ${index}`, detail: {} };
}

/** Writes entries in commits of the given sizes. */
function written(sizes: readonly number[]): string {
  const path = join(freshFolder(), "journal.db");
  const journal = openJournal(path);
  let index = 0;
  for (const size of sizes) {
    for (let one = 0; one < size; one += 1, index += 1)
      journal.append(bodyOf(index), moment(START + index * 1_000_000));
    journal.commit();
  }
  journal.close();
  return path;
}

/** The same number of entries, each commit too small for a pack. */
function plainly(sizes: readonly number[]): string {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return written(Array.from({ length: Math.ceil(total / 50) }, (_, index) => Math.min(50, total - index * 50)));
}

/** Everything that a reader gives, from some places on. */
function all(path: string, froms: readonly number[]): unknown {
  const journal = readJournal(path);
  try {
    const seqs = (entries: Iterable<JournalEntry>): number[] => Array.from(entries, ({ seq }) => seq);
    return {
      position: journal.position,
      entries: [...journal.read()],
      lines: [...journal.lines(["equity"])].join(""),
      fault: journal.verify(),
      kinds: KINDS.map((kind) => [journal.lastOf(kind), journal.seqsOf(kind)]),
      from: froms.map((from) => [
        seqs(journal.read(from)),
        seqs(journal.read(from, ["equity", "session"])),
        seqs(journal.readChecked(from)),
        seqs(journal.readChecked(from, ["run_started"])),
        KINDS.map((kind) => journal.count(kind, from)),
        journal.hashAt(from),
        [...journal.entriesAt([from, from + 1, 1])],
      ]),
    };
  } finally {
    journal.close();
  }
}

const size = fc.oneof(
  fc.integer({ min: 1, max: 20 }),
  fc.integer({ min: PACK_MIN - 1, max: PACK_MIN + 1 }),
  fc.integer({ min: PACK_MIN, max: 5 * PACK_MIN }),
);

describe("entries of large commits", () => {
  it("are read as those in rows of their own are", () => {
    fc.assert(
      fc.property(
        fc.array(size, { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 900 })),
        (sizes, froms) => {
          expect(all(written(sizes), froms)).toEqual(all(plainly(sizes), froms));
        },
      ),
      { seed: 7, numRuns: 25 },
    );
  });

  it("leave the same entries behind when they are compacted", () => {
    const compacted = (path: string, before: number, rowsMax: number): unknown => {
      const journal = openJournal(path);
      journal.saveCheckpoint({ at: moment(START), state: "{}", piece: "{}", whole: true });
      while (journal.compact(moment(before), rowsMax) > 0);
      journal.close();
      return all(path, [1, 100, 400]);
    };
    fc.assert(
      fc.property(
        fc.array(size, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 0, max: 1_500 }),
        fc.integer({ min: 5, max: 300 }),
        (sizes, seconds, rowsMax) => {
          const before = START + seconds * 1_000_000;
          expect(compacted(written(sizes), before, rowsMax)).toEqual(compacted(plainly(sizes), before, rowsMax));
        },
      ),
      { seed: 8, numRuns: 15 },
    );
  });

  it("take a fraction of the space", () => {
    expect(statSync(written([4_000])).size).toBeLessThan(statSync(plainly([4_000])).size / 6);
  });

  it.each([
    [
      "its text",
      "UPDATE packs SET body = CAST(substr(body, 1, 200) || x'00' || substr(body, 202) AS BLOB) WHERE last = 270",
    ],
    ["half of it", "UPDATE packs SET body = CAST(substr(body, 1, length(body) / 2) AS BLOB) WHERE last = 270"],
    ["its beginning", "UPDATE packs SET first = first + 1 WHERE last = 270"],
    ["its end", "UPDATE packs SET last = 269 WHERE last = 270"],
    ["its hash", "UPDATE packs SET hash = 'f' WHERE last = 270"],
    ["what it says of its kinds", "UPDATE packs SET kinds = '{}' WHERE last = 270"],
    ["the hash before it", "UPDATE packs SET before = 'f' WHERE last = 270"],
    ["the pack itself", "DELETE FROM packs WHERE last = 270"],
  ])("are found changed: %s", (_what, sql) => {
    const path = written([10, 260, 100]);
    const database = openForWriting(path);
    database.exec(sql);
    database.close();
    const reader = readJournal(path);
    expect([11, 12]).toContain(reader.verify()?.seq);
    const read = thrownBy(() => [...reader.readChecked(1)]);
    expect(read).toMatchObject({ code: "journal_damaged" });
    reader.close();
  });

  it("are a commit like every other: what was never committed is gone, and the chain continues", () => {
    const path = written([3, 100]);
    const journal = openJournal(path);
    for (let index = 0; index < 200; index += 1) journal.append(bodyOf(index), moment(START + 1e12));
    journal.close();
    const again = openJournal(path);
    expect(again.position).toBe(103);
    again.append(bodyOf(0), moment(START + 1e12));
    again.commit();
    expect(again.verify()).toBeNull();
    again.close();
  });
});
