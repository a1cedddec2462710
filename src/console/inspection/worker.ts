/**
 * The thread of one inspection: it does its job, answers, and ends.
 *
 * 1. A coded error crosses as `{ code, message, detail }`; any other ends the thread, and its text is for the terminal alone.
 */
import { parentPort, workerData } from "node:worker_threads";
import { CodedError } from "../../shared/errors.ts";
import { runJob, type Job } from "./jobs.ts";

const PROGRESS_STEP = 0.01;

let reported = 0;
try {
  const result = await runJob(workerData as Job, (share) => {
    if (share < reported + PROGRESS_STEP) return;
    reported = share;
    parentPort?.postMessage({ share }, []);
  });
  parentPort?.postMessage({ result }, []);
} catch (error) {
  if (!(error instanceof CodedError)) throw error;
  parentPort?.postMessage({ error: error.toShape() }, []);
}
