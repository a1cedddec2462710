/**
 * A reading (`reading.ts`) in a thread of its own, so that a long journal is read while its entries are repeated.
 *
 * 1. The thread opens the journal itself and reads as far as its caller does. It ends with its answer.
 * 2. Most objects of a reading are forgotten at once, so its thread has a large space for new ones: they are never copied.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { CodedError } from "../shared/errors.ts";
import type { Findings, ReadingAnswer, ReadingJob } from "./reading.ts";

const NEW_SPACE_MB = 64;
const MEMORY_MB_MAX = 4_096;

/** The thread's file: the source, or beside the built program. */
function entry(): string {
  const source = join(import.meta.dirname, "reading-worker.ts");
  return existsSync(source) ? source : join(import.meta.dirname, "reading-worker.js");
}

/** A reading under way. */
export interface ThreadReading {
  /** Rejects with the reading's CodedError, or `internal` where the thread fails. */
  readonly findings: Promise<Findings>;
  /** Ends the thread, where it is still there. */
  close(): void;
}

/** Starts a reading. `onProgress` takes a share of one. */
export function readInThread(job: ReadingJob, onProgress: (share: number) => void): ThreadReading {
  const worker = new Worker(entry(), {
    execArgv: [],
    workerData: job,
    resourceLimits: { maxYoungGenerationSizeMb: NEW_SPACE_MB, maxOldGenerationSizeMb: MEMORY_MB_MAX },
  });
  const findings = new Promise<Findings>((resolve, reject) => {
    worker.on("message", ({ share, findings: found, error }: ReadingAnswer) => {
      if (share !== undefined) return onProgress(share);
      if (found !== undefined) return resolve(found);
      if (error !== undefined) reject(new CodedError(error.code, error.message, error.detail));
    });
    const failed = (why: string): void =>
      reject(new CodedError("internal", `Reading the journal in a thread failed${why}. Try again.`));
    worker.on("error", (error) => failed(`: ${error.message}`));
    worker.on("exit", () => failed(", which ended early"));
  });
  // The caller may fail before it asks for the answer.
  findings.catch(() => undefined);
  return { findings, close: () => void worker.terminate() };
}
