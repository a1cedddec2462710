/** A database whose log cannot be opened beside it, as on a disk that is mounted read-only: it is read all the same. */
import { copyFileSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openForReading, openForWriting } from "../../../src/store/index.ts";
import { freshFolder } from "../folders.ts";

it("is read with what its log holds, and nothing is left behind", () => {
  const folder = freshFolder();
  const path = join(folder, "a.db");
  const writer = openForWriting(path);
  writer.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
  writer.pragma("wal_checkpoint(TRUNCATE)");
  writer.exec("INSERT INTO t VALUES (2)");
  const still = freshFolder();
  const copy = join(still, "a.db");
  for (const end of ["", "-wal"]) copyFileSync(path + end, copy + end);
  writer.close();
  // SQLite cannot make the file that it shares a log by where that leads into a folder that is not there.
  symlinkSync(join(still, "missing", "shm"), `${copy}-shm`);
  const before = readdirSync(still);
  const reader = openForReading(copy);
  expect(reader.prepare("SELECT x FROM t ORDER BY x").pluck().all()).toEqual([1, 2]);
  expect(() => reader.exec("INSERT INTO t VALUES (3)")).toThrow(/readonly/);
  reader.close();
  expect(readdirSync(still)).toEqual(before);
  expect(() => openForReading(join(still, "none.db"))).toThrow(/none\.db/);
});
