/**
 * Imported bars as a feed: all symbols in one order of time.
 *
 * 1. Events rise in time; bars of one moment come in the order of the symbols' names.
 * 2. However the calls of `take` are cut, the same events come in the same order.
 * 3. Of a symbol with bars of several lengths the finest are played.
 * 4. One call gives at most about `TAKE_MAX` events; what is left stays due, as `nextAt` says.
 */
import { DueHeap } from "../../orchestrator/scheduler/due-heap.ts";
import { CodedError } from "../../shared/errors.ts";
import type { Bar, FeedEvent, SymbolMeta } from "../../shared/market.ts";
import type { Feed, FeedSource } from "../../shared/ports.ts";
import type { Moment } from "../../shared/time.ts";
import { PRICES } from "../reader/table/bar-columns.ts";
import type { BarTable, Imported } from "../reader/table/imported.ts";
import { finestSeries } from "../reader/table/merge.ts";
import { plainNumber } from "../reader/table/numbers.ts";
import { metaOf } from "../symbols/symbols.ts";

/** Events of one `take`; a call never ends within a moment, so a few more may come. */
export const TAKE_MAX = 250_000;

function sourcesOf(imported: Imported): FeedSource[] {
  const sources = new Map<
    string,
    { name: string; sha256: string; rows: number; bars: number; refused: number; firstRefused: string | null }
  >();
  for (const { source, sha256, rows, bars, refused, refusedTotal } of imported.files) {
    // Files of different folders may share a name.
    const key = `${sha256} ${source}`;
    const known = sources.get(key);
    const [first] = refused;
    const firstRefused = first === undefined ? null : `row ${first.row}: ${first.reason}`;
    if (known === undefined)
      sources.set(key, { name: source, sha256, rows, bars, refused: refusedTotal, firstRefused });
    else {
      known.rows += rows;
      known.bars += bars;
      known.refused += refusedTotal;
      known.firstRefused ??= firstRefused;
    }
  }
  return [...sources.values()];
}

/** The exact texts of a bar's prices, where a number cannot hold one of them. */
function exactOf({ exact, ...table }: BarTable, index: number): Pick<Bar, "exact"> {
  if (exact === undefined) return {};
  const texts = PRICES.map((name, slot) => exact.get(index * 4 + slot) ?? plainNumber(table[name][index] as number));
  if (!PRICES.some((_, slot) => exact.has(index * 4 + slot))) return {};
  const [open, high, low, close] = texts as [string, string, string, string];
  return { exact: { open, high, low, close } };
}

/** The spread of a bar's last quote, where it is known. */
function spreadOf(spreads: Float64Array, index: number): Pick<Bar, "spread"> {
  const spread = spreads[index] as number;
  return Number.isNaN(spread) ? {} : { spread: plainNumber(spread) };
}

function eventOf(table: BarTable, index: number): FeedEvent {
  const spreads = table.spread ?? null;
  return {
    kind: "bar",
    bar: {
      ...(table.exact === undefined ? {} : exactOf(table, index)),
      ...(spreads === null ? {} : spreadOf(spreads, index)),
      symbol: table.symbol,
      at: table.at[index] as Moment,
      open: table.open[index] as number,
      high: table.high[index] as number,
      low: table.low[index] as number,
      close: table.close[index] as number,
      volume: table.volume[index] as number,
    },
  };
}

/**
 * A feed of imported bars. `metas` says what is known of a symbol; the rest is supposed from its name and prices.
 * Throws `data_invalid` when there is no bar to replay.
 */
export function createReplayFeed(imported: Imported, metas: Readonly<Record<string, SymbolMeta>> = {}): Feed {
  const tables = finestSeries(imported.tables);
  const [refusing] = imported.files.filter((file) => file.refused.length > 0);
  const refused = refusing?.refused[0];
  if (tables.length === 0) {
    const why = refused === undefined ? "" : ` ${refusing?.name}, row ${refused.row}: ${refused.reason}`;
    throw new CodedError("data_invalid", `The files hold no bar that could be replayed.${why}`, { rule: "empty" });
  }
  const heap = new DueHeap();
  const places = new Uint32Array(tables.length);
  tables.forEach((table, member) => heap.set(member, table.at[0] as number));
  const nextAt = (): Moment | null => (heap.earliest() as Moment | undefined) ?? null;

  const take = (now: Moment): FeedEvent[] => {
    const events: FeedEvent[] = [];
    for (let at = nextAt(); at !== null && at <= now && events.length < TAKE_MAX; at = nextAt())
      for (const member of heap.due(at)) {
        const table = tables[member] as BarTable;
        const place = places[member] as number;
        events.push(eventOf(table, place));
        places[member] = place + 1;
        if (place + 1 < table.at.length) heap.set(member, table.at[place + 1] as number);
        else heap.remove(member);
      }
    return events;
  };

  return {
    symbols: tables.map((table) =>
      Object.hasOwn(metas, table.symbol)
        ? (metas[table.symbol] as SymbolMeta)
        : metaOf(table.symbol, table.pricePrecision),
    ),
    start: nextAt() as Moment,
    end: tables.reduce((end, table) => Math.max(end, table.at.at(-1) as number), -Infinity) as Moment,
    warmup: [],
    barInterval: (symbol) => tables.find((table) => table.symbol === symbol)?.interval ?? null,
    sources: sourcesOf(imported),
    nextAt,
    take,
  };
}
