/**
 * `metrics.json`: what a run came to, in figures.
 *
 * 1. They are made from the journal's entries alone, in one pass and in memory that does not grow with it.
 * 2. Amounts are exact decimals; ratios are binary floats and are compared with `METRICS_TOLERANCE`, relative, or absolute
 *    below one.
 *
 * With E(i) the points of the equity curve, i = 0 … n, and t(i) their moments:
 *
 * - `pnl` = E(n) − E(0), `return` = pnl / E(0).
 * - `sharpe` = mean(r) / sd(r) × √98,280. r are the returns from one whole minute of the session to the next, each of the
 *   equity last known at its minute; sd is the sample's (n − 1); 98,280 are the minutes of 252 days of 390. Null with fewer
 *   than two returns or where they do not vary.
 * - `max_drawdown` = the least of E(i) / max(E(0 … i)) − 1, so at most 0.
 * - `exposure_average` = Σ gross(i) / E(i) × (t(i+1) − t(i)) / (t(n) − t(0)): gross value of all positions as a share of
 *   equity, weighted by time; `exposure_max` is the greatest of them.
 * - `realized`, `fees` = sums over booked fills in the account's currency, and in currencies with a fixed rate to it.
 * - `turnover` = Σ |quantity × price × multiplier| of the same fills / the average of equity weighted by time.
 * - `other_currencies` = the sums of each currency whose rate follows a price, in that currency; absent when there is none. The
 *   journal has no price for each moment, so they are not converted; the equity curve counts them at their rates.
 * - `hit_rate` = booked fills that realized a profit / those that realized a profit or a loss; null when there is none.
 */
import { FxRates, PLAIN_MONEY, type Money } from "../../live/instruments/index.ts";
import { decimal, plain, ZERO, type Decimal } from "../../shared/decimal.ts";
import { MINUTE, SECOND, type Moment } from "../../shared/time.ts";
import type { FillEntry, JournalEntry } from "../../store/index.ts";

export const METRICS_SCHEMA = 1;
export const METRICS_TOLERANCE = 1e-9;
/** Minutes of a year of trading: 252 days of 390. */
export const MINUTES_PER_YEAR = 98_280;
/** The kinds of entries that figures are made of. */
export const MEASURED_KINDS = ["equity", "fill", "order"] as const;

export interface RunMetrics {
  readonly schema: number;
  readonly length_s: number;
  readonly equity_start: string;
  readonly equity_end: string;
  readonly pnl: string;
  readonly return: number;
  readonly realized: string;
  readonly fees: string;
  readonly sharpe: number | null;
  readonly max_drawdown: number;
  readonly exposure_average: number;
  readonly exposure_max: number;
  readonly turnover: number;
  readonly hit_rate: number | null;
  readonly wins: number;
  readonly losses: number;
  readonly orders_accepted: number;
  readonly orders_rejected: number;
  readonly fills: number;
  readonly other_currencies?: Readonly<
    Record<string, { readonly realized: string; readonly fees: string; readonly traded: string }>
  >;
}

/** Sums over fills of one currency. */
interface Sums {
  realized: Decimal;
  fees: Decimal;
  traded: Decimal;
}

/** Sums over fills: those that have a fixed worth in the account's currency, and the others by their currency. */
class Totals {
  readonly account: Sums = { realized: ZERO, fees: ZERO, traded: ZERO };
  readonly #others = new Map<string, Sums>();
  readonly #money: Money;
  readonly #rates: FxRates;

  constructor(money: Money) {
    this.#money = money;
    this.#rates = new FxRates(money.account, money.fx);
  }

  add({ symbol, quantity, price, fee, realized }: FillEntry): void {
    const currency = this.#money.currencyOf(symbol);
    const rate = this.#rates.of(currency);
    const other = this.#others.get(currency) ?? { realized: ZERO, fees: ZERO, traded: ZERO };
    if (rate === null) this.#others.set(currency, other);
    const [sums, times] = rate === null ? [other, decimal(1)] : [this.account, rate];
    const value = decimal(quantity).times(price).times(this.#money.multiplierOf(symbol)).abs();
    sums.realized = sums.realized.plus(times.times(realized ?? "0"));
    sums.fees = sums.fees.plus(times.times(fee));
    sums.traded = sums.traded.plus(times.times(value));
  }

  /** The currencies that are not converted, by name; null when there is none. */
  others(): NonNullable<RunMetrics["other_currencies"]> | null {
    if (this.#others.size === 0) return null;
    const sorted = [...this.#others].toSorted(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(
      sorted.map(([currency, { realized, fees, traded }]) => [
        currency,
        { realized: plain(realized), fees: plain(fees), traded: plain(traded) },
      ]),
    );
  }
}

/** Mean and variance of a series as it comes (Welford). */
class Spread {
  count = 0;
  mean = 0;
  #squares = 0;

  add(value: number): void {
    this.count += 1;
    const before = value - this.mean;
    this.mean += before / this.count;
    this.#squares += before * (value - this.mean);
  }

  get deviation(): number {
    return this.count < 2 ? 0 : Math.sqrt(this.#squares / (this.count - 1));
  }
}

/** The equity curve's figures, point by point. */
class Curve {
  readonly #start: Moment;
  readonly returns = new Spread();
  first: Decimal | null = null;
  last: Decimal = ZERO;
  drawdown = 0;
  exposureMax = 0;
  #at: number;
  #equity = 0;
  #exposure = 0;
  #peak = 0;
  #sampled: number | null = null;
  #minute = 0;
  equityTime = 0;
  exposureTime = 0;

  constructor(start: Moment) {
    this.#start = start;
    this.#at = start;
  }

  point(at: number, equity: Decimal, gross: Decimal): void {
    this.#until(at);
    const value = equity.toNumber();
    this.first ??= equity;
    this.last = equity;
    this.#sampled ??= value;
    this.#equity = value;
    this.#peak = Math.max(this.#peak, value);
    if (this.#peak > 0) this.drawdown = Math.min(this.drawdown, value / this.#peak - 1);
    this.#exposure = value > 0 ? gross.toNumber() / value : 0;
    this.exposureMax = Math.max(this.exposureMax, this.#exposure);
  }

  /** Lets time pass with what was known last: whole minutes give a return each. */
  #until(at: number): void {
    if (this.first === null) {
      this.#at = at;
      this.#minute = Math.floor((at - this.#start) / MINUTE);
      return;
    }
    const minute = Math.floor((at - this.#start) / MINUTE);
    for (; this.#minute < minute; this.#minute += 1) {
      const before = this.#sampled as number;
      if (before > 0) this.returns.add(this.#equity / before - 1);
      this.#sampled = this.#equity;
    }
    this.equityTime += this.#equity * (at - this.#at);
    this.exposureTime += this.#exposure * (at - this.#at);
    this.#at = at;
  }

  /** Ends the curve; answers its length. */
  close(at: number): void {
    this.#until(at);
  }
}

const NUMBERS = 12;
/** Ratios keep twelve digits: more would only be the noise of their sums. */
const ratio = (value: number): number => Number(value.toPrecision(NUMBERS));

/** What a run was, beside its entries. */
interface RunTerms {
  readonly start: Moment;
  readonly end: Moment;
  readonly cash: string;
  readonly money?: Money;
}

/**
 * The figures of a run from `start` to `end`. `entries` are those of `MEASURED_KINDS`, in order; `cash` stands where no equity
 * was reported. `money` is what the run's instruments say; absent: one currency without multipliers.
 */
export function measure(
  entries: Iterable<JournalEntry>,
  { start, end, cash, money = PLAIN_MONEY }: RunTerms,
): RunMetrics {
  const curve = new Curve(start);
  const totals = new Totals(money);
  let [wins, losses, fills, accepted, rejected] = [0, 0, 0, 0, 0];
  for (const entry of entries) {
    if (entry.kind === "equity") curve.point(entry.at, decimal(entry.equity), decimal(entry.gross));
    if (entry.kind === "order" && !entry.replay) {
      if (entry.accepted) accepted += 1;
      else rejected += 1;
    }
    if (entry.kind !== "fill" || entry.verdict !== "booked") continue;
    const profit = decimal(entry.realized ?? "0");
    fills += 1;
    totals.add(entry);
    if (profit.gt(0)) wins += 1;
    if (profit.lt(0)) losses += 1;
  }
  curve.close(end);
  const { realized, fees, traded } = totals.account;
  const others = totals.others();
  const first = curve.first ?? decimal(cash);
  const last = curve.first === null ? first : curve.last;
  const span = end - start;
  const { deviation, mean, count } = curve.returns;
  const pnl = last.minus(first);
  const average = span > 0 && curve.equityTime > 0 ? curve.equityTime / span : first.toNumber();
  return {
    schema: METRICS_SCHEMA,
    length_s: span / SECOND,
    equity_start: plain(first),
    equity_end: plain(last),
    pnl: plain(pnl),
    return: first.isZero() ? 0 : ratio(pnl.div(first).toNumber()),
    realized: plain(realized),
    fees: plain(fees),
    sharpe: count < 2 || deviation === 0 ? null : ratio((mean / deviation) * Math.sqrt(MINUTES_PER_YEAR)),
    max_drawdown: ratio(curve.drawdown),
    exposure_average: span > 0 ? ratio(curve.exposureTime / span) : 0,
    exposure_max: ratio(curve.exposureMax),
    turnover: average > 0 ? ratio(traded.div(average).toNumber()) : 0,
    hit_rate: wins + losses === 0 ? null : ratio(wins / (wins + losses)),
    wins,
    losses,
    orders_accepted: accepted,
    orders_rejected: rejected,
    fills,
    ...(others === null ? {} : { other_currencies: others }),
  };
}
