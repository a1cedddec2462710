/**
 * LEAN's factor files as corporate actions: rows of `yyyymmdd,price factor,split factor[,reference price]`, without a header.
 *
 * 1. A row's factors hold up to its date: what changes between two rows is in force from the midnight that ends the older row's date.
 * 2. The split is the newer split factor by the older one, as the simplest ratio that the written digits allow.
 * 3. The dividend is what the price factor takes off the older row's reference price, for each unit before the split. Without a
 *    reference price no dividend is known, and a note says so.
 * 4. A row that breaks a rule refuses the file.
 */
import { decimal, plain, type Decimal } from "../../shared/decimal.ts";
import { CodedError } from "../../shared/errors.ts";
import type { CorporateAction } from "../../shared/market.ts";
import { DAY, moment, type Moment } from "../../shared/time.ts";
import { momentOf } from "./actions-file.ts";

const ONE = decimal(1);
const DATE = /^\d{8}$/;
const NUMBER = /^\d+(?:\.\d+)?(?:e[+-]?\d{1,2})?$/i;

/** Factors are written with six digits at least, rounded in the last one. */
const FACTOR_ERROR = decimal("0.000001");
const DENOMINATOR_MAX = 1_000;
/** Digits of a price factor behind the point, of which a dividend has those that its reference price leaves. */
const FACTOR_PLACES = 7;
const [PLACES_MIN, PLACES_MAX] = [2, 6];

interface Row {
  /** The number of the row in its file, from 1. */
  readonly row: number;
  readonly date: string;
  readonly price: Decimal;
  readonly split: Decimal;
  /** Null where none is written, or zero. */
  readonly reference: Decimal | null;
}

export interface FactorFile {
  readonly actions: readonly CorporateAction[];
  readonly notes: readonly string[];
}

function fault(file: string, row: number, rule: string, sentence: string): CodedError {
  return new CodedError("data_invalid", `${file}, row ${row}: ${sentence}`, { file, row, rule });
}

function rowOf(file: string, row: number, line: string): Row {
  const cells = line.split(",").map((cell) => cell.trim());
  const [date = "", ...rest] = cells;
  if (rest.length < 2 || rest.length > 3)
    throw fault(
      file,
      row,
      "columns",
      `it has ${cells.length} columns; write date, price factor, split factor and, where it is known, reference price.`,
    );
  if (!DATE.test(date)) throw fault(file, row, "date", `its date is "${date}"; write it as 20200831.`);
  const number = (text: string, name: string, isZeroTaken: boolean): Decimal => {
    const value = NUMBER.test(text) ? decimal(text) : null;
    if (value === null || (value.isZero() && !isZeroTaken))
      throw fault(
        file,
        row,
        name.replace(" ", "_"),
        `its ${name} is "${text}"; write a number ${isZeroTaken ? "of 0 or more" : "above 0"}, as ${isZeroTaken ? "129.04" : "0.25"}.`,
      );
    return value;
  };
  const [price = "", split = "", reference = ""] = rest;
  const parts = { price: number(price, "price factor", false), split: number(split, "split factor", false) };
  const known = reference === "" ? null : number(reference, "reference price", true);
  return { row, date, ...parts, reference: known === null || known.isZero() ? null : known };
}

/** The rows of a file, oldest first. */
function rowsOf(file: string, text: string): Row[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const rows = lines.flatMap((line, index) =>
    line.trim() === "" || line.startsWith("#") ? [] : [rowOf(file, index + 1, line)],
  );
  if (rows.length === 0) throw fault(file, 1, "empty", "it has no rows; write one for each change of a factor.");
  const isNewestFirst = (rows[0] as Row).date > (rows.at(-1) as Row).date;
  for (const [index, { row, date }] of rows.entries()) {
    const before = rows[index - 1];
    if (before === undefined) continue;
    if (before.date === date) throw fault(file, row, "date", `its date ${date} is in row ${before.row}, too.`);
    if (before.date > date !== isNewestFirst)
      throw fault(file, row, "order", `its date ${date} is out of order; write the rows by date.`);
  }
  return isNewestFirst ? rows.toReversed() : rows;
}

/** New units for each old one, as the simplest ratio within what the factors are rounded by; null for no change. */
function splitBetween(older: Row, newer: Row): string | null {
  if (older.split.equals(newer.split)) return null;
  const exact = newer.split.div(older.split);
  const error = exact.times(FACTOR_ERROR.div(older.split).plus(FACTOR_ERROR.div(newer.split)));
  for (let below = 1; below <= DENOMINATOR_MAX; below += 1) {
    const above = exact.times(below).round();
    const near = above.div(below);
    if (!above.isZero() && near.minus(exact).abs().lte(error)) return near.equals(ONE) ? null : plain(near);
  }
  return plain(exact);
}

/** The cash for each unit; null where the factors name none that is distinct from their rounding. */
function dividendBetween(file: string, older: Row, newer: Row): string | null {
  if (older.reference === null || older.price.equals(newer.price)) return null;
  const cash = older.reference.times(ONE.minus(older.price.div(newer.price)));
  const digits = Math.max(FACTOR_PLACES, older.price.decimalPlaces(), newer.price.decimalPlaces());
  const places = digits - Math.ceil(Math.log10(older.reference.toNumber())) - 1;
  const rounded = cash.toDecimalPlaces(Math.min(PLACES_MAX, Math.max(PLACES_MIN, places)));
  if (rounded.isNegative() && !rounded.isZero())
    throw fault(
      file,
      older.row,
      "price_factor",
      `its price factor ${plain(older.price)} is above the ${plain(newer.price)} of ${newer.date}, which would be a negative ` +
        "dividend; price factors do not fall with time.",
    );
  return rounded.isZero() ? null : plain(rounded);
}

/** The moment at which a date ends in a zone. */
function endOf(file: string, { row, date }: Row, timeZone: string): Moment {
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6)].map(Number) as [
    number,
    number,
    number,
  ];
  // The day after is found among dates, because a day of a zone can be longer or shorter than 24 hours.
  const next = new Date(Date.UTC(year, month - 1, day) + DAY / 1_000).toISOString().slice(0, 10);
  const at = momentOf(date, timeZone) === null ? null : momentOf(next, timeZone);
  if (at === null) throw fault(file, row, "date", `its date is "${date}", which is no day; write it as 20200831.`);
  return moment(at);
}

/** Reads a factor file of one symbol. `at` is in the zone's midnights. Throws `data_invalid` with file, row and rule. */
export function readFactors(file: string, symbol: string, text: string, timeZone: string): FactorFile {
  const rows = rowsOf(file, text);
  const actions: CorporateAction[] = [];
  let unknown = 0;
  for (const [index, older] of rows.entries()) {
    const at = endOf(file, older, timeZone);
    const newer = rows[index + 1];
    if (newer === undefined) continue;
    const [split, dividend] = [splitBetween(older, newer), dividendBetween(file, older, newer)];
    if (older.reference === null && !older.price.equals(newer.price)) unknown += 1;
    const parts = { ...(split === null ? {} : { split }), ...(dividend === null ? {} : { dividend }) };
    if (Object.keys(parts).length > 0) actions.push({ symbol, at, ...parts });
  }
  const notes =
    unknown === 0
      ? []
      : [
          `${file} names ${unknown} ${unknown === 1 ? "dividend" : "dividends"} of ${symbol} without a reference price; only its ` +
            "splits are applied. Write the reference price as the fourth column.",
        ];
  return { actions, notes };
}
