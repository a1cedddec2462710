/** The journal's head: two slots, of which a torn write leaves the other; durable from its first write on. */
import fs, { readFileSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { HeadWriter, readHead } from "../../../src/store/journal/head.ts";
import { nodeFileSystem } from "../../../src/store/files/node-file-system.ts";
import { freshFolder, thrownBy } from "../folders.ts";

const SLOT_BYTES = 128;
const headAt = (seq: number) => ({ seq, hash: seq.toString(16).padStart(64, "0") });

/** The files that are open, by descriptor, and each sync, from here on. */
function watchDisk(): { readonly open: ReadonlyMap<number, string>; readonly synced: readonly (string | undefined)[] } {
  const open = new Map<number, string>();
  const synced: (string | undefined)[] = [];
  const { openSync, fsyncSync, closeSync } = fs;
  vi.spyOn(fs, "openSync").mockImplementation((...asked) => {
    const descriptor = openSync(...asked);
    open.set(descriptor, String(asked[0]));
    return descriptor;
  });
  vi.spyOn(fs, "fsyncSync").mockImplementation((descriptor) => {
    synced.push(open.get(descriptor));
    fsyncSync(descriptor);
  });
  vi.spyOn(fs, "closeSync").mockImplementation((descriptor) => {
    open.delete(descriptor);
    closeSync(descriptor);
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });
  return { open, synced };
}

describe("the head", () => {
  it("is the newest one written, whatever is torn of the slot that is written next, through any starts", () => {
    const step = fc.constantFrom("write", "start", "tear");
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const path = join(freshFolder(), "journal.head");
        let writer = new HeadWriter(path);
        let seq = 0;
        for (const next of ["write", "write", ...steps]) {
          if (next === "start") {
            writer.close();
            writer = new HeadWriter(path);
          } else if (next === "write") writer.write(headAt((seq += 1)));
          else {
            // A write that was torn in its middle: the slot is neither the old head nor the new one.
            const before = readFileSync(path);
            writer.write(headAt(seq + 1));
            const after = readFileSync(path);
            const at = before.subarray(0, SLOT_BYTES).equals(after.subarray(0, SLOT_BYTES)) ? SLOT_BYTES : 0;
            after.fill(before.subarray(at + 10, at + 100), at + 10, at + 100);
            writer.close();
            writeFileSync(path, after);
            writer = new HeadWriter(path);
          }
          expect(readHead(path)).toEqual(headAt(seq));
        }
        writer.close();
      }),
      { numRuns: 25 },
    );
  });

  it("is missing, empty, torn at its first write, or damaged", () => {
    const path = join(freshFolder(), "journal.head");
    expect(readHead(path)).toBeNull();
    for (const text of ["", "0".repeat(SLOT_BYTES - 1), "\0".repeat(2 * SLOT_BYTES)]) {
      writeFileSync(path, text);
      expect(readHead(path)).toBeNull();
    }
    writeFileSync(path, "0".repeat(SLOT_BYTES));
    expect(thrownBy(() => readHead(path))).toMatchObject({ code: "journal_damaged" });
  });

  it("is durable with its folder from the first write on, and again when it is closed; then its file is closed", () => {
    const folder = freshFolder();
    const path = join(folder, "journal.head");
    const disk = watchDisk();
    const folders = vi.spyOn(nodeFileSystem, "syncFolder");
    const count = (): readonly number[] => [
      disk.synced.filter((file) => file === path).length,
      folders.mock.calls.length,
    ];
    const open = (): boolean => [...disk.open.values()].includes(path);
    const writer = new HeadWriter(path);
    expect(count()).toEqual([0, 0]);
    writer.write(headAt(1));
    expect(count()).toEqual([1, 1]);
    expect(folders).toHaveBeenCalledWith(folder);
    writer.write(headAt(2));
    expect(count()).toEqual([1, 1]);
    expect(open()).toBe(true);
    writer.close();
    expect(count()).toEqual([2, 1]);
    expect(open()).toBe(false);
    const again = new HeadWriter(path);
    again.write(headAt(3));
    expect(count()).toEqual([2, 1]);
    again.close();
  });
});
