/**
 * The parts of a session in their first state, for a live one and for one that is only looked at.
 *
 * 1. Nothing on disk is changed here; what is wrong with desk, feed or strategies is reported before a folder is touched.
 * 2. The same desk, start and feed give the same parts.
 */
import { createHash } from "node:crypto";
import { MetricsRecorder, OrderRouter, Scheduler } from "../../../orchestrator/index.ts";
import type { Desk } from "../../../shared/desk.ts";
import { CodedError } from "../../../shared/errors.ts";
import type { Clock, Feed, FileSystem, Speed, Timers } from "../../../shared/ports.ts";
import type { Moment } from "../../../shared/time.ts";
import {
  nodeFileSystem,
  storedDesk,
  type JournalReader,
  type SessionFiles,
  type Workspace,
} from "../../../store/index.ts";
import { accountDays, scheduleOf } from "../../calendar/index.ts";
import { Books } from "../../books/index.ts";
import { openBroker, type OpenBroker } from "../../broker/index.ts";
import { nodeTimers, nodeTurn, nodeWallMs, SystemClock, VirtualClock } from "../../clock/index.ts";
import { RiskEngine, type BuyingPower } from "../../risk/index.ts";
import { moneyOf } from "../../instruments/index.ts";
import { createStrategyHost, type HostSettings, type OpenHost } from "../../host/index.ts";
import { CHECKPOINT_ENTRIES, type Checkpoint } from "./checkpoint.ts";
import { loadedCode } from "./code.ts";
import { needsVirtualClock, unknownSymbol } from "../../feed/desk-faults.ts";
import { identityOf, openFeed, openNewFeed, SYNTHETIC_START } from "../../feed/factory.ts";
import { Ledger, type EntryListener, type JournalPort } from "../state/ledger.ts";
import { Market } from "../state/market.ts";
import { WorkingSums } from "../orders/working-sums.ts";
import type { Core } from "../state/parts.ts";
import type { HostPort } from "../../host/port.ts";
import { SAVED_AT_ONCE_MAX } from "../snapshots/sliced-save.ts";
import { ReadModel } from "../state/read-model.ts";

/** The doors to the world; each has a real one by default. */
export interface SessionPorts {
  readonly fs: FileSystem;
  readonly timers: Timers;
  readonly wallMs: () => number;
  readonly turn: () => Promise<void>;
  /** The program's version, for the record. */
  readonly version: string;
  readonly openBroker: OpenBroker;
  /** What runs the strategies, and its limits. */
  readonly openHost: OpenHost;
  readonly hosts: HostSettings;
  /** Entries of the journal from one checkpoint to the next: a start repeats about as many. */
  readonly checkpointEntries: number;
  /** Whether passes share commits at full speed; a drill that ends the process at a point within a pass has them apart. */
  readonly groupCommits: boolean;
  /** A router with more keys and executions than this is saved in slices. */
  readonly savedAtOnceMax: number;
}

export const PORTS: SessionPorts = {
  fs: nodeFileSystem,
  timers: nodeTimers,
  wallMs: nodeWallMs,
  turn: nodeTurn,
  version: "development",
  openHost: createStrategyHost,
  hosts: {},
  checkpointEntries: CHECKPOINT_ENTRIES,
  savedAtOnceMax: SAVED_AT_ONCE_MAX,
  groupCommits: true,
  openBroker,
};

/** What the journal's first entry says of the session. */
export interface SessionHeader {
  readonly desk: Desk;
  readonly start: Moment;
  readonly endsAt: Moment | null;
  readonly created: string;
}

/** Everything that is decided before the folder is touched. */
export interface Prepared {
  readonly ports: SessionPorts;
  readonly workspace: Workspace;
  readonly desk: Desk;
  readonly start: Moment;
  readonly feed: Feed;
  readonly host: HostPort;
  /** What a person should know of the data of a new session. */
  readonly notes: readonly string[];
}

/**
 * Resolves feed and strategies of a desk; `start` null is a new session, whose desk is completed with the instruments of its data.
 * Throws `desk_invalid` or what the feed's files throw; nothing is changed.
 */
export async function prepare(
  workspace: Workspace,
  given: Desk,
  start: Moment | null,
  ports: SessionPorts,
): Promise<Prepared> {
  if (given.clock.kind === "system" && given.feed.kind === "replay") throw needsVirtualClock();
  const wished =
    start ?? (given.clock.kind === "system" ? (Math.floor(ports.wallMs() * 1_000) as Moment) : given.clock.start);
  const from = wished ?? SYNTHETIC_START;
  const { desk, feed, notes } =
    start === null
      ? await openNewFeed(given, from, workspace)
      : {
          desk: given,
          notes: [],
          feed: await openFeed({ config: given.feed, seed: given.seed, start: from, folder: workspace.path }),
        };
  const begin = wished ?? (desk.feed.kind === "replay" ? feed.start : SYNTHETIC_START);
  const known = new Map(feed.symbols.map((meta) => [meta.symbol, meta]));
  for (const strategy of desk.strategies)
    for (const symbol of strategy.symbols)
      if (!known.has(symbol)) throw unknownSymbol(strategy.name, symbol, [...known.keys()]);
  const host = await ports.openHost({
    desk,
    workspace,
    metaOf: (symbol) => known.get(symbol),
    timers: nodeTimers,
    settings: ports.hosts,
  });
  return { ports, workspace, desk, start: begin, feed, host, notes };
}

/** The same for every equal run: desk, seed and feed, whatever the folder's name, the speed and the machine. */
export function runDigestOf(desk: Desk, start: Moment, feed: Feed): string {
  const { source: _source, clock, ...rest } = desk;
  const identity = { ...rest, clock: clock.kind, start, feed: identityOf(feed.sources) };
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex");
}

export function clockOf(desk: Desk, from: Moment, speed: Speed | undefined, ports: SessionPorts): Clock {
  const { timers, turn, wallMs } = ports;
  if (desk.clock.kind === "system") return new SystemClock({ timers, wallMs, notBefore: from });
  return new VirtualClock({ start: from, speed: speed ?? desk.clock.speed, timers, turn });
}

/** The parts in their first state: strategies registered, nothing consumed; or with the scheduler of a checkpoint. */
export function coreOf(
  prepared: Prepared,
  files: SessionFiles,
  journal: JournalPort & Pick<JournalReader, "count">,
  project: EntryListener,
  clock: Clock,
  checkpoint: Checkpoint | null = null,
): Core {
  const { desk, feed, host, ports, start } = prepared;
  const symbols = new Map(feed.symbols.map((meta) => [meta.symbol, meta]));
  const model = new ReadModel(desk);
  const market = new Market(host.barsNeeded);
  market.take(feed.warmup.map((bar) => ({ kind: "bar", bar }) as const));
  for (const { name, symbols: watched, runsAt } of desk.strategies)
    if (runsAt === "bar") market.triggers.watch(name, watched);
  const money = moneyOf(feed.symbols, desk.broker.currency, desk.fx);
  const books = new Books(desk.broker.cash, accountDays(desk.dayEnds), money);
  const sums = new WorkingSums(model.open, books);
  const risk = new RiskEngine(desk.limits, {
    books,
    power: powerOf(desk.broker),
    assetClassOf: (symbol) => symbols.get(symbol)?.assetClass ?? "unknown",
    venueRules: (symbol) => symbols.get(symbol),
    notional: (symbol, quantity, price) => books.notional(symbol, quantity, price),
    working: () => sums.bySymbol(),
    workingOf: (owner, symbol) => sums.ofOwner(owner, symbol),
    recentVolume: (symbol, bars) => market.volume(symbol, bars),
  });
  const { rateLimitPerSec, maxInflight, metricsWindow } = desk.orchestrator;
  return {
    id: files.id,
    desk,
    runDigest: runDigestOf(desk, start, feed),
    startedAt: start,
    clock,
    timers: ports.timers,
    feed,
    market,
    symbols,
    scheduler: checkpoint === null ? firstSchedule(desk, start) : Scheduler.restore(checkpoint.state.parts.scheduler),
    router: new OrderRouter({ rateLimitPerSec, maxInflight }),
    metrics: new MetricsRecorder({ window: metricsWindow }),
    risk,
    books,
    broker: ports.openBroker(files, desk, feed),
    host,
    code: loadedCode(host, desk),
    ledger: new Ledger({
      journal,
      model,
      project,
      monotonicMs: () => ports.timers.monotonicMs(),
      snapshots: (checkpoint?.state.snapshots ?? 0) + journal.count("snapshot", (checkpoint?.seq ?? 0) + 1),
    }),
    model,
    now: start,
    venuePositions: null,
  };
}

function firstSchedule(desk: Desk, start: Moment): Scheduler {
  const scheduler = new Scheduler({ now: start, seed: desk.seed });
  for (const strategy of desk.strategies) {
    const { spec, startAt } = scheduleOf(strategy, start);
    scheduler.register(spec, { startAt });
  }
  return scheduler;
}

/** What a desk's account may buy with; null where it has no such limit. */
function powerOf({ account, leverage }: Desk["broker"]): BuyingPower | null {
  if (account === "cash") return { account };
  return account === undefined || leverage === undefined ? null : { account, leverage };
}

/** How the session was created. Throws `journal_damaged` when the journal does not begin with it, or its desk cannot be read. */
export function readSessionHeader(journal: Pick<JournalReader, "readChecked">, files: SessionFiles): SessionHeader {
  for (const entry of journal.readChecked(1, ["session"])) {
    if (entry.seq !== 1) break;
    if (entry.kind !== "session" || entry.event !== "created") break;
    const { desk, start, endsAt } = entry.detail as unknown as Omit<SessionHeader, "created">;
    return { desk: storedDesk(desk, files.journal), start, endsAt, created: entry.wall };
  }
  throw new CodedError(
    "journal_damaged",
    `${files.journal} does not begin with the session's creation, so what ran is unknown. Restore the folder from a copy, ` +
      "or start a new session from its router_state.json with --restore.",
  );
}
