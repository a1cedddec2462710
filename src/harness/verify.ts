/**
 * `verify`: whether a session's folder is what it claims to be. It only reads.
 *
 * 1. It takes no lock and writes nothing; beside a running session it looks at what is committed.
 * 2. The checks go from the bytes upwards: chain, head, sequences, orders and fills, books by replay, snapshot by replay. The first
 *    fault ends its own check; later checks run only where they still mean something.
 * 3. A check that could not be made is reported as such, never as passed.
 */
import { decimal } from "../shared/decimal.ts";
import { CodedError } from "../shared/errors.ts";
import { executionKeyOf } from "../shared/ids.ts";
import { brokerFillOf, readVenueFills } from "../live/broker/venue-store.ts";
import { venueFault } from "../live/session/recovery/venue-check.ts";
import { differenceAt } from "../live/session/recovery/checkpoint.ts";
import { codeSpans, type CodeSpan } from "../live/session/recovery/code.ts";
import { inspectJournal, snapshotDigest } from "../live/session/recovery/inspect.ts";
import {
  findSession,
  lyingRouterFile,
  nodeFileSystem,
  ownDigests,
  readJournal,
  refuseLight,
  type JournalEntry,
  type JournalReader,
  type SessionFiles,
  type Workspace,
} from "../store/index.ts";

export interface VerifyCheck {
  readonly name: "chain" | "orders" | "venue" | "code" | "replay" | "checkpoint" | "snapshot" | "file";
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

type Found = { readonly seq: number | null; readonly text: string };

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
  const add = (name: VerifyCheck["name"], fault: Found | null, passed: string): boolean => {
    checks.push(
      fault === null
        ? { name, state: "passed", seq: null, text: passed }
        : { name, state: "failed", seq: fault.seq, text: fault.text },
    );
    return fault === null;
  };
  const skip = (name: VerifyCheck["name"], text: string): void => {
    checks.push({ name, state: "skipped", seq: null, text });
  };
  const entries = journal.position;
  const passed = (pass: number, seq: number): void => onProgress((pass + seq / Math.max(1, entries)) / PASSES);
  const broken = journal.verify((seq) => passed(0, seq));
  const whole = add(
    "chain",
    broken === null ? null : { seq: broken.seq, text: broken.rule },
    `${entries} entries, each with its number and its hash, and the head is the last one's`,
  );
  const book = new OrderBook();
  const readable = attempt(() => {
    for (const entry of journal.read(1)) {
      if (book.take(entry)) break;
      passed(1, entry.seq);
    }
  });
  add(
    "orders",
    readable ?? book.fault,
    `${book.orders} orders, each sent once after its decision; ${book.fills} fills, each booked once`,
  );
  venueCheck(files, journal, add, skip);
  codeCheck(journal, entries, add, skip);
  if (!whole) {
    skip("replay", "not repeated, because the chain is broken");
    skip("checkpoint", "not compared, because the chain is broken");
    skip("snapshot", "not compared, because the chain is broken");
  } else await replayChecks(workspace, files, journal, add, skip, (seq) => passed(2, seq));
  fileCheck(files, journal, add, skip);
  const ok = checks.every((check) => check.state !== "failed");
  return { id: files.id, folder: files.folder, entries, orders: book.orders, fills: book.fills, ok, checks };
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

/** Every journaled fill against the venue's own database. */
function venueCheck(files: SessionFiles, journal: JournalReader, add: Add, skip: Skip): void {
  let fault: Found | null = null;
  let count = 0;
  const unreadable = attempt(() => {
    const fills = readVenueFills(files.broker, journal.venueChanges());
    if (fills === null) return;
    count = fills.length;
    fault = venueFault(journal.read(1, ["fill"]), new Map(fills.map((fill) => [fill.cursor, brokerFillOf(fill)])));
  });
  if (!nodeFileSystem.exists(files.broker)) return skip("venue", "broker.db is not there, so nothing can be compared");
  add("venue", unreadable ?? fault, `the journal's fills are those of the venue's ${count}`);
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

async function replayChecks(
  workspace: Workspace,
  files: SessionFiles,
  journal: JournalReader,
  add: Add,
  skip: Skip,
  onEntry: (seq: number) => void,
): Promise<void> {
  const { seq: base } = journal.compaction();
  let snapshots = 0;
  let digest: string | null = null;
  let compared: string | null = null;
  const newest = journal.lastOf("snapshot");
  const last = newest?.kind === "snapshot" ? newest : null;
  const of = last === null ? -1 : (last.of ?? last.seq - 1);
  const saved = journal.checkpoint();
  const checkpoint = saved === null || "fault" in saved ? null : saved;
  try {
    await inspectJournal(workspace, files, journal, (core, entry, replay) => {
      if (checkpoint !== null && compared === null && (entry === null || entry.seq > checkpoint.seq))
        compared = differenceAt(checkpoint, core, replay) ?? "";
      // Making a snapshot's text costs more than repeating its session's hour, so the newest one stands for all.
      if (entry?.seq === of + 1) digest = snapshotDigest(core, of, snapshots, last?.terms === true);
      if (entry?.kind === "snapshot") snapshots += 1;
      if (entry !== null) onEntry(entry.seq);
    });
  } catch (error) {
    const seq = error instanceof CodedError && typeof error.detail?.["seq"] === "number" ? error.detail["seq"] : null;
    add("replay", { seq, text: error instanceof Error ? error.message : String(error) }, "");
    skip("checkpoint", "not compared, because the journal cannot be repeated");
    skip("snapshot", "not compared, because the journal cannot be repeated");
    return;
  }
  const since = base === 0 ? "" : `, from the checkpoint behind entry ${checkpoint?.seq ?? base} on`;
  add("replay", null, `every decision and every booked profit comes out the same again${since}`);
  if (base > 0) {
    const text = `runs up to entry ${base} were let go, so nobody can make it again; it matches its digest`;
    skip("checkpoint", text);
    skip("snapshot", text);
    return;
  }
  if (checkpoint === null || compared === null) skip("checkpoint", "the session has made none yet");
  else {
    const fault = compared === "" ? null : { seq: checkpoint.seq, text: compared };
    add("checkpoint", fault, `the state behind entry ${checkpoint.seq} is what the entries up to it give`);
  }
  if (last === null) return skip("snapshot", "the session has written none yet");
  const text = "the router that the journal gives is not the one that this snapshot was made of";
  const wrong = digest === last.sha256 ? null : { seq: last.seq, text };
  add("snapshot", wrong, `the newest of ${snapshots} snapshots is what the journal gives`);
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
        text: "router_state.json is not the one that this session wrote last; somebody changed or replaced it",
      };
  add("file", fault, "router_state.json is the one that the session wrote last");
}

interface Known {
  sent: boolean;
  ended: boolean;
  readonly quantity: string;
}

/** The rules between orders, sends, answers and fills, entry by entry. */
class OrderBook {
  orders = 0;
  fills = 0;
  fault: Found | null = null;
  readonly #orders = new Map<string, Known>();
  readonly #fills = new Set<string>();
  #highest = 0;

  /** True once a fault is found. */
  take(entry: JournalEntry): boolean {
    const text = this.#look(entry);
    if (text !== null) this.fault = { seq: entry.seq, text };
    return this.fault !== null;
  }

  #look(entry: JournalEntry): string | null {
    switch (entry.kind) {
      case "order":
        return entry.accepted && !entry.replay && entry.orderId !== null
          ? this.#accept(entry.orderId, entry.quantity)
          : null;
      case "send": {
        const order = this.#orders.get(entry.orderId);
        if (order === undefined) return `${entry.orderId} is sent and was never accepted`;
        if (order.sent) return `${entry.orderId} is sent twice`;
        order.sent = true;
        return null;
      }
      case "ack":
        return this.#orders.get(entry.orderId)?.sent === true
          ? null
          : `${entry.orderId} is answered and was never sent`;
      case "fill":
        return this.#fill(entry);
      case "restore":
        for (const id of Object.keys(entry.state["inflight"] ?? {}))
          this.#orders.set(id, { sent: true, ended: false, quantity: "0" });
        this.#highest = Math.max(this.#highest, entry.nextSequence - 1);
        return null;
      default:
        return null;
    }
  }

  #accept(id: string, quantity: number): string | null {
    const number = Number(id.replace("ROUTER-", ""));
    if (this.#orders.has(id)) return `${id} is accepted twice`;
    if (number !== this.#highest + 1) return `${id} follows number ${this.#highest}; a number is missing or used again`;
    this.#highest = number;
    this.#orders.set(id, { sent: false, ended: false, quantity: String(quantity) });
    this.orders += 1;
    return null;
  }

  #fill(entry: Extract<JournalEntry, { kind: "fill" }>): string | null {
    if (entry.verdict !== "booked") return null;
    const key = executionKeyOf(entry.orderId, entry.fillId);
    if (this.#fills.has(key)) return `fill ${entry.fillId} is booked twice`;
    this.#fills.add(key);
    this.fills += 1;
    const order = entry.orderId === null ? undefined : this.#orders.get(entry.orderId);
    if (order === undefined || !order.sent) return `fill ${entry.fillId} is booked to an order that was never sent`;
    if (decimal(entry.quantity).isNegative() !== decimal(order.quantity).isNegative() && order.quantity !== "0")
      return `fill ${entry.fillId} goes the other way than its order`;
    return null;
  }
}
