/**
 * Ends waits of this thread that last too long. One thread watches all of a process's waits, from the first one on.
 *
 * 1. It does not keep the program alive.
 * 2. A descriptor that is handed over is closed by the thread alone.
 */
import { closeSync, existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { AWAKE, CELLS, DESCRIPTOR, WAIT } from "./alarm-cells.ts";

/** The thread's file: the source, or beside the built program. */
function entry(): string {
  const source = join(import.meta.dirname, "alarm-thread.ts");
  return existsSync(source) ? source : join(import.meta.dirname, "alarm-thread.js");
}

class Alarm {
  readonly #cells = new Int32Array(new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT));
  readonly #thread: Worker;
  #waits = 0;

  constructor() {
    this.#cells[AWAKE] = 1;
    this.#thread = new Worker(entry(), { execArgv: [], workerData: this.#cells });
    this.#thread.unref();
  }

  /** A wait begins; `descriptor` is written to where it has to end. */
  begin(descriptor: number): void {
    this.#waits = this.#waits === 2 ** 31 - 1 ? 1 : this.#waits + 1;
    Atomics.store(this.#cells, DESCRIPTOR, descriptor);
    Atomics.store(this.#cells, WAIT, this.#waits);
    this.#wake();
  }

  end(): void {
    Atomics.store(this.#cells, WAIT, -this.#waits);
  }

  /** Has the thread close a descriptor that is waited on no more. */
  close(descriptor: number): void {
    this.#thread.postMessage(descriptor, []);
    this.#wake();
  }

  #wake(): void {
    if (Atomics.load(this.#cells, AWAKE) === 1) return;
    Atomics.store(this.#cells, AWAKE, 1);
    Atomics.notify(this.#cells, AWAKE);
  }
}

let alarm: Alarm | null = null;

/** Begins a wait that ends after about `LOOK_MS`, then by a zero byte written to `descriptor`. */
export function beginWait(descriptor: number): void {
  alarm ??= new Alarm();
  alarm.begin(descriptor);
}

export const endWait = (): void => alarm?.end();

/** Closes a descriptor of `beginWait`. */
export function closeWaited(descriptor: number): void {
  if (alarm === null) closeSync(descriptor);
  else alarm.close(descriptor);
}
