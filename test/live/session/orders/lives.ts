/**
 * A naive model of orders' lives, to compare a session with: read from its journal's entries with rules of its own, and from the
 * venue's database.
 *
 * 1. An order is sent once, filled never beyond what the venue took, and ends once; venue and journal agree on its fills and its end.
 * 2. The venue reports some fills late. One whose report is due behind the session's last moment is not in its journal yet; any other
 *    one must be.
 */
import { basename, join } from "node:path";
import type { SessionProbe } from "../../../../src/live/session/index.ts";
import { decimal, ZERO } from "../../../../src/shared/decimal.ts";
import { SECOND } from "../../../../src/shared/time.ts";
import { openForReading, type JournalEntry } from "../../../../src/store/index.ts";

type Amount = ReturnType<typeof decimal>;

interface Life {
  quantity: Amount;
  filled: Amount;
  ends: string[];
  sends: number;
}

/** Each order's life by rules of its own: sent once, filled never beyond what the venue took, ended once. */
export function livesIn(entries: readonly JournalEntry[]): Map<string, Life> {
  const lives = new Map<string, Life>();
  const of = (id: string): Life => lives.get(id) as Life;
  for (const entry of entries) {
    if (entry.kind === "order" && entry.accepted && !entry.replay && entry.orderId !== null)
      lives.set(entry.orderId, { quantity: decimal(entry.quantity).abs(), filled: ZERO, ends: [], sends: 0 });
    else if (entry.kind === "send") of(entry.orderId).sends += 1;
    else if (entry.kind === "replace" && entry.outcome.outcome === "accepted")
      of(entry.orderId).quantity = decimal(entry.outcome.quantity).abs();
    else if (entry.kind === "fill" && entry.verdict === "booked" && entry.orderId !== null) {
      const life = of(entry.orderId);
      life.filled = life.filled.plus(decimal(entry.quantity).abs());
      if (life.filled.gte(life.quantity)) life.ends.push("filled");
    } else if (entry.kind === "closed" && entry.orderId !== null) of(entry.orderId).ends.push(entry.status);
    else if (entry.kind === "ack" && entry.outcome.outcome === "refused") of(entry.orderId).ends.push("rejected");
  }
  return lives;
}

interface Kept {
  readonly venueId: string;
  readonly status: string;
  readonly filled: string;
}

interface KeptFill {
  readonly cursor: number;
  readonly venueId: string;
  readonly quantity: string;
  readonly at: number;
}

export interface Venue {
  readonly orders: readonly Kept[];
  readonly fills: readonly KeptFill[];
}

export function venueOf(folder: string): Venue {
  const database = openForReading(join(folder, "broker.db"));
  const orders = database.prepare("SELECT venueId, status, filled FROM orders ORDER BY number").all() as Kept[];
  const fills = database.prepare("SELECT cursor, venueId, quantity, at FROM fills").all() as KeptFill[];
  database.close();
  return { orders, fills };
}

export const sumOf = (fills: readonly KeptFill[]): Amount =>
  fills.reduce((sum, { quantity }) => sum.plus(quantity), ZERO);

/** How late the venue reports a delayed fill. */
const REPORT_DELAY = 30 * SECOND;

/** The venue's fills that the journal lacks and may lack: their report is due behind the session's last moment. */
export function unreported({ fills }: Venue, entries: readonly JournalEntry[], end: number): KeptFill[] {
  const known = new Set(entries.flatMap((entry) => (entry.kind === "fill" ? [entry.cursor] : [])));
  return fills.filter(({ cursor, at }) => !known.has(cursor) && at + REPORT_DELAY > end);
}

/** What is wrong with the orders of a session that has ended, by the model. */
export function wrongInLives(folder: string, entries: readonly JournalEntry[], probe: SessionProbe): string[] {
  const wrong: string[] = [];
  const lives = livesIn(entries);
  const venue = venueOf(folder);
  const late = unreported(venue, entries, probe.now);
  const { orders } = probe.router;
  const session = basename(folder);
  const working = new Set(orders.map(({ orderId }) => orderId));
  // Of these the session does not say what the venue has: it would ask in its next pass.
  const unknown = new Set(
    orders.filter(({ inDoubt, state }) => inDoubt || state.startsWith("pending")).map(({ venueId }) => venueId),
  );
  for (const [id, life] of lives) {
    if (life.ends.length > 1) wrong.push(`${id} ended as ${life.ends.join(" and ")}`);
    if (life.sends > 1) wrong.push(`${id} was sent ${life.sends} times`);
    if (life.filled.gt(life.quantity))
      wrong.push(`${id} filled ${life.filled.toFixed()} of ${life.quantity.toFixed()}`);
    if (working.has(id) !== (life.ends.length === 0))
      wrong.push(`${id} works: ${working.has(id)}, ${life.ends.join()}`);
  }
  for (const { venueId, status, filled } of venue.orders) {
    const life = lives.get(venueId.slice(session.length + 1));
    const lateFills = late.filter((fill) => fill.venueId === venueId);
    if (life === undefined) wrong.push(`the venue has ${venueId}, which the journal does not know`);
    else if (!decimal(filled).minus(sumOf(lateFills)).abs().equals(life.filled))
      wrong.push(`${venueId} filled ${filled} and ${life.filled.toFixed()}`);
    // An end that the venue made is reported behind its fills.
    else if (lateFills.length === 0 && !unknown.has(venueId) && (status === "open") !== (life.ends.length === 0))
      wrong.push(`${venueId} is ${status} and ${life.ends.join()}`);
  }
  return wrong;
}
