/**
 * What the simulated power cut may and may not take, seen on small logs; and that a whole log gives the disk that is there.
 */
import { describe, expect, it } from "vitest";
import { createStream } from "../../../src/orchestrator/index.ts";
import { PowerLossDisk } from "./power-loss.ts";
import type { DiskOperation } from "./write-log.ts";

const TOP = "/disk";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The different images of many cuts behind some operations, each as text. */
function imagesOf(operations: readonly DiskOperation[], sector = 512): Set<string> {
  const stream = createStream("images", "power-loss");
  const disk = new PowerLossDisk(TOP);
  for (const operation of operations) disk.follow(operation);
  const found = new Set<string>();
  for (let number = 0; number < 400; number++) {
    const image = disk.image(
      () => stream.next(),
      sector,
      () => true,
    );
    found.add([...image].map(([path, content]) => `${path}=${Buffer.from(content).toString("latin1")}`).join(";"));
  }
  return found;
}

const made: readonly DiskOperation[] = [
  { kind: "create", path: `${TOP}/a`, file: 1 },
  { kind: "write", file: 1, offset: 0, bytes: bytes("old") },
];
const synced: readonly DiskOperation[] = [
  ...made,
  { kind: "sync", file: 1, path: `${TOP}/a` },
  { kind: "syncFolder", path: TOP },
];

describe("a power cut", () => {
  it("takes nothing that was synced, name and bytes", () => {
    expect([...imagesOf(synced)]).toEqual(["a=old"]);
  });

  it("takes a name whose folder was not synced, and bytes whose file was not", () => {
    const unnamed = imagesOf([...made, { kind: "sync", file: 1, path: `${TOP}/a` }]);
    expect([...unnamed].toSorted()).toEqual(["", "a=old"]);
    const unwritten = imagesOf([...made, { kind: "syncFolder", path: TOP }]);
    for (const image of ["a=", "a=old", "a=o", "a=\0\0\0"]) expect(unwritten, image).toContain(image);
  });

  it("leaves the old file or the new one of a rename, and harms no byte beside a write", () => {
    const replaced = imagesOf([
      ...synced,
      { kind: "create", path: `${TOP}/b`, file: 2 },
      { kind: "write", file: 2, offset: 0, bytes: bytes("new") },
      { kind: "sync", file: 2, path: `${TOP}/b` },
      { kind: "rename", path: `${TOP}/b`, to: `${TOP}/a`, file: 2 },
    ]);
    expect([...replaced].toSorted()).toEqual(["a=new", "a=old", "a=old;b=new"]);
    for (const image of imagesOf([...synced, { kind: "write", file: 1, offset: 1, bytes: bytes("L") }]))
      expect(image).toMatch(/^a=o[^]d$/);
  });

  it("keeps a later sector without an earlier one", () => {
    const two = Buffer.alloc(8, "x");
    const images = imagesOf(
      [
        { kind: "create", path: `${TOP}/a`, file: 1 },
        { kind: "syncFolder", path: TOP },
        { kind: "write", file: 1, offset: 0, bytes: two },
      ],
      4,
    );
    expect(images).toContain("a=\0\0\0\0xxxx");
    expect(images).toContain("a=xxxx");
  });
});
