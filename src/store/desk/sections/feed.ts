/**
 * The feed of a desk: the synthetic market, files, or files that take the feed's place.
 *
 * 1. Files that a command names replace the desk's feed whole; the file's own feed is still checked.
 * 2. A synthetic feed lists its symbols; what a replay holds is known once its files are read.
 */
import { isMap } from "yaml";
import { CodedError } from "../../../shared/errors.ts";
import type { DataFileOptions, FeedConfig, SyntheticSymbol } from "../../../shared/desk.ts";
import type { InstrumentFields, SymbolMeta } from "../../../shared/market.ts";
import { shown, type Entry, type Spot } from "../text/document.ts";
import { fileRow } from "../text/config-rows.ts";
import { readScalar } from "../text/fields.ts";
import { OPTION_KEYS, overProfile, readFileOptions } from "./file-options.ts";
import type { Reading } from "./reading.ts";
import type { SettingValues } from "./settings.ts";
import { readFx, readInstruments } from "./instruments.ts";
import { checkCurrency, metaOf, readSymbols, type SymbolsReading } from "./symbols.ts";
import { text } from "../text/values.ts";

export const FILES_MAX = 1_000;

/** One item of `feed.files`: a file's path, and how it is read. */
interface FileItem {
  readonly path: Spot;
  readonly options: DataFileOptions;
}

/** What the profile that an entry names says of keys that the entry leaves open. */
function profileOptions(reading: Reading, item: Spot, entries: Map<string, Entry>): DataFileOptions {
  const { document, sources } = reading;
  const spot = entries.get("profile");
  const read = spot === undefined ? null : readScalar(document, spot, text(80));
  if (spot === undefined || read === null) return {};
  try {
    if (sources.resolveProfile === undefined)
      throw new CodedError("not_found", "There is no profile.", {
        rule: "profiles are kept in a workspace, and here is none",
      });
    const { options, rows } = sources.resolveProfile(read.value);
    reading.rows.push(fileRow(`${item.path}.profile`, read.value, document.where(spot.offset)));
    for (const row of rows) {
      const key = row.name.slice(row.name.lastIndexOf(".") + 1);
      if (!entries.has(key)) reading.rows.push({ ...row, name: `${item.path}.${key}` });
    }
    return Object.fromEntries(Object.entries(options).filter(([key]) => !entries.has(key)));
  } catch (error) {
    // A profile that breaks a rule names its own file and line.
    if (!(error instanceof CodedError) || error.code === "desk_invalid") throw error;
    const { rule = error.message.replace(/\.$/, ""), nearest: near = null } = error.detail ?? {};
    document.complain(spot, `is ${shown(read.value)}, which is no profile; ${String(rule)}`, near as string | null);
    return {};
  }
}

/** A file and its options, written as `{ path: a.csv, stamp: close }`; null after a complaint. */
function readFileItem(reading: Reading, item: Spot): FileItem | null {
  const { document, rows } = reading;
  const entries = document.map(
    item,
    ["path", "profile", ...OPTION_KEYS],
    "a file's name, or its path with how it is read",
  );
  const path = entries?.get("path");
  if (entries === null || path === undefined) {
    if (entries !== null) document.complain(item, "lacks path; name the file");
    return null;
  }
  const profile = profileOptions(reading, item, entries);
  return { path, options: overProfile(profile, readFileOptions(document, rows, item, entries)) };
}

interface FilesReading {
  readonly paths: readonly string[];
  readonly fileOptions: Readonly<Record<string, DataFileOptions>>;
}

function readFiles(reading: Reading): FilesReading {
  const { document, sources } = reading;
  const spot = reading.other("feed.files");
  const paths: string[] = [];
  const fileOptions: Record<string, DataFileOptions> = {};
  if (spot === undefined) {
    if (reading.sectionsWhole)
      document.complain(document.root, "lacks feed.files; a replay feed lists its files, such as [bars.csv]");
    return { paths, fileOptions };
  }
  const items = document.list(spot, FILES_MAX, "[bars.csv]") ?? [];
  if (items.length === 0) document.complain(spot, "needs one file at least");
  for (const item of items) {
    const whole = isMap(item.node) ? readFileItem(reading, item) : { path: item, options: {} };
    const read = whole === null ? null : readScalar(document, whole.path, text(1_000));
    if (whole === null || read === null) continue;
    try {
      const found = sources.resolveFile === undefined ? read.value : sources.resolveFile(read.value);
      for (const path of typeof found === "string" ? [found] : found) {
        if (paths.includes(path)) continue;
        paths.push(path);
        if (Object.keys(whole.options).length > 0) fileOptions[path] = whole.options;
      }
      reading.rows.push(fileRow(item.path, read.value, document.where(item.offset)));
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      document.complain(item, `is refused: ${error.message.replace(/\.$/, "")}`);
    }
  }
  return { paths, fileOptions };
}

export interface FeedReading {
  readonly feed: FeedConfig;
  /** The feed's symbols; null when they are known only once its files are read. */
  readonly symbols: readonly SymbolMeta[] | null;
  /** What the desk says of single instruments. */
  readonly instruments: Readonly<Record<string, InstrumentFields>>;
  /** Currency → rate, as written. */
  readonly fx: Readonly<Record<string, string>>;
}

type FeedPart = Pick<FeedReading, "feed" | "symbols">;

function readSynthetic(reading: Reading, values: SettingValues, listed: readonly SyntheticSymbol[]): FeedPart {
  const { document } = reading;
  const files = reading.other("feed.files");
  const named = reading.other("feed.symbols") !== undefined;
  if (!named && reading.feedKnown && reading.sectionsWhole)
    document.complain(document.root, "lacks feed.symbols; a synthetic feed lists one symbol at least");
  if (files !== undefined && reading.feedKnown)
    document.complain(files, "belongs to the replay feed, and this one is synthetic");
  const { bar_interval: barInterval, mark_interval: markInterval, warmup_bars: warmupBars } = values;
  return {
    feed: { kind: "synthetic", barInterval, markInterval, symbols: listed, warmupBars },
    symbols: named && listed.length > 0 ? listed.map(metaOf) : null,
  };
}

const bySymbol = (symbols: readonly SymbolMeta[]): Readonly<Record<string, SymbolMeta>> =>
  Object.fromEntries(symbols.map((meta) => [meta.symbol, meta]));

const NO_SYMBOLS: SymbolsReading = { symbols: [], written: {} };

/** Reads the feed, and what the desk says of instruments and rates. What is broken is complained of. */
export function readFeed(reading: Reading, values: SettingValues): FeedReading {
  const { document, rows } = reading;
  const synthetic = values.feed === "synthetic";
  const replaced = reading.sources.bars !== undefined;
  const [fxSpot, instrumentSpot, spot] = ["fx", "instruments", "feed.symbols"].map((place) => reading.other(place));
  const fx = fxSpot === undefined ? {} : readFx(document, rows, fxSpot, values.currency);
  const said = instrumentSpot === undefined ? {} : readInstruments(document, rows, instrumentSpot, "instruments");
  const options = { synthetic, currency: values.currency, fx };
  for (const { currency } of Object.values(said))
    if (currency !== undefined && instrumentSpot !== undefined)
      checkCurrency(document, { ...instrumentSpot, path: "instruments.currency" }, currency, options);
  const listed = spot === undefined || !reading.feedKnown ? NO_SYMBOLS : readSymbols(document, rows, spot, options);
  const overlaid = listed.symbols.map((symbol) => ({ ...symbol, ...said[symbol.symbol] }));
  const part = feedOf(reading, values, overlaid, synthetic);
  if (synthetic && !replaced) return { ...part, instruments: {}, fx };
  // Files that a command names take the place of the feed and its symbols; what is said of instruments holds for them, too.
  const written = replaced ? {} : listed.written;
  const merged = Object.entries(said).map(([symbol, fields]) => [symbol, { ...written[symbol], ...fields }] as const);
  return { ...part, instruments: { ...written, ...Object.fromEntries(merged) }, fx };
}

function feedOf(
  reading: Reading,
  values: SettingValues,
  listed: readonly SyntheticSymbol[],
  synthetic: boolean,
): FeedPart {
  const { bars } = reading.sources;
  const { feed_symbol: symbol, time_zone: timeZone, date_format: dateFormat, resample } = values;
  const adjusted = values.adjusted === "true" ? { adjusted: true as const } : {};
  const zoneNamed = bars?.timeZone !== undefined || reading.origin("time_zone").from !== "default";
  const zone = bars?.timeZone ?? timeZone;
  const zoned = { timeZone: zone, ...(zoneNamed && zone === "UTC" ? { timeZoneWritten: true as const } : {}) };
  if (bars !== undefined) {
    const feed: FeedConfig = {
      kind: "replay",
      files: bars.files,
      symbol: bars.symbol === undefined ? symbol : bars.symbol,
      ...zoned,
      dateFormat: bars.dateFormat === undefined ? dateFormat : bars.dateFormat,
      ...(bars.options === undefined
        ? {}
        : { fileOptions: Object.fromEntries(bars.files.map((file) => [file, bars.options as DataFileOptions])) }),
      ...(resample === null ? {} : { resample }),
      ...adjusted,
      symbols: bySymbol(bars.symbols),
    };
    for (const [index, file] of bars.files.entries())
      reading.rows.push({ ...fileRow(`feed.files[${index}]`, file, "--bars"), from: "flag" });
    return { feed, symbols: bars.symbols };
  }
  if (!reading.feedKnown) return readSynthetic(reading, values, []);
  if (synthetic) return readSynthetic(reading, values, listed);
  const { paths: files, fileOptions } = readFiles(reading);
  const symbols = bySymbol(listed.map(metaOf));
  const own = Object.keys(fileOptions).length === 0 ? {} : { fileOptions };
  const folded = resample === null ? {} : { resample };
  const read = { files, symbol, ...zoned, dateFormat, ...own, ...folded, ...adjusted };
  return { feed: { kind: "replay", ...read, symbols }, symbols: null };
}
