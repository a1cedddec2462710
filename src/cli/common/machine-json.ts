/**
 * Values as `--json` prints them: moments as ISO 8601 text in UTC, amounts as decimal text.
 *
 * 1. A moment's text is the one of the session's files, `2026-01-05T14:31:00+00:00`, with six decimals where there are microseconds.
 * 2. An amount is a price, a quantity or money. Its text has every digit of the number and no exponent.
 * 3. Counts, shares of one, and durations stay numbers: durations are microseconds, or the unit that ends their name (`Ms`, `_s`).
 * 4. Keys, texts and the order of both stay as they are, and a value that is converted already stays as it is.
 */
import { decimal, plain } from "../../shared/decimal.ts";
import { formatMoment, type Moment } from "../../shared/time.ts";

/** Names of moments; each of the plain words may name something else, too, which is then too small to be one. */
const MOMENT =
  /^(?:at|timestamp|start|end|from|to|first|last|since|until|by|now|due|planned|bar|opens|closes|nextRun|lastRun)$|(?:At|Until)$/;
/** Microseconds of 1973: no count, place or length under such a name comes near it. */
const MOMENT_MIN = 1e14;

const AMOUNTS: ReadonlySet<string> = new Set(
  (
    "price quantity filled filledQty filled_qty remaining limitPrice stopPrice equity cash pnl profit fee fees realized " +
    "unrealized notional average mark"
  ).split(" "),
);
const BAR_FIELDS: ReadonlySet<string> = new Set(["open", "high", "low", "close", "volume"]);

/** The exact decimal of a number, without an exponent. */
const amountText = (value: number): string => plain(decimal(value));

function isBar(value: object): boolean {
  return "high" in value && "low" in value;
}

function numberOf(key: string, value: number, ofBar: boolean): string | number {
  if (MOMENT.test(key) && Number.isSafeInteger(value) && value >= MOMENT_MIN) return formatMoment(value as Moment);
  if (!Number.isFinite(value)) return value;
  return AMOUNTS.has(key) || (ofBar && BAR_FIELDS.has(key)) ? amountText(value) : value;
}

/** The value that `--json` prints for a command's result. `key` is its name there. */
export function machineValue(value: unknown, key = ""): unknown {
  if (typeof value === "number") return numberOf(key, value, false);
  if (Array.isArray(value)) return value.map((item) => machineValue(item, key));
  if (typeof value !== "object" || value === null) return value;
  if ("toJSON" in value && typeof value.toJSON === "function") return machineValue(value.toJSON(), key);
  const ofBar = isBar(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => [
      name,
      typeof item === "number" ? numberOf(name, item, ofBar) : machineValue(item, name),
    ]),
  );
}
