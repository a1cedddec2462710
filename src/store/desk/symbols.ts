/**
 * The symbols of a feed: what the venue allows, and for the synthetic market how each moves.
 *
 * 1. A symbol is listed once, and is in the account's currency: there are no exchange rates, and currencies are never summed.
 * 2. Lot sizes and minimums are exact decimals.
 */
import { decimal } from "../../shared/decimal.ts";
import type { SyntheticSymbol } from "../../shared/desk.ts";
import type { SymbolMeta } from "../../shared/market.ts";
import type { ConfigRow } from "./config-rows.ts";
import type { DeskDocument, Spot } from "./document.ts";
import { Fields } from "./fields.ts";
import { amount, currencyCode, matching, number, symbolName, whole } from "./values.ts";

export const SYMBOLS_MAX = 2_000;

const META_KEYS = [
  "symbol",
  "assetClass",
  "currency",
  "pricePrecision",
  "quantityPrecision",
  "lotSize",
  "minQuantity",
  "minNotional",
];
const SYNTHETIC_KEYS = [...META_KEYS, "startPrice", "volatility", "drift", "volume"];

const assetClass = matching(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/, "write a class of assets such as equity, crypto or fx");
const precision = whole(0, 12);
const positive = amount({ zero: false });
const minimum = amount({ zero: true });
const price = number({ above: 0, max: 1e12 });
const volatility = number({ min: 0, max: 10 });
const drift = number({ min: -10, max: 10 });
const volume = number({ above: 0, max: 1e15 });

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

/** Reads a list of symbols. What is broken is complained of and left out. */
export function readSymbols(
  document: DeskDocument,
  rows: ConfigRow[],
  spot: Spot,
  options: { readonly synthetic: boolean; readonly currency: string },
): SyntheticSymbol[] {
  const keys = options.synthetic ? SYNTHETIC_KEYS : META_KEYS;
  const found = new Map<string, SyntheticSymbol>();
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
    if (meta.currency !== options.currency)
      document.complain(
        fields.spot("currency") ?? item,
        `is "${meta.currency}", and the account's currency is ${options.currency}; there are no exchange rates`,
      );
    if (found.has(meta.symbol)) document.complain(named, `is "${meta.symbol}", which is listed twice`);
    else if (meta.symbol !== "") found.set(meta.symbol, whole);
  }
  return [...found.values()];
}

/** A symbol without what only the synthetic market needs. */
export function metaOf(symbol: SyntheticSymbol): SymbolMeta {
  const { startPrice: _price, volatility: _volatility, drift: _drift, volume: _volume, ...meta } = symbol;
  return meta;
}
