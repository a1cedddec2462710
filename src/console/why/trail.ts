/**
 * Collects from the journal everything that belongs to one order, one refusal, one cancel or replace of no open order, or one drift item.
 *
 * 1. The trail is read from the journal, so it is the same for a running session and for one that ended long ago.
 * 2. A run's end is journaled before what the run ordered.
 * 3. It is bounded: at most `FILLS_MAX` fills and `DRIFTS_MAX` drift items are kept, with how many there were.
 */
import {
  isOfNoOrder,
  runOfNoOrder,
  type AckEntry,
  type CancelEntry,
  type CancelRequestEntry,
  type ClosedEntry,
  type DriftEntry,
  type FillEntry,
  type HaltEntry,
  type JournalEntry,
  type OrderEntry,
  type QueueEntry,
  type ReplaceEntry,
  type ReplaceRequestEntry,
  type ResumeEntry,
  type ReviewEntry,
  type RunFinishedEntry,
  type RunStartedEntry,
  type SendEntry,
  type UpdatedEntry,
} from "../../store/journal/entries.ts";
import type { Subject } from "../archive/requests.ts";
import type { Moment } from "../../shared/time.ts";
import { scan } from "../state/scan.ts";
import type { EntrySource, Turn } from "../state/scan.ts";

export const FILLS_MAX = 100;
export const DRIFTS_MAX = 100;

type Placed<Entry> = Entry & { readonly seq: number; readonly at: Moment };

export interface Trail {
  order: Placed<OrderEntry> | null;
  started: Placed<RunStartedEntry> | null;
  finished: Placed<RunFinishedEntry> | null;
  send: Placed<SendEntry> | null;
  readonly acks: Placed<AckEntry>[];
  readonly cancels: Placed<CancelEntry>[];
  /** Requests to cancel and replace, the answers to replaces, what the venue changed by itself, and what expired in a queue. */
  readonly changes: Placed<CancelRequestEntry | ReplaceRequestEntry | ReplaceEntry | UpdatedEntry | QueueEntry>[];
  readonly fills: Placed<FillEntry>[];
  fillCount: number;
  closed: Placed<ClosedEntry> | null;
  readonly drifts: Placed<DriftEntry>[];
  readonly reviews: Placed<ReviewEntry>[];
  /** The first halt at or after the first drift item, and the resume that ended it. */
  halt: Placed<HaltEntry> | null;
  resume: Placed<ResumeEntry> | null;
}

/** What an id of a view names, or null for a text that names nothing. */
export function subjectOf(id: string): Subject | null {
  const seq = /^seq:(\d{1,15})$/.exec(id)?.[1];
  if (seq !== undefined) return { kind: "entry", seq: Number(seq) };
  if (/^ROUTER-\d{1,15}$/.test(id)) return { kind: "order", orderId: id };
  return /^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$/.test(id) ? { kind: "drift", item: id } : null;
}

function emptyTrail(): Trail {
  return {
    order: null,
    started: null,
    finished: null,
    send: null,
    acks: [],
    cancels: [],
    changes: [],
    fills: [],
    fillCount: 0,
    closed: null,
    drifts: [],
    reviews: [],
    halt: null,
    resume: null,
  };
}

/** Each strategy's newest run: what it ordered has not come yet. */
type Runs = Map<string, { readonly started: Placed<RunStartedEntry>; finished: Placed<RunFinishedEntry> | null }>;

function rememberRun(runs: Runs, entry: JournalEntry): void {
  if (entry.kind === "run_started") runs.set(entry.strategy, { started: entry, finished: null });
  if (entry.kind !== "run_finished") return;
  const run = runs.get(entry.strategy);
  if (run?.started.run === entry.run) run.finished = entry;
}

function push<Entry>(list: Entry[], entry: Entry, max: number): void {
  if (list.length < max) list.push(entry);
}

/** Adds the run in which something was asked for; none for what an operator asked for. */
function addRun(trail: Trail, asked: { readonly strategy: string; readonly run: number | null }, runs: Runs): void {
  const run = runs.get(asked.strategy);
  if (run === undefined || run.started.run !== asked.run) return;
  trail.started = run.started;
  trail.finished = run.finished;
}

/** Adds an entry that belongs to the order `orderId`. */
function addOf(trail: Trail, entry: JournalEntry, orderId: string, runs: Runs): void {
  if (entry.kind === "order") {
    if (entry.orderId !== orderId || !entry.accepted || entry.replay) return;
    trail.order = entry;
    return addRun(trail, entry, runs);
  }
  if (!("orderId" in entry) || entry.orderId !== orderId) return;
  if (entry.kind === "send") trail.send ??= entry;
  else if (entry.kind === "ack") push(trail.acks, entry, FILLS_MAX);
  else if (entry.kind === "cancel") push(trail.cancels, entry, FILLS_MAX);
  else if (entry.kind === "closed") trail.closed = entry;
  else if (entry.kind === "drift") push(trail.drifts, entry, DRIFTS_MAX);
  else if (entry.kind === "fill") {
    trail.fillCount += 1;
    push(trail.fills, entry, FILLS_MAX);
  } else if (entry.kind !== "updated" || entry.change !== "trailed") push(trail.changes, entry, FILLS_MAX);
}

/** Adds reviews of the trail's drift items, and the halt and the resume around them. */
function addReview(trail: Trail, entry: JournalEntry): void {
  if (trail.drifts.length === 0) return;
  if (entry.kind === "review" && trail.drifts.some((drift) => drift.item === entry.item))
    push(trail.reviews, entry, DRIFTS_MAX);
  else if (entry.kind === "halt" && entry.source === "drift") trail.halt ??= entry;
  else if (entry.kind === "resume" && trail.halt !== null) trail.resume ??= entry;
}

/** Finds the trail of a subject; null when the journal has no such order, entry or item. */
export async function trailOf(source: EntrySource, subject: Subject, turn: Turn): Promise<Trail | null> {
  const trail = emptyTrail();
  const runs: Runs = new Map();
  let orderId = subject.kind === "order" ? subject.orderId : null;
  let found = false;
  await scan(
    source,
    (entry) => {
      rememberRun(runs, entry);
      if (subject.kind === "entry" && entry.seq === subject.seq) {
        if (entry.kind === "order") {
          trail.order = entry;
          addRun(trail, entry, runs);
          orderId = entry.accepted ? entry.orderId : null;
          found = true;
        } else if (isOfNoOrder(entry)) {
          trail.changes.push(entry);
          addRun(trail, { strategy: entry.strategy, run: runOfNoOrder(entry) }, runs);
          found = true;
        } else if ("orderId" in entry && entry.orderId !== null) orderId = entry.orderId;
      }
      if (subject.kind === "drift" && entry.kind === "drift" && entry.item === subject.item) {
        trail.drifts.push(entry);
        orderId = entry.orderId;
        found = true;
      } else if (orderId !== null) addOf(trail, entry, orderId, runs);
      addReview(trail, entry);
      // Nothing that comes later belongs to a refusal.
      return subject.kind === "entry" && found && orderId === null;
    },
    turn,
  );
  if (orderId !== null && trail.order === null && subject.kind !== "order")
    return withOrder(source, trail, orderId, turn);
  return found || trail.order !== null ? trail : null;
}

/** The order came before the entry that named it: read again for what belongs to the order, and keep the drift items. */
async function withOrder(source: EntrySource, known: Trail, orderId: string, turn: Turn): Promise<Trail | null> {
  const trail = await trailOf(source, { kind: "order", orderId }, turn);
  if (trail === null) return known.drifts.length > 0 ? known : null;
  for (const drift of known.drifts)
    if (!trail.drifts.some((other) => other.item === drift.item)) trail.drifts.push(drift);
  for (const review of known.reviews)
    if (!trail.reviews.some((other) => other.seq === review.seq)) trail.reviews.push(review);
  trail.halt ??= known.halt;
  trail.resume ??= known.resume;
  return trail;
}
