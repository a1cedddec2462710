/**
 * A process of the `logos` command behind the shim: warm, then given what to run and what its disk shall do.
 *
 * 1. It runs the real command; its exit code and its words are the command's.
 * 2. After each commit that returned, the shim's log gets a mark with the entry's number and hash: from then on it is acknowledged.
 * 3. The machine's own time runs faster here, so that snapshots and waiting commits come in a short session, too; checkpoints of the
 *    session come every few entries, and the databases' logs are moved into them every few pages. The desk's strategies are built-in
 *    ones and run inside: their processes write nothing, and starting them took longer than the session.
 * 4. A protection is switched off here and nowhere else, for the canaries: the product has no such switch.
 * 5. With "reused" as its argument it runs one task after another, a line each, and answers each with a line: the command's exit code
 *    and its words. It stays for as long as its standard input is open. What is switched off is what the first task says.
 */
import { openSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { createInterface } from "node:readline";
import { Readable, Writable } from "node:stream";
import type BetterSqlite3 from "better-sqlite3";
import type { Io } from "../../../src/cli/common/output.ts";
import { runProgram } from "../../../src/cli/program.ts";
import { VenueStore } from "../../../src/live/broker/venue-store.ts";
import { PORTS } from "../../../src/live/session/recovery/assemble.ts";
import { nodeTimers } from "../../../src/live/clock/index.ts";
import type { Timers } from "../../../src/shared/ports.ts";
import { Journal } from "../../../src/store/index.ts";
import { insideHost } from "../inside-host.ts";

/**
 * What is taken away: a commit before its sends, the sync of each commit, the halt at a commit that failed, or, where passes share
 * commits, the journal's commit before the venue's.
 */
export type Unprotected = "late commit" | "no sync" | "keep sending" | "venue first";

/** What a child is given, as JSON on its standard input. */
export interface DiskTask {
  /** The command line behind `logos`. */
  readonly args: readonly string[];
  /** Where the shim writes its log; null for none. */
  readonly log: string | null;
  /** What the disk shall do, in the shim's words; null for nothing. */
  readonly arm: string | null;
  /** Where the number of operations is written at the end; null for nowhere. */
  readonly count: string | null;
  readonly unprotected: Unprotected | null;
  /** Whether passes share commits. */
  readonly grouped: boolean;
  /** How many times faster than the machine's the session's own waits run; 40 when absent, and 100 in a process that is reused. */
  readonly haste?: number;
}

/** How many times faster than the machine's the session's own waits run. */
const HASTE = 40;
/** A process that is warm runs a session in a fraction of the time. */
const REUSED_HASTE = 100;
/** Pages of a database's log after which they are moved into it. */
const CHECKPOINT_PAGES = 24;
/** Entries between two checkpoints of the session, instead of thousands. */
const CHECKPOINT_ENTRIES = 80;
/** With late commits, every so many is really made. */
const LATE = 5;

const control = openSync(process.env["LOGOS_DISK_CONTROL"] ?? "/dev/null", "w");
const report = (text: string): void => void writeSync(control, text);

/** Replaces a method of a class by one that is handed the old. */
function wrap(
  prototype: object,
  name: string,
  around: (self: never, old: (...args: unknown[]) => unknown, args: unknown[]) => unknown,
): void {
  const old = Reflect.get(prototype, name) as (...args: unknown[]) => unknown;
  Reflect.set(prototype, name, function wrapped(this: never, ...args: unknown[]) {
    return around(this, (...own) => Reflect.apply(old, this, own), args);
  });
}

function hurry(timers: { -readonly [Name in keyof Timers]: Timers[Name] }, haste: number): void {
  timers.monotonicMs = () => performance.now() * haste;
}

function prepareDatabases(unprotected: Unprotected | null): void {
  const database = createRequire(import.meta.url)("better-sqlite3") as typeof BetterSqlite3;
  const begun = new WeakMap<BetterSqlite3.Database, number>();
  wrap(database.prototype, "exec", (self: BetterSqlite3.Database, exec, args) => {
    if (args[0] === "BEGIN IMMEDIATE") {
      const times = (begun.get(self) ?? 0) + 1;
      begun.set(self, times);
      if (times === 1) self.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      // The tables' transaction and the first one of rows are over, and with them the product's own check of this setting.
      if (times === 3 && unprotected === "no sync") self.pragma("synchronous = NORMAL");
    }
    return exec(...args);
  });
}

function prepareJournal(unprotected: Unprotected | null): void {
  let commits = 0;
  wrap(Journal.prototype, "commit", (self: Journal, commit, args) => {
    commits += 1;
    if (unprotected === "late commit" && commits > 1 && commits % LATE !== 0) {
      report(`mark reported ${self.position} -`);
      return;
    }
    try {
      commit(...args);
    } catch (error) {
      if (unprotected !== "keep sending") throw error;
    }
    report(`mark reported ${self.head.seq} ${self.head.hash}`);
  });
}

function prepareVenue(unprotected: Unprotected | null): void {
  if (unprotected !== "venue first") return;
  wrap(VenueStore.prototype, "changes", (self: VenueStore, changes) => {
    const waiting = changes();
    self.settle();
    return waiting;
  });
}

function prepare({ unprotected, grouped, haste }: DiskTask, ownHaste: number): void {
  hurry(nodeTimers, haste ?? ownHaste);
  Reflect.set(PORTS, "checkpointEntries", CHECKPOINT_ENTRIES);
  Reflect.set(PORTS, "groupCommits", grouped);
  Reflect.set(PORTS, "openHost", insideHost);
  prepareDatabases(unprotected);
  prepareJournal(unprotected);
  prepareVenue(unprotected);
}

/** Runs the command on its disk; answers its exit code. */
async function run(
  { args, log, arm, count }: DiskTask,
  words: Pick<Io, "stdout" | "stderr" | "stdin">,
): Promise<number> {
  if (log !== null) report(`log ${log}`);
  report(arm ?? "rest");
  const code = await runProgram(args, { ...words, environment: process.env, folder: process.cwd() });
  if (count !== null) report(`count ${count}`);
  return code;
}

/** What a stream was given, as a text. */
function collector(): { readonly stream: Writable; readonly text: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk.toString("utf8"));
      done();
    },
  });
  return { stream, text: () => chunks.join("") };
}

async function runAll(): Promise<void> {
  let prepared = false;
  for await (const line of createInterface({ input: process.stdin })) {
    const task = JSON.parse(line) as DiskTask;
    if (!prepared) prepare(task, REUSED_HASTE);
    prepared = true;
    const [stdout, stderr] = [collector(), collector()];
    const code = await run(task, { stdout: stdout.stream, stderr: stderr.stream, stdin: Readable.from([]) });
    report("rest");
    process.stdout.write(`${JSON.stringify({ code, stdout: stdout.text(), stderr: stderr.text() })}\n`);
  }
}

async function readTask(): Promise<DiskTask> {
  let text = "";
  for await (const chunk of process.stdin) text += String(chunk);
  return JSON.parse(text) as DiskTask;
}

if (process.argv[2] === "reused") await runAll();
else {
  const task = await readTask();
  prepare(task, HASTE);
  process.exitCode = await run(task, process);
}
