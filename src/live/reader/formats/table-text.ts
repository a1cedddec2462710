/**
 * Rows of values as separated text, which the reader of tables takes.
 *
 * 1. A cell is quoted where it must be; a value that is missing is an empty cell.
 */
import { Buffer } from "node:buffer";

const CHUNK_CHARACTERS = 1 << 20;

const cellOf = (text: string): string => (/[",\n\r#]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Collects rows into one buffer, however many there are. */
export class TableText {
  readonly #chunks: Buffer[] = [];
  #text = "";

  row(cells: readonly string[]): void {
    let line = "";
    for (let at = 0; at < cells.length; at++)
      line += at === 0 ? cellOf(cells[at] as string) : `,${cellOf(cells[at] as string)}`;
    // A row of one empty cell is a row all the same.
    this.#text += line === "" ? '""\n' : `${line}\n`;
    if (this.#text.length > CHUNK_CHARACTERS) this.#flush();
  }

  bytes(): Buffer {
    this.#flush();
    return Buffer.concat(this.#chunks);
  }

  #flush(): void {
    this.#chunks.push(Buffer.from(this.#text, "utf8"));
    this.#text = "";
  }
}
