/**
 * Who asks for orders, cancels and replaces.
 *
 * 1. An operator's request has an operator; a strategy's has none.
 */
import type { Moment } from "../../../shared/time.ts";

/** Who asks: a run of a strategy, or an operator. */
export interface RunOf {
  readonly strategy: string;
  readonly run: number;
  readonly bar: Moment | null;
  readonly operator?: string;
  /** The flatten whose orders they are. */
  readonly flatten?: string;
}
