/**
 * One host process as the session sees it: what it was sent, what it has yet to answer, and how it ended.
 *
 * 1. Jobs are answered in the order in which they were sent, so the oldest open job is the one under way.
 * 2. Steps of one turn leave in one message; the bars that a run sees are sent as what changed.
 * 3. What was taken back keeps its place in the line, because a busy process cannot be reached: it may still do it.
 * 4. Once it is ended or broken nothing is sent to it or read from it again.
 */
import type { Bar } from "../../shared/market.ts";
import type { ChildEnd, ChildHandle, ChildRequest, LaunchChild } from "./launch.ts";
import type { JobFailure } from "./failures.ts";
import type { Layers } from "./layers.ts";
import { barsStep, readFromHost, stepsText, type FromHost, type LoadStep } from "./protocol.ts";
import type { SeenWithoutBars, Step, ToHost } from "./protocol.ts";
import { UNREAD_FILLS, UNREAD_UPDATES } from "../strategies/instance.ts";
import type { RunSnapshot } from "../strategies/run-types.ts";

/** From so many runs of one turn on, their answers may wait for each other. */
export const TOGETHER_MIN = 8;
/** Answers that are waited for by the event loop after one that took long. */
const SLOW_RUNS = 50;

/** Limits of a process host. Milliseconds are the machine's. */
export interface ProcessLimits {
  readonly processes: number;
  /** Of a process's heap. */
  readonly memoryMb: number;
  /** A run on a virtual clock that takes longer hangs. What its process waited for a core does not count, nor does it for `loadMs`. */
  readonly hangMs: number;
  readonly loadMs: number;
  readonly stallMs: number;
}

/** Something asked of a process. */
export interface Job {
  readonly id: number;
  readonly strategy: string;
  readonly symbols: readonly string[];
  /** Those of the symbols whose prices may be zero or negative. */
  readonly belowZero: readonly string[];
  /** Null for a load. */
  readonly runSnapshot: RunSnapshot | null;
  /** On the machine's clock: when it is over whatever happens. Null on a virtual clock. */
  readonly deadlineMs: number | null;
  readonly budgetMs: number;
  /** How many processes ended under it. */
  crashes: number;
  /** True where it was asked for with others: then none of them can be identified as the one under way. */
  together: boolean;
  /** True once it has to be repeated: from then on it is never asked for together with others. */
  again: boolean;
  /** True in a process from which it was taken back: it may still be done there, and its result is not used. */
  readonly dropped: boolean;
  readonly answer: (sent: Extract<FromHost, { kind: "ran" | "loaded" }> | JobFailure) => void;
}

export interface ProcessEvents {
  readonly answered: (process: HostProcess, job: Job, sent: Extract<FromHost, { kind: "ran" | "loaded" }>) => void;
  readonly beat: (job: Job) => void;
  /** It ended by itself, or said what it must not say and was ended. */
  readonly broke: (process: HostProcess, why: string) => void;
  readonly gone: (process: HostProcess) => void;
  /** It may be asked from here on, and these layers of the fence hold around it. */
  readonly ready: (layers: Layers) => void;
}

export class HostProcess {
  readonly #handle: ChildHandle;
  readonly #events: ProcessEvents;
  readonly #nowMs: () => number;
  /** Open jobs, oldest first. */
  readonly jobs = new Map<number, Job>();
  /** Strategies that it has, each as the session's process knows it. */
  readonly loaded = new Set<string>();
  /** Strategies that it ever had. */
  readonly had = new Set<string>();
  readonly #barsSent = new Map<string, readonly Bar[]>();
  /** What each strategy said in its last answer that it would not read of the next snapshot. */
  readonly #unread = new Map<string, number>();
  #steps: Step[] = [];
  /** What the runs among them see. */
  #seen: string[] = [];
  /** Answers that are yet to be waited for by the event loop, because one took long. */
  #slowRuns = 0;
  #ready = false;
  #dead = false;
  #gone = false;
  /** Since when the oldest job is under way. */
  headSinceMs: number;
  /** Bytes that it held when it last said so. */
  rss = 0;
  /** The job that was under way at the last `workedMs`, and for how long the process had been starved at the first one of it. */
  #looked: { readonly job: number; readonly starvedMs: number } | null = null;

  constructor(launch: LaunchChild, request: ChildRequest, events: ProcessEvents, nowMs: () => number) {
    this.#events = events;
    this.#nowMs = nowMs;
    this.headSinceMs = nowMs();
    this.#handle = launch(request, { message: (text) => this.#receive(text), ended: (end) => this.#ended(end) });
    this.#handle.hold(false);
  }

  get pid(): number | undefined {
    return this.#handle.pid;
  }

  get ready(): boolean {
    return this.#ready;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** The job under way, or that will be first. */
  get head(): Job | null {
    for (const job of this.jobs.values()) return job;
    return null;
  }

  /**
   * Milliseconds that the job under way has had: the time for which its process waited for a core is left out from the first look on, so
   * that a busy machine makes nothing hang. The first look at a job answers 0.
   */
  workedMs(): number {
    const { head } = this;
    if (head === null) return 0;
    const starvedMs = this.#handle.starvedMs?.() ?? 0;
    if (this.#looked?.job !== head.id) {
      this.#looked = { job: head.id, starvedMs };
      return 0;
    }
    return this.#nowMs() - this.headSinceMs - (starvedMs - this.#looked.starvedMs);
  }

  /** Asks for a load. */
  load(job: Job, step: LoadStep): void {
    this.#add(job);
    this.#step(step);
  }

  /** Asks for a run; `load` where the process does not have the strategy. */
  run(job: Job, runSnapshot: RunSnapshot, load: LoadStep | null): void {
    this.#add(job);
    for (const symbol of job.symbols) {
      const bars = runSnapshot.bars[symbol] ?? [];
      const step = barsStep(symbol, this.#barsSent.get(symbol), bars);
      if (step === null) continue;
      this.#barsSent.set(symbol, bars);
      this.#step(step);
    }
    const { strategy, run, now, marks, positions, unitValues, openOrders, bar } = runSnapshot;
    const unread = load === null ? (this.#unread.get(strategy) ?? 0) : 0;
    const fills = (unread & UNREAD_FILLS) === 0 ? runSnapshot.fills : [];
    const updates = (unread & UNREAD_UPDATES) === 0 ? runSnapshot.updates : [];
    const seen = { strategy, run, now, marks, positions, openOrders, fills, updates, bar } satisfies SeenWithoutBars;
    this.#seen.push(JSON.stringify(unitValues === undefined ? seen : { ...seen, unitValues }));
    this.#step({ kind: "run", job: job.id, load, strategy, run });
  }

  /** Jobs whose results are awaited, oldest first. */
  wanted(): Job[] {
    return [...this.jobs.values()].filter((job) => !job.dropped);
  }

  /** Takes back what it has not answered; the answers, should they come, are dropped. */
  takeBack(jobs: readonly Job[]): void {
    for (const job of jobs) {
      this.jobs.set(job.id, { ...job, dropped: true, answer: () => undefined });
      // It may still do them, and then it has another state than the session's process knows.
      this.loaded.delete(job.strategy);
    }
  }

  say(message: Exclude<ToHost, { kind: "steps" }>): void {
    if (!this.#dead) this.#handle.send(JSON.stringify(message), false);
  }

  /**
   * Waits a moment for its next answer, while nothing else happens in this thread; false where none came, or where it may not be waited
   * for in this way: a process that takes long is waited for by the event loop.
   */
  attend(): boolean {
    const { head } = this;
    if (this.#dead || !this.#ready || head === null || head.deadlineMs !== null || head.runSnapshot === null)
      return false;
    this.flush();
    if (this.#slowRuns > 0) return false;
    const open = this.jobs.size;
    // What says no more than that it is alive could say so for ever: from there on the event loop waits.
    if (this.#handle.attend?.(open === 1) === true) return this.jobs.size < open;
    this.#slowRuns = SLOW_RUNS;
    return false;
  }

  /** Lets the others go first from here on. */
  stepBack(nice: number): void {
    if (!this.#dead) this.#handle.stepBack(nice);
  }

  /** Ends it at once. */
  kill(): void {
    this.#dead = true;
    this.#steps = [];
    this.#seen = [];
    this.#hold(false);
    this.#handle.kill();
  }

  #add(job: Job): void {
    if (this.jobs.size === 0) {
      this.headSinceMs = this.#nowMs();
      this.#hold(true);
    }
    this.jobs.set(job.id, job);
    this.loaded.add(job.strategy);
    this.had.add(job.strategy);
  }

  #hold(held: boolean): void {
    if (!this.#gone) this.#handle.hold(held);
  }

  #step(step: Step): void {
    this.#steps.push(step);
    if (this.#steps.length === 1) queueMicrotask(() => this.flush());
  }

  /** Sends the steps of this turn. */
  flush(): void {
    const [steps, seen] = [this.#steps, this.#seen];
    if (steps.length === 0 || this.#dead) return;
    this.#steps = [];
    this.#seen = [];
    const together = this.#mayWait(steps);
    const asked = steps.reduce((jobs, step) => (step.kind === "bars" ? jobs : jobs + 1), 0);
    const idle = this.#ready && this.jobs.size === asked;
    this.#handle.send(stepsText(steps, together, seen), idle);
  }

  /** Whether answers may wait for each other: for many runs whose time is not counted. */
  #mayWait(steps: readonly Step[]): boolean {
    const jobs = steps.flatMap((step) => (step.kind === "bars" ? [] : (this.jobs.get(step.job) ?? [])));
    const together = jobs.length >= TOGETHER_MIN && jobs.every(mayWait);
    if (together) for (const job of jobs) job.together = true;
    return together;
  }

  #receive(text: unknown): void {
    if (this.#dead) return;
    const sent = readFromHost(text, (job) => this.jobs.get(job) ?? null);
    if (sent === null) return this.#break("it sent something that no strategy host sends");
    if (sent.kind === "ready") {
      this.#ready = true;
      this.headSinceMs = this.#nowMs();
      this.#events.ready(sent.layers);
      return;
    }
    if (sent.kind === "answers") {
      for (const one of sent.sent) this.#take(one);
      return;
    }
    this.#take(sent);
  }

  #take(sent: Exclude<FromHost, { kind: "ready" | "answers" }>): void {
    // An answer before this one may have been the end of the process.
    const job = this.#dead ? undefined : this.jobs.get(sent.job);
    if (job === undefined) return;
    if (sent.kind === "beat") return job.dropped ? undefined : this.#events.beat(job);
    if ((sent.kind === "loaded") !== (job.runSnapshot === null)) return this.#break("it answered another question");
    this.jobs.delete(job.id);
    if (this.#slowRuns > 0) this.#slowRuns -= 1;
    this.headSinceMs = this.#nowMs();
    if (sent.kind === "ran") this.#unread.set(job.strategy, sent.unread);
    if (this.jobs.size === 0) this.#hold(false);
    if (!job.dropped) this.#events.answered(this, job, sent);
  }

  #break(why: string): void {
    this.kill();
    this.#events.broke(this, why);
  }

  #ended(end: ChildEnd): void {
    this.#gone = true;
    const expected = this.#dead;
    this.#dead = true;
    if (!expected) this.#events.broke(this, whyEnded(end));
    this.#events.gone(this);
  }
}

const mayWait = ({ runSnapshot, deadlineMs, again }: Job): boolean =>
  runSnapshot !== null && deadlineMs === null && !again;

function whyEnded({ code, signal, errors }: ChildEnd): string {
  if (/heap out of memory|Allocation failed|invalid array length Allocation/i.test(errors)) return "out of memory";
  if (signal !== null) return `ended by ${signal}`;
  const lines = errors.split("\n").map((line) => line.trim());
  const line = lines.findLast((line) => /^\S*Error\b/.test(line)) ?? "";
  return `ended with code ${code ?? "none"}${line === "" ? "" : `: ${line.slice(0, 300).replace(/\.+$/, "")}`}`;
}
