/** The first lines of a file: whole ones, and none where they would mean nothing. */
import { gzipSync } from "node:zlib";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HEAD_BYTES, headOf } from "../../../src/live/data/head.ts";
import { temporaryFolder } from "../../console/sim/hosts.ts";

const LONG = 1024 * 1024;

function written(content: Uint8Array | string): string {
  const path = join(temporaryFolder(), "file");
  writeFileSync(path, content);
  return path;
}

/** Lines of the drawn lengths, over and over, until the file is long enough. */
function linesOf(lengths: readonly number[]): string {
  let text = "";
  for (let index = 0; text.length < LONG; index += 1)
    text += `${"7".repeat(lengths[index % lengths.length] as number)}\n`;
  return text;
}

describe("the head of a file", () => {
  it("is whole lines, as many as fit", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9_000 }), { minLength: 1, maxLength: 8 }), (lengths) => {
        const text = linesOf([...lengths, 40]);
        const head = Buffer.from(headOf(written(text)) as Uint8Array).toString();
        expect(text.startsWith(head)).toBe(true);
        expect(head.endsWith("\n")).toBe(true);
        const next = text.indexOf("\n", head.length);
        expect(next + 1).toBeGreaterThan(HEAD_BYTES);
      }),
      { seed: 7, numRuns: 20 },
    );
  });

  it("is nothing of a short, packed, binary or two-byte file, of one JSON document, or of one endless line", () => {
    const text = linesOf([40]);
    const random = Buffer.from(
      Array.from({ length: 2 * LONG }, (_, index) => 33 + ((index * 7_919 * (index % 97)) % 90)),
    );
    for (const content of [
      "time,close\n1,2\n",
      Buffer.concat([gzipSync("x"), random]),
      Buffer.from(`\uFEFF${text}`, "utf16le"),
      `[${text}]`,
      "7".repeat(LONG),
      Buffer.concat([Buffer.from(text.slice(0, 1_000)), Buffer.alloc(LONG)]),
    ])
      expect(headOf(written(content))).toBeNull();
  });
});
