/**
 * The archive of a light run: made of the entries that the console keeps, in memory, when it is first asked.
 *
 * 1. Its answers are those of an ordinary archive over the entries that it has read; `share` says how much of the run that is.
 * 2. It reads in batches with a turn of the event loop between them, and nothing at all while it is not asked.
 * 3. Memory is bounded: an archive that has read more than `READ_MAX` entries is made again from what is kept.
 */
import type { Desk } from "../../shared/desk.ts";
import { CodedError, shapeOf } from "../../shared/errors.ts";
import { ANSWERS } from "./answers.ts";
import { Archive } from "./archive.ts";
import type { KeptEntries } from "./kept.ts";
import type { Answer, Asked, ExportProgress, QuestionKind, Questions, SessionArchive } from "./requests.ts";

const READ_MAX = 100_000;

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

export class LightArchive implements SessionArchive {
  readonly #kept: KeptEntries;
  readonly #desk: Pick<Desk, "feed">;
  #archive: Archive | null = null;
  #read = 0;
  #asked = 0;
  #closed = false;

  constructor(kept: KeptEntries, desk: Pick<Desk, "feed">) {
    this.#kept = kept;
    this.#desk = desk;
  }

  ask<Kind extends QuestionKind>(
    question: Kind,
    input: Questions[Kind]["input"],
    onProgress: (progress: ExportProgress) => void = () => undefined,
  ): Asked<Questions[Kind]["output"]> {
    let canceled = false;
    const go = (progress: ExportProgress): boolean => {
      onProgress(progress);
      return canceled || this.#closed;
    };
    return {
      answer: this.#answer(question, input, go),
      cancel: () => {
        canceled = true;
      },
    };
  }

  grown(): void {
    // It reads when it is asked.
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  async #answer<Kind extends QuestionKind>(
    question: Kind,
    input: Questions[Kind]["input"],
    onProgress: (progress: ExportProgress) => boolean,
  ): Promise<Answer<Questions[Kind]["output"]>> {
    if (this.#asked === 0 && this.#read > READ_MAX) this.#drop();
    this.#asked += 1;
    try {
      const archive = await this.#upToDate();
      const output = await ANSWERS[question](archive, input, onProgress);
      const all = this.#kept.position;
      return { output, share: this.#read >= all ? 1 : Math.min(0.99, this.#read / all) };
    } catch (error) {
      const { code, message, detail } = shapeOf(error);
      throw this.#closed ? this.#ended() : new CodedError(code, message, detail);
    } finally {
      this.#asked -= 1;
    }
  }

  async #upToDate(): Promise<Archive> {
    // Entries that come while it reads are for the next question: a fast run would never let this one end.
    const end = this.#kept.position;
    for (;;) {
      if (this.#closed) throw this.#ended();
      const archive = (this.#archive ??= new Archive(this.#kept, this.#desk));
      const from = Math.max(archive.position, this.#kept.first - 1);
      if (from >= end) return archive;
      archive.follow();
      this.#read += archive.position - from;
      await turn();
    }
  }

  #drop(): void {
    this.#archive?.close();
    this.#archive = null;
    this.#read = 0;
  }

  #ended(): CodedError {
    return new CodedError("wrong_state", "The session is not open any more.");
  }
}
