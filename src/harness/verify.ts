/**
 * `verify`: whether a session's folder is what it claims to be. It only reads.
 *
 * 1. It takes no lock and writes nothing; beside a running session it looks at what is committed.
 * 2. The checks go from the bytes upwards: chain, head, sequences, orders and fills, books by replay, snapshot by replay. The first
 *    fault ends its own check; later checks run only where they still mean something.
 * 3. A check that could not be made is reported as such, never as passed.
 * 4. A long journal is read by two at once: one follows chain, orders, fills and venue, the other repeats the entries. Both read the same
 *    entries; what the repetition finds counts only where the whole chain holds.
 */
import { CodedError } from "../shared/errors.ts";
import { differenceAt } from "../live/session/recovery/checkpoint.ts";
import { codeSpans, type CodeSpan } from "../live/session/recovery/code.ts";
import { inspectJournal, snapshotDigest } from "../live/session/recovery/inspect.ts";
import {
  findSession,
  lyingRouterFile,
  nodeFileSystem,
  ownDigests,
  readJournal,
  readRecord,
  refuseLight,
  type JournalReader,
  type SessionFiles,
  type Workspace,
} from "../store/index.ts";
import type { Core } from "../live/session/state/parts.ts";
import type { Found } from "./order-rules.ts";
import { attempt, findingsOf, type Findings } from "./reading.ts";
import { readInThread } from "./reading-thread.ts";
import { recordFault } from "./record-check.ts";

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

/** Entries from which on a journal is read in a thread of its own while it is repeated: below, a thread costs more than it saves. */
const THREAD_FROM_ENTRIES = 50_000;

/**
 * Verifies a session by its id; `latest` names the newest. `onProgress` takes a share of one. Throws `no_session`, or `io` for a journal
 * that cannot be opened.
 */
export async function verifySession(
  workspace: Workspace,
  id: string,
  onProgress: (share: number) => void = () => undefined,
  threadFrom = THREAD_FROM_ENTRIES,
): Promise<Verdict> {
  const files = findSession(workspace, id);
  refuseLight(nodeFileSystem, files, "There is nothing to verify");
  if (!nodeFileSystem.exists(files.journal))
    throw new CodedError("no_session", `${files.folder} has no journal, so there is nothing to verify.`);
  const journal = readJournal(files.journal);
  const shares = { reading: 0, repeating: 0 };
  const progress = (part: keyof typeof shares) => (share: number) => {
    shares[part] = share;
    onProgress((shares.reading + shares.repeating) / 2);
  };
  try {
    const place = journal.hold();
    const thread = place.seq < threadFrom ? null : readInThread({ files, place }, progress("reading"));
    try {
      const replayed: VerifyCheck[] = [];
      // What is repeated while the chain is still being checked counts only where all of it holds.
      const core = await replayChecks(workspace, files, journal, ...into(replayed), progress("repeating"));
      const findings = await (thread?.findings ?? findingsOf(files, journal, progress("reading")));
      return verdictOf(files, journal, findings, core, replayed);
    } finally {
      thread?.close();
    }
  } finally {
    journal.close();
  }
}

function verdictOf(
  files: SessionFiles,
  journal: JournalReader,
  { broken, orders, fills, orderFault, venue }: Findings,
  core: Core | null,
  replayed: readonly VerifyCheck[],
): Verdict {
  const checks: VerifyCheck[] = [];
  const [add, skip] = into(checks);
  const entries = journal.position;
  const whole = add(
    "chain",
    broken === null ? null : { seq: broken.seq, text: broken.rule },
    `${entries} entries, each with its number and its hash, and the head is the last one's`,
  );
  add("orders", orderFault, `${orders} orders, each sent once after its decision; ${fills} fills, each booked once`);
  const same = `the journal's fills are those of the venue's ${venue?.fills}, and ${venue?.orders} ended orders are the same at both`;
  if (venue === null) skip("venue", "broker.db is not there, so nothing can be compared");
  else add("venue", venue.fault, same);
  codeCheck(journal, entries, add, skip);
  if (whole) checks.push(...replayed);
  else {
    skip("replay", "not repeated, because the chain is broken");
    skip("checkpoint", "not compared, because the chain is broken");
    skip("snapshot", "not compared, because the chain is broken");
  }
  fileCheck(files, journal, add, skip);
  recordCheck(files, whole ? core : null, entries, add, skip);
  const ok = checks.every((check) => check.state !== "failed");
  return { id: files.id, folder: files.folder, entries, orders, fills, ok, checks };
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

/** Repeats the journal. `onProgress` takes a share of one. Answers the parts at the end, or null where they are not reached. */
async function replayChecks(
  workspace: Workspace,
  files: SessionFiles,
  journal: JournalReader,
  add: Add,
  skip: Skip,
  onProgress: (share: number) => void,
): Promise<Core | null> {
  const entries = journal.position;
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
    if (entry !== null) onProgress(entry.seq / entries);
  };
  let core: Core;
  try {
    core = await inspectJournal(workspace, files, journal, visit);
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
