/**
 * What one owner realized and paid, by currency.
 *
 * 1. The account's own currency is kept apart, because most owners have no other.
 */
import { type Decimal, decimal, plain, ZERO } from "../../shared/decimal.ts";
import type { Wallet } from "./wallet.ts";

/** Results in one currency that is not the account's, as plain JSON. */
export type ResultState = readonly [currency: string, realized: string, fees: string];

interface Sum {
  realized: Decimal;
  fees: Decimal;
}

export class Results {
  readonly #own: Sum = { realized: ZERO, fees: ZERO };
  readonly #foreign = new Map<Wallet, Sum>();

  add(wallet: Wallet, realized: Decimal, fees: Decimal): void {
    const sum = this.#sumOf(wallet);
    sum.realized = sum.realized.plus(realized);
    sum.fees = sum.fees.plus(fees);
  }

  /** All of it in the account's currency, at the newest rates. */
  inAccount(): Readonly<Sum> {
    if (this.#foreign.size === 0) return this.#own;
    let { realized, fees } = this.#own;
    for (const [wallet, sum] of this.#foreign) {
      realized = realized.plus(wallet.inAccount(sum.realized));
      fees = fees.plus(wallet.inAccount(sum.fees));
    }
    return { realized, fees };
  }

  state(): { readonly realized: string; readonly fees: string; readonly foreign?: readonly ResultState[] } {
    const foreign = [...this.#foreign].map(([{ currency }, { realized, fees }]): ResultState => [
      currency,
      plain(realized),
      plain(fees),
    ]);
    const own = { realized: plain(this.#own.realized), fees: plain(this.#own.fees) };
    return foreign.length === 0 ? own : { ...own, foreign };
  }

  restore(state: ReturnType<Results["state"]>, walletOf: (currency: string) => Wallet): void {
    this.#own.realized = decimal(state.realized);
    this.#own.fees = decimal(state.fees);
    for (const [currency, realized, fees] of state.foreign ?? [])
      this.add(walletOf(currency), decimal(realized), decimal(fees));
  }

  #sumOf(wallet: Wallet): Sum {
    if (wallet.rate === "own") return this.#own;
    let sum = this.#foreign.get(wallet);
    if (sum === undefined) {
      sum = { realized: ZERO, fees: ZERO };
      this.#foreign.set(wallet, sum);
    }
    return sum;
  }
}
