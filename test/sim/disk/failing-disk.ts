/**
 * A disk that fails when the test says so, in front of the real one.
 *
 * Fault model. Can happen, at the write that is named or at all from there on: the disk is full (nothing more is taken, or only
 * half of what was handed over), is read-only, or reports an error of its own. Reads and removals still work. Cannot happen: a write
 * that succeeded is gone.
 */
import type { FileHandle, FileSystem } from "../../../src/shared/ports.ts";

export type DiskFault = "ENOSPC" | "EROFS" | "EIO" | "half";

const said = (code: string, what: string, path: string): Error =>
  Object.assign(new Error(`${code}: the disk does not take it, ${what} '${path}'`), { code });

export class FailingDisk implements FileSystem {
  readonly #inner: FileSystem;
  /** What happens to writes whose path this matches; null while all is well. */
  fault: { readonly kind: DiskFault; readonly path: RegExp } | null = null;
  /** Writes that were refused. */
  refused = 0;

  constructor(inner: FileSystem) {
    this.#inner = inner;
  }

  readFile(path: string): Uint8Array {
    return this.#inner.readFile(path);
  }

  size(path: string): number | null {
    return this.#inner.size(path);
  }

  exists(path: string): boolean {
    return this.#inner.exists(path);
  }

  list(folder: string): string[] {
    return this.#inner.list(folder);
  }

  makeFolder(path: string): void {
    this.#check("mkdir", path);
    this.#inner.makeFolder(path);
  }

  create(path: string): FileHandle {
    this.#check("open", path);
    return this.#handle(path, this.#inner.create(path));
  }

  append(path: string): FileHandle {
    this.#check("open", path);
    return this.#handle(path, this.#inner.append(path));
  }

  rename(from: string, to: string): void {
    this.#check("rename", to);
    this.#inner.rename(from, to);
  }

  remove(path: string): void {
    this.#inner.remove(path);
  }

  truncate(path: string, size: number): void {
    this.#check("truncate", path);
    this.#inner.truncate(path, size);
  }

  syncFolder(path: string): void {
    this.#inner.syncFolder(path);
  }

  #fails(path: string): DiskFault | null {
    if (this.fault === null || !this.fault.path.test(path)) return null;
    this.refused += 1;
    return this.fault.kind;
  }

  #check(what: string, path: string): void {
    const kind = this.#fails(path);
    if (kind === null || kind === "half") return;
    throw said(kind, what, path);
  }

  #handle(path: string, file: FileHandle): FileHandle {
    let full = false;
    return {
      write: (bytes, offset) => {
        const kind = this.#fails(path);
        if (kind === null) return file.write(bytes, offset);
        if (kind !== "half") throw said(kind, "write", path);
        if (full) throw said("ENOSPC", "write", path);
        full = true;
        return file.write(bytes.subarray(0, offset + Math.ceil((bytes.length - offset) / 2)), offset);
      },
      sync: () => {
        if (this.fault?.kind === "EIO") this.#check("fsync", path);
        file.sync();
      },
      close: () => file.close(),
    };
  }
}
