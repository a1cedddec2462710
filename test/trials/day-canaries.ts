/**
 * What the trial of simulated days must notice: each canary takes one thing away that the trial says holds.
 */
import { join } from "node:path";
import { createSession, reopenSession, type LiveSession } from "../../src/live/session/index.ts";
import { CodedError } from "../../src/shared/errors.ts";
import { MINUTE, type Duration } from "../../src/shared/time.ts";
import { openForWriting, openWorkspace, type JournalEntry } from "../../src/store/index.ts";
import { deskOf } from "../live/session/desks.ts";
import { insideHost } from "../sim/inside-host.ts";
import { drawDay, withoutHostile, type DrawnDay } from "./day-drawn.ts";
import { compareTail, entriesOf, tracesOf, wrongAmong, wrongInBooks, wrongInJournal } from "./day-holds.ts";
import { inFolder, LivedDay } from "./day-lived.ts";

const SEED = "canary";

async function passed(path: string, drawn: DrawnDay): Promise<LiveSession> {
  const session = await new LivedDay(path, drawn, null).pass();
  if (typeof session === "string") throw new Error(session);
  return session;
}

function change(folder: string, statement: string): void {
  const venue = openForWriting(join(folder, "broker.db"));
  venue.exec(statement);
  venue.close();
}

/** A venue that has forgotten a fill disagrees with the journal: the next start must refuse it. */
async function forgottenFill(path: string): Promise<boolean> {
  const workspace = openWorkspace(path);
  const ports = { openHost: insideHost };
  const session = await createSession({ workspace, desk: deskOf(), length: (3 * MINUTE) as Duration, ports });
  session.start();
  const { folder } = await session.done;
  change(folder, "DELETE FROM fills WHERE cursor = (SELECT max(cursor) FROM fills)");
  try {
    const again = await reopenSession({ workspace, id: "latest", ports });
    await again.stop("operator");
    return false;
  } catch (error) {
    return error instanceof CodedError && error.code === "session_conflict";
  }
}

/** A venue that took a cent more than it said: positions agree, and the account does not. */
async function otherFee(path: string): Promise<boolean> {
  const drawn = drawDay(SEED, 0);
  const session = await passed(path, drawn);
  const before = await wrongInBooks(session.folder, drawn.desk, session.probe());
  change(session.folder, "UPDATE fills SET fee = CAST(fee + 0.01 AS TEXT) WHERE cursor = 1");
  return before === null && (await wrongInBooks(session.folder, drawn.desk, session.probe())) !== null;
}

/** A start that takes the checkpoint for everything and leaves the entries behind it. */
async function leftTail(path: string): Promise<boolean> {
  let [copies, noticed] = [0, 0];
  const day = new LivedDay(path, drawDay(SEED, 1), async (workspace, copy) => {
    const { wrong, tail } = await compareTail(workspace, copy, () => []);
    if ((tail ?? 0) > 0) copies += 1;
    if (wrong !== null) noticed += 1;
    return null;
  });
  await day.pass();
  return copies > 0 && noticed === copies;
}

/** A run that is told twice, a run for a slot that had one, and a gap that nobody counted. */
async function otherSlots(path: string): Promise<boolean> {
  const drawn = drawDay(SEED, 2);
  const entries = entriesOf(await passed(path, drawn));
  const without = (place: number): JournalEntry[] => entries.filter((_, index) => index !== place);
  const at = entries.findIndex((entry) => entry.kind === "missed");
  const runs = entries.flatMap((entry) => (entry.kind === "run_started" ? [entry] : []));
  const [first] = runs;
  const second = runs.find((run) => run.strategy === first?.strategy && run.run === 2);
  if (at === -1 || first === undefined || second === undefined) return false;
  const again = entries.map((entry) => (entry === second ? { ...second, planned: first.planned } : entry));
  const twice = entries.flatMap((entry) => (entry === second ? [entry, entry] : [entry]));
  const told = [without(at), again, twice].map((changed) => wrongInJournal(changed, drawn.desk));
  return wrongInJournal(entries, drawn.desk) === null && told.every((wrong) => wrong !== null);
}

/** Runs that take longer for everybody than they do alone. */
async function slowedDown(path: string): Promise<boolean> {
  const drawn = withoutHostile(drawDay(SEED, 3));
  const good = new Set(drawn.desk.strategies.map(({ name }) => name));
  const { desk } = drawn;
  const slow = {
    ...drawn,
    desk: { ...desk, runtime: { ...desk.runtime, median: (2 * desk.runtime.median) as Duration } },
  };
  const alone = tracesOf(entriesOf(await passed(path, drawn)), good);
  const slowed = await inFolder(async (other) => tracesOf(entriesOf(await passed(other, slow)), good));
  return wrongAmong(alone, alone) === null && wrongAmong(alone, slowed) !== null;
}

/** True when all of it was noticed. */
export async function everyCanary(): Promise<boolean> {
  for (const canary of [forgottenFill, otherFee, leftTail, otherSlots, slowedDown])
    if (!(await inFolder(canary))) return false;
  return true;
}
