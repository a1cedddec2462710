/**
 * The symbols of a feed: what the venue allows, and for the synthetic market how each moves.
 *
 * 1. A symbol is listed once. Its currency is the account's, or one that the desk has a rate for: currencies are never summed as they are.
 * 2. Lot sizes and minimums are exact decimals.
 */
import { decimal } from "../../../shared/decimal.ts";
import type { SyntheticSymbol } from "../../../shared/desk.ts";
import type { InstrumentFields, SymbolMeta } from "../../../shared/market.ts";
import type { ConfigRow } from "../text/config-rows.ts";
import type { DeskDocument, Spot } from "../text/document.ts";
import { Fields, type FieldRule } from "../text/fields.ts";
import {
  assetClass,
  fxLine,
  INSTRUMENT_KEYS,
  isConvertible,
  minimum,
  positive,
  readInstrument,
} from "./instruments.ts";
import { SYMBOLS_MAX } from "./instruments.ts";
import { currencyCode, number, symbolName, whole } from "../text/values.ts";

const META_KEYS = ["symbol", ...INSTRUMENT_KEYS];
/** Fields that a symbol has only where they are written. */
const LATER_KEYS = ["tickSize", "multiplier", "calendar", "feeBps", "allowNegativePrices", "adjusted"];
const SYNTHETIC_KEYS = [...META_KEYS, "startPrice", "volatility", "drift", "volume"];

const precision = whole(0, 30);
const price = number({ above: 0, max: 1e12 });
const volatility = number({ min: 0, max: 10 });
const drift = number({ min: -10, max: 10 });
const volume = number({ above: 0, max: 1e15 });

/** What the synthetic market must know of a symbol, beside what an instrument has. */
export const SYNTHETIC_FIELDS: readonly FieldRule[] = [
  { key: "symbol", kind: symbolName, fallback: "", means: "its name" },
  { key: "assetClass", kind: assetClass, fallback: "", means: "the class that class limits go by" },
  { key: "startPrice", kind: price, fallback: "", means: "the price at the session's first moment" },
  { key: "volatility", kind: volatility, fallback: "0.3", means: "how far the price moves in a year, a share" },
  { key: "drift", kind: drift, fallback: "0", means: "where the price tends in a year, a share" },
  { key: "volume", kind: volume, fallback: "10000", means: "units that trade in a bar, on average" },
];

function readMeta(fields: Fields, currency: string): SymbolMeta {
  const symbol = fields.required("symbol", symbolName, "");
  if (symbol !== "") fields.label = `feed.symbols.${symbol}`;
  const lotSize = fields.optional("lotSize", positive, "1");
  return {
    symbol,
    assetClass: fields.required("assetClass", assetClass, "equity"),
    currency: fields.optional("currency", currencyCode, currency),
    pricePrecision: fields.optional("pricePrecision", precision, 2),
    quantityPrecision: fields.optional("quantityPrecision", precision, Math.min(12, decimal(lotSize).decimalPlaces())),
    lotSize,
    minQuantity: fields.optional("minQuantity", minimum, lotSize),
    minNotional: fields.optional("minNotional", minimum, "0"),
    ...readInstrument(fields, LATER_KEYS),
  };
}

function readSynthetic(fields: Fields, meta: SymbolMeta): SyntheticSymbol {
  return {
    ...meta,
    startPrice: fields.required("startPrice", price, 1),
    volatility: fields.optional("volatility", volatility, 0.3),
    drift: fields.optional("drift", drift, 0),
    volume: fields.optional("volume", volume, 10_000),
  };
}

export interface SymbolsReading {
  readonly symbols: readonly SyntheticSymbol[];
  /** By symbol, what is written of it. */
  readonly written: Readonly<Record<string, InstrumentFields>>;
}

interface SymbolOptions {
  readonly synthetic: boolean;
  readonly currency: string;
  readonly fx: Readonly<Record<string, string>>;
}

/** Reads a list of symbols. What is broken is complained of and left out. */
export function readSymbols(
  document: DeskDocument,
  rows: ConfigRow[],
  spot: Spot,
  options: SymbolOptions,
): SymbolsReading {
  const keys = options.synthetic ? SYNTHETIC_KEYS : META_KEYS;
  const found = new Map<string, SyntheticSymbol>();
  const written = new Map<string, InstrumentFields>();
  const items = document.list(spot, SYMBOLS_MAX, '"- symbol: ABC"') ?? [];
  if (items.length === 0 && spot.node !== null && options.synthetic)
    document.complain(spot, "needs one symbol at least");
  for (const item of items) {
    const entries = document.map(item, keys, "one symbol");
    if (entries === null) continue;
    const fields = new Fields(document, rows, item, keys, entries);
    const meta = readMeta(fields, options.currency);
    const whole: SyntheticSymbol = options.synthetic
      ? readSynthetic(fields, meta)
      : { ...meta, startPrice: 0, volatility: 0, drift: 0, volume: 0 };
    const named = fields.spot("symbol") ?? item;
    checkCurrency(document, fields.spot("currency") ?? item, meta.currency, options);
    if (found.has(meta.symbol)) document.complain(named, `is "${meta.symbol}", which is listed twice`);
    else if (meta.symbol !== "") {
      found.set(meta.symbol, whole);
      written.set(meta.symbol, Object.fromEntries([...entries.keys()].flatMap((key) => writtenOf(meta, key))));
    }
  }
  return { symbols: [...found.values()], written: Object.fromEntries(written) };
}

const writtenOf = (meta: SymbolMeta, key: string): [string, unknown][] =>
  INSTRUMENT_KEYS.includes(key) ? [[key, meta[key as keyof SymbolMeta]]] : [];

/** Complains of a currency that has no rate, with the line that gives it one. */
export function checkCurrency(
  document: DeskDocument,
  spot: Spot,
  currency: string,
  options: Omit<SymbolOptions, "synthetic">,
): void {
  const { currency: account, fx } = options;
  if (isConvertible(currency, account, fx)) return;
  document.complain(
    spot,
    `is "${currency}", and the account's currency is ${account}; there are no exchange rates without "fx": ` +
      `write ${fxLine(currency, account)} with a symbol of the feed or a fixed rate`,
  );
}

/** A symbol without what only the synthetic market needs. */
export function metaOf(symbol: SyntheticSymbol): SymbolMeta {
  const { startPrice: _price, volatility: _volatility, drift: _drift, volume: _volume, ...meta } = symbol;
  return meta;
}
