/**
 * `verify`: whether a session's folder is what it claims to be. It only reads.
 *
 * 1. It takes no lock and writes nothing; beside a running session it looks at what is committed.
 * 2. The checks go from the bytes upwards: chain, head, sequences, orders and fills, books by replay, snapshot by replay. The first
 *    fault ends its own check; later checks run only where they still mean something.
 * 3. A check that could not be made is reported as such, never as passed.
 */
import { CodedError } from "../shared/errors.ts";
import { differenceAt } from "../live/session/recovery/checkpoint.ts";
import { codeSpans, type CodeSpan } from "../live/session/recovery/code.ts";
import { inspectJournal, snapshotDigest } from "../live/session/recovery/inspect.ts";
import { ORDER_KINDS } from "../live/session/recovery/ended-orders.ts";
import {
  findSession,
  lyingRouterFile,
  nodeFileSystem,
  ownDigests,
  readJournal,
  readRecord,
  refuseLight,
  type JournalEntry,
  type JournalFault,
  type JournalReader,
  type SessionFiles,
  type Workspace,
} from "../store/index.ts";
import type { Core } from "../live/session/state/parts.ts";
import { OrderRules, type Found } from "./order-rules.ts";
import { recordFault } from "./record-check.ts";
import { VenueBook } from "./venue-book.ts";

export interface VerifyCheck {
  readonly name: "chain" | "orders" | "venue" | "code" | "replay" | "checkpoint" | "snapshot" | "file" | "record";
  readonly state: "passed" | "failed" | "skipped";
  /** The entry at which the fault stands; null where it has none. */
  readonly seq: number | null;
  readonly text: string;
}

export interface Verdict {
  readonly id: string;
  readonly folder: string;
  readonly entries: number;
  readonly orders: number;
  readonly fills: number;
  readonly ok: boolean;
  readonly checks: readonly VerifyCheck[];
}

/** The chain, the orders and the repetition each pass over all entries. */
const PASSES = 3;

/**
 * Verifies a session by its id; `latest` names the newest. `onProgress` takes a share of one. Throws `no_session`, or `io` for a journal
 * that cannot be opened.
 */
export async function verifySession(
  workspace: Workspace,
  id: string,
  onProgress: (share: number) => void = () => undefined,
): Promise<Verdict> {
  const files = findSession(workspace, id);
  refuseLight(nodeFileSystem, files, "There is nothing to verify");
  if (!nodeFileSystem.exists(files.journal))
    throw new CodedError("no_session", `${files.folder} has no journal, so there is nothing to verify.`);
  const journal = readJournal(files.journal);
  try {
    journal.hold();
    return await verifyOpen(workspace, files, journal, onProgress);
  } finally {
    journal.close();
  }
}

async function verifyOpen(
  workspace: Workspace,
  files: SessionFiles,
  journal: JournalReader,
  onProgress: (share: number) => void,
): Promise<Verdict> {
  const checks: VerifyCheck[] = [];
  const [add, skip] = into(checks);
  const entries = journal.position;
  const once = journal.compaction().seq === 0;
  const passed = (pass: number, seq: number): void =>
    onProgress((pass + seq / Math.max(1, entries)) / (once ? 1 : PASSES));
  const reading = new Reading(journal, new VenueBook(files, journal), (seq) => passed(0, seq));
  const replayed: VerifyCheck[] = [];
  // What is repeated while the chain is still being checked counts only where all of it holds.
  let core: Core | null = null;
  if (once) core = await replayChecks(workspace, files, journal, ...into(replayed), () => undefined, reading.entries);
  reading.toEnd();
  const { broken } = reading;
  const whole = add(
    "chain",
    broken === null ? null : { seq: broken.seq, text: broken.rule },
    `${entries} entries, each with its number and its hash, and the head is the last one's`,
  );
  if (!whole || !once) reading.readAgain((seq) => passed(1, seq));
  const { book, venue, readable } = reading;
  add(
    "orders",
    readable ?? book.fault,
    `${book.orders} orders, each sent once after its decision; ${book.fills} fills, each booked once`,
  );
  venueCheck(files, venue, add, skip);
  codeCheck(journal, entries, add, skip);
  if (!whole) {
    skip("replay", "not repeated, because the chain is broken");
    skip("checkpoint", "not compared, because the chain is broken");
    skip("snapshot", "not compared, because the chain is broken");
  } else if (once) checks.push(...replayed);
  else core = await replayChecks(workspace, files, journal, add, skip, (seq) => passed(2, seq), null);
  fileCheck(files, journal, add, skip);
  recordCheck(files, whole ? core : null, entries, add, skip);
  const ok = checks.every((check) => check.state !== "failed");
  return { id: files.id, folder: files.folder, entries, orders: book.orders, fills: book.fills, ok, checks };
}

/** How checks are added to a list. */
function into(checks: VerifyCheck[]): readonly [Add, Skip] {
  const add: Add = (name, fault, passed) => {
    checks.push(
      fault === null
        ? { name, state: "passed", seq: null, text: passed }
        : { name, state: "failed", seq: fault.seq, text: fault.text },
    );
    return fault === null;
  };
  const skip: Skip = (name, text) => {
    checks.push({ name, state: "skipped", seq: null, text });
  };
  return [add, skip];
}

type Add = (name: VerifyCheck["name"], fault: Found | null, passed: string) => boolean;
type Skip = (name: VerifyCheck["name"], text: string) => void;

function attempt(work: () => void): Found | null {
  try {
    work();
    return null;
  } catch (error) {
    return { seq: null, text: error instanceof Error ? error.message : String(error) };
  }
}

/** Every journaled fill, and every order that has ended, against the venue's own database. */
function venueCheck(files: SessionFiles, venue: VenueBook, add: Add, skip: Skip): void {
  if (!nodeFileSystem.exists(files.broker)) return skip("venue", "broker.db is not there, so nothing can be compared");
  venue.end();
  const text = `the journal's fills are those of the venue's ${venue.count}, and ${venue.orders} ended orders are the same at both`;
  add("venue", venue.fault, text);
}

const CODE_SHOWN = 3;
const SPANS_SHOWN = 5;
const DIGEST_SHOWN = 12;

/** Which code made which entries. It says so; that other code was meant was asked when it was loaded. */
function codeCheck(journal: JournalReader, entries: number, add: Add, skip: Skip): void {
  let spans: readonly CodeSpan[] = [];
  const unreadable = attempt(() => {
    spans = codeSpans(journal, entries);
  });
  if (unreadable !== null) return void add("code", unreadable, "");
  if (spans.length === 0) return skip("code", "not on record: the session is from a version that did not record it");
  const more = spans.length - SPANS_SHOWN;
  const shown = spans.slice(-SPANS_SHOWN).map(({ from, to, version, code }) => {
    const files = code.slice(0, CODE_SHOWN).map(({ digest, files: parts, strategies }) => {
      const others = strategies.length > 1 ? ` and ${strategies.length - 1} more` : "";
      const made =
        parts[0] === undefined ? "" : ` (${parts[0].name}${parts.length > 1 ? ` and ${parts.length - 1} more` : ""})`;
      return `${strategies[0] ?? ""}${others} ${digest.slice(0, DIGEST_SHOWN)}${made}`;
    });
    const rest = code.length > CODE_SHOWN ? ` and ${code.length - CODE_SHOWN} more` : "";
    return `entries ${from} to ${to}: Logos ${version}, ${files.length === 0 ? "built-in strategies" : files.join(", ")}${rest}`;
  });
  add("code", null, (more > 0 ? `${more} earlier changes; ` : "") + shown.join("; "));
}

/**
 * `all`: every entry, by a caller who reads them; null where they are to be read. Answers the parts at the end, or null where they are
 * not reached.
 */
async function replayChecks(
  workspace: Workspace,
  files: SessionFiles,
  journal: JournalReader,
  add: Add,
  skip: Skip,
  onEntry: (seq: number) => void,
  all: Iterable<JournalEntry> | null,
): Promise<Core | null> {
  const { seq: base } = journal.compaction();
  let snapshots = 0;
  let digest: string | null = null;
  let compared: string | null = null;
  const newest = journal.lastOf("snapshot");
  const last = newest?.kind === "snapshot" ? newest : null;
  const of = last === null ? -1 : (last.of ?? last.seq - 1);
  const saved = journal.checkpoint();
  const checkpoint = saved === null || "fault" in saved ? null : saved;
  const visit: Parameters<typeof inspectJournal>[3] = (core, entry, replay) => {
    if (checkpoint !== null && compared === null && (entry === null || entry.seq > checkpoint.seq))
      compared = differenceAt(checkpoint, core, replay) ?? "";
    // Making a snapshot's text costs more than repeating its session's hour, so the newest one stands for all.
    if (entry?.seq === of + 1) digest = snapshotDigest(core, of, snapshots, last?.terms === true);
    if (entry?.kind === "snapshot") snapshots += 1;
    if (entry !== null) onEntry(entry.seq);
  };
  let core: Core;
  try {
    core = await inspectJournal(workspace, files, journal, visit, "first entry", all);
  } catch (error) {
    const seq = error instanceof CodedError && typeof error.detail?.["seq"] === "number" ? error.detail["seq"] : null;
    add("replay", { seq, text: error instanceof Error ? error.message : String(error) }, "");
    skip("checkpoint", "not compared, because the journal cannot be repeated");
    skip("snapshot", "not compared, because the journal cannot be repeated");
    return null;
  }
  const since = base === 0 ? "" : `, from the checkpoint behind entry ${checkpoint?.seq ?? base} on`;
  add("replay", null, `every decision and every booked profit comes out the same again${since}`);
  if (base > 0) {
    const text = `runs up to entry ${base} were removed, so it cannot be made again; it matches its digest`;
    skip("checkpoint", text);
    skip("snapshot", text);
    return core;
  }
  if (checkpoint === null || compared === null) skip("checkpoint", "the session has made none yet");
  else {
    const fault = compared === "" ? null : { seq: checkpoint.seq, text: compared };
    add("checkpoint", fault, `the state behind entry ${checkpoint.seq} is what the entries up to it give`);
  }
  if (last === null) {
    skip("snapshot", "the session has written none yet");
    return core;
  }
  const text = "the router that the journal gives is not the one that this snapshot was made of";
  const wrong = digest === last.sha256 ? null : { seq: last.seq, text };
  add("snapshot", wrong, `the newest of ${snapshots} snapshots is what the journal gives`);
  return core;
}

/** `session.json`: what it says of the session is what the journal gives. */
function recordCheck(files: SessionFiles, core: Core | null, entries: number, add: Add, skip: Skip): void {
  if (!nodeFileSystem.exists(files.record))
    return skip("record", "session.json is not there; the journal has everything");
  if (core === null) return skip("record", "not compared, because the journal cannot be repeated");
  let text: string | null = null;
  let skipped: string | null = null;
  const unreadable = attempt(() => {
    const record = readRecord(nodeFileSystem, files.record);
    if (record.position !== entries)
      skipped = `session.json is of entry ${record.position} and the journal of ${entries}; its next end writes it again`;
    else if (record.currency === undefined)
      skipped = "session.json is from an earlier version, whose figures were counted otherwise";
    else text = recordFault(record, core, files.record);
  });
  if (skipped !== null) return skip("record", skipped);
  add("record", unreadable ?? (text === null ? null : { seq: null, text }), "session.json says what the journal gives");
}

/** `router_state.json` itself: one that the journal names as its own. */
function fileCheck(files: SessionFiles, journal: JournalReader, add: Add, skip: Skip): void {
  if (!nodeFileSystem.exists(files.routerState))
    return skip("file", "router_state.json is not there; the journal has everything");
  const { sha256 } = lyingRouterFile(nodeFileSystem, files.routerState);
  const fault = ownDigests(journal).has(sha256)
    ? null
    : {
        seq: null,
        text: "router_state.json is not the one that this session wrote last; it was changed or replaced",
      };
  add("file", fault, "router_state.json is the one that the session wrote last");
}

/** One pass over all entries: the chain, and what the entries say of orders and fills, while another part may repeat them. */
class Reading {
  book = new OrderRules();
  venue: VenueBook;
  /** Why an entry that holds could not be read. */
  readable: Found | null = null;
  /** The chain's fault; of meaning once the end is reached. */
  broken: JournalFault | null = null;
  readonly #journal: JournalReader;
  readonly #all: ReturnType<JournalReader["verified"]>;
  readonly #onEntry: (seq: number) => void;
  #ended = false;

  constructor(journal: JournalReader, venue: VenueBook, onEntry: (seq: number) => void) {
    this.#journal = journal;
    this.venue = venue;
    this.#all = journal.verified();
    this.#onEntry = onEntry;
  }

  /** The entries for who repeats them; who stops early leaves the rest to `toEnd`. */
  readonly entries: Iterable<JournalEntry> = {
    [Symbol.iterator]: () => ({
      next: (): IteratorResult<JournalEntry> => {
        const entry = this.#next();
        return entry === null ? { done: true, value: undefined } : { done: false, value: entry };
      },
    }),
  };

  toEnd(): void {
    while (!this.#ended) this.#next();
  }

  /** Everything but the chain again, from all entries that can be read. */
  readAgain(onEntry: (seq: number) => void): void {
    const book = (this.book = new OrderRules());
    this.readable = attempt(() => {
      for (const entry of this.#journal.read(1)) {
        if (book.take(entry)) break;
        onEntry(entry.seq);
      }
    });
    const { venue } = this;
    venue.again();
    venue.fault ??= attempt(() => {
      for (const entry of this.#journal.read(1, ORDER_KINDS)) venue.take(entry);
    });
  }

  /** The next entry that holds; null at the end, or where one cannot be read. */
  #next(): JournalEntry | null {
    const next = this.#all.next();
    if (next.done === true) {
      this.#ended = true;
      this.broken = next.value;
      return null;
    }
    this.#onEntry(next.value.seq);
    if (this.readable !== null) return null;
    let entry: JournalEntry | null = null;
    this.readable = attempt(() => {
      entry = next.value.read();
    });
    if (entry === null) return null;
    if (this.book.fault === null) this.book.take(entry);
    this.venue.take(entry);
    return entry;
  }
}
