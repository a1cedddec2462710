/** Which code made which entries: a new span for each start with another version or other code, and for no other. */
import { expect, it } from "vitest";
import { codeSpans, type CodeSpan } from "../../../../src/live/session/recovery/code.ts";
import type { JournalEntry } from "../../../../src/store/journal/entries.ts";
import { at, note } from "../../../store/journal/entries.ts";

const code = (digest: string, ...strategies: string[]): object => ({ digest, files: [], strategies });

/** Starts at every tenth entry, as versions and what each loaded. */
function spansOf(...starts: readonly (readonly [version: unknown, ...code: object[]])[]): readonly CodeSpan[] {
  const entries = starts.map(([version, ...loaded], index) => ({
    ...note(""),
    event: index === 0 ? "created" : "recovered",
    detail: { version, code: loaded },
    seq: index * 10 + 1,
    at: at(index),
  }));
  return codeSpans({ readChecked: () => entries as unknown as JournalEntry[] }, starts.length * 10);
}

const shown = (spans: readonly CodeSpan[]): string[] =>
  spans.map(({ from, to, version }) => `${from}-${to} ${version}`);

it("is one span while version and code stay the same", () => {
  expect(shown(spansOf(["1"], ["1"], ["1"]))).toEqual(["1-30 1"]);
  expect(shown(spansOf(["1", code("d", "a", "b")], ["1", code("d", "a", "b")]))).toEqual(["1-20 1"]);
});

it("begins a span with another version, other files, more of them, or other strategies of them", () => {
  expect(shown(spansOf(["1"], ["2"], ["2"], ["1"]))).toEqual(["1-10 1", "11-30 2", "31-40 1"]);
  for (const other of [[code("e", "a")], [code("d", "a"), code("e", "b")], [], [code("d", "a", "b")], [code("d", "b")]])
    expect(shown(spansOf(["1", code("d", "a")], ["1", ...other])), JSON.stringify(other)).toEqual([
      "1-10 1",
      "11-20 1",
    ]);
});

it("passes over starts that say no version: they ran no strategy", () => {
  expect(shown(spansOf(["1"], [undefined], ["1"]))).toEqual(["1-30 1"]);
});
