/**
 * Halts, drift, reviews and resumes: what shuts the gate, and the one way to open it again.
 *
 * 1. A halt is added to the ledger in the same breath in which the router halts; who answers for it commits before telling.
 * 2. Drift that the router finds is journaled item by item, once, with the evidence that a review needs.
 * 3. Adopting books what happened; dismissing books nothing. Either has an operator and a note.
 */
import { decimal, plain } from "../../../shared/decimal.ts";
import { CodedError } from "../../../shared/errors.ts";
import { executionKeyOf } from "../../../shared/ids.ts";
import { formatMoment, parseMoment } from "../../../shared/time.ts";
import type { Moment } from "../../../shared/time.ts";
import type { DriftItem } from "../../../orchestrator/index.ts";
import type { DriftKind, FillEntry, HaltEntry, ReviewEntry } from "../../../store/journal/entries.ts";
import type { DriftProbe, ReviewDecision } from "./api.ts";
import { bookedFill } from "./effects.ts";
import type { Core } from "./parts.ts";
import { UNATTRIBUTED } from "./tally.ts";

type Evidence = Readonly<Record<string, string | number | null>>;

interface Halt {
  readonly source: Exclude<HaltEntry["source"], "drift">;
  readonly code: string;
  readonly message: string;
  readonly value?: string | null;
  readonly limit?: string | null;
  readonly operator?: string | null;
  readonly note?: string | null;
}

/** Shuts the gate. The caller commits. */
export function haltSession(core: Core, halt: Halt, at: Moment): void {
  const { source, code, message, value = null, limit = null, operator = null, note = null } = halt;
  core.router.halt({ kind: source, code, message }, at);
  core.ledger.add({ kind: "halt", source, code, message, value, limit, operator, note }, at);
}

/** Journals drift that the router has found since the last look, and the halt that came with it. */
export function journalDrift(core: Core, at: Moment, fill?: Omit<FillEntry, "kind" | "verdict" | "realized">): void {
  if (core.router.openDrift === core.tally.driftOpen) return;
  for (const item of core.router.driftItems()) {
    if (core.tally.drift.has(item.id) || item.review !== null) continue;
    addDrift(core, item, fill === undefined ? reportEvidence(item) : fillEvidence(item, fill), at);
  }
}

/** Puts drift that the session itself found on the router's list and into the journal. */
export function foundDrift(
  core: Core,
  drift: DriftKind,
  text: string,
  evidence: Evidence,
  orderId: string | null,
): void {
  const item = core.router.addDrift(drift, { text, orderId, evidence }, core.now);
  if (!core.tally.drift.has(item.id)) addDrift(core, item, evidence, core.now);
}

function addDrift(core: Core, item: DriftItem, evidence: Evidence, at: Moment): void {
  const { id, kind: drift, orderId, text } = item;
  core.ledger.add({ kind: "drift", item: id, drift, orderId, text, evidence }, at);
  const message = `${text}. Review ${id}, then resume.`;
  const nobody = { value: null, limit: null, operator: null, note: null };
  core.ledger.add({ kind: "halt", source: "drift", code: drift, message, ...nobody }, at);
}

function reportEvidence({ evidence, report }: DriftItem): Evidence {
  if (report === null) return evidence;
  const { status, filledQty, fillId, price } = report;
  return { ...evidence, fillId, status, quantity: filledQty, price };
}

function fillEvidence(item: DriftItem, fill: Omit<FillEntry, "kind" | "verdict" | "realized">): Evidence {
  const { fillId, venueId, strategy, symbol, quantity, price, fee, filledAt, status } = fill;
  const filled = formatMoment(filledAt);
  return { ...item.evidence, fillId, venueId, strategy, symbol, quantity, price, fee, filled, status };
}

/** Drift whose adoption books the fill that it is about. */
const BOOKS_ON_ADOPTION: ReadonlySet<DriftKind> = new Set(["unknown_fill", "conflicting_fill", "position_mismatch"]);

/**
 * What an adoption books: the fill's own quantity, of a conflict what goes beyond the fill that was booked before, of a
 * position mismatch the difference. Null where nothing is to be booked or the evidence names no amounts.
 */
export function adoptedFill(
  core: Core,
  item: DriftProbe,
): Pick<FillEntry, "symbol" | "quantity" | "price" | "fee"> | null {
  const { symbol, quantity, price, fee, fillId } = item.evidence;
  if (!BOOKS_ON_ADOPTION.has(item.drift) || typeof symbol !== "string" || symbol === "") return null;
  if (quantity === null || quantity === undefined || price === null || price === undefined) return null;
  let amount = decimal(quantity);
  const { seenFills } = core.tally;
  const before =
    typeof fillId === "string"
      ? (seenFills.get(executionKeyOf(item.orderId, fillId)) ?? seenFills.get(fillId))
      : undefined;
  if (item.drift === "conflicting_fill" && before !== undefined) amount = amount.minus(before.quantity);
  if (amount.isZero()) return null;
  return { symbol, quantity: plain(amount), price: String(price), fee: String(fee ?? "0") };
}

/** Applies a review to router and books; answers the profit that an adoption realized, as plain text. */
export function reviewed(core: Core, review: Omit<ReviewEntry, "kind" | "realized">, at: Moment): string | null {
  const { item: id, action, strategy, operator, note } = review;
  const item = core.tally.drift.get(id);
  if (item === undefined)
    throw new CodedError("not_found", `There is no drift item ${id}; the drift review lists those there are.`);
  core.router.review(id, { action, operator, note, strategy }, at);
  const fill = action === "adopt" ? adoptedFill(core, item) : null;
  return fill === null
    ? null
    : bookedFill(core, { filledAt: filledAtOf(item, at), ...fill }, strategy ?? UNATTRIBUTED, at);
}

/** When the fill of an item happened, where its evidence says; else now. */
function filledAtOf(item: DriftProbe, now: Moment): Moment {
  const text = item.evidence["filled"];
  return (typeof text === "string" ? parseMoment(text) : null) ?? now;
}

/** Reviews an item and adds the review to the ledger. Throws before anything is changed. */
export function reviewDrift(core: Core, id: string, decision: ReviewDecision, at: Moment): void {
  const { action, operator, note } = decision;
  const item = core.tally.drift.get(id);
  const owner = decision.strategy ?? null;
  if (owner !== null && owner !== UNATTRIBUTED && !core.tally.strategies.has(owner))
    throw new CodedError("not_found", `The desk has no strategy ${owner}; adopt to one of it, or to ${UNATTRIBUTED}.`);
  if (action === "adopt" && item !== undefined) needPrice(item);
  const strategy = action === "adopt" ? (owner ?? ownerOf(core, item)) : null;
  const realized = reviewed(core, { item: id, action, strategy, operator, note }, at);
  core.ledger.add(
    { kind: "review", item: id, action, strategy, operator: operator.trim(), note: note.trim(), realized },
    at,
  );
}

/** Adopting without a price would book nothing and look as if it had. */
function needPrice({ item, drift, evidence }: DriftProbe): void {
  const { quantity, price } = evidence;
  if (!BOOKS_ON_ADOPTION.has(drift) || quantity === null || quantity === undefined) return;
  if (price !== null && price !== undefined) return;
  throw new CodedError(
    "wrong_state",
    `${item} names a quantity and no price, so it cannot be booked: the symbol had no mark yet. Dismiss it, and open the session ` +
      "again once the market has spoken: what still differs is found again, with its price.",
  );
}

/** Whose order it was, where that is known. */
function ownerOf(core: Core, item: DriftProbe | undefined): string {
  const strategy = item?.evidence["strategy"];
  return typeof strategy === "string" && core.tally.strategies.has(strategy) ? strategy : UNATTRIBUTED;
}
