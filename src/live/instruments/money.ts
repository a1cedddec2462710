/**
 * Rates between currencies, and what a quantity at a price is worth in the account's currency.
 *
 * 1. A rate is fixed, or follows the newest mark of a symbol; before the first mark, or at a mark that is not above zero, there is none.
 * 2. A desk without rates has one currency: every rate is then 1, as it was for desks of old.
 */
import { rateRuleOf, sameDollar, type RateRule } from "../../shared/currency.ts";
import { decimal, ZERO, type Decimal } from "../../shared/decimal.ts";
import type { Desk } from "../../shared/desk.ts";
import type { SymbolMeta } from "../../shared/market.ts";
import { termsOf } from "./resolve.ts";

const ONE = decimal(1);

export type FxRules = Readonly<Record<string, string>>;

/** What one unit of each currency is worth in the account's. */
export class FxRates {
  readonly #account: string;
  readonly #rules: ReadonlyMap<string, RateRule> | null;
  readonly #rates = new Map<string, Decimal>();
  readonly #sources = new Map<string, string[]>();

  /** `fx`: as a desk writes it; absent: one currency. */
  constructor(account: string, fx: FxRules | undefined) {
    this.#account = account;
    this.#rules = fx === undefined ? null : new Map(Object.entries(fx).flatMap(([code, text]) => ruleOf(code, text)));
    for (const [code, rule] of this.#rules ?? [])
      if (rule.kind === "fixed") this.#rates.set(code, decimal(rule.rate));
      else this.#sources.set(rule.symbol, [...(this.#sources.get(rule.symbol) ?? []), code]);
  }

  /** The rate of a currency; null while none is known. */
  of(currency: string): Decimal | null {
    if (this.#rules === null || currency === this.#account) return ONE;
    const known = this.#rates.get(currency);
    if (known !== undefined) return known;
    return !this.#rules.has(currency) && sameDollar(currency, this.#account) ? ONE : null;
  }

  /** The symbol whose price a currency's rate follows; null for a fixed rate. */
  symbolOf(currency: string): string | null {
    const rule = this.#rules?.get(currency);
    return rule === undefined || rule.kind === "fixed" ? null : rule.symbol;
  }

  /** Whether any rate follows a symbol. */
  follows(symbol: string): boolean {
    return this.#sources.size > 0 && this.#sources.has(symbol);
  }

  /** Takes a symbol's mark; answers the currencies whose rates it moves. */
  mark(symbol: string, price: Decimal): readonly string[] {
    const codes = this.#sources.get(symbol) ?? [];
    for (const code of codes)
      if (price.lte(ZERO)) this.#rates.delete(code);
      else this.#rates.set(code, this.#rules?.get(code)?.kind === "inverse" ? ONE.div(price) : price);
    return codes;
  }
}

function ruleOf(code: string, text: string): [string, RateRule][] {
  const rule = rateRuleOf(text);
  return rule === null ? [] : [[code, rule]];
}

/** What the books and the venue need of the instruments. */
export interface Money {
  readonly account: string;
  readonly fx: FxRules | undefined;
  readonly multiplierOf: (symbol: string) => Decimal;
  readonly currencyOf: (symbol: string) => string;
}

/** Money of one currency without multipliers. */
export const PLAIN_MONEY: Money = {
  account: "USD",
  fx: undefined,
  multiplierOf: () => ONE,
  currencyOf: () => "USD",
};

/** The money of a desk's instruments. */
export function moneyOfDesk({ feed, broker, fx }: Pick<Desk, "feed" | "broker" | "fx">): Money {
  return moneyOf(feed.kind === "synthetic" ? feed.symbols : Object.values(feed.symbols), broker.currency, fx);
}

/** The money of a set of instruments. Without rates all are in the account's currency. */
export function moneyOf(symbols: Iterable<SymbolMeta>, account: string, fx: FxRules | undefined): Money {
  const metas = new Map([...symbols].map((meta) => [meta.symbol, meta]));
  return {
    account,
    fx,
    multiplierOf: (symbol) => {
      const meta = metas.get(symbol);
      return meta === undefined ? ONE : termsOf(meta).multiplier;
    },
    currencyOf: (symbol) => (fx === undefined ? account : (metas.get(symbol)?.currency ?? account)),
  };
}
