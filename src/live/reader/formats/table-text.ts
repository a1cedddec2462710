/**
 * Rows of values as separated text, which the reader of tables takes.
 *
 * 1. A cell is quoted where it must be; a value that is missing is an empty cell.
 * 2. The text is of at most `TEXT_BYTES_MAX`: a file may hold one long text once and repeat it in every row.
 */
import { Buffer } from "node:buffer";
import { tooLarge } from "../table/imported.ts";

const CHUNK_CHARACTERS = 1 << 20;
export const TEXT_BYTES_MAX = 2 * 1024 * 1024 * 1024;

const cellOf = (text: string): string => (/[",\n\r#]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Collects rows into one buffer, however many there are. */
export class TableText {
  readonly #chunks: Buffer[] = [];
  readonly #name: string;
  readonly #max: number;
  #bytes = 0;
  #text = "";

  constructor(name: string, max: number = TEXT_BYTES_MAX) {
    this.#name = name;
    this.#max = max;
  }

  row(cells: readonly string[]): void {
    let line = "";
    for (let at = 0; at < cells.length; at++)
      line += at === 0 ? cellOf(cells[at] as string) : `,${cellOf(cells[at] as string)}`;
    // A row of one empty cell is a row all the same.
    this.#text += line === "" ? '""\n' : `${line}\n`;
    if (this.#text.length > CHUNK_CHARACTERS) this.#flush();
  }

  /** Throws `too_large`, as `row` does. */
  bytes(): Buffer {
    this.#flush();
    return Buffer.concat(this.#chunks);
  }

  #flush(): void {
    const chunk = Buffer.from(this.#text, "utf8");
    this.#text = "";
    this.#bytes += chunk.length;
    if (this.#bytes > this.#max)
      throw tooLarge(this.#name, null, "unpacked_size", `its rows are more than ${this.#max} bytes of text; split it.`);
    this.#chunks.push(chunk);
  }
}
