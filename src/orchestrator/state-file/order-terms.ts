/**
 * What a state file says of orders in flight beyond Logos' seven fields of each: type, prices, time in force and links, as
 * `logos_console.orders`.
 *
 * 1. The router passes it on and never looks at it; an order that is a plain market order has no entry.
 * 2. A file of an older version has none of it. What is there is checked whole, as everything else of the file is.
 */
import * as z from "zod/mini";
import { ORDER_TYPE_NAMES, TIMES_IN_FORCE, type TimeInForce } from "../../shared/orders.ts";
import { put } from "../common/record.ts";
import { TEXT_MAX } from "../router/order-request.ts";
import type { OrderInFlightTerms } from "../router/router-types.ts";
import { checked, entriesOf, type ReadMoment } from "./state-check.ts";
import type { Faults, Step } from "./state-fault.ts";
import type { Moment } from "../../shared/time.ts";

type Terms = Readonly<Record<string, OrderInFlightTerms>>;

const text = z.string().check(z.minLength(1), z.maxLength(TEXT_MAX));
const distance = z.number().check(z.gt(0));

const TERMS = z.object({
  type: z.optional(z.enum(ORDER_TYPE_NAMES)),
  limit_price: z.optional(z.number()),
  stop_price: z.optional(z.number()),
  trail: z.optional(z.union([z.object({ amount: distance }), z.object({ percent: distance })])),
  time_in_force: z.optional(z.enum(Object.keys(TIMES_IN_FORCE) as TimeInForce[])),
  expires_at: z.optional(z.string()),
  post_only: z.optional(z.boolean()),
  reduce_only: z.optional(z.boolean()),
  parent: z.optional(text),
  role: z.optional(z.enum(["stop", "target"])),
  oco: z.optional(text),
  replaced: z.optional(z.boolean()),
});

type Write = (at: Moment) => string;

/** One order's fields, always in this order; those that are not there are undefined. */
function fieldsOf(order: OrderInFlightTerms, write: Write): Record<string, unknown> {
  const { type, limitPrice, stopPrice, trail, timeInForce, expiresAt, postOnly, reduceOnly } = order;
  const { parent, role, oco, replaced } = order;
  return {
    type,
    limit_price: limitPrice,
    stop_price: stopPrice,
    trail,
    time_in_force: timeInForce,
    expires_at: expiresAt === undefined ? undefined : write(expiresAt),
    post_only: postOnly,
    reduce_only: reduceOnly,
    parent,
    role,
    oco,
    replaced,
  };
}

/** The section's value. */
export function termsSection(terms: Terms, write: Write): Record<string, unknown> {
  const section: Record<string, unknown> = {};
  for (const [id, order] of Object.entries(terms)) put<unknown>(section, id, defined(fieldsOf(order, write)));
  return section;
}

/** Orders of one piece of the text. */
const PIECE = 256;

/** The section's text in pieces: ten thousand orders may work. */
export function* termsText(terms: Terms, write: Write): Generator<string> {
  let [text, row] = ["{", 0];
  for (const [id, order] of Object.entries(terms)) {
    text += `${row === 0 ? "" : ","}${JSON.stringify(id)}:${JSON.stringify(fieldsOf(order, write))}`;
    row += 1;
    if (row % PIECE > 0) continue;
    yield text;
    text = "";
  }
  yield `${text}}`;
}

/** The terms of a file, or a fault; undefined where it has none. */
export function termsOf(value: unknown, place: readonly Step[], readAt: ReadMoment, faults: Faults): Terms | undefined {
  if (value === undefined) return undefined;
  const terms: Record<string, OrderInFlightTerms> = {};
  for (const [id, order] of entriesOf(value, place, faults)) {
    const { limit_price, stop_price, time_in_force, expires_at, post_only, reduce_only, trail, ...same } = checked(
      TERMS,
      order,
      [...place, id],
      faults,
    );
    put<OrderInFlightTerms>(terms, id, {
      ...defined(same),
      ...defined({ limitPrice: limit_price, stopPrice: stop_price, trail, timeInForce: time_in_force }),
      ...defined({ postOnly: post_only, reduceOnly: reduce_only }),
      ...(expires_at === undefined ? {} : { expiresAt: readAt(expires_at, [...place, id, "expires_at"]) }),
    });
  }
  return terms;
}

type Defined<Fields> = { [Field in keyof Fields]?: Exclude<Fields[Field], undefined> };

/** The fields that are there. */
function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<Fields>;
}
