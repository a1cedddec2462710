/**
 * What the paper venue is opened with.
 *
 * 1. Everything in it comes from the desk, the feed and the session's folder; nothing is read from elsewhere.
 */
import type { BrokerConfig } from "../../shared/desk.ts";
import type { CorporateAction, SymbolMeta } from "../../shared/market.ts";
import type { Duration } from "../../shared/time.ts";
import type { FxRules } from "../instruments/index.ts";

export interface PaperBrokerOptions {
  /** The database's path; `NO_VENUE_FILE`: its rows are in memory alone. */
  readonly path: string;
  readonly config: BrokerConfig;
  readonly seed: string;
  readonly symbols: Iterable<SymbolMeta>;
  /** How long a symbol's bars are; null or absent where that is not known. */
  readonly barInterval?: ((symbol: string) => Duration | null) | undefined;
  /** Rates of other currencies, as a desk writes them; absent: there is one currency. */
  readonly fx?: FxRules | undefined;
  /** Splits and dividends, in order of time. */
  readonly actions?: readonly CorporateAction[] | undefined;
  /** Fills from one row of the account to the next. */
  readonly accountEvery?: number;
}
