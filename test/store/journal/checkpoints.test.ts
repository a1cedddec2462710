/**
 * Checkpoints in a journal: what is read is what was saved, and anything that was changed, dropped or moved is reported.
 *
 * 1. Each change is made behind the journal's back, one at a time, to one column or row.
 */
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { headPathOf, openJournal, type Journal } from "../../../src/store/journal/journal.ts";
import { HeadWriter } from "../../../src/store/journal/head.ts";
import { CHAIN_START } from "../../../src/store/journal/chain.ts";
import { openForWriting } from "../../../src/store/journal/sqlite.ts";
import { freshFolder } from "../folders.ts";
import { at, metrics, note } from "./entries.ts";

const newPath = (): string => join(freshFolder(), "journal.db");

function save(journal: Journal, number: number, whole: boolean): void {
  journal.append(note(String(number)), at(number));
  journal.commit();
  const [state, piece] = [{ number }, { piece: number }].map((value) => JSON.stringify(value)) as [string, string];
  journal.saveCheckpoint({ at: at(number), state, piece, whole });
}

describe("a checkpoint", () => {
  it("is read with its newest state and all pieces since the last whole one, through any starts", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("whole", "piece", "start"), { maxLength: 12 }), (steps) => {
        const path = newPath();
        let journal = openJournal(path);
        let memory: { piece: number }[] = [];
        let number = 0;
        for (const step of ["whole", ...steps]) {
          if (step === "start") {
            journal.close();
            journal = openJournal(path);
          } else {
            number += 1;
            save(journal, number, step === "whole");
            memory = [...(step === "whole" ? [] : memory), { piece: number }];
          }
          expect(journal.checkpoint()).toEqual({ seq: number, at: at(number), state: { number }, memory });
        }
        expect(journal.verify()).toBeNull();
        journal.close();
      }),
      { numRuns: 10 },
    );
  });

  it.each([
    ["its state is changed", `UPDATE checkpoint SET state = '{"number":4}'`, /does not match its digest/],
    ["its moment is changed", "UPDATE checkpoint SET at = at + 1", /does not match its digest/],
    ["its digest is changed", "UPDATE checkpoint SET digest = upper(digest)", /does not match its digest/],
    ["its place is changed", "UPDATE checkpoint SET seq = 2", /last piece is missing/],
    ["its state is missing", "DELETE FROM checkpoint", /state is missing/],
    ["a piece is changed", `UPDATE checkpoint_memory SET body = '{"piece":9}' WHERE seq = 1`, /piece at entry 1/],
    ["a piece is moved", "UPDATE checkpoint_memory SET seq = 0 WHERE seq = 1", /piece at entry 0/],
    ["a piece is dropped", "DELETE FROM checkpoint_memory WHERE seq = 2", /piece at entry 3/],
    ["its last piece is dropped", "DELETE FROM checkpoint_memory WHERE seq = 3", /last piece is missing/],
    ["its entry is another", "UPDATE entries SET hash = upper(hash) WHERE seq = 3", /does not match its digest/],
    ["its entry is missing", "DELETE FROM entries WHERE seq = 3", /follows entry 3, which is missing/],
  ])("is reported, and not used, when %s", (_what, sql, fault) => {
    const path = newPath();
    const journal = openJournal(path);
    for (const number of [1, 2, 3]) save(journal, number, number === 1);
    const database = openForWriting(path);
    database.exec(sql);
    database.close();
    expect(journal.checkpoint()).toEqual({
      seq: expect.any(Number) as number,
      fault: expect.stringMatching(fault) as string,
    });
    journal.close();
  });
});

describe("a compacted journal", () => {
  function compacted(path = newPath()): Journal {
    const journal = openJournal(path);
    for (let second = 1; second <= 6; second += 1)
      journal.append(second % 2 === 0 ? note(String(second)) : metrics({ second }), at(second));
    journal.commit();
    journal.saveCheckpoint({ at: at(6), state: "{}", piece: "{}", whole: true });
    expect(journal.compact(at(5), 100)).toBe(4);
    return journal;
  }

  it("holds together with what it kept", () => {
    const path = newPath();
    compacted(path).close();
    const journal = openJournal(path);
    // A start checks each entry that it reads, also the kept one at the base whose predecessor is gone.
    expect([...journal.readChecked(1)].map(({ seq }) => seq)).toEqual([2, 4, 5, 6]);
    expect(journal.verify()).toBeNull();
    journal.close();
  });

  it.each([
    ["changed", "UPDATE entries SET body = replace(body, 'continued', 'started') WHERE seq = 2"],
    ["dropped", "DELETE FROM entries WHERE seq = 4"],
  ])("reports a kept entry that was %s", (_what, sql) => {
    const path = newPath();
    const journal = compacted(path);
    const database = openForWriting(path);
    database.exec(sql);
    database.close();
    expect(journal.verify()).toMatchObject({ seq: 4, rule: expect.stringContaining("kept") as string });
    journal.close();
  });
});

it("a head of a journal without entries is no lost entry", () => {
  const path = newPath();
  openJournal(path).close();
  const writer = new HeadWriter(headPathOf(path));
  writer.write({ seq: 0, hash: CHAIN_START });
  writer.close();
  const journal = openJournal(path);
  expect(journal.position).toBe(0);
  journal.close();
});
