/**
 * Lines out of bytes, against splitting the whole at once.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Lines } from "../../../../src/live/host/pipe/lines.ts";

const SEED = 20_261;

/** Cuts bytes at some places, and puts a zero byte at each cut that asks for one. */
function piecesOf(bytes: Buffer, cuts: readonly (readonly [at: number, zero: boolean])[]): Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const [at, zero] of cuts
    .map(([share, zero]) => [Math.floor(share * bytes.length), zero] as const)
    .toSorted((a, b) => a[0] - b[0])) {
    pieces.push(bytes.subarray(from, at));
    if (zero) pieces.push(Buffer.alloc(1));
    from = at;
  }
  return [...pieces, bytes.subarray(from)];
}

describe("lines", () => {
  it("are the same however the bytes are cut, and zero bytes are no part of them", () => {
    const text = fc.string({ unit: "grapheme" }).map((value) => JSON.stringify(value));
    const cut = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean());
    fc.assert(
      fc.property(fc.array(text), fc.array(cut), fc.boolean(), (texts, cuts, joined) => {
        const received: string[] = [];
        const lines = new Lines((line) => received.push(line));
        const pieces = piecesOf(Buffer.from(texts.map((one) => `${one}\n`).join("")), cuts);
        let ended = 0;
        // A reader uses its memory again for the next piece.
        for (const piece of joined ? [Buffer.concat(pieces)] : pieces) {
          const memory = Buffer.from(piece);
          ended += lines.take(memory);
          memory.fill(0x78);
        }
        expect(received).toEqual(texts);
        expect(ended).toBe(texts.length);
      }),
      { seed: SEED },
    );
  });

  it("that never end are given out as an empty text before they fill the memory", () => {
    const received: string[] = [];
    const lines = new Lines((line) => received.push(line));
    const piece = Buffer.alloc(32_000_000, "x");
    for (let index = 0; index < 5; index += 1) lines.take(piece);
    expect(received).toEqual([""]);
  });
});
