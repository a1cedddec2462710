/**
 * The log of a process's disk operations, as the shim writes it.
 *
 * 1. Operations are in the order in which they succeeded; each with what was really taken.
 * 2. A log that ends in the middle of a record, because its process was killed there, ends before that record.
 */
import { readFileSync } from "node:fs";

export type DiskOperation =
  | { readonly kind: "create" | "unlink" | "folder"; readonly path: string; readonly file: number }
  | { readonly kind: "write"; readonly file: number; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: "resize"; readonly file: number; readonly size: number }
  | { readonly kind: "sync"; readonly file: number; readonly path: string }
  | { readonly kind: "syncFolder"; readonly path: string }
  | { readonly kind: "rename" | "link"; readonly path: string; readonly to: string; readonly file: number }
  | { readonly kind: "mark"; readonly text: string };

const HEAD_BYTES = 32;

function operationOf(
  kind: string,
  path: string,
  to: string,
  file: number,
  offset: number,
  bytes: Buffer,
): DiskOperation {
  switch (kind) {
    case "c":
      return { kind: "create", path, file };
    case "d":
      return { kind: "folder", path, file };
    case "u":
      return { kind: "unlink", path, file };
    case "w":
      return { kind: "write", file, offset, bytes };
    case "t":
      return { kind: "resize", file, size: offset };
    case "s":
      return { kind: "sync", file, path };
    case "S":
      return { kind: "syncFolder", path };
    case "r":
      return { kind: "rename", path, to, file };
    case "l":
      return { kind: "link", path, to, file };
    case "m":
      return { kind: "mark", text: bytes.toString("utf8") };
    default:
      throw new Error(`The shim's log has an operation ${JSON.stringify(kind)} that is unknown.`);
  }
}

/** Reads a log. */
export function readWriteLog(log: string): DiskOperation[] {
  const all = readFileSync(log);
  const operations: DiskOperation[] = [];
  for (let at = 0; at + HEAD_BYTES <= all.length;) {
    const kind = String.fromCharCode(all[at] ?? 0);
    const [first, second] = [all.readUInt16LE(at + 2), all.readUInt16LE(at + 4)];
    const [file, offset, length] = [8, 16, 24].map((place) => Number(all.readBigUInt64LE(at + place))) as [
      number,
      number,
      number,
    ];
    const path = at + HEAD_BYTES;
    const data = path + first + second;
    if (data + length > all.length) break;
    const text = (from: number, size: number): string => all.toString("utf8", from, from + size);
    const bytes = all.subarray(data, data + length);
    operations.push(operationOf(kind, text(path, first), text(path + first, second), file, offset, bytes));
    at = data + length;
  }
  return operations;
}

/** What was reported to a process as being on disk: an entry's number and its hash in the chain. */
export interface Acknowledged {
  readonly seq: number;
  readonly hash: string;
}

/** The entry that a mark names, or null for another operation. */
export function acknowledgedOf(operation: DiskOperation): Acknowledged | null {
  if (operation.kind !== "mark") return null;
  const [word, seq, hash] = operation.text.split(" ");
  return word === "reported" && hash !== undefined ? { seq: Number(seq), hash } : null;
}
