/**
 * The wallets of an account, one for each currency, and the rates between them.
 *
 * 1. A sum over wallets is in the account's currency, at the newest rates; what has no rate counts as nothing.
 */
import { type Decimal, ZERO } from "../../shared/decimal.ts";
import { FxRates, type Money } from "../instruments/index.ts";
import { Wallet, type WalletState } from "./wallet.ts";

export class Wallets {
  readonly rates: FxRates;
  readonly home: Wallet;
  readonly #byCurrency = new Map<string, Wallet>();
  #rateMoves = 0;

  constructor({ account, fx }: Money, cash: Decimal) {
    this.rates = new FxRates(account, fx);
    this.home = new Wallet(account, cash, "own");
    this.#byCurrency.set(account, this.home);
  }

  /** Grows whenever a rate moves. */
  get rateMoves(): number {
    return this.#rateMoves;
  }

  /** A currency's wallet, which is the account's from here on. */
  of(currency: string): Wallet {
    const wallet = this.find(currency);
    this.#byCurrency.set(currency, wallet);
    return wallet;
  }

  /** A currency's wallet, or an empty one that is not the account's. */
  find(currency: string): Wallet {
    return this.#byCurrency.get(currency) ?? new Wallet(currency, ZERO, this.rates.of(currency));
  }

  /** An amount of every wallet, in the account's currency. */
  sum(of: (wallet: Wallet) => Decimal): Decimal {
    let sum = of(this.home);
    if (this.#byCurrency.size === 1) return sum;
    for (const wallet of this.#byCurrency.values())
      if (wallet !== this.home) sum = sum.plus(wallet.inAccount(of(wallet)));
    return sum;
  }

  /** A symbol that rates follow has a new mark. Answers whether anything that is held is worth something else now. */
  rateMoved(symbol: string, price: Decimal): boolean {
    this.#rateMoves += 1;
    let held = false;
    for (const currency of this.rates.mark(symbol, price)) {
      const wallet = this.#byCurrency.get(currency);
      if (wallet === undefined) continue;
      wallet.setRate(this.rates.of(currency));
      held ||= !wallet.total.isZero();
    }
    return held;
  }

  /** Every wallet, the account's own first; nothing where there is no other. */
  state(): readonly WalletState[] {
    return this.#byCurrency.size === 1 ? [] : [...this.#byCurrency.values()].map((wallet) => wallet.state());
  }

  /** Takes saved wallets; the positions that make their gross are counted again by who restores those. */
  restore(states: readonly WalletState[]): void {
    for (const state of states) this.of(state.currency).restore(state);
    for (const wallet of this.#byCurrency.values()) wallet.gross = ZERO;
  }
}
