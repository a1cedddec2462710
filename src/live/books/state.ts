/**
 * The books' state as a checkpoint keeps it.
 *
 * 1. It is plain JSON; amounts are exact decimal strings, maps are lists in their order. What is absent is what older states lack.
 */
import type { Moment } from "../../shared/time.ts";
import type { ActionHistory } from "./actions.ts";
import type { ResultState } from "./results.ts";
import type { WalletState } from "./wallet.ts";

/** The books' state, plain JSON; amounts are exact decimal strings, maps are lists in their order. */
export interface BooksState {
  readonly cash: string;
  readonly realized: string;
  readonly fees: string;
  readonly equity: string;
  readonly peak: string;
  readonly breakerPeak: string;
  /** The drawdown cap's; absent in a state that was saved before it had a peak of its own. */
  readonly capPeak?: string;
  /** When that peak begins again, null for never. */
  readonly capPeakEndsAt?: Moment | null;
  /** The number of the account's day, null before the first mark or fill. */
  readonly day: number | null;
  readonly dayEquity: string;
  readonly dayProfits: readonly (readonly [owner: string, profit: string])[];
  readonly owners: readonly {
    readonly name: string;
    readonly realized: string;
    readonly fees: string;
    readonly positions: readonly (readonly [symbol: string, quantity: string, average: string])[];
    /** Results in other currencies than the account's, where there are any. */
    readonly foreign?: readonly ResultState[];
  }[];
  readonly symbols: readonly {
    readonly symbol: string;
    readonly quantity: string;
    readonly average: string;
    readonly mark: string | null;
    readonly markNumber: number | null;
    readonly value: string;
  }[];
  /** What the account has in each currency, its own first; absent where it has no other. */
  readonly wallets?: readonly WalletState[];
  /** Corporate actions by symbol; absent where there was none. */
  readonly actions?: ActionHistory;
}
