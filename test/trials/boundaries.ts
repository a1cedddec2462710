/**
 * Kills at I/O boundaries: the command's process ends at the n-th change that it makes to its disk, is opened again, may die at a
 * boundary of its recovery, too, and then runs to its end.
 *
 * Fault model. The process ends by SIGKILL right before an operation on the disk (a new file or folder, a write, another size, a
 * sync, a rename, a removal), with half of a write done, or right behind it. The machine keeps running, so what the kernel had taken
 * stays; power loss is another trial's.
 *
 * 1. What such a kill leaves is every change up to its boundary, so it is taken from the log of a session that is recorded once: a case
 *    costs a folder and a restart, not two processes.
 * 2. Each recording is a pair of one seed: an uninterrupted session, whose outcome all others must have; and one that is really killed
 *    and opened again. Boundaries are drawn from both, so that about half of them lie in a recovery or behind one.
 * 3. Of the cases one half commits each pass by itself, and in the other passes share commits.
 */
import { rmSync } from "node:fs";
import { createStream } from "../../src/orchestrator/index.ts";
import { CodedError } from "../../src/shared/errors.ts";
import { lostAcknowledged, readBooks, sentUnjournaled } from "../sim/disk/agreement.ts";
import type { Unprotected } from "../sim/disk/child.ts";
import { PowerLossDisk } from "../sim/disk/power-loss.ts";
import { shimMissing } from "../sim/disk/shim.ts";
import { acknowledgedOf, type DiskOperation, type Acknowledged } from "../sim/disk/write-log.ts";
import { difference, DiskSession, fault, folderIn, outcomeIn, resumeSession } from "./disk-session.ts";
import { recordWrites, wholeOf, writeImage, type Recording } from "./recording.ts";
import { BROKEN_MAX, eachWay, makeFolder, type Figures, type Trial } from "./trial.ts";

const LENGTH = "1m";
/** Cases of one pair of recordings; then another pair is made, of another seed. */
const CASES_EACH = 60;

/** The outcome of the uninterrupted session; null where it has no protection. */
type Expected = Awaited<ReturnType<typeof outcomeIn>> | null;

interface Counts {
  [name: string]: number;
  recordings: number;
  operations: number;
  "real kills": number;
  "in or behind a recovery": number;
  unborn: number;
}

/** A boundary: an operation by its place in the log, and how much of it is done. */
interface Boundary {
  readonly place: number;
  readonly half: boolean;
}

/** What does not hold of a folder as a kill left it, or null. */
async function judge(
  workspace: string,
  acknowledged: readonly Acknowledged[],
  expected: Expected,
  counts: Counts,
): Promise<string | null> {
  const begun = folderIn(workspace);
  if (begun === null) {
    counts.unborn += 1;
    return acknowledged.length === 0 ? null : "the session's folder is gone";
  }
  try {
    const wrong = lostAcknowledged(begun.folder, acknowledged) ?? sentUnjournaled(readBooks(begun.folder));
    if (wrong !== null) return wrong;
    const summary = await resumeSession(workspace, begun.id);
    if (summary.failure !== null) return `it failed: ${summary.failure.message}`;
    return (
      lostAcknowledged(begun.folder, acknowledged) ??
      (await fault(workspace, begun.folder)) ??
      (expected === null ? null : await difference(expected, workspace))
    );
  } catch (error) {
    // Killed before its first entry was acknowledged: there is no session yet, and opening it gives a coded error.
    const unborn = error instanceof CodedError && lostAcknowledged(begun.folder, [{ seq: 1, hash: "-" }]) !== null;
    if (!unborn || acknowledged.length > 0) return error instanceof Error ? error.message : String(error);
    counts.unborn += 1;
    return null;
  }
}

/** Half of a write; nothing of any other operation. */
const halfOf = (operation: DiskOperation): DiskOperation | null =>
  operation.kind === "write"
    ? { ...operation, bytes: operation.bytes.subarray(0, Math.floor(operation.bytes.length / 2)) }
    : null;

interface Going {
  readonly grouped: boolean;
  readonly unprotected: Unprotected | null;
  /** Called after each case; false ends it. */
  readonly next: (done: number, broken: readonly string[]) => boolean;
}

/** Kills at boundaries of one recording, in their order. Answers whether it continues. */
async function killAt(
  { root, operations, killedAt }: Recording,
  boundaries: readonly Boundary[],
  expected: Expected,
  counts: Counts,
  end: (wrong: string | null, boundary: Boundary) => boolean,
): Promise<boolean> {
  const disk = new PowerLossDisk(root);
  const place = makeFolder("boundary");
  const acknowledged: Acknowledged[] = [];
  let followed = 0;
  try {
    for (const boundary of boundaries) {
      for (; followed < boundary.place; followed++) {
        const operation = operations[followed] as DiskOperation;
        disk.follow(operation);
        const seen = acknowledgedOf(operation);
        if (seen !== null) acknowledged.push(seen);
      }
      const half = boundary.half ? halfOf(operations[followed] as DiskOperation) : null;
      if (half !== null) disk.follow(half);
      writeImage(place, wholeOf(disk));
      if (killedAt > 0 && boundary.place >= killedAt) counts["in or behind a recovery"] += 1;
      if (!end(await judge(place, [...acknowledged], expected, counts), boundary)) return false;
    }
    return true;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Boundaries of a recording, drawn, in their order. */
function drawn(draw: () => number, count: number, operations: readonly DiskOperation[]): Boundary[] {
  return Array.from({ length: count }, (): Boundary => {
    const place = Math.floor(draw() * operations.length);
    return { place, half: draw() < 1 / 3 };
  }).toSorted((a, b) => a.place - b.place || Number(a.half) - Number(b.half));
}

/** A pair of recordings of one seed: an uninterrupted one, and one that is really killed; the second only where there is protection. */
async function recordPair(
  session: DiskSession,
  seed: string,
  share: number,
  unprotected: Unprotected | null,
): Promise<{
  readonly whole: Recording;
  readonly killed: Recording | null;
  readonly kill: number;
  readonly expected: Expected;
}> {
  const whole = await recordWrites(session, seed, null, unprotected);
  const kill = 1 + Math.floor((0.1 + 0.9 * share) * whole.operations.length);
  // A canary needs no second process: what it does not notice at a boundary, it does not notice.
  if (unprotected !== null) return { whole, killed: null, kill, expected: null };
  return { whole, killed: await recordWrites(session, seed, kill, null), kill, expected: await outcomeIn(whole.root) };
}

async function run(cases: number, seed: string, { grouped, unprotected, next }: Going): Promise<Figures> {
  const session = await DiskSession.open(LENGTH, Math.ceil((3 * cases) / CASES_EACH), grouped);
  const counts: Counts = { recordings: 0, operations: 0, "real kills": 0, "in or behind a recovery": 0, unborn: 0 };
  const broken: string[] = [];
  const found = (wrong: string | null, where: string): void => {
    if (wrong !== null && broken.length < BROKEN_MAX) broken.push(`${where} of seed ${seed}: ${wrong}`);
  };
  let done = 0;
  const pair = async (): Promise<boolean> => {
    const name = `recording ${counts.recordings}`;
    const stream = createStream(seed, `boundaries:${counts.recordings}`);
    for (let number = 0; number < 16; number++) stream.next();
    const draw = (): number => stream.next();
    const own = `${seed}:${counts.recordings}`;
    const { whole, killed, kill, expected } = await recordPair(session, own, draw(), unprotected);
    counts.recordings += 1;
    if (killed !== null && expected !== null && killed.killedAt > 0) {
      counts["real kills"] += 1;
      found(await difference(expected, killed.root), `${name}, killed at ${kill},`);
    }
    const left = Math.min(CASES_EACH, cases - done);
    const shares = killed === null ? [left] : [Math.ceil(left / 2), Math.floor(left / 2)];
    for (const [index, recording] of [whole, killed].entries()) {
      if (recording === null) continue;
      session.remove(recording.root);
      counts.operations += recording.operations.length;
      // A session that is killed has its own first part in the other recording: here its end, and what came after, is of interest.
      const from = Math.max(0, recording.killedAt - 1);
      const boundaries = drawn(draw, shares[index] ?? 0, recording.operations.slice(from)).map((one) => ({
        ...one,
        place: one.place + from,
      }));
      const whose = recording === killed ? `${name}, killed at ${kill},` : name;
      const goes = await killAt(recording, boundaries, expected, counts, (wrong, { place, half }) => {
        found(wrong, `case ${done}, ${half ? "half-way through" : "before"} operation ${place} of ${whose}`);
        done += 1;
        return next(done, broken);
      });
      if (!goes) return false;
    }
    return true;
  };
  try {
    let goes = cases > 0;
    while (goes) goes = (await pair()) && done < cases;
    return { cases: done, counts, broken };
  } finally {
    session.close();
  }
}

/** So many kills must be enough to notice that orders are sent before they are journaled. */
const CANARY_CASES = 60;

export const boundaries: Trial = {
  name: "I/O-boundary kills",
  holds:
    "acknowledged entries are recovered, sequence and chain hold, nothing is sent without its entry, no id is used again, and the " +
    "books are the uninterrupted session's",
  short: 24,
  long: 5_000,
  missing: shimMissing,
  run: (cases, seed, progress) =>
    eachWay(cases, progress, (part, grouped, report) =>
      run(part, seed, {
        grouped,
        unprotected: null,
        next: (done) => {
          report(done);
          return true;
        },
      }),
    ),
  // A commit that is put off lets orders go out before they are on the disk; a venue that is settled first has what no entry accounts for.
  canary: async () => {
    const next = (_done: number, broken: readonly string[]): boolean => broken.length === 0;
    for (const how of [
      { grouped: false, unprotected: "late commit" },
      { grouped: true, unprotected: "venue first" },
    ] as const) {
      const { broken } = await run(CANARY_CASES, "canary", { ...how, next });
      if (broken.length === 0) return false;
    }
    return true;
  },
};
