/**
 * The session's end of the two pipes to a host process: texts go out and come in, by the event loop or at once.
 *
 * 1. Texts come in the order in which they were sent, whichever way they are read or written.
 * 2. At once is only for short texts while the process has nothing to do: then no write can wait for a full pipe.
 * 3. A wait at once ends after some 40 ms, whatever the process does (`alarm.ts`); then the event loop waits instead.
 * 4. There are such pipes on Linux alone; elsewhere none is made.
 */
import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beginWait, closeWaited, endWait } from "./alarm.ts";
import { LOOK_MS } from "./alarm-cells.ts";
import { Lines } from "./lines.ts";

/** Characters of a text that is written at once: with its line feed fewer bytes than any pipe holds. */
const AT_ONCE_CHARS_MAX = 16_000;
const READ_BYTES = 65_536;

const { O_RDONLY, O_WRONLY, O_RDWR, O_NONBLOCK } = constants;

/** One pipe's descriptors: of the process, and of the session for waiting and for the event loop. */
interface Ends {
  readonly child: number;
  readonly blocking: number;
  readonly polled: number;
}

/** Opens a pipe's ends. An open for both directions comes first, so that none waits for the other side. */
function endsOf(path: string, childReads: boolean): Ends {
  const both = openSync(path, O_RDWR);
  try {
    const [own, childs] = childReads ? [O_WRONLY, O_RDONLY] : [O_RDONLY, O_WRONLY];
    return { child: openSync(path, childs), blocking: openSync(path, own), polled: openSync(path, own | O_NONBLOCK) };
  } finally {
    closeSync(both);
  }
}

export class SessionEnd {
  readonly #requests: Ends;
  readonly #answers: Ends;
  /** Writes into the answers' pipe; of the alarm. */
  readonly #ending: number;
  readonly #lines: Lines;
  readonly #reader: Socket;
  readonly #writer: Socket;
  readonly #buffer = Buffer.allocUnsafe(READ_BYTES);
  #closed = false;

  private constructor(requests: Ends, answers: Ends, ending: number, receive: (text: string) => void) {
    this.#requests = requests;
    this.#answers = answers;
    this.#ending = ending;
    this.#lines = new Lines((text) => {
      if (!this.#closed) receive(text);
    });
    this.#reader = new Socket({ fd: answers.polled, readable: true, writable: false });
    this.#writer = new Socket({ fd: requests.polled, readable: false, writable: true });
    // A process that is gone shows so by its end; what happens to its pipes says nothing more.
    for (const socket of [this.#reader, this.#writer]) socket.on("error", () => undefined);
    this.#reader.on("data", (piece: Buffer) => this.#lines.take(piece));
  }

  /** Makes the two pipes; null where the system has none, or they cannot be made. */
  static open(receive: (text: string) => void): SessionEnd | null {
    if (process.platform !== "linux") return null;
    let folder: string | null = null;
    try {
      folder = mkdtempSync(join(tmpdir(), "logos-pipes-"));
      const [requests, answers] = [join(folder, "requests"), join(folder, "answers")] as const;
      if (spawnSync("mkfifo", ["-m", "600", requests, answers], { stdio: "ignore" }).status !== 0) return null;
      const [out, back] = [endsOf(requests, true), endsOf(answers, false)];
      return new SessionEnd(out, back, openSync(answers, O_WRONLY), receive);
    } catch {
      return null;
    } finally {
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
    }
  }

  /** What the process reads from and what it writes to. */
  get childEnds(): readonly [number, number] {
    return [this.#requests.child, this.#answers.child];
  }

  /** Closes the process's own ends here, once it has them. */
  handedOver(): void {
    for (const end of this.childEnds) closeSync(end);
  }

  /** `idle`: the process has nothing to do. */
  send(text: string, idle: boolean): void {
    if (this.#closed) return;
    const line = `${text}\n`;
    if (!idle || this.#writer.writableLength > 0 || text.length > AT_ONCE_CHARS_MAX) {
      this.#writer.write(line);
      return;
    }
    try {
      writeSync(this.#requests.blocking, line);
    } catch {
      // As above: its end shows it.
    }
  }

  /** Waits, while everything else in this thread stands still, for the next text; false where none came in time. */
  attend(): boolean {
    if (this.#closed || this.#writer.writableLength > 0) return false;
    const since = performance.now();
    beginWait(this.#ending);
    try {
      for (;;) {
        const bytes = readSync(this.#answers.blocking, this.#buffer);
        if (bytes === 0) return false;
        if (this.#lines.take(this.#buffer.subarray(0, bytes)) > 0) return true;
        // A zero byte may have been left by a wait that ended just before it.
        if (performance.now() - since >= LOOK_MS) return false;
      }
    } catch {
      return false;
    } finally {
      endWait();
    }
  }

  /** Whether what is awaited keeps the program alive. */
  hold(held: boolean): void {
    for (const socket of [this.#reader, this.#writer])
      if (held) socket.ref();
      else socket.unref();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reader.destroy();
    this.#writer.destroy();
    closeSync(this.#requests.blocking);
    closeSync(this.#answers.blocking);
    closeWaited(this.#ending);
  }
}
