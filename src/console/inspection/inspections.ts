/**
 * Inspections in threads of their own, so that neither the session nor a page waits for them.
 *
 * 1. Each has its own thread, which ends with it; none keeps the program alive.
 * 2. A thread has a limit of memory: a snapshot that needs more ends its thread and nothing else.
 * 3. At most `RUNNING_MAX` run at a time; more are refused.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { CodedError, type ErrorShape } from "../../shared/errors.ts";
import type { Job, Results } from "./jobs.ts";

export const RUNNING_MAX = 4;
/** A snapshot of 256 MB needs about half of it. */
const MEMORY_MB_MAX = 2_048;

interface Answer {
  readonly share?: number;
  readonly result?: never;
  readonly error?: ErrorShape;
}

export interface Inspection<Result> {
  readonly result: Promise<Result>;
  /** Ends it: `result` rejects with `wrong_state`. */
  cancel(): void;
}

/** The thread's file: the source, or beside the built program. */
function entry(): string {
  const source = join(import.meta.dirname, "worker.ts");
  return existsSync(source) ? source : join(import.meta.dirname, "inspection-worker.js");
}

export class Inspections {
  readonly #running = new Set<() => void>();
  readonly #memoryMbMax: number;

  constructor(memoryMbMax = MEMORY_MB_MAX) {
    this.#memoryMbMax = memoryMbMax;
  }

  /** Starts one. `onProgress` takes a share of one. Throws `refused` where too many run; `result` rejects with the job's CodedError. */
  start<One extends Job>(
    job: One,
    onProgress: (share: number) => void = () => undefined,
  ): Inspection<Results[One["kind"]]> {
    if (this.#running.size >= RUNNING_MAX)
      throw new CodedError(
        "refused",
        `${RUNNING_MAX} checks are under way already. Wait for one of them, or cancel it.`,
      );
    const worker = new Worker(entry(), {
      execArgv: [],
      workerData: job,
      resourceLimits: { maxOldGenerationSizeMb: this.#memoryMbMax },
    });
    worker.unref();
    let cancel = (): void => undefined;
    const result = new Promise<Results[One["kind"]]>((resolve, reject) => {
      const fail = (error: Error): void => {
        this.#running.delete(cancel);
        reject(error);
        void worker.terminate();
      };
      cancel = () => fail(new CodedError("wrong_state", "It was canceled."));
      worker.on("message", ({ share, result: made, error }: Answer) => {
        if (share !== undefined) return onProgress(share);
        if (error !== undefined) return fail(new CodedError(error.code, error.message, error.detail));
        this.#running.delete(cancel);
        resolve(made as never);
      });
      worker.on("error", (error: NodeJS.ErrnoException) => fail(failureOf(error, this.#memoryMbMax)));
      worker.on("exit", () => fail(new CodedError("internal", "The check ended early. Try again.")));
    });
    this.#running.add(cancel);
    return { result, cancel };
  }

  /** Ends all of them. */
  close(): void {
    for (const cancel of this.#running) cancel();
  }
}

function failureOf(error: NodeJS.ErrnoException, memoryMbMax: number): Error {
  if (error.code !== "ERR_WORKER_OUT_OF_MEMORY") return error;
  return new CodedError("too_large", `It needs more than ${memoryMbMax} MB of memory to read, so it was not read.`);
}
