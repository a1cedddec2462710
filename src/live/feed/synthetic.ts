/**
 * A market drawn from a seed: geometric random walks with the volume and volatility of a day, without an end unless one is
 * named.
 *
 * 1. The same seed, configuration and start give the same events, however the calls of `take` are cut.
 * 2. A symbol's walk comes from a stream of its own: other symbols never change it.
 * 3. Prices are rounded to their symbol's precision and never below its smallest step; high and low enclose every mark.
 * 4. Bars close on whole multiples of their interval, marks stand between; one call gives at most about `TAKE_MAX` events.
 */
import { createHash } from "node:crypto";
import { createStream } from "../../orchestrator/common/random.ts";
import type { FeedConfig, SyntheticSymbol } from "../../shared/desk.ts";
import { CodedError } from "../../shared/errors.ts";
import type { Bar, FeedEvent, SymbolMeta } from "../../shared/market.ts";
import type { Feed, Random } from "../../shared/ports.ts";
import { DAY, type Moment } from "../../shared/time.ts";
import { PRICE_MAX } from "../reader/table/imported.ts";
import { TAKE_MAX } from "./replay.ts";

export type SyntheticConfig = Extract<FeedConfig, { kind: "synthetic" }>;

const YEAR = 365 * DAY;
/** Wicks reach this share of a step's deviation beyond the steps' own prices. */
const WICK = 0.3;
/** The spread of a step's volume around its share. */
const VOLUME_SIGMA = 0.5;
const MARKS_MAX = 10_000;
const WARMUP_MAX = 100_000;

/** Twice the distance from noon, from 0 at noon to 1 at midnight, squared: the shape of a U over the day. */
function edgeOf(at: number): number {
  const share = (((at % DAY) + DAY) % DAY) / DAY;
  return (2 * share - 1) ** 2;
}

/** Volume at a time of day, 1 on average: a busy open and close, a quiet noon. */
export const volumeShape = (at: number): number => 0.6 + 1.2 * edgeOf(at);
/** Volatility at a time of day, 1 on average, with a flatter U. */
export const volatilityShape = (at: number): number => 0.8 + 0.6 * edgeOf(at);

/** Two independent standard normals from two uniforms. */
function normals(stream: Random): [number, number] {
  const radius = Math.sqrt(-2 * Math.log(1 - stream.next()));
  const angle = 2 * Math.PI * stream.next();
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** One symbol's walk, moved a step at a time: through the marks of a bar, then to its close. */
class Walk {
  readonly #symbol: SyntheticSymbol;
  readonly #stream: Random;
  readonly #scale: number;
  readonly #volumeScale: number;
  readonly #priceMax: number;
  #value: number;
  #open: number;
  #high: number;
  #low: number;
  #volume = 0;

  constructor(symbol: SyntheticSymbol, seed: string) {
    this.#symbol = symbol;
    this.#stream = createStream(seed, `feed:${symbol.symbol}`);
    this.#scale = 10 ** symbol.pricePrecision;
    this.#volumeScale = 10 ** symbol.quantityPrecision;
    this.#priceMax = PRICE_MAX / 10;
    this.#value = symbol.startPrice;
    this.#open = this.#high = this.#low = this.price();
  }

  price(value: number = this.#value): number {
    return Math.max(1, Math.round(value * this.#scale)) / this.#scale;
  }

  /** Moves to `at`, `length` microseconds on, which are `share` of a bar; returns the volume traded on the way. */
  step(at: number, length: number, share: number): number {
    const { volatility, drift, volume } = this.#symbol;
    const years = length / YEAR;
    const sigma = volatility * Math.sqrt(years) * volatilityShape(at - length / 2);
    const [walk, bustle] = normals(this.#stream);
    const [upper, lower] = normals(this.#stream);
    const from = this.#value;
    const to = from * Math.exp((drift - volatility ** 2 / 2) * years + sigma * walk);
    // A walk that nears zero or the largest price stays at the edge until it turns back.
    this.#value = Math.min(this.#priceMax, Math.max(1 / this.#scale, to));
    const top = Math.max(from, this.#value) * (1 + WICK * sigma * Math.abs(upper));
    const bottom = Math.min(from, this.#value) * Math.max(0, 1 - WICK * sigma * Math.abs(lower));
    this.#high = Math.max(this.#high, this.price(top));
    this.#low = Math.min(this.#low, this.price(bottom));
    const mean = volume * share * volumeShape(at - length / 2);
    const traded = mean * Math.exp(VOLUME_SIGMA * bustle - VOLUME_SIGMA ** 2 / 2);
    const rounded = Math.round(traded * this.#volumeScale) / this.#volumeScale;
    this.#volume += rounded;
    return rounded;
  }

  /** Ends the bar at `at` and begins the next one. */
  bar(at: Moment): Bar {
    const close = this.price();
    const volume = Math.round(this.#volume * this.#volumeScale) / this.#volumeScale;
    const bar = { symbol: this.#symbol.symbol, at, open: this.#open, high: this.#high, low: this.#low, close, volume };
    this.#open = this.#high = this.#low = close;
    this.#volume = 0;
    return bar;
  }
}

function metaOnly(symbol: SyntheticSymbol): SymbolMeta {
  const { startPrice: _price, volatility: _volatility, drift: _drift, volume: _volume, ...meta } = symbol;
  return meta;
}

function check(config: SyntheticConfig): void {
  const refuse = (rule: string, message: string): never => {
    throw new CodedError("desk_invalid", `The synthetic feed ${message}`, { rule });
  };
  const { barInterval, markInterval, symbols, warmupBars } = config;
  if (!(barInterval > 0) || !(markInterval > 0)) refuse("interval", "needs a bar and a mark interval above zero.");
  if (barInterval / markInterval > MARKS_MAX) refuse("marks", `would have more than ${MARKS_MAX} marks in a bar.`);
  if (!Number.isInteger(warmupBars) || warmupBars < 0 || warmupBars > WARMUP_MAX)
    refuse("warmup", `takes 0 to ${WARMUP_MAX} bars of history.`);
  if (symbols.length === 0) refuse("symbols", "needs a symbol.");
  if (new Set(symbols.map(({ symbol }) => symbol)).size < symbols.length) refuse("symbols", "names a symbol twice.");
}

/**
 * A feed that draws its market. Its first events are marks at `start`; bars that close before that are its `warmup`.
 * Throws `desk_invalid` for a configuration that draws no market.
 */
export function createSyntheticFeed(config: SyntheticConfig, seed: string, start: Moment, end: Moment | null): Feed {
  check(config);
  const { barInterval, markInterval, symbols, warmupBars } = config;
  const walks = symbols.map((symbol) => new Walk(symbol, seed));
  const marks = Math.ceil(barInterval / markInterval) - 1;
  /** The moment of a bar's step: its marks, then its close. */
  const momentOfStep = (bar: number, step: number): Moment =>
    (bar * barInterval + Math.min((step + 1) * markInterval, barInterval)) as Moment;
  const lengthOfStep = (step: number): number => (step < marks ? markInterval : barInterval - marks * markInterval);

  // The bar in which `start` lies is walked from its beginning, so that it closes whole.
  const present = Math.floor(start / barInterval);
  let bar = present - warmupBars;
  let step = 0;
  let opening = true;

  /** Walks one step of every symbol; `emit` gets each event. */
  const walkStep = (emit: (event: FeedEvent) => void): void => {
    const at = momentOfStep(bar, step);
    const length = lengthOfStep(step);
    walks.forEach((walk, index) => {
      const volume = walk.step(at, length, length / barInterval);
      const { symbol } = symbols[index] as SyntheticSymbol;
      if (step === marks) emit({ kind: "bar", bar: walk.bar(at) });
      else emit({ kind: "mark", mark: { symbol, at, price: walk.price(), volume } });
    });
    step = step === marks ? 0 : step + 1;
    if (step === 0) bar++;
  };

  const warmup: Bar[] = [];
  while (momentOfStep(bar, step) <= start)
    walkStep((event) => {
      if (event.kind === "bar") warmup.push(event.bar);
    });

  const nextAt = (): Moment | null => {
    const at = opening ? start : momentOfStep(bar, step);
    return end !== null && at > end ? null : at;
  };
  const take = (now: Moment): FeedEvent[] => {
    const events: FeedEvent[] = [];
    for (let at = nextAt(); at !== null && at <= now && events.length < TAKE_MAX; at = nextAt()) {
      if (!opening) {
        walkStep((event) => events.push(event));
        continue;
      }
      opening = false;
      walks.forEach((walk, index) => {
        const { symbol } = symbols[index] as SyntheticSymbol;
        events.push({ kind: "mark", mark: { symbol, at: start, price: walk.price(), volume: 0 } });
      });
    }
    return events;
  };

  const digest = createHash("sha256").update(JSON.stringify({ config, seed, start })).digest("hex");
  return {
    symbols: symbols.map(metaOnly),
    start,
    end: end === null ? null : lastBefore(end, start, barInterval, markInterval),
    warmup,
    barInterval: () => barInterval,
    sources: [{ name: "synthetic", sha256: digest, rows: 0 }],
    nextAt,
    take,
  };
}

/** The moment of the last event that is not after `end`. */
function lastBefore(end: Moment, start: Moment, barInterval: number, markInterval: number): Moment {
  const bar = Math.floor(end / barInterval) * barInterval;
  const mark = bar + Math.floor((end - bar) / markInterval) * markInterval;
  return Math.max(start, mark) as Moment;
}
