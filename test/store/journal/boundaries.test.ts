/**
 * The journal at its limits: the largest entry, a checkpoint beside pending entries, the moment of a compaction, a database that is
 * not durable.
 */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CodedError } from "../../../src/shared/errors.ts";
import { BODY_CHARS_MAX, openJournal } from "../../../src/store/journal/journal.ts";
import { assertDurable, openForWriting } from "../../../src/store/journal/sqlite.ts";
import { freshFolder, thrownBy } from "../folders.ts";
import { at, metrics, note } from "./entries.ts";

const newPath = (): string => join(freshFolder(), "journal.db");

describe("an entry", () => {
  it("of exactly the largest size is taken, and one of a character more is not", () => {
    const journal = openJournal(newPath());
    const most = BODY_CHARS_MAX - JSON.stringify(note("")).length;
    expect(thrownBy(() => journal.append(note("x".repeat(most + 1)), at(1)))).toMatchObject({ code: "too_large" });
    expect(journal.append(note("x".repeat(most)), at(1)).seq).toBe(1);
    journal.commit();
    expect(journal.count("session")).toBe(1);
    journal.close();
  });
});

describe("a checkpoint", () => {
  const texts = { at: at(1), state: "{}", piece: "{}", whole: true } as const;

  it("is refused while entries are pending, and saved once they are committed", () => {
    const journal = openJournal(newPath());
    journal.append(note("a"), at(1));
    journal.commit();
    journal.append(note("b"), at(1));
    expect(() => journal.saveCheckpoint(texts)).toThrow(/committed entries only/);
    expect(journal.checkpoint()).toBeNull();
    journal.commit();
    journal.saveCheckpoint(texts);
    expect(journal.checkpoint()).toMatchObject({ seq: 2 });
    journal.close();
  });
});

describe("a compaction", () => {
  it("keeps what is of exactly its moment, and drops what is before it", () => {
    const journal = openJournal(newPath());
    for (let second = 1; second <= 6; second += 1) journal.append(metrics({ second }), at(second));
    journal.commit();
    journal.saveCheckpoint({ at: at(6), state: "{}", piece: "{}", whole: true });
    expect(journal.compact(at(3), 100)).toBe(2);
    expect([...journal.read()].map((entry) => entry.at)).toEqual([3, 4, 5, 6].map(at));
    journal.close();
  });
});

describe("a database", () => {
  it.each([
    ["a write-ahead log that is not synced at each commit", "synchronous = NORMAL"],
    ["no write-ahead log", "journal_mode = DELETE"],
  ])("with %s is refused", (_what, setting) => {
    const database = openForWriting(newPath());
    expect(() => assertDurable(database, "journal.db")).not.toThrow();
    database.pragma(setting);
    const error = thrownBy(() => assertDurable(database, "journal.db")) as CodedError;
    expect(error).toMatchObject({ code: "io" });
    expect(error.message).toContain("journal.db is not kept durably here");
    database.close();
  });
});
