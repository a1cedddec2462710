/**
 * Instruments and rates as people write them: a desk's `instruments` and `fx`, and the workspace's `instruments.yaml`.
 *
 * 1. What is not written is absent: weaker sources fill it in once the data is known.
 * 2. A symbol is named once in each place. Amounts are exact decimal text.
 */
import { CALENDAR_NAMES } from "../../../shared/desk.ts";
import { DOLLAR_COINS, rateRuleOf } from "../../../shared/currency.ts";
import type { InstrumentFields } from "../../../shared/market.ts";
import { fileRow, type ConfigRow } from "../text/config-rows.ts";
import { DeskDocument, type Spot } from "../text/document.ts";
import { Fields, readScalar, type FieldRule } from "../text/fields.ts";
import { amount, choice, currencyCode, matching, number, symbolName, text, whole, type Kind } from "../text/values.ts";

export const SYMBOLS_MAX = 2_000;

export const assetClass = matching(
  /^[A-Za-z][A-Za-z0-9_-]{0,39}$/,
  "write a class of assets such as equity, crypto or fx",
);
const precision = whole(0, 30);
export const positive = amount({ zero: false });
export const minimum = amount({ zero: true });
const flag = choice(["true", "false"]);

const KINDS: Readonly<Record<string, Kind<string | number>>> = {
  assetClass,
  currency: currencyCode,
  pricePrecision: precision,
  quantityPrecision: precision,
  tickSize: positive,
  lotSize: positive,
  minQuantity: minimum,
  minNotional: minimum,
  multiplier: positive,
  calendar: choice(CALENDAR_NAMES),
  feeBps: number({ min: 0, max: 1_000 }),
  allowNegativePrices: flag,
  adjusted: flag,
};

const MEANS: Readonly<Record<string, string>> = {
  assetClass: "the class that class limits go by",
  currency: "the currency of its price",
  pricePrecision: "decimals of its price",
  quantityPrecision: "decimals of its quantity",
  tickSize: "the smallest step of its price",
  lotSize: "the smallest step of its quantity",
  minQuantity: "the smallest order, in units",
  minNotional: "the smallest order, in money",
  multiplier: "what one point of the price is worth, for one unit",
  calendar: "when its market is open",
  feeBps: "its own fee, a share of a fill's value",
  allowNegativePrices: "whether prices of zero and below are read and traded",
  adjusted: "prices are adjusted for splits and dividends: none is applied",
};

/** The fields of an instrument beside its symbol, for forms. What is absent is found in the data, or in the table of well-known ones. */
export const INSTRUMENT_FIELDS: readonly FieldRule[] = Object.entries(KINDS).map(([key, kind]) => ({
  key,
  kind: kind as Kind<unknown>,
  fallback: "found in the data",
  means: MEANS[key] ?? "",
}));

/** The fields of an instrument beside its symbol. */
export const INSTRUMENT_KEYS: readonly string[] = Object.keys(KINDS);

/** The fields that are written of one instrument, of some keys. */
export function readInstrument(fields: Fields, keys: readonly string[] = INSTRUMENT_KEYS): InstrumentFields {
  const found: Record<string, string | number | boolean> = {};
  for (const key of keys) {
    if (fields.spot(key) === undefined) continue;
    const value = fields.optional(key, KINDS[key] as Kind<string | number>, "");
    found[key] = KINDS[key] === (flag as Kind<string | number>) ? value === "true" : value;
  }
  return found;
}

/** Reads `instruments`: a list of maps with a symbol each, or a map from symbols to their fields. */
export function readInstruments(
  document: DeskDocument,
  rows: ConfigRow[],
  spot: Spot,
  label: string,
): Record<string, InstrumentFields> {
  const found = new Map<string, InstrumentFields>();
  const take = (item: Spot, keys: readonly string[], named: string | null): void => {
    const entries = document.map(item, keys, "one instrument");
    if (entries === null) return;
    const fields = new Fields(document, rows, item, keys, entries);
    const symbol = named ?? fields.required("symbol", symbolName, "");
    if (symbol === "") return;
    fields.label = `${label}.${symbol}`;
    if (found.has(symbol)) document.complain(fields.spot("symbol") ?? item, `is "${symbol}", which is listed twice`);
    found.set(symbol, readInstrument(fields));
  };
  if (document.isMap(spot)) {
    for (const [symbol, item] of document.map(spot, null, "symbols and their fields") ?? [])
      if (symbol in {}) document.complain(item, `names ${symbol}, which is no symbol`);
      else take(item, INSTRUMENT_KEYS, symbol);
  } else {
    const items = document.list(spot, SYMBOLS_MAX, '"- symbol: ES"') ?? [];
    for (const item of items) take(item, ["symbol", ...INSTRUMENT_KEYS], null);
  }
  return Object.fromEntries(found);
}

const currency = currencyCode;
const RATE_RULE =
  "write a symbol of the feed such as EURUSD, its inverse such as 1/USDJPY, or a rate above 0 such as 1.27";

/** Reads `fx`: what one unit of a currency is worth in the account's. */
export function readFx(document: DeskDocument, rows: ConfigRow[], spot: Spot, account: string): Record<string, string> {
  const found: [string, string][] = [];
  for (const [code, item] of document.map(spot, null, "currencies and their rates") ?? []) {
    const key = { offset: item.keyOffset, path: item.path };
    if (!currency.schema.safeParse(code).success) {
      document.complain(key, `is no currency; ${currency.rule}`);
      continue;
    }
    if (code === account) {
      document.complain(key, `is the account's own currency, which needs no rate`);
      continue;
    }
    const read = readScalar(document, item, text(60));
    if (read === null) continue;
    if (rateRuleOf(read.value) === null) document.complain(item, `is "${read.value}"; ${RATE_RULE}`);
    found.push([code, read.value]);
    rows.push(fileRow(`fx.${code}`, read.value, document.where(item.offset)));
  }
  return Object.fromEntries(found);
}

/** Whether money in a currency can be valued in the account's: its own, a rate, or a pegged coin. */
export function isConvertible(currency: string, account: string, fx: Readonly<Record<string, string>>): boolean {
  if (currency === account || Object.hasOwn(fx, currency)) return true;
  const dollars = ["USD", ...DOLLAR_COINS];
  return dollars.includes(currency) && dollars.includes(account);
}

/** The line that gives a currency a rate, for messages. */
export function fxLine(currency: string, account: string): string {
  const direct = ["JPY", "CHF", "CAD", "SEK", "NOK", "MXN", "ZAR", "TRY", "SGD", "HKD", "CNH"].includes(currency);
  const pair = account === "USD" && direct ? `1/USD${currency}` : `${currency}${account}`;
  return `fx: { ${currency}: ${pair} }`;
}

/** Reads a workspace's `instruments.yaml`. Throws `desk_invalid` with file, line and rule. */
export function readInstrumentsFile(fileName: string, written: string): Readonly<Record<string, InstrumentFields>> {
  const document = new DeskDocument(fileName, written);
  if (document.root.node === null) return {};
  const keyed = document.isMap(document.root) ? document.map(document.root, null, "instruments") : null;
  const inner = keyed?.size === 1 ? keyed.get("instruments") : undefined;
  const found = readInstruments(document, [], inner ?? document.root, "instruments");
  document.finish();
  return found;
}
