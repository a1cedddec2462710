/**
 * Keeps the session's thread and a host process on one core while they only answer each other.
 *
 * Two threads that take turns need one core. On two, each message wakes a core that sleeps, which takes longer than a small run.
 *
 * 1. They share a core once the thread has waited for one process often and in a row with nothing else asked of it, and no longer than
 *    that is so: several runs at once, a process that ends, or half a second without a wait give both back all of their cores.
 * 2. Where the two together get less than half of the core, others are on it: they get their cores back, and share none for `PAUSE_MS`.
 * 3. Where the cores cannot be named or chosen nothing is tried again. No result depends on any of this.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

/** Waits in a row after which the two share a core, and milliseconds in which they have to come: else there is little to win. */
const WAITS_MIN = 256;
const WAITS_MS_MAX = 1_000;
/** Waits with something else asked of the process after which they share none. */
const OTHERS_MAX = 16;
/** Waits between two looks at the time. */
const LOOK_WAITS = 256;
const LOOK_MS = 500;
const PAUSE_MS = 20_000;
/** The share of a core that the two together have to get. */
const SHARE_MIN = 0.5;
const TASKSET_MS = 1_000;

/** What the system says of cores. Everything may throw, which means that it cannot be done. */
export interface Cores {
  /** The cores that the session's thread may run on, as a list that `place` takes. */
  allowed(): string;
  /** The core that it runs on. */
  current(): string;
  /** Has the main thread of a process run on these cores; `all`: every thread of it. */
  place(pid: number, cores: string, all: boolean): void;
  /** Milliseconds for which the main thread of a process has run. */
  ranMs(pid: number): number;
}

/** Field 39 of a thread's `stat`, counted from behind the name in parentheses, which may hold anything. */
const CORE_FIELD = 36;

/** Linux: `/proc`, and `taskset` of util-linux. */
const LINUX_CORES: Cores = {
  allowed: () => /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/thread-self/status", "utf8"))?.[1] ?? "",
  current: () => {
    const stat = readFileSync("/proc/thread-self/stat", "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[CORE_FIELD] ?? "";
  },
  place: (pid, cores, all) => {
    const words = [...(all ? ["-a"] : []), "-c", "-p", cores, String(pid)];
    const { status, error } = spawnSync("taskset", words, { stdio: "ignore", timeout: TASKSET_MS });
    if (status !== 0) throw error ?? new Error(`taskset ended with ${String(status)}`);
  },
  ranMs: (pid) => Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ")[0]) / 1e6,
};

interface Shared {
  readonly pid: number;
  readonly allowed: string;
  /** When it was last looked at, and how long the two had run until then. */
  sinceMs: number;
  ranMs: number;
}

export class OneCore {
  readonly #cores: Cores;
  readonly #own: number;
  readonly #nowMs: () => number;
  #pid = 0;
  #waits = 0;
  #sinceMs = 0;
  #others = 0;
  #shared: Shared | null = null;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #lastWaits = 0;
  #timer: NodeJS.Timeout | null = null;

  /** `own`: the process whose main thread waits. */
  constructor(cores: Cores, own: number, nowMs: () => number) {
    this.#cores = cores;
    this.#own = own;
    this.#nowMs = nowMs;
  }

  get sharing(): boolean {
    return this.#shared !== null;
  }

  /** The thread is about to wait for a process; `alone`: of which nothing else is asked. */
  waits(pid: number, alone: boolean): void {
    if (pid !== this.#pid || (!alone && this.#shared === null)) {
      if (this.#shared !== null) this.release();
      this.#pid = pid;
      this.#waits = 0;
    }
    if (this.#waits === 0) this.#sinceMs = this.#nowMs();
    this.#waits += 1;
    this.#others = alone ? 0 : this.#others + 1;
    if (this.#shared === null) {
      if (alone && this.#waits >= WAITS_MIN) this.#share(pid);
    } else if (this.#others > OTHERS_MAX) this.release();
    else if (this.#waits % LOOK_WAITS === 0) this.#look(this.#shared);
  }

  /** A process has ended. */
  ended(pid: number | undefined): void {
    if (this.#shared?.pid === pid) this.release();
  }

  /** Gives the two back all of their cores. */
  release(): void {
    const shared = this.#shared;
    this.#shared = null;
    this.#waits = 0;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (shared === null) return;
    // Threads and processes that were begun meanwhile have the same one core.
    for (const pid of [this.#own, shared.pid]) this.#attempt(() => this.#cores.place(pid, shared.allowed, true));
  }

  #share(pid: number): void {
    const nowMs = this.#nowMs();
    this.#waits = 0;
    if (nowMs < this.#notBeforeMs || nowMs - this.#sinceMs > WAITS_MS_MAX) return;
    const begun = this.#attempt(() => {
      const allowed = this.#cores.allowed();
      const core = this.#cores.current();
      if (!/^\d+$/.test(core) || !/[-,]/.test(allowed)) throw new Error("There is no choice of cores.");
      const ranMs = this.#ranMs(pid);
      this.#shared = { pid, allowed, sinceMs: nowMs, ranMs };
      for (const one of [pid, this.#own]) this.#cores.place(one, core, false);
    });
    if (begun) this.#timer = setInterval(() => this.#rest(), LOOK_MS).unref();
    else {
      this.release();
      this.#notBeforeMs = Number.POSITIVE_INFINITY;
    }
  }

  #ranMs(pid: number): number {
    return this.#cores.ranMs(pid) + this.#cores.ranMs(this.#own);
  }

  #look(shared: Shared): void {
    const nowMs = this.#nowMs();
    const passedMs = nowMs - shared.sinceMs;
    if (passedMs < LOOK_MS) return;
    let ranMs = Number.NaN;
    this.#attempt(() => void (ranMs = this.#ranMs(shared.pid)));
    const enough = ranMs - shared.ranMs >= SHARE_MIN * passedMs;
    shared.sinceMs = nowMs;
    shared.ranMs = ranMs;
    if (enough) return;
    this.release();
    this.#notBeforeMs = nowMs + PAUSE_MS;
  }

  /** Nothing was waited for since the last look. */
  #rest(): void {
    if (this.#waits === this.#lastWaits) this.release();
    this.#lastWaits = this.#waits;
  }

  #attempt(work: () => void): boolean {
    try {
      work();
      return true;
    } catch {
      return false;
    }
  }
}

/** The one of this process; null where there is none: a process has one main thread, and cores are chosen on Linux alone. */
export const oneCore = (): OneCore | null =>
  process.platform === "linux" && isMainThread ? new OneCore(LINUX_CORES, process.pid, () => performance.now()) : null;
