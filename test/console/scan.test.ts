/** A scan of a journal: in chunks, each entry once, and with an end, whatever a session writes meanwhile. */
import { describe, expect, it } from "vitest";
import { scan, SCAN_CHUNK, upTo, type EntrySource } from "../../src/console/state/scan.ts";
import { MINUTE, moment } from "../../src/shared/time.ts";
import type { JournalEntry } from "../../src/store/journal/entries.ts";

const entry = (seq: number): JournalEntry => ({
  kind: "registered",
  strategy: "a",
  nextRun: moment(seq * MINUTE),
  seq,
  at: moment(seq * MINUTE),
});

/** A journal that grows by more than a chunk whenever another has a turn. */
function growing() {
  let length = SCAN_CHUNK;
  const source: EntrySource = function* (from) {
    for (let seq = from; seq <= length; seq++) yield entry(seq);
  };
  const turn = async (): Promise<void> => {
    length += 3 * SCAN_CHUNK;
    if (length > 100 * SCAN_CHUNK) throw new Error("It never ends.");
  };
  return { source, turn };
}

describe("a scan", () => {
  it("of a session that writes faster than it reads ends where the session stood", async () => {
    const { source, turn } = growing();
    for (const end of [0, 1, SCAN_CHUNK, SCAN_CHUNK + 1, 5 * SCAN_CHUNK]) {
      const seen: number[] = [];
      await scan(
        upTo(source, end),
        (one) => {
          seen.push(one.seq);
          return undefined;
        },
        turn,
      );
      expect(seen).toEqual(Array.from({ length: end }, (_, index) => index + 1));
    }
  });

  it("without an end would follow it for ever", async () => {
    const { source, turn } = growing();
    await expect(scan(source, () => undefined, turn)).rejects.toThrow("It never ends.");
  });

  it("stops where its reader has seen enough", async () => {
    const { source, turn } = growing();
    let last = 0;
    await scan(source, ({ seq }) => (last = seq) >= 1_000, turn);
    expect(last).toBe(1_000);
  });
});
