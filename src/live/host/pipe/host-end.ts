/**
 * A host process's end of its two pipes: it waits for texts with nothing else to do, and writes its own at once.
 *
 * 1. Null instead of texts: the session's process is gone.
 */
import { Buffer } from "node:buffer";
import { readSync, writeSync } from "node:fs";
import { Lines } from "./lines.ts";

/** The word of its command line that says that a process has pipes, and their descriptors. */
export const PIPES = "pipes";
const REQUESTS = 3;
const ANSWERS = 4;
const READ_BYTES = 65_536;

const buffer = Buffer.allocUnsafe(READ_BYTES);
let arrived: string[] = [];
const lines = new Lines((text) => arrived.push(text));

/** Waits for texts. */
export function readTexts(): readonly string[] | null {
  arrived = [];
  do {
    const bytes = readSync(REQUESTS, buffer);
    if (bytes === 0) return null;
    lines.take(buffer.subarray(0, bytes));
  } while (arrived.length === 0);
  return arrived;
}

/** Writes a text at once; it is lost where the session's process is gone, which the next read shows. */
export function writeText(text: string): void {
  const line = Buffer.from(`${text}\n`);
  try {
    for (let from = 0; from < line.length;) from += writeSync(ANSWERS, line, from);
  } catch {
    // There is no reader.
  }
}
