/**
 * Bytes that can be read piece by piece, out of memory or from a regular file.
 *
 * 1. A file that changes while it is read is noticed at its end, and nothing that was read of it is used.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { CodedError } from "../../../shared/errors.ts";

export interface ByteSource {
  readonly size: number;
  /**
   * At most `length` bytes from a place; fewer only at the end. They must not be changed. They may stand in `space`, which is used
   * again for the next piece, so that a long file does not fill the memory with pieces.
   */
  read(from: number, length: number, space?: Uint8Array): Uint8Array;
  /** Throws `data_invalid` when the file is no longer the one that was opened. */
  checkSame(): void;
  close(): void;
}

/** What is kept of a file, in one place for each way of reading it. Nothing here throws: what is not kept is read again. */
export interface SourceCache {
  /** What was kept in a place last; null where that is nothing. It is to be closed. */
  readonly load: (place: string) => ByteSource | null;
  /** Keeps bytes, each piece taken before the next is asked for; none at all keeps nothing. */
  readonly save: (place: string, bytes: Iterable<Uint8Array>) => void;
}

export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (from, length) => bytes.subarray(from, from + length),
    checkSame: () => undefined,
    close: () => undefined,
  };
}

/** Opens a regular file. Throws what the file system throws. */
export function fileSource(path: string, name: string): ByteSource {
  const file = openSync(path, "r");
  const { size, mtimeMs } = fstatSync(file);
  let open = true;
  const read = (from: number, length: number, space?: Uint8Array): Uint8Array => {
    const wanted = Math.max(0, Math.min(length, size - from));
    const bytes = space === undefined || space.length < wanted ? new Uint8Array(wanted) : space.subarray(0, wanted);
    let taken = 0;
    while (taken < bytes.length) {
      const count = readSync(file, bytes, taken, bytes.length - taken, from + taken);
      if (count === 0) break;
      taken += count;
    }
    return taken === bytes.length ? bytes : bytes.subarray(0, taken);
  };
  const checkSame = (): void => {
    const now = fstatSync(file);
    if (now.size === size && now.mtimeMs === mtimeMs) return;
    throw new CodedError("data_invalid", `${name} changed while it was read; read it again once it is written.`, {
      file: name,
      row: null,
      rule: "changed",
    });
  };
  const close = (): void => {
    if (open) closeSync(file);
    open = false;
  };
  return { size, read, checkSame, close };
}
