/**
 * Corporate actions that a workspace names: `actions.csv` with a row for each split or dividend.
 *
 * 1. Columns are found by name: `symbol`, `date`, and `split`, `dividend` or both. A row that breaks a rule refuses the file.
 * 2. A date is the midnight that begins it in the feed's zone: the action is in force for every bar that closes after it.
 * 3. A split is new units for each old one: `4`, `4:1`, `1/10`.
 */
import { decimal, plain } from "../../shared/decimal.ts";
import { CodedError } from "../../shared/errors.ts";
import type { CorporateAction } from "../../shared/market.ts";
import { moment as momentAt, parseMoment, type Moment } from "../../shared/time.ts";
import { zoneOf } from "../reader/table/zone.ts";

export const ACTIONS_FILE = "actions.csv";

const AMOUNT = /^\d+(?:\.\d+)?$/;

function fault(file: string, row: number, rule: string, sentence: string): CodedError {
  return new CodedError("data_invalid", `${file}, row ${row}: ${sentence}`, { file, row, rule });
}

/** A ratio as an exact decimal of new units for each old one; null for what is none, or not above zero. */
export function ratioOf(text: string): string | null {
  const [top = "", bottom = "1", ...rest] = text.split(/\s*[:/]\s*/);
  if (rest.length > 0 || !AMOUNT.test(top) || !AMOUNT.test(bottom)) return null;
  const [above, below] = [decimal(top), decimal(bottom)];
  return above.isZero() || below.isZero() ? null : plain(above.div(below));
}

/** A date as the midnight that begins it in a zone, or a moment with its zone; null for neither. */
export function momentOf(text: string, timeZone: string): Moment | null {
  const date = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(text);
  if (date === null) return parseMoment(text);
  const [year, month, day] = date.slice(1).map(Number) as [number, number, number];
  const local = Date.UTC(year, month - 1, day);
  const named = new Date(local);
  if (named.getUTCMonth() !== month - 1 || named.getUTCDate() !== day) return null;
  const at = zoneOf(timeZone).toMoment(local * 1_000, Number.NEGATIVE_INFINITY);
  return at === null ? null : momentAt(at);
}

/** Reads an `actions.csv`. Throws `data_invalid` with file, row and rule. */
export function readActions(file: string, text: string, timeZone: string): CorporateAction[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const header = (lines[0] ?? "").split(",").map((cell) => cell.trim().toLowerCase());
  const at = (name: string): number => header.indexOf(name);
  const [symbolAt, dateAt, splitAt, dividendAt] = [at("symbol"), at("date"), at("split"), at("dividend")];
  if (symbolAt < 0 || dateAt < 0 || (splitAt < 0 && dividendAt < 0))
    throw fault(
      file,
      1,
      "columns",
      "its columns are symbol, date, and split, dividend or both; write them in the first row.",
    );
  const found: CorporateAction[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === "" || line.startsWith("#")) continue;
    const cells = line.split(",").map((cell) => cell.trim());
    const row = index + 1;
    const [symbol = "", date = ""] = [cells[symbolAt], cells[dateAt]];
    if (symbol === "") throw fault(file, row, "symbol", "it names no symbol.");
    const moment = momentOf(date, timeZone);
    if (moment === null)
      throw fault(file, row, "date", `its date is "${date}"; write it as 2020-08-31, or a moment with its zone.`);
    const [splitText, dividendText] = [cells[splitAt] ?? "", cells[dividendAt] ?? ""];
    const split = splitText === "" ? null : ratioOf(splitText);
    if (splitText !== "" && split === null)
      throw fault(
        file,
        row,
        "split",
        `its split is "${splitText}"; write the new units for each old one, above 0, as 4 or 4:1 or 1:10, or leave it empty.`,
      );
    if (dividendText !== "" && !AMOUNT.test(dividendText))
      throw fault(
        file,
        row,
        "dividend",
        `its dividend is "${dividendText}"; write the cash for each unit, 0 or more, as 0.82, or leave it empty.`,
      );
    const dividend = dividendText === "" || decimal(dividendText).isZero() ? null : plain(decimal(dividendText));
    if (split === null && dividend === null) throw fault(file, row, "empty", "it has neither a split nor a dividend.");
    const parts = { ...(split === null ? {} : { split }), ...(dividend === null ? {} : { dividend }) };
    found.push({ symbol, at: moment, ...parts });
  }
  return found;
}
