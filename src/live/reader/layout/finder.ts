/**
 * A header under examination: its names, a sample of its rows, and the layout that comes of both.
 *
 * 1. Every column that is used is named in `used`, so that a person sees what was taken for what.
 * 2. Two columns of one name are a fault where a bar needs one of them and their cells differ.
 */
import { bareName, NAMES, type Role } from "./names.ts";

/** The columns of one symbol's prices; -1 for a column that the file does not have. */
export interface PriceColumns {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** A second column that is added to the volume. */
  readonly volumeMore: number;
}

export interface Layout extends PriceColumns {
  readonly kind: "bars" | "trades" | "quotes";
  readonly name: string;
  readonly logos: boolean;
  /** Cells that a row needs for time, prices and volume. */
  readonly needed: number;
  /** Cells that the header has. */
  readonly width: number;
  readonly time: number;
  readonly clock: number;
  readonly closeTime: number;
  readonly symbol: number;
  readonly period: number;
  readonly price: number;
  readonly quantity: number;
  readonly id: number;
  readonly bid: number;
  readonly ask: number;
  readonly split: number;
  readonly dividend: number;
  /** Of files that this program keeps; elsewhere a spread is often counted in points, and the price is not the middle. */
  readonly spread: number;
  readonly stamp: "open" | "close" | null;
  readonly stampUnclear: boolean;
  readonly zone: string | null;
  /** Whether the header says the zone. */
  readonly zoneSaid: boolean;
  readonly scale: number;
  /** Prices of several symbols side by side; empty for a table of one symbol a row. */
  readonly wide: readonly (PriceColumns & { readonly of: string })[];
  /** A symbol that the header names. */
  readonly symbolSaid: string | null;
  /** Role → the name of its column. */
  readonly used: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** What a header lacks to be one. */
export interface NoLayout {
  readonly missing: readonly string[];
  readonly twice: string | null;
}

export type Sample = readonly (readonly string[])[];

/** The share of a column's filled cells that pass a test. */
export const share = (sample: Sample, column: number, test: (cell: string) => boolean): number => {
  const cells = sample.map((row) => row[column] ?? "").filter((cell) => cell !== "");
  return cells.length === 0 ? 0 : cells.filter(test).length / cells.length;
};

export class Finder {
  readonly names: readonly string[];
  readonly cells: readonly string[];
  readonly sample: Sample;
  readonly used = new Map<string, string>();
  readonly notes: string[] = [];
  twice: string | null = null;

  constructor(cells: readonly string[], sample: Sample) {
    this.cells = cells;
    this.names = cells.map(bareName);
    this.sample = sample;
  }

  all(role: Role): number[] {
    return NAMES[role].flatMap((name) => this.names.flatMap((found, at) => (found === name ? [at] : [])));
  }

  /** The column of a role. Two of one name are a fault where their cells differ. */
  one(role: Role, strict = false): number {
    const [first = -1, ...others] = this.all(role);
    const same = others.filter((at) => this.names[at] === this.names[first]);
    if (strict && same.some((at) => this.sample.length === 0 || this.sample.some((row) => row[at] !== row[first])))
      this.twice ??= this.cells[first] as string;
    return first;
  }

  /** A column's name in quotes; with its number where the header has the name more than once. */
  titled(column: number): string {
    const title = `"${this.cells[column]}"`;
    return this.cells.filter((cell) => cell === this.cells[column]).length > 1
      ? `${title} (column ${column + 1})`
      : title;
  }

  use(role: string, column: number): number {
    if (column >= 0)
      this.used.set(role, this.cells[column] === "" ? `column ${column + 1}` : (this.cells[column] as string));
    return column;
  }
}

/** No columns of prices. */
export const NONE: PriceColumns = { open: -1, high: -1, low: -1, close: -1, volume: -1, volumeMore: -1 };

/** A whole layout of the parts that a file has. */
export function shape(finder: Finder, name: string, parts: Partial<Layout> & Pick<Layout, "kind" | "time">): Layout {
  const whole = {
    ...NONE,
    name,
    logos: false,
    clock: -1,
    closeTime: -1,
    symbol: -1,
    period: -1,
    price: -1,
    quantity: -1,
    id: -1,
    bid: -1,
    ask: -1,
    split: -1,
    dividend: -1,
    spread: -1,
    stamp: null,
    stampUnclear: false,
    zone: null,
    zoneSaid: false,
    scale: 0,
    wide: [],
    symbolSaid: null,
    width: finder.cells.length,
    used: finder.used,
    notes: finder.notes,
    ...parts,
  };
  const { time, clock, symbol, open, high, low, close, volume, price, quantity, bid, ask } = whole;
  const needed = 1 + Math.max(time, clock, symbol, open, high, low, close, volume, price, quantity, bid, ask);
  return { ...whole, needed };
}
