/**
 * The thread of one reading: it reads a journal beside its repetition, answers, and ends.
 *
 * 1. A coded error crosses as `{ code, message, detail }`; any other ends the thread.
 */
import { parentPort, workerData } from "node:worker_threads";
import { CodedError } from "../shared/errors.ts";
import { readJournal } from "../store/index.ts";
import { findingsOf, type ReadingAnswer, type ReadingJob } from "./reading.ts";

const PROGRESS_STEP = 0.01;

const { files, place } = workerData as ReadingJob;
const answer = (message: ReadingAnswer): void => parentPort?.postMessage(message, []);
let reported = 0;
try {
  const journal = readJournal(files.journal);
  journal.hold(place);
  const findings = findingsOf(files, journal, (share) => {
    if (share < reported + PROGRESS_STEP) return;
    reported = share;
    answer({ share });
  });
  journal.close();
  answer({ findings });
} catch (error) {
  if (!(error instanceof CodedError)) throw error;
  answer({ error: error.toShape() });
}
