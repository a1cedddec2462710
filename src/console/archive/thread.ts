/**
 * The open session's archive, in a thread of its own.
 *
 * 1. The thread starts with the first question, or once the session is long; it does not keep the program alive.
 * 2. A thread that fails rejects what it was asked with `internal`, and the next question starts another.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { CodedError } from "../../shared/errors.ts";
import type {
  Answer,
  Asked,
  ExportProgress,
  FromThread,
  QuestionKind,
  Questions,
  SessionArchive,
  ToThread,
} from "./requests.ts";
import type { ViewsOwner } from "./saved-views.ts";

/** A session with more entries than this has its archive kept up to date before it is asked for. */
const KEPT_FROM_ENTRIES = 20_000;
/** Milliseconds between two looks at a journal that grows. */
const FOLLOW_MS = 250;

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: CodedError) => void;
  readonly onProgress: (progress: ExportProgress) => void;
}

/** The thread's file: the source, or beside the built program. */
function entry(): string {
  const source = join(import.meta.dirname, "worker.ts");
  return existsSync(source) ? source : join(import.meta.dirname, "archive-worker.js");
}

export class ArchiveThread implements SessionArchive {
  readonly #owner: ViewsOwner;
  readonly #position: () => number;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #timer: NodeJS.Timeout | null = null;
  #last = 0;
  #closed = false;

  /** `position`: the newest entry that the views have seen. */
  constructor(owner: ViewsOwner, position: () => number) {
    this.#owner = owner;
    this.#position = position;
  }

  ask<Kind extends QuestionKind>(
    question: Kind,
    input: Questions[Kind]["input"],
    onProgress: (progress: ExportProgress) => void = () => undefined,
  ): Asked<Questions[Kind]["output"]> {
    const id = ++this.#last;
    const answer = new Promise<Answer<Questions[Kind]["output"]>>((resolve, reject) => {
      if (this.#closed) return reject(new CodedError("wrong_state", "The session is not open any more."));
      this.#waiting.set(id, { resolve, reject, onProgress });
      this.#send({ kind: "ask", id, question, input, position: this.#position() });
    });
    return { answer, cancel: () => this.#worker?.postMessage({ kind: "cancel", id } satisfies ToThread, []) };
  }

  /** The journal has grown. */
  grown(): void {
    if (this.#timer !== null || this.#closed) return;
    if (this.#worker === null && this.#position() < KEPT_FROM_ENTRIES) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#send({ kind: "grown" });
    }, FOLLOW_MS).unref();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    void this.#worker?.terminate();
    this.#fail(new CodedError("wrong_state", "The session is not open any more."));
  }

  #send(message: ToThread): void {
    if (this.#closed) return;
    (this.#worker ??= this.#start()).postMessage(message, []);
  }

  #start(): Worker {
    const worker = new Worker(entry(), { execArgv: [], workerData: this.#owner });
    worker.unref();
    worker.on("message", (message: FromThread) => this.#take(message));
    worker.on("error", (error) => {
      if (worker === this.#worker)
        this.#fail(new CodedError("internal", `The session's archive failed: ${error.message}. Ask again.`));
    });
    worker.on("exit", () => {
      if (worker === this.#worker) this.#fail(new CodedError("internal", "The session's archive ended. Ask again."));
    });
    return worker;
  }

  #take(message: FromThread): void {
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    if ("progress" in message) return waiting.onProgress(message.progress);
    this.#waiting.delete(message.id);
    if ("error" in message) {
      const { code, message: text, detail } = message.error;
      waiting.reject(new CodedError(code, text, detail));
    } else waiting.resolve({ output: message.output, share: message.share } as never);
  }

  #fail(error: CodedError): void {
    this.#worker = null;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
