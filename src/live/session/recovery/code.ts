/**
 * Which code runs: what the record says of users' strategy files, and how they differ from what ran before.
 *
 * 1. A strategy's code is compared with the newest that is on record for it, so code that failed to load in between hides no change.
 * 2. A strategy of which nothing is on record, as in a journal of an older version, differs from nothing.
 * 3. A strategy that does not load runs nothing, so it is no change of code.
 */
import type { Desk } from "../../../shared/desk.ts";
import { CodedError } from "../../../shared/errors.ts";
import type { CodeFile, EntryKind, JournalEntry, LoadedCode } from "../../../store/journal/entries.ts";
import type { HostPort } from "../../host/port.ts";

/** Characters of all lists of files together: an entry has at most a million. */
const LISTS_CHARS_MAX = 400_000;
const FILES_SHOWN = 5;
const CHANGES_SHOWN = 5;

/** What the host has loaded of users' files: strategies made of the same files together, in the desk's order. */
export function loadedCode(host: Pick<HostPort, "code">, desk: Pick<Desk, "strategies">): readonly LoadedCode[] {
  const byDigest = new Map<string, { readonly files: readonly CodeFile[]; readonly strategies: string[] }>();
  for (const { name } of desk.strategies) {
    const code = host.code?.get(name);
    if (code === undefined) continue;
    const known = byDigest.get(code.digest);
    if (known === undefined) byDigest.set(code.digest, { files: code.files, strategies: [name] });
    else known.strategies.push(name);
  }
  const all = [...byDigest].map(([digest, { files, strategies }]) => ({ digest, files, strategies }));
  // The digest alone still proves what ran; the lists only say which file it was.
  return JSON.stringify(all).length > LISTS_CHARS_MAX ? all.map((code) => ({ ...code, files: [] })) : all;
}

/** What a `created` or `recovered` entry says of the code; empty for any other entry. */
export function recordedCode(entry: JournalEntry): readonly LoadedCode[] {
  if (entry.kind !== "session" || (entry.event !== "created" && entry.event !== "recovered")) return [];
  const { code } = entry.detail;
  return Array.isArray(code) ? (code as readonly LoadedCode[]) : [];
}

/** Which code made the entries from `from` to `to`: the program's version, and what of users' files was loaded. */
export interface CodeSpan {
  readonly from: number;
  readonly to: number;
  readonly version: string;
  readonly code: readonly LoadedCode[];
}

/** The spans of a journal's entries, one for each start that loaded other code than the one before, or another version. */
export function codeSpans(journal: CodeReader, last: number): readonly CodeSpan[] {
  const spans: CodeSpan[] = [];
  for (const entry of journal.readChecked(1, ["session"])) {
    if (entry.kind !== "session" || (entry.event !== "created" && entry.event !== "recovered")) continue;
    const { version } = entry.detail;
    // A start for one command of an operator runs no strategy; starts of older versions do not say what they loaded.
    if (typeof version !== "string") continue;
    const span = { from: entry.seq, to: last, version, code: recordedCode(entry) };
    const before = spans.at(-1);
    if (before !== undefined && sameCode(before, span)) continue;
    if (before !== undefined) spans[spans.length - 1] = { ...before, to: entry.seq - 1 };
    spans.push(span);
  }
  return spans;
}

const sameCode = (a: CodeSpan, b: CodeSpan): boolean =>
  a.version === b.version &&
  a.code.length === b.code.length &&
  a.code.every(({ digest, strategies }, at) => {
    const other = b.code[at];
    return other?.digest === digest && other.strategies.join("\n") === strategies.join("\n");
  });

interface CodeReader {
  readChecked(from: number, kinds: readonly EntryKind[]): Iterable<JournalEntry>;
}

/** How what is loaded differs from what ran before, a sentence for each digest that is new; none where nothing does. */
export function codeChanges(journal: CodeReader, loaded: readonly LoadedCode[]): readonly string[] {
  const before = new Map<string, LoadedCode>();
  for (const entry of journal.readChecked(1, ["session"]))
    for (const code of recordedCode(entry)) for (const strategy of code.strategies) before.set(strategy, code);
  return loaded.flatMap((code) => {
    const changed = code.strategies.filter((name) => (before.get(name)?.digest ?? code.digest) !== code.digest);
    const old = before.get(changed[0] ?? "");
    if (old === undefined) return [];
    const more = changed.length > 1 ? ` and ${changed.length - 1} more` : "";
    return [`${changed[0] ?? ""}${more}: ${filesChanged(old.files, code.files)}`];
  });
}

function filesChanged(before: readonly CodeFile[], now: readonly CodeFile[]): string {
  const had = new Map(before.map(({ name, sha256 }) => [name, sha256]));
  const has = new Set(now.map(({ name }) => name));
  const words = [
    ...now.flatMap(({ name, sha256 }) =>
      had.get(name) === sha256 ? [] : [`${name} ${had.has(name) ? "changed" : "is new"}`],
    ),
    ...before.flatMap(({ name }) => (has.has(name) ? [] : [`${name} is no longer part of it`])),
  ];
  if (words.length === 0) return "its files are not the same";
  const more = words.length - FILES_SHOWN;
  return words.slice(0, FILES_SHOWN).join(", ") + (more > 0 ? `, and ${more} more` : "");
}

/** The error that asks whether other code is meant. */
export function codeChanged(id: string, changes: readonly string[]): CodedError {
  const more = changes.length - CHANGES_SHOWN;
  const shown = changes.slice(0, CHANGES_SHOWN).join("; ") + (more > 0 ? `; and ${more} more` : "");
  return new CodedError(
    "code_changed",
    `Session ${id} ran other strategy code before. ${shown}. Nothing was started. To run the code as it is now, from here on: ` +
      "--accept-code-change (in the console: Run the changed code). To run the earlier code, put its files back.",
    { session: id, changes },
  );
}
