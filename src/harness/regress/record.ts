/**
 * Makes a fixture of a session that is over, so that what happened can be played again for ever.
 *
 * 1. Everything comes from the session's journal and from the files that it names; nothing else is asked.
 * 2. Before anything is written where it stays, the fixture is played once: it must decide the same as the session did, event for
 *    event. If it does not, the first difference is reported and nothing is written.
 * 3. Operators' commands, restarts and practice fills become the script. What cannot be played again is refused: the system's
 *    clock, a restore, a kill switch, a venue that did not answer.
 */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { stringify } from "yaml";
import { readSource } from "../../live/feed/factory.ts";
import { builtInStrategies } from "../../live/strategies/index.ts";
import type { Desk } from "../../shared/desk.ts";
import { CodedError } from "../../shared/errors.ts";
import { NAME } from "../../shared/ids.ts";
import type { FeedSource } from "../../shared/ports.ts";
import { formatDuration, formatMoment, type Duration, type Moment } from "../../shared/time.ts";
import {
  findSession,
  ioError,
  lockHolder,
  nodeFileSystem,
  readJournal,
  refuseLight,
  resolveInside,
  writeTextAtomic,
  type JournalEntry,
  type SessionFiles,
  type Workspace,
} from "../../store/index.ts";
import { writeBaseline } from "./baseline.ts";
import { deskText } from "./desk-text.ts";
import { countEvents, journalEvents } from "./events.ts";
import { FIXTURE_FILE, FIXTURE_SCHEMA, loadFixture } from "./fixture.ts";
import { fieldDifferences, firstDifference, type FirstDifference } from "./first-difference.ts";
import { ScriptReader, type ScriptLine } from "./record-script.ts";
import { runFixture, withScratch, type RegressOptions } from "./regress.ts";

export interface RecordOptions extends RegressOptions {
  readonly workspace: Workspace;
  /** A session's id, or `latest`. */
  readonly session: string;
  /** The fixture's name; the session's when absent. */
  readonly name?: string | undefined;
  /** The folder that it is put into; the workspace's `regression` when absent. */
  readonly into?: string | undefined;
}

export interface Recorded {
  readonly name: string;
  readonly folder: string;
  readonly events: number;
  /** Null when the fixture decides the same; otherwise nothing was written. */
  readonly difference: FirstDifference | null;
}

interface RecordedSession {
  readonly desk: Desk;
  readonly start: Moment;
  readonly length: Duration;
  readonly sources: readonly FeedSource[];
  readonly script: readonly ScriptLine[];
}

function refuse(session: string, why: string): CodedError {
  return new CodedError("fixture_invalid", `${session} cannot be recorded: ${why}`, { session });
}

/** What the journal holds of the session. */
function readSession(files: SessionFiles, entries: Iterable<JournalEntry>): RecordedSession {
  let reader: ScriptReader | null = null;
  let origin: Pick<RecordedSession, "desk" | "start" | "sources"> | null = null;
  let [lastAt, over] = [0, false];
  for (const entry of entries) {
    lastAt = entry.at;
    if (entry.kind === "session") {
      if (entry.event === "created") {
        const { desk, start, feed } = entry.detail as unknown as {
          desk: Desk;
          start: Moment;
          feed: readonly FeedSource[];
        };
        origin = { desk, start, sources: feed };
        reader = new ScriptReader(start, (why) => refuse(files.id, why));
      }
      over = entry.event === "stopped";
    }
    reader?.read(entry);
  }
  if (origin === null || reader === null) throw refuse(files.id, "its journal does not begin with its creation.");
  if (origin.desk.clock.kind === "system")
    throw refuse(files.id, "it ran on the system's clock, which cannot be made to run again.");
  if (!over) throw refuse(files.id, `it is not over. Resume and stop it: logos run --session ${files.id}`);
  const length = (lastAt - origin.start) as Duration;
  if (length <= 0) throw refuse(files.id, "no time passed in it.");
  return { ...origin, length, script: reader.script };
}

/** Copies the feed's files beside the fixture; answers their names there. */
function copyFeed({ desk, sources }: RecordedSession, session: string, workspace: Workspace, folder: string): string[] {
  if (desk.feed.kind === "synthetic") return [];
  const digests = new Set(sources.map((source) => source.sha256));
  const names: string[] = [];
  for (const [index, file] of desk.feed.files.entries()) {
    const path = isAbsolute(file) ? file : join(workspace.path, file);
    const { bytes } = readSource(path);
    if (!digests.has(createHash("sha256").update(bytes).digest("hex")))
      throw refuse(session, `${path} is not the file that it ran on; it was changed since.`);
    const plain = basename(path);
    const name = names.includes(plain) ? `${index}-${plain}` : plain;
    cpSync(path, join(folder, name));
    names.push(name);
  }
  return names;
}

/** Copies the strategies' own modules. */
function copyModules(desk: Desk, workspace: Workspace, folder: string): void {
  for (const { module } of desk.strategies) {
    if (Object.hasOwn(builtInStrategies, module)) continue;
    const target = join(folder, "strategies", module);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(resolveInside(workspace, workspace.strategies, module), target);
  }
}

function writeFixture(
  recorded: RecordedSession,
  name: string,
  session: string,
  workspace: Workspace,
  folder: string,
): void {
  mkdirSync(folder, { recursive: true });
  const { desk, start, length, script } = recorded;
  const files = copyFeed(recorded, session, workspace, folder);
  copyModules(desk, workspace, folder);
  writeTextAtomic(nodeFileSystem, join(folder, "desk.yaml"), deskText(desk, files));
  const head = {
    schema: FIXTURE_SCHEMA,
    name,
    description: `The session ${session}, recorded: ${desk.name}.`,
    start: formatMoment(start),
    length: formatDuration(length),
    ...(script.length === 0 ? {} : { script }),
  };
  writeTextAtomic(nodeFileSystem, join(folder, FIXTURE_FILE), stringify(head, { lineWidth: 0 }));
}

/** A desk without what a fixture rewrites, and with its strategies' defaults filled in, as a reader fills them in. */
function comparable(desk: Desk): unknown {
  const { source: _source, feed, clock: _clock, strategies, ...rest } = desk;
  const whole = strategies.map((strategy) => {
    const { module, params } = strategy;
    const defaults = Object.hasOwn(builtInStrategies, module) ? builtInStrategies[module]?.defaults : undefined;
    return { ...strategy, params: { ...defaults, ...params } };
  });
  return { ...rest, strategies: whole, feed: feed.kind === "replay" ? { ...feed, files: feed.files.length } : feed };
}

/** Throws where the desk that was written does not read as the desk that ran. */
function checkDesk(session: string, ran: Desk, reads: Desk): void {
  const [difference] = fieldDifferences(comparable(ran), comparable(reads), 1);
  if (difference === undefined) return;
  const { path, baseline, run } = difference;
  throw refuse(
    session,
    `its desk cannot be written as a desk file: ${path} is ${JSON.stringify(baseline)} and reads as ${JSON.stringify(run)}.`,
  );
}

function moveInto(made: string, folder: string): void {
  try {
    mkdirSync(dirname(folder), { recursive: true });
    const beside = `${folder}.new`;
    rmSync(beside, { recursive: true, force: true });
    cpSync(made, beside, { recursive: true });
    renameSync(beside, folder);
  } catch (error) {
    throw ioError("Writing the fixture", folder, error);
  }
}

/** Makes a fixture of a session. Throws `no_session`, `session_busy` or `fixture_invalid`. */
export async function recordFixture(options: RecordOptions): Promise<Recorded> {
  const { workspace, into = join(workspace.path, "regression") } = options;
  const files = findSession(workspace, options.session);
  const name = options.name ?? files.id;
  if (!NAME.test(name))
    throw new CodedError(
      "usage",
      `--as ${name}: write a name of 1 to 80 letters, digits, dots, dashes and underscores.`,
    );
  const folder = join(resolve(into), name);
  if (existsSync(folder))
    throw new CodedError("usage", `${folder} is there already. Give the fixture another name with --as.`);
  if (lockHolder(nodeFileSystem, files.folder) !== null)
    throw new CodedError("session_busy", `${files.id} still runs. Stop it, then record it.`);
  refuseLight(nodeFileSystem, files, "It cannot be recorded as a fixture");
  if (!existsSync(files.journal)) throw refuse(files.id, "it has no journal.");
  const journal = readJournal(files.journal);
  let recorded: RecordedSession;
  try {
    const { seq } = journal.compaction();
    if (seq > 0)
      throw refuse(files.id, `it was compacted, and the runs up to entry ${seq} that a replay compares are gone.`);
    recorded = readSession(files, journal.read(1));
  } finally {
    journal.close();
  }
  return withScratch(options, async (scratch) => {
    const made = join(scratch, "made", name);
    writeFixture(recorded, name, files.id, workspace, made);
    const fixture = await loadFixture(made);
    checkDesk(files.id, recorded.desk, fixture.desk);
    const { result } = await runFixture(fixture, join(scratch, "run"), options);
    const difference = firstDifference(journalEvents(files.journal, files.id), result.events);
    const events = countEvents(result.events);
    if (difference !== null) return { name, folder, events, difference };
    writeBaseline(fixture, result);
    moveInto(made, folder);
    return { name, folder, events, difference };
  });
}
