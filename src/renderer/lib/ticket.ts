/** The order ticket's fields as a person writes them, and the order that they make. */
import type { Input } from "../../shared/contract/contract.ts";
import { ORDER_TYPES, type OrderType, type TimeInForce } from "../../shared/orders.ts";

export interface TicketFields {
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly quantity: string;
  readonly type: OrderType;
  readonly limitPrice: string;
  readonly stopPrice: string;
  readonly trail: string;
  readonly trailIn: "amount" | "percent";
  readonly timeInForce: TimeInForce;
  /** UTC, as `2026-11-23T15:00`. */
  readonly expires: string;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly note: string;
}

export const EMPTY_TICKET: TicketFields = {
  symbol: "",
  side: "buy",
  quantity: "",
  type: "limit",
  limitPrice: "",
  stopPrice: "",
  trail: "",
  trailIn: "amount",
  timeInForce: "gtc",
  expires: "",
  postOnly: false,
  reduceOnly: false,
  note: "",
};

export type Ticket = Input<"order.place">["ticket"];

/** A number above zero, or null. */
function positive(text: string): number | null {
  const value = Number(text.replaceAll(",", ""));
  return text.trim() !== "" && Number.isFinite(value) && value > 0 ? value : null;
}

/** What is missing, as a sentence, or the order. */
export function ticketOf(fields: TicketFields): { readonly ticket: Ticket } | { readonly missing: string } {
  const symbol = fields.symbol.trim();
  if (symbol === "") return { missing: "Choose a symbol." };
  const quantity = positive(fields.quantity);
  if (quantity === null) return { missing: "Enter a quantity above 0." };
  const ticket: Ticket = { symbol, quantity: fields.side === "buy" ? quantity : -quantity, type: fields.type };
  for (const price of ORDER_TYPES[fields.type].needs) {
    const value = positive(fields[price]);
    if (value === null) return { missing: `Enter ${PRICE_NAMES[price]} above 0.` };
    if (price === "trail") ticket.trail = fields.trailIn === "amount" ? { amount: value } : { percent: value };
    else ticket[price] = value;
  }
  ticket.timeInForce = fields.timeInForce;
  if (fields.timeInForce === "gtd") {
    const expires = Date.parse(`${fields.expires}Z`);
    if (Number.isNaN(expires)) return { missing: "Enter when it expires." };
    ticket.expiresAt = expires * 1_000;
  }
  if (fields.postOnly && ORDER_TYPES[fields.type].postOnly) ticket.postOnly = true;
  if (fields.reduceOnly) ticket.reduceOnly = true;
  if (fields.note.trim() !== "") ticket.note = fields.note.trim();
  return { ticket };
}

const PRICE_NAMES = { limitPrice: "a limit price", stopPrice: "a stop price", trail: "a trail" } as const;
