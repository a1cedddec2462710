/**
 * A stage for sessions: workspaces that vanish, real time that the test moves, copies of a folder as a crash would leave it.
 *
 * 1. Nothing here waits for the machine's time: timers fire when the test says so.
 * 2. Strategies run in the test's process, unless a test says how their own processes shall be.
 * 3. Checkpoints are made so often that every start continues from one.
 * 4. A copy is made between two writes of one process, so it holds what a kill at that instruction would leave on the disk.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { createSession, reopenSession } from "../../../src/live/session/index.ts";
import type { CreateOptions, SessionPorts } from "../../../src/live/session/index.ts";
import type { LiveSession, SessionSummary } from "../../../src/live/session/state/api.ts";
import type { BrokerAdapter } from "../../../src/shared/ports.ts";
import type { Desk } from "../../../src/shared/desk.ts";
import { MINUTE, type Duration } from "../../../src/shared/time.ts";
import { openWorkspace, readJournal, type Workspace } from "../../../src/store/index.ts";
import { insideHost } from "../../sim/inside-host.ts";
import type { EntryKind, JournalEntry } from "../../../src/store/journal/entries.ts";
import { turn, type HandTimers } from "./hand-timers.ts";

export { handPorts, HandTimers, turn } from "./hand-timers.ts";

/** A disk in memory, where there is one: every commit syncs, and these tests are not about the disk's pace. */
const MEMORY = "/dev/shm";

/** A workspace of its own, gone after the test. */
export function makeWorkspace(): Workspace {
  const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), "session-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return openWorkspace(folder);
}

export const minutes = (count: number): Duration => (count * MINUTE) as Duration;

/** Ends a session when its test does, whatever became of it. */
export function owned(session: LiveSession): LiveSession {
  onTestFinished(async () => {
    await session.stop("signal");
  });
  return session;
}

/** Entries from one checkpoint to the next, unless a test says otherwise. */
const CHECKPOINT_ENTRIES = 40;

const portsFor = (ports: Partial<SessionPorts> | undefined): Partial<SessionPorts> => ({
  checkpointEntries: CHECKPOINT_ENTRIES,
  ...(ports?.hosts === undefined ? { openHost: insideHost } : {}),
  ...ports,
});

export async function create(desk: Desk, { ports, ...more }: Partial<CreateOptions> = {}): Promise<LiveSession> {
  const options = { workspace: makeWorkspace(), desk, length: minutes(10), ports: portsFor(ports), ...more };
  return owned(await createSession(options));
}

/** Starts a session and waits for its last moment. */
export async function finish(session: LiveSession): Promise<SessionSummary> {
  session.start();
  return session.done;
}

/** The files that equal runs write equally. */
export const EQUAL_FILES = [
  "router_state.json",
  "orders.csv",
  "fills.csv",
  "equity_curve.csv",
  "orchestrator_metrics.jsonl",
] as const;

export function filesOf(folder: string): Record<string, string> {
  return Object.fromEntries(EQUAL_FILES.map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}

export function entriesOf<K extends EntryKind>(
  entries: Iterable<JournalEntry>,
  kind: K,
): Extract<JournalEntry, { kind: K }>[] {
  return [...entries].filter((entry): entry is Extract<JournalEntry, { kind: K }> => entry.kind === kind);
}

/** A closed session's journal, which must hold together. */
export function journalOf(folder: string): JournalEntry[] {
  const journal = readJournal(join(folder, "journal.db"));
  try {
    expect(journal.verify()).toBeNull();
    return [...journal.read(1)];
  } finally {
    journal.close();
  }
}

/** Runs a session on hand-moved time to its end. */
export async function finishByHand(
  session: LiveSession,
  timers: HandTimers,
  late: () => number = () => 0,
): Promise<SessionSummary> {
  session.start();
  for (let idle = 0; session.state !== "stopped" && session.state !== "failed";) {
    await turn();
    idle = (await timers.step(late())) ? 0 : idle + 1;
    if (idle > 1_000) throw new Error("The session neither ended nor waits for a timer.");
  }
  return session.done;
}

/** What a kill leaves of a session's folder: a copy in a workspace of its own. */
export function crashCopy(folder: string): Workspace {
  const workspace = makeWorkspace();
  cpSync(folder, join(workspace.sessions, basename(folder)), {
    recursive: true,
    // The lock is the process's and dies with it; SQLite rebuilds its index of the log.
    filter: (path) => !/session\.lock(-journal)?$|writer\.json$|-shm$/.test(path),
  });
  return workspace;
}

export async function reopen(
  workspace: Workspace,
  id: string,
  { ports, ...more }: Partial<Parameters<typeof reopenSession>[0]> = {},
): Promise<LiveSession> {
  return owned(await reopenSession({ workspace, id, ports: portsFor(ports), ...more }));
}

/** A broker whose methods are watched or replaced one by one. */
export function wrapBroker(
  inner: BrokerAdapter,
  over: (inner: BrokerAdapter) => Partial<BrokerAdapter>,
): BrokerAdapter {
  const replaced = over(inner) as Record<PropertyKey, unknown>;
  return new Proxy(inner, {
    get: (target, name) => {
      if (Object.hasOwn(replaced, name)) return replaced[name];
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value as (...given: unknown[]) => unknown).bind(target) : value;
    },
  });
}

/** Files that begin so in a folder; for what must not be left behind. */
export function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
}
