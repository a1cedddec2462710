/**
 * The market data files of a workspace, with what each holds.
 *
 * 1. A file is read once for each of its versions, beside everything else, one file after another.
 * 2. Links that lead out of the folder, hidden files and files that are no data are not listed.
 */
import { lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DataFile, DataReading } from "../../shared/contract/contract-data.ts";
import { CodedError, shapeOf } from "../../shared/errors.ts";
import type { DataThread, ReadResult } from "../../live/data/index.ts";
import { resolveInside, type Workspace } from "../../store/index.ts";

const FILES_MAX = 500;
const DEPTH_MAX = 3;
/** Notes, settings and profiles beside the data. */
const NO_DATA = /\.(ya?ml|md|lock|html?|pdf|ts|js|factors\.csv)$/i;

interface Known {
  readonly key: string;
  state: DataFile["state"];
  reading: DataReading | null;
}

/** What a reader gave, as the contract has it. */
export function readingOf({ files, series }: ReadResult): DataReading {
  return {
    files: files.map((file) => {
      const { name, layout, understood, columns, symbols, rows, bars, repeated, firstOpen, last, interval, unit } =
        file;
      const { order, stamp, timeZone, samples, questions, gaps, gapsTotal, jumps, jumpsTotal, refusedTotal } = file;
      return {
        name,
        layout,
        understood,
        columns: { ...columns },
        symbols: [...symbols],
        rows,
        bars,
        repeated,
        firstOpen,
        last,
        interval,
        unit,
        order,
        stamp,
        timeZone,
        gapsTotal,
        jumpsTotal,
        refusedTotal,
        samples: samples.map((sample) => ({ ...sample })),
        questions: questions.map((question) => ({ ...question, choices: question.choices.map((one) => ({ ...one })) })),
        gaps: gaps.map((gap) => ({ ...gap })),
        jumps: jumps.map((jump) => ({ ...jump })),
        refusals: file.refusals.map(({ rule, count, first }) => ({
          rule,
          count,
          first: first.map(({ row, reason }) => ({ row, reason })),
        })),
        notes: [...file.notes],
      };
    }),
    series: series.map((one) => ({ ...one })),
    unreadable: null,
  };
}

/** A file that cannot be read, with its open question. What is no expected failure is thrown again. */
export function unreadableOf(error: unknown): DataReading {
  if (!(error instanceof CodedError) || error.code === "internal" || error.code === "wrong_state") throw error;
  const question = (error.detail?.["question"] ?? null) as NonNullable<DataReading["unreadable"]>["question"];
  return { files: [], series: [], unreadable: { message: error.message, question } };
}

export class DataLibrary {
  readonly #workspace: Workspace;
  readonly #thread: DataThread;
  readonly #problem: (line: string) => void;
  readonly #known = new Map<string, Known>();
  #reading = false;

  constructor(workspace: Workspace, thread: DataThread, problem: (line: string) => void) {
    this.#workspace = workspace;
    this.#thread = thread;
    this.#problem = problem;
  }

  /** The files by name, and how many more there are; begins to read those that changed. */
  list(): { readonly files: DataFile[]; readonly more: number } {
    const names = this.#names(this.#workspace.data, "", 0);
    const files = names.slice(0, FILES_MAX).flatMap((name) => this.#file(name) ?? []);
    const present = new Set(files.map(({ name }) => name));
    for (const name of this.#known.keys()) if (!present.has(name)) this.#known.delete(name);
    if (!this.#reading) void this.#readAll();
    return { files, more: Math.max(0, names.length - FILES_MAX) };
  }

  /** The path of a listed file. Throws `outside_workspace` or `not_found`. */
  pathOf(name: string): string {
    const path = resolveInside(this.#workspace, this.#workspace.data, name);
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
      throw new CodedError("not_found", `There is no file ${name} in ${this.#workspace.data}.`, { name });
    return path;
  }

  #names(folder: string, above: string, depth: number): string[] {
    const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return entries.flatMap((entry) => {
      const name = above + entry.name;
      if (entry.name.startsWith(".")) return [];
      if (entry.isDirectory())
        return depth < DEPTH_MAX ? this.#names(join(folder, entry.name), `${name}/`, depth + 1) : [];
      return NO_DATA.test(entry.name) || !(entry.isFile() || entry.isSymbolicLink()) ? [] : [name];
    });
  }

  #file(name: string): DataFile | null {
    try {
      const found = lstatSync(this.pathOf(name)).isSymbolicLink()
        ? statSync(this.pathOf(name))
        : lstatSync(this.pathOf(name));
      const key = `${found.size} ${found.mtimeMs}`;
      let known = this.#known.get(name);
      if (known?.key !== key) {
        known = { key, state: "waiting", reading: null };
        this.#known.set(name, known);
      }
      const { state, reading } = known;
      return { name, bytes: found.size, changedMs: Math.floor(found.mtimeMs), state, reading };
    } catch {
      // It leads out of the folder, or is gone by now.
      return null;
    }
  }

  async #readAll(): Promise<void> {
    this.#reading = true;
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) {
        const [name, known] = next;
        known.state = "reading";
        try {
          known.reading = await this.#read(name);
          known.state = known.reading.unreadable === null ? "read" : "unreadable";
        } catch (error) {
          const { message } = shapeOf(error);
          known.state = "unreadable";
          known.reading = { files: [], series: [], unreadable: { message, question: null } };
          this.#problem(`Reading ${name}: ${message}`);
        }
      }
    } finally {
      this.#reading = false;
    }
  }

  #next(): [string, Known] | undefined {
    return [...this.#known].find(([, { state }]) => state === "waiting");
  }

  async #read(name: string): Promise<DataReading> {
    try {
      return readingOf(await this.#thread.run({ kind: "read", path: this.pathOf(name), options: {} }));
    } catch (error) {
      return unreadableOf(error);
    }
  }
}
