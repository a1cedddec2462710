/**
 * The bars of the shipped fixtures, made from a seed: to check a file, make it again (`node test/harness/regress/bars.ts`
 * writes them), and a test compares.
 *
 * 1. The same bytes on every machine: seeded steps, whole ticks, no clock.
 * 2. Each market has one character: it drifts, swings around a level, is quiet, jumps, or opens away from its last close.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createStream } from "../../../src/orchestrator/index.ts";
import { formatMoment, later, MINUTE, type Duration, type Moment } from "../../../src/shared/time.ts";

export interface Market {
  readonly symbols: readonly { readonly symbol: string; readonly price: number }[];
  readonly minutes: number;
  /** Typical step of a bar, a share of the price. */
  readonly step: number;
  /** Drift of a bar, a share of the price. */
  readonly drift: number;
  /** How strongly the price is drawn back to its level: 0 lets it wander. */
  readonly pull: number;
  readonly volume: number;
  /** The share of bars that open away from the close before, by up to 20 steps. */
  readonly gaps?: number;
}

/** A Monday, at the opening in New York. */
const START = 1_767_623_400_000_000 as Moment;

const PAIR = [
  { symbol: "ALFA", price: 100 },
  { symbol: "BRAVO", price: 48 },
] as const;
const FOUR = [...PAIR, { symbol: "CHARLIE", price: 212 }, { symbol: "DELTA", price: 17.5 }] as const;

export const MARKETS: Readonly<Record<string, Market>> = {
  quiet: { symbols: PAIR, minutes: 390, step: 0.0002, drift: 0, pull: 0.2, volume: 4_000 },
  "trending-up": { symbols: PAIR, minutes: 390, step: 0.0012, drift: 0.0005, pull: 0, volume: 9_000 },
  "trending-down": { symbols: PAIR, minutes: 390, step: 0.0012, drift: -0.0005, pull: 0, volume: 9_000 },
  "range-bound": { symbols: PAIR, minutes: 390, step: 0.0025, drift: 0, pull: 0.12, volume: 8_000 },
  busy: { symbols: FOUR, minutes: 60, step: 0.003, drift: 0, pull: 0.05, volume: 20_000 },
  quoting: { symbols: PAIR, minutes: 180, step: 0.0015, drift: 0, pull: 0.1, volume: 600 },
  brackets: { symbols: PAIR, minutes: 390, step: 0.002, drift: 0, pull: 0.05, volume: 3_000 },
  gaps: { symbols: PAIR, minutes: 240, step: 0.001, drift: 0, pull: 0.08, volume: 500, gaps: 0.25 },
  flatten: { symbols: FOUR, minutes: 240, step: 0.002, drift: 0, pull: 0.05, volume: 1_500 },
  faulty: { symbols: PAIR, minutes: 240, step: 0.002, drift: 0.0001, pull: 0.05, volume: 8_000 },
};

const cents = (value: number): number => Math.max(1, Math.round(value * 100)) / 100;

/** The text of a market's `bars.csv`. */
export function barsOf(name: string): string {
  const market = MARKETS[name];
  if (market === undefined) throw new RangeError(`There is no market ${name}.`);
  const { symbols, minutes, step, drift, pull, volume, gaps = 0 } = market;
  const rows = ["timestamp,symbol,open,high,low,close,volume"];
  const states = symbols.map(({ symbol, price }) => ({
    symbol,
    level: price,
    price,
    random: createStream("regression", `${name}:${symbol}`),
  }));
  // The sum of three uniform numbers approximates a bell curve: no logarithm, so no last digit that a library decides.
  const bell = (random: { next(): number }): number => random.next() + random.next() + random.next() - 1.5;
  for (let minute = 0; minute < minutes; minute += 1) {
    const at = formatMoment(later(START, (minute * MINUTE) as Duration));
    for (const state of states) {
      if (gaps > 0 && state.random.next() < gaps) state.price *= 1 + step * 40 * (state.random.next() - 0.5);
      const open = cents(state.price);
      const back = pull * (state.level - state.price);
      const close = cents(state.price * (1 + drift + 2 * step * bell(state.random)) + back);
      const wick = state.price * step;
      const high = cents(Math.max(open, close) + wick * state.random.next());
      const low = cents(Math.min(open, close) - wick * state.random.next());
      const traded = Math.round(volume * (0.5 + state.random.next()));
      rows.push([at, state.symbol, open, high, low, close, traded].join(","));
      state.price = close;
    }
  }
  return `${rows.join("\n")}\n`;
}

export const FIXTURES_FOLDER = join(import.meta.dirname, "..", "..", "..", "resources", "regression");

if (import.meta.main)
  for (const name of Object.keys(MARKETS)) {
    mkdirSync(join(FIXTURES_FOLDER, name), { recursive: true });
    writeFileSync(join(FIXTURES_FOLDER, name, "bars.csv"), barsOf(name));
  }
