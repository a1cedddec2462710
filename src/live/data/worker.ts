/**
 * The thread that runs jobs on market data files: messages in, results out.
 *
 * 1. Jobs run one after another, in the order in which they came.
 * 2. An error crosses as `{ code, message, detail }`.
 */
import { parentPort } from "node:worker_threads";
import { shapeOf } from "../../shared/errors.ts";
import { JobRunner, type Job } from "./jobs.ts";

const PROGRESS_STEP = 0.01;
const runner = new JobRunner();
let before: Promise<void> = Promise.resolve();

async function run(id: number, job: Job): Promise<void> {
  let reported = 0;
  const onProgress = (share: number): void => {
    if (share < reported + PROGRESS_STEP) return;
    reported = share;
    parentPort?.postMessage({ id, share }, []);
  };
  try {
    parentPort?.postMessage({ id, result: await runner.run(job, onProgress) }, []);
  } catch (error) {
    parentPort?.postMessage({ id, error: shapeOf(error) }, []);
  }
}

parentPort?.on("message", ({ id, job }: { readonly id: number; readonly job: Job }) => {
  before = before.then(() => run(id, job));
});
