/**
 * A file that grows by lines, as `tail -f` wants it.
 *
 * 1. A line is written whole or the write throws; what a crash tore off at the end is cut when the file is opened again.
 * 2. Lines are handed to the disk at once, and synced when asked.
 */
import type { FileHandle, FileSystem } from "../../shared/ports.ts";
import { ioError, writeAll } from "./atomic.ts";

const NEWLINE = 10;

export class LineLog {
  readonly path: string;
  readonly #file: FileHandle;

  /** Opens the file for appending; a last line without its end is cut off first. */
  constructor(fs: FileSystem, path: string) {
    this.path = path;
    try {
      const size = fs.size(path);
      if (size !== null && size > 0) {
        const bytes = fs.readFile(path);
        const end = bytes.lastIndexOf(NEWLINE) + 1;
        if (end !== bytes.length) fs.truncate(path, end);
      }
      this.#file = fs.append(path);
    } catch (error) {
      throw ioError("Opening", path, error);
    }
  }

  /** Appends text that ends with a line's end. */
  append(text: string): void {
    if (text === "") return;
    try {
      writeAll(this.#file, new TextEncoder().encode(text));
    } catch (error) {
      throw ioError("Appending to", this.path, error);
    }
  }

  sync(): void {
    try {
      this.#file.sync();
    } catch (error) {
      throw ioError("Syncing", this.path, error);
    }
  }

  close(): void {
    this.#file.close();
  }
}
