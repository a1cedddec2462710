/**
 * What a strategy is: the contract that its author writes against.
 *
 * 1. A strategy gets everything through its context: no clock, no I/O, no randomness but its own seeded stream.
 * 2. The context is an immutable snapshot of the moment at which the run started.
 * 3. A strategy never learns an order's fate from its own return value: `onFill`, `onOrder`, positions and open orders report it in
 *    the next run.
 * 4. What a strategy remembers between two runs is what `save` returns and `load` gets back. Anything else that it keeps in
 *    variables may be gone at any run, because its process may have been replaced.
 */
import type { Bar } from "./market.ts";
import type { OrderState } from "./order-state.ts";
import type { OrderTerms, OrderType, TimeInForce, Trail } from "./orders.ts";
import type { Moment } from "./time.ts";

export type ParameterValue = number | string | boolean;
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** One parameter's rule. `optional` ones may be absent; `below` names another parameter that this one must stay under. */
export interface ParameterRule {
  readonly type: "number" | "integer" | "string" | "boolean";
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: string;
  readonly optional?: boolean;
  readonly describe: string;
}

/** An order that works at the broker or is on its way there, or that waits in its strategy's queue. */
export interface OpenOrder {
  /** The router's id; of a queued order the queue's. */
  readonly orderId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  /** Signed, and what it may reach in all. */
  readonly quantity: number;
  /** Signed. */
  readonly filled: number;
  readonly type: OrderType;
  readonly limitPrice?: number;
  /** Where it triggers, as far as the venue has reported; a trailing stop's moves. */
  readonly stopPrice?: number;
  readonly trail?: Trail;
  readonly timeInForce: TimeInForce;
  readonly state: OrderState;
  readonly placedAt: Moment;
  /** The end of a `day` or `gtd` order, or of its wait in the queue; null where it has none. */
  readonly expiresAt: Moment | null;
  /** The order whose bracket it is part of. */
  readonly parentId?: string;
}

/** What became of an order, or of a cancel or a replace that was asked for. */
export interface OrderUpdate {
  /** What was asked for: an order, or a change of one. */
  readonly request: "order" | "cancel" | "replace";
  /** The router's id, or the queue's; null where the order was refused, or the id that was named is of no open order. */
  readonly orderId: string | null;
  /** The strategy's own id of the order, or the id that was named. */
  readonly clientOrderId: string;
  readonly symbol: string | null;
  /** The order's state from here on; null where there is no such order. */
  readonly state: OrderState | null;
  /** A code: `accepted`, `rate_limited`, `max_notional_exceeded`, `would_take`, … */
  readonly reason: string;
  readonly detail: string | null;
  /** Of a refusal: the guard's value at that instant, its limit, and the earliest moment at which a new order could pass. */
  readonly value: string | null;
  readonly limit: string | null;
  readonly freeAt: Moment | null;
  readonly at: Moment;
}

/** Sizing limits that apply to this strategy's orders; absent means no limit. */
export interface SizingLimits {
  readonly dollarPerTrade: number;
  readonly maxPosition?: number;
  readonly maxNotional?: number;
}

export interface StrategyContext {
  readonly now: Moment;
  readonly symbols: readonly string[];
  readonly params: Parameters;
  /** The newest bars of one of the strategy's symbols, oldest first; at most the feed's history limit. */
  bars(symbol: string): readonly Bar[];
  /** The newest price, or undefined before the first. */
  mark(symbol: string): number | undefined;
  /** This strategy's own position. */
  position(symbol: string): number;
  openOrders(symbol?: string): readonly OpenOrder[];
  readonly sizing: SizingLimits;
  /**
   * What one unit of a symbol is worth in the account's currency for each unit of its price: multiplier times exchange rate, 1 for a
   * share in the account's own. A quantity's value is `quantity × price × unitValue(symbol)`.
   */
  unitValue(symbol: string): number;
  /** Rounds a quantity to the symbol's lot size, toward zero. */
  roundQuantity(symbol: string, quantity: number): number;
  /** The smallest quantity and notional that the venue takes. */
  minimums(symbol: string): { readonly quantity: number; readonly notional: number };
  /** Uniform in [0, 1), from this strategy's own stream. */
  random(): number;
  /** Reports to the watchdog that a long run is alive. */
  heartbeat(): void;
}

/** Why an order was made: a sentence and the numbers behind it. */
export interface Because {
  readonly text: string;
  readonly values: Readonly<Record<string, number | string>>;
}

/** A bracket's child: an order without a quantity, which is what its parent has filled. */
export interface AttachedOrder extends OrderTerms {
  readonly clientOrderId?: string;
  readonly because?: Because;
}

/** What a strategy asks for. Quantity is signed: positive buys. Without a `type`, `limitPrice` makes it a limit order. */
export interface OrderIntent extends OrderTerms {
  readonly symbol: string;
  readonly quantity: number;
  readonly because: Because;
  /** The strategy's own id for the order; without one the session counts them. */
  readonly clientOrderId?: string;
  readonly idempotencyKey?: string;
  /** A bracket: both work once this order has a fill, and one's fill cuts or cancels the other. */
  readonly attach?: { readonly stop?: AttachedOrder; readonly target?: AttachedOrder };
  /** Of this strategy's working orders with one name, a fill of one cancels the others. */
  readonly oco?: string;
  /** All orders of one run with one name are accepted, or none is. */
  readonly basket?: string;
}

/** Takes an order of one's own back: by the router's id or one's own. */
export interface CancelIntent {
  readonly cancel: string;
}

/** Takes back every open order of one's own, or every one of a symbol. */
export interface CancelAllIntent {
  readonly cancelAll: true;
  readonly symbol?: string;
}

/** Changes an open order of one's own in its place. `quantity` is signed, and counts what is filled already. */
export interface ReplaceIntent {
  readonly replace: string;
  readonly quantity?: number;
  readonly limitPrice?: number;
  readonly stopPrice?: number;
}

/** What a run may return. */
export type StrategyAction = OrderIntent | CancelIntent | CancelAllIntent | ReplaceIntent;

/** An execution of one of the strategy's own orders. Quantity is signed: positive bought. */
export interface StrategyFill {
  readonly orderId: string | null;
  readonly symbol: string;
  readonly quantity: number;
  readonly price: number;
  readonly fee: number;
  readonly at: Moment;
}

/** What a strategy knows before its first run. */
export interface StrategyStart {
  readonly symbols: readonly string[];
  readonly params: Parameters;
  readonly sizing: SizingLimits;
}

/** `State` is what the strategy remembers: plain JSON, at most 65,536 characters long as text. */
export interface Strategy<State = unknown> {
  readonly defaults: Parameters;
  readonly parameters: Readonly<Record<string, ParameterRule>>;
  /** One run. It has the budget of the desk, and ends by returning what it wants to order, cancel and replace, in that order. */
  onTick(context: StrategyContext): readonly StrategyAction[];
  /** Called at the start of a run for each fill since the run before, oldest first, before `onTick`. */
  onFill?(fill: StrategyFill, context: StrategyContext): void;
  /** Called after the fills for each change of one's orders since the run before, refusals among them; oldest first, before `onTick`. */
  onOrder?(update: OrderUpdate, context: StrategyContext): void;
  /** Called once before the first run, unless there is a state to `load`. */
  onStart?(start: StrategyStart): void;
  /** Called when the session stops, if there is time; nothing may depend on it. */
  onStop?(): void;
  /** What the strategy remembers; asked for after each run. */
  save?(): State;
  /** Gets back what `save` last returned, in place of `onStart`: after its process was replaced. */
  load?(state: State): void;
  /** The bars of history that `onTick` wants with these parameters. */
  barsNeeded?(params: Parameters): number;
}
