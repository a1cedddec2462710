/**
 * The journal's head, kept outside the database: how far the journal had got, and the hash it had there.
 *
 * 1. Two slots are written in turn, each with its own check, so a torn write leaves the other.
 * 2. The head never runs ahead of what is committed: it is written after the commit. A database behind its head has lost
 *    entries; a database ahead of it is what a crash between the two leaves.
 * 3. The slot that is written next is never the one with the newest head, also after a new start.
 */
import { hash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import { ioError } from "../files/atomic.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { readRegular } from "../files/regular.ts";

export interface Head {
  readonly seq: number;
  readonly hash: string;
}

const SLOT_BYTES = 128;

function slotText(head: Head): string {
  const text = `${String(head.seq).padStart(16, "0")} ${head.hash}`;
  return `${text} ${hash("sha256", text, "hex").slice(0, 16)}`.padEnd(SLOT_BYTES - 1) + "\n";
}

function readSlot(text: string): Head | null {
  const [seq, chain, check] = text.trim().split(" ");
  if (seq === undefined || chain === undefined || check === undefined) return null;
  if (hash("sha256", `${seq} ${chain}`, "hex").slice(0, 16) !== check) return null;
  return { seq: Number(seq), hash: chain };
}

const slotsOf = (text: string): readonly [Head | null, Head | null] => [
  readSlot(text.slice(0, SLOT_BYTES)),
  readSlot(text.slice(SLOT_BYTES, 2 * SLOT_BYTES)),
];

/** Two slots are all that a head has. */
const HEAD_BYTES_MAX = 1_000_000;

/** The newest readable head; null when there is no file. Throws `journal_damaged` when neither slot can be read. */
export function readHead(path: string): Head | null {
  if (!existsSync(path)) return null;
  const text = readRegular(path, HEAD_BYTES_MAX).toString("latin1");
  const found = slotsOf(text)
    .filter((slot) => slot !== null)
    .toSorted((a, b) => b.seq - a.seq)[0];
  // The very first write has no other slot behind it: what a crash leaves of it, a piece or only zeros, says nothing yet.
  const torn = text.length < SLOT_BYTES || text.replaceAll("\0", "").trim() === "";
  if (found === undefined && !torn)
    throw new CodedError(
      "journal_damaged",
      `${path} cannot be read, so it is unknown whether the journal is complete. ` +
        "Restore the session's folder from a copy, or start a new session from its router_state.json.",
      { path },
    );
  return found ?? null;
}

export class HeadWriter {
  readonly #path: string;
  readonly #descriptor: number;
  #slot: 0 | 1;
  /** Whether a first head has yet to be made durable: from then on a missing or empty file cannot be a crash's doing. */
  #first: boolean;

  constructor(path: string) {
    this.#path = path;
    try {
      const [first, second] = slotsOf(existsSync(path) ? readRegular(path, HEAD_BYTES_MAX).toString("latin1") : "");
      this.#slot = first === null || (second !== null && second.seq > first.seq) ? 0 : 1;
      this.#first = first === null && second === null;
      this.#descriptor = openSync(path, existsSync(path) ? "r+" : "wx+", 0o600);
    } catch (error) {
      throw ioError("Opening", path, error);
    }
  }

  write(head: Head): void {
    try {
      const taken = writeSync(this.#descriptor, slotText(head), this.#slot * SLOT_BYTES, "latin1");
      if (taken !== SLOT_BYTES) throw new Error("a short write");
      if (this.#first) {
        fsyncSync(this.#descriptor);
        nodeFileSystem.syncFolder(dirname(this.#path));
        this.#first = false;
      }
    } catch (error) {
      throw ioError("Writing", this.#path, error);
    }
    this.#slot = this.#slot === 0 ? 1 : 0;
  }

  close(): void {
    try {
      fsyncSync(this.#descriptor);
    } finally {
      closeSync(this.#descriptor);
    }
  }
}
