/**
 * Simulated days: sessions whose feed has holes, whose clock jumps, whose strategies are slow, throw or hang, whose venue errs, and
 * which are stopped, killed and opened again, all of it drawn from the seed.
 *
 * Fault model. A third of the days each:
 * - a drawn market on a virtual clock;
 * - recorded bars with holes, of one symbol or of all, often longer than the desk's limit for stale data: the breaker halts;
 * - the machine's clock, with timers and a wall that the trial moves: forward as after a suspended machine, back as after a correction
 *   of its time, in a session and between two of them. Recorded bars have no place there, because the product plays none on that clock.
 *
 * In all of them a strategy asks for every kind of order, cancels and replaces; an operator cancels, replaces, places, closes, flattens and
 * halts at starts; the venue refuses, loses acknowledgements, fills in parts, late, twice, or unordered; an operator adopts, resumes and
 * ends quarantines at each start; starts end by a stop or by a kill between two commits, and each resumes from a checkpoint and the
 * entries behind it. On virtual clocks runs overrun and time out. Hostile strategies run beside the good ones: what throws or answers
 * nonsense in two days of five, what costs a process (an endless loop, a blocking wait, a leak) in one of some fifty, and ten
 * thousand orders at once in some of those.
 *
 * What cannot fail here: the disk keeps what it was given and a kill falls between two writes, because disk and half a write have trials
 * of their own. On the machine's clock no strategy is slow or hangs: its deadline there is real time, which a trial by seed cannot have.
 * The venue answers from its own store and never forgets.
 */
import { verifySession } from "../../src/harness/verify.ts";
import type { LiveSession } from "../../src/live/session/index.ts";
import type { JournalEntry } from "../../src/store/index.ts";
import { wrongInLives } from "../live/session/orders/lives.ts";
import { everyCanary } from "./days/canaries.ts";
import { barsByMoment, drawDay, isStale, withoutHostile, type DrawnDay } from "./days/drawn.ts";
import {
  compareTail,
  entriesOf,
  tracesOf,
  wrongAmong,
  wrongInBooks,
  wrongInJournal,
  wrongOutcome,
} from "./days/holds.ts";
import { inFolder, LivedDay, type Look } from "./days/lived.ts";
import { OPERATOR_KINDS, ORDER_KINDS, orderKindsOf, wrongInOrders, type OrderKind } from "./orders/rules.ts";
import { DEEDS, type Deed } from "./orders/trader.ts";
import { BROKEN_MAX, type Trial } from "./trial.ts";

/** From so many days on each kind of trouble has to have come up. */
const ALL_KINDS_CASES = 100;
/** Each kind of order comes up in far fewer days. */
const ORDER_KINDS_CASES = 6;

const KINDS = [
  "starts",
  "kills",
  "holes",
  "silent holes",
  "halts for stale data",
  "jumps forward",
  "jumps back",
  "jumps between starts",
  "gaps of missed slots",
  "overruns",
  "timeouts",
  "throws",
  "bad results",
  "processes ended",
  "floods of orders",
  "reviews",
  "fills",
  "tails compared",
  "days with and without hostile strategies",
] as const;
type Kind = (typeof KINDS)[number] | OrderKind | Deed;

class Counts {
  readonly figures: Record<string, number> = Object.fromEntries(
    [...KINDS, ...ORDER_KINDS, ...OPERATOR_KINDS, ...DEEDS].map((kind) => [kind, 0]),
  );

  add(kind: Kind, count = 1): void {
    this.figures[kind] = (this.figures[kind] ?? 0) + count;
  }

  /** Kinds that never came up, in a run in which all should. */
  missing(cases: number): string[] {
    const asked: readonly Kind[] = [
      ...(cases < ALL_KINDS_CASES ? [] : [...KINDS, ...OPERATOR_KINDS, ...DEEDS]),
      ...(cases < ORDER_KINDS_CASES ? [] : ORDER_KINDS),
    ];
    const never = asked.filter((kind) => this.figures[kind] === 0);
    return never.map((kind) => `${cases} days went by without ${kind}`);
  }

  take(entry: JournalEntry): void {
    for (const kind of orderKindsOf(entry)) this.add(kind);
    if (entry.kind === "run_finished") {
      if (entry.outcome === "overrun") this.add("overruns");
      if (entry.outcome === "timed_out") this.add("timeouts");
      if (entry.outcome === "threw") this.add("throws");
      if (entry.outcome === "bad_result") this.add("bad results");
      // More orders than a run may ask for are refused, all of them.
      if (entry.message?.startsWith("too_many_orders") === true) this.add("floods of orders");
    } else if (entry.kind === "missed") this.add("gaps of missed slots");
    else if (entry.kind === "fill") this.add("fills");
    else if (entry.kind === "halt" && entry.code === "data_stale") this.add("halts for stale data");
  }
}

/** What did not hold of one day, or null. */
async function oneDay(drawn: DrawnDay, counts: Counts): Promise<string | null> {
  const look: Look = async (workspace, copy) => {
    const { wrong, tail } = await compareTail(workspace, copy);
    if (tail !== null && tail > 0) counts.add("tails compared");
    return wrong;
  };
  return inFolder(async (path) => {
    const day = new LivedDay(path, drawn, look);
    const session = await day.pass();
    if (typeof session === "string") return session;
    const entries = entriesOf(session);
    count(counts, drawn, day, entries);
    return (await wrongAtEnd(day, drawn, session, entries)) ?? wrongBeside(drawn, entries, counts);
  });
}

function count(counts: Counts, { holes }: DrawnDay, { happened }: LivedDay, entries: readonly JournalEntry[]): void {
  counts.add("starts", happened.starts);
  counts.add("kills", happened.kills);
  counts.add("holes", holes.length);
  counts.add("silent holes", holes.filter(isStale).length);
  counts.add("jumps forward", happened.forward);
  counts.add("jumps back", happened.back);
  counts.add("jumps between starts", happened.asleep);
  counts.add("processes ended", happened.processesEnded);
  counts.add("reviews", happened.reviews);
  for (const deed of happened.deeds) counts.add(deed);
  for (const entry of entries) counts.take(entry);
}

async function wrongAtEnd(
  { workspace }: LivedDay,
  { desk, hostile, market, holes, bars }: DrawnDay,
  session: LiveSession,
  entries: readonly JournalEntry[],
): Promise<string | null> {
  const books = await wrongInBooks(session.folder, desk, session.probe());
  if (books !== null) return books;
  const [life] = wrongInLives(session.folder, entries, session.probe());
  if (life !== undefined) return life;
  const orders = wrongInOrders(session.folder, entries, barsByMoment(bars));
  if (orders !== null) return orders;
  const { wrong } = await compareTail(workspace, session.folder);
  if (wrong !== null) return wrong;
  const reported = wrongInJournal(entries, desk);
  if (reported !== null) return reported;
  for (const entry of entries) {
    const outcome = wrongOutcome(entry, hostile, market === "machine's clock");
    if (outcome !== null) return outcome;
  }
  const halts = new Set(entries.flatMap((entry) => (entry.kind === "halt" ? [entry.code] : [])));
  const silent = holes.some(isStale);
  if (halts.has("data_stale") && !silent) return "it halted for stale data, and its feed was not silent for so long";
  // The evening begins with the operator's halt; another one may have held all the while.
  if (silent && halts.size < 2) return "its feed was silent for longer than the desk allows, and nothing halted";
  const verdict = await verifySession(workspace, session.id);
  const fault = verdict.checks.find((check) => check.state !== "passed");
  return fault === undefined ? null : `${fault.name}: ${fault.text}`;
}

/** On a virtual clock the good strategies' day is the one that they have alone, to the last fill. */
async function wrongBeside(drawn: DrawnDay, entries: readonly JournalEntry[], counts: Counts): Promise<string | null> {
  if (drawn.hostile.size === 0 || drawn.market === "machine's clock") return null;
  counts.add("days with and without hostile strategies");
  const quiet = withoutHostile(drawn);
  const good = new Set(quiet.desk.strategies.map(({ name }) => name));
  return inFolder(async (path) => {
    const session = await new LivedDay(path, quiet, null).pass();
    return typeof session === "string"
      ? session
      : wrongAmong(tracesOf(entriesOf(session), good), tracesOf(entries, good));
  });
}

export const days: Trial = {
  name: "simulated days",
  holds:
    "every order has one life, on which journal and venue agree, and fills by the rules of its kind; " +
    "checkpoint and tail give what the whole journal gives, byte for byte; the books are the venue's own account; each slot runs once " +
    "or is counted; good strategies do what they do alone; the journal verifies",
  short: 6,
  long: 10_000,
  run: async (cases, seed, progress) => {
    const broken: string[] = [];
    const counts = new Counts();
    for (let day = 0; day < cases; day++) {
      const wrong = await oneDay(drawDay(seed, day), counts).catch((error: unknown) =>
        error instanceof Error ? (error.stack ?? error.message) : String(error),
      );
      if (wrong !== null && broken.length < BROKEN_MAX) broken.push(`day ${day} of seed ${seed}: ${wrong}`);
      progress(day + 1);
    }
    return { cases, counts: counts.figures, broken: [...broken, ...counts.missing(cases)] };
  },
  canary: everyCanary,
};
