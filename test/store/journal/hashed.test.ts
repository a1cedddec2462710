/** A start's pass over its journal: each entry that it uses is hashed, once, and no start takes the word of an earlier one. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HashedRows } from "../../../src/store/journal/checks.ts";
import type { EntryKind } from "../../../src/store/journal/entries.ts";
import { openJournal, readJournal } from "../../../src/store/journal/journal.ts";
import { openForWriting } from "../../../src/store/journal/sqlite.ts";
import { freshFolder, thrownBy } from "../folders.ts";
import { at, equity, note, order } from "./entries.ts";

/** Eight entries, four of them orders, two of them points of equity. */
function journalAt(): string {
  const path = join(freshFolder(), "journal.db");
  const journal = openJournal(path);
  for (const body of [note("a"), order(1), equity("1"), order(2), order(3), equity("2"), order(4), note("b")])
    journal.append(body, at(1));
  journal.commit();
  journal.close();
  return path;
}

function change(path: string, seq: number): void {
  const database = openForWriting(path);
  database.prepare("UPDATE entries SET body = replace(body, '\"kind\"', '\"kind\" ') WHERE seq = ?").run(seq);
  database.close();
}

const damagedAt = (seq: number): object => ({ code: "journal_damaged", detail: { seq } });

describe("the journal of a start", () => {
  const KINDS: readonly (readonly [number, EntryKind])[] = [
    [1, "session"],
    [3, "equity"],
    [5, "order"],
    [8, "session"],
  ];

  it.each(KINDS)("finds entry %i changed, whether all entries are read or those of its kind", (seq, kind) => {
    const path = journalAt();
    change(path, seq);
    for (const kinds of [undefined, [kind]]) {
      const journal = openJournal(path);
      expect(thrownBy(() => [...journal.read(1, kinds)])).toMatchObject(damagedAt(seq));
      journal.close();
    }
  });

  it("does not look at what nothing uses", () => {
    const path = journalAt();
    change(path, 4);
    const journal = openJournal(path);
    expect([...journal.read(5)]).toHaveLength(4);
    expect([...journal.read(1, ["equity"])]).toHaveLength(2);
    journal.close();
  });

  it("hashes an entry once, by whichever part it is read first, and each start hashes it again", () => {
    const path = journalAt();
    for (const kinds of [undefined, ["order" as const]]) {
      const journal = openJournal(path);
      expect([...journal.read(1, kinds)].filter(({ kind }) => kind === "order")).toHaveLength(4);
      change(path, 5);
      // This start has hashed it: a second look costs nothing, so it sees nothing.
      expect([...journal.read(5, ["order"])]).toHaveLength(2);
      if (kinds === undefined) expect([...journal.read(1)]).toHaveLength(8);
      journal.close();
      const next = openJournal(path);
      expect(thrownBy(() => [...next.read(1)])).toMatchObject(damagedAt(5));
      next.close();
      const database = openForWriting(path);
      database.prepare("UPDATE entries SET body = replace(body, '\"kind\" ', '\"kind\"') WHERE seq = 5").run();
      database.close();
    }
  });

  it("reads what this session wrote without hashing it again", () => {
    const journal = openJournal(join(freshFolder(), "journal.db"));
    journal.append(note("a"), at(1));
    journal.commit();
    expect([...journal.read(1)]).toHaveLength(1);
    journal.close();
  });

  it("names a gap only where all entries are asked for", () => {
    const path = journalAt();
    const database = openForWriting(path);
    database.exec("DELETE FROM entries WHERE seq = 3");
    database.close();
    const reader = readJournal(path);
    expect(thrownBy(() => [...reader.readChecked(1)])).toMatchObject(damagedAt(3));
    // The entry behind the gap has nothing to be checked against.
    expect(thrownBy(() => [...reader.readChecked(1, ["order"])])).toMatchObject(damagedAt(4));
    reader.close();
  });
});

describe("hashed rows", () => {
  it("are those that were added, whatever their numbers", () => {
    const rows = new HashedRows();
    const some = [1, 2, 7, 8, 9, 8_191, 8_192, 70_000, 3_000_000];
    for (const seq of some) rows.add(seq);
    for (const seq of some) {
      expect(rows.has(seq)).toBe(true);
      for (const near of [seq - 1, seq + 1]) expect(rows.has(near), String(near)).toBe(some.includes(near));
    }
    expect(rows.has(4_294_967_297)).toBe(false);
  });
});
