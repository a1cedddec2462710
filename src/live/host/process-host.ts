/**
 * The strategy host over child processes: a few of them, several strategies to each, and a warm spare.
 *
 * 1. A run is answered once. What a process says after its run was given up is dropped.
 * 2. A run that hangs costs its own strategy that run: its process is ended, and the others resume in another one with the state
 *    that each of them saved after its last run; runs of theirs that were waiting are done there.
 * 3. On the system's clock a run waits behind another one for `stallMs` at most: then all others move away from it.
 * 4. A strategy that hangs again, or under which a process ends, gets a process to itself. Where a shared process ends by itself,
 *    the run under way is tried once more alone: so only the one that really ends its process is blamed.
 * 5. Where runs were asked for together, none can be identified as the one that hangs or ends the process: all that are unanswered
 *    are then repeated, one by one, and the one is found.
 * 6. How many processes there are and how they fare changes no result, as long as a run hangs or ends its process by itself.
 * 7. There are at most the shared processes, `APART_MAX` for single strategies, and a spare. Where a user's file is loaded it is there
 *    from the start, because it also ends a process that hangs when the session's own is gone; where only built-in strategies
 *    run, once a run could be late without it.
 * 8. It has over 400 lines because one class moves runs between processes: who waits, who hangs and who moves is one state.
 */
import type { Timers } from "../../shared/ports.ts";
import type { HostPort, RunLimits, StrategyCode } from "./port.ts";
import type { RunSnapshot, RunResult } from "../strategies/run-types.ts";
import { loadProblem, NEVER_BEGUN, runResultOf, type Answer } from "./failures.ts";
import { HostProcess, type Job, type ProcessEvents, type ProcessLimits } from "./host-process.ts";
import type { ChildRequest, LaunchChild } from "./launch.ts";
import type { Layers } from "./layers.ts";
import { withinRate, type OrderRate } from "./order-rate.ts";
import type { FromHost, ToHostStrategy } from "./protocol.ts";

/** Processes for single strategies; past that they share the least crowded of them. */
export const APART_MAX = 8;
/** Runs that are given up after which a strategy gets a process to itself. */
const OFFENCES_SHARED = 1;
/** Processes in a row that do not even start, after which no more are tried. */
const START_FAILURES_MAX = 3;
/** How far an isolated strategy's process comes after the others when all want to work: one that is slow, one that hung. */
const SLOW_NICE = 5;
const OFFENDER_NICE = 15;
const START_MS = 60_000;
const CLOSE_MS = 250;
const WATCH_MS = 10;
const WATCH_VIRTUAL_MS = 100;
const RSS_BESIDE_MB = 200;

interface Hosted extends ToHostStrategy {
  readonly slot: number;
  home: HostProcess | null;
  state: string | null;
  readonly rate: OrderRate;
  offences: number;
  apart: boolean;
  /** Bytes by which its processes grew while it ran. */
  growth: number;
}

export interface ProcessHostOptions {
  readonly strategies: readonly ToHostStrategy[];
  /** Strategies that cannot be loaded at all, with the reason of each. */
  readonly refused: ReadonlyMap<string, string>;
  readonly limits: ProcessLimits;
  readonly launch: LaunchChild;
  readonly request: ChildRequest;
  readonly timers: Timers;
}

export class ProcessHost implements HostPort {
  readonly notLoaded: Map<string, string>;
  readonly code = new Map<string, StrategyCode>();
  barsNeeded = 1;
  /** The layers of the fence that the first process found; null before. */
  layers: Layers | null = null;
  onHeartbeat: (strategy: string) => void = () => undefined;
  readonly #options: ProcessHostOptions;
  readonly #hosted = new Map<string, Hosted>();
  readonly #shared: HostProcess[] = [];
  readonly #all = new Set<HostProcess>();
  /** Processes with something that has yet to be sent, or was sent since. */
  #asked: HostProcess[] = [];
  readonly #events: ProcessEvents;
  #spare: HostProcess | null = null;
  #jobs = 0;
  #open = 0;
  #startFailures = 0;
  #unstartable: string | null = null;
  #timer: unknown = null;
  #closing = false;

  private constructor(options: ProcessHostOptions) {
    this.#options = options;
    this.notLoaded = new Map(options.refused);
    this.#events = {
      answered: (process, job, sent) => this.#answered(process, job, sent),
      beat: (job) => this.onHeartbeat(job.strategy),
      broke: (process, why) => this.#broke(process, why),
      gone: (process) => this.#gone(process),
      ready: (layers) => void (this.layers ??= layers),
    };
    const slots = Math.min(options.limits.processes, options.strategies.length);
    for (const [index, strategy] of options.strategies.entries()) {
      const fresh = { slot: index % slots, home: null, state: null, rate: { orders: [] } };
      this.#hosted.set(strategy.config.name, { ...strategy, ...fresh, offences: 0, apart: false, growth: 0 });
    }
    for (let slot = 0; slot < slots; slot += 1) this.#shared.push(this.#launch());
  }

  /** Starts the processes and loads every strategy. Never throws for one that does not load: `notLoaded` has its reason. */
  static async open(options: ProcessHostOptions): Promise<ProcessHost> {
    const host = new ProcessHost(options);
    if (options.strategies.some((strategy) => !strategy.builtIn)) host.#makeSpare();
    await Promise.all([...host.#hosted.values()].map((hosted) => host.#load(hosted)));
    return host;
  }

  /** Processes that live, with what each is for; for tests and for the console. */
  processes(): { readonly pid: number | undefined; readonly strategies: readonly string[]; readonly spare: boolean }[] {
    return [...this.#all]
      .filter((process) => !process.dead)
      .map((process) => ({ pid: process.pid, strategies: [...process.loaded], spare: process === this.#spare }));
  }

  run(runSnapshot: RunSnapshot, limits: RunLimits | null, ended?: (result: RunResult) => void): Promise<RunResult> {
    const hosted = this.#hosted.get(runSnapshot.strategy);
    if (hosted === undefined || this.#closing) {
      const message = this.notLoaded.get(runSnapshot.strategy) ?? `${runSnapshot.strategy} is not loaded`;
      const result: RunResult = { outcome: "threw", orders: [], message };
      ended?.(result);
      return Promise.resolve(result);
    }
    // On a virtual clock no run is late for a process that has yet to start.
    if (limits !== null) this.#makeSpare();
    return new Promise((resolve) => {
      this.#ask(hosted, runSnapshot, limits, (sent) => {
        const result = withinRate(hosted.rate, runSnapshot.now, runResultOf(sent));
        ended?.(result);
        resolve(result);
      });
    });
  }

  flush(): void {
    for (let process = this.#asked.pop(); process !== undefined; process = this.#asked.pop()) process.flush();
  }

  attend(strategy: string): boolean {
    return this.#hosted.get(strategy)?.home?.attend() ?? false;
  }

  hadItsTurn(strategy: string): boolean {
    const process = this.#hosted.get(strategy)?.home ?? null;
    const head = process?.head ?? null;
    if (process === null || head === null || !process.ready || head.strategy !== strategy || head.dropped) return false;
    return this.#options.timers.monotonicMs() - process.headSinceMs >= head.budgetMs;
  }

  restore(states: ReadonlyMap<string, string>): void {
    for (const [name, state] of states) {
      const hosted = this.#hosted.get(name);
      if (hosted === undefined) continue;
      hosted.state = state;
      hosted.home?.loaded.delete(name);
    }
  }

  renew(): void {
    for (const process of this.#shared) if (!process.dead) this.#replace(process);
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#timer !== null) this.#options.timers.clear(this.#timer);
    for (const process of this.#all) {
      const jobs = process.wanted();
      process.takeBack(jobs);
      for (const job of jobs) job.answer({ kind: "refused", message: "The session ended." });
      process.say({ kind: "stop" });
    }
    if (this.#all.size === 0) return;
    this.#timer = this.#options.timers.set(() => {
      for (const process of this.#all) process.kill();
    }, CLOSE_MS);
  }

  async #load(hosted: Hosted): Promise<void> {
    const { name, module } = hosted.config;
    const sent = await new Promise<Answer>((resolve) => {
      this.#ask(hosted, null, null, resolve);
    });
    const problem = loadProblem(sent, module, this.#options.limits.loadMs);
    if (problem !== null) {
      this.notLoaded.set(name, problem);
      this.#hosted.delete(name);
    } else if (sent.kind === "loaded") {
      this.barsNeeded = Math.max(this.barsNeeded, sent.barsNeeded);
      hosted.onRules?.(sent.rules);
      if (sent.digest !== null) this.code.set(name, { digest: sent.digest, files: sent.files });
    }
  }

  #ask(
    hosted: Hosted,
    runSnapshot: RunSnapshot | null,
    limits: RunLimits | null,
    answer: (sent: Answer) => void,
  ): void {
    const askedMs = this.#options.timers.monotonicMs();
    const { name: strategy, symbols } = hosted.config;
    this.#open += 1;
    this.#place({
      id: ++this.#jobs,
      strategy,
      symbols,
      belowZero: hosted.belowZero ?? [],
      runSnapshot,
      deadlineMs: limits === null ? null : askedMs + limits.deadlineMs,
      budgetMs: limits?.budgetMs ?? 0,
      crashes: 0,
      together: false,
      again: false,
      dropped: false,
      answer: (sent) => {
        this.#open -= 1;
        answer(sent);
      },
    });
    this.#watch();
  }

  /** Gives a job to its strategy's process. */
  #place(job: Job): void {
    const hosted = this.#hosted.get(job.strategy);
    if (hosted === undefined) return job.answer({ kind: "refused", message: `${job.strategy} is not loaded` });
    if (this.#unstartable !== null) return job.answer({ kind: "refused", message: this.#unstartable });
    const process = this.#homeOf(hosted);
    const has = process.loaded.has(job.strategy);
    const digest = this.code.get(job.strategy)?.digest ?? null;
    const load = has && job.runSnapshot !== null ? null : hosted.step(job.id, hosted.state, digest);
    if (this.#asked.at(-1) !== process) this.#asked.push(process);
    if (job.runSnapshot !== null) process.run(job, job.runSnapshot, load);
    else if (load !== null) process.load(job, load);
  }

  #homeOf(hosted: Hosted): HostProcess {
    if (hosted.home !== null && !hosted.home.dead) return hosted.home;
    hosted.home = hosted.apart ? this.#apart(hosted) : this.#slot(hosted.slot);
    return hosted.home;
  }

  #slot(slot: number): HostProcess {
    const process = this.#shared[slot];
    if (process !== undefined && !process.dead) return process;
    const fresh = this.#take();
    this.#shared[slot] = fresh;
    return fresh;
  }

  /** A process for one strategy, or the least crowded of those where there are too many. */
  #apart(hosted: Hosted): HostProcess {
    const apart = [...this.#all].filter((one) => !one.dead && one !== this.#spare && !this.#shared.includes(one));
    if (apart.length < APART_MAX) {
      const own = this.#take();
      own.stepBack(hosted.offences > 0 ? OFFENDER_NICE : SLOW_NICE);
      return own;
    }
    return apart.reduce((least, one) => (one.had.size < least.had.size ? one : least));
  }

  #take(): HostProcess {
    const spare = this.#spare;
    this.#spare = null;
    const taken = spare !== null && !spare.dead ? spare : this.#launch();
    this.#makeSpare();
    return taken;
  }

  #launch(): HostProcess {
    const { launch, request, timers } = this.#options;
    const process = new HostProcess(launch, request, this.#events, () => timers.monotonicMs());
    this.#all.add(process);
    return process;
  }

  #makeSpare(): void {
    if (this.#spare !== null || this.#closing || this.#unstartable !== null) return;
    this.#spare = this.#launch();
    // The spare has nothing to do, so it can end the others should this process be gone.
    const pids = [...this.#all].map((process) => process.pid).filter((pid) => pid !== undefined);
    this.#spare.say({ kind: "guard", pids });
  }

  #answered(process: HostProcess, job: Job, sent: Extract<FromHost, { kind: "ran" | "loaded" }>): void {
    const hosted = this.#hosted.get(job.strategy);
    this.#startFailures = 0;
    if (sent.kind === "ran" && hosted !== undefined) {
      if (sent.result.state !== undefined) hosted.state = sent.result.state;
      hosted.growth += Math.max(0, sent.rss - process.rss);
      process.rss = sent.rss;
    }
    job.answer(sent);
    if (process.rss <= (this.#options.limits.memoryMb + RSS_BESIDE_MB) * 1_000_000) return;
    // It holds more than it may outside its heap. No run is lost; the strategy that made it grow the most is isolated.
    this.#suspectOf(process);
    this.#replace(process);
  }

  /** Puts the strategy that made a process grow the most in a process of its own. */
  #suspectOf(process: HostProcess): void {
    const [most] = [...process.had]
      .map((name) => this.#hosted.get(name))
      .filter((hosted) => hosted !== undefined)
      .toSorted((a, b) => b.growth - a.growth);
    if (most === undefined || most.growth < this.#options.limits.memoryMb * 250_000) return;
    most.apart = true;
    most.growth = 0;
  }

  /** Ends a process; its strategies and its open jobs go to others. */
  #replace(process: HostProcess): void {
    if (!process.dead) process.kill();
    const jobs = process.wanted();
    process.jobs.clear();
    if (this.#spare === process) this.#spare = null;
    for (const job of jobs) {
      job.together = false;
      job.again = true;
      this.#place(job);
    }
  }

  #broke(process: HostProcess, why: string): void {
    if (this.#closing) return;
    const { head } = process;
    if (!process.ready) {
      this.#startFailures += 1;
      if (this.#startFailures >= START_FAILURES_MAX)
        this.#unstartable = `No process for strategies can be started: ${why}. Run logos doctor: it says what is missing.`;
    } else {
      this.#suspectOf(process);
      // Of runs that were asked for together any may be the one; repeated one by one, it will show.
      if (head !== null && !head.dropped && !head.together) this.#blame(process, head, why);
    }
    this.#replace(process);
  }

  /** A process ended under a job. Where others lived there too, it is tried again alone; else it was its own doing. */
  #blame(process: HostProcess, head: Job, why: string): void {
    const hosted = this.#hosted.get(head.strategy);
    head.crashes += 1;
    if (hosted !== undefined) {
      hosted.apart = true;
      hosted.home = null;
    }
    if (process.had.size > 1 && head.crashes < 2) return;
    process.jobs.delete(head.id);
    const { memoryMb } = this.#options.limits;
    const cause = why === "out of memory" ? `out of memory; a process has ${memoryMb} MB` : why;
    if (hosted !== undefined) hosted.offences += 1;
    head.answer({ kind: "ended", message: `its process ended: ${cause}` });
  }

  #gone(process: HostProcess): void {
    this.#all.delete(process);
    if (this.#closing && this.#all.size === 0 && this.#timer !== null) this.#options.timers.clear(this.#timer);
    if (this.#spare === process) this.#spare = null;
  }

  /** Looks after the jobs under way, as long as there are any. */
  #watch(): void {
    if (this.#timer !== null || this.#open === 0 || this.#closing) return;
    const strict = [...this.#all].some((process) => process.head?.deadlineMs !== null && process.head !== null);
    this.#timer = this.#options.timers.set(
      () => {
        // Answers that are already here come first, so that no run is ended for this process's own lateness.
        setImmediate(() => {
          // Closing has a timer of its own by now.
          if (this.#closing) return;
          this.#timer = null;
          for (const process of this.#all) if (!process.dead) this.#check(process);
          this.#watch();
        });
      },
      strict ? WATCH_MS : WATCH_VIRTUAL_MS,
    );
  }

  #check(process: HostProcess): void {
    const nowMs = this.#options.timers.monotonicMs();
    const { hangMs, loadMs, stallMs } = this.#options.limits;
    const runningMs = nowMs - process.headSinceMs;
    const { head } = process;
    if (head === null) return;
    const late = process.wanted().filter((job) => job.deadlineMs !== null && nowMs >= job.deadlineMs);
    if (!process.ready) {
      this.#giveUp(process, late);
      return runningMs > START_MS ? this.#broke(process, "it did not start in a minute") : undefined;
    }
    // Something takes long: who ends the others when the session's own process is gone has to be there by now.
    if (runningMs > stallMs) this.#makeSpare();
    // A run that was taken back and still gets its turn has no waiter, and holds up the runs after it.
    if (head.dropped) return runningMs > stallMs ? this.#replace(process) : undefined;
    this.#giveUp(
      process,
      late.filter((job) => job !== head),
    );
    const hangs = head.deadlineMs === null && process.workedMs() >= (head.runSnapshot === null ? loadMs : hangMs);
    if (hangs && head.together) return this.#replace(process);
    if (hangs || late.includes(head)) this.#timeOut(process, head, runningMs);
    else if (head.deadlineMs !== null && runningMs > stallMs) this.#clear(process, head);
  }

  /** Answers jobs that were not begun until their deadline. */
  #giveUp(process: HostProcess, jobs: readonly Job[]): void {
    process.takeBack(jobs);
    for (const job of jobs) job.answer({ kind: "waited", message: NEVER_BEGUN });
  }

  #timeOut(process: HostProcess, head: Job, runningMs: number): void {
    const hosted = this.#hosted.get(head.strategy);
    // A run that got its turn too late is over as well, but it is no offender.
    const guilty = runningMs >= head.budgetMs;
    if (hosted !== undefined && guilty) {
      hosted.offences += 1;
      if (hosted.offences > OFFENCES_SHARED) hosted.apart = true;
      hosted.home = null;
    }
    process.jobs.delete(head.id);
    // First the others, so that no run waits for what the answer sets off.
    this.#replace(process);
    if (guilty) head.answer({ kind: "timed_out", message: `it still ran after ${Math.round(runningMs)} ms` });
    else head.answer({ kind: "waited", message: NEVER_BEGUN });
  }

  /** All others leave a process in which a run takes long; the slow one keeps it. */
  #clear(process: HostProcess, head: Job): void {
    const others = process.wanted().filter((job) => job.strategy !== head.strategy);
    const slow = this.#hosted.get(head.strategy);
    if (others.length === 0 || slow === undefined) return;
    slow.apart = true;
    slow.home = process;
    process.stepBack(SLOW_NICE);
    process.takeBack(others);
    for (const hosted of this.#hosted.values())
      if (hosted.home === process && hosted !== slow) {
        hosted.home = null;
        process.loaded.delete(hosted.config.name);
      }
    const slot = this.#shared.indexOf(process);
    if (slot >= 0) this.#shared[slot] = this.#take();
    for (const job of others) this.#place(job);
  }
}
