/**
 * What must hold of a simulated day. Each check answers what does not hold, or null.
 *
 * 1. Checks read what the session left on the disk, not what it says of itself, but for the books' figures, which it keeps in memory.
 * 2. Texts and amounts are compared exactly: there is no tolerance.
 */
import { basename, dirname, join } from "node:path";
import { PaperBroker } from "../../../src/live/broker/index.ts";
import { stateText } from "../../../src/live/session/recovery/checkpoint.ts";
import { inspectJournal } from "../../../src/live/session/recovery/inspect.ts";
import type { LiveSession, SessionProbe } from "../../../src/live/session/index.ts";
import { writeRouterState } from "../../../src/orchestrator/index.ts";
import { decimal, plain, ZERO } from "../../../src/shared/decimal.ts";
import type { Desk } from "../../../src/shared/desk.ts";
import type { Moment } from "../../../src/shared/time.ts";
import {
  findSession,
  readJournal,
  type JournalEntry,
  type JournalReader,
  type SessionFiles,
  type Workspace,
} from "../../../src/store/index.ts";

/** Parts and router as texts, as a journal gives them from its first entry or from its checkpoint. */
async function stateOf(
  workspace: Workspace,
  files: SessionFiles,
  journal: JournalReader,
  from: "first entry" | "checkpoint",
  until: Moment,
): Promise<{ readonly parts: string; readonly router: string }> {
  const reported = { parts: "", router: "" };
  const visit: Parameters<typeof inspectJournal>[3] = (core, entry, replay) => {
    if (entry !== null) return;
    replay.consume(until);
    reported.parts = stateText(core, replay.underWay);
    reported.router = writeRouterState(core.router.snapshot(), {
      session: core.runDigest,
      journalPosition: journal.position,
    });
  };
  await inspectJournal(workspace, files, journal, visit, from);
  return reported;
}

/** Where two texts part, for eyes. */
function partingOf(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const near = (text: string): string => text.slice(Math.max(0, at - 80), at + 40);
  return `…${near(a)}… and …${near(b)}…`;
}

export interface Compared {
  readonly wrong: string | null;
  /** Entries behind the checkpoint that were compared; null where there is no checkpoint yet. */
  readonly tail: number | null;
}

/**
 * The newest checkpoint and the entries behind it give what the whole journal gives, byte for byte. `tailOf` is for the canary, which
 * loses some of those entries.
 */
export async function compareTail(
  workspace: Workspace,
  folder: string,
  tailOf: (entries: JournalEntry[]) => JournalEntry[] = (entries) => entries,
): Promise<Compared> {
  // A copy lies beside the session's own folder, under a name of its own.
  const files = findSession({ ...workspace, sessions: dirname(folder) }, basename(folder));
  const journal = readJournal(files.journal);
  try {
    const saved = journal.checkpoint();
    if (saved === null) return { wrong: null, tail: null };
    if ("fault" in saved) return { wrong: saved.fault, tail: null };
    const [last] = [...journal.read(journal.position)];
    const until = Math.max(saved.at, last?.at ?? 0) as Moment;
    const behind = new Proxy(journal, {
      get: (target, name) => {
        if (name === "read") return (from: number) => (from === 1 ? target.read(1) : tailOf([...target.read(from)]));
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? (value as () => unknown).bind(target) : value;
      },
    });
    const whole = await stateOf(workspace, files, journal, "first entry", until);
    const tail = await stateOf(workspace, files, behind, "checkpoint", until);
    const what = whole.parts !== tail.parts ? "parts" : whole.router !== tail.router ? "router" : null;
    const reported = journal.position - saved.seq;
    if (what === null) return { wrong: null, tail: reported };
    const text = `the ${what} of the checkpoint behind entry ${saved.seq} and ${reported} entries are others than those of all entries`;
    return { wrong: `${text}: ${partingOf(whole[what], tail[what])}`, tail: reported };
  } finally {
    journal.close();
  }
}

/**
 * Cash, fees and every position of the books are the venue's own, to the last digit, but for fills that the venue has and reports only
 * later than the session's last moment: those are taken out of its account.
 */
export async function wrongInBooks(folder: string, desk: Desk, probe: SessionProbe): Promise<string | null> {
  const path = join(folder, "broker.db");
  const venue = new PaperBroker({ path, config: desk.broker, seed: desk.seed, symbols: [] });
  try {
    const [account, positions, fills] = [await venue.account(), await venue.positions(), await venue.fillsSince(0)];
    if (!account.ok || !positions.ok || !fills.ok) return "the venue does not answer";
    const quantities = new Map(
      Object.entries(positions.value).map(([symbol, quantity]) => [symbol, decimal(quantity)]),
    );
    let [cash, fees] = [decimal(account.value.cash), ZERO];
    for (const { symbol, quantity, price, fee, at, reportedAt } of fills.value)
      if ((reportedAt ?? at) <= probe.now) fees = fees.plus(fee);
      else {
        cash = cash.plus(decimal(price).times(quantity)).plus(fee);
        quantities.set(symbol, (quantities.get(symbol) ?? ZERO).minus(quantity));
      }
    const open = [...quantities].filter(([, quantity]) => !quantity.isZero());
    const theirs = {
      cash: plain(cash),
      fees: plain(fees),
      ...Object.fromEntries(open.map(([symbol, quantity]) => [symbol, plain(quantity)])),
    };
    const held = probe.positions.filter(({ quantity }) => Number(quantity) !== 0);
    const ours = {
      cash: probe.account.cash,
      fees: probe.account.fees,
      ...Object.fromEntries(held.map(({ symbol, quantity }) => [symbol, quantity])),
    };
    const [a, b] = [ours, theirs].map((side) => JSON.stringify(Object.entries(side).toSorted()));
    return a === b ? null : `the books say ${a} and the venue ${b}`;
  } finally {
    venue.close();
  }
}

/** What the check of a journal keeps of each strategy. */
interface Followed {
  readonly cadence: number;
  /** Null where the entries do not say: behind a pause or a quarantine. */
  nextRun: Moment | null;
  planned: number;
  run: number;
  open: boolean;
  /** The moment of slots that were missed and after which one run must come. */
  missedAt: Moment | null;
}

/**
 * Time never goes back; every run has its own slot, number and end; slots that a gap swallowed are counted to the last, as misfires,
 * and one run follows them in the same moment.
 */
export function wrongInJournal(entries: Iterable<JournalEntry>, desk: Desk): string | null {
  const first = { nextRun: null, planned: -1, run: 0, open: false, missedAt: null };
  const followed = new Map(
    desk.strategies.map(({ name, cadence }): [string, Followed] => [name, { ...first, cadence }]),
  );
  let at = 0;
  for (const entry of entries) {
    const named = (text: string): string => `entry ${entry.seq}: ${text}`;
    if (entry.at < at) return named(`it is of ${entry.at}, and the one before of ${at}`);
    at = entry.at;
    if (!("strategy" in entry) || entry.strategy === null) continue;
    const of = followed.get(entry.strategy);
    if (of === undefined) continue;
    const wrong = follow(entry, of);
    if (wrong !== null) return named(`${entry.strategy} ${wrong}`);
  }
  return null;
}

function follow(entry: JournalEntry, of: Followed): string | null {
  switch (entry.kind) {
    case "registered":
      of.nextRun = entry.nextRun;
      return null;
    case "missed":
      return followMissed(entry, of);
    case "run_started":
      return followStart(entry, of);
    case "run_finished":
      if (!of.open || entry.run !== of.run)
        return `ends run ${entry.run}, and run ${of.run} is ${of.open ? "open" : "over"}`;
      Object.assign(of, { open: false, nextRun: entry.nextRun });
      return null;
    case "strategy":
      of.nextRun = null;
      return null;
    default:
      return null;
  }
}

function followMissed(entry: Extract<JournalEntry, { kind: "missed" }>, of: Followed): string | null {
  if (entry.reason !== "misfire") return `missed slots as ${entry.reason}`;
  if (of.open) return "missed slots while it ran";
  if (of.nextRun !== null) {
    const slots = Math.floor((entry.at - of.nextRun) / of.cadence);
    if (entry.slots !== slots) return `missed ${entry.slots} slots, and there were ${slots}`;
    if (entry.nextRun !== of.nextRun + slots * of.cadence) return "continues at another moment than the next slot's";
  }
  Object.assign(of, { nextRun: entry.nextRun, missedAt: entry.at });
  return null;
}

function followStart(entry: Extract<JournalEntry, { kind: "run_started" }>, of: Followed): string | null {
  if (of.open) return `starts run ${entry.run} while run ${of.run} is open`;
  if (entry.run !== of.run + 1) return `starts run ${entry.run} after run ${of.run}`;
  if (entry.planned <= of.planned) return `runs a second time for the slot of ${entry.planned}`;
  if (of.nextRun !== null && entry.due !== of.nextRun) return `was due at ${of.nextRun} and starts for ${entry.due}`;
  if (entry.at < entry.due) return `starts ${entry.due - entry.at} µs before it is due`;
  if (entry.at - entry.due >= of.cadence) return "starts a slot late, and the slot was not counted";
  if (of.missedAt !== null && entry.at !== of.missedAt)
    return "did not run in the moment in which its missed slots were counted";
  Object.assign(of, { open: true, run: entry.run, planned: entry.planned, missedAt: null });
  return null;
}

/** Session time that is ahead of the machine's runs a hundredth slower, and is cut to whole microseconds. */
const SLOWEST = 0.98;

/** A look before and after the machine's time has jumped. */
interface AfterJump {
  readonly before: SessionProbe;
  readonly after: SessionProbe;
  /** The machine's time right behind the jump. */
  readonly wall: Moment;
  readonly noticedMs: number;
  readonly since: readonly JournalEntry[];
}

/**
 * After a gap each strategy that waited has missed its slots and run once. A machine's time that was set back is no gap: session time runs
 * on ahead of it, at most a hundredth slower.
 */
export function wrongAfterJump({ before, after, wall, noticedMs, since }: AfterJump): string | null {
  const from = Math.max(before.now, wall);
  const passed = after.now - from;
  if (after.now < before.now) return `session time went back from ${before.now} to ${after.now}`;
  if (passed > noticedMs * 1_000 || passed < noticedMs * 1_000 * SLOWEST)
    return `session time moved by ${passed} µs in ${noticedMs} ms after a jump`;
  for (const { name, state, nextRun, cadence } of before.strategies) {
    const of = since.filter((entry) => "strategy" in entry && entry.strategy === name);
    const runs = of.filter((entry) => entry.kind === "run_started").length;
    const missed = of.filter((entry) => entry.kind === "missed").length;
    if ((state !== "waiting" && state !== "late") || nextRun === null) continue;
    if (wall > before.now && runs > 1) return `${name} ran ${runs} times after one gap`;
    if (nextRun + cadence <= from && (runs !== 1 || missed !== 1))
      return `${name} counted ${missed} gaps and ran ${runs} times after one of ${from - nextRun} µs`;
    if (nextRun + cadence > after.now && missed > 0) return `${name} missed slots without a gap`;
  }
  return null;
}

/** What strategies did, without what is counted over all of them. */
export function tracesOf(entries: Iterable<JournalEntry>, strategies: ReadonlySet<string>): string[] {
  const traces: string[] = [];
  for (const entry of entries) {
    if (!("strategy" in entry) || entry.strategy === null || !strategies.has(entry.strategy)) continue;
    const { kind, at, strategy } = entry;
    const reported =
      kind === "run_started"
        ? [entry.run, entry.planned, entry.due]
        : kind === "run_finished"
          ? [entry.run, entry.outcome, entry.runtime, entry.orders, entry.nextRun, entry.state]
          : kind === "order"
            ? [entry.run, entry.symbol, entry.quantity, entry.price, entry.reason, entry.because.text]
            : kind === "fill"
              ? [entry.symbol, entry.quantity, entry.price, entry.fee, entry.filledAt, entry.verdict, entry.realized]
              : [];
    traces.push(JSON.stringify([at, strategy, kind, ...reported]));
  }
  return traces;
}

/** Two days in which the good strategies did the same. */
export function wrongAmong(alone: readonly string[], among: readonly string[]): string | null {
  const at = alone.findIndex((trace, index) => trace !== among[index]);
  if (at === -1 && alone.length === among.length) return null;
  const place = at === -1 ? alone.length : at;
  return `hostile strategies change what good ones do: ${among[place] ?? "nothing"} in place of ${alone[place] ?? "nothing"}`;
}

/**
 * Hostile runs answer nothing that counts; on the machine's clock, where runs take no time, no good one fails. A jump of the wall while
 * one is under way makes it an overrun, whose orders count.
 */
export function wrongOutcome(entry: JournalEntry, hostile: ReadonlySet<string>, machine: boolean): string | null {
  if (entry.kind === "run_finished") {
    const { strategy, outcome } = entry;
    if (hostile.has(strategy) && !strategy.endsWith("many.ts") && (outcome === "ok" || outcome === "overrun"))
      return `a run of ${strategy} counts as ${outcome}`;
    if (
      machine &&
      !hostile.has(strategy) &&
      outcome !== "ok" &&
      outcome !== "overrun" &&
      entry.message !== "The session ended during this run."
    )
      return `a run of ${strategy} counts as ${outcome}: ${entry.message ?? ""}`;
  }
  if (entry.kind === "order" && entry.accepted && hostile.has(entry.strategy) && !entry.strategy.endsWith("many.ts"))
    return `an order of ${entry.strategy} was accepted`;
  return null;
}

/** Everything that a closed session has journaled. */
export function entriesOf(session: LiveSession): JournalEntry[] {
  const journal = readJournal(join(session.folder, "journal.db"));
  try {
    return [...journal.read(1)];
  } finally {
    journal.close();
  }
}
