/**
 * What an account has in one currency: cash, results, and the value of its positions, all in that currency.
 *
 * 1. Cash and positions together are what the wallet began with, and what was realized less fees, and what is unrealized.
 * 2. Without a rate it counts as nothing in the account, because unlike currencies are never added.
 */
import { type Decimal, decimal, plain, ZERO } from "../../shared/decimal.ts";

/** The account's own currency, another one's rate, or null while that is not known. */
export type WalletRate = Decimal | "own" | null;

export class Wallet {
  readonly currency: string;
  cash: Decimal;
  realized = ZERO;
  fees = ZERO;
  /** Cash and positions. */
  total: Decimal;
  /** The values of all positions, as sizes. */
  gross = ZERO;
  #rate: WalletRate;

  constructor(currency: string, cash: Decimal, rate: WalletRate) {
    this.currency = currency;
    this.cash = cash;
    this.total = cash;
    this.#rate = rate;
  }

  get rate(): WalletRate {
    return this.#rate;
  }

  setRate(rate: Decimal | null): void {
    if (this.#rate !== "own") this.#rate = rate;
  }

  /** An amount of the wallet's currency in the account's. */
  inAccount(amount: Decimal): Decimal {
    if (this.#rate === "own") return amount;
    return this.#rate === null ? ZERO : amount.times(this.#rate);
  }

  state(): WalletState {
    const { currency, cash, realized, fees, total } = this;
    const rate = this.#rate === null || this.#rate === "own" ? null : plain(this.#rate);
    return { currency, cash: plain(cash), realized: plain(realized), fees: plain(fees), total: plain(total), rate };
  }

  restore(state: WalletState): void {
    this.cash = decimal(state.cash);
    this.realized = decimal(state.realized);
    this.fees = decimal(state.fees);
    this.total = decimal(state.total);
    this.setRate(state.rate === null ? null : decimal(state.rate));
  }
}

/** A wallet as plain JSON; amounts are exact decimals in its currency, its rate null for the account's own or while unknown. */
export interface WalletState {
  readonly currency: string;
  readonly cash: string;
  readonly realized: string;
  readonly fees: string;
  readonly total: string;
  readonly rate: string | null;
}
