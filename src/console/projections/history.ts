/**
 * A bounded series that keeps its whole span: the newest rows as they came, older ones at a falling resolution.
 *
 * 1. It never holds more rows than its limit, whatever was added; the first row and the newest half of the limit stay as they are.
 * 2. Four neighbouring rows of equal resolution become two, and `thin` decides which, so that extremes survive.
 * 3. Rows keep their order and their keys; the value is the same object until a row is added.
 */

/** Makes two rows of four neighbours, oldest first. */
export type Thin<Row> = (group: readonly [Row, Row, Row, Row]) => readonly [Row, Row];

/** A row of a saved series. */
export interface Kept<Row> {
  readonly key: string;
  readonly row: Row;
  /** How many rows it stands for, about. */
  readonly weight: number;
}

export interface HistoryState<Row> {
  readonly rows: readonly Kept<Row>[];
  readonly added: number;
  readonly weightMax: number;
}

export class History<Row> {
  readonly #limit: number;
  readonly #thin: Thin<Row>;
  #rows: Kept<Row>[] = [];
  #added = 0;
  #weightMax = 1;
  #value: Record<string, Row> | null = null;

  /** `limit`: the largest number of rows, at least 32 for extremes to survive; `Infinity` keeps all of them. */
  constructor(limit: number, thin: Thin<Row>) {
    this.#limit = limit;
    this.#thin = thin;
  }

  /** Rows that were ever added. */
  get added(): number {
    return this.#added;
  }

  add(row: Row): void {
    this.#rows.push({ key: String(this.#added), row, weight: 1 });
    this.#added += 1;
    this.#value = null;
    while (this.#rows.length > this.#limit) this.#compress();
  }

  /** The rows, oldest first. */
  rows(): Row[] {
    return this.#rows.map(({ row }) => row);
  }

  /** The rows by their numbers; the same object until a row is added. */
  value(): Record<string, Row> {
    this.#value ??= Object.fromEntries(this.#rows.map(({ key, row }) => [key, row]));
    return this.#value;
  }

  /** What `restore` of an empty series continues from. */
  state(): HistoryState<Row> {
    return { rows: [...this.#rows], added: this.#added, weightMax: this.#weightMax };
  }

  restore({ rows, added, weightMax }: HistoryState<Row>): void {
    this.#rows = [...rows];
    this.#added = added;
    this.#weightMax = weightMax;
    this.#value = null;
  }

  /** Thins what is older than the newest half, and everything there once before anything twice. */
  #compress(): void {
    const whole = this.#rows.length - Math.floor(this.#limit / 2);
    if (whole < 5) {
      // Too short for groups of four: the oldest but the first goes.
      this.#rows.splice(1, 1);
      return;
    }
    const kept: Kept<Row>[] = this.#rows.slice(0, 1);
    let index = 1;
    let thinned = false;
    while (index < whole) {
      const group = this.#rows.slice(index, Math.min(index + 4, whole));
      const [a, b, c, d] = group;
      if (a === undefined) break;
      if (b === undefined || c === undefined || d === undefined || group.some((one) => one.weight > this.#weightMax)) {
        kept.push(a);
        index += 1;
        continue;
      }
      const weight = (a.weight + b.weight + c.weight + d.weight) / 2;
      const [first, second] = this.#thin([a.row, b.row, c.row, d.row]);
      kept.push({ key: a.key, row: first, weight }, { key: c.key, row: second, weight });
      thinned = true;
      index += 4;
    }
    // Nothing left of this resolution: the next pass takes rows that were thinned as often.
    if (!thinned) this.#weightMax *= 2;
    this.#rows = [...kept, ...this.#rows.slice(index)];
  }
}
