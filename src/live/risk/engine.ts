/**
 * Risk: guards for each order, breakers for the session.
 *
 * 1. `check` and `breaker` change nothing; what changes the engine is what the journal tells: an accepted order, a refusal,
 *    a resume, a change of a limit. So a replay of the journal rebuilds it.
 * 2. Turnover counts accepted orders of the account's day; it begins at zero with the day's first.
 * 3. A cooldown begins with the first refusal by the drawdown cap, and runs out by session time alone.
 * 4. At most `reject_limit` rejection times are kept.
 */
import { Decimal, decimal, plain, ZERO } from "../../shared/decimal.ts";
import type { RiskLimits } from "../../shared/desk.ts";
import { between, durationText, formatMoment, later, type Moment } from "../../shared/time.ts";
import type { HeadroomProbe } from "../session/api.ts";
import type { BreakerTrip, OrderQuestion, RiskPort, RiskVerdict } from "../session/parts.ts";
import { Exposure } from "./exposure.ts";
import { GUARDS, journaled, positionLimitOf, written } from "./guards.ts";
import type { GuardOrder, RiskState, RiskView } from "./guards.ts";

/** The engine's state, plain JSON; `turnover` is an exact decimal, `turnoverDay` the number of the account's day. */
export interface RiskEngineState {
  readonly limits: RiskLimits;
  readonly turnover: string;
  readonly turnoverDay: number | null;
  readonly cooldownUntil: Moment | null;
  readonly refusedAt: readonly Moment[];
}

export class RiskEngine implements RiskPort {
  #limits: RiskLimits;
  readonly #view: RiskView;
  #turnover = ZERO;
  #turnoverDay = Number.NaN;
  #cooldownUntil: Moment | null = null;
  #refusedAt: Moment[] = [];

  constructor(limits: RiskLimits, view: RiskView) {
    this.#limits = limits;
    this.#view = view;
  }

  get limits(): RiskLimits {
    return this.#limits;
  }

  setLimits(limits: RiskLimits): void {
    this.#limits = limits;
  }

  /** The whole state; the books have their own. */
  state(): RiskEngineState {
    return {
      limits: this.#limits,
      turnover: plain(this.#turnover),
      turnoverDay: Number.isNaN(this.#turnoverDay) ? null : this.#turnoverDay,
      cooldownUntil: this.#cooldownUntil,
      refusedAt: [...this.#refusedAt],
    };
  }

  /** Takes a saved state in place of its own. */
  restore(state: RiskEngineState): void {
    this.#limits = state.limits;
    this.#turnover = decimal(state.turnover);
    this.#turnoverDay = state.turnoverDay ?? Number.NaN;
    this.#cooldownUntil = state.cooldownUntil;
    this.#refusedAt = [...state.refusedAt];
  }

  check(question: OrderQuestion, now: Moment): RiskVerdict {
    const exposure = this.#exposure();
    const order = orderOf(question, exposure, this.#view, now);
    const state = { ...this.#state(now), exposure };
    const readings = GUARDS.map((guard) => guard(order, this.#limits, this.#view, state)).filter(
      (item) => item !== null,
    );
    const refused = readings.find((item) => !item.passed);
    return {
      guards: readings.map(journaled),
      refusal:
        refused === undefined
          ? null
          : {
              reason: refused.code,
              detail: refused.detail,
              value: written(refused.value),
              limit: written(refused.limit),
              freeAt: refused.freeAt,
            },
    };
  }

  breaker(now: Moment, lastFeedAt: Moment | null, silence = between): BreakerTrip | null {
    const { sessionDrawdownLimit, rejectLimit, rejectWindow, dataStale } = this.#limits;
    const drawdown = this.#view.books.breakerDrawdown;
    if (sessionDrawdownLimit !== null && drawdown.gte(sessionDrawdownLimit))
      return {
        code: "session_drawdown_limit",
        message:
          `Equity fell ${drawdown.times(100).toFixed(2)} % from its peak; ` +
          `the limit is ${decimal(sessionDrawdownLimit).times(100).toFixed(2)} %.`,
        value: written(drawdown),
        limit: String(sessionDrawdownLimit),
      };
    const rejections = this.#refusedAt.filter((at) => between(at, now) <= rejectWindow).length;
    if (rejectLimit !== null && rejections >= rejectLimit)
      return {
        code: "reject_limit_reached",
        message: `${rejections} orders were rejected within ${durationText(rejectWindow)}; the limit is ${rejectLimit}.`,
        value: String(rejections),
        limit: String(rejectLimit),
      };
    // The whole time is looked at first: it is cheap, and never shorter than what counts of it.
    if (dataStale === null || lastFeedAt === null || between(lastFeedAt, now) <= dataStale) return null;
    const silent = silence(lastFeedAt, now);
    if (silent <= dataStale) return null;
    return {
      code: "data_stale",
      message:
        `The feed has said nothing for ${durationText(silent)} while a market was open, since ${formatMoment(lastFeedAt)}; ` +
        `the limit is ${durationText(dataStale)}.`,
      value: durationText(silent),
      limit: durationText(dataStale),
    };
  }

  accepted(question: OrderQuestion, now: Moment): void {
    this.#turnover = this.#state(now).turnover.plus(notionalOf(question, this.#view));
    this.#turnoverDay = this.#view.books.days.dayOf(now);
  }

  refused(reason: string, now: Moment): void {
    if (reason === "portfolio_drawdown_cap") this.#cooldownUntil = later(now, this.#limits.cooldown);
    const { rejectLimit } = this.#limits;
    if (rejectLimit === null) return;
    this.#refusedAt.push(now);
    if (this.#refusedAt.length > rejectLimit) this.#refusedAt.shift();
  }

  resumed(_now: Moment): void {
    this.#refusedAt = [];
    this.#view.books.restartPeak();
  }

  headroom(now: Moment): readonly HeadroomProbe[] {
    const { books } = this.#view;
    const limits = this.#limits;
    const rows: HeadroomProbe[] = [];
    const add = (guard: string, scope: string, value: Decimal, limit: string | number | null): void => {
      if (limit === null) return;
      const bound = decimal(limit);
      const used = bound.isZero() ? null : value.div(bound).toNumber();
      rows.push({ guard, scope, value: written(value), limit: written(bound), used });
    };
    const shareOf = (value: Decimal): Decimal => (books.equity.gt(ZERO) ? value.div(books.equity) : ZERO);
    const exposure = this.#exposure();
    this.#fullest(exposure, add);
    const gross = [...exposure.symbols()].reduce((sum, symbol) => sum.plus(exposure.value(symbol)), ZERO);
    add("portfolio_gross_cap", "account", shareOf(gross), limits.portfolioGrossCap);
    add("portfolio_drawdown_cap", "account", decimal(-books.drawdown), limits.portfolioDrawdownCap);
    add("session_drawdown_limit", "session", books.breakerDrawdown, limits.sessionDrawdownLimit);
    add(
      "daily_portfolio_loss_cap",
      "account, today",
      Decimal.max(ZERO, books.dayProfit.negated()),
      limits.dailyPortfolioLossCap,
    );
    add("turnover_block", "account, today", shareOf(this.#state(now).turnover), limits.turnoverBlock);
    const rejections = this.#refusedAt.filter((at) => between(at, now) <= limits.rejectWindow).length;
    add("reject_limit_reached", `in ${durationText(limits.rejectWindow)}`, decimal(rejections), limits.rejectLimit);
    return rows;
  }

  /** The symbol, asset and class that stand nearest to their limits, with what works in them. */
  #fullest(
    exposure: Exposure,
    add: (guard: string, scope: string, value: Decimal, limit: string | number | null) => void,
  ): void {
    const { books } = this.#view;
    const limits = this.#limits;
    let position = { symbol: "", used: ZERO, value: ZERO, limit: limits.maxPosition ?? null };
    let asset = { symbol: "", value: ZERO };
    const classes = new Map<string, Decimal>();
    for (const symbol of exposure.symbols()) {
      const limit = positionLimitOf(limits, symbol);
      const quantity = exposure.quantity(symbol);
      if (limit !== null && quantity.div(limit).gt(position.used))
        position = { symbol, used: quantity.div(limit), value: quantity, limit };
      const value = exposure.value(symbol);
      if (value.gt(asset.value)) asset = { symbol, value };
      const name = this.#view.assetClassOf(symbol);
      classes.set(name, (classes.get(name) ?? ZERO).plus(value));
    }
    const share = (value: Decimal): Decimal => (books.equity.gt(ZERO) ? value.div(books.equity) : ZERO);
    add("max_position_exceeded", position.symbol || "every symbol", position.value, position.limit);
    add("per_asset_cap", asset.symbol || "every asset", share(asset.value), limits.perAssetCap);
    for (const [name, cap] of Object.entries(limits.assetClassCaps))
      add("asset_class_cap", name, share(classes.get(name) ?? ZERO), cap);
  }

  #exposure(): Exposure {
    return new Exposure(this.#view.books, this.#view.working());
  }

  #state(now: Moment): Omit<RiskState, "exposure"> {
    const today = this.#view.books.days.dayOf(now) === this.#turnoverDay;
    return { turnover: today ? this.#turnover : ZERO, cooldownUntil: this.#cooldownUntil };
  }
}

/** An order's value as a size, in the account's currency. */
function notionalOf({ symbol, quantity, price }: OrderQuestion, view: RiskView): Decimal {
  return view.notional(symbol, decimal(quantity), decimal(price)).abs();
}

function orderOf(question: OrderQuestion, exposure: Exposure, view: RiskView, now: Moment): GuardOrder {
  const { strategy, symbol } = question;
  const quantity = decimal(question.quantity);
  const held = exposure.held(symbol);
  // What already works the same way counts: two orders that each close a position would together turn it.
  const { buys, sells } = exposure.working(symbol);
  const after = quantity.plus(quantity.isNegative() ? sells : buys);
  const reduces = !held.isZero() && held.isNegative() !== quantity.isNegative() && after.abs().lte(held.abs());
  return { strategy, symbol, quantity, notional: notionalOf(question, view), reduces, now };
}
