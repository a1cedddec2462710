/** What a venue has yet to write, in the journal: one text at a time, gone with the next commit, never believed when changed. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openJournal, readJournal } from "../../../src/store/journal/journal.ts";
import { openForWriting } from "../../../src/store/journal/sqlite.ts";
import { freshFolder, thrownBy } from "../folders.ts";
import { at, note } from "./entries.ts";

const changes = (number: number) => ({ number, text: `{"orders":[],"fills":[],"account":null,"n":${number}}` });

describe("what a venue has yet to write", () => {
  it("is there after the commit that holds it, and gone after one without", () => {
    const path = join(freshFolder(), "journal.db");
    const journal = openJournal(path);
    journal.append(note("a"), at(1));
    journal.commit(changes(1));
    expect(journal.venueChanges()).toEqual(changes(1));
    journal.append(note("b"), at(2));
    expect(journal.venueChanges(), "until the next commit").toEqual(changes(1));
    journal.commit(changes(2));
    expect(journal.venueChanges()).toEqual(changes(2));
    journal.commit(changes(3));
    expect([journal.venueChanges(), journal.position]).toEqual([changes(3), 2]);
    journal.commit();
    expect(journal.venueChanges(), "nothing was committed").toEqual(changes(3));
    journal.append(note("c"), at(3));
    journal.commit();
    expect([journal.venueChanges(), journal.verify()]).toEqual([null, null]);
    journal.close();
  });

  it("goes with the first commit of another start", () => {
    const path = join(freshFolder(), "journal.db");
    const first = openJournal(path);
    first.append(note("a"), at(1));
    first.commit(changes(1));
    first.close();
    const second = openJournal(path);
    expect(second.venueChanges()).toEqual(changes(1));
    second.append(note("b"), at(2));
    second.commit();
    expect(second.venueChanges()).toBeNull();
    second.close();
  });

  it.each(["text = replace(text, '0', '1'), number = 1", "number = 2"])("is refused once it was changed: %s", (set) => {
    const path = join(freshFolder(), "journal.db");
    const journal = openJournal(path);
    journal.append(note("a"), at(1));
    journal.commit({ number: 1, text: '{"n":0}' });
    journal.close();
    const database = openForWriting(path);
    database.exec(`UPDATE venue_changes SET ${set}`);
    database.close();
    const reader = readJournal(path);
    expect(thrownBy(() => reader.venueChanges())).toMatchObject({ code: "journal_damaged" });
    expect(reader.verify()).toMatchObject({ seq: 1, rule: expect.stringMatching(/venue/) as string });
    reader.close();
  });

  it("is nothing in a journal of an older version", () => {
    const path = join(freshFolder(), "journal.db");
    openJournal(path).close();
    const database = openForWriting(path);
    database.exec("DROP TABLE venue_changes");
    database.close();
    const reader = readJournal(path);
    expect(reader.venueChanges()).toBeNull();
    reader.close();
  });
});
