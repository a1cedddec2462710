/**
 * What a power cut leaves of a recorded session: a disk that follows the log of operations and, at any point, draws an image.
 *
 * Fault model. What was synced is there: a file's bytes and size by a sync of the file, a folder's names by a sync of the folder, and
 * neither by the other. Of what was not synced, each sector on its own holds its old bytes, its newest, or those of a moment in
 * between, whatever its neighbours hold; the first write that a sector lacks may be torn inside it, or be there as rubbish. A file
 * may have grown without its bytes, which are then zeros, and a cut may or may not have happened. Of a folder's new, changed and
 * removed names the first few are there, as file systems with a log of their names keep them; in another folder, others.
 * What cannot happen: bytes next to a write in its sector are never harmed by it (SQLite counts on that of every disk), and a disk
 * does not lie about a sync.
 */
import { basename, dirname } from "node:path";
import type { DiskOperation } from "./write-log.ts";

/** Numbers from 0 to 1. */
export type Draw = () => number;

type Change =
  | { readonly kind: "write"; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: "resize"; readonly size: number };

const within = (draw: Draw, count: number): number => Math.floor(draw() * count);

/** Old, newest, or a moment in between: how many of `count` changes are there. */
function kept(draw: Draw, count: number): number {
  const drawn = draw();
  if (drawn < 0.35) return 0;
  return drawn < 0.7 ? count : within(draw, count + 1);
}

/** Bytes that grow in steps, so that a long file is not copied for each of its writes. */
class Bytes {
  #room: Buffer;
  size = 0;

  constructor(from: Uint8Array, more = 0) {
    this.#room = Buffer.alloc(from.length + more);
    this.#room.set(from);
    this.size = from.length;
  }

  put(offset: number, bytes: Uint8Array): void {
    this.grow(offset + bytes.length);
    this.#room.set(bytes, offset);
  }

  grow(size: number): void {
    if (size > this.#room.length) {
      const room = Buffer.alloc(Math.max(size, 2 * this.#room.length));
      room.set(this.#room);
      this.#room = room;
    }
    if (size > this.size) this.size = size;
  }

  cut(size: number): void {
    if (size < this.size) this.#room.fill(0, size, this.size);
    this.grow(size);
    this.size = size;
  }

  get whole(): Buffer {
    return this.#room.subarray(0, this.size);
  }
}

class FileOnDisk {
  readonly #durable = new Bytes(Buffer.alloc(0));
  #pending: Change[] = [];

  change(change: Change): void {
    this.#pending.push(change);
  }

  sync(): void {
    for (const change of this.#pending)
      if (change.kind === "write") this.#durable.put(change.offset, change.bytes);
      else this.#durable.cut(change.size);
    this.#pending = [];
  }

  /** What a power cut leaves of it. */
  image(draw: Draw, sector: number): Uint8Array {
    const durable = this.#durable.whole;
    if (this.#pending.length === 0) return durable;
    const image = new Bytes(durable, 65_536);
    const versions = new Map<number, number>();
    for (const [index, change] of this.#pending.entries()) {
      if (change.kind === "resize") {
        if (draw() < 0.5) image.cut(change.size);
        continue;
      }
      const { offset, bytes } = change;
      for (let at = 0; at < bytes.length;) {
        const place = Math.floor((offset + at) / sector);
        const part = bytes.subarray(at, Math.min(bytes.length, (place + 1) * sector - offset));
        let version = versions.get(place);
        if (version === undefined) {
          version = kept(draw, this.#pending.length);
          versions.set(place, version);
        }
        if (index < version) image.put(offset + at, part);
        else if (index === version) unfinished(image, offset + at, part, draw);
        else if (draw() < 0.3) image.grow(offset + at + part.length);
        at += part.length;
      }
    }
    return image.whole;
  }
}

/** A write that the cut fell into: nothing of it, only its length, its beginning, or rubbish in its place. */
function unfinished(image: Bytes, offset: number, part: Uint8Array, draw: Draw): void {
  const drawn = draw();
  if (drawn < 0.35) return;
  if (drawn < 0.5) return image.grow(offset + part.length);
  if (drawn < 0.75) return image.put(offset, part.subarray(0, within(draw, part.length + 1)));
  const rubbish = Buffer.alloc(part.length);
  for (let at = 0; at < rubbish.length; at++) rubbish[at] = within(draw, 256);
  image.put(offset, rubbish);
}

type Entry = FileOnDisk | FolderOnDisk;
type Naming = { readonly name: string; readonly entry: Entry | null; readonly from: string | null };

class FolderOnDisk {
  readonly #durable = new Map<string, Entry>();
  readonly #live = new Map<string, Entry>();
  #pending: Naming[] = [];

  /** Gives a name to an entry, takes it away (null), or moves it from another name. */
  name(naming: Naming): void {
    this.#pending.push(naming);
    apply(this.#live, naming);
  }

  sync(): void {
    for (const naming of this.#pending) apply(this.#durable, naming);
    this.#pending = [];
  }

  get(name: string): Entry | undefined {
    return this.#live.get(name);
  }

  image(draw: Draw): ReadonlyMap<string, Entry> {
    const names = new Map(this.#durable);
    for (const naming of this.#pending.slice(0, kept(draw, this.#pending.length))) apply(names, naming);
    return names;
  }
}

function apply(names: Map<string, Entry>, { name, entry, from }: Naming): void {
  if (from !== null) names.delete(from);
  if (entry === null) names.delete(name);
  else names.set(name, entry);
}

export class PowerLossDisk {
  readonly #root: string;
  readonly #top = new FolderOnDisk();
  /** Files by the system's number; a number that is used again is the newer file's. */
  readonly #files = new Map<number, FileOnDisk>();

  /** `root`: the folder whose names were there, empty, before the first operation. */
  constructor(root: string) {
    this.#root = root;
  }

  /** Follows one operation. */
  follow(operation: DiskOperation): void {
    switch (operation.kind) {
      case "create": {
        const file = new FileOnDisk();
        this.#files.set(operation.file, file);
        return this.#name(operation.path, file);
      }
      case "folder":
        return this.#name(operation.path, new FolderOnDisk());
      case "write":
        return this.#files.get(operation.file)?.change(operation);
      case "resize":
        return this.#files.get(operation.file)?.change(operation);
      case "sync":
        return this.#files.get(operation.file)?.sync();
      case "syncFolder":
        return this.#folder(operation.path)?.sync();
      case "unlink":
        return this.#name(operation.path, null);
      case "link":
        return this.#name(operation.to, this.#files.get(operation.file) ?? null);
      case "rename": {
        const { path, to } = operation;
        if (dirname(path) !== dirname(to))
          throw new Error(`${path} is moved to another folder, which is not simulated.`);
        const folder = this.#folder(dirname(path));
        const entry = folder?.get(basename(path));
        if (entry !== undefined) folder?.name({ name: basename(to), entry, from: basename(path) });
        return;
      }
      case "mark":
        return;
    }
  }

  /** What a power cut here leaves: paths below the root and their bytes; a folder ends with a slash and has none. */
  image(draw: Draw, sector: number, wanted: (path: string) => boolean): Map<string, Uint8Array> {
    const found = new Map<string, Uint8Array>();
    const walk = (folder: FolderOnDisk, path: string): void => {
      for (const [name, entry] of folder.image(draw)) {
        const own = `${path}${name}`;
        if (entry instanceof FolderOnDisk) {
          found.set(`${own}/`, new Uint8Array());
          walk(entry, `${own}/`);
        } else if (wanted(own)) found.set(own, entry.image(draw, sector));
      }
    };
    walk(this.#top, "");
    return found;
  }

  #name(path: string, entry: Entry | null): void {
    this.#folder(dirname(path))?.name({ name: basename(path), entry, from: null });
  }

  #folder(path: string): FolderOnDisk | undefined {
    if (path === this.#root) return this.#top;
    if (!path.startsWith(`${this.#root}/`)) return undefined;
    const above = this.#folder(dirname(path))?.get(basename(path));
    return above instanceof FolderOnDisk ? above : undefined;
  }
}
