/**
 * The guards over again, as plainly as they can be said: whole numbers, everything added up from the first event for each question, and
 * the largest size found by trying every size.
 */
import type { RiskLimits } from "../../../src/shared/desk.ts";

export interface NaiveFill {
  readonly kind: "fill";
  readonly at: number;
  readonly owner: string;
  readonly symbol: string;
  readonly quantity: number;
  readonly price: number;
}

export interface NaiveMark {
  readonly kind: "mark";
  readonly at: number;
  readonly symbol: string;
  readonly price: number;
}

export interface NaiveOrder {
  readonly owner: string;
  readonly symbol: string;
  readonly quantity: number;
  readonly price: number;
}

export interface NaiveWorld {
  readonly cash: number;
  readonly account: "margin" | "cash";
  readonly leverage: number;
  readonly limits: RiskLimits;
  /** In order of time. */
  readonly events: readonly (NaiveFill | NaiveMark)[];
  readonly working: readonly NaiveOrder[];
  readonly dayLength: number;
  /** The moment at which the drawdown cap refused before, or null. */
  readonly lockedAt: number | null;
}

export interface NaiveReading {
  readonly code: string;
  readonly value: number;
  readonly limit: number;
  readonly passed: boolean;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What an account is worth after the first `count` events, and what each owner gained. */
function worth(world: NaiveWorld, count: number) {
  const events = world.events.slice(0, count);
  const marks = new Map<string, number>();
  for (const { symbol, price, kind } of events) if (kind === "mark" || !marks.has(symbol)) marks.set(symbol, price);
  const fills = events.filter((event) => event.kind === "fill");
  const gain = (owned: readonly NaiveFill[]): number =>
    sum(owned.map(({ symbol, quantity, price }) => quantity * ((marks.get(symbol) ?? 0) - price)));
  return {
    marks,
    equity: world.cash + gain(fills),
    cash: world.cash - sum(fills.map(({ quantity, price }) => quantity * price)),
    profitOf: (owner: string): number => gain(fills.filter((fill) => fill.owner === owner)),
    held: (symbol: string, owner: string | null): number =>
      sum(
        fills
          .filter((fill) => fill.symbol === symbol && (owner === null || fill.owner === owner))
          .map((fill) => fill.quantity),
      ),
  };
}

/** Whether an order, with what works on its side, ends between where the position stands and nothing. */
function reduces(held: number, workingSide: number, quantity: number): boolean {
  if (held === 0 || Math.sign(held) === Math.sign(quantity)) return false;
  const after = held + workingSide + quantity;
  return after === 0 || Math.sign(after) === Math.sign(held);
}

export class NaiveRisk {
  readonly #world: NaiveWorld;

  constructor(world: NaiveWorld) {
    this.#world = world;
  }

  #cooldownEnd(): number | null {
    const { lockedAt, limits } = this.#world;
    return lockedAt === null ? null : lockedAt + limits.cooldown;
  }

  /** The fall from the highest equity since the start, or since the cooldown's end. */
  #drawdown(now: number): number {
    const { events } = this.#world;
    const end = this.#cooldownEnd();
    const from = end !== null && now >= end ? events.filter((event) => event.at < end).length : 0;
    const curve: number[] = [];
    for (let count = from; count <= events.length; count += 1) curve.push(worth(this.#world, count).equity);
    const peak = Math.max(...curve);
    return peak > 0 ? Math.max(0, (peak - (curve.at(-1) as number)) / peak) : 0;
  }

  /** Events before the first of the day at `now`; all of them while none is of that day. */
  #before(now: number): number {
    const { events, dayLength } = this.#world;
    return events.filter((event) => Math.floor(event.at / dayLength) < Math.floor(now / dayLength)).length;
  }

  readings(order: NaiveOrder, now: number): NaiveReading[] {
    const { limits, working, events, dayLength, account, leverage } = this.#world;
    const { owner, symbol, quantity, price } = order;
    const state = worth(this.#world, events.length);
    const morning = worth(this.#world, this.#before(now));
    const sells = quantity < 0;
    const side = working.filter((one) => one.quantity < 0 === sells);
    const sideOf = (of: string, by: string | null): readonly NaiveOrder[] =>
      side.filter((one) => one.symbol === of && (by === null || one.owner === by));
    const units = (orders: readonly NaiveOrder[]): number => sum(orders.map((one) => one.quantity));
    const value = (orders: readonly NaiveOrder[]): number => sum(orders.map((one) => one.quantity * one.price));
    const held = state.held(symbol, null);
    const own = reduces(state.held(symbol, owner), units(sideOf(symbol, owner)), quantity);
    const all = reduces(held, units(sideOf(symbol, null)), quantity);
    const heldValue = (of: string): number => state.held(of, null) * (state.marks.get(of) ?? 0);
    const most = (of: string): number => {
      const [buys, less] = [1, -1].map((sign) =>
        Math.abs(heldValue(of) + value(working.filter((one) => one.symbol === of && Math.sign(one.quantity) === sign))),
      ) as [number, number];
      return Math.max(buys, less);
    };
    const symbols = new Set([...events.map((event) => event.symbol), ...working.map((one) => one.symbol), symbol]);
    const after = Math.abs(heldValue(symbol) + value(sideOf(symbol, null)) + quantity * price);
    const gross = after + sum([...symbols].filter((of) => of !== symbol).map(most));
    const notional = Math.abs(quantity * price);
    const share = (part: number): number => (state.equity > 0 ? part / state.equity : 1e9);
    const found: NaiveReading[] = [];
    const add = (
      code: string,
      amount: number,
      limit: number | string | null,
      passed: (bound: number) => boolean,
    ): void => {
      if (limit !== null) found.push({ code, value: amount, limit: Number(limit), passed: passed(Number(limit)) });
    };
    if (account === "margin")
      add("insufficient_funds", gross, Math.max(0, state.equity * leverage), (bound) => all || gross <= bound);
    else if (sells) {
      const sold = Math.abs(units(sideOf(symbol, null)) + quantity);
      add("insufficient_funds", sold, Math.max(0, held), (bound) => sold <= bound);
    } else {
      const cost = value(side) + quantity * price;
      add("insufficient_funds", cost, state.cash, (bound) => all || cost <= bound);
    }
    const size = Math.abs(held + units(sideOf(symbol, null)) + quantity);
    add("max_notional_exceeded", notional, limits.maxNotional, (bound) => own || notional <= bound);
    add("max_position_exceeded", size, limits.maxPosition, (bound) => all || size <= bound);
    add("per_trade_risk_cap", share(notional), limits.perTradeRiskCap, (bound) => own || share(notional) <= bound);
    add("per_asset_cap", share(after), limits.perAssetCap, (bound) => all || share(after) <= bound);
    add("portfolio_gross_cap", share(gross), limits.portfolioGrossCap, (bound) => all || share(gross) <= bound);
    const end = this.#cooldownEnd();
    const locked = end !== null && now < end;
    const fall = this.#drawdown(now);
    add(locked ? "cooldown_active" : "portfolio_drawdown_cap", fall, limits.portfolioDrawdownCap, (bound) =>
      locked ? all : all || fall < bound,
    );
    const loss = Math.max(0, morning.equity - state.equity);
    add("daily_portfolio_loss_cap", loss, limits.dailyPortfolioLossCap, (bound) => all || loss < bound);
    const lost = Math.max(0, morning.profitOf(owner) - state.profitOf(owner));
    add("strategy_daily_loss_cap", lost, limits.strategyDailyLossCap, (bound) => own || lost < bound);
    const today = events.filter(
      (event) => event.kind === "fill" && Math.floor(event.at / dayLength) === Math.floor(now / dayLength),
    );
    const traded = sum(today.map((event) => Math.abs((event as NaiveFill).quantity * event.price)));
    const turnover = share(traded + sum(working.map((one) => Math.abs(one.quantity * one.price))) + notional);
    add("turnover_block", turnover, limits.turnoverBlock, (bound) => turnover <= bound);
    return found;
  }

  passes(order: NaiveOrder, now: number): boolean {
    return this.readings(order, now).every((reading) => reading.passed);
  }

  /** The first of the moments at which time alone changes something at which the order passes; null where it does at none. */
  freeAt(order: NaiveOrder, now: number): number | null {
    const { dayLength, limits } = this.#world;
    const refusing = this.readings(order, now).find((reading) => !reading.passed);
    if (refusing === undefined) return now;
    const end = this.#cooldownEnd();
    // The refusal by the cap begins a cooldown.
    const begins = refusing.code === "portfolio_drawdown_cap";
    const after = begins ? new NaiveRisk({ ...this.#world, lockedAt: now }) : this;
    const moments = [(Math.floor(now / dayLength) + 1) * dayLength, begins ? now + limits.cooldown : (end ?? now)];
    return (
      moments
        .filter((at) => at > now)
        .toSorted((a, b) => a - b)
        .find((at) => after.passes(order, at)) ?? null
    );
  }

  /** The largest smaller size that passes, or 0. */
  largest(order: NaiveOrder, now: number): number {
    for (let size = Math.abs(order.quantity) - 1; size > 0; size -= 1)
      if (this.passes({ ...order, quantity: size * Math.sign(order.quantity) }, now)) return size;
    return 0;
  }
}
