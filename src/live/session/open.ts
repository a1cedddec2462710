/**
 * Makes a session's parts: for a new one, and for one that resumes from its journal.
 *
 * 1. Everything that can be wrong is found before the folder is made or anything in it is changed.
 * 2. The lock comes first and goes last; whatever fails in between, everything that was opened is closed.
 * 3. A start is a recovery: a new session is one whose journal is empty.
 */
import { existsSync } from "node:fs";
import type { Desk } from "../../shared/desk.ts";
import type { RouterSnapshot } from "../../orchestrator/index.ts";
import { CodedError } from "../../shared/errors.ts";
import type { Feed, Speed } from "../../shared/ports.ts";
import { later } from "../../shared/time.ts";
import type { Duration, Moment } from "../../shared/time.ts";
import {
  acquireLock,
  Artifacts,
  ARTIFACTS_FORMAT,
  assertOwnJournal,
  ControlInbox,
  findSession,
  discardSessionFolder,
  makeSessionFolder,
  nameLatest,
  openJournal,
  refuseLight,
  sessionNameOf,
  sweepTemporary,
  type Journal,
  type Lock,
  type SessionFiles,
  type Workspace,
} from "../../store/index.ts";
import type { LiveSession, RestoreRequest } from "./state/api.ts";
import {
  readSessionHeader,
  clockOf,
  coreOf,
  PORTS,
  prepare,
  runDigestOf,
  type Prepared,
  type SessionPorts,
} from "./recovery/assemble.ts";

export type { SessionPorts } from "./recovery/assemble.ts";
import { identityOf } from "../feed/factory.ts";
import { saveSnapshot, wallText, writeFiles, type FileFacts } from "./snapshots/files.ts";
import type { Core } from "./state/parts.ts";
import { codeChanged, codeChanges, loadedCode } from "./recovery/code.ts";
import { checkpointOf, Checkpoints, neededCheckpoint } from "./recovery/checkpoint.ts";
import { reconcileWithVenue } from "./recovery/recovery.ts";
import { repeatJournal } from "./recovery/repeat.ts";
import { applyRestore, checkRestore } from "./recovery/restore.ts";
import { agreeOnRouterFile, type Holds, type PrecedenceApproval } from "./snapshots/router-file-check.ts";
import { Session, type SessionParts } from "./engine/session.ts";
import { NO_CHECKPOINTS, NO_SAVES } from "./engine/light-run.ts";
import { LightJournal } from "./state/light-journal.ts";
import { NO_VENUE_FILE } from "../broker/index.ts";
import { SlicedSaves } from "./snapshots/sliced-save.ts";

export interface CreateOptions {
  readonly workspace: Workspace;
  readonly desk: Desk;
  /** Instead of the desk's. */
  readonly speed?: Speed | undefined;
  /** Session time after which it ends by itself. */
  readonly length?: Duration | undefined;
  readonly restore?: RestoreRequest | undefined;
  /** Keeps results and a summary, and neither journal, checkpoints nor a venue on disk: it cannot be resumed once it has ended. */
  readonly light?: boolean | undefined;
  /** Called with each sentence on the data that `session.md` has, too: a jump without a split, a rate that is assumed. */
  readonly onNote?: (text: string) => void;
  readonly ports?: Partial<SessionPorts> | undefined;
}

export interface ReopenOptions {
  readonly workspace: Workspace;
  /** A session's id, or `latest`. */
  readonly id: string;
  readonly speed?: Speed | undefined;
  readonly length?: Duration | undefined;
  readonly restore?: RestoreRequest | undefined;
  /** Which one holds where `router_state.json` and the journal disagree; without it that is refused. */
  readonly holds?: Holds | undefined;
  /** Needed where the file holds: it is a restore. */
  readonly word?: PrecedenceApproval | undefined;
  /** What of other strategy code than ran before: refused (without it), accepted, or no strategy will run at all. */
  readonly code?: "accept changes" | "no runs" | undefined;
  readonly ports?: Partial<SessionPorts> | undefined;
}

/** Opens things one by one and closes all of them in the other order, whatever each of them does. */
class Opened {
  readonly #closers: (() => void)[] = [];

  add<T>(thing: T, close: (thing: T) => void): T {
    this.#closers.push(() => close(thing));
    return thing;
  }

  close(): void {
    for (const close of this.#closers.splice(0).toReversed()) {
      try {
        close();
      } catch {
        // What cannot be closed any more is closed by the process's end; the rest must still be released.
      }
    }
  }
}

interface Begun<J> {
  readonly opened: Opened;
  readonly lock: Lock;
  readonly journal: J;
}

/** Takes the session's lock, then opens its journal. */
function begin<J extends { close(): void }>(files: SessionFiles, ports: SessionPorts, open: () => J): Begun<J> {
  const opened = new Opened();
  try {
    const lock = opened.add(acquireLock(ports.fs, files.folder, wallText(ports.wallMs())), (held) => held.release());
    const journal = opened.add(open(), (held) => held.close());
    return { opened, lock, journal };
  } catch (error) {
    opened.close();
    throw error;
  }
}

function factsOf(
  files: SessionFiles,
  ports: SessionPorts,
  journal: FileFacts["reader"],
  created: string,
  light = false,
): FileFacts {
  const versions = { "logos-console": ports.version, node: process.versions.node };
  return {
    files,
    fs: ports.fs,
    reader: journal,
    wallMs: ports.wallMs,
    versions,
    created,
    started: wallText(ports.wallMs()),
    light,
  };
}

/** Starts a new session of a desk; it is ready, and `start()` lets its clock run. */
export async function createSession(options: CreateOptions): Promise<LiveSession> {
  const ports = { ...PORTS, ...options.ports };
  const { workspace, desk, restore } = options;
  const snapshot = restore === undefined ? null : checkRestore(restore, desk);
  const prepared = await prepare(workspace, desk, null, ports);
  const symbols = [...new Set(desk.strategies.flatMap((strategy) => strategy.symbols))];
  const names = desk.strategies.map((strategy) => strategy.name);
  let files: SessionFiles | null = null;
  try {
    files = makeSessionFolder(workspace, sessionNameOf(ports.wallMs(), symbols, names));
    return await createSessionIn(prepared, files, options, (core) => {
      if (restore !== undefined && snapshot !== null) applyRestore(core, restore, snapshot);
    });
  } catch (error) {
    prepared.host.close();
    if (files !== null) discardSessionFolder(files.folder);
    throw error;
  }
}

/** Connects to the venue; what it reports from here on ends the loop's wait. */
const connectVenue = async ({ broker, clock }: Core): Promise<void> => broker.connect?.(() => clock.wake());

/** Writes a session's first entries into an empty journal. */
async function createSessionIn(
  prepared: Prepared,
  files: SessionFiles,
  options: Pick<CreateOptions, "speed" | "length" | "restore" | "onNote" | "light">,
  first: (core: Core) => void,
): Promise<LiveSession> {
  const { ports, desk, start, feed, workspace } = prepared;
  const { light = false } = options;
  const { opened, journal } = begin(files, ports, () => (light ? new LightJournal() : openJournal(files.journal)));
  try {
    const inbox = new ControlInbox(ports.fs, files.folder);
    const artifacts = opened.add(Artifacts.open(ports.fs, files.folder, journal), (held) => held.close());
    const clock = clockOf(desk, start, options.speed, ports);
    const places = light ? { ...files, broker: NO_VENUE_FILE } : files;
    const core = coreOf(prepared, places, journal, (entries) => artifacts.apply(entries), clock);
    opened.add(core.broker, (held) => held.close());
    opened.add(core.host, (held) => held.close());
    await connectVenue(core);
    const endsAt = endOf(feed, start, options.length);
    const created = wallText(ports.wallMs());
    const detail = {
      desk,
      start,
      endsAt,
      runDigest: core.runDigest,
      feed: identityOf(feed.sources),
      version: ports.version,
      artifacts: ARTIFACTS_FORMAT,
      ...(core.code.length === 0 ? {} : { code: core.code }),
    };
    core.ledger.add(
      { kind: "session", event: "created", wall: created, text: `Desk ${desk.name}, seed ${desk.seed}.`, detail },
      start,
    );
    for (const text of prepared.notes) {
      core.ledger.add({ kind: "session", event: "noted", wall: "", text, detail: {} }, start);
      options.onNote?.(text);
    }
    register(core);
    first(core);
    core.ledger.commit();
    const facts = factsOf(files, ports, journal, created, light);
    if (options.restore !== undefined && !light) saveSnapshot(core, facts, "restore");
    writeFiles(core, facts, "ready", null, null);
    nameLatest(workspace, files.id);
    const reconciled = { fillsBooked: 0, ordersAsked: 0, ahead: [], unanswered: null };
    const checkpoints = new Checkpoints(
      core,
      () => artifacts.sync(desk.orchestrator.journalKeep !== undefined),
      ports.checkpointEntries,
      0,
    );
    const saves = new SlicedSaves(core, facts, ports.savedAtOnceMax);
    const kept = light ? { checkpoints: NO_CHECKPOINTS, saves: NO_SAVES } : { checkpoints, saves };
    const parts = { core, facts, inbox, endsAt, interrupted: [], reconciled, ...kept, groups: ports.groupCommits };
    return sessionOf(parts, prepared, files, opened);
  } catch (error) {
    opened.close();
    throw error;
  }
}

function register(core: Core): void {
  for (const { name } of core.desk.strategies) {
    core.ledger.add({ kind: "registered", strategy: name, nextRun: core.scheduler.nextRun(name) }, core.now);
    const reason = core.host.notLoaded.get(name);
    if (reason === undefined) continue;
    core.scheduler.pause(name);
    core.ledger.add({ kind: "strategy", strategy: name, event: "not_loaded", reason, operator: null }, core.now);
  }
}

/** What loads and what does not may have changed since: a file was corrected, moved or spoiled. */
function settleLoading(core: Core): void {
  for (const { name: strategy } of core.desk.strategies) {
    const reason = core.host.notLoaded.get(strategy);
    const before = core.model.strategy(strategy).standing === "not_loaded";
    if (reason !== undefined && !before) {
      core.scheduler.pause(strategy);
      core.ledger.add({ kind: "strategy", strategy, event: "not_loaded", reason, operator: null }, core.now);
    } else if (reason === undefined && before) {
      core.scheduler.resume(strategy, core.now);
      const text = "It loads now.";
      core.ledger.add({ kind: "strategy", strategy, event: "resumed", reason: text, operator: null }, core.now);
    }
  }
}

function endOf(feed: Feed, start: Moment, length: Duration | undefined): Moment | null {
  const asked = length === undefined ? null : later(start, length);
  if (feed.end === null || (asked !== null && asked < feed.end)) return asked;
  return feed.end;
}

function sessionOf(
  parts: Omit<SessionParts, "killFolders" | "close">,
  prepared: Prepared,
  files: SessionFiles,
  opened: Opened,
): LiveSession {
  const killFolders = [prepared.workspace.path, files.folder];
  return new Session({ ...parts, killFolders, close: () => opened.close() });
}

/** Opens a session again: everything from its journal, then the venue is asked. It is ready, and `start()` lets its clock run. */
export async function reopenSession(options: ReopenOptions): Promise<LiveSession> {
  const ports = { ...PORTS, ...options.ports };
  const files = findSession(options.workspace, options.id);
  refuseLight(ports.fs, files, "It cannot be resumed");
  if (!existsSync(files.journal))
    throw new CodedError(
      "not_found",
      `${files.folder} has no journal. To start from its router_state.json: logos run --restore ${files.routerState}`,
      { folder: files.folder },
    );
  const { opened, journal } = begin(files, ports, () =>
    openJournal(files.journal, { withoutHead: options.holds === "journal" }),
  );
  try {
    // What a start stands on is checked here, and not only by `verify`; of a longer journal entries are checked as they are read.
    journal.checkWhole();
    assertOwnJournal(ports.fs, files, journal);
    return await resumeSession(options, ports, files, journal, opened);
  } catch (error) {
    opened.close();
    throw error;
  }
}

/**
 * Throws `snapshot_invalid` for a snapshot of another run: its order numbers are this session's own, so that one order would be
 * taken for another. A snapshot that names no session, as Logos writes it, is the operator's word.
 */
function sameSession(core: Core, snapshot: RouterSnapshot): void {
  if (snapshot.session === null || snapshot.session === core.runDigest) return;
  throw new CodedError(
    "snapshot_invalid",
    `The snapshot is of another session, whose order numbers mean other orders here. Restore it into a new session, or restore ` +
      `a snapshot of ${core.id} itself. Nothing was changed.`,
    { snapshot: snapshot.session, session: core.runDigest },
  );
}

async function resumeSession(
  options: ReopenOptions,
  ports: SessionPorts,
  files: SessionFiles,
  journal: Journal,
  opened: Opened,
): Promise<LiveSession> {
  const { desk, start, endsAt: endedAt, created } = readSessionHeader(journal, files);
  const snapshot = options.restore === undefined ? null : checkRestore(options.restore, desk);
  const { holds, word } = options;
  const { copiedIn, found } =
    snapshot === null ? agreeOnRouterFile(ports.fs, files, journal, holds, word) : { copiedIn: null, found: null };
  const prepared = await prepare(options.workspace, desk, start, ports);
  opened.add(prepared.host, (held) => held.close());
  const changes = options.code === "no runs" ? [] : codeChanges(journal, loadedCode(prepared.host, desk));
  if (changes.length > 0 && options.code === undefined) throw codeChanged(files.id, changes);
  const runDigest = runDigestOf(desk, start, prepared.feed);
  const { checkpoint, unusable } =
    journal.compaction().seq > 0
      ? { checkpoint: neededCheckpoint(journal, runDigest), unusable: null }
      : checkpointOf(journal, runDigest);
  const [last] = [...journal.read(journal.position)];
  const from = Math.max(last?.at ?? start, checkpoint?.state.parts.now ?? start) as Moment;
  const before = checkpoint === null ? null : { seq: checkpoint.seq, bytes: checkpoint.state.files };
  const artifacts = opened.add(Artifacts.open(ports.fs, files.folder, journal, before), (held) => held.close());
  const core = coreOf(
    prepared,
    files,
    journal,
    (entries) => artifacts.apply(entries),
    clockOf(desk, from, options.speed, ports),
    checkpoint,
  );
  opened.add(core.broker, (held) => held.close());
  await connectVenue(core);
  if (snapshot !== null) sameSession(core, snapshot);
  const interrupted = await repeatJournal(core, journal, checkpoint);
  const remembered = [...core.model.strategies].flatMap(([name, { state }]) =>
    state === null ? [] : [[name, state] as const],
  );
  core.host.restore(new Map(remembered));
  const reconciled = await reconcileWithVenue(core);
  settleLoading(core);
  if (options.restore !== undefined && snapshot !== null) applyRestore(core, options.restore, snapshot);
  else if (copiedIn !== null) applyRestore(core, copiedIn, checkRestore(copiedIn, desk));
  const text =
    `Opened again at entry ${journal.position}: ${reconciled.fillsBooked} fills booked that the venue had, ` +
    `${reconciled.ordersAsked} orders to be asked about, ${interrupted.length} runs under way.` +
    (unusable === null ? "" : ` The whole journal was repeated, because ${unusable}.`) +
    (changes.length === 0 ? "" : ` Other code runs from here on: ${changes.join("; ")}.`);
  const detail =
    options.code === "no runs"
      ? {}
      : { version: ports.version, ...(core.code.length === 0 ? {} : { code: core.code }) };
  core.ledger.add({ kind: "session", event: "recovered", wall: wallText(ports.wallMs()), text, detail }, core.now);
  core.ledger.commit();
  const facts = factsOf(files, ports, journal, created);
  sweepTemporary(ports.fs, files.routerState);
  const saves = new SlicedSaves(core, facts, ports.savedAtOnceMax);
  if (snapshot !== null || copiedIn !== null) saveSnapshot(core, facts, "restore", found);
  else saves.start(found);
  writeFiles(core, facts, "ready", null, null);
  nameLatest(options.workspace, files.id);
  const inbox = new ControlInbox(ports.fs, files.folder);
  const endsAt = options.length === undefined ? endedAt : endOf(prepared.feed, core.now, options.length);
  const checkpoints = new Checkpoints(
    core,
    () => artifacts.sync(desk.orchestrator.journalKeep !== undefined),
    ports.checkpointEntries,
    checkpoint?.seq ?? 0,
  );
  const parts = { core, facts, inbox, endsAt, interrupted, reconciled, checkpoints, saves, groups: ports.groupCommits };
  return sessionOf(parts, prepared, files, opened);
}
