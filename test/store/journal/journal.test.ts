/** The journal: numbered, chained, durable or closed, and never believed when its head or a newer program says otherwise. */
import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { headPathOf, JOURNAL_SCHEMA, openJournal, readJournal } from "../../../src/store/journal/journal.ts";
import { openForWriting } from "../../../src/store/journal/sqlite.ts";
import { CHAIN_START, chainHash } from "../../../src/store/journal/chain.ts";
import { freshFolder, thrownBy } from "../folders.ts";
import { at, equity, halt, note, order } from "./entries.ts";

const newPath = (): string => join(freshFolder(), "journal.db");

/** A closed journal of some entries, a commit each. */
function journalOf(texts: readonly string[], path = newPath()): string {
  const journal = openJournal(path);
  for (const [index, text] of texts.entries()) {
    journal.append(note(text), at(index));
    journal.commit();
  }
  journal.close();
  return path;
}

const textsOf = (path: string): string[] => {
  const reader = readJournal(path);
  const texts = [...reader.read()].map((entry) => (entry.kind === "session" ? entry.text : entry.kind));
  reader.close();
  return texts;
};

/** Changes the database behind the journal's back. */
function tamper(path: string, sql: string): void {
  const database = openForWriting(path);
  database.exec(sql);
  database.close();
}

describe("entries", () => {
  it("are numbered from 1 without a gap, across commits and starts", () => {
    const path = journalOf(["a", "b"]);
    const journal = openJournal(path);
    expect([journal.position, journal.committed]).toEqual([2, 2]);
    expect(journal.append(note("c"), at(5))).toMatchObject({ seq: 3, at: at(5), kind: "session", text: "c" });
    expect(journal.append(equity("9"), at(6)).seq).toBe(4);
    expect([journal.position, journal.committed]).toEqual([4, 2]);
    journal.commit();
    expect([journal.position, journal.committed]).toEqual([4, 4]);
    expect([...journal.read()].map((entry) => entry.seq)).toEqual([1, 2, 3, 4]);
    journal.close();
  });

  it("are read as lines of JSON, without any, one or more kinds", () => {
    const path = newPath();
    const journal = openJournal(path);
    for (const body of [note("a"), order(1), equity("1"), order(2), note("b")]) journal.append(body, at(1));
    journal.commit();
    journal.close();
    const reader = readJournal(path);
    for (const without of [[], ["equity"], ["order", "session"], ["order", "session", "equity"]] as const) {
      const kept = [...reader.read()].filter(({ kind }) => !(without as readonly string[]).includes(kind));
      const lines = [...reader.lines(without)].join("");
      const entries = kept.map(({ seq: _seq, ...entry }) => entry as unknown);
      expect(
        lines === ""
          ? []
          : lines
              .trimEnd()
              .split("\n")
              .map((line) => JSON.parse(line) as unknown),
      ).toEqual(entries);
    }
    expect(reader.compaction()).toMatchObject({ seq: 0, dropped: 0 });
    expect(reader.headProblem()).toBeNull();
    writeFileSync(headPathOf(path), "0".repeat(256));
    expect(reader.headProblem()).toMatch(/^\S*journal\.head cannot be read/);
    reader.close();
  });

  it("are read from a number on, of some kinds, the newest of a kind, and counted", () => {
    const journal = openJournal(newPath());
    for (let number = 1; number <= 6; number += 1) {
      journal.append(order(number), at(number));
      if (number % 3 === 0) journal.append(equity(String(number)), at(number));
    }
    journal.commit();
    expect([...journal.read(5)].map((entry) => entry.seq)).toEqual([5, 6, 7, 8]);
    expect([...journal.read(2, ["equity"])].map((entry) => entry.seq)).toEqual([4, 8]);
    expect([...journal.read(1, ["equity", "halt"])].length).toBe(2);
    expect(journal.lastOf("order")).toMatchObject({ seq: 7, run: 6 });
    expect(journal.lastOf("halt")).toBeNull();
    expect([journal.count("order"), journal.count("equity"), journal.count("halt")]).toEqual([6, 2, 0]);
    journal.close();
  });

  it("come back in pages, every one of them, while the reader takes its time", () => {
    const journal = openJournal(newPath());
    for (let number = 1; number <= 4_500; number += 1) journal.append(note(String(number)), at(number));
    journal.commit();
    let seen = 0;
    for (const entry of journal.read()) {
      seen += 1;
      expect(entry.seq).toBe(seen);
      // A commit between two pages neither breaks the reading nor is missed by it.
      if (seen === 2_500) {
        journal.append(note("late"), at(5_000));
        journal.commit();
      }
    }
    expect(seen).toBe(4_501);
    journal.close();
  });

  it("keep their text to the last character, whatever it holds", () => {
    const texts = ["", "\u0000\u001f", "\ud800 alone", "日本 😀 \ufffd", '"\\\n', "__proto__"];
    expect(textsOf(journalOf(texts))).toEqual(texts);
  });

  it("that were appended and never committed are gone after a close", () => {
    const path = newPath();
    const journal = openJournal(path);
    journal.append(note("kept"), at(1));
    journal.commit();
    journal.append(note("lost"), at(2));
    journal.close();
    expect(textsOf(path)).toEqual(["kept"]);
  });

  it("with a body past the limit are refused, and the number is not used up", () => {
    const journal = openJournal(newPath());
    expect(() => journal.append(note("x".repeat(1_000_000)), at(1))).toThrow(
      expect.objectContaining({ code: "too_large" }),
    );
    expect(journal.append(note("x".repeat(999_000)), at(1)).seq).toBe(1);
    const restore = { source: "file", sha256: "0", operator: "me", note: "", nextSequence: 1 };
    const state = { text: "y".repeat(2_000_000) };
    expect(journal.append({ kind: "restore", ...restore, state }, at(2)).seq).toBe(2);
    journal.commit();
    expect(journal.verify()).toBeNull();
    journal.close();
  });
});

describe("the chain", () => {
  it("is SHA-256 over the hash before, number, moment, kind and body", () => {
    const path = journalOf(["a", "b"]);
    const database = openForWriting(path);
    const rows = database.prepare("SELECT * FROM entries ORDER BY seq").all() as {
      seq: number;
      at: number;
      kind: string;
      body: string;
      hash: string;
    }[];
    database.close();
    let before = CHAIN_START;
    for (const row of rows) {
      before = chainHash(before, row.seq, row.at, row.kind, row.body);
      expect(row.hash).toBe(before);
    }
    expect(rows.map((row) => JSON.parse(row.body) as object)).toMatchObject([{ text: "a" }, { text: "b" }]);
  });

  it.each([
    ["UPDATE entries SET body = replace(body, 'b', 'x') WHERE seq = 2", 2, /does not match/],
    ["UPDATE entries SET at = at + 1 WHERE seq = 3", 3, /does not match/],
    ["UPDATE entries SET kind = 'halt' WHERE seq = 1", 1, /does not match/],
    ["DELETE FROM entries WHERE seq = 2", 2, /missing/],
    ["DELETE FROM entries WHERE seq = 4", 3, /head says 4/],
    ["UPDATE entries SET seq = 9 WHERE seq = 4", 4, /missing/],
    ["UPDATE entries SET hash = 'f' WHERE seq = 4", 4, /does not match/],
  ])("shows where it was broken: %s", (sql, seq, rule) => {
    const path = journalOf(["a", "b", "c", "d"]);
    tamper(path, sql);
    const reader = readJournal(path);
    const fault = reader.verify();
    // A start reads checked entries; what was cut off the end is the head's to find, when the journal is opened.
    const read = (): unknown => [...reader.readChecked(1)];
    if (rule.source.startsWith("head")) expect(read).not.toThrow();
    else expect(thrownBy(read)).toMatchObject({ code: "journal_damaged", detail: { seq } });
    reader.close();
    expect(fault?.seq).toBe(seq);
    expect(fault?.rule).toMatch(rule);
  });

  it("read checked from any entry on is what is read unchecked", () => {
    const reader = readJournal(journalOf(["a", "b", "c", "d"]));
    for (let from = 1; from <= 5; from += 1) expect([...reader.readChecked(from)]).toEqual([...reader.read(from)]);
    reader.close();
  });

  it("rewritten from some entry on is found by the head", () => {
    const path = journalOf(["a", "b", "c"]);
    // The whole journal is forged consistently; only the head outside remembers.
    const forged = journalOf(["a", "forged", "c"]);
    copyFileSync(forged, path);
    const reader = readJournal(path);
    expect(reader.verify()).toMatchObject({ seq: 3, rule: expect.stringMatching(/not the one that the head names/) });
    reader.close();
  });

  it("says of a body that is no JSON which entry it is", () => {
    const path = journalOf(["a", "b"]);
    tamper(path, "UPDATE entries SET body = '{' WHERE seq = 2");
    const reader = readJournal(path);
    expect(() => [...reader.read()]).toThrow(expect.objectContaining({ code: "journal_damaged" }));
    expect(() => reader.lastOf("session")).toThrow(/Entry 2 /);
    reader.close();
  });
});

describe("the head", () => {
  it("that is older than the journal is what a crash leaves, and the journal continues", () => {
    const path = journalOf(["a"]);
    const old = readFileSync(headPathOf(path));
    journalOf(["b"], path);
    writeFileSync(headPathOf(path), old);
    const journal = openJournal(path);
    expect(journal.head.seq).toBe(2);
    expect(journal.verify()).toBeNull();
    journal.close();
  });

  it("that is newer than the journal says that entries were lost", () => {
    const path = journalOf(["a"]);
    const old = readFileSync(path);
    journalOf(["b"], path);
    writeFileSync(path, old);
    expect(() => openJournal(path)).toThrow(expect.objectContaining({ code: "journal_damaged" }));
    expect(String(thrownBy(() => openJournal(path)))).toMatch(/its head says 2, the database ends at 1/);
    rmSync(path);
    expect(() => openJournal(path)).toThrow(/ends at 0/);
  });

  it("with another hash belongs to another journal", () => {
    const path = journalOf(["a", "b"]);
    copyFileSync(headPathOf(journalOf(["x", "y"])), headPathOf(path));
    expect(() => openJournal(path)).toThrow(expect.objectContaining({ code: "journal_damaged" }));
    expect(() => openJournal(path)).toThrow(/another hash/);
  });

  it("that is missing or empty is rebuilt", () => {
    const path = journalOf(["a", "b"]);
    rmSync(headPathOf(path));
    expect(textsOf(journalOf(["c"], path))).toEqual(["a", "b", "c"]);
    truncateSync(headPathOf(path), 0);
    expect(textsOf(journalOf(["d"], path))).toEqual(["a", "b", "c", "d"]);
    const reader = readJournal(path);
    expect(reader.verify()).toBeNull();
    reader.close();
  });

  it("with one torn slot is read from the other, and with both is refused", () => {
    const path = journalOf(["a", "b", "c"]);
    const whole = readFileSync(headPathOf(path));
    for (const from of [0, 128]) {
      const torn = Buffer.from(whole);
      torn.fill("?", from + 20, from + 60);
      writeFileSync(headPathOf(path), torn);
      openJournal(path).close();
      writeFileSync(headPathOf(path), whole);
    }
    writeFileSync(headPathOf(path), Buffer.alloc(256, "?"));
    expect(() => openJournal(path)).toThrow(expect.objectContaining({ code: "journal_damaged" }));
  });

  it("never loses the newest slot to a torn write, also right after a start", () => {
    for (const commits of [1, 2, 3, 4]) {
      const path = journalOf(Array.from({ length: commits }, (_, index) => String(index)));
      const before = readFileSync(headPathOf(path), "latin1");
      journalOf(["next"], path);
      const after = readFileSync(headPathOf(path), "latin1");
      const newest = before.length > 128 && before.slice(128) > before.slice(0, 128) ? 128 : 0;
      expect(after.slice(newest, newest + 128)).toBe(before.slice(newest, newest + 128));
    }
  });

  it("torn in its very first write, cut or as zeros, does not cost the session", () => {
    for (const left of [Buffer.from("0000000000000001 ab"), Buffer.alloc(128)]) {
      const path = journalOf(["a"]);
      writeFileSync(headPathOf(path), left);
      expect(textsOf(journalOf(["b"], path))).toEqual(["a", "b"]);
    }
  });
});

describe("a journal", () => {
  it("of a newer schema is refused by writer and reader, and not one byte of it changes", () => {
    const path = journalOf(["a"]);
    tamper(path, `PRAGMA user_version = ${JOURNAL_SCHEMA + 1}`);
    const before = readFileSync(path);
    for (const open of [openJournal, readJournal])
      expect(() => open(path)).toThrow(expect.objectContaining({ code: "schema_newer" }));
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("that is no database is called damaged, and stays as it is", () => {
    const path = newPath();
    writeFileSync(path, "this is no database, but it is longer than a header of one ".repeat(20));
    const before = readFileSync(path);
    for (const open of [openJournal, readJournal])
      expect(() => open(path)).toThrow(expect.objectContaining({ code: "journal_damaged" }));
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("that is not there is not made by a reader", () => {
    const path = newPath();
    expect(() => readJournal(path)).toThrow(expect.objectContaining({ code: "io" }));
    expect(existsSync(path)).toBe(false);
  });

  it("whose commit failed takes nothing more, and a new start reads what is really there", () => {
    const path = newPath();
    const journal = openJournal(path);
    journal.append(note("kept"), at(1));
    journal.commit();
    // Another connection with the write lock makes the next transaction fail; at once, so that the test need not wait.
    (journal as unknown as { database: { pragma(text: string): void } }).database.pragma("busy_timeout = 0");
    const rival = openForWriting(path);
    rival.pragma("busy_timeout = 0");
    rival.exec("BEGIN IMMEDIATE");
    journal.append(note("unsure"), at(2));
    expect(() => journal.commit()).toThrow(expect.objectContaining({ code: "io" }));
    rival.exec("ROLLBACK");
    rival.close();
    expect(() => journal.commit()).toThrow(/Journaling to/);
    expect(() => journal.append(note("more"), at(3))).toThrow(expect.objectContaining({ code: "io" }));
    expect(journal.committed).toBe(1);
    journal.close();
    expect(textsOf(path)).toEqual(["kept"]);
    expect(textsOf(journalOf(["again"], path))).toEqual(["kept", "again"]);
  });

  it("rolls a transaction back as a whole when its middle fails", () => {
    const path = newPath();
    const journal = openJournal(path);
    tamper(path, "CREATE TRIGGER stop BEFORE INSERT ON entries WHEN NEW.seq = 2 BEGIN SELECT RAISE(ABORT, 'no'); END");
    for (const text of ["a", "b", "c"]) journal.append(note(text), at(1));
    expect(() => journal.commit()).toThrow(expect.objectContaining({ code: "io" }));
    journal.close();
    tamper(path, "DROP TRIGGER stop");
    expect(textsOf(path)).toEqual([]);
    openJournal(path).close();
  });

  it("is read beside its writer: each commit whole, and none before it is made", () => {
    const path = newPath();
    const journal = openJournal(path);
    journal.append(note("a"), at(1));
    journal.commit();
    const reader = readJournal(path);
    journal.append(note("b"), at(2));
    journal.append(note("c"), at(2));
    expect([reader.position, [...reader.read()].length]).toEqual([1, 1]);
    journal.commit();
    expect([reader.position, reader.count("session")]).toEqual([3, 3]);
    expect(reader.lastOf("session")).toMatchObject({ text: "c" });
    expect(reader.verify()).toBeNull();
    journal.append(halt("x", "y"), at(3));
    journal.commit();
    expect(reader.lastOf("halt")).toMatchObject({ seq: 4 });
    reader.close();
    journal.close();
  });

  it("takes nothing from its reader: a reader's connection cannot write", () => {
    const path = journalOf(["a"]);
    const reader = readJournal(path) as unknown as { database: { exec(sql: string): void } };
    expect(() => reader.database.exec("DELETE FROM entries")).toThrow(/readonly/);
  });

  it("is durable: WAL and synchronous FULL", () => {
    const journal = openJournal(newPath()) as unknown as {
      database: { pragma(text: string, options: object): unknown };
      close(): void;
    };
    expect(journal.database.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(journal.database.pragma("synchronous", { simple: true })).toBe(2);
    journal.close();
  });
});
