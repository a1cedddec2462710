/**
 * The session's files that are written whole: `router_state.json`, `session.json`, `session.md`.
 *
 * 1. The journal holds a snapshot's digest before the file is there: so a file with another digest was not written by this session.
 * 2. In `router_state.json` the session is named by the run's digest, so that equal runs write equal bytes.
 *    Its journal position counts decisions, not the snapshots between them, for the same reason.
 * 3. All three are summaries: a session resumes without them, from its journal.
 */
import { writeRouterState } from "../../../orchestrator/index.ts";
import { decimal, plain } from "../../../shared/decimal.ts";
import type { ErrorShape } from "../../../shared/errors.ts";
import type { FileSystem } from "../../../shared/ports.ts";
import { formatMoment, moment } from "../../../shared/time.ts";
import {
  digestOf,
  RECORD_SCHEMA,
  REPORTED_KINDS,
  saveRouterState,
  sessionReport,
  writeRecord,
  writeTextAtomic,
  type JournalReader,
  type SessionFiles,
  type SessionRecord,
  type SnapshotEntry,
} from "../../../store/index.ts";
import type { SessionState, StopCause } from "../state/api.ts";
import type { Core, ReportedCore } from "../state/parts.ts";
import { stateContextOf } from "./state-context.ts";
import { countsOf } from "./summary.ts";

/** What the files say that the session's parts do not know. */
export interface FileFacts {
  readonly files: SessionFiles;
  readonly fs: FileSystem;
  readonly reader: Pick<JournalReader, "read">;
  readonly wallMs: () => number;
  readonly versions: Readonly<Record<string, string>>;
  readonly created: string;
  readonly started: string;
  /** A light run: there is no journal on disk. */
  readonly light: boolean;
}

/**
 * Adds the router's snapshot to the ledger. What it returns writes the file, once the entry is committed. `lies` is the digest of the
 * file that a start found. Throws `io`.
 */
export function addSnapshot(
  core: Core,
  facts: FileFacts,
  cause: SnapshotEntry["cause"],
  lies: string | null = null,
): () => void {
  const { context, terms } = stateContextOf(core, core.ledger.decisions);
  const text = writeRouterState(core.router.snapshot(), context);
  const sha256 = digestOf(text);
  const found = lies === null || lies === core.model.lastSnapshotSha256 ? {} : { found: lies };
  const { nextSequence } = core.router;
  core.ledger.add({ kind: "snapshot", sha256, nextSequence, cause, ...found, ...terms }, core.now);
  return () => saveRouterState(facts.fs, facts.files.routerState, text);
}

/** Writes the router's snapshot in one go: the journal says so first. Throws `io`. */
export function saveSnapshot(
  core: Core,
  facts: FileFacts,
  cause: SnapshotEntry["cause"],
  lies: string | null = null,
): void {
  const save = addSnapshot(core, facts, cause, lies);
  core.ledger.commit();
  save();
}

/** A wall time as the files write it. */
export function wallText(wallMs: number): string {
  return formatMoment(moment(Math.floor(wallMs) * 1_000));
}

/** Writes `session.json`, and at the end `session.md` too. Throws `io`. */
export function writeFiles(
  core: ReportedCore,
  facts: FileFacts,
  state: SessionState,
  cause: StopCause | "failed" | null,
  failure: ErrorShape | null,
): SessionRecord {
  const { model, desk } = core;
  const figures = core.books.figures();
  const equityStart = model.equityStart;
  const record: SessionRecord = {
    schema: RECORD_SCHEMA,
    id: core.id,
    state,
    desk: desk.name,
    source: desk.source,
    seed: desk.seed,
    clock: core.clock.kind,
    speed: core.clock.speed,
    runDigest: core.runDigest,
    versions: { ...facts.versions },
    feed: core.feed.sources.map((source) => ({ ...source })),
    ...(core.code.length === 0 ? {} : { code: core.code }),
    fillModel: desk.broker.fillModel ?? "marks",
    light: facts.light,
    configuration: desk,
    created: facts.created,
    started: facts.started,
    stopped: cause === null ? null : wallText(facts.wallMs()),
    startedAt: core.startedAt,
    lastAt: core.now,
    position: core.ledger.committed,
    cause,
    ...countsOf(model),
    currency: desk.broker.currency,
    equityStart,
    equityEnd: figures.equity,
    pnl: equityStart === null ? null : plain(decimal(figures.equity).minus(equityStart)),
    fees: figures.fees,
    maxDrawdown: Math.min(model.drawdownMax, figures.drawdown),
    driftOpen: model.driftOpen,
    workingOrders: model.working.size,
    halts: model.halts.map((halt) => ({ ...halt })),
    failure: failure === null ? null : { code: failure.code, message: failure.message },
  };
  writeRecord(facts.fs, facts.files.record, record);
  const events = facts.reader.read(1, REPORTED_KINDS);
  writeTextAtomic(facts.fs, facts.files.report, sessionReport(record, events));
  return record;
}
