/**
 * Reads regular files and nothing else.
 *
 * 1. A pipe, a device or a folder of that name is refused at once: none of them is waited for, and none is read without end.
 * 2. No more is read than the file had when it was opened.
 */
import { Buffer } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** A regular file's bytes. Throws an Error that says why not; a disk's own error has its `code`. */
export function readRegular(path: string, bytesMax = Infinity): Buffer {
  // Windows has no such flag, and no pipes in its folders. Elsewhere opening a pipe waits for a writer without it.
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = fstatSync(descriptor);
    if (stats.isDirectory()) throw Object.assign(new Error("it is a folder"), { code: "EISDIR" });
    if (!stats.isFile()) throw Object.assign(new Error("it is no regular file"), { code: "EFTYPE" });
    if (stats.size > bytesMax) throw new Error(`it has ${stats.size} bytes; at most ${bytesMax}`);
    const bytes = Buffer.alloc(stats.size);
    let end = 0;
    for (let read = -1; read !== 0 && end < bytes.length; end += read)
      read = readSync(descriptor, bytes, end, bytes.length - end, null);
    return bytes.subarray(0, end);
  } finally {
    closeSync(descriptor);
  }
}
