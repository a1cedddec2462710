/** A flipped bit anywhere in the journal's files: found, or without any effect on what is read. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { CodedError } from "../../../src/shared/errors.ts";
import { openJournal, readJournal } from "../../../src/store/journal/journal.ts";
import { freshFolder } from "../folders.ts";
import { at, equity, note, order } from "./entries.ts";

const KINDS = ["session", "order", "equity"] as const;

/** Everything that a reader can learn, through the table and through the index; or that it refuses. */
function readAll(path: string): unknown {
  const reader = readJournal(path);
  try {
    const fault = reader.verify();
    if (fault !== null) return "found";
    return KINDS.map((kind) => [
      reader.count(kind),
      reader.lastOf(kind),
      [...reader.read(1, [kind])],
      reader.position,
    ]).concat([[...reader.read()]]);
  } finally {
    reader.close();
  }
}

function outcome(path: string): unknown {
  try {
    return readAll(path);
  } catch (error) {
    if (error instanceof CodedError) return "found";
    throw error;
  }
}

const folder = freshFolder();
const FILES = ["journal.db", "journal.db-wal", "journal.head"] as const;

/** The files as a crash leaves them: most entries in the database, the newest in its log. */
const crashed = ((): Readonly<Record<string, Buffer>> => {
  const path = join(folder, "journal.db");
  const first = openJournal(path);
  for (let number = 1; number <= 60; number += 1) {
    first.append(number % 3 === 0 ? order(number) : note(`entry ${number} ${"·".repeat(number)}`), at(number));
    if (number % 7 === 0) first.commit();
  }
  first.commit();
  first.close();
  const second = openJournal(path);
  for (let number = 1; number <= 6; number += 1) {
    second.append(equity(String(number)), at(100 + number));
    second.commit();
  }
  const files = Object.fromEntries(FILES.map((name) => [name, readFileSync(join(folder, name))]));
  second.close();
  return files;
})();

let copies = 0;

/** The crashed journal in a folder of its own, with some bytes changed. */
function copyWith(change: (files: Record<string, Buffer>) => void): string {
  copies += 1;
  const place = join(folder, String(copies));
  mkdirSync(place);
  const files = Object.fromEntries(Object.entries(crashed).map(([name, bytes]) => [name, Buffer.from(bytes)]));
  change(files);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(place, name), bytes);
  return join(place, "journal.db");
}

const untouched = outcome(copyWith(() => undefined));

it("reads the untouched journal", () => {
  expect(untouched).not.toBe("found");
});

it.each(FILES)("a flipped bit in %s", (name) => {
  let found = 0;
  const bits = (crashed[name] as Buffer).length * 8;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bits - 1 }), (bit) => {
      const path = copyWith((files) => {
        const bytes = files[name] as Buffer;
        const byte = Math.floor(bit / 8);
        bytes[byte] = (bytes[byte] as number) ^ (1 << (bit % 8));
      });
      const seen = outcome(path);
      if (seen === "found") found += 1;
      // The head's flip costs a slot, the other one holds; a flip in unused space changes nothing.
      else expect(seen).toEqual(untouched);
    }),
    { numRuns: 100 },
  );
  if (name !== "journal.head") expect(found).toBeGreaterThan(10);
});

it("a database or log that is cut off", () => {
  fc.assert(
    fc.property(fc.constantFrom("journal.db", "journal.db-wal"), fc.double({ min: 0, max: 0.999 }), (name, share) => {
      const path = copyWith((files) => {
        const bytes = files[name] as Buffer;
        files[name] = bytes.subarray(0, Math.floor(bytes.length * share));
      });
      const seen = outcome(path);
      if (seen !== "found") expect(seen).toEqual(untouched);
    }),
    { numRuns: 60 },
  );
});

it("a log that is gone: the writer refuses, because its head knows better", () => {
  const path = copyWith((files) => {
    delete files["journal.db-wal"];
  });
  expect(() => openJournal(path)).toThrow(expect.objectContaining({ code: "journal_damaged" }));
});
