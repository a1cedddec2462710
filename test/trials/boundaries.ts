/**
 * Kills at I/O boundaries: the command's process ends at the n-th change that it makes to its disk, is started again, often dies at
 * a boundary of its recovery, too, and then goes on to its end.
 *
 * Fault model. The process ends by SIGKILL right before an operation on the disk (a new file or folder, a write, another size, a
 * sync, a rename, a removal), with half of a write done, or right behind it. The machine goes on, so what the kernel had taken
 * stays; power loss is another trial's. Every operation of the recorded session is drawn once, in each of the three ways, before
 * any is drawn again. Of the cases one half commits each pass by itself, and in the other passes share commits.
 */
import { createStream } from "../../src/orchestrator/index.ts";
import { CodedError } from "../../src/shared/errors.ts";
import { lostAcknowledged, readBooks, sentUnjournaled } from "../sim/disk/agreement.ts";
import type { Unprotected } from "../sim/disk/child.ts";
import { endOf } from "../sim/disk/processes.ts";
import { shimMissing } from "../sim/disk/shim.ts";
import type { Told } from "../sim/disk/write-log.ts";
import { difference, DiskSession, fault, folderIn, resumeSession, outcomeIn, shuffled } from "./disk-session.ts";
import { BROKEN_MAX, eachWay, type Figures, type Trial } from "./trial.ts";

const WAYS = ["before", "half", "after"] as const;
const LENGTH = "1m";
/** A second kill falls among this many first operations of a restart: its recovery has about as many. */
const RECOVERY_OPERATIONS = 140;
const SECOND_SHARE = 0.5;

interface Kill {
  readonly operation: number;
  readonly way: (typeof WAYS)[number];
}

const armOf = ({ operation, way }: Kill): string => `kill ${operation} ${way}`;

interface Counts {
  kills: number;
  inRecovery: number;
  unborn: number;
}

type Expected = Awaited<ReturnType<typeof outcomeIn>>;

/** What does not hold right after a kill, or null. */
function lookAt(folder: string, told: readonly Told[]): string | null {
  return lostAcknowledged(folder, told) ?? sentUnjournaled(readBooks(folder));
}

/** One session with its kills; what did not hold of it, or null. */
async function oneCase(
  session: DiskSession,
  kills: readonly [Kill, Kill | null],
  expected: Expected,
  counts: Counts,
  unprotected: Unprotected | null,
): Promise<string | null> {
  const workspace = session.workspace();
  try {
    const first = await session.run(workspace, null, { arm: armOf(kills[0]), unprotected });
    const begun = folderIn(workspace);
    if (first.signal === "SIGKILL") counts.kills += 1;
    else if (first.code !== 0) return `it ended with ${endOf(first)}`;
    if (begun === null) {
      counts.unborn += 1;
      return first.told.length === 0 ? null : "the session's folder is gone";
    }
    const wrong = lookAt(begun.folder, first.told);
    if (wrong !== null) return wrong;
    const told = [...first.told];
    if (told.length > 0 && kills[1] !== null) {
      const second = await session.run(workspace, begun.id, { arm: armOf(kills[1]), unprotected });
      if (second.signal === "SIGKILL") counts.inRecovery += 1;
      else if (second.code !== 0) return `opened again, it ended with ${endOf(second)}`;
      told.push(...second.told);
      const still = lookAt(begun.folder, told);
      if (still !== null) return still;
    }
    const summary = await resumeSession(workspace, begun.id);
    if (summary.failure !== null) return `it failed: ${summary.failure.message}`;
    return (
      lostAcknowledged(begun.folder, told) ??
      (await fault(workspace, begun.folder)) ??
      (await difference(expected, workspace))
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Killed before its first entry was acknowledged: there is no session yet, and whoever opens it is told so.
    const begun = folderIn(workspace);
    const unborn =
      begun !== null && error instanceof CodedError && lostAcknowledged(begun.folder, [{ seq: 1, hash: "-" }]) !== null;
    if (!unborn) return message;
    counts.unborn += 1;
    return null;
  } finally {
    session.remove(workspace);
  }
}

async function run(
  cases: number,
  seed: string,
  { grouped, unprotected }: { readonly grouped: boolean; readonly unprotected: Unprotected | null },
  progress: (done: number, broken: readonly string[]) => boolean,
): Promise<Figures> {
  const session = await DiskSession.open(LENGTH, cases, grouped);
  try {
    const plain = session.workspace();
    const whole = await session.run(plain, null);
    if (whole.code !== 0) throw new Error(`The session that nobody kills ended with ${endOf(whole)}`);
    const { all } = session.operations();
    const expected = await outcomeIn(plain);
    const points = shuffled(all * WAYS.length, seed, "boundaries");
    const counts: Counts = { kills: 0, inRecovery: 0, unborn: 0 };
    const broken: string[] = [];
    let number = 0;
    for (; number < cases; number++) {
      const point = points[number % points.length] ?? 0;
      const stream = createStream(seed, `boundary:${number}`);
      for (let draw = 0; draw < 16; draw++) stream.next();
      const drawn = (): number => stream.next();
      const first: Kill = {
        operation: 1 + Math.floor(point / WAYS.length),
        way: WAYS[point % WAYS.length] ?? "before",
      };
      const second: Kill | null =
        drawn() < SECOND_SHARE
          ? {
              operation: 1 + Math.floor(drawn() * RECOVERY_OPERATIONS),
              way: WAYS[Math.floor(drawn() * WAYS.length)] ?? "before",
            }
          : null;
      const wrong = await oneCase(session, [first, second], expected, counts, unprotected);
      const also = second === null ? "" : `, then ${armOf(second)}`;
      if (wrong !== null && broken.length < BROKEN_MAX)
        broken.push(`case ${number} of seed ${seed}${grouped ? ", grouped" : ""}, ${armOf(first)}${also}: ${wrong}`);
      if (!progress(number + 1, broken)) break;
    }
    return { cases: number, counts: { ...counts, operations: all, points: points.length }, broken };
  } finally {
    session.close();
  }
}

/** So many kills must be enough to notice that orders are sent before they are journaled. */
const CANARY_CASES = 30;

export const boundaries: Trial = {
  name: "I/O-boundary kills",
  holds:
    "acknowledged entries are recovered, sequence and chain hold, nothing is sent without its entry, no id is used again, and the " +
    "books are the uninterrupted session's",
  short: 12,
  long: 5_000,
  missing: shimMissing,
  run: (cases, seed, progress) =>
    eachWay(cases, progress, (part, grouped, next) =>
      run(part, seed, { grouped, unprotected: null }, (done) => {
        next(done);
        return true;
      }),
    ),
  // A commit that is put off lets orders go out before they are on the disk; a venue that is settled first has what no entry accounts for.
  canary: async () => {
    for (const how of [
      { grouped: false, unprotected: "late commit" },
      { grouped: true, unprotected: "venue first" },
    ] as const) {
      const { broken } = await run(CANARY_CASES, "canary", how, (_done, found) => found.length === 0);
      if (broken.length === 0) return false;
    }
    return true;
  },
};
