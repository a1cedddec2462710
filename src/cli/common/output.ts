/**
 * What the commands print: data on stdout, messages on stderr, colours and progress only for a terminal.
 *
 * 1. With `--json` stdout holds exactly one JSON value (or one a line for `--watch`), and nothing else.
 * 2. `NO_COLOR`, `--no-color`, and a pipe each switch colours off.
 * 3. Text from outside is printed without control characters, so no file can write to the terminal.
 */

import { printable } from "../../shared/text/plain-text.ts";
import { machineValue } from "./machine-json.ts";

export interface Io {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths are read from. */
  readonly folder: string;
}

export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string;
  readonly right?: boolean;
}

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
type Style = keyof typeof STYLES;

const ESC = String.fromCharCode(27);
/** The sequences that `style` writes; nothing else that begins with an escape reaches a terminal. */
const OWN_STYLE = new RegExp(`(${ESC}\\[(?:0|${Object.values(STYLES).join("|")})m)`);

export class Output {
  readonly json: boolean;
  readonly #io: Io;
  readonly #color: boolean;
  #progressShown = false;

  constructor(io: Io, options: { readonly json: boolean; readonly color: boolean }) {
    this.#io = io;
    this.json = options.json;
    this.#color = options.color && !io.environment["NO_COLOR"] && io.stdout.isTTY === true;
  }

  /** True when both ends are a terminal, the only time a question may be asked. */
  get interactive(): boolean {
    return this.#io.stdout.isTTY === true && this.#io.stdin.isTTY === true && !this.json;
  }

  style(style: Style, text: string): string {
    return this.#color ? `\u001B[${STYLES[style]}m${text}\u001B[0m` : text;
  }

  /** Printable text that keeps its own styles: what was read from a file may at worst be coloured. */
  #clean(text: string): string {
    if (!this.#color) return printable(text);
    return text
      .split(OWN_STYLE)
      .map((part, index) => (index % 2 === 1 ? part : printable(part)))
      .join("");
  }

  /** A line of the command's result. */
  line(text = ""): void {
    this.#clearProgress();
    this.#io.stdout.write(`${this.#clean(text)}\n`);
  }

  /** The command's result as JSON; `compact` is one line, for results that come one after another. */
  value(value: unknown, compact = false): void {
    this.#clearProgress();
    this.#io.stdout.write(`${JSON.stringify(machineValue(value), null, compact ? 0 : 2)}\n`);
  }

  /** Something that a person should know; never part of the result. */
  message(text: string): void {
    this.#clearProgress();
    this.#io.stderr.write(`${printable(text)}\n`);
  }

  /** One line that is written over; only on a terminal. A function is called only there. */
  progress(shown: string | (() => string)): void {
    if (this.#io.stderr.isTTY !== true || this.json) return;
    const text = typeof shown === "string" ? shown : shown();
    // A line that wraps could not be written over.
    const width = (this.#io.stdout.columns ?? 80) - 1;
    this.#io.stderr.write(`\r\u001B[2K${printable(text).slice(0, width)}`);
    this.#progressShown = true;
  }

  #clearProgress(): void {
    if (!this.#progressShown) return;
    this.#io.stderr.write("\r\u001B[2K");
    this.#progressShown = false;
  }

  /** A table with aligned columns; nothing but its title row when there are no rows. */
  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): void {
    const cells = rows.map((row) => columns.map((column) => printable(column.of(row))));
    const widths = columns.map((column, index) =>
      Math.max(column.title.length, ...cells.map((line) => (line[index] ?? "").length)),
    );
    const print = (line: readonly string[]): string =>
      line
        .map((cell, index) =>
          columns[index]?.right === true ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
        )
        .join("  ")
        .trimEnd();
    this.line(this.style("dim", print(columns.map((column) => column.title))));
    for (const line of cells) this.line(print(line));
  }

  /** Names and values, one a line, the values under each other. */
  fields(rows: readonly (readonly [name: string, value: string])[]): void {
    const width = Math.max(...rows.map(([name]) => name.length));
    for (const [name, value] of rows) this.line(`${this.style("dim", name.padEnd(width))}  ${value}`);
  }
}
