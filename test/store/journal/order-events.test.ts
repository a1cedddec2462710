/** What each entry does to its order: the table that the session's working orders and the console's views both follow. */
import { expect, it } from "vitest";
import type { EntryBody, JournalEntry } from "../../../src/store/journal/entries.ts";
import { orderEventOf } from "../../../src/store/journal/order-events.ts";
import { at, equity, fill, note, order } from "./entries.ts";

const request = { orderId: "ROUTER-00000001", venueId: "v-1" };
const change = { ...request, change: { limitPrice: "9" } };
const accepted = { outcome: "accepted", quantity: "1", limitPrice: null };
const [refused, unknown] = [{ outcome: "refused", reason: "no" }, { outcome: "unknown" }];
const closed = (status: string): object => ({ kind: "closed", ...request, status, reason: "" });

it.each<[entry: EntryBody | object, event: string | null]>([
  [{ kind: "ack", ...request, outcome: accepted }, "acknowledged"],
  [{ kind: "ack", ...request, outcome: refused }, "rejected"],
  [{ kind: "ack", ...request, outcome: unknown }, null],
  [fill(1, { status: "partially_filled" }), "partially_filled"],
  [fill(1, { status: "filled" }), "filled"],
  [fill(1, { verdict: "duplicate" }), null],
  [fill(1, { verdict: "quarantined" }), null],
  [closed("filled"), "filled"],
  [closed("canceled"), "canceled"],
  [closed("expired"), "expired"],
  [closed("rejected"), "rejected"],
  [closed("not_placed"), "rejected"],
  [{ kind: "cancel_request", ...request, sent: true }, "cancel_requested"],
  [{ kind: "cancel_request", ...request, sent: false }, null],
  [{ kind: "cancel", ...request, outcome: accepted }, null],
  [{ kind: "cancel", ...request, outcome: refused }, "cancel_refused"],
  [{ kind: "cancel", ...request, outcome: unknown }, null],
  [{ kind: "replace_request", ...change, sent: true }, "replace_requested"],
  [{ kind: "replace_request", ...change, sent: false }, null],
  [{ kind: "replace", ...change, outcome: accepted }, "replace_answered"],
  [{ kind: "replace", ...change, outcome: refused }, "replace_answered"],
  [{ kind: "replace", ...change, outcome: unknown }, null],
  [order(1), null],
  [note("a"), null],
  [equity("1"), null],
])("%j is %s", (entry, event) => {
  expect(orderEventOf({ ...entry, seq: 1, at: at(1) } as JournalEntry)).toBe(event);
});
