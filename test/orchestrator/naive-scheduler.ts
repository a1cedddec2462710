/**
 * The scheduler's rules written down without thought for cost: lists that are walked, slots that are counted one by one,
 * and jitter that is found by replaying a strategy's whole stream.
 */
import { createStream } from "../../src/orchestrator/index.ts";
import type { Seed } from "../../src/orchestrator/index.ts";

export interface NaiveSpec {
  readonly name: string;
  readonly cadence: number;
  readonly timeBudget: number;
  readonly jitter: number;
  readonly heartbeatTimeout: number;
  readonly anchor: "finish" | "slot";
}

interface Strategy {
  readonly spec: NaiveSpec;
  /** Any slot of its grid. */
  readonly origin: number;
  draws: number;
  nextRun: number;
  planned: number;
  startedAt: number | null;
  paused: boolean;
  runtimes: number[];
  overruns: number;
  skips: number;
  lastRun: number | null;
  lastHeartbeat: number | null;
}

export class NaiveScheduler {
  readonly now: number;
  readonly seed: Seed;
  strategies: Strategy[] = [];

  constructor(now: number, seed: Seed) {
    this.now = now;
    this.seed = seed;
  }

  find(name: string): Strategy {
    return this.strategies.find((strategy) => strategy.spec.name === name) as Strategy;
  }

  /** The next jitter: the stream is replayed from its start. */
  #jitter(strategy: Pick<Strategy, "spec" | "draws">): number {
    const { jitter, name } = strategy.spec;
    if (jitter === 0) return 0;
    const stream = createStream(this.seed, name);
    for (let draw = 0; draw < strategy.draws; draw += 1) stream.next();
    strategy.draws += 1;
    return Math.floor(stream.next() * (2 * jitter + 1)) - jitter;
  }

  register(spec: NaiveSpec, startAt: number | undefined): void {
    const start = startAt ?? this.now;
    const planned = Math.max(this.now, start);
    const strategy: Strategy = {
      spec,
      origin: planned,
      draws: 0,
      nextRun: 0,
      planned,
      startedAt: null,
      paused: false,
      runtimes: [],
      overruns: 0,
      skips: 0,
      lastRun: null,
      lastHeartbeat: null,
    };
    strategy.nextRun = Math.max(this.now, start + this.#jitter(strategy));
    this.strategies.push(strategy);
  }

  idle(): Strategy[] {
    return this.strategies.filter((strategy) => strategy.startedAt === null && !strategy.paused);
  }

  due(now: number): string[] {
    return this.idle()
      .filter((strategy) => strategy.nextRun <= now)
      .map((strategy) => ({ name: strategy.spec.name, at: strategy.nextRun, order: this.strategies.indexOf(strategy) }))
      .toSorted((a, b) => a.at - b.at || a.order - b.order)
      .map((strategy) => strategy.name);
  }

  nextWake(): number | undefined {
    return this.idle()
      .map((strategy) => strategy.nextRun)
      .toSorted((a, b) => a - b)[0];
  }

  /** The newest slot at or before a moment, step by step. */
  #slotBefore({ spec, origin }: Strategy, at: number): number {
    let slot = origin;
    while (slot > at) slot -= spec.cadence;
    while (slot + spec.cadence <= at) slot += spec.cadence;
    return slot;
  }

  start(name: string, now: number): void {
    const strategy = this.find(name);
    // An extra run, before its time, leaves the planned slot to the next one.
    if (strategy.spec.anchor === "slot" && now < strategy.nextRun) strategy.planned = this.#slotBefore(strategy, now);
    strategy.startedAt = now;
    strategy.lastRun = now;
  }

  finish(name: string, now: number): void {
    const strategy = this.find(name);
    const { cadence, timeBudget, anchor } = strategy.spec;
    const started = strategy.startedAt as number;
    const runtime = Math.max(0, now - started);
    const overrun = runtime > timeBudget;
    if (overrun) {
      strategy.overruns += 1;
      strategy.skips += 1;
    }
    if (anchor === "finish") strategy.planned = now + cadence;
    else {
      const own = strategy.planned;
      let slot = this.#slotBefore(strategy, own);
      while (slot <= own || slot <= now) {
        if (slot > own && slot > started) strategy.skips += 1;
        slot += cadence;
      }
      strategy.planned = slot;
    }
    if (overrun) strategy.planned += cadence;
    strategy.nextRun = Math.max(now, strategy.planned + this.#jitter(strategy));
    strategy.runtimes.push(runtime);
    strategy.startedAt = null;
  }

  resume(name: string, now: number): void {
    const strategy = this.find(name);
    if (strategy.paused && strategy.startedAt === null && strategy.nextRun < now) this.#bring(strategy, now);
    strategy.paused = false;
  }

  runNow(name: string, now: number): void {
    const strategy = this.find(name);
    if (strategy.nextRun > now) this.#bring(strategy, now);
  }

  #bring(strategy: Strategy, now: number): void {
    strategy.nextRun = now;
    strategy.planned = strategy.spec.anchor === "slot" ? this.#slotBefore(strategy, now) : now;
  }

  skipMissed(name: string, now: number): number {
    const strategy = this.find(name);
    let slots = 0;
    if (!this.idle().includes(strategy)) return slots;
    while (strategy.nextRun + strategy.spec.cadence <= now) {
      strategy.nextRun += strategy.spec.cadence;
      strategy.planned += strategy.spec.cadence;
      strategy.skips += 1;
      slots += 1;
    }
    return slots;
  }

  late(now: number): string[] {
    return this.strategies
      .filter(({ spec, lastHeartbeat }) => lastHeartbeat === null || now - lastHeartbeat > spec.heartbeatTimeout)
      .map(({ spec }) => spec.name);
  }

  overBudget(now: number): string[] {
    return this.strategies
      .filter(({ spec, startedAt }) => startedAt !== null && now - startedAt > spec.timeBudget)
      .map(({ spec }) => spec.name);
  }

  stats(): [string, unknown][] {
    return this.strategies.map(
      ({ spec, runtimes, startedAt, nextRun, paused, overruns, skips, lastRun, lastHeartbeat }) => {
        const total = runtimes.reduce((sum, runtime) => sum + runtime, 0);
        const averageRuntime = runtimes.length === 0 ? null : Math.round(total / runtimes.length);
        const figures = { nextRun, running: startedAt !== null, paused, executions: runtimes.length, overruns, skips };
        return [spec.name, { ...figures, averageRuntime, lastRun, lastHeartbeat }];
      },
    );
  }
}
