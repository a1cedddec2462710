/**
 * The archive's thread: it follows the journal and answers questions in between.
 *
 * 1. A question is answered at once, whatever is still to be read; only what the asker has seen already is read first.
 * 2. An export goes in steps of some thousand rows, so that neither it nor a question waits for the other.
 */
import { parentPort, workerData } from "node:worker_threads";
import { shapeOf } from "../../shared/errors.ts";
import { ANSWERS } from "./answers.ts";
import { Archive } from "./archive.ts";
import type { ExportProgress, FromThread, ToThread } from "./requests.ts";
import { ViewsSaver, type ViewsOwner } from "./saved-views.ts";

type AnyAnswer = (archive: Archive, input: unknown, onProgress: (progress: ExportProgress) => boolean) => unknown;

/** Batches that a question waits for. */
const CATCH_UP_BATCHES = 8;

const owner = workerData as ViewsOwner;
const canceled = new Set<number>();
let archive: Archive | null = null;
let following = false;

const opened = (): Archive =>
  (archive ??= new Archive(owner.folder, owner.desk, {
    views: (database, journal) => new ViewsSaver(owner, database, journal),
  }));
const post = (message: FromThread): void => parentPort?.postMessage(message, []);

function follow(): void {
  following = true;
  try {
    if (opened().follow()) {
      setImmediate(follow);
      return;
    }
  } catch {
    // The next question meets the same fault and reports it.
    archive?.close();
    archive = null;
  }
  following = false;
}

function share(): number {
  const { position, end, whole } = opened();
  return whole || end === 0 ? 1 : Math.min(0.99, position / end);
}

async function answer(message: Extract<ToThread, { kind: "ask" }>): Promise<void> {
  const { id, question, input, position } = message;
  try {
    for (let batch = 0; batch < CATCH_UP_BATCHES && opened().position < position; batch += 1) opened().follow();
    const output = await (ANSWERS[question] as AnyAnswer)(opened(), input, (progress) => {
      post({ id, progress });
      return canceled.has(id);
    });
    post({ id, output, share: share() });
  } catch (error) {
    post({ id, error: shapeOf(error) });
  } finally {
    canceled.delete(id);
  }
  if (!following) follow();
}

parentPort?.on("message", (message: ToThread) => {
  if (message.kind === "ask") void answer(message);
  else if (message.kind === "cancel") canceled.add(message.id);
  else if (!following) follow();
});
follow();
