/**
 * Checkpoints: the parts' whole state at an entry of the journal, and the parts from it, so that a start repeats only what came
 * after.
 *
 * 1. A checkpoint is what the entries up to its own add up to, and the feed consumed up to its moment: repeating the journal from its
 *    first entry gives the same state, byte for byte. Without a checkpoint, or with one that cannot be used, a start does that.
 * 2. The market is not in it: it is a function of the feed and is consumed again.
 * 3. What grows with the session (keys, executions) is saved by pieces, so that saving costs what is new, not what there is.
 * 4. A checkpoint is made between passes, when everything is committed. Where it cannot be written the session stops, as it does
 *    for any other write of the journal.
 */
import { isDeepStrictEqual } from "node:util";
import {
  keyPieceOf,
  KeyPieces,
  routerFromPieces,
  sameRouterState,
  type KeyPiece,
  type MetricsState,
  type OrderRouter,
  type RouterHead,
  type SchedulerSnapshot,
  type SeenFill,
} from "../../../orchestrator/index.ts";
import { CodedError } from "../../../shared/errors.ts";
import type { Moment } from "../../../shared/time.ts";
import type { JournalReader, SavedCheckpoint } from "../../../store/index.ts";
import type { BooksState } from "../../books/index.ts";
import type { RiskEngineState } from "../../risk/port.ts";
import type { Core } from "../state/parts.ts";
import type { RunSnapshot } from "../../strategies/run-types.ts";
import type { Interrupted, Replay } from "./recovery.ts";
import { runSnapshotOf } from "../state/run-snapshot.ts";
import { SEEN_FILLS_MAX, type SeenFill as SeenExecution } from "../state/read-model.ts";
import { columnsOfRows, eachExecution, newIn, rowOf, seenIn, type FillColumns, type FillRow } from "./saved-fills.ts";
import { restoreModel, modelState, type ModelState } from "./model-state.ts";

/** The form of the state below; a checkpoint of a form that is not read here is not used. Form 1 had executions as rows. */
const FORM = 2;
const FORMS_READ: ReadonlySet<number> = new Set([1, FORM]);
/** Entries from one checkpoint to the next; a start repeats at most about as many. */
export const CHECKPOINT_ENTRIES = 30_000;
/** Entries that a pass looks at when the journal is compacted: a few milliseconds' work. */
const COMPACTED_PER_PASS = 500;

/** A run under way: what it saw, but for the market, which the feed repeats. */
type OpenRunState = Omit<RunSnapshot, "bars" | "marks" | "fills" | "updates" | "bar"> & { readonly due: Moment };

/** Everything but what grows with the session and what the feed repeats. */
export interface PartsState {
  readonly now: Moment;
  readonly scheduler: SchedulerSnapshot;
  readonly router: RouterHead;
  readonly metrics: MetricsState;
  readonly books: BooksState;
  readonly risk: RiskEngineState;
  readonly tally: ModelState;
  /** In order of start. */
  readonly open: readonly OpenRunState[];
}

/** A checkpoint's state, as it lies in the journal. */
export interface CheckpointState {
  readonly form: number;
  /** Desk, seed and feed that it belongs to. */
  readonly runDigest: string;
  /** How many entries up to it are snapshots. */
  readonly snapshots: number;
  /** Bytes that the session's growing files had, by name. */
  readonly files: Readonly<Record<string, number>>;
  readonly parts: PartsState;
}

type ModelFill = Omit<SeenExecution, "fillId">;

/** What grew since the checkpoint before, or everything where the keys' piece begins at place 0. */
interface Piece {
  readonly keys: KeyPiece;
  /** Rows in a piece of form 1. */
  readonly fills: readonly FillRow[] | FillColumns;
  /** In place of `fills` where the piece holds everything. */
  readonly whole: {
    readonly router: readonly (readonly [orderId: string, fills: readonly SeenFill[]])[];
    readonly tally: readonly (readonly [fillId: string, fill: ModelFill])[];
  } | null;
}

export function partsState(core: Core, open: readonly Interrupted[]): PartsState {
  return {
    now: core.now,
    scheduler: core.scheduler.snapshot(),
    router: core.router.head(),
    metrics: core.metrics.state(),
    books: core.books.state(),
    risk: core.risk.state(),
    tally: modelState(core.model),
    open: open.map(
      ({ runSnapshot: { bars: _bars, marks: _marks, fills: _fills, updates: _updates, bar: _bar, ...rest }, due }) => ({
        ...rest,
        due,
      }),
    ),
  };
}

const modelRow = ({ fillId, ...fill }: SeenExecution): readonly [fillId: string, fill: ModelFill] => [fillId, fill];

function fillsSince(core: Core, since: number): FillRow[] {
  const fills: FillRow[] = [];
  for (const entry of core.ledger.entries(since + 1, ["fill"])) if (entry.kind === "fill") fills.push(rowOf(entry));
  return fills;
}

/** What grew since a checkpoint, with the fills since then. Asking counts it as saved. */
function pieceOf(core: Core, fills: () => readonly FillRow[]): Piece {
  const keys = keyPieceOf(core.router.keyChanges());
  if (keys.from === 0) {
    const whole = { router: [...core.router.executions()], tally: Array.from(core.model.seenFills.values(), modelRow) };
    return { keys, fills: [], whole };
  }
  return { keys, fills: columnsOfRows(fills()), whole: null };
}

/** Makes checkpoints of a session's parts, each from the one before. */
export class Checkpoints {
  readonly #core: Core;
  readonly #files: () => Readonly<Record<string, number>>;
  readonly #every: number;
  #seq: number;
  /** Since the last checkpoint; null where that is an earlier start's, and the journal has to be read for them. */
  #fills: FillRow[] | null = null;
  #compacting = false;

  /**
   * `files` makes the growing files durable and returns their bytes; `every` counts entries; `seq` is the entry of the last
   * checkpoint, 0 for none.
   */
  constructor(core: Core, files: () => Readonly<Record<string, number>>, every: number, seq: number) {
    this.#core = core;
    this.#files = files;
    this.#every = every;
    this.#seq = seq;
    core.ledger.subscribe((entries) => {
      for (const entry of entries) if (entry.kind === "fill") this.#fills?.push(rowOf(entry));
    });
  }

  /** What is due at the end of a pass: a checkpoint; else, where the desk says how long the journal keeps runs, a step towards that. */
  pass(open: () => readonly Interrupted[]): void {
    const { ledger, desk, now } = this.#core;
    if (ledger.position - this.#seq >= this.#every) this.save(open());
    else if (this.#compacting) {
      const { journalKeep } = desk.orchestrator;
      this.#compacting =
        journalKeep !== undefined && ledger.compact((now - journalKeep) as Moment, COMPACTED_PER_PASS) > 0;
    }
  }

  /** Commits, and makes a checkpoint. Throws `io`. */
  save(open: readonly Interrupted[]): void {
    const core = this.#core;
    core.ledger.commit();
    if (core.ledger.position === this.#seq) return;
    const { runDigest } = core;
    const { snapshots } = core.ledger;
    const state: CheckpointState = {
      form: FORM,
      runDigest,
      snapshots,
      files: this.#files(),
      parts: partsState(core, open),
    };
    const piece = pieceOf(core, () => this.#fills ?? fillsSince(core, this.#seq));
    this.#fills = [];
    const texts = { state: JSON.stringify(state), piece: JSON.stringify(piece) };
    core.ledger.saveCheckpoint({ at: core.now, ...texts, whole: piece.whole !== null });
    this.#seq = core.ledger.position;
    this.#compacting = true;
  }
}

/** A checkpoint that a start can resume from. */
export interface Checkpoint {
  readonly seq: number;
  readonly state: CheckpointState;
  readonly memory: readonly Piece[];
}

/**
 * The checkpoint that a journal holds; `unusable` says why one that is there is not used. One of a version that counted turnover by
 * accepted orders does not hold what the entries give now; only where `needed`, because the entries before it are gone, it is used.
 */
export function checkpointOf(
  journal: Pick<JournalReader, "checkpoint">,
  runDigest: string,
  needed = false,
): { readonly checkpoint: Checkpoint | null; readonly unusable: string | null } {
  const found = journal.checkpoint();
  if (found === null) return { checkpoint: null, unusable: null };
  if ("fault" in found) return { checkpoint: null, unusable: found.fault };
  const state = found.state as CheckpointState;
  const wrong = !FORMS_READ.has(state.form)
    ? `the checkpoint behind entry ${found.seq} has the form ${state.form}, and this version reads ${FORM}`
    : state.runDigest !== runDigest
      ? `the checkpoint behind entry ${found.seq} was made with another desk or other market data`
      : !needed && state.parts.risk.traded === undefined
        ? `the checkpoint behind entry ${found.seq} is of a version that counted turnover by accepted orders`
        : null;
  if (wrong !== null) return { checkpoint: null, unusable: wrong };
  return { checkpoint: { seq: found.seq, state, memory: found.memory as readonly Piece[] }, unusable: null };
}

/** The read model in a journal's checkpoint, whatever desk it belongs to; null where there is none that can be read. */
export function savedModel(
  journal: Pick<JournalReader, "checkpoint">,
): { readonly seq: number; readonly state: ModelState } | null {
  const found = journal.checkpoint();
  if (found === null || "fault" in found) return null;
  const state = found.state as CheckpointState;
  return FORMS_READ.has(state.form) ? { seq: found.seq, state: state.parts.tally } : null;
}

/** The bytes that a journal's checkpoint knows of the growing files; empty where there is no checkpoint that can be read. */
export function savedFiles(journal: Pick<JournalReader, "checkpoint">): Readonly<Record<string, number>> {
  const found = journal.checkpoint();
  if (found === null || "fault" in found) return {};
  return (found.state as CheckpointState).files;
}

/** The checkpoint of a journal that is compacted, without which nothing of it can be repeated. Throws `journal_damaged`. */
export function neededCheckpoint(
  journal: Pick<JournalReader, "checkpoint" | "compaction">,
  runDigest: string,
): Checkpoint {
  const { checkpoint, unusable } = checkpointOf(journal, runDigest, true);
  if (checkpoint !== null) return checkpoint;
  const { seq } = journal.compaction();
  throw new CodedError(
    "journal_damaged",
    `The journal is compacted up to entry ${seq}, and ${unusable ?? "its checkpoint is missing"}. Put desk and market data back as they ` +
      "were, restore the folder from a copy, or start a new session from its router_state.json.",
    { seq },
  );
}

/**
 * Puts the saved state into parts that are in their first state, but for the scheduler, which was made from it; and consumes the feed
 * up to the checkpoint's moment. Returns the runs that were under way.
 */
export function restoreState(core: Core, { state: { parts }, memory }: Checkpoint): Interrupted[] {
  const { metrics, books, risk, model } = core;
  metrics.restore(parts.metrics);
  books.restore(parts.books);
  risk.restore(parts.risk);
  restoreModel(model, parts.tally);
  putBackMemory(core, parts.router, memory);
  const open = parts.open.map((run): Interrupted => {
    skim(core, run.now);
    const { due, positions, openOrders } = run;
    return { runSnapshot: { ...runSnapshotOf(core, run.strategy, run.run, run.now), positions, openOrders }, due };
  });
  skim(core, parts.now);
  core.now = parts.now;
  return open;
}

/** Consumes the feed for the market alone: the books have it already. */
function skim(core: Core, until: Moment): void {
  for (let at = core.feed.nextAt(); at !== null && at <= until; at = core.feed.nextAt())
    core.market.take(core.feed.take(at));
}

function putBackMemory(core: Core, head: RouterHead, memory: readonly Piece[]): void {
  core.router = routerOf(head, memory);
  // The read model knows the newest only: what would be dropped again is not put in.
  let skipped = -SEEN_FILLS_MAX;
  for (const { fills } of memory) skipped += newIn(columnsOf(fills));
  for (const { whole, fills } of memory) {
    for (const [fillId, fill] of whole?.tally ?? []) core.model.seenFills.add({ fillId, ...fill });
    const columns = columnsOf(fills);
    for (const fill of seenIn(columns, skipped)) core.model.seenFills.add(fill);
    skipped -= newIn(columns);
  }
}

const columnsOf = (fills: Piece["fills"]): FillColumns => ("fillId" in fills ? fills : columnsOfRows(fills));

function routerOf(head: RouterHead, memory: readonly Piece[]): OrderRouter {
  const keys = new KeyPieces();
  for (const piece of memory) keys.add(piece.keys);
  const router = routerFromPieces(head, keys);
  for (const { whole, fills } of memory) {
    for (const [orderId, known] of whole?.router ?? []) for (const fill of known) router.knowExecution(orderId, fill);
    eachExecution(columnsOf(fills), (order, fill) => router.knowExecution(order, fill));
  }
  return router;
}

/**
 * What a saved checkpoint says otherwise than a repetition of the entries up to it, or null where it says the same. A start marks
 * orders whose end only the venue knows, and a strategy on the system's clock says that it is alive: neither is in the journal,
 * so neither is compared.
 */
export function differenceAt(saved: SavedCheckpoint, core: Core, replay: Replay): string | null {
  const { parts } = saved.state as CheckpointState;
  replay.consume(parts.now);
  const again = JSON.parse(JSON.stringify(partsState(core, replay.underWay))) as PartsState;
  const older = { refusals: parts.tally.refusals === undefined, traded: parts.risk.traded === undefined };
  const [stored, repeated] = [comparable(parts, older), comparable(again, older)];
  for (const part of Object.keys(stored) as (keyof PartsState)[])
    if (!isDeepStrictEqual(stored[part], repeated[part]))
      return `the checkpoint behind entry ${saved.seq} says of the ${part} what its entries do not give`;
  const router = routerOf(parts.router, saved.memory as readonly Piece[]);
  return sameRouterState(router.snapshot(), core.router.snapshot())
    ? null
    : `the checkpoint behind entry ${saved.seq} knows other keys or executions than its entries give`;
}

/** The parts' state as a text, but for what no entry holds: equal states are equal texts. */
export function stateText(core: Core, open: readonly Interrupted[]): string {
  return JSON.stringify(comparable(partsState(core, open)));
}

/** What the version that saved a state did not count: what the broker refused; what was traded, and the drawdown cap's own peak. */
interface Older {
  readonly refusals: boolean;
  readonly traded: boolean;
}

function comparable(
  parts: PartsState,
  older: Older = { refusals: false, traded: false },
): Readonly<Record<keyof PartsState, unknown>> {
  const { scheduler } = parts;
  const { refusals, ...model } = parts.tally;
  const counts = older.refusals ? { strategies: model.strategies.map(uncounted) } : { refusals };
  const strategies = scheduler.strategies.map((strategy) => ({ ...strategy, lastHeartbeat: null }));
  const working = model.working.map((order) => ({ ...order, inDoubt: null }));
  const { limits, refusedAt } = parts.risk;
  const { capPeak: _capPeak, capPeakEndsAt: _capPeakEndsAt, ...books } = parts.books;
  const account = older.traded ? { books, risk: { limits, refusedAt } } : {};
  return { ...parts, ...account, scheduler: { ...scheduler, strategies }, tally: { ...model, working, ...counts } };
}

const uncounted = ({ failing: _failing, rejections: _rejections, ...rest }: ModelState["strategies"][number]) => rest;
