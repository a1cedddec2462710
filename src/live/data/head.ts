/**
 * The first lines of a text file, for a first look while the rest is on its way or being read.
 *
 * 1. Only whole lines: the text ends behind its last line break.
 * 2. A file that is read whole in the same time has no first look.
 * 3. A format whose head means nothing without its end (packed, binary, one JSON document, two-byte text) has no first look.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Bytes of a first look. */
export const HEAD_BYTES = 256 * 1024;
/** A shorter file is read whole in the time of a first look. */
const SIZE_MIN = 1024 * 1024;
const LINE_BREAK = 0x0a;

/** What packed and binary files, JSON documents and two-byte text begin with. */
const NO_HEAD: readonly (readonly number[])[] = [
  [0x50, 0x4b],
  [0x1f, 0x8b],
  [0xfd, 0x37, 0x7a],
  [0x42, 0x5a, 0x68],
  [0x28, 0xb5, 0x2f, 0xfd],
  [0x50, 0x41, 0x52, 0x31],
  [0x41, 0x52, 0x52, 0x4f, 0x57],
  [0xff, 0xfe],
  [0xfe, 0xff],
  [0x5b],
];

/** The whole lines within the first `HEAD_BYTES` of a file; null where that is no first look. Throws what the file system throws. */
export function headOf(path: string): Uint8Array | null {
  const file = openSync(path, "r");
  try {
    if (fstatSync(file).size < SIZE_MIN) return null;
    const space = new Uint8Array(HEAD_BYTES);
    const bytes = space.subarray(0, readSync(file, space, 0, HEAD_BYTES, 0));
    if (NO_HEAD.some((signs) => signs.every((sign, place) => bytes[place] === sign))) return null;
    const end = bytes.lastIndexOf(LINE_BREAK);
    return end < 0 || bytes.includes(0) ? null : bytes.subarray(0, end + 1);
  } finally {
    closeSync(file);
  }
}
