/**
 * A thread for jobs on market data files, so that nothing else waits for them.
 *
 * 1. The thread starts with its first job, or before it where that is asked for, and does not keep the program alive.
 * 2. Canceling ends the thread with all its jobs, and the next job starts a new one; a thread without jobs stays for the next.
 * 3. A thread that fails, as for want of memory, rejects its jobs with `internal`.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { CodedError, type ErrorShape } from "../../shared/errors.ts";
import type { Job, Results } from "./jobs.ts";

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: CodedError) => void;
  readonly onProgress: (share: number) => void;
}

interface Answer {
  readonly id: number;
  readonly share?: number;
  readonly result?: never;
  readonly error?: ErrorShape;
}

/** The thread's file: the source, or beside the built program. */
function entry(): string {
  const source = join(import.meta.dirname, "worker.ts");
  return existsSync(source) ? source : join(import.meta.dirname, "data-worker.js");
}

export class DataThread {
  #worker: Worker | null = null;
  #last = 0;
  readonly #waiting = new Map<number, Waiting>();

  /** Runs a job. `onProgress` takes a share of one. Rejects with the job's CodedError, or `wrong_state` when it is canceled. */
  run<One extends Job>(job: One, onProgress: (share: number) => void = () => undefined): Promise<Results[One["kind"]]> {
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onProgress });
      worker.postMessage({ id, job }, []);
    });
  }

  /** Starts the thread, so that its first job need not wait for that. */
  warm(): void {
    this.#worker ??= this.#start();
  }

  /** Ends all jobs that are under way. */
  cancel(): void {
    if (this.#waiting.size > 0) this.close();
  }

  /** Ends the thread. */
  close(): void {
    void this.#worker?.terminate();
    this.#fail(new CodedError("wrong_state", "It was canceled."));
  }

  #start(): Worker {
    const worker = new Worker(entry(), { execArgv: [] });
    worker.unref();
    worker.on("message", (answer: Answer) => this.#take(answer));
    worker.on("error", (error) => {
      if (worker === this.#worker)
        this.#fail(new CodedError("internal", `Reading market data failed: ${error.message}. Try a smaller file.`));
    });
    worker.on("exit", () => {
      if (worker === this.#worker)
        this.#fail(new CodedError("internal", "Reading market data ended early. Try again."));
    });
    return worker;
  }

  #take({ id, share, result, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    if (share !== undefined) return waiting.onProgress(share);
    this.#waiting.delete(id);
    if (error === undefined) waiting.resolve(result as never);
    else waiting.reject(new CodedError(error.code, error.message, error.detail));
  }

  #fail(error: CodedError): void {
    this.#worker = null;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
