/**
 * Figures as people read them; the exact ones are in `--json` and in the session's files.
 *
 * 1. Amounts are rounded half to even to two places; whatever rounds to nothing carries no sign.
 * 2. What is absent is a dash and never 0.
 */
import { decimal } from "../../shared/decimal.ts";
import { troubleLines, troubleSummary, type Troubles } from "../../shared/trouble.ts";

const unsigned = (text: string): string => (/^-0(?:\.0*)?$/.test(text) ? text.slice(1) : text);

/** An amount of money, from its exact decimal. */
export function money(exact: string | null): string {
  if (exact === null) return "—";
  const value = decimal(exact);
  return unsigned(value.toDecimalPlaces(2, 6).toFixed(2));
}

/** A share of one as a percentage. */
export function percent(share: number): string {
  return `${unsigned((share * 100).toFixed(2))} %`;
}

/** A size: `640 KB`, `1.2 GB`. */
export function sizeOf(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1_000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[step] ?? ""}`;
}

/** A count with its noun: `1 strategy`, `24 strategies`. */
export function counted(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}

/** What became of the orders: what was accepted, what the broker refused of that, and every rejection by its cause. */
export function orderFields(counts: {
  readonly accepted: number;
  readonly refused: number;
  readonly fills: number;
  readonly working?: number;
  readonly rejections: Readonly<Record<string, number>>;
}): [name: string, value: string][] {
  const { accepted, refused, fills, working, rejections } = counts;
  const causes = Object.entries(rejections).toSorted(([, a], [, b]) => b - a);
  const total = causes.reduce((sum, [, count]) => sum + count, 0);
  const there = refused === 0 ? "" : `, ${refused} of them refused by the broker`;
  const rest = working === undefined ? "" : `, ${working} still working`;
  return [
    ["orders", `${accepted} accepted${there}, ${counted(fills, "fill", "fills")}${rest}`],
    [
      "rejections",
      total === 0 ? "none" : `${total}: ${causes.map(([cause, count]) => `${cause} ${count}`).join(", ")}`,
    ],
  ];
}

/** The health of the strategies, and a line for each that fails. */
export function strategyFields(troubles: Troubles): [name: string, value: string][] {
  const lines = troubleLines(troubles).map((line): [string, string] => ["", line]);
  return [["strategies", troubleSummary(troubles)], ...lines];
}
