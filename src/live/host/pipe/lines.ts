/**
 * Texts of one line each out of a stream of bytes.
 *
 * 1. A line is UTF-8 and ends with a line feed; a text of JSON has none within it.
 * 2. Zero bytes are no part of any text: they only end a wait, and may lie anywhere.
 * 3. A line of more than `LINE_BYTES_MAX` bytes is given out as an empty text, which no reader takes for a message.
 */
import { Buffer } from "node:buffer";

/** Four bytes for each character of the longest message. */
const LINE_BYTES_MAX = 128_000_000;
const LINE_FEED = 0x0a;

/** A piece without its zero bytes. */
function withoutZeros(piece: Buffer): Buffer {
  return piece.includes(0) ? Buffer.from(piece.filter((byte) => byte !== 0)) : piece;
}

export class Lines {
  readonly #receive: (text: string) => void;
  /** Pieces of a line that has not ended. */
  #begun: Buffer[] = [];
  #bytes = 0;

  constructor(receive: (text: string) => void) {
    this.#receive = receive;
  }

  /** Takes bytes, which may be used again afterwards; answers how many lines ended in them. */
  take(bytes: Buffer): number {
    const piece = withoutZeros(bytes);
    let lines = 0;
    let from = 0;
    for (let end = piece.indexOf(LINE_FEED); end >= 0; end = piece.indexOf(LINE_FEED, from)) {
      const text = this.#lineOf(piece, from, end);
      from = end + 1;
      lines += 1;
      this.#receive(text);
    }
    if (from < piece.length) this.#keep(piece.subarray(from));
    return lines;
  }

  #lineOf(piece: Buffer, from: number, end: number): string {
    if (this.#begun.length === 0) return piece.toString("utf8", from, end);
    const line = Buffer.concat([...this.#begun, piece.subarray(from, end)]).toString("utf8");
    this.#begun = [];
    this.#bytes = 0;
    return line;
  }

  #keep(rest: Buffer): void {
    this.#bytes += rest.length;
    if (this.#bytes <= LINE_BYTES_MAX) {
      this.#begun.push(Buffer.from(rest));
      return;
    }
    this.#begun = [];
    this.#bytes = 0;
    this.#receive("");
  }
}
