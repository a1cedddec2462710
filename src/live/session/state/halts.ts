/**
 * Halts, drift, reviews and resumes: what shuts the gate, and the one way to open it again.
 *
 * 1. A halt is added to the ledger at once when the router halts; the caller commits before it reports.
 * 2. Drift that the router finds is journaled item by item, once, with the evidence that a review needs.
 * 3. Adopting books what happened (`adoption.ts`); dismissing books nothing. Either has an operator and a note.
 */
import type { DriftKind } from "../../../shared/drift.ts";
import { CodedError } from "../../../shared/errors.ts";
import { formatMoment } from "../../../shared/time.ts";
import type { Moment } from "../../../shared/time.ts";
import type { DriftItem } from "../../../orchestrator/index.ts";
import type { FillEntry, HaltEntry } from "../../../store/journal/entries.ts";
import type { DriftProbe, ReviewDecision } from "./api.ts";
import { BOOKS_ON_ADOPTION, correctionOf, reviewed, type Correction } from "./adoption.ts";
import type { Core } from "./parts.ts";
import { MANUAL, UNATTRIBUTED } from "./read-model.ts";

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
  if (core.router.openDrift === core.model.driftOpen) return;
  for (const item of core.router.driftItems()) {
    if (core.model.drift.has(item.id) || item.review !== null) continue;
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
  if (!core.model.drift.has(item.id)) addDrift(core, item, evidence, core.now);
}

function addDrift(core: Core, item: DriftItem, evidence: Evidence, at: Moment): void {
  const { id, kind: drift, orderId, text } = item;
  core.ledger.add({ kind: "drift", item: id, drift, orderId, text, evidence }, at);
  const message = `${text}. Review ${id}, then resume.`;
  const none = { value: null, limit: null, operator: null, note: null };
  core.ledger.add({ kind: "halt", source: "drift", code: drift, message, ...none }, at);
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

/** Reviews an item and adds the review to the ledger. Throws before anything is changed. */
export function reviewDrift(core: Core, id: string, decision: ReviewDecision, at: Moment): void {
  const { action, operator, note } = decision;
  const item = core.model.drift.get(id);
  const owner = decision.strategy ?? null;
  if (owner !== null && owner !== UNATTRIBUTED && !core.model.strategies.has(owner))
    throw new CodedError("not_found", `The desk has no strategy ${owner}; adopt to one of it, or to ${UNATTRIBUTED}.`);
  if (action === "adopt" && item !== undefined) needPrice(item);
  const correction = action === "adopt" && item !== undefined ? correctionOf(core, item) : null;
  const strategy = action === "adopt" ? (owner ?? ownerOf(core, item, correction)) : null;
  const review = { item: id, action, strategy, operator: operator.trim(), note: note.trim() };
  const booked = correction === null ? {} : { booked: correction.bookings };
  const realized = reviewed(core, { ...review, ...booked }, at);
  core.ledger.add({ kind: "review", ...review, realized, ...booked }, at);
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
function ownerOf(core: Core, item: DriftProbe | undefined, correction: Correction | null): string {
  const strategy = correction?.owner ?? item?.evidence["strategy"];
  const isOwner = typeof strategy === "string" && (strategy === MANUAL || core.model.strategies.has(strategy));
  return isOwner ? strategy : UNATTRIBUTED;
}
