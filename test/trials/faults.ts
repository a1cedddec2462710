/**
 * A failing disk: at one change that the command makes to its disk the disk refuses, once or from then on; later it is well again.
 *
 * Fault model. An operation (a new file or folder, a write, another size, a sync, a rename, a removal) fails with EIO; or, where it
 * takes room, with ENOSPC; or a write takes only its first half, and then continues or has no room. It happens once, or from there on
 * for good. It falls into a new session or into the recovery of one that was killed. Each operation of the recorded session is drawn
 * once, with one of the six faults, before any is drawn with another. Reads do not fail. Of the cases one half commits each pass
 * by itself, and in the other passes share commits.
 *
 * 1. One case of ten is the command in a process of its own, from its start to its exit code. The others run the same command in a process
 *    that stays and runs one after another: most of a short session's time is its process's start. What a failed session leaves behind
 *    in its process, an open file, a lock or a timer, would show in the ones after it.
 */
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { createStream } from "../../src/orchestrator/index.ts";
import { SECOND, type Duration } from "../../src/shared/time.ts";
import { lostAcknowledged, readBooks, sentUnjournaled } from "../sim/disk/agreement.ts";
import type { Unprotected } from "../sim/disk/child.ts";
import { endOf } from "../sim/disk/processes.ts";
import { shimMissing } from "../sim/disk/shim.ts";
import { readWriteLog, type DiskOperation } from "../sim/disk/write-log.ts";
import {
  difference,
  DiskSession,
  fault,
  folderIn,
  resumeSession,
  outcomeIn,
  shuffled,
  type DiskRun,
} from "./disk-session.ts";
import { BROKEN_MAX, eachWay, type Figures, type Trial } from "./trial.ts";

const LENGTH = "1m";
const KINDS = ["eio", "enospc", "short"] as const;
const VARIANTS = KINDS.flatMap((kind) => [`${kind} once`, `${kind} always`]);
/** Every so many a case falls into a recovery. */
const RECOVERY_EVERY = 4;
/** Every so many a case has a process of its own. */
const OWN_PROCESS_EVERY = 10;
/** Operations of a restart among which a fault is drawn: its recovery has about as many. */
const RECOVERY_OPERATIONS = 140;
/** Where the sessions were killed whose recoveries meet a failing disk. */
const KILLED_AT = [0.2, 0.5, 0.8] as const;
/** A healthy session runs this long, so that every open question is asked and every late fill reported. */
const AFTERWARDS = (40 * SECOND) as Duration;

type Expected = Awaited<ReturnType<typeof outcomeIn>>;

interface Counts {
  [name: string]: number;
  refused: number;
  failed: number;
  halted: number;
  unharmed: number;
  inRecovery: number;
}

interface Killed {
  readonly workspace: string;
  readonly id: string;
}

interface Result {
  readonly error?: { readonly code: string };
  readonly failure?: { readonly code: string } | null;
  readonly halted?: boolean;
}

/** How the command ended and what it said of it; what is wrong with that, or null. */
function saidRight({ code, signal, stdout, stderr }: DiskRun, counts: Counts): string | null {
  if (signal !== null) return `it ended by ${signal}`;
  let result: Result;
  try {
    result = JSON.parse(stdout) as Result;
  } catch {
    return `it ended with ${String(code)} and said ${JSON.stringify(stdout.slice(0, 200))}, ${JSON.stringify(stderr.slice(0, 200))}`;
  }
  const { error, failure = null, halted = false } = result;
  const words = error?.code ?? failure?.code ?? null;
  if (words !== null && words !== "io") return `it failed with ${words}: ${stdout.slice(0, 600)}`;
  const expected = error !== undefined ? 74 : failure !== null || halted ? 1 : 0;
  if (error !== undefined) counts.refused += 1;
  else if (failure !== null) counts.failed += 1;
  else counts[halted ? "halted" : "unharmed"] = (counts[halted ? "halted" : "unharmed"] ?? 0) + 1;
  return code === expected ? null : `it ended with ${String(code)} and not with ${expected}`;
}

interface Case {
  readonly arm: string;
  readonly killed: Killed | null;
  /** In a process that runs other cases, too. */
  readonly reused: boolean;
}

/** One session on a failing disk; what did not hold of it, or null. */
async function oneCase(
  session: DiskSession,
  { arm, killed, reused }: Case,
  expected: Expected,
  counts: Counts,
  unprotected: Unprotected | null,
): Promise<string | null> {
  const workspace = session.workspace();
  try {
    if (killed !== null) cpSync(killed.workspace, workspace, { recursive: true });
    const run = await session.run(workspace, killed?.id ?? null, { arm, unprotected, reused });
    const said = saidRight(run, counts);
    if (said !== null) return said;
    const begun = folderIn(workspace);
    // Refused at its start, a session leaves nothing, or what the disk did not remove: it is no session, and another can begin.
    const unborn =
      killed === null && (run.acknowledged.length === 0 || !existsSync(join(begun?.folder ?? "", "journal.db")));
    if (begun !== null && !unborn) {
      const wrong = sentUnjournaled(readBooks(begun.folder)) ?? lostAcknowledged(begun.folder, run.acknowledged);
      if (wrong !== null) return wrong;
      const whole = run.code === 0 ? await difference(expected, workspace) : null;
      if (whole !== null) return whole;
      const summary = await resumeSession(workspace, begun.id, AFTERWARDS);
      if (summary.failure !== null) return `on the healthy disk it failed: ${summary.failure.message}`;
      if (summary.driftOpen > 0)
        return `on the healthy disk it has ${summary.driftOpen} drift items: ${summary.halts.at(-1)?.message ?? ""}`;
      return lostAcknowledged(begun.folder, run.acknowledged) ?? (await fault(workspace, begun.folder));
    }
    if (run.code !== 74) return `nothing was begun, and it ended with ${String(run.code)}`;
    const again = await session.run(workspace, null, { reused });
    return again.code === 0 ? null : `nothing was begun, and a new session ended with ${endOf(again)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    session.remove(workspace);
  }
}

/** Sessions that were killed on their way, to be copied. */
async function killedSessions(session: DiskSession, operations: number): Promise<Killed[]> {
  const killed: Killed[] = [];
  for (const share of KILLED_AT) {
    const workspace = session.workspace();
    await session.run(workspace, null, { arm: `kill ${Math.floor(operations * share)} half` });
    const begun = folderIn(workspace);
    if (begun !== null) killed.push({ workspace, id: begun.id });
  }
  return killed;
}

interface Going {
  readonly grouped: boolean;
  readonly unprotected: Unprotected | null;
  readonly variants: readonly string[];
  /** Which operations of a new session a fault may meet; absent: each of them, and those of recoveries. */
  readonly meets?: (operation: DiskOperation) => boolean;
  /** Called after each case; false ends it. */
  readonly next: (done: number, broken: readonly string[]) => boolean;
}

async function run(
  cases: number,
  seed: string,
  { grouped, unprotected, variants, meets, next }: Going,
): Promise<Figures> {
  const session = await DiskSession.open(LENGTH, cases / OWN_PROCESS_EVERY, grouped);
  try {
    const plain = session.workspace();
    const whole = await session.run(plain, null, { reused: true });
    if (whole.code !== 0) throw new Error(`The session on a healthy disk ended with ${endOf(whole)}`);
    const { all } = session.operations();
    // A mark is a line of the log and no operation.
    const operations = readWriteLog(session.log).filter(({ kind }) => kind !== "mark");
    const expected = await outcomeIn(plain);
    let killed: readonly Killed[] | null = null;
    const order = shuffled(all, seed, "faults").filter((place) => meets?.(operations[place] as DiskOperation) ?? true);
    const stream = createStream(seed, "faults in recoveries");
    const counts: Counts = { refused: 0, failed: 0, halted: 0, unharmed: 0, inRecovery: 0 };
    const met = new Set<number>();
    const broken: string[] = [];
    let [number, fresh] = [0, 0];
    for (; number < cases; number++) {
      const recovers = meets === undefined && number % RECOVERY_EVERY === RECOVERY_EVERY - 1;
      const operation = recovers ? Math.floor(stream.next() * RECOVERY_OPERATIONS) : (order[fresh % order.length] ?? 0);
      const variant = recovers
        ? Math.floor(stream.next() * variants.length)
        : operation + Math.floor(fresh / order.length);
      if (recovers) killed ??= await killedSessions(session, all);
      const one: Case = {
        arm: `arm ${operation + 1} ${variants[variant % variants.length] ?? ""}`,
        killed: recovers ? (killed?.[number % killed.length] ?? null) : null,
        reused: number % OWN_PROCESS_EVERY !== OWN_PROCESS_EVERY - 1,
      };
      if (!one.reused) counts["in a process of its own"] = (counts["in a process of its own"] ?? 0) + 1;
      if (recovers) counts.inRecovery += 1;
      else {
        fresh += 1;
        met.add(operation);
      }
      const wrong = await oneCase(session, one, expected, counts, unprotected);
      const where = recovers ? "in a recovery" : "in a new session";
      if (wrong !== null && broken.length < BROKEN_MAX)
        broken.push(`case ${number} of seed ${seed}, ${one.arm} ${where}${grouped ? ", grouped" : ""}: ${wrong}`);
      if (!next(number + 1, broken)) break;
    }
    return { cases: number, counts: { ...counts, "operations of a session": all, "of them met": met.size }, broken };
  } finally {
    session.close();
  }
}

/** So many failed commits must be enough to notice that a session continues after one. */
const CANARY_CASES = 60;
/** The canary's faults meet what its missing protection is for: a fault elsewhere would show nothing. */
const isCommit = (operation: DiskOperation): boolean =>
  operation.kind === "sync" && operation.path.endsWith("journal.db-wal");

export const faults: Trial = {
  name: "failing disk",
  holds:
    "a coded error and its exit code, or no harm; nothing is sent without its entry; on a healthy disk the session resumes with " +
    "nothing lost, nothing twice and no drift",
  short: 12,
  long: 5_000,
  missing: shimMissing,
  run: (cases, seed, progress) => {
    return eachWay(cases, progress, (part, grouped, acknowledged) => {
      const next = (done: number): boolean => {
        acknowledged(done);
        return true;
      };
      return run(part, seed, { grouped, unprotected: null, variants: VARIANTS, next });
    });
  },
  // A session that continues after a failed commit sends what is nowhere journaled; so does one that settles the venue before the journal.
  canary: async () => {
    const next = (_done: number, broken: readonly string[]): boolean => broken.length === 0;
    for (const how of [
      { grouped: false, unprotected: "keep sending" },
      { grouped: true, unprotected: "venue first" },
    ] as const) {
      const { broken } = await run(CANARY_CASES, "canary", { ...how, variants: ["eio once"], meets: isCommit, next });
      if (broken.length === 0) return false;
    }
    return true;
  },
};
