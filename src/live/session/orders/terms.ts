/**
 * An order's terms on their way: from a strategy's numbers to what the journal keeps and the venue is sent.
 *
 * 1. An entry's terms are those that were asked for; only a `day` order gets its end here, from its instrument's market.
 * 2. What is sent follows from the entry alone, so that a repetition would send the same.
 */
import { decimal, plain } from "../../../shared/decimal.ts";
import { CALENDAR_NAMES } from "../../../shared/desk.ts";
import { venueIdOf, type OrderId } from "../../../shared/ids.ts";
import { childTypeOf, orderTypeOf, type OrderTerms } from "../../../shared/orders.ts";
import type { PlaceOrder } from "../../../shared/ports.ts";
import type { AttachedOrder, OrderIntent } from "../../../shared/strategy.ts";
import type { Moment } from "../../../shared/time.ts";
import type { EntryTerms, OrderEntry } from "../../../store/journal/entries.ts";
import { calendarOf, calendarOfHours, dayOrderEnd } from "../../calendar/index.ts";
import { NO_TERMS, termsOf } from "../state/open-orders.ts";
import type { Core } from "../state/parts.ts";

/** When an order for the day ends, by its instrument's calendar, else by its strategy's hours, else by the account's day. */
function dayEnd(core: Core, strategy: string, symbol: string, at: Moment): Moment {
  const named = core.symbols.get(symbol)?.calendar;
  const name = CALENDAR_NAMES.find((one) => one === named);
  const config = core.model.strategies.get(strategy)?.config;
  const own = config === undefined ? null : calendarOf(config);
  return dayOrderEnd(name === undefined ? own : calendarOfHours(name), core.books.days, at);
}

/** The terms that an order's entry keeps: none for a plain market or limit order. */
export function entryTerms(core: Core, strategy: string, intent: OrderIntent, at: Moment): EntryTerms {
  const found = termsOf(intent);
  if (found === NO_TERMS) return NO_TERMS;
  const expires = intent.timeInForce === "day" ? { expiresAt: dayEnd(core, strategy, intent.symbol, at) } : {};
  const type = orderTypeOf(intent);
  const named = type === "market" || type === "limit" ? {} : { type };
  const { type: _type, ...terms } = found;
  return { ...named, ...terms, ...expires };
}

/** The order of a bracket's child, for what its parent asks for. */
export function childIntent(parent: OrderIntent, role: "stop" | "target", child: AttachedOrder): OrderIntent {
  const { because = { text: `the ${role} of ${parent.because.text}`, values: {} }, ...terms } = child;
  const { symbol, quantity } = parent;
  return { ...terms, type: childTypeOf(role, child), symbol, quantity: -quantity, because };
}

/** The price that an order is valued at before it has a fill: its limit, else its trigger, else the mark. */
export function referenceOf(terms: OrderTerms, mark: number | null): number | null {
  return terms.limitPrice ?? terms.stopPrice ?? mark;
}

/** What is wrong with a bracket's sides: a stop that would trigger at once, or a target that would. Null where nothing is. */
export function bracketFault(intent: OrderIntent, mark: number | null): string | null {
  const reference = referenceOf(intent, mark);
  const { stop, target } = intent.attach ?? {};
  if (reference === null) return null;
  const buys = intent.quantity > 0;
  const beyond = (price: number | undefined, above: boolean): boolean =>
    price !== undefined && (above ? price >= reference : price <= reference);
  if (beyond(stop?.stopPrice, buys))
    return `The stop at ${stop?.stopPrice} is not ${buys ? "below" : "above"} the entry at ${reference}.`;
  if (beyond(target?.limitPrice, !buys))
    return `The target at ${target?.limitPrice} is not ${buys ? "above" : "below"} the entry at ${reference}.`;
  return null;
}

const text = (value: number): string => plain(decimal(value));

/** What the venue is sent for an accepted order. */
export function placeOrderOf(core: Core, entry: OrderEntry, orderId: OrderId, at: Moment): PlaceOrder {
  const { symbol, quantity, limitPrice, type, stopPrice, trail, timeInForce, expiresAt } = entry;
  const { postOnly, reduceOnly, parent, oco, strategy } = entry;
  const amount =
    trail === undefined ? null : "amount" in trail ? { amount: text(trail.amount) } : { percent: text(trail.percent) };
  // Both children of a bracket are one group: a fill of one cancels or cuts the other.
  const group = oco ?? null;
  return {
    venueId: venueIdOf(core.id, orderId),
    symbol,
    quantity: text(quantity),
    limitPrice: limitPrice === null ? null : text(limitPrice),
    at,
    ...(type === undefined ? {} : { type }),
    ...(stopPrice === undefined ? {} : { stopPrice: text(stopPrice) }),
    ...(amount === null ? {} : { trail: amount }),
    ...(timeInForce === undefined ? {} : { timeInForce }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(postOnly === undefined ? {} : { postOnly }),
    ...(reduceOnly === undefined ? {} : { reduceOnly }),
    // The venue keeps each owner's position, which a reduce-only order is cut to.
    owner: strategy,
    ...(parent === undefined || parent === null ? {} : { parentId: venueIdOf(core.id, parent) }),
    ...(group === null ? {} : { ocoGroup: `${core.id}/${strategy}/${group}` }),
  };
}
