/**
 * What the columns of a table mean: by a header's names, by the words of `--columns`, or by a known layout without a header.
 *
 * 1. Every column that is used is named in `used`, so that a person sees what was taken for what.
 * 2. A header that names neither a bar, a trade nor a quote describes nothing: what it lacks is handed back.
 */
import { Finder, NONE, shape, share, type Layout, type NoLayout, type Sample } from "./finder.ts";
import { HEADER_LAYOUTS, type HeaderLayout } from "./layouts.ts";
import { withoutZone } from "./header-zone.ts";
import { bidCandles, withoutCommonPart } from "./headings.ts";
import { timeColumns } from "./time-columns.ts";
import { NAMES, ROLES, type Role } from "./names.ts";
import { isSymbol } from "../../symbols/symbols.ts";

/** The name of a table that its header alone describes. */
export const HEADED = "CSV with a header";

const LOGOS = "dt,open,high,low,close,volume,symbol";

const isZero = (cell: string): boolean => Number(cell) === 0;

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
  const others = candidates.filter((at) => at !== traded).map((at) => finder.titled(at));
  if (others.length > 0)
    finder.notes.push(`The volume is the column ${finder.titled(traded)}, not ${others.join(" or ")}.`);
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
      finder.notes.push(`The column ${finder.titled(column)} holds words that are no symbols, so it is passed over.`);
      continue;
    }
    const cells = sample.map((row) => row[column] ?? "");
    const times = new Set(sample.map((row) => row[time] ?? ""));
    const counts = cells.every((cell) => /^\d+(\.\d+)?$/.test(cell));
    if (counts && sample.length >= 5 && new Set(cells).size * 3 > cells.length && times.size * 3 > cells.length) {
      finder.notes.push(
        `The column ${finder.titled(column)} holds a different number in each row, so it is not taken for symbols.`,
      );
      continue;
    }
    return finder.use("symbol", column);
  }
  return -1;
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
