/**
 * Questions to the archive: a page of rows by any filter, range and order, how many there are, and what they fall into.
 *
 * 1. A page begins right behind the row that its cursor names, so two pages have neither a hole nor a double between them, whatever
 *    was added meanwhile.
 * 2. Every word of a filter must be in a text of the row: strategy, symbol, state, type, cause, reason, order id. Case does not count.
 * 3. What is absent comes last, whichever way a column is sorted.
 * 4. Many matches are walked along the column's index; few are put in order in memory. Neither reads rows that are not shown.
 */
import { CodedError } from "../../shared/errors.ts";
import type { Database } from "../../store/index.ts";
import { COLUMNS, ID_COLUMN, SORTED_BY, type ArchiveTable } from "./schema.ts";

/** Matches that are put in order in memory; more are walked along an index. */
const SORTED_MAX = 50_000;
/** Filters whose matches are remembered until the archive changes. */
const MATCHES_MAX = 8;
/** Texts that are put in order as people read them; more go by their letters. */
const NAMES_SORTED_MAX = 20_000;

export interface ArchiveFilter {
  readonly table: ArchiveTable;
  readonly words: string;
  /** Column by column, one of these texts. */
  readonly where: Readonly<Record<string, readonly string[]>>;
  /** Moments, both included; null: open. */
  readonly from: number | null;
  readonly to: number | null;
}

export interface ArchiveQuery extends ArchiveFilter {
  /** `at`, or a column of the table. */
  readonly sort: string;
  readonly descending: boolean;
  readonly after: string | null;
  readonly limit: number;
}

export interface Found {
  /** Numbers of rows, in order. */
  readonly seqs: readonly number[];
  readonly total: number;
  /** For the next page; null when there is none. */
  readonly next: string | null;
}

interface Conditions {
  readonly sql: string;
  readonly params: readonly (string | number)[];
}

/** Where a page begins: behind a row's value and number. */
interface Place {
  readonly value: number | string | null;
  readonly seq: number;
}

const collator = new Intl.Collator("en", { numeric: true });
const ALL: Conditions = { sql: "1", params: [] };
const NONE: Conditions = { sql: "0", params: [] };

/** What a part of the router's order ids looks like; any other word is not looked for among them. */
const ORDER_ID_PART = /^(?:r?o?u?t?e?r?-)?\d+$|^r?o?u?t?e?r?-?$/i;
const FILL_ID_PART = /^[a-z]{0,8}[-:]?\d+$/i;
/** Numbers that are written into a statement; more are looked up by it. */
const IN_STATEMENT_MAX = 1_000;

/** Rows with one of these codes. The codes are the database's own numbers, so they may be part of the statement. */
const oneOf = (column: string, codes: readonly number[]): Conditions =>
  codes.length === 0 ? NONE : { sql: `"${column}" IN (${codes.join(", ")})`, params: [] };

const escaped = (word: string): string => word.replaceAll(/[\\%_]/g, (found) => `\\${found}`);

export class ArchiveQueries {
  readonly #database: Database;
  readonly #totals = new Map<string, number>();
  readonly #matches = new Map<string, readonly number[] | null>();
  readonly #sortedMax: number;
  #version = "";

  /** `sortedMax`: matches that are put in order in memory. */
  constructor(database: Database, sortedMax: number = SORTED_MAX) {
    this.#database = database;
    this.#sortedMax = sortedMax;
  }

  /** A page. Throws `invalid_input` for a column that the table does not have or a cursor that is none. */
  page(query: ArchiveQuery): Found {
    const conditions = this.#conditions(query);
    const after = query.after === null ? null : placeOf(query.after);
    const own = Object.hasOwn(SORTED_BY[query.table], query.sort) ? SORTED_BY[query.table][query.sort] : undefined;
    const codes = own === undefined ? codesOf(query.table, query.sort) : null;
    const sorted = own === undefined ? query : { ...query, sort: own };
    const few = this.#few(query, conditions);
    const total = few?.length ?? this.#total(query, conditions);
    const places =
      own === "seq"
        ? few === null
          ? this.#bySeq(query, conditions, after)
          : pickedBySeq(few, query, after)
        : few !== null
          ? this.#inMemory(sorted, conditions, codes, after)
          : codes === "names"
            ? this.#alongNames(sorted, conditions, after)
            : this.#alongNumbers(sorted, conditions, after);
    const page = places.slice(0, query.limit);
    const last = page.at(-1);
    const more = places.length > query.limit && last !== undefined;
    return { seqs: page.map(({ seq }) => seq), total, next: more ? JSON.stringify([last.value, last.seq]) : null };
  }

  /** How many matches there are of each text of a column. */
  facets(filter: ArchiveFilter, column: string): { readonly name: string; readonly count: number }[] {
    const codes = codesOf(filter.table, column);
    if (codes === null) return [];
    const { sql, params } = this.#conditions(filter);
    const rows = this.#database
      .prepare(`SELECT "${column}" AS code, count(*) AS count FROM ${filter.table} WHERE ${sql} GROUP BY 1`)
      .all(...params) as { code: number | null; count: number }[];
    return rows
      .flatMap(({ code, count }) => (code === null ? [] : [{ name: this.#textOf(codes, code), count }]))
      .toSorted((a, b) => b.count - a.count || collator.compare(a.name, b.name));
  }

  /** The numbers of every match in the order of time, from the newest or the oldest, some at a time. */
  *all(filter: ArchiveFilter, descending: boolean, limit = 2_000): Generator<readonly number[]> {
    const conditions = this.#conditions(filter);
    let after: Place | null = null;
    for (;;) {
      const query: ArchiveQuery = { ...filter, sort: "at", descending, after: null, limit: limit - 1 };
      const places: Place[] = this.#bySeq(query, conditions, after);
      if (places.length > 0) yield places.map(({ seq }) => seq);
      after = places.at(-1) ?? null;
      if (places.length < limit) return;
    }
  }

  count(filter: ArchiveFilter): number {
    return this.#total(filter, this.#conditions(filter));
  }

  /** Totals that were counted hold for one state of the archive. */
  changed(version: string): void {
    if (version === this.#version) return;
    this.#version = version;
    this.#totals.clear();
    this.#matches.clear();
  }

  /** The numbers of all matches of a filter, oldest first, where they are few; null where they are many or everything is asked for. */
  #few(filter: ArchiveFilter, { sql, params }: Conditions): readonly number[] | null {
    if (sql === ALL.sql && this.#total(filter, ALL) > this.#sortedMax) return null;
    const key = keyOf(filter);
    const known = this.#matches.get(key);
    if (known !== undefined) return known;
    const seqs = this.#database
      .prepare(`SELECT seq FROM ${filter.table} WHERE ${sql} LIMIT ${this.#sortedMax + 1}`)
      .pluck()
      .all(...params) as number[];
    const few = seqs.length > this.#sortedMax ? null : seqs.toSorted((a, b) => a - b);
    if (this.#matches.size >= MATCHES_MAX) this.#matches.clear();
    this.#matches.set(key, few);
    return few;
  }

  #total(filter: ArchiveFilter, { sql, params }: Conditions): number {
    const key = keyOf(filter);
    const known = this.#totals.get(key);
    if (known !== undefined) return known;
    const total = this.#database
      .prepare(`SELECT count(*) FROM ${filter.table} WHERE ${sql}`)
      .pluck()
      .get(...params) as number;
    this.#totals.set(key, total);
    return total;
  }

  #conditions({ table, words, where, from, to }: ArchiveFilter): Conditions {
    const parts: Conditions[] = words
      .split(/\s+/)
      .filter((word) => word !== "")
      .map((word) => this.#word(table, word));
    for (const [column, texts] of Object.entries(where)) parts.push(this.#among(table, column, texts));
    if (from !== null) parts.push({ sql: "at >= ?", params: [from] });
    if (to !== null) parts.push({ sql: "at <= ?", params: [to] });
    if (parts.length === 0) return ALL;
    return { sql: parts.map(({ sql }) => `(${sql})`).join(" AND "), params: parts.flatMap(({ params }) => params) };
  }

  #word(table: ArchiveTable, word: string): Conditions {
    const like = `%${escaped(word)}%`;
    const parts = Object.entries(COLUMNS[table]).map(([column, codes]): Conditions => {
      if (codes === null) return NONE;
      if (codes === "names") return this.#named(column, like);
      const found = codes.flatMap((text, code) =>
        `${text} ${text.replaceAll("_", " ")}`.includes(word.toLowerCase()) ? [code] : [],
      );
      return oneOf(column, found);
    });
    if (ORDER_ID_PART.test(word) || table === "rejections")
      parts.push({ sql: `${ID_COLUMN[table]} LIKE ? ESCAPE '\\'`, params: [like] });
    if (table === "fills" && FILL_ID_PART.test(word)) parts.push({ sql: "fill_id LIKE ? ESCAPE '\\'", params: [like] });
    const some = parts.filter((part) => part !== NONE);
    if (some.length === 0) return NONE;
    return { sql: some.map(({ sql }) => sql).join(" OR "), params: some.flatMap(({ params }) => params) };
  }

  /** The rows whose column has a text that is like this. */
  #named(column: string, like: string): Conditions {
    const matching = "SELECT id FROM names WHERE kind = ? AND text LIKE ? ESCAPE '\\'";
    const known = this.#database
      .prepare(`${matching} LIMIT ${IN_STATEMENT_MAX + 1}`)
      .pluck()
      .all(column, like) as number[];
    return known.length <= IN_STATEMENT_MAX
      ? oneOf(column, known)
      : { sql: `"${column}" IN (${matching})`, params: [column, like] };
  }

  #among(table: ArchiveTable, column: string, texts: readonly string[]): Conditions {
    const codes = codesOf(table, column);
    if (codes === null) throw columnError(table, column);
    const found =
      codes === "names"
        ? texts.flatMap((text) => {
            const id = this.#database
              .prepare("SELECT id FROM names WHERE kind = ? AND text = ?")
              .pluck()
              .get(column, text);
            return typeof id === "number" ? [id] : [];
          })
        : texts.map((text) => codes.indexOf(text)).filter((code) => code >= 0);
    return oneOf(column, found);
  }

  #textOf(codes: "names" | readonly string[], code: number): string {
    if (codes !== "names") return codes[code] ?? "";
    return this.#database.prepare("SELECT text FROM names WHERE id = ?").pluck().get(code) as string;
  }

  #bySeq({ table, descending, limit }: ArchiveQuery, conditions: Conditions, after: Place | null): Place[] {
    const { sql, params } = conditions;
    const behind = after === null ? "1" : descending ? "seq < ?" : "seq > ?";
    const seqs = this.#database
      .prepare(
        `SELECT seq FROM ${table} WHERE ${behind} AND ${sql} ORDER BY seq ${descending ? "DESC" : "ASC"} LIMIT ${limit + 1}`,
      )
      .pluck()
      .all(...(after === null ? [] : [after.seq]), ...params) as number[];
    return seqs.map((seq) => ({ value: null, seq }));
  }

  #inMemory(
    query: ArchiveQuery,
    { sql, params }: Conditions,
    codes: "names" | readonly string[] | null,
    after: Place | null,
  ): Place[] {
    const { table, sort, descending, limit } = query;
    const found = this.#database
      .prepare(`SELECT "${sort}", seq FROM ${table} WHERE ${sql}`)
      .raw()
      .all(...params) as [Place["value"], number][];
    const texts = new Map<number, string>();
    const valueOf = (code: Place["value"]): Place["value"] => {
      if (typeof code !== "number" || codes !== "names") return code;
      const text = texts.get(code) ?? this.#textOf(codes, code);
      texts.set(code, text);
      return text;
    };
    const order = (a: Place, b: Place): number => compare(a, b, descending);
    const places = found.map(([code, seq]): Place => ({ value: valueOf(code), seq }));
    const later = after === null ? places : places.filter((place) => order(place, after) > 0);
    return later.toSorted(order).slice(0, limit + 1);
  }

  #alongNumbers(query: ArchiveQuery, conditions: Conditions, after: Place | null): Place[] {
    const { sort, descending } = query;
    const way = descending ? "DESC" : "ASC";
    const [less, order] = [descending ? "<" : ">", `ORDER BY "${sort}" ${way}, seq ${way}`];
    const places: Place[] = [];
    if (after === null || after.value !== null) {
      const value = after === null ? null : after.value;
      // The rest of the value that the last page ended in, and then what lies behind it.
      if (after !== null && value !== null)
        this.#add(
          query,
          places,
          conditions,
          `"${sort}" = ? AND seq ${less} ?`,
          [value, after.seq],
          `ORDER BY seq ${way}`,
        );
      if (value === null) this.#add(query, places, conditions, `"${sort}" IS NOT NULL`, [], order);
      else this.#add(query, places, conditions, `"${sort}" ${less} ?`, [value], order);
    }
    const seq = after?.value === null ? after.seq : null;
    const rest = seq === null ? `"${sort}" IS NULL` : `"${sort}" IS NULL AND seq ${less} ?`;
    this.#add(query, places, conditions, rest, seq === null ? [] : [seq], `ORDER BY seq ${way}`);
    return places;
  }

  #alongNames(query: ArchiveQuery, conditions: Conditions, after: Place | null): Place[] {
    const { table, sort, descending } = query;
    const way = descending ? "DESC" : "ASC";
    const less = descending ? "<" : ">";
    const used = (
      this.#database
        .prepare(`SELECT DISTINCT "${sort}" FROM ${table} WHERE "${sort}" IS NOT NULL`)
        .pluck()
        .all() as number[]
    ).map((code) => ({ code, text: this.#textOf("names", code) }));
    const plainly = used.length > NAMES_SORTED_MAX;
    const byText = (a: string, b: string): number => (plainly ? (a < b ? -1 : a > b ? 1 : 0) : collator.compare(a, b));
    const order = used.toSorted((a, b) => (descending ? -1 : 1) * (byText(a.text, b.text) || a.code - b.code));
    const places: Place[] = [];
    const start = after === null || after.value === null ? -1 : order.findIndex(({ text }) => text === after.value);
    if (after === null || after.value !== null)
      for (const [index, { code, text }] of order.entries()) {
        if (index < start) continue;
        if (places.length > query.limit) break;
        const resumed = after !== null && index === start;
        const where = resumed ? `"${sort}" = ? AND seq ${less} ?` : `"${sort}" = ?`;
        const from = places.length;
        this.#add(query, places, conditions, where, resumed ? [code, after.seq] : [code], `ORDER BY seq ${way}`);
        for (let place = from; place < places.length; place += 1)
          places[place] = { value: text, seq: places[place]?.seq ?? 0 };
      }
    const seq = after?.value === null ? after.seq : null;
    const rest = seq === null ? `"${sort}" IS NULL` : `"${sort}" IS NULL AND seq ${less} ?`;
    this.#add(query, places, conditions, rest, seq === null ? [] : [seq], `ORDER BY seq ${way}`);
    return places;
  }

  /** Adds what one more statement finds, until the page and one row behind it are full. */
  #add(
    { table, sort, limit }: ArchiveQuery,
    places: Place[],
    { sql, params }: Conditions,
    where: string,
    values: readonly (number | string)[],
    order: string,
  ): void {
    const wanted = limit + 1 - places.length;
    if (wanted <= 0) return;
    const found = this.#database
      .prepare(`SELECT "${sort}", seq FROM ${table} WHERE ${where} AND ${sql} ${order} LIMIT ${wanted}`)
      .raw()
      .all(...values, ...params) as [Place["value"], number][];
    for (const [value, seq] of found) places.push({ value, seq });
  }
}

const keyOf = ({ table, words, where, from, to }: ArchiveFilter): string =>
  JSON.stringify([table, words, where, from, to]);

/** A page, and one row behind it, of numbers that are in order. */
function pickedBySeq(seqs: readonly number[], { descending, limit }: ArchiveQuery, after: Place | null): Place[] {
  const way = descending ? seqs.toReversed() : seqs;
  const from = after === null ? 0 : way.findIndex((seq) => (descending ? seq < after.seq : seq > after.seq));
  return from < 0 ? [] : way.slice(from, from + limit + 1).map((seq) => ({ value: null, seq }));
}

/** By value, what is absent last, and then by number in the same direction. */
function compare(a: Place, b: Place, descending: boolean): number {
  if (a.value === null || b.value === null) {
    if (a.value !== b.value) return a.value === null ? 1 : -1;
  } else {
    const order =
      typeof a.value === "number" && typeof b.value === "number"
        ? a.value - b.value
        : collator.compare(String(a.value), String(b.value));
    if (order !== 0) return descending ? -order : order;
  }
  return descending ? b.seq - a.seq : a.seq - b.seq;
}

const columnError = (table: ArchiveTable, column: string): CodedError =>
  new CodedError("invalid_input", `${table} cannot be asked by "${column}".`, { table, column });

function codesOf(table: ArchiveTable, column: string): "names" | readonly string[] | null {
  if (!Object.hasOwn(COLUMNS[table], column)) throw columnError(table, column);
  return COLUMNS[table][column] ?? null;
}

function placeOf(cursor: string): Place {
  try {
    const [value, seq] = JSON.parse(cursor) as unknown[];
    if (typeof seq === "number" && (value === null || typeof value === "number" || typeof value === "string"))
      return { value, seq };
  } catch {
    // What is no JSON is answered below.
  }
  throw new CodedError("invalid_input", "The list cannot be continued from there. Load it again.");
}
