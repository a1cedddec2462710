/** What is read of a checkpoint without a start: its read model and the bytes of the growing files, or nothing where it cannot be read. */
import { expect, it } from "vitest";
import { savedFiles, savedModel } from "../../../../src/live/session/recovery/checkpoint.ts";
import { moment } from "../../../../src/shared/time.ts";
import type { JournalReader } from "../../../../src/store/index.ts";

type Checkpoint = ReturnType<JournalReader["checkpoint"]>;
const journalWith = (checkpoint: Checkpoint): Pick<JournalReader, "checkpoint"> => ({ checkpoint: () => checkpoint });
const saved = (form: number): Checkpoint => {
  const state = { form, runDigest: "", snapshots: 0, files: { "orders.csv": 7 }, parts: { tally: { runs: 3 } } };
  return { seq: 5, at: moment(0), state, memory: [] };
};

it("is nothing where there is no checkpoint, or one that cannot be read", () => {
  for (const checkpoint of [null, { seq: 5, fault: "it was changed" }]) {
    expect(savedModel(journalWith(checkpoint))).toBeNull();
    expect(savedFiles(journalWith(checkpoint))).toEqual({});
  }
  expect(savedModel(journalWith(saved(99)))).toBeNull();
});

it("is the checkpoint's own", () => {
  expect(savedModel(journalWith(saved(1)))).toEqual({ seq: 5, state: { runs: 3 } });
  expect(savedFiles(journalWith(saved(1)))).toEqual({ "orders.csv": 7 });
});
