/**
 * What the columns of a table mean: by a header's names, by the words of `--columns`, or by a known layout without a header.
 *
 * 1. Every column that is used is named in `used`, so that a person sees what was taken for what.
 * 2. A header that names neither a bar, a trade nor a quote describes nothing: what it lacks is handed back.
 */
import { HEADER_LAYOUTS, KINDS, type HeaderLayout } from "./layouts.ts";
import { withoutZone } from "./header-zone.ts";
import { bidCandles, withoutCommonPart } from "./headings.ts";
import { periodStart } from "./time-forms.ts";
import { bareName, NAMES, ROLES, type Role } from "./names.ts";
import { isSymbol } from "../../symbols/symbols.ts";

/** The columns of one symbol's prices; -1 for a column that the file does not have. */
export interface PriceColumns {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** A second column that is added to the volume. */
  readonly volumeMore: number;
}

export interface Layout extends PriceColumns {
  readonly kind: "bars" | "trades" | "quotes";
  readonly name: string;
  readonly logos: boolean;
  /** Cells that a row needs for time, prices and volume. */
  readonly needed: number;
  /** Cells that the header has. */
  readonly width: number;
  readonly time: number;
  readonly clock: number;
  readonly closeTime: number;
  readonly symbol: number;
  readonly period: number;
  readonly price: number;
  readonly quantity: number;
  readonly id: number;
  readonly bid: number;
  readonly ask: number;
  readonly split: number;
  readonly dividend: number;
  /** Of files that this program keeps; elsewhere a spread is often counted in points, and the price is not the middle. */
  readonly spread: number;
  readonly stamp: "open" | "close" | null;
  readonly stampUnclear: boolean;
  readonly zone: string | null;
  /** Whether the header says the zone. */
  readonly zoneSaid: boolean;
  readonly scale: number;
  /** Prices of several symbols side by side; empty for a table of one symbol a row. */
  readonly wide: readonly (PriceColumns & { readonly of: string })[];
  /** A symbol that the header names. */
  readonly symbolSaid: string | null;
  /** Role → the name of its column. */
  readonly used: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** What a header lacks to be one. */
export interface NoLayout {
  readonly missing: readonly string[];
  readonly twice: string | null;
}

export type Sample = readonly (readonly string[])[];

/** The name of a table that its header alone describes. */
export const HEADED = "CSV with a header";

const LOGOS = "dt,open,high,low,close,volume,symbol";

const CLOCK = /^\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?(\s?[AaPp][Mm])?$|^\d{3,6}$/;
const WHOLE_TIME = KINDS["datetime"] as RegExp;

const share = (sample: Sample, column: number, test: (cell: string) => boolean): number => {
  const cells = sample.map((row) => row[column] ?? "").filter((cell) => cell !== "");
  return cells.length === 0 ? 0 : cells.filter(test).length / cells.length;
};

/** Names that programs give to the column of their rows' own names, which may be times. */
const isRowName = (cell: string): boolean => cell === "" || /^(unnamed: ?\d+|index|level_\d+|row ?names?)$/i.test(cell);
const isTime = (cell: string): boolean =>
  ["epoch", "day", "datetime", "stamp", "tick", "clock"].some((kind) => (KINDS[kind] as RegExp).test(cell));

const isPeriod = (cell: string): boolean => isTime(cell) || periodStart(cell) !== null;
const isDayTime = (cell: string): boolean => /^(?:[01]?\d|2[0-3])[0-5]\d(?:[0-5]\d)?$/.test(cell);
const isZero = (cell: string): boolean => Number(cell) === 0;

class Finder {
  readonly names: readonly string[];
  readonly cells: readonly string[];
  readonly sample: Sample;
  readonly used = new Map<string, string>();
  readonly notes: string[] = [];
  twice: string | null = null;

  constructor(cells: readonly string[], sample: Sample) {
    this.cells = cells;
    this.names = cells.map(bareName);
    this.sample = sample;
  }

  all(role: Role): number[] {
    return NAMES[role].flatMap((name) => this.names.flatMap((found, at) => (found === name ? [at] : [])));
  }

  /** The column of a role. Two of one name are a fault where their cells differ. */
  one(role: Role, strict = false): number {
    const [first = -1, ...others] = this.all(role);
    const same = others.filter((at) => this.names[at] === this.names[first]);
    if (strict && same.some((at) => this.sample.length === 0 || this.sample.some((row) => row[at] !== row[first])))
      this.twice ??= this.cells[first] as string;
    return first;
  }

  use(role: string, column: number): number {
    if (column >= 0)
      this.used.set(role, this.cells[column] === "" ? `column ${column + 1}` : (this.cells[column] as string));
    return column;
  }
}

/** A name of a symbol over a column of closes: in capitals, so that it is no name of a figure. */
const isHeading = (cell: string): boolean =>
  /^[A-Z0-9.^=:_-]{1,20}$/.test(cell) && /[A-Z]/.test(cell) && isSymbol(cell);
const isFigure = (cell: string): boolean => /^[-+]?[\d.,]+(?:[eE][-+]?\d+)?$/.test(cell);

/** Closes of several symbols side by side, under their names: a column of times, and all others of numbers. */
function closesOf(finder: Finder, time: number): Layout | null {
  const { cells, sample } = finder;
  const others = cells.flatMap((_cell, at) => (at === time ? [] : [at]));
  const named = others.every((at) => isHeading(cells[at] as string));
  const known = ROLES.some((role) => role !== "time" && role !== "date" && finder.all(role).some((at) => at !== time));
  if (others.length < 2 || !named || known || sample.length === 0) return null;
  if (!others.every((at) => share(sample, at, isFigure) > 0.9)) return null;
  const wide = others.map((at) => ({
    of: cells[at] as string,
    open: at,
    high: at,
    low: at,
    close: at,
    volume: -1,
    volumeMore: -1,
  }));
  const names = wide.map(({ of }) => of);
  const shown = names.length > 6 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
  finder.notes.push(
    `Each column is taken for the closes of one symbol: ${shown}. Open, high and low are the close, and volumes are zero.`,
  );
  finder.use("time", time);
  return shape(finder, "closes side by side", { kind: "bars", time, ...NONE, wide });
}

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, from the year 2001 on. */
const EPOCH = /^(?:1\d{9}(?:\.\d+)?|1\d{12}|1\d{15}|1\d{18})$/;
const TIMED_DAY = /^(?:19|20)\d{12}(?:\d{3})?$/;
const SHOWN_CLOCK = /^\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?[AaPp][Mm])?$/;

/** The time of day of a column of days: the only column that holds nothing else, whatever its name; or one that holds both. */
function clockBeside(finder: Finder, time: number): { time: number; clock: number } {
  const { sample, cells } = finder;
  const days = share(sample, time, (cell) => (KINDS["day"] as RegExp).test(cell));
  if (sample.length === 0 || days < 0.9) return { time, clock: -1 };
  const known = new Set(
    ["open", "high", "low", "close", "volume", "price"].flatMap((role) => finder.all(role as Role)),
  );
  const others = cells.flatMap((_cell, at) => (at === time || known.has(at) ? [] : [at]));
  const whole = others.find((at) => share(sample, at, (cell) => TIMED_DAY.test(cell)) === 1);
  if (whole !== undefined) return { time: whole, clock: -1 };
  const clocks = others.filter((at) => share(sample, at, (cell) => SHOWN_CLOCK.test(cell)) === 1);
  // The same time is often written for programs and for people.
  const plain = clocks.filter((at) => share(sample, at, (cell) => /m$/i.test(cell)) === 0);
  const one = plain.length === 1 ? plain : clocks;
  return { time, clock: one.length === 1 ? (one[0] as number) : -1 };
}

function timeColumns(finder: Finder): { time: number; clock: number; closeTime: number; stamp: "close" | null } {
  const { sample, cells } = finder;
  const closeTime = finder.one("closeTime");
  const [date, hour] = [finder.one("date"), finder.one("clock")];
  const times = finder.all("time");
  let time = times.find((at) => share(sample, at, isTime) > 0.5) ?? times[0] ?? -1;
  let clock = -1;
  if (time >= 0 && date >= 0 && share(sample, time, (cell) => CLOCK.test(cell) && cell.includes(":")) > 0.9) {
    clock = time;
    time = date;
  }
  if (time < 0 && date >= 0) {
    time = date;
    const isWhole = hour >= 0 && share(sample, hour, (cell) => TIMED_DAY.test(cell)) === 1;
    if (hour >= 0 && !isWhole && share(sample, date, (cell) => WHOLE_TIME.test(cell)) < 0.5) clock = hour;
  }
  // Digits that are times of a day in every row are no dates: read as such they would be days years apart.
  if (time < 0 && !(hour >= 0 && share(sample, hour, isDayTime) === 1)) time = hour;
  if (time < 0 && closeTime >= 0) return { time: closeTime, clock: -1, closeTime: -1, stamp: "close" };
  if (time < 0) time = cells.findIndex((cell, at) => isRowName(cell) && share(sample, at, isTime) > 0.5);
  if (time >= 0 && clock < 0) ({ time, clock } = clockBeside(finder, time));
  if (time < 0) time = finder.all("period").find((at) => share(sample, at, isPeriod) === 1) ?? -1;
  if (time < 0) {
    const epochs = cells.flatMap((_cell, at) => (share(sample, at, (cell) => EPOCH.test(cell)) === 1 ? [at] : []));
    if (epochs.length === 1) time = epochs[0] as number;
  }
  return { time, clock, closeTime, stamp: null };
}

/** The column of volumes: of those that could be it, the first that is not zero throughout. */
function volumeColumn(finder: Finder): { volume: number; volumeMore: number } {
  const all = finder.all("volume");
  const coin = finder.names.flatMap((name, at) =>
    /^vol(ume)?[a-z0-9]{2,8}$/.test(name) && !all.includes(at) ? [at] : [],
  );
  const candidates = [...new Set([...all, ...coin])];
  const [up, down] = [finder.one("up"), finder.one("down")];
  if (candidates.length === 0 && up >= 0 && down >= 0) {
    finder.used.set("volume", `${finder.cells[up]} + ${finder.cells[down]}`);
    return { volume: up, volumeMore: down };
  }
  const traded = candidates.find((at) => share(finder.sample, at, isZero) < 1) ?? candidates[0] ?? -1;
  const others = candidates.filter((at) => at !== traded).map((at) => `"${finder.cells[at]}"`);
  if (others.length > 0)
    finder.notes.push(`The volume is the column "${finder.cells[traded]}", not ${others.join(" or ")}.`);
  return { volume: finder.use("volume", traded), volumeMore: -1 };
}

/** Names that often say something other than a symbol. */
const WEAK = new Set([
  "name",
  "code",
  "s",
  "product",
  "coin",
  "asset",
  "market",
  "stock",
  "contract",
  "security",
  "instrument",
]);

/** The column of symbols: of those that could be it, the first whose cells are symbols, and not counts of something. */
function symbolColumn(finder: Finder, time: number): number {
  for (const column of new Set(finder.all("symbol"))) {
    const { sample } = finder;
    if (WEAK.has(finder.names[column] as string) && sample.length > 0 && share(sample, column, isSymbol) < 0.5) {
      finder.notes.push(`The column "${finder.cells[column]}" holds words that are no symbols, so it is passed over.`);
      continue;
    }
    const cells = sample.map((row) => row[column] ?? "");
    const times = new Set(sample.map((row) => row[time] ?? ""));
    const counts = cells.every((cell) => /^\d+(\.\d+)?$/.test(cell));
    if (counts && sample.length >= 5 && new Set(cells).size * 3 > cells.length && times.size * 3 > cells.length) {
      finder.notes.push(
        `The column "${finder.cells[column]}" holds a different number in each row, so it is not taken for symbols.`,
      );
      continue;
    }
    return finder.use("symbol", column);
  }
  return -1;
}

const NONE: PriceColumns = { open: -1, high: -1, low: -1, close: -1, volume: -1, volumeMore: -1 };

function shape(finder: Finder, name: string, parts: Partial<Layout> & Pick<Layout, "kind" | "time">): Layout {
  const whole = {
    ...NONE,
    name,
    logos: false,
    clock: -1,
    closeTime: -1,
    symbol: -1,
    period: -1,
    price: -1,
    quantity: -1,
    id: -1,
    bid: -1,
    ask: -1,
    split: -1,
    dividend: -1,
    spread: -1,
    stamp: null,
    stampUnclear: false,
    zone: null,
    zoneSaid: false,
    scale: 0,
    wide: [],
    symbolSaid: null,
    width: finder.cells.length,
    used: finder.used,
    notes: finder.notes,
    ...parts,
  };
  const { time, clock, symbol, open, high, low, close, volume, price, quantity, bid, ask } = whole;
  const needed = 1 + Math.max(time, clock, symbol, open, high, low, close, volume, price, quantity, bid, ask);
  return { ...whole, needed };
}

/** Columns without a meaning here beside a price that look like prices, too: a bar's open, high and low under names not known. */
function pricesBeside(finder: Finder, price: number): number {
  const { cells, sample } = finder;
  const known = new Set(ROLES.flatMap((role) => finder.all(role)));
  const near = (row: readonly string[], at: number): boolean => {
    const [one, other] = [Number(row[price]), Number(row[at])];
    return one > 0 && other > one * 0.7 && other < one * 1.4;
  };
  return cells.filter((_cell, at) => !known.has(at) && sample.length > 0 && sample.every((row) => near(row, at)))
    .length;
}

const knownHeader = ({ names }: Finder): HeaderLayout | undefined =>
  HEADER_LAYOUTS.find(({ has }) => has.every((name) => names.includes(name)));
const scaleBy = (finder: Finder): number => knownHeader(finder)?.scale ?? 0;

/** The layout that a header describes, checked against a sample of rows; or what it lacks. */
export function layoutOf(header: readonly string[], sample: Sample): Layout | NoLayout {
  const { cells: bare, zone } = withoutZone(header);
  const { cells, said } = withoutCommonPart(bare);
  const candles = bidCandles(cells);
  const finder = new Finder(candles ?? cells, sample);
  if (candles !== null) finder.notes.push("Prices are those of the bid's candles; the ask's columns are passed over.");
  const { time, clock, closeTime, stamp } = timeColumns(finder);
  const bar = { open: finder.one("open", true), high: finder.one("high", true), low: finder.one("low", true) };
  let close = finder.one("close", true);
  const price = finder.one("price");
  const missing = [...Object.entries(bar), ["close", close] as const].flatMap(([name, at]) => (at < 0 ? [name] : []));
  if (missing.join() === "close" && price >= 0) {
    close = price;
    missing.length = 0;
  }
  const [bid, ask] = [finder.one("bid"), finder.one("ask")];
  const id = finder.one("id");
  const symbol = symbolColumn(finder, time);
  finder.use("time", time);
  finder.use("clock", clock);
  const common = {
    time,
    clock,
    symbol,
    symbolSaid: said,
    period: finder.one("period"),
    stamp,
    zone,
    zoneSaid: zone !== null,
  };
  if (time >= 0 && missing.length === 0) {
    for (const [role, at] of [...Object.entries(bar), ["close", close] as const]) finder.use(role, at);
    if (finder.twice !== null) return { missing: [], twice: finder.twice };
    const volumes = volumeColumn(finder);
    const actions = {
      split: finder.use("split", finder.one("split")),
      dividend: finder.use("dividend", finder.one("dividend")),
    };
    const known = knownHeader(finder);
    const logos = finder.names.join(",").startsWith(LOGOS);
    const spread = logos ? finder.use("spread", finder.names.indexOf("spread")) : -1;
    const rules = { stamp: stamp ?? known?.stamp ?? null, scale: known?.scale ?? 0, logos, spread };
    const name = known?.name ?? (logos ? "Logos CSV" : HEADED);
    return shape(finder, name, { kind: "bars", ...common, ...bar, close, ...volumes, ...actions, closeTime, ...rules });
  }
  if (time >= 0 && bid >= 0 && ask >= 0 && missing.length >= 3) {
    finder.use("bid", bid);
    finder.use("ask", ask);
    return shape(finder, "quotes", { kind: "quotes", ...common, bid, ask, scale: scaleBy(finder) });
  }
  // A trade's file may call its price "last" or "close"; a bar's file has at least an open, a high or a low.
  const traded = price >= 0 ? price : close;
  if (missing.length >= 3 && traded >= 0 && bar.open < 0 && bar.high < 0 && bar.low < 0) {
    if (time < 0) return { missing: ["the time"], twice: null };
    // A bar of which only the close was understood would be traded without its range.
    if (pricesBeside(finder, traded) >= 3) return { missing: missing.filter((name) => name !== "close"), twice: null };
    const quantity = finder.use("quantity", finder.one("quantity"));
    finder.use("price", traded);
    return shape(finder, "trades", { kind: "trades", ...common, price: traded, quantity, id, scale: scaleBy(finder) });
  }
  const closes = time >= 0 && missing.length === 4 && price < 0 ? closesOf(finder, time) : null;
  if (closes !== null) return { ...closes, zone, zoneSaid: zone !== null };
  if (time < 0) missing.unshift("the time");
  return { missing, twice: null };
}

const WORDS: Readonly<Record<string, Role>> = {
  ...Object.fromEntries(ROLES.map((role) => [role.toLowerCase(), role])),
  dt: "time",
  datetime: "time",
  timestamp: "time",
  o: "open",
  h: "high",
  l: "low",
  c: "close",
  v: "volume",
  vol: "volume",
  qty: "quantity",
  size: "quantity",
  ticker: "symbol",
};

/** The layout that the words of `--columns` say; or the first word that means nothing, or what they lack. */
export function layoutOfWords(text: string, sample: Sample): Layout | NoLayout | { readonly unknown: string } {
  const words = text.split(",").map((word) => word.trim());
  const roles: (Role | null)[] = [];
  for (const word of words) {
    const role = word === "-" || word === "" ? null : WORDS[word.toLowerCase().replaceAll(/[_-]/g, "")];
    if (role === undefined) return { unknown: word };
    roles.push(role);
  }
  const cells = roles.map((role) => (role === null ? "-" : (NAMES[role][0] as string)));
  const layout = layoutOf(cells, sample);
  if ("missing" in layout) return layout;
  const used = new Map(roles.flatMap((role, at) => (role === null ? [] : [[role, `column ${at + 1}`] as const])));
  return { ...layout, logos: false, name: "named columns", used };
}

/** The prices of several symbols side by side, as two header rows name them: field and symbol, in either order. */
export function wideLayoutOf(first: readonly string[], second: readonly string[], sample: Sample): Layout | null {
  const roles = (row: readonly string[]): number =>
    row.filter((cell) => /^(adj ?close|open|high|low|close|volume)$/i.test(cell)).length;
  const [fields, symbols] = roles(first) >= 4 ? [first, second] : [second, first];
  if (roles(fields) < 4) return null;
  const columns = fields.flatMap((field, at) => (at > 0 && (symbols[at] ?? "") !== "" && field !== "" ? [at] : []));
  const names = [...new Set(columns.map((at) => symbols[at] as string))];
  if (names.length === 0 || !names.every((name) => isSymbol(name) && /[A-Za-z]/.test(name))) return null;
  const place = (of: string, role: string): number =>
    columns.find((at) => symbols[at] === of && (fields[at] as string).toLowerCase() === role) ?? -1;
  const wide = names.map((of) => {
    const [open, high, low, close] = ["open", "high", "low", "close"].map((role) => place(of, role)) as [
      number,
      number,
      number,
      number,
    ];
    return { of, open, high, low, close, volume: place(of, "volume"), volumeMore: -1 };
  });
  if (!wide.every(({ open, high, low, close }) => Math.min(open, high, low, close) >= 0)) return null;
  const finder = new Finder(fields, sample);
  const [only] = wide;
  for (const [role, at] of Object.entries({ time: 0, ...only })) if (typeof at === "number") finder.use(role, at);
  const prices =
    wide.length === 1 && only !== undefined ? { ...only, wide: [], symbolSaid: only.of } : { ...NONE, wide };
  const layout = shape(finder, "yfinance", { kind: "bars", time: 0, ...prices });
  return { ...layout, needed: wide.length === 1 ? layout.needed : fields.length };
}
