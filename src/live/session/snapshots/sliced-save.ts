/**
 * The save of the router's file between the loop's passes: a snapshot at once, its text in slices.
 *
 * 1. A pass works on it for `SLICE_MS` or so, with at least one piece of the text; nothing waits for it meanwhile.
 * 2. The journal says so before the file is in its place, and names the last entry that the snapshot holds.
 * 3. A save at once drops it: its content would be older. A file that is not whole is never in the place of one.
 */
import { createHash, type Hash } from "node:crypto";
import { routerStateChunks } from "../../../orchestrator/index.ts";
import { AtomicFile, type SnapshotEntry } from "../../../store/index.ts";
import { addSnapshot, saveSnapshot, type FileFacts } from "./files.ts";
import type { Core } from "../state/parts.ts";
import { stateContextOf } from "./state-context.ts";

/** Keys and executions of a router that is saved at once: a few milliseconds' work. */
export const SAVED_AT_ONCE_MAX = 2_000;
/** Real milliseconds that a pass works on a save. */
export const SLICE_MS = 5;
/** Real milliseconds that an idle loop rests between two slices. */
const REST_MS = 1;
/** Bytes that may wait for the disk: what a sync must write is what it costs. */
const UNSYNCED_MAX = 2_097_152;

/** One save under way. */
interface Save {
  readonly chunks: Generator<string>;
  readonly file: AtomicFile;
  readonly hash: Hash;
  readonly of: number;
  readonly nextSequence: number;
  readonly terms: Pick<SnapshotEntry, "terms">;
  readonly cause: "interval" | "start";
}

export class SlicedSaves {
  readonly #core: Core;
  readonly #facts: FileFacts;
  readonly #atOnceMax: number;
  readonly #encoder = new TextEncoder();
  #save: Save | null = null;
  #unsynced = 0;
  #rest: unknown = null;

  /** `atOnceMax` counts keys and executions. */
  constructor(core: Core, facts: FileFacts, atOnceMax: number) {
    this.#core = core;
    this.#facts = facts;
    this.#atOnceMax = atOnceMax;
  }

  get underWay(): boolean {
    return this.#save !== null;
  }

  /** An interval's save: at once where that takes no time to speak of, else in slices; none while one is under way. Throws `io`. */
  begin(): void {
    if (this.#save !== null) return;
    if (this.#small) return saveSnapshot(this.#core, this.#facts, "interval");
    this.#open("interval");
  }

  /**
   * A start's save; `found` is the digest of the file that lies there. Where that is the newest snapshot's, as an orderly end leaves it,
   * a large one is written while the session runs: until then the file is the one that the session wrote before. Throws `io`.
   */
  start(found: string | null): void {
    const known = found !== null && found === this.#core.model.lastSnapshotSha256;
    if (this.#small || !known) return saveSnapshot(this.#core, this.#facts, "start", found);
    this.#open("start");
  }

  get #small(): boolean {
    const { router } = this.#core;
    return router.keys + router.executionCount <= this.#atOnceMax;
  }

  #open(cause: Save["cause"]): void {
    const { router, ledger } = this.#core;
    const { context, terms } = stateContextOf(this.#core, ledger.decisions);
    this.#unsynced = 0;
    this.#save = {
      chunks: routerStateChunks(router.snapshot(), context),
      file: new AtomicFile(this.#facts.fs, this.#facts.files.routerState),
      hash: createHash("sha256"),
      of: ledger.position,
      nextSequence: router.nextSequence,
      terms,
      cause,
    };
  }

  /** A pass's work on it; the pass must have committed what it sent. Throws `io`. */
  step(): void {
    const save = this.#save;
    if (save === null) return;
    this.#wake(null);
    try {
      if (this.#slice(save)) this.#finish(save);
      else this.#wake(this.#core.timers.set(() => this.#core.clock.wake(), REST_MS));
    } catch (error) {
      this.drop();
      throw error;
    }
  }

  /** A halt's save, in the commit that holds the halt: what it returns writes the file. */
  forHalt(): () => void {
    this.drop();
    return addSnapshot(this.#core, this.#facts, "halt");
  }

  /** The last save of a session. Throws `io`. */
  last(): void {
    this.drop();
    saveSnapshot(this.#core, this.#facts, "shutdown");
  }

  /** Gives up what is under way. */
  drop(): void {
    this.#wake(null);
    this.#save?.file.drop();
    this.#save = null;
  }

  /** True once the text is at its end. */
  #slice({ chunks, file, hash }: Save): boolean {
    const { timers } = this.#core;
    const endMs = timers.monotonicMs() + SLICE_MS;
    for (;;) {
      const { value, done } = chunks.next();
      if (done === true) return true;
      if (value !== "") {
        const bytes = this.#encoder.encode(value);
        hash.update(bytes);
        file.write(bytes);
        this.#unsynced += bytes.length;
      }
      if (this.#unsynced >= UNSYNCED_MAX) {
        file.sync();
        this.#unsynced = 0;
        return false;
      }
      if (timers.monotonicMs() >= endMs) return false;
    }
  }

  #finish({ file, hash, of, nextSequence, terms, cause }: Save): void {
    const { ledger, now } = this.#core;
    file.close();
    // A halt that waits for its commit has a save of its own, and the journal must not be two of them ahead of the file.
    ledger.commit();
    if (this.#save === null) return;
    const entry = { kind: "snapshot", sha256: hash.digest("hex"), nextSequence, cause, ...terms } as const;
    ledger.add(ledger.position === of ? entry : { ...entry, of }, now);
    ledger.commit();
    // A listener of that commit may have ended the session.
    if (this.#save === null) return;
    this.#save = null;
    file.place();
  }

  #wake(timer: unknown): void {
    if (this.#rest !== null) this.#core.timers.clear(this.#rest);
    this.#rest = timer;
  }
}
