/**
 * Names and numbers of things, branded so that one is never passed for another.
 *
 * 1. A brand costs nothing at run time: an id is its text.
 * 2. Names that become part of a path or a venue's id match `NAME`, so no name can leave its folder.
 */

declare const brand: unique symbol;
type Branded<Of extends string> = string & { readonly [brand]: Of };

/** The router's id of an accepted order: `ROUTER-00000001` and up. */
export type OrderId = Branded<"OrderId">;
/** A session's id, which is also its folder's name: `2026-11-23_0930_basket_book`. */
export type SessionId = Branded<"SessionId">;

export const orderId = (text: string): OrderId => text as OrderId;
export const sessionId = (text: string): SessionId => text as SessionId;

/** Strategy names and session ids: letters, digits, dot, dash, underscore; 1 to 80 characters; not starting with a dot. */
export const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,79}$/;

/** What a venue knows an order by; no two sessions ever share one. */
export function venueIdOf(session: SessionId, order: OrderId): string {
  return `${session}-${order}`;
}

/**
 * What names one execution in a session: its order and the broker's fill id, because a broker may number the fills of each order from
 * one. A fill of an order that is not the session's has its fill id alone.
 */
export function executionKeyOf(orderId: string | null, fillId: string): string {
  return orderId === null ? fillId : `${orderId}/${fillId}`;
}
