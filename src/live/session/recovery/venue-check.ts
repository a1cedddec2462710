/**
 * Whether the venue's fills are those that the journal was written from.
 *
 * 1. The venue writes a fill before it reports it, so every journaled fill is at the venue, with the same figures.
 * 2. A venue that is behind the journal is an older copy: it would give the numbers of journaled fills to new ones, which would
 *    never be asked for. So it is refused, not reconciled.
 * 3. An order that has ended is what the venue accepted and filled (`ended-orders.ts`).
 * 4. An order that works at the venue is the one that the venue accepted. Orders that it may have changed meanwhile (a bracket's child, a
 *    trailing stop, one of a group that cancels each other, one that only reduces) and those without an answer are left out.
 * 5. A start looks at all fills of a session that has at most `FILLS_MAX`; of a longer one, at those that it repeats and at the last
 *    one before them. `verify` looks at all.
 */
import { decimal, plain } from "../../../shared/decimal.ts";
import { CodedError } from "../../../shared/errors.ts";
import type { BrokerFill, BrokerOrder } from "../../../shared/ports.ts";
import type { FillEntry, JournalEntry } from "../../../store/journal/entries.ts";
import type { JournalReader } from "../../../store/index.ts";
import type { Core } from "../state/parts.ts";
import type { WorkingOrder } from "../state/working-orders.ts";
import { endedFault, type EndedOrder } from "./ended-orders.ts";

type VenueFill = Pick<BrokerFill, "cursor" | "fillId" | "venueId" | "symbol" | "quantity" | "price" | "fee" | "at">;

/** As the venue's own database has it. */
type TheirFill = Omit<VenueFill, "at"> & { readonly at: number };

const sayOf = (fill: Pick<VenueFill, "quantity" | "symbol" | "price" | "fee">): string =>
  `${fill.quantity} ${fill.symbol} at ${fill.price}, fee ${fill.fee}`;

const same = (a: string, b: string): boolean => a === b || decimal(a).equals(decimal(b));

function isSame(venue: TheirFill, ours: FillEntry): boolean {
  const { fillId, venueId, symbol, quantity, price, fee, at } = venue;
  return (
    fillId === ours.fillId &&
    venueId === ours.venueId &&
    symbol === ours.symbol &&
    at === Number(ours.filledAt) &&
    same(quantity, ours.quantity) &&
    same(price, ours.price) &&
    same(fee, ours.fee)
  );
}

/**
 * The first journaled fill that the venue does not have, or has with other figures, in a sentence; null where there is none.
 * `venue`: its fills by cursor, at least those of the entries' cursors.
 */
export function venueFault(
  entries: Iterable<JournalEntry>,
  venue: { get(cursor: number): TheirFill | undefined },
): { readonly seq: number; readonly text: string } | null {
  for (const entry of entries) {
    if (entry.kind !== "fill") continue;
    const theirs = venue.get(entry.cursor);
    const named = `the venue's fill number ${entry.cursor}`;
    if (theirs === undefined)
      return { seq: entry.seq, text: `${named} is in the journal (${sayOf(entry)}) and not at the venue` };
    if (!isSame(theirs, entry))
      return { seq: entry.seq, text: `${named} is ${sayOf(theirs)} there and ${sayOf(entry)} in the journal` };
  }
  return null;
}

/** Whether only an answer of the venue's own could change an order. */
const isFixed = ({ confirmed, inDoubt, request, parent, trail, oco, reduceOnly }: WorkingOrder): boolean =>
  confirmed && !inDoubt && request === null && (parent ?? trail ?? oco) === undefined && reduceOnly !== true;

/** The first working order that is another one at the venue, in a sentence; null where there is none. */
export function orderFault(working: Iterable<WorkingOrder>, open: readonly BrokerOrder[]): string | null {
  const theirs = new Map(open.map((order) => [order.venueId, order]));
  const text = (value: number | string | null | undefined): string => plain(decimal(value ?? 0));
  for (const order of working) {
    const there = theirs.get(order.venueId);
    if (there === undefined || !isFixed(order)) continue;
    const [ours, its] = [
      `${plain(order.ordered)} ${order.symbol}, limit ${text(order.limitPrice)}`,
      `${text(there.quantity)} ${there.symbol}, limit ${text(there.limitPrice)}`,
    ];
    const [stop, itsStop] = [order.stopPrice, there.stopPrice];
    const moved = stop !== undefined && itsStop !== undefined && itsStop !== null && text(stop) !== text(itsStop);
    if (ours !== its || moved)
      return (
        `the venue's order ${order.venueId} is ${its}${moved ? `, stop ${text(itsStop)}` : ""} there and ` +
        `${ours}${moved ? `, stop ${text(stop)}` : ""} in the journal`
      );
  }
  return null;
}

/** Fills that a start compares; more would make it slower than the entries that it repeats. */
const FILLS_MAX = 10_000;

/** The journaled fills that a start compares; `since`: the entry behind which it repeats. */
export function fillsCompared(journal: Pick<JournalReader, "read" | "count">, since: number): readonly JournalEntry[] {
  const from = journal.count("fill") > FILLS_MAX ? since + 1 : 1;
  return [...journal.read(from, ["fill"])];
}

/**
 * Gives the venue what the journal holds for it, after a crash between the journal's commit and the venue's own. Throws `io`, or
 * `journal_damaged` where the text was changed.
 */
export function redoVenue(core: Core, journal: Pick<JournalReader, "venueChanges">): void {
  const changes = journal.venueChanges();
  if (changes !== null) core.broker.disk?.redo(changes);
}

/**
 * Compares journaled fills with the venue's. `knownTo`: the cursor up to which fills were known where the
 * repetition began. Throws `session_conflict`; a venue that does not answer is left to the reconciliation, and so is one
 * without a database of ours: it may report an execution again with other figures, which a review has settled.
 */
export async function assertSameVenue(
  core: Pick<Core, "broker" | "id">,
  fills: readonly JournalEntry[],
  knownTo: number,
): Promise<void> {
  if (core.broker.disk === undefined || (knownTo === 0 && fills.length === 0)) return;
  const cursors = fills.flatMap((entry) => (entry.kind === "fill" ? [entry.cursor] : []));
  const from = cursors.reduce(
    (least, cursor) => Math.min(least, cursor),
    knownTo === 0 ? Number.POSITIVE_INFINITY : knownTo,
  );
  const answer = await core.broker.fillsSince(from - 1).catch(() => null);
  if (answer === null || !answer.ok) return;
  const venue = new Map(answer.value.map((fill) => [fill.cursor, fill]));
  const behind =
    knownTo > 0 && !venue.has(knownTo)
      ? `the venue's fill number ${knownTo} is in the journal and not at the venue`
      : null;
  refuseChanged(core, behind ?? venueFault(fills, venue)?.text ?? null);
}

function refuseChanged({ id }: Pick<Core, "id">, fault: string | null): void {
  if (fault === null) return;
  throw new CodedError(
    "session_conflict",
    `The venue's database, broker.db, does not belong to the journal of ${id}: ${fault}. Nothing was changed. Restore both ` +
      "from one copy of the session's folder, or start a new session from its router_state.json with --restore.",
    { session: id },
  );
}

/**
 * Compares the journal's working orders with the venue's open ones, and those that have ended with what the venue keeps of them. Throws
 * `session_conflict`; where splits count in other units, and at a venue without a database of ours or without an answer, nothing is
 * compared.
 */
export async function assertSameOrders(core: Core, ended: readonly EndedOrder[]): Promise<void> {
  const { broker, desk, model } = core;
  if (broker.disk === undefined || (desk.actions ?? []).length > 0) return;
  const answer = model.working.size === 0 ? null : await broker.openOrders().catch(() => null);
  if (answer?.ok === true) refuseChanged(core, orderFault(model.working.values(), answer.value));
  const fills = await broker.fillsSince(model.cursor).catch(() => null);
  if (fills?.ok !== true) return;
  const late = new Set(fills.value.filter(({ cursor }) => !model.hasCursor(cursor)).map(({ venueId }) => venueId));
  for (const order of ended) {
    const there = await broker.orderByClientId(order.venueId).catch(() => null);
    if (there?.ok !== true) return;
    refuseChanged(core, endedFault(order, there.value, late.has(order.venueId)));
  }
}
