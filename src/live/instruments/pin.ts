/**
 * Completes a desk with what its data settles: the whole instrument of every symbol.
 *
 * 1. The completed desk is what a session journals, so that a later version of the table, or of the workspace's file, changes no session.
 * 2. A desk that is completed already comes out the same.
 */
import type { Desk, FeedConfig } from "../../shared/desk.ts";
import type { InstrumentFields, SymbolMeta } from "../../shared/market.ts";
import type { BarTable } from "../reader/table/imported.ts";
import { placeIn } from "./place.ts";
import { completeRates } from "./rates.ts";
import { resolveInstrument } from "./resolve.ts";

export type Written = Readonly<Record<string, InstrumentFields>>;

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** What a desk says of a symbol: in its file, or as a whole in the symbols that it was made with. */
function deskFields(desk: Desk, symbols: Readonly<Record<string, SymbolMeta>>, symbol: string): InstrumentFields {
  const written = own(desk.instruments ?? {}, symbol);
  const whole = own(symbols, symbol);
  if (written !== undefined || whole === undefined || whole.origins !== undefined) return written ?? {};
  const { symbol: _symbol, origins: _origins, ...fields } = whole;
  return fields;
}

/** The instruments of imported bars without a desk, by what the workspace says, the table and a guess. */
export function instrumentsOf(tables: readonly BarTable[], workspace: Written, currency: string): SymbolMeta[] {
  return tables.map((table) => {
    const { symbol } = table;
    const said = own(workspace, symbol) ?? {};
    return resolveInstrument({ symbol, desk: {}, workspace: said, currency, table, placeOf: () => "instruments.yaml" });
  });
}

/** What the files say of the symbols in them. */
export interface FileFacts {
  /** Symbols of files that only shares have. */
  readonly shares: ReadonlySet<string>;
  /** Symbols of files whose prices are declared adjusted; what the desk says of the instrument goes before it. */
  readonly adjusted: ReadonlySet<string>;
}

const NO_FACTS: FileFacts = { shares: new Set(), adjusted: new Set() };

/** The desk with every symbol's instrument, and the instruments by symbol. Throws `desk_invalid`. */
export function pinInstruments(
  desk: Desk,
  feed: Extract<FeedConfig, { kind: "replay" }>,
  tables: readonly BarTable[],
  workspace: Written,
  facts: FileFacts = NO_FACTS,
): { readonly desk: Desk; readonly symbols: Readonly<Record<string, SymbolMeta>> } {
  const placeOf =
    (symbol: string) =>
    (source: "desk" | "workspace"): string => {
      const { file, line } = placeIn(source === "desk" ? desk.source : "instruments.yaml", "tickSize", symbol);
      return line === null ? file : `${file}, line ${line}`;
    };
  const metas = tables.map((table): [string, SymbolMeta] => {
    const { symbol } = table;
    const meta = resolveInstrument({
      symbol,
      desk: { ...(facts.adjusted.has(symbol) ? { adjusted: true } : {}), ...deskFields(desk, feed.symbols, symbol) },
      workspace: own(workspace, symbol) ?? {},
      currency: desk.broker.currency,
      table,
      isShareFile: facts.shares.has(symbol),
      placeOf: placeOf(symbol),
    });
    return [symbol, meta];
  });
  const symbols = Object.fromEntries(metas);
  const { instruments: _said, fx: _fx, ...rest } = desk;
  const fx = completeRates(desk, Object.values(symbols));
  return { desk: { ...rest, feed: { ...feed, symbols }, ...(fx === undefined ? {} : { fx }) }, symbols };
}
