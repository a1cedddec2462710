/**
 * Reads the fields of one strategy or one symbol: each by its kind, with a default or without.
 *
 * 1. A value that breaks its rule is a complaint at its own place, with the nearest valid word where there are words.
 * 2. A field that is missing is reported only when no key of the map is unknown: the unknown one is probably it, misspelled.
 * 3. Every field that was read leaves a row that says where it came from.
 */
import { shown, type DeskDocument, type Spot } from "./document.ts";
import { defaultRow, fileRow, type ConfigRow } from "./config-rows.ts";
import { nearest } from "./spelling.ts";
import { readValue, type Kind } from "./values.ts";

/** Reads one scalar by its kind; null after a complaint. */
export function readScalar<T>(document: DeskDocument, spot: Spot, kind: Kind<T>): { readonly value: T } | null {
  const written = document.scalar(spot, kind.rule);
  if (written === null) return null;
  if (kind.bare && written.quoted) {
    document.complain(spot, `is the text ${shown(written.text)}; ${kind.rule} without quotes`);
    return null;
  }
  const result = readValue(kind, written.text);
  if (result === null)
    document.complain(spot, `is ${shown(written.text)}; ${kind.rule}`, nearest(written.text, kind.words()));
  return result;
}

/** One key that holds one value: its kind, what an absent one means in words, and what it is for. */
export interface FieldRule {
  readonly key: string;
  readonly kind: Kind<unknown>;
  readonly fallback: string;
  readonly means: string;
}

export class Fields {
  readonly document: DeskDocument;
  readonly rows: ConfigRow[];
  readonly #entries: Map<string, Spot>;
  readonly #spot: Spot;
  readonly #whole: boolean;
  /** The path under which rows are named. */
  label: string;
  /** What the fields mean, in a sentence each. */
  means: Readonly<Record<string, string>> = {};
  /** Whether a required field was missing or broken. */
  broken = false;

  constructor(
    document: DeskDocument,
    rows: ConfigRow[],
    spot: Spot,
    keys: readonly string[],
    entries: Map<string, Spot>,
  ) {
    this.document = document;
    this.rows = rows;
    this.#entries = entries;
    this.#spot = spot;
    this.#whole = [...entries.keys()].every((key) => keys.includes(key));
    this.label = spot.path;
  }

  spot(key: string): Spot | undefined {
    return this.#entries.get(key);
  }

  /** Notes where a value came from. */
  note(key: string, value: string): void {
    const spot = this.#entries.get(key);
    const name = `${this.label}.${key}`;
    const means = this.means[key] ?? "";
    this.rows.push(
      spot === undefined
        ? defaultRow(name, value, means)
        : fileRow(name, value, this.document.where(spot.offset), means),
    );
  }

  /** A field that must be there. Gives `stand` after a complaint, so that reading can continue. */
  required<T>(key: string, kind: Kind<T>, stand: T): T {
    if (this.#entries.has(key)) return this.optional(key, kind, stand);
    this.missing(key, kind.rule);
    return stand;
  }

  missing(key: string, rule: string): void {
    this.broken = true;
    if (this.#whole) this.document.complain(this.#spot, `lacks ${key}; ${rule}`);
  }

  optional<T>(key: string, kind: Kind<T>, fallback: T): T {
    const spot = this.#entries.get(key);
    const read = spot === undefined ? { value: fallback } : readScalar(this.document, spot, kind);
    if (read === null) this.broken = true;
    const value = read === null ? fallback : read.value;
    if (key !== "name" && key !== "symbol") this.note(key, kind.write(value));
    return value;
  }
}
