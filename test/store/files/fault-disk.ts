/**
 * A disk in memory that fails where a test says so, and that forgets what was not synced when the machine stops.
 *
 * 1. Every call is a step. At step `failAt` it throws: an error of a disk (nothing or a part was done), or a stop of the machine.
 * 2. A write takes at most `takes` bytes. What a file got since its sync, and a folder's renames since its sync, may be lost by a
 *    stop: renames from some point on, bytes from some point on.
 */
import type { FileHandle, FileSystem } from "../../../src/shared/ports.ts";

/** The machine stopped; nothing after it runs. */
export class MachineStop extends Error {}

interface Node {
  bytes: Uint8Array;
  synced: number;
}

export interface Faults {
  /** The step that fails, from 1; never when absent. */
  readonly failAt?: number;
  readonly fault?: "ENOSPC" | "EIO" | "stop";
  /** The most bytes that one write takes. */
  readonly takes?: number;
}

type Operation = (names: Map<string, Node>) => void;

export class FaultDisk implements FileSystem {
  #names = new Map<string, Node>();
  #durable = new Map<string, Node>();
  #sinceSync: Operation[] = [];
  #faults: Faults = {};
  steps = 0;

  /** From here on the faults hold, and steps count from 0. */
  arm(faults: Faults): void {
    this.#faults = faults;
    this.steps = 0;
  }

  /** What a restart finds. `choose(n)` picks from 0 to n how much of what was not synced got through. */
  restart(choose: (most: number) => number): void {
    const kept = choose(this.#sinceSync.length);
    for (const operation of this.#sinceSync.slice(0, kept)) operation(this.#durable);
    this.#names = new Map(
      [...this.#durable].map(([name, node]) => {
        const length = node.synced + choose(node.bytes.length - node.synced);
        return [name, { bytes: node.bytes.slice(0, length), synced: length }];
      }),
    );
    this.#durable = new Map(this.#names);
    this.#sinceSync = [];
    this.#faults = {};
  }

  text(path: string): string | null {
    const node = this.#names.get(path);
    return node === undefined ? null : new TextDecoder().decode(node.bytes);
  }

  get paths(): string[] {
    return [...this.#names.keys()].toSorted();
  }

  readFile(path: string): Uint8Array {
    this.#step();
    return this.#node(path).bytes.slice();
  }

  size(path: string): number | null {
    this.#step();
    return this.#names.get(path)?.bytes.length ?? null;
  }

  exists(path: string): boolean {
    this.#step();
    return this.#names.has(path);
  }

  list(folder: string): string[] {
    this.#step();
    const inside = this.paths
      .filter((path) => path.startsWith(`${folder}/`))
      .map((path) => path.slice(folder.length + 1));
    return inside.filter((name) => !name.includes("/"));
  }

  makeFolder(): void {
    this.#step();
  }

  create(path: string): FileHandle {
    this.#step();
    if (this.#names.has(path)) throw fault("EEXIST");
    const node = { bytes: new Uint8Array(0), synced: 0 };
    this.#change((names) => names.set(path, node));
    return this.#handle(node);
  }

  append(path: string): FileHandle {
    this.#step();
    const node = this.#names.get(path) ?? { bytes: new Uint8Array(0), synced: 0 };
    if (!this.#names.has(path)) this.#change((names) => names.set(path, node));
    return this.#handle(node);
  }

  rename(from: string, to: string): void {
    this.#step();
    this.#node(from);
    this.#change((names) => {
      const node = names.get(from);
      if (node === undefined) return;
      names.delete(from);
      names.set(to, node);
    });
  }

  remove(path: string): void {
    this.#step();
    this.#change((names) => names.delete(path));
  }

  truncate(path: string, size: number): void {
    this.#step();
    const node = this.#node(path);
    node.bytes = node.bytes.slice(0, size);
    node.synced = Math.min(node.synced, size);
  }

  syncFolder(): void {
    this.#step();
    for (const operation of this.#sinceSync) operation(this.#durable);
    this.#sinceSync = [];
  }

  #handle(node: Node): FileHandle {
    return {
      write: (bytes, offset) => {
        const left = bytes.length - offset;
        const taken = Math.min(left, this.#faults.takes ?? left);
        // A disk that fills up takes a part before it says so.
        const failing = this.#fails();
        const kept = failing === null ? taken : Math.floor(taken / 2);
        node.bytes = new Uint8Array([...node.bytes, ...bytes.subarray(offset, offset + kept)]);
        if (failing !== null) throw failing;
        return taken;
      },
      sync: () => {
        this.#step();
        node.synced = node.bytes.length;
      },
      close: () => this.#step(),
    };
  }

  #node(path: string): Node {
    const node = this.#names.get(path);
    if (node === undefined) throw fault("ENOENT");
    return node;
  }

  #change(operation: Operation): void {
    operation(this.#names);
    this.#sinceSync.push(operation);
  }

  #fails(): Error | null {
    this.steps += 1;
    const { failAt, fault: kind } = this.#faults;
    if (failAt === undefined || this.steps < failAt) return null;
    // A stopped machine stays stopped; a disk's error is reported once.
    if (kind === "stop") return new MachineStop("the machine stopped");
    return this.steps === failAt ? fault(kind ?? "EIO") : null;
  }

  #step(): void {
    const failing = this.#fails();
    if (failing !== null) throw failing;
  }
}

const fault = (code: string): Error => Object.assign(new Error(`${code}: the disk says no`), { code });
