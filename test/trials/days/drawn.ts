/**
 * What a simulated day brings, drawn from its seed before it begins: its desk, its feed's holes, its clock's jumps, its strategies,
 * its starts and their ends.
 *
 * 1. A day is a function of the trial's seed and its number; nothing that happens in it draws again.
 * 2. Days of a kind stand on a grid of numbers, so that a hundred days have all kinds whatever the seed.
 * 3. One day of eight is long. The others have as many starts, kills, jumps and requests, and fewer quiet minutes between them.
 * 4. A hole in which every symbol is silent is either well within the desk's limit for stale data, or so much longer that some pass
 *    falls behind the limit: when exactly the breaker looks is not this trial's question.
 */
import { createSyntheticFeed } from "../../../src/live/feed/index.ts";
import { SYNTHETIC_START } from "../../../src/live/feed/factory.ts";
import { createStream } from "../../../src/orchestrator/index.ts";
import type { Desk, FeedConfig, StrategyConfig } from "../../../src/shared/desk.ts";
import type { Bar } from "../../../src/shared/market.ts";
import type { Random } from "../../../src/shared/ports.ts";
import { formatMoment, MINUTE, parseMoment, SECOND, type Duration, type Moment } from "../../../src/shared/time.ts";
import { GOOD, HOSTILE } from "../../live/host/scene.ts";
import { deskOf, NO_FAULTS, NO_LIMITS, strategyOf, SYMBOLS } from "../../live/session/desks.ts";
import { drawDeeds, TRADER, TRADER_FILE, TRADER_TEXT, type Deed } from "../orders/trader.ts";

/** A day is this long: an exchange's hours, thinned out. */
const DAY_MINUTES = 5;
const LONG_DAY_MINUTES = 12;
const LONG_DAYS = 8;
/** What follows it on the record: the evening, and something to spare. */
const AFTER_MINUTES = 5;
/** Bars of a feed with holes. */
const BAR = (15 * SECOND) as Duration;
/** Bars before the day: as many as the strategies look at. */
const WARM_BARS = 40;
/** A start that is not killed is looked at as a kill would have left it, in so many of them. */
const LOOKED_AT = 0.25;
/** Days with strategies that throw or answer nonsense. */
const CHEAP_SHARE = 0.25;
/** A feed that says nothing for longer is stale. */
const STALE = (60 * SECOND) as Duration;
const STALE_BARS = STALE / BAR;
/** Every so many days one has strategies that cost a process, and every so many one that asks for ten thousand orders. */
const PROCESS_DAYS = 32;
const FLOOD_DAYS = 64;

/** Harm that is cheap: it throws, answers nonsense or cannot be saved, and so can run in the trial's own process. */
const CHEAP = ["throw.ts", "nan.ts", "huge.ts", "state.ts", "cyclic.ts", "promise.ts", "proxy.ts"];
/** Harm that costs a process: it loops for ever, waits for ever, leaks, or tries to end its process. */
const COSTLY = ["hang.ts", "wait.ts", "leak.ts", "exit.ts"];
const FLOOD = "many.ts";

/** What is missing of the feed: bars between two others. */
export interface Hole {
  readonly first: number;
  readonly bars: number;
  /** Null where every symbol is silent. */
  readonly symbol: string | null;
}

/** The machine's time moves by so much, so long after the start. */
export interface Jump {
  readonly afterMs: number;
  readonly byMs: number;
}

/** The session is opened and runs until `until`, reckoned from the day's beginning. */
export interface DrawnStart {
  readonly until: Duration;
  /** Behind so many entries that cannot wait for a commit the folder is copied: as a kill there would leave it. Null: it is not. */
  readonly cut: number | null;
  /** The session resumes from the copy, and what it did after it never happened. */
  readonly killed: boolean;
  /** While no session ran, the machine's time moved by so much. */
  readonly meanwhileMs: number;
  readonly jumps: readonly Jump[];
  /** What the operator does before it runs. */
  readonly deeds: readonly Deed[];
}

export interface DrawnDay {
  readonly market: "marks" | "holes" | "machine's clock";
  readonly desk: Desk;
  /** The recorded bars, where the market is one with holes. */
  readonly bars: string | null;
  readonly holes: readonly Hole[];
  readonly starts: readonly DrawnStart[];
  readonly checkpointEntries: number;
  /** Files for the strategies folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Names of the hostile strategies. */
  readonly hostile: ReadonlySet<string>;
  /** Strategies run in host processes, and not in the trial's own. */
  readonly processes: boolean;
}

export const BARS_FILE = "bars.csv";

/** True for holes that the desk must notice. */
export const isStale = ({ symbol, bars }: Hole): boolean => symbol === null && bars >= STALE_BARS;

export function drawDay(seed: string, day: number): DrawnDay {
  const stream = createStream(seed, `day:${day}`);
  const market = (["marks", "holes", "machine's clock"] as const)[day % 3] as DrawnDay["market"];
  const minutes = day % LONG_DAYS === LONG_DAYS - 1 ? LONG_DAY_MINUTES : DAY_MINUTES;
  const processes = market !== "machine's clock" && day % PROCESS_DAYS === PROCESS_DAYS - 1;
  const flood = processes && day % FLOOD_DAYS === FLOOD_DAYS - 1;
  const modules = processes ? costly(stream, flood) : stream.next() < CHEAP_SHARE ? cheap(stream) : [];
  const holes = market === "holes" ? drawHoles(stream, minutes) : [];
  const hostile = modules.map((module, index) => {
    const cadence = (module === FLOOD || module === "leak.ts" ? 60 * MINUTE : 40 * SECOND) as Duration;
    return strategyOf(`bad-${index}-${module}`, module, ["AAA"], { cadence });
  });
  const plain = deskFor(`${seed}:${day}`, stream, flood);
  const cadence = (12 * SECOND) as Duration;
  const trader = strategyOf(TRADER, TRADER_FILE, ["AAA", "BBB"], { cadence, jitter: SECOND });
  const good = [...(processes ? hosted(plain.strategies) : plain.strategies), trader];
  const clock = market === "machine's clock" ? ({ kind: "system" } as const) : plain.clock;
  const desk = { ...plain, clock, strategies: [...good, ...hostile] };
  return {
    market,
    desk:
      market === "holes"
        ? {
            ...desk,
            broker: { ...desk.broker, fillModel: "bars" },
            clock: { kind: "virtual", start: SYNTHETIC_START, speed: "max" },
            feed: recorded(desk.feed),
          }
        : desk,
    bars: market === "holes" ? barsOf(desk, holes, minutes) : null,
    holes,
    // Where the good strategies are compared with themselves alone, no session is killed: the comparison is then of one thing.
    starts: drawStarts(stream, minutes, market, market === "machine's clock" || modules.length === 0),
    checkpointEntries: 1 + Math.floor(stream.next() * 200),
    files: {
      [TRADER_FILE]: TRADER_TEXT,
      ...(processes ? GOOD : {}),
      ...Object.fromEntries(modules.map((module) => [module, HOSTILE[module] ?? ""])),
    },
    hostile: new Set(hostile.map((strategy) => strategy.name)),
    processes,
  };
}

/** The same day without its hostile strategies, and without host processes. */
export function withoutHostile(day: DrawnDay): DrawnDay {
  const strategies = day.desk.strategies.filter(({ name }) => !day.hostile.has(name));
  return { ...day, desk: { ...day.desk, strategies }, hostile: new Set(), processes: false };
}

const pick = <T>(stream: Random, from: readonly T[]): T => from[Math.floor(stream.next() * from.length)] as T;

/** A whole number from `least` up to `most`. */
const whole = (stream: Random, least: number, most: number): number =>
  least + Math.floor(stream.next() * (most - least + 1));

/** From `least` to `most`, small ones as likely as large ones. */
const spread = (stream: Random, least: number, most: number): number =>
  Math.round(least * (most / least) ** stream.next());

const cheap = (stream: Random): string[] => [...new Set([pick(stream, CHEAP), pick(stream, CHEAP)])];

function costly(stream: Random, flood: boolean): string[] {
  const harm = [pick(stream, COSTLY.slice(0, 2)), pick(stream, COSTLY.slice(2)), pick(stream, CHEAP)];
  return flood ? [...harm, FLOOD] : harm;
}

/** Two of the good strategies as users' files. */
function hosted(strategies: readonly StrategyConfig[]): StrategyConfig[] {
  const cadence = (15 * SECOND) as Duration;
  const counting = ["AAA", "BBB"].map((symbol) => strategyOf(`count-${symbol}`, "counting.ts", [symbol], { cadence }));
  return [...strategies.slice(2), ...counting];
}

function deskFor(seed: string, stream: Random, flood: boolean): Desk {
  const share = (most: number): number => Math.round(stream.next() * most * 1_000) / 1_000;
  const base = deskOf({ seed });
  const drawn = {
    reject: share(0.1),
    dropAck: share(0.1),
    duplicateFill: share(0.1),
    delayFill: share(0.1),
    unknownFill: stream.next() < 0.3 ? share(0.05) : 0,
  };
  // The venue draws by an order's number. Where a hostile strategy places orders, too, it must not draw: the others' orders have
  // other numbers then than without it.
  const faults = flood ? NO_FAULTS : drawn;
  const partialFillShare = stream.next() < 0.5 ? 0.001 : null;
  const { feed } = base;
  return {
    ...base,
    feed: feed.kind === "synthetic" ? { ...feed, warmupBars: WARM_BARS } : feed,
    broker: { ...base.broker, faults, partialFillShare },
    runtime: { ...base.runtime, slowShare: share(0.1) },
    orchestrator: { ...base.orchestrator, quarantineAfter: 2, pace: stream.next() < 0.5 ? "queue" : "refuse" },
    limits: { ...NO_LIMITS, dataStale: STALE },
  };
}

function drawHoles(stream: Random, minutes: number): Hole[] {
  const holes: Hole[] = [];
  const dayBars = (minutes * MINUTE) / BAR;
  for (let first = whole(stream, 2, 8); first < dayBars;) {
    const symbol = stream.next() < 0.4 ? pick(stream, SYMBOLS) : null;
    const stale = stream.next() < 0.5;
    const bars =
      symbol !== null ? whole(stream, 1, 12) : stale ? whole(stream, STALE_BARS + 3, 12) : whole(stream, 1, 3);
    if (first + bars < dayBars) holes.push({ first, bars, symbol });
    first += bars + whole(stream, 4, 16);
  }
  return holes;
}

function drawStarts(stream: Random, minutes: number, market: DrawnDay["market"], mayBeKilled: boolean): DrawnStart[] {
  const count = whole(stream, 2, 4);
  const ends = Array.from({ length: count - 1 }, () => whole(stream, 60, minutes * 60 - 60) * SECOND);
  return [...ends, minutes * MINUTE]
    .toSorted((a, b) => a - b)
    .map((until, index, all) => {
      const lengthMs = (until - (all[index - 1] ?? 0)) / 1_000;
      const cut = whole(stream, 1, 15);
      const killed = mayBeKilled && stream.next() < 0.5;
      return {
        until: until as Duration,
        cut: stream.next() < LOOKED_AT || killed ? cut : null,
        killed,
        meanwhileMs: (stream.next() < 0.5 ? -1 : 1) * spread(stream, 10, 600_000),
        jumps: market === "machine's clock" ? drawJumps(stream, lengthMs) : [],
        deeds: drawDeeds(stream, market !== "holes"),
      };
    });
}

/** Forward as after a suspended machine, back as after a correction of its time. */
function drawJumps(stream: Random, lengthMs: number): Jump[] {
  const jumps = Array.from({ length: whole(stream, 0, 3) }, (): Jump => {
    const byMs = stream.next() < 0.6 ? spread(stream, 500, 7_200_000) : -spread(stream, 20, 90_000);
    return { afterMs: Math.floor(stream.next() * lengthMs), byMs };
  });
  return jumps.toSorted((a, b) => a.afterMs - b.afterMs);
}

type Recorded = Extract<FeedConfig, { kind: "replay" }>;

function recorded(feed: FeedConfig): Recorded {
  const symbols = feed.kind === "synthetic" ? feed.symbols : [];
  const metas = symbols.map(
    ({ startPrice: _start, volatility: _volatility, drift: _drift, volume: _volume, ...meta }) => meta,
  );
  return {
    kind: "replay",
    files: [BARS_FILE],
    symbol: null,
    timeZone: "UTC",
    dateFormat: null,
    symbols: Object.fromEntries(metas.map((meta) => [meta.symbol, meta])),
  };
}

/** A drawn market as a file of bars, without those in the holes. */
function barsOf({ feed, seed }: Desk, holes: readonly Hole[], minutes: number): string {
  if (feed.kind !== "synthetic") throw new Error("Only a drawn market is recorded.");
  const start = (SYNTHETIC_START - WARM_BARS * BAR) as Moment;
  const end = (SYNTHETIC_START + (minutes + AFTER_MINUTES) * MINUTE) as Moment;
  const drawn = createSyntheticFeed({ ...feed, barInterval: BAR, markInterval: BAR, warmupBars: 0 }, seed, start, end);
  const missing = ({ at, symbol }: Bar): boolean => {
    const number = Math.round((at - SYNTHETIC_START) / BAR);
    return holes.some(
      (hole) => (hole.symbol ?? symbol) === symbol && number >= hole.first && number < hole.first + hole.bars,
    );
  };
  const rows = drawn.take(end).flatMap((event) => {
    if (event.kind !== "bar" || missing(event.bar)) return [];
    const { at, open, high, low, close, volume, symbol } = event.bar;
    return [[formatMoment((at - BAR) as Moment), open, high, low, close, volume, symbol].join()];
  });
  return ["dt,open,high,low,close,volume,symbol", ...rows, ""].join("\n");
}

/** A file's bars by `symbol at`, `at` being the end of the bar; empty where there is no file. */
export function barsByMoment(text: string | null): Map<string, { open: number; high: number; low: number }> {
  const rows = (text ?? "")
    .split("\n")
    .slice(1)
    .filter((line) => line !== "");
  return new Map(
    rows.map((line) => {
      const [from = "", open, high, low, , , symbol = ""] = line.split(",");
      const at = Number(parseMoment(from)) + BAR;
      return [`${symbol} ${at}`, { open: Number(open), high: Number(high), low: Number(low) }];
    }),
  );
}
