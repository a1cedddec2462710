/**
 * One instrument from everything that is said of it: the desk, the workspace, the built-in table, and a guess.
 *
 * 1. Each field comes from the strongest source that has it, and `origins` says which; whatever is guessed is marked so.
 * 2. A tick that was written by hand must divide the prices of the data. One that the table has gives way to finer prices.
 * 3. The table holds only where no other class of assets is given.
 */
import { decimal, plain, type Decimal } from "../../shared/decimal.ts";
import { CodedError } from "../../shared/errors.ts";
import type { InstrumentFields, InstrumentSource, SymbolMeta } from "../../shared/market.ts";
import type { BarTable } from "../reader/table/imported.ts";
import { guessOf } from "../symbols/symbols.ts";
import { isBareRoot, knownInstrument, type PriceRange } from "../symbols/known.ts";

/** What people say of a symbol, and what its prices show. */
export interface Evidence {
  readonly symbol: string;
  readonly desk: InstrumentFields;
  readonly workspace: InstrumentFields;
  /** The account's currency: the guess where no name says it. */
  readonly currency: string;
  readonly table: BarTable;
  /** True where its file has columns that only shares have: an adjusted close, dividends, splits. */
  readonly isShareFile?: boolean;
  /** Where a person would correct the tick, for the message: `desk.yaml, line 7`. */
  readonly placeOf: (source: "desk" | "workspace") => string;
}

/** Places past which no price is shown. */
const PLACES_MAX = 30;
const COLUMNS = ["open", "high", "low", "close"] as const;

function rangeOf(table: BarTable): PriceRange {
  let [low, high] = [Infinity, -Infinity];
  for (const price of table.low) if (price < low) low = price;
  for (const price of table.high) if (price > high) high = price;
  return { low, high };
}

/** The first price that is no multiple of a tick, with the row of its bar; null where all are. */
function firstOff(table: BarTable, tick: string): { readonly price: number; readonly bar: number } | null {
  const step = decimal(tick);
  const places = step.decimalPlaces();
  // A power of ten that is as fine as the data divides every price.
  if (step.equals(decimal(10).pow(-places)) && places >= table.pricePrecision) return null;
  const size = step.toNumber();
  for (const name of COLUMNS) {
    const column = table[name];
    for (let bar = 0; bar < column.length; bar += 1) {
      const price = column[bar] as number;
      const steps = price / size;
      const off = Math.abs(steps - Math.round(steps));
      if (off > 1e-9 * Math.max(1, Math.abs(steps)) && !decimal(price).mod(step).isZero()) return { price, bar };
    }
  }
  return null;
}

const unit = (places: number): string => plain(decimal(10).pow(-places));

/** The tick of a symbol of which only prices are known: as fine as they are, and a ten-thousandth of the smallest price at most. */
function guessedTick(assetClass: string, table: BarTable, { low }: PriceRange): string {
  const least = assetClass === "fx" ? 5 : 2;
  const digits = low > 0 ? 4 - Math.floor(Math.log10(low)) : 0;
  return unit(Math.min(PLACES_MAX, Math.max(table.pricePrecision, least, digits)));
}

/** Whether a name's pair holds for its prices: a share's currency needs no such check. */
function guessed(symbol: string, account: string): { readonly assetClass: string; readonly currency: string } {
  const guess = guessOf(symbol);
  return guess.assetClass === "equity" ? { ...guess, currency: account } : guess;
}

type Fields = Required<InstrumentFields>;
type Field = keyof Fields;
const BUILT_IN: InstrumentSource = "built_in";

function tickOf(evidence: Evidence, layers: readonly Layer[], assetClass: string, range: PriceRange): Picked<string> {
  const { table } = evidence;
  const said = layers.find(({ fields }) => fields.tickSize !== undefined);
  if (said?.fields.tickSize !== undefined) {
    const { tickSize } = said.fields;
    const off = firstOff(table, tickSize);
    if (off === null) return { value: tickSize, from: said.from };
    if (said.from === "desk" || said.from === "workspace") throw coarseTick(evidence, said.from, tickSize, off.price);
  }
  const precision = layers.find(({ fields }) => fields.pricePrecision !== undefined);
  const written = precision?.fields.pricePrecision;
  if (precision !== undefined && written !== undefined)
    return { value: unit(Math.max(written, table.pricePrecision)), from: precision.from };
  return { value: guessedTick(assetClass, table, range), from: "guess" };
}

function coarseTick(evidence: Evidence, from: "desk" | "workspace", tickSize: string, price: number): CodedError {
  const { symbol, table, placeOf } = evidence;
  const fitting = unit(table.pricePrecision);
  const place = placeOf(from);
  return new CodedError(
    "desk_invalid",
    `${place}: the tickSize of ${symbol} is ${tickSize}, and its data has the price ${plain(decimal(price))}, which is no ` +
      `multiple of it; write tickSize: ${fitting}, or leave tickSize out to take it from the data.`,
    { where: place, symbol, rule: "tick", tickSize, price: plain(decimal(price)) },
  );
}

interface Layer {
  readonly fields: InstrumentFields;
  readonly from: InstrumentSource;
}

interface Picked<T> {
  readonly value: T;
  readonly from: InstrumentSource;
}

const NOTED_MAX = 5;

/** One sentence on what was guessed of a session's instruments; null when nothing was. */
export function guessesOf(metas: readonly SymbolMeta[]): string | null {
  const notes = metas.map(guessNote).filter((note) => note !== null);
  if (notes.length === 0) return null;
  const more = notes.length > NOTED_MAX ? ` and ${notes.length - NOTED_MAX} more symbols` : "";
  return (
    `Guessed from names and data: ${notes.slice(0, NOTED_MAX).join(", ")}${more}. ` +
    "What is wrong can be written in the desk's instruments or the workspace's instruments.yaml."
  );
}

/** Whether the data of a future's bare root is a share's: its file has columns of one, or its prices are finer than the future's tick. */
function isShare({ table, desk, workspace, isShareFile }: Evidence, tick: string | undefined): boolean {
  if (desk.tickSize !== undefined || workspace.tickSize !== undefined) return false;
  return isShareFile === true || (tick !== undefined && firstOff(table, tick) !== null);
}

/** One sentence on the symbols that were taken as futures though they may be shares' tickers; null where there are none. */
export function futuresNote(metas: readonly SymbolMeta[]): string | null {
  const taken = metas.filter(({ symbol, origins }) => origins?.["assetClass"] === "built_in" && isBareRoot(symbol));
  if (taken.length === 0) return null;
  const named = taken.slice(0, NOTED_MAX).map(({ symbol, multiplier = "1" }) => `${symbol} (multiplier ${multiplier})`);
  const more = taken.length > NOTED_MAX ? ` and ${taken.length - NOTED_MAX} more symbols` : "";
  return (
    `Taken as futures: ${named.join(", ")}${more}. If one is a share, write ` +
    `instruments: { ${taken[0]?.symbol ?? ""}: { assetClass: equity } } in the desk.`
  );
}

/** The whole instrument. Throws `desk_invalid` for a tick that contradicts the data. */
export function resolveInstrument(evidence: Evidence): SymbolMeta {
  const { symbol, desk, workspace, table } = evidence;
  const range = rangeOf(table);
  const known = knownInstrument(symbol, range);
  const asked = desk.assetClass ?? workspace.assetClass;
  const share = isBareRoot(symbol) && asked === undefined && isShare(evidence, known?.tickSize);
  const holds = known !== null && !share && (asked === undefined || asked === known.assetClass);
  const guess = guessed(symbol, evidence.currency);
  const layers: Layer[] = [
    { fields: desk, from: "desk" },
    { fields: workspace, from: "workspace" },
    ...(holds ? [{ fields: known, from: BUILT_IN }] : []),
  ];
  const origins: Record<string, InstrumentSource> = {};
  const pick = <K extends Field>(key: K, fallback: Fields[K]): Fields[K] => {
    const layer = layers.find(({ fields }) => fields[key] !== undefined);
    origins[key] = layer?.from ?? "guess";
    return layer === undefined ? fallback : (layer.fields as Fields)[key];
  };
  const assetClass = pick("assetClass", guess.assetClass);
  const currency = pick(
    "currency",
    asked === undefined || asked === guess.assetClass ? guess.currency : evidence.currency,
  );
  const tick = tickOf(evidence, layers, assetClass, range);
  origins["tickSize"] = tick.from;
  const lotSize = pick("lotSize", assetClass === "crypto" ? "0.0001" : "1");
  const minQuantity = pick("minQuantity", lotSize);
  const pricePrecision = Math.max(decimal(tick.value).decimalPlaces(), said(layers, "pricePrecision") ?? 0);
  return {
    symbol,
    assetClass,
    currency,
    pricePrecision,
    quantityPrecision: said(layers, "quantityPrecision") ?? Math.min(PLACES_MAX, decimal(lotSize).decimalPlaces()),
    lotSize,
    minQuantity,
    minNotional: pick("minNotional", "0"),
    tickSize: tick.value,
    multiplier: pick("multiplier", "1"),
    ...optional(layers, origins),
    // Such prices are read only where the name or a person allows them.
    ...(range.low <= 0 && pick("allowNegativePrices", true) ? { allowNegativePrices: true } : {}),
    origins,
  };
}

function said(layers: readonly Layer[], key: "pricePrecision" | "quantityPrecision"): number | undefined {
  return layers.find(({ fields }) => fields[key] !== undefined)?.fields[key];
}

/** Fields that an instrument has only where they are declared. */
function optional(layers: readonly Layer[], origins: Record<string, InstrumentSource>): InstrumentFields {
  const found: Record<string, unknown> = {};
  for (const key of ["calendar", "feeBps", "allowNegativePrices", "adjusted"] as const) {
    const layer = layers.find(({ fields }) => fields[key] !== undefined);
    if (layer === undefined) continue;
    found[key] = layer.fields[key];
    origins[key] = layer.from;
  }
  return found;
}

/** What was guessed of an instrument, in words; null when nothing of weight was. */
function guessNote({ symbol, assetClass, currency, tickSize, lotSize, origins }: SymbolMeta): string | null {
  if (origins === undefined) return null;
  const fields = { assetClass, currency, tickSize, lotSize };
  const guesses = Object.entries(fields).filter(([key]) => origins[key] === "guess");
  if (guesses.length === 0) return null;
  return `${symbol} (${guesses.map(([key, value]) => `${key} ${value ?? ""}`).join(", ")})`;
}

/** Decimal terms of an instrument, read once. */
export interface Terms {
  readonly tick: Decimal;
  readonly multiplier: Decimal;
  readonly lot: Decimal;
}

const read = new WeakMap<SymbolMeta, Terms>();

/** The exact terms of an instrument. */
export function termsOf(meta: SymbolMeta): Terms {
  let terms = read.get(meta);
  if (terms === undefined) {
    terms = {
      tick: decimal(meta.tickSize ?? unit(meta.pricePrecision)),
      multiplier: decimal(meta.multiplier ?? "1"),
      lot: decimal(meta.lotSize),
    };
    read.set(meta, terms);
  }
  return terms;
}
