/**
 * The soak: a month of virtual days, hostile strategies among good ones, and memory that stays where it was after the warm-up.
 *
 * Fault model: strategies that loop for ever, wait for ever, throw, leak until their process ends, return huge results, orders
 * without a quantity, ten thousand orders at once, or a state that cannot be kept. An operator resumes what was quarantined, once a
 * day. What is remembered of every order, so that none is ever placed or booked twice, grows: some 700 bytes an order. Good ones
 * therefore order seldom, and what grows with runs, passes, faults or days shows.
 *
 * 1. A good strategy's runs, orders and fills are those of a session without the hostile ones.
 * 2. Memory is what is left after a collection, looked at four times a virtual day. The first half is warm-up.
 * 3. Afterwards no host process lives, and as many files and timers are open as before.
 */
import { createHash, type Hash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { forkChild, type LaunchChild } from "../../src/live/host/launch.ts";
import { LOOK_MS } from "../../src/live/host/pipe/alarm-cells.ts";
import { createSession, type LiveSession } from "../../src/live/session/index.ts";
import { Ledger } from "../../src/live/session/state/ledger.ts";
import type { Desk, StrategyConfig } from "../../src/shared/desk.ts";
import { DAY, HOUR, MINUTE, type Duration, type Moment } from "../../src/shared/time.ts";
import { openWorkspace, type JournalEntry } from "../../src/store/index.ts";
import { GOOD, HOSTILE, writeStrategies } from "../live/host/scene.ts";
import { deskOf, strategyOf, SYMBOLS } from "../live/session/desks.ts";
import { makeFolder, type Trial } from "./trial.ts";

/** From so many days on the trial is the long one. */
const LONG_DAYS = 20;
const SAMPLE = 6 * HOUR;
/** The share by which memory may have grown at the end. */
const GROWTH_MAX = 0.05;
const PROCESSES = 2;
const MEMORY_MB = 64;
/** What a process of Node holds besides its heap. */
const BESIDE_MB = 200;
/** Equal looks in a row after which nothing is being closed any more. */
const LOOKS_AT_REST = 5;

interface Size {
  readonly days: number;
  readonly strategies: number;
  readonly hangMs: number;
}

const sizeOf = (days: number): Size =>
  days >= LONG_DAYS ? { days, strategies: 200, hangMs: 2_500 } : { days, strategies: 20, hangMs: 600 };

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function deskFor({ strategies, days }: Size, hostile: boolean): Desk {
  const base = deskOf();
  const slot = { cadence: (30 * MINUTE) as Duration, jitter: 0 as Duration, anchor: "slot" } as const;
  const good = Array.from({ length: strategies }, (_, index): StrategyConfig => {
    const symbols = [SYMBOLS[index % SYMBOLS.length] as string];
    if (index % 100 === 0) return strategyOf(`good-${index}`, "momentum", symbols, slot);
    const every = (days >= LONG_DAYS ? 150 : 60) + (index % 40);
    return strategyOf(`good-${index}`, "counting.ts", symbols, { ...slot, params: { every } });
  });
  // A strategy that costs a process comes once a day, in the short form once; so does the one of ten thousand orders.
  const daily = days >= LONG_DAYS ? DAY : 400 * DAY;
  const cadenceOf = (module: string): number =>
    module === "many.ts" ? 400 * DAY : /hang|wait|leak|long|huge/.test(module) ? daily : 6 * HOUR;
  const bad = Object.keys(HOSTILE).map((module) =>
    strategyOf(`bad-${module}`, module, ["AAA"], { cadence: cadenceOf(module) as Duration }),
  );
  const feed = {
    ...base.feed,
    barInterval: (30 * MINUTE) as Duration,
    markInterval: (30 * MINUTE) as Duration,
  } as Desk["feed"];
  return { ...base, feed, strategies: hostile ? [...good, ...bad] : good };
}

/** Every host process that a session starts, until it has ended. */
class Children {
  readonly pids = new Set<number>();
  readonly #ends: Promise<void>[] = [];

  readonly launch: LaunchChild = (request, events) => {
    let gone = (): void => undefined;
    this.#ends.push(
      new Promise((resolve) => {
        gone = resolve;
      }),
    );
    const handle = forkChild(request, {
      message: events.message,
      ended: (end) => {
        if (handle.pid !== undefined) this.pids.delete(handle.pid);
        events.ended(end);
        gone();
      },
    });
    if (handle.pid !== undefined) this.pids.add(handle.pid);
    return handle;
  };

  get launched(): number {
    return this.#ends.length;
  }

  /** Waits until the last has ended. They keep no process waiting by themselves, so something else has to. */
  async ended(): Promise<void> {
    const awake = setInterval(() => undefined, 1_000);
    try {
      await Promise.all(this.#ends);
    } finally {
      clearInterval(awake);
    }
  }

  /** The largest of them in bytes, where the system says so. */
  largest(): number {
    const held = [...this.pids].map((pid) => {
      const path = `/proc/${pid}/status`;
      try {
        const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(existsSync(path) ? readFileSync(path, "utf8") : "") ?? [];
        return Number(kilobytes ?? 0) * 1_024;
      } catch {
        // It ended between the two looks.
        return 0;
      }
    });
    return Math.max(0, ...held);
  }
}

interface Soaked {
  /** By good strategy: a digest of what it did. */
  readonly digests: ReadonlyMap<string, string>;
  readonly bytes: readonly number[];
  readonly processes: number;
  readonly largest: number;
  readonly runs: number;
  readonly orders: number;
  readonly hung: number;
  readonly failure: string | null;
}

/** What a good strategy did, without what is numbered over all strategies. */
function reportOf(entry: JournalEntry): { readonly strategy: string; readonly reported: readonly unknown[] } | null {
  if (entry.kind === "run_finished") {
    const { strategy, at, run, outcome, orders, message, state } = entry;
    return { strategy, reported: [at, run, outcome, orders, message, state] };
  }
  if (entry.kind === "order") {
    const { strategy, at, symbol, quantity, price, because, accepted, reason } = entry;
    return { strategy, reported: [at, symbol, quantity, price, because, accepted, reason] };
  }
  if (entry.kind !== "fill" || entry.strategy === null) return null;
  const { strategy, at, symbol, quantity, price, fee, realized } = entry;
  return { strategy, reported: [at, symbol, quantity, price, fee, realized] };
}

/** Listens to a session: digests, samples of memory, and an operator who resumes once a day. */
class Watch {
  readonly hashes = new Map<string, Hash>();
  readonly bytes: number[] = [];
  largest = 0;
  hung = 0;
  readonly #quarantined = new Set<string>();
  #next: Moment | null = null;
  #day = -1;

  listener(session: LiveSession, children: Children, entries: readonly JournalEntry[]): void {
    for (const entry of entries) {
      const one = reportOf(entry);
      if (one?.strategy.startsWith("good-") === true) {
        const hash = this.hashes.get(one.strategy) ?? createHash("sha256");
        this.hashes.set(one.strategy, hash.update(JSON.stringify(one.reported)));
      }
      if (entry.kind === "run_finished" && entry.outcome === "timed_out") this.hung += 1;
      if (entry.kind === "strategy" && entry.event === "quarantined") this.#quarantined.add(entry.strategy);
    }
    const at = entries.at(-1)?.at;
    if (at === undefined || session.state !== "running") return;
    this.#next ??= at;
    if (at >= this.#next) {
      collect();
      const { heapUsed, external } = process.memoryUsage();
      this.bytes.push(heapUsed + external);
      this.#next = (at + SAMPLE) as Moment;
    }
    this.largest = Math.max(this.largest, children.largest());
    const day = Math.floor(at / DAY);
    if (day === this.#day) return;
    this.#day = day;
    for (const name of this.#quarantined) session.resumeStrategy(name, "trial");
    this.#quarantined.clear();
  }
}

async function soak(size: Size, hostile: boolean, progress: (day: number) => void): Promise<Soaked> {
  const path = makeFolder("soak");
  const children = new Children();
  try {
    const workspace = openWorkspace(path);
    writeStrategies(workspace, { ...GOOD, ...HOSTILE });
    const { hangMs } = size;
    const hosts = { launch: children.launch, processes: PROCESSES, memoryMb: MEMORY_MB, hangMs, loadMs: 30_000 };
    const length = (size.days * DAY) as Duration;
    const session = await createSession({ workspace, desk: deskFor(size, hostile), length, ports: { hosts } });
    const watch = new Watch();
    session.subscribe((entries) => {
      watch.listener(session, children, entries);
      progress(watch.bytes.length / (DAY / SAMPLE));
    });
    session.start();
    const { runs, orders, failure } = await session.done;
    await children.ended();
    return {
      digests: new Map([...watch.hashes].map(([name, hash]) => [name, hash.digest("hex")])),
      bytes: watch.bytes,
      processes: children.launched,
      largest: watch.largest,
      runs,
      orders,
      hung: watch.hung,
      failure: failure?.message ?? null,
    };
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

/** By which share memory grew from the quarter after the warm-up to the last one. */
function growthOf(bytes: readonly number[]): number {
  const quarter = Math.max(1, Math.floor(bytes.length / 4));
  return mean(bytes.slice(-quarter)) / mean(bytes.slice(-2 * quarter, -quarter)) - 1;
}

/** Open files of this process, and what keeps it going; files are counted where the system shows them. */
function handles(): string {
  const files = existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : 0;
  const kept = process.getActiveResourcesInfo().filter((name) => name !== "Immediate" && name !== "FSReqPromise");
  return `${files} files, ${kept.toSorted().join()}`;
}

/** `handles()` once it no longer changes: a thread closes what the session's thread has handed over, a look or two later. */
async function handlesAtRest(): Promise<string> {
  for (let [seen, same] = [handles(), 0]; ;) {
    if (same === LOOKS_AT_REST) return seen;
    await wait(LOOK_MS);
    const now = handles();
    same = now === seen ? same + 1 : 0;
    seen = now;
  }
}

function complaints(alone: Soaked, among: Soaked): string[] {
  const broken: string[] = [];
  for (const one of [alone, among]) {
    if (one.failure !== null) broken.push(`the session failed: ${one.failure}`);
    const growth = growthOf(one.bytes);
    if (!(growth < GROWTH_MAX)) broken.push(`memory grew by ${(growth * 100).toFixed(1)} % after the warm-up`);
    if (one.largest > (MEMORY_MB + BESIDE_MB) * 1_000_000)
      broken.push(`a host process held ${Math.round(one.largest / 1e6)} MB`);
  }
  const other = [...alone.digests].filter(([name, digest]) => among.digests.get(name) !== digest);
  if (other.length > 0)
    broken.push(`${other.length} good strategies did something else among hostile ones, first ${other[0]?.[0]}`);
  if (alone.digests.size === 0 || alone.orders === 0) broken.push("nothing was ordered, so nothing was compared");
  if (among.hung === 0) broken.push("no strategy hung, so none was in the way");
  return broken;
}

async function both(days: number, progress: (done: number) => void) {
  const size = sizeOf(days);
  const alone = await soak(size, false, (day) => progress(Math.floor(day / 2)));
  const before = await handlesAtRest();
  const among = await soak(size, true, (day) => progress(Math.floor((days + day) / 2)));
  const after = await handlesAtRest();
  const broken = complaints(alone, among);
  if (after !== before) broken.push(`open before: ${before}; afterwards: ${after}`);
  return { alone, among, broken };
}

export const soakTrial: Trial = {
  name: "soak",
  holds: "memory flat, no handle leaked, and good strategies do among hostile ones what they do alone",
  short: 3,
  long: 30,
  run: async (cases, _seed, progress) => {
    const { alone, among, broken } = await both(cases, progress);
    const perMille = (soaked: Soaked): number => Math.round(growthOf(soaked.bytes) * 1_000);
    const counts = {
      runs: alone.runs + among.runs,
      orders: alone.orders + among.orders,
      "runs that hung": among.hung,
      "host processes started": among.processes,
      "MB in the largest": Math.round(among.largest / 1e6),
      "MB in the session's": Math.round((among.bytes.at(-1) ?? 0) / 1e6),
      "‰ of growth alone": perMille(alone),
      "‰ of growth among hostile ones": perMille(among),
    };
    return { cases, counts, broken };
  },
  // A pen that keeps what it wrote is a leak as a product has them: it grows with every entry.
  canary: async () => {
    const kept: Float64Array[] = [];
    const add = Object.getOwnPropertyDescriptor(Ledger.prototype, "add") as { readonly value: Ledger["add"] };
    Ledger.prototype.add = function leaky(this: Ledger, ...reported: Parameters<Ledger["add"]>) {
      kept.push(new Float64Array(1_000));
      return add.value.apply(this, reported);
    };
    try {
      const soaked = await soak(sizeOf(2), false, () => undefined);
      return growthOf(soaked.bytes) >= GROWTH_MAX;
    } finally {
      Object.defineProperty(Ledger.prototype, "add", add);
    }
  },
};
