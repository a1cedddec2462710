/**
 * What the trial of simulated days must notice: each canary takes one thing away that the trial says holds.
 */
import { join } from "node:path";
import { createSession, reopenSession, type LiveSession } from "../../../src/live/session/index.ts";
import { CodedError } from "../../../src/shared/errors.ts";
import { MINUTE, type Duration } from "../../../src/shared/time.ts";
import { openForWriting, openWorkspace, type JournalEntry } from "../../../src/store/index.ts";
import { deskOf } from "../../live/session/desks.ts";
import { insideHost } from "../../sim/inside-host.ts";
import { barsByMoment, drawDay, withoutHostile, type DrawnDay } from "./drawn.ts";
import { compareTail, entriesOf, tracesOf, wrongAmong, wrongInBooks, wrongInJournal } from "./holds.ts";
import { inFolder, LivedDay } from "./lived.ts";
import { wrongInOrders } from "../orders/rules.ts";
import { wrongInLives } from "../../live/session/orders/lives.ts";

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

/** A run that is reported twice, a run for a slot that had one, and a gap that was not counted. */
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
  const reported = [without(at), again, twice].map((changed) => wrongInJournal(changed, drawn.desk));
  return wrongInJournal(entries, drawn.desk) === null && reported.every((wrong) => wrong !== null);
}

/** Runs that take longer together than they do alone. */
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

/** The first order of a day that holds, by what its journal says of it. */
const orderIdOf = (entries: readonly JournalEntry[], is: (entry: JournalEntry) => boolean): string => {
  const found = entries.find(is);
  if (found === undefined || !("orderId" in found) || found.orderId === null)
    throw new Error("The day has no such order.");
  return found.orderId;
};

/** A journal that ends an order twice, one that forgot a fill, and one that sent an order twice. */
async function otherLives(path: string): Promise<boolean> {
  const session = await passed(path, withoutHostile(drawDay(SEED, 4)));
  const entries = entriesOf(session);
  const probe = session.probe();
  const holds = (changed: readonly JournalEntry[]): boolean =>
    wrongInLives(session.folder, changed, probe).length === 0;
  const doubled = (kind: JournalEntry["kind"]): JournalEntry[] => {
    const at = entries.findIndex((entry) => entry.kind === kind && "orderId" in entry && entry.orderId !== null);
    return entries.flatMap((entry, index) => (index === at ? [entry, entry] : [entry]));
  };
  const fill = entries.findIndex((entry) => entry.kind === "fill" && entry.verdict === "booked");
  const changed = [doubled("closed"), doubled("send"), entries.filter((_, index) => index !== fill)];
  return holds(entries) && fill >= 0 && changed.every((one) => !holds(one));
}

/** A venue that breaks one rule: a limit beyond its price, a fill past an order's end, a reduce-only order that adds, half a basket. */
async function otherRules(path: string): Promise<boolean> {
  const drawn = withoutHostile(drawDay(SEED, 4));
  const session = await passed(path, drawn);
  const entries = entriesOf(session);
  const bars = barsByMoment(drawn.bars);
  const { folder } = session;
  const holds = (changed = entries): boolean => wrongInOrders(folder, changed, bars) === null;
  const filled = new Set(entries.flatMap((entry) => (entry.kind === "fill" ? [entry.orderId] : [])));
  const isFilled = (entry: JournalEntry): entry is Extract<JournalEntry, { kind: "order" }> =>
    entry.kind === "order" && entry.orderId !== null && filled.has(entry.orderId);
  const limit = orderIdOf(entries, (entry) => isFilled(entry) && entry.limitPrice !== null && entry.quantity > 0);
  const market = orderIdOf(
    entries,
    (entry) => isFilled(entry) && entry.limitPrice === null && entry.type === undefined,
  );
  const sound = holds();
  const of = (id: string): string => `venueId LIKE '%${id}'`;
  const noticed = (statement: string, back: string): boolean => {
    change(folder, statement);
    const seen = !holds();
    change(folder, back);
    return seen && holds();
  };
  const price = noticed(
    `UPDATE fills SET price = price + 5 WHERE ${of(limit)}`,
    `UPDATE fills SET price = CAST(price - 5 AS TEXT) WHERE ${of(limit)}`,
  );
  const late = noticed(
    `UPDATE orders SET terms = json_set(terms, '$.expiresAt', 1) WHERE ${of(market)}`,
    `UPDATE orders SET terms = json_remove(terms, '$.expiresAt') WHERE ${of(market)}`,
  );
  const adds = noticed(
    "UPDATE orders SET terms = json_set(terms, '$.reduceOnly', json('true')) WHERE venueId = (SELECT venueId FROM fills WHERE cursor = 1)",
    "UPDATE orders SET terms = json_remove(terms, '$.reduceOnly') WHERE venueId = (SELECT venueId FROM fills WHERE cursor = 1)",
  );
  const basket = entries.find((entry) => entry.kind === "order" && entry.basket !== undefined && !entry.replay);
  const half = entries.map((entry) =>
    entry === basket ? ({ ...entry, accepted: basket.kind === "order" && !basket.accepted } as JournalEntry) : entry,
  );
  return sound && price && late && adds && basket !== undefined && !holds(half);
}

/** True when all of it was noticed. */
export async function everyCanary(): Promise<boolean> {
  for (const canary of [forgottenFill, otherFee, leftTail, otherSlots, slowedDown, otherLives, otherRules])
    if (!(await inFolder(canary))) return false;
  return true;
}
