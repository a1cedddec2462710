/**
 * Risk: guards for each order, breakers for the session.
 *
 * 1. `check` and `breaker` change nothing; what changes the engine is what the journal holds: a fill, a refusal, a resume, a change of a
 *    limit. So a replay of the journal rebuilds it.
 * 2. Turnover is the value of the day's fills. What works is added when it is compared; what was refused or canceled never counts.
 * 3. A cooldown begins with a refusal by the drawdown cap while none lasts, and ends by session time alone, or with a resume. With its
 *    end the cap's peak begins again, so that only a new fall begins another.
 * 4. At most `reject_limit` rejection times are kept.
 * 5. The moment and the size that a refusal reports are true: the same order passes all guards then, or at that size now, if nothing
 *    else changes. Where that is not known, nothing is reported.
 */
import { Decimal, decimal, plain, roundDownToStep, ZERO } from "../../shared/decimal.ts";
import type { RiskLimits } from "../../shared/desk.ts";
import { between, durationText, formatMoment, later, type Moment } from "../../shared/time.ts";
import type { HeadroomProbe } from "./port.ts";
import type { RiskEngineState, BreakerTrip, OrderQuestion, RiskPort, RiskVerdict, Traded } from "./port.ts";
import { openCost } from "./buying-power.ts";
import { Exposure } from "./exposure.ts";
import { GUARDS, positionLimitOf } from "./guards.ts";
import { guardOrder } from "./order.ts";
import { journaled, written } from "./reading.ts";
import type { GuardOrder } from "./guard-order.ts";
import type { Reading, RiskState, RiskView } from "./reading.ts";

type Add = (guard: string, scope: string, value: Decimal, limit: string | number | Decimal | null) => void;

export class RiskEngine implements RiskPort {
  #limits: RiskLimits;
  readonly #view: RiskView;
  #traded = ZERO;
  #tradedDay = Number.NaN;
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
      traded: plain(this.#traded),
      tradedDay: Number.isNaN(this.#tradedDay) ? null : this.#tradedDay,
      cooldownUntil: this.#cooldownUntil,
      refusedAt: [...this.#refusedAt],
    };
  }

  /** Takes a saved state in place of its own. */
  restore(state: RiskEngineState): void {
    this.#limits = state.limits;
    this.#traded = decimal(state.traded ?? state.turnover ?? "0");
    this.#tradedDay = state.tradedDay ?? state.turnoverDay ?? Number.NaN;
    this.#cooldownUntil = state.cooldownUntil;
    this.#refusedAt = [...state.refusedAt];
  }

  check(question: OrderQuestion, now: Moment): RiskVerdict {
    const exposure = this.#exposure();
    const state: RiskState = { exposure, traded: this.#tradedAt(now), cooldownUntil: this.#cooldownUntil };
    const order = guardOrder(question, this.#view, exposure, now);
    const readings = this.#readings(order, state);
    const refusing = readings.every((item) => item.passed) ? [] : readings.filter((item) => !item.passed);
    const [first] = refusing;
    return {
      guards: readings.map(journaled),
      refusal:
        first === undefined
          ? null
          : {
              reason: first.code,
              detail: first.detail,
              value: written(first.value),
              limit: written(first.limit),
              freeAt: freeAtOf(refusing),
              largest: this.#largest(question, order, state, refusing),
            },
    };
  }

  #readings(order: GuardOrder, state: RiskState): Reading[] {
    const readings: Reading[] = [];
    for (const guard of GUARDS) {
      const item = guard(order, this.#limits, this.#view, state);
      if (item !== null) readings.push(item);
    }
    return readings;
  }

  /** The largest size, in whole lots, that the guards and the venue's minimums let pass; null where there is none, or none is known. */
  #largest(question: OrderQuestion, order: GuardOrder, state: RiskState, refusing: readonly Reading[]): string | null {
    const rules = this.#view.venueRules(question.symbol);
    let bound: Decimal | null = null;
    for (const { largest } of refusing) {
      if (largest === null) return null;
      bound = bound === null ? largest : Decimal.min(bound, largest);
    }
    if (rules === undefined || bound === null || !bound.isPositive()) return null;
    const size = roundDownToStep(bound, decimal(rules.lotSize));
    if (!size.isPositive() || size.isZero() || size.lt(rules.minQuantity)) return null;
    if (size.times(question.price).abs().lt(rules.minNotional)) return null;
    const quantity = size.times(order.quantity.isNegative() ? -1 : 1).toNumber();
    const smaller = guardOrder({ ...question, quantity }, this.#view, state.exposure, order.now);
    return this.#readings(smaller, state).every((item) => item.passed) ? plain(size) : null;
  }

  breaker(now: Moment, lastFeedAt: Moment | null, silence = between): BreakerTrip | null {
    const { sessionDrawdownLimit, rejectLimit, rejectWindow, dataStale } = this.#limits;
    const drawdown = sessionDrawdownLimit === null ? ZERO : this.#view.books.breakerDrawdown;
    if (sessionDrawdownLimit !== null && drawdown.gte(sessionDrawdownLimit))
      return {
        code: "session_drawdown_limit",
        message:
          `Equity fell ${drawdown.times(100).toFixed(2)} % from its peak; ` +
          `the limit is ${decimal(sessionDrawdownLimit).times(100).toFixed(2)} %.`,
        value: written(drawdown),
        limit: String(sessionDrawdownLimit),
      };
    const rejections =
      this.#refusedAt.length === 0 ? 0 : this.#refusedAt.filter((at) => between(at, now) <= rejectWindow).length;
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

  traded({ symbol, quantity, price }: Traded, at: Moment): void {
    const value = this.#view.notional(symbol, decimal(quantity), decimal(price)).abs();
    this.#traded = this.#tradedAt(at).plus(value);
    this.#tradedDay = this.#view.books.days.dayOf(at);
  }

  refused(reason: string, now: Moment): void {
    if (reason === "portfolio_drawdown_cap" && (this.#cooldownUntil === null || now >= this.#cooldownUntil)) {
      this.#cooldownUntil = later(now, this.#limits.cooldown);
      this.#view.books.endCapPeakAt(this.#cooldownUntil);
    }
    const { rejectLimit } = this.#limits;
    if (rejectLimit === null) return;
    this.#refusedAt.push(now);
    if (this.#refusedAt.length > rejectLimit) this.#refusedAt.shift();
  }

  resumed(_now: Moment): void {
    this.#refusedAt = [];
    this.#cooldownUntil = null;
    this.#view.books.restartPeak();
  }

  headroom(now: Moment): readonly HeadroomProbe[] {
    const { books } = this.#view;
    const limits = this.#limits;
    const rows: HeadroomProbe[] = [];
    const add: Add = (guard, scope, value, limit) => {
      if (limit === null) return;
      const bound = decimal(limit);
      const used = bound.isZero() ? null : value.div(bound).toNumber();
      rows.push({ guard, scope, value: written(value), limit: written(bound), used });
    };
    const shareOf = (value: Decimal): Decimal => (books.equity.gt(ZERO) ? value.div(books.equity) : ZERO);
    const exposure = this.#exposure();
    this.#buyingPower(exposure, add);
    this.#fullest(exposure, add);
    add("portfolio_gross_cap", "account", shareOf(exposure.gross()), limits.portfolioGrossCap);
    add("portfolio_drawdown_cap", "account", books.capDrawdown(now), limits.portfolioDrawdownCap);
    add("session_drawdown_limit", "session", books.breakerDrawdown, limits.sessionDrawdownLimit);
    add(
      "daily_portfolio_loss_cap",
      "account, today",
      Decimal.max(ZERO, books.dayProfit(now).negated()),
      limits.dailyPortfolioLossCap,
    );
    const turnover = this.#tradedAt(now).plus(exposure.workingValue());
    add("turnover_block", "account, today", shareOf(turnover), limits.turnoverBlock);
    const rejections = this.#refusedAt.filter((at) => between(at, now) <= limits.rejectWindow).length;
    add("reject_limit_reached", `in ${durationText(limits.rejectWindow)}`, decimal(rejections), limits.rejectLimit);
    return rows;
  }

  #buyingPower(exposure: Exposure, add: Add): void {
    const { books, power } = this.#view;
    if (power?.account === "margin")
      add("insufficient_funds", "account", exposure.gross(), Decimal.max(ZERO, books.equity.times(power.leverage)));
    else if (power?.account === "cash")
      add("insufficient_funds", "cash", openCost(exposure), Decimal.max(ZERO, books.cash));
  }

  /** The symbol, asset and class that stand nearest to their limits, with what works in them. */
  #fullest(exposure: Exposure, add: Add): void {
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

  /** The value that was traded on the day at `now`. */
  #tradedAt(now: Moment): Decimal {
    return this.#view.books.days.dayOf(now) === this.#tradedDay ? this.#traded : ZERO;
  }
}

/** When every guard that refuses lets the order pass; null where one of them knows no moment. */
function freeAtOf(refusing: readonly Reading[]): Moment | null {
  let latest: Moment | null = null;
  for (const { freeAt } of refusing) {
    if (freeAt === null) return null;
    if (latest === null || freeAt > latest) latest = freeAt;
  }
  return latest;
}

/** An order's value as a size, in the account's currency. */
