/**
 * What a session adds to its router's snapshot in `router_state.json`: whose it is, up to where, and the terms of its orders in flight.
 *
 * 1. It is a function of the parts: a replay makes the same text.
 * 2. A plain market order has no terms beyond Logos' fields, and a file of such orders alone is as it always was.
 */
import type { StateContext } from "../../../orchestrator/index.ts";
import type { SnapshotEntry } from "../../../store/index.ts";
import { termsOf } from "../state/open-orders.ts";
import type { Core } from "../state/parts.ts";

type Orders = NonNullable<StateContext["orders"]>;

function ordersOf({ model, router }: Pick<Core, "model" | "router">): Orders {
  const orders: Record<string, Orders[string]> = {};
  for (const order of model.working.values()) {
    const { orderId, limitPrice, parent, role, oco, replaced } = order;
    const terms = {
      ...termsOf(order),
      ...(limitPrice === null ? {} : { limitPrice }),
      ...(parent === undefined ? {} : { parent }),
      ...(role === undefined ? {} : { role }),
      ...(oco === undefined ? {} : { oco }),
      ...(replaced === undefined ? {} : { replaced }),
    };
    if (Object.keys(terms).length > 0 && router.order(orderId) !== undefined) orders[orderId] = terms;
  }
  return orders;
}

/** The context of a snapshot that knows of `decisions` entries, and the mark of its entry. */
export function stateContextOf(
  core: Pick<Core, "model" | "router" | "runDigest">,
  decisions: number,
): { readonly context: StateContext; readonly terms: Pick<SnapshotEntry, "terms"> } {
  const orders = ordersOf(core);
  const place = { session: core.runDigest, journalPosition: decisions };
  return Object.keys(orders).length === 0
    ? { context: place, terms: {} }
    : { context: { ...place, orders }, terms: { terms: true } };
}
