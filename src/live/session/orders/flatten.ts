/**
 * Flatten and close: out of positions, owner by owner, whatever strategies, metrics and views do.
 *
 * 1. A flatten shuts the gate for new orders of its scope first, then cancels what works and waits in it, and sends the reducing market
 *    order of an owner's position as soon as no other order of that owner works in the symbol.
 * 2. Its orders pass a halt, the rate window and the guards, because they only reduce. Each is the owner's own, so its fill is booked
 *    where the position is, and reduce-only, so that a fill meanwhile does not make it turn the position. Where the venue does not know
 *    the position as the owner's (a fill that was adopted, an order from before orders had owners) it is a plain market order.
 * 3. It is part of the read model: a restart carries on where the journal ends.
 * 4. A position has one closing order at a time, however many flattens cover it.
 * 5. It ends once nothing of it is under way, and names every position that it could not close, with the reason.
 */
import { plain } from "../../../shared/decimal.ts";
import { strategiesIn } from "../../../shared/scope.ts";
import { later, SECOND } from "../../../shared/time.ts";
import type { Duration, Moment } from "../../../shared/time.ts";
import type { FlattenScope, LeftOpen } from "../../../store/journal/entries.ts";
import { haltSession } from "../state/halts.ts";
import { attemptKey, type Flatten } from "../state/open-orders.ts";
import type { WorkingOrder } from "../state/working-orders.ts";
import { decideUnit } from "./orders.ts";
import type { FlattenRequest } from "../state/order-api.ts";
import type { Core } from "../state/parts.ts";
import { cancelWithin } from "./requests.ts";
import type { Sending } from "./sending.ts";
import { haltScope, needScope } from "../state/scope-halts.ts";
import { MANUAL, UNATTRIBUTED } from "../state/read-model.ts";

/** How long a position waits for the cancels of its owner's other orders before it is reported as not closed. */
export const CANCEL_WAIT = (30 * SECOND) as Duration;

type Held = Pick<WorkingOrder, "strategy" | "symbol">;

/** Whether an order or a position belongs to a scope. */
export function withinScope(core: Core, scope: FlattenScope, owner: string | null = null): (held: Held) => boolean {
  if (scope.kind === "symbol")
    return ({ strategy, symbol }) => symbol === scope.name && (owner === null || strategy === owner);
  if (scope.kind === "all") return ({ strategy }) => owner === null || strategy === owner;
  const names = new Set(strategiesIn(core.desk.strategies, scope));
  return ({ strategy }) => names.has(strategy) && (owner === null || strategy === owner);
}

/** Begins a flatten: journals it, shuts the gate and asks for the cancels. The caller commits and sends. Throws `not_found`. */
export function startFlatten(
  core: Core,
  request: FlattenRequest,
): { readonly flatten: string; readonly sending: Sending[] } {
  const { scope, owner = null, shutsGate, operator, note } = request;
  const at = core.now;
  if (scope.kind !== "all") needScope(core, scope);
  const flatten = `FLATTEN-${core.model.open.flattenNumber + 1}`;
  core.ledger.add({ kind: "flatten", event: "started", flatten, scope, owner, shutsGate, operator, note }, at);
  if (shutsGate) shutGate(core, scope, operator, note);
  const run = { strategy: MANUAL, run: 0, bar: null, operator };
  const within = withinScope(core, scope, owner);
  // The closing orders of a flatten before it do what it would do.
  const toCancel = (held: Held & Pick<WorkingOrder, "flatten">): boolean => held.flatten === undefined && within(held);
  return { flatten, sending: cancelWithin(core, run, toCancel, at) };
}

function shutGate(core: Core, scope: FlattenScope, operator: string, note: string): void {
  if (scope.kind !== "all") {
    if (!core.model.switches.has(scope)) haltScope(core, scope, { operator, note });
  } else if (!core.router.halted) {
    const message = `Halted by ${operator} to flatten.`;
    haltSession(core, { source: "operator", code: "operator_halt", message, operator, note }, core.now);
  }
}

interface Position extends Held {
  readonly quantity: number;
  readonly text: string;
}

/** Every owner's position within a flatten's scope. */
function positionsOf(core: Core, { scope, owner }: Flatten): Position[] {
  const within = withinScope(core, scope, owner);
  const outside = [MANUAL, UNATTRIBUTED].map((name) => ({ name, symbols: [...core.symbols.keys()] }));
  return [...core.desk.strategies, ...outside].flatMap(({ name: strategy, symbols }) =>
    symbols.flatMap((symbol): Position[] => {
      const quantity = core.books.position(strategy, symbol);
      if (quantity.isZero() || !within({ strategy, symbol })) return [];
      return [{ strategy, symbol, quantity: quantity.toNumber(), text: plain(quantity) }];
    }),
  );
}

/** What stands between a position and its closing order: `sent` and `waiting` pass by themselves, any other word is why it stays. */
function standing(core: Core, flatten: Flatten, position: Position, at: Moment): string | null {
  const { strategy, symbol } = position;
  let blocked = false;
  for (const order of core.model.open.index.ofStrategy(strategy).values())
    if (order.symbol === symbol) {
      // The closing order of another flatten under way closes the position, too.
      if (order.flatten !== undefined) return "sent";
      blocked = true;
    }
  const tried = flatten.attempts[attemptKey(strategy, symbol)];
  if (tried !== undefined && tried !== NOT_ITS_OWN) return tried;
  if (!blocked) return null;
  return at < later(flatten.at, CANCEL_WAIT) ? "waiting" : "cancel_unanswered";
}

/** Carries every flatten on by a step. Adds what is to be sent; the caller commits first. */
export function workFlattens(core: Core, at: Moment, sending: Sending[]): void {
  // One that ends is taken out of these meanwhile; none is added.
  for (const flatten of core.model.open.flattens.values()) {
    const left: LeftOpen[] = [];
    let waiting = stillCanceling(core, flatten, at);
    for (const position of positionsOf(core, flatten)) {
      const word = standing(core, flatten, position, at) ?? close(core, flatten, position, at, sending);
      if (word === "sent" || word === "waiting") waiting = true;
      else left.push({ owner: position.strategy, symbol: position.symbol, quantity: position.text, reason: word });
    }
    if (!waiting) end(core, flatten, left, at);
  }
}

/** Whether orders without a position behind them wait for their cancels. */
function stillCanceling(core: Core, flatten: Flatten, at: Moment): boolean {
  if (at >= later(flatten.at, CANCEL_WAIT)) return false;
  const within = withinScope(core, flatten.scope, flatten.owner);
  for (const order of core.model.working.values()) if (within(order)) return true;
  return false;
}

/** How the venue ends a reduce-only order whose owner holds nothing there. */
const NOT_ITS_OWN = "reduce_only";

/** Whether a part of a position came by adoption, so that no order of its owner's explains it to the venue. */
function isAdopted(core: Core, { strategy, symbol }: Held): boolean {
  for (const { review, evidence } of core.model.drift.values())
    if (review?.action === "adopt" && review.strategy === strategy && evidence["symbol"] === symbol) return true;
  return false;
}

function close(
  core: Core,
  { flatten, operator, note, attempts }: Flatten,
  position: Position,
  at: Moment,
  sending: Sending[],
): string {
  const { strategy, symbol, quantity } = position;
  const because = { text: `closed by ${operator}${note === "" ? "" : `: ${note}`}`, values: { position: quantity } };
  const again = attempts[attemptKey(strategy, symbol)] !== undefined;
  const plainly = again || strategy === UNATTRIBUTED || isAdopted(core, position);
  const intent = { symbol, quantity: -quantity, because, ...(plainly ? {} : { reduceOnly: true }) };
  const run = { strategy, run: 0, bar: null, operator, flatten };
  const clientOrderId = `${flatten}.${symbol}${again ? ".2" : ""}`;
  const placed = decideUnit(core, run, [{ intent, clientOrderId }], at);
  sending.push(...placed);
  return placed.length > 0
    ? "sent"
    : (core.model.open.flattens.get(flatten)?.attempts[attemptKey(strategy, symbol)] ?? "refused");
}

function end(core: Core, flatten: Flatten, left: readonly LeftOpen[], at: Moment): void {
  const closed = Object.values(flatten.attempts).filter((word) => word === "filled").length;
  const { attempts: _attempts, at: _at, ...result } = flatten;
  core.ledger.add({ kind: "flatten", event: "ended", ...result, closed, left }, at);
}

/** When a flatten has waited long enough for cancels; null while none is under way. */
export function nextInFlattens(core: Core): Moment | null {
  if (core.model.open.flattens.size === 0) return null;
  let next: Moment | null = null;
  for (const { at } of core.model.open.flattens.values()) {
    const until = later(at, CANCEL_WAIT);
    if (until > core.now && (next === null || until < next)) next = until;
  }
  return next;
}
