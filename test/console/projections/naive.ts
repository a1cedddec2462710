/**
 * Naive models of the projections: each rebuilds its table from all the entries, with no state and no cleverness.
 */
import { decimal, plain, ZERO } from "../../../src/shared/decimal.ts";
import type { EntryKind, JournalEntry } from "../../../src/store/journal/entries.ts";

type Of<Kind extends EntryKind> = Extract<JournalEntry, { readonly kind: Kind }>;
const ENDED = ["filled", "canceled", "rejected", "expired"];

/** The state, sums and last change of each accepted order, in order of acceptance. */
export function naiveOrders(entries: readonly JournalEntry[]) {
  const accepted = entries.filter(
    (entry): entry is Of<"order"> =>
      entry.kind === "order" && entry.accepted && !entry.replay && entry.orderId !== null,
  );
  return accepted.map((order) => {
    let state: string = "pending_new";
    let updatedAt: number = order.at;
    let filled = ZERO;
    let notional = ZERO;
    let fees = ZERO;
    let realized = ZERO;
    let any = false;
    for (const entry of entries) {
      if (!("orderId" in entry) || entry.orderId !== order.orderId || entry.seq <= order.seq) continue;
      const ended = ENDED.includes(state);
      if (entry.kind === "ack" && !ended && entry.outcome.outcome !== "unknown") {
        if (entry.outcome.outcome === "refused") state = "rejected";
        else if (state === "pending_new") state = "accepted";
        updatedAt = entry.at;
      } else if (entry.kind === "closed" && !ended) {
        state = entry.status === "not_placed" ? "rejected" : entry.status;
        updatedAt = entry.at;
      } else if (entry.kind === "fill" && entry.verdict === "booked") {
        any = true;
        filled = filled.plus(entry.quantity);
        notional = notional.plus(decimal(entry.quantity).times(entry.price));
        fees = fees.plus(entry.fee);
        realized = realized.plus(entry.realized ?? 0);
        if (!ended) state = entry.status;
        updatedAt = entry.at;
      }
    }
    return {
      orderId: order.orderId as string,
      seq: order.seq,
      state,
      updatedAt,
      filled: plain(filled),
      averagePrice: filled.isZero() ? null : plain(notional.div(filled).toDecimalPlaces(12)),
      fees: any ? plain(fees) : null,
      realized: any ? plain(realized) : null,
    };
  });
}

export function naiveFills(entries: readonly JournalEntry[]): Of<"fill">[] {
  return entries.filter((entry): entry is Of<"fill"> => entry.kind === "fill");
}

/** [seq, cause] of each rejection: what risk or router refused, and what the broker refused of what they had accepted. */
export function naiveRejections(
  entries: readonly JournalEntry[],
): { readonly seq: number; readonly cause: string; readonly at: number }[] {
  return entries.flatMap((entry) => {
    const { seq, at } = entry;
    if (entry.kind === "order") return entry.accepted || entry.replay ? [] : [{ seq, at, cause: entry.reason }];
    const reason =
      entry.kind === "ack" && entry.outcome.outcome === "refused"
        ? entry.outcome.reason
        : entry.kind === "closed" && entry.status === "rejected"
          ? entry.reason
          : null;
    if (reason === null || !("orderId" in entry)) return [];
    // Once an order has ended, a second refusal of it is not another rejection.
    const before = entries
      .slice(0, entry.seq - 1)
      .filter((other) => "orderId" in other && other.orderId === entry.orderId);
    const known = before.some((other) => other.kind === "order" && other.accepted && !other.replay);
    const over = before.some(
      (other) =>
        other.kind === "closed" ||
        (other.kind === "ack" && other.outcome.outcome === "refused") ||
        (other.kind === "fill" && other.verdict === "booked" && other.status === "filled"),
    );
    return known && !over ? [{ seq, at, cause: reason }] : [];
  });
}

export function naiveFailures(entries: readonly JournalEntry[]): Of<"run_finished">[] {
  return entries.filter(
    (entry): entry is Of<"run_finished"> => entry.kind === "run_finished" && !["ok", "overrun"].includes(entry.outcome),
  );
}

/** Errors with their moments: rejections but the halted router's, and failed runs. */
export function naiveErrors(
  entries: readonly JournalEntry[],
): { readonly seq: number; readonly at: number; readonly kind: string }[] {
  return [
    ...naiveRejections(entries)
      .filter((row) => row.cause !== "router_halted")
      .map((row) => ({ seq: row.seq, at: row.at, kind: row.cause })),
    ...naiveFailures(entries).map((run) => ({ seq: run.seq, at: run.at, kind: run.outcome })),
  ].toSorted((a, b) => a.seq - b.seq);
}
