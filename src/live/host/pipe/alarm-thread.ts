/**
 * The thread that ends a wait of the session's thread for a host process: it writes a zero byte into the pipe that is waited on.
 *
 * 1. A wait that it sees at two looks in a row is ended, so none lasts longer than twice `LOOK_MS`.
 * 2. It alone writes to and closes the descriptors that it is handed, so it never writes to a file that got the number of one.
 * 3. Where nothing has been waited for in a while it sleeps until it is woken.
 */
import { closeSync, writeSync } from "node:fs";
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from "node:worker_threads";
import { AWAKE, DESCRIPTOR, LOOK_MS, WAIT } from "./alarm-cells.ts";

/** Looks without a new wait after which it sleeps. */
const IDLE_LOOKS = 50;

const cells = workerData as Int32Array<SharedArrayBuffer>;
const ZERO = Buffer.alloc(1);

/** Closes the descriptors that are no longer waited on. */
function closeUnused(port: MessagePort): void {
  for (let sent = receiveMessageOnPort(port); sent !== undefined; sent = receiveMessageOnPort(port))
    closeSync(sent.message as number);
}

function endWait(): void {
  try {
    writeSync(Atomics.load(cells, DESCRIPTOR), ZERO);
  } catch {
    // The pipe is full, or its reader is gone: then there is no wait to end.
  }
}

function watch(port: MessagePort): never {
  let [seen, idle] = [0, 0];
  for (;;) {
    const sleeps = idle > IDLE_LOOKS;
    Atomics.wait(cells, AWAKE, sleeps ? 0 : 1, sleeps ? Number.POSITIVE_INFINITY : LOOK_MS);
    closeUnused(port);
    const wait = Atomics.load(cells, WAIT);
    if (wait > 0 && wait === seen) endWait();
    idle = wait === seen && wait <= 0 ? idle + 1 : 0;
    seen = wait;
    if (idle <= IDLE_LOOKS) continue;
    Atomics.store(cells, AWAKE, 0);
    // What was handed over before it was seen to sleep is closed now, not at the next wait.
    closeUnused(port);
    // A wait that began before it was seen to sleep is watched all the same.
    if (Atomics.load(cells, WAIT) === seen) continue;
    Atomics.store(cells, AWAKE, 1);
    idle = 0;
  }
}

if (parentPort !== null) watch(parentPort);
