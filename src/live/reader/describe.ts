/**
 * What a person should see of a file before its bars are used: samples, gaps, jumps, kinds of refusals.
 *
 * 1. Stretches that recur, as nights and weekends do, are no gaps.
 * 2. Samples are the table's own bars, with the moments at which they open and close.
 */
import { DAY, HOUR, moment, type Moment } from "../../shared/time.ts";
import type { Gathering } from "./table/gathering.ts";
import { PRICES, type BarColumns } from "./table/bar-columns.ts";
import type { Gap, Jump, RefusalKind, SampleBar } from "./table/imported.ts";
import type { Span } from "./table/meaning.ts";
import { plainNumber } from "./table/numbers.ts";
import type { ReadPart } from "./read-part.ts";

const SAMPLES = 5;
const LISTED_MAX = 20;
const JUMP = 0.4;
/** A stretch without bars that comes so often is a closed hour. */
const RECURS = 3;

function sampleOf(table: BarColumns, span: Span, index: number): SampleBar {
  const { columns } = table;
  const closed = columns.at[index] as number;
  const price = (slot: number): string =>
    table.exact.get(index * 4 + slot) ?? plainNumber(columns[PRICES[slot] as (typeof PRICES)[number]][index] as number);
  return {
    symbol: table.symbol,
    opened: moment(table.opened?.[index] ?? closed - span.interval),
    closed: moment(closed),
    open: price(0),
    high: price(1),
    low: price(2),
    close: price(3),
    volume: plainNumber(columns.volume[index] as number),
  };
}

/** The first bars of a file, as they are in the tables. */
export function samplesOf({ gathering, spans }: ReadPart): SampleBar[] {
  const samples: SampleBar[] = [];
  for (const [symbol, table] of gathering.tables)
    for (let index = 0; index < table.size && samples.length < SAMPLES; index++)
      samples.push(sampleOf(table, spans.get(symbol) as Span, index));
  return samples;
}

/** Stretches of a table without bars that do not recur. */
function gapsOf(table: BarColumns, { unit, interval }: Span): Gap[] {
  const { at } = table.columns;
  const usual = unit === "fixed" ? interval : unit === "day" ? Math.max(interval, 4 * DAY) : interval * 1.5;
  const found: { from: number; to: number }[] = [];
  const lengths = new Map<number, number>();
  for (let index = 1; index < table.size; index++) {
    const [from, to] = [at[index - 1] as number, at[index] as number];
    const length = to - from;
    if (length <= usual * 1.01) continue;
    found.push({ from, to });
    lengths.set(length, (lengths.get(length) ?? 0) + 1);
  }
  // The clocks' change moves a closed stretch by an hour.
  const often = (length: number): boolean =>
    length >= 2 * HOUR && [length - HOUR, length, length + HOUR].some((one) => (lengths.get(one) ?? 0) >= RECURS);
  return found
    .filter(({ from, to }) => !often(to - from))
    .map(({ from, to }) => ({ symbol: table.symbol, from: from as Moment, to: (to - interval) as Moment }));
}

function jumpsOf(table: BarColumns): Jump[] {
  const { at, close } = table.columns;
  const jumps: Jump[] = [];
  for (let index = 1; index < table.size; index++) {
    const [from, to] = [close[index - 1] as number, close[index] as number];
    if (Math.abs(to - from) > JUMP * Math.abs(from))
      jumps.push({ symbol: table.symbol, at: at[index] as Moment, from, to });
  }
  return jumps;
}

interface Remarks {
  readonly gaps: readonly Gap[];
  readonly gapsTotal: number;
  readonly jumps: readonly Jump[];
  readonly jumpsTotal: number;
}

/** The longest gaps and the first jumps of a file, with their counts. */
export function remarksOf({ gathering, spans }: ReadPart): Remarks {
  const tables = [...gathering.tables];
  const gaps = tables.flatMap(([symbol, table]) => gapsOf(table, spans.get(symbol) as Span));
  const jumps = tables.flatMap(([, table]) => jumpsOf(table));
  return {
    gaps: gaps.toSorted((a, b) => b.to - b.from - (a.to - a.from)).slice(0, LISTED_MAX),
    gapsTotal: gaps.length,
    jumps: jumps.slice(0, LISTED_MAX),
    jumpsTotal: jumps.length,
  };
}

/** Kinds of refusals, the most frequent first, with the first rows of each. */
export function refusalsOf({ refused, refusedBy }: Gathering): RefusalKind[] {
  const rows = refused.toSorted((a, b) => a.row - b.row);
  return [...refusedBy]
    .map(([rule, count]) => ({ rule, count, first: rows.filter((row) => row.rule === rule).slice(0, 3) }))
    .toSorted((a, b) => b.count - a.count);
}
