/**
 * What a run returned, action by action: orders, baskets, cancels and replaces, in the order in which they stand.
 *
 * 1. An action sees what those before it have done: a cancel frees nothing until the venue reports it, an order works at once.
 * 2. A basket stands where its first order stands.
 */
import type { OrderIntent, StrategyAction } from "../../../shared/strategy.ts";
import type { Moment } from "../../../shared/time.ts";
import type { QueueItem } from "../state/open-orders.ts";
import { decideUnit } from "./orders.ts";
import type { RunOf } from "./run-of.ts";
import { workQueues } from "./pace.ts";
import type { Core } from "../state/parts.ts";
import { cancelWithin, decideCancel, decideReplace } from "./requests.ts";
import type { Sending } from "./sending.ts";

const isOrder = (action: StrategyAction): action is OrderIntent => "quantity" in action && "symbol" in action;

/** Decides on every action of a run and adds the decisions to the ledger. Returns what is to be sent. */
export function decideActions(core: Core, run: RunOf, actions: readonly StrategyAction[], at: Moment): Sending[] {
  if (actions.length === 0) return [];
  const baskets = new Set<string>();
  return actions.flatMap((action, index) => {
    if (isOrder(action)) {
      const { basket } = action;
      if (basket === undefined) return decideUnit(core, run, [orderOf(core, run, action, index)], at);
      if (baskets.has(basket)) return [];
      baskets.add(basket);
      return decideUnit(core, run, basketOf(core, run, actions, basket), at);
    }
    if ("cancel" in action) return decideCancel(core, run, action.cancel, at).sending;
    if ("replace" in action) return decideReplace(core, run, action, at).sending;
    const { symbol } = action;
    const within = (order: { readonly strategy: string; readonly symbol: string }): boolean =>
      order.strategy === run.strategy && (symbol === undefined || order.symbol === symbol);
    return cancelWithin(core, run, within, at);
  });
}

const orderOf = (core: Core, run: RunOf, intent: OrderIntent, index: number) => ({
  intent,
  clientOrderId: intent.clientOrderId ?? `${core.model.orderPrefix}${run.run}.${index + 1}`,
});

function basketOf(core: Core, run: RunOf, actions: readonly StrategyAction[], basket: string) {
  return actions.flatMap((action, index) =>
    isOrder(action) && action.basket === basket ? [orderOf(core, run, action, index)] : [],
  );
}

/** Decides on what waited for its rate window and can go by now. Adds what is to be sent. */
export function releaseQueues(core: Core, at: Moment, sending: Sending[]): void {
  if (core.model.open.queues.size === 0) return;
  workQueues(core, at, (item) => {
    const { queue } = item;
    const run = runOf(item);
    if (item.replace === undefined) sending.push(...decideUnit(core, run, item.orders, at, queue));
    else sending.push(...decideReplace(core, run, item.replace, at, queue).sending);
  });
}

const runOf = ({ strategy, run, bar, operator }: QueueItem): RunOf => ({
  strategy,
  run,
  bar,
  ...(operator === null ? {} : { operator }),
});
