/**
 * Power-loss images: sessions are recorded write by write; of each, many images are drawn of what a power cut would have left, and
 * each image is opened by the program's own journal and venue.
 *
 * Fault model. The disk's is `PowerLossDisk`'s: what was not synced is dropped, reordered, torn or garbled, sector by sector, and names
 * last only from their folder's sync. Of every other recording the process was killed on its way and opened again, so that the cut
 * falls into recoveries, too. Half of the images are of sessions that commit each pass by itself, half of sessions whose passes
 * share commits. An entry is acknowledged from the moment at which its commit has returned.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createStream } from "../../src/orchestrator/index.ts";
import { digestOf, openJournal } from "../../src/store/index.ts";
import { entriesIn, lostAcknowledged, readBooks, sentUnjournaled, venueLost } from "../sim/disk/agreement.ts";
import type { Unprotected } from "../sim/disk/child.ts";
import { PowerLossDisk } from "../sim/disk/power-loss.ts";
import { shimMissing } from "../sim/disk/shim.ts";
import { acknowledgedOf, type DiskOperation, type Acknowledged } from "../sim/disk/write-log.ts";
import { DiskSession, fault, folderIn, resumeSession } from "./disk-session.ts";
import { recordWrites, writeImage } from "./recording.ts";
import { BROKEN_MAX, eachWay, makeFolder, type Figures, type Trial } from "./trial.ts";

const LENGTH = "1m";
/** Images of one recording; then another session is recorded, of another seed. */
const IMAGES_EACH = 2_000;
/** Of so many images one is not only read, but its session runs to its end. */
const GO_ON_EVERY = 250;
const SECTORS = [512, 4096] as const;
/** What is only read by people is left out of images that are only read. */
const FOR_PEOPLE = /\.(csv|jsonl|md)$/;

/** The router's file is one that the journal names, or it is not there. */
function strangerFile(folder: string): string | null {
  const path = join(folder, "router_state.json");
  if (!existsSync(path)) return null;
  const known = entriesIn(join(folder, "journal.db"))
    .filter(({ kind }) => kind === "snapshot")
    .map(({ body }) => (JSON.parse(body) as { sha256: string }).sha256);
  return known.includes(digestOf(readFileSync(path, "utf8")))
    ? null
    : "router_state.json is one that the journal knows nothing of";
}

/** What does not hold of an image whose last acknowledged entry was `acknowledged`, or null. */
function lookAt(place: string, acknowledged: Acknowledged | null): string | null {
  const begun = folderIn(place);
  if (acknowledged === null) return null;
  if (begun === null) return `entry ${acknowledged.seq} was acknowledged, and the session's folder is gone`;
  const { folder } = begun;
  if (!existsSync(join(folder, "journal.db")))
    return `entry ${acknowledged.seq} was acknowledged, and the journal is gone`;
  const journal = openJournal(join(folder, "journal.db"));
  try {
    const damage = journal.verify();
    if (damage !== null) return `entry ${damage.seq}: ${damage.rule}`;
  } finally {
    journal.close();
  }
  const books = readBooks(folder);
  return lostAcknowledged(folder, [acknowledged]) ?? sentUnjournaled(books) ?? venueLost(books) ?? strangerFile(folder);
}

async function judge(place: string, acknowledged: Acknowledged | null, whole: boolean): Promise<string | null> {
  try {
    const wrong = lookAt(place, acknowledged);
    const begun = folderIn(place);
    if (wrong !== null || !whole || acknowledged === null || begun === null) return wrong;
    const { failure } = await resumeSession(place, begun.id);
    return failure === null ? await fault(place, begun.folder) : `it failed: ${failure.message}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface Going {
  readonly grouped: boolean;
  readonly unprotected: Unprotected | null;
  /** Called after each image; false ends it. */
  readonly next: (done: number, broken: readonly string[]) => boolean;
}

async function run(cases: number, seed: string, { grouped, unprotected, next }: Going): Promise<Figures> {
  const session = await DiskSession.open(LENGTH, 1, grouped);
  const place = makeFolder("image");
  const broken: string[] = [];
  const counts = { recordings: 0, operations: 0, resumed: 0 };
  try {
    let done = 0;
    for (let going = true; going && done < cases; counts.recordings += 1) {
      const stream = createStream(seed, `power:${counts.recordings}`);
      for (let number = 0; number < 16; number++) stream.next();
      const draw = (): number => stream.next();
      const kill = counts.recordings % 2 === 1 ? 200 + Math.floor(draw() * (grouped ? 200 : 600)) : null;
      const { root, operations } = await recordWrites(session, `${seed}:${counts.recordings}`, kill, unprotected);
      session.remove(root);
      counts.operations += operations.length;
      const images = Math.min(IMAGES_EACH, cases - done);
      const points = Array.from({ length: images }, () => Math.floor(draw() * (operations.length + 1))).toSorted(
        (a, b) => a - b,
      );
      const disk = new PowerLossDisk(root);
      let acknowledged: Acknowledged | null = null;
      let followed = 0;
      for (const point of points) {
        for (; followed < point; followed++) {
          const operation = operations[followed] as DiskOperation;
          disk.follow(operation);
          acknowledged = acknowledgedOf(operation) ?? acknowledged;
        }
        const whole = done % GO_ON_EVERY === GO_ON_EVERY - 1;
        const sector = SECTORS[Math.floor(draw() * SECTORS.length)] ?? 512;
        writeImage(
          place,
          disk.image(draw, sector, (path) => whole || !FOR_PEOPLE.test(path)),
        );
        const wrong = await judge(place, acknowledged, whole);
        if (whole) counts.resumed += 1;
        const where = `image ${done} of seed ${seed}, behind operation ${point} of recording ${counts.recordings}`;
        if (wrong !== null && broken.length < BROKEN_MAX) broken.push(`${where}: ${wrong}`);
        done += 1;
        going = next(done, broken);
        if (!going) break;
      }
    }
    return { cases: done, counts, broken };
  } finally {
    session.close();
    rmSync(place, { recursive: true, force: true });
  }
}

/** So many images must be enough to notice that commits are not synced. */
const CANARY_IMAGES = 400;

export const power: Trial = {
  name: "power-loss images",
  holds: "no acknowledged entry is lost, sequence and chain hold, and the venue has nothing that the journal lacks",
  short: 500,
  long: 60_000,
  missing: shimMissing,
  run: (cases, seed, progress) => {
    return eachWay(cases, progress, (part, grouped, acknowledged) => {
      const next = (done: number): boolean => {
        acknowledged(done);
        return true;
      };
      return run(part, seed, { grouped, unprotected: null, next });
    });
  },
  // With synchronous=NORMAL a commit is reported before it is synced; a venue that is settled first has what no entry accounts for.
  canary: async () => {
    const next = (_done: number, broken: readonly string[]): boolean => broken.length === 0;
    for (const how of [
      { grouped: false, unprotected: "no sync" },
      { grouped: true, unprotected: "venue first" },
    ] as const) {
      const { broken } = await run(CANARY_IMAGES, "canary", { ...how, next });
      if (broken.length === 0) return false;
    }
    return true;
  },
};
