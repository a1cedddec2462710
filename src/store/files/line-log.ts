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

  #size: number;

  /**
   * Opens the file for appending; a last line without its end is cut off first. Where it is known how many bytes are whole lines,
   * what comes after them is cut off, and the file is not read.
   */
  constructor(fs: FileSystem, path: string, wholeBytes?: number) {
    this.path = path;
    try {
      const size = fs.size(path) ?? 0;
      this.#size = size === 0 ? 0 : (wholeBytes ?? fs.readFile(path).lastIndexOf(NEWLINE) + 1);
      if (this.#size !== size) fs.truncate(path, this.#size);
      this.#file = fs.append(path);
    } catch (error) {
      throw ioError("Opening", path, error);
    }
  }

  /** Appends text that ends with a line's end. */
  append(text: string): void {
    if (text === "") return;
    try {
      const bytes = new TextEncoder().encode(text);
      writeAll(this.#file, bytes);
      this.#size += bytes.length;
    } catch (error) {
      throw ioError("Appending to", this.path, error);
    }
  }

  /** The file's bytes. */
  get size(): number {
    return this.#size;
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
