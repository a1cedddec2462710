/**
 * Stream `drift`: what ours and the broker's disagree on, who decided what, and whether the gate is shut.
 *
 * 1. Items, reviews and resumes are the probe's, which are the journal's; open items come before reviewed ones when the limit bites.
 * 2. An item's two sides are texts made from its evidence; a side that the evidence lacks is null.
 * 3. The broker's position is what it reported, asked while the session is halted, or what an open item says of it; elsewhere it is
 *    unknown, not equal.
 */
import { decimal } from "../../shared/decimal.ts";
import type { DriftProbe, HaltReason as ProbeHaltReason, SessionProbe } from "../../live/session/state/api.ts";
import type { DriftItem, DriftView, HaltReason } from "../../shared/contract/views.ts";
import { recordOf, stable } from "./table.ts";

export const DRIFT_ITEMS_MAX = 1_000;
export const RESUMES_MAX = 100;
export const HALT_REASONS_MAX = 100;

type Evidence = DriftProbe["evidence"];

/** The first of some fields that the evidence has, as text. */
function pick(evidence: Evidence, keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = Object.hasOwn(evidence, key) ? evidence[key] : undefined;
    if (value !== undefined && value !== null) return String(value);
  }
  return null;
}

function fillText(evidence: Evidence): string | null {
  const quantity = pick(evidence, ["quantity", "filled_qty", "filledQty"]);
  if (quantity === null) return null;
  const symbol = pick(evidence, ["symbol"]);
  const price = pick(evidence, ["price"]);
  return `${quantity}${symbol === null ? "" : ` ${symbol}`}${price === null ? "" : ` @ ${price}`}`;
}

/** What we hold of the item, and what the broker says. */
export function sidesOf(item: Pick<DriftProbe, "drift" | "evidence">): {
  readonly ours: string | null;
  readonly theirs: string | null;
} {
  const { evidence } = item;
  const ours = pick(evidence, ["ours", "books", "expected", "ordered", "known"]);
  const theirs = pick(evidence, ["theirs", "broker", "actual", "reported"]);
  if (item.drift === "unknown_fill") return { ours: ours ?? "no such order", theirs: theirs ?? fillText(evidence) };
  if (item.drift === "lost_order") return { ours: ours ?? fillText(evidence), theirs: theirs ?? "no such order" };
  if (item.drift === "overfill" || item.drift === "conflicting_fill")
    return { ours, theirs: theirs ?? fillText(evidence) };
  return { ours, theirs };
}

export function haltReasonOf(reason: ProbeHaltReason): HaltReason {
  const { source, code, message, at, value, limit, operator, note } = reason;
  return { source, code, message, at, value, limit, operator, note };
}

export function driftItemOf(item: DriftProbe): DriftItem {
  return {
    id: item.item,
    kind: item.drift,
    at: item.at,
    text: item.text,
    orderId: item.orderId,
    evidence: { ...item.evidence },
    ...sidesOf(item),
    review: item.review === null ? null : { ...item.review },
  };
}

/** The items that are shown: all open ones first, then the newest reviewed, in the order in which they came. */
function shown(items: readonly DriftProbe[]): readonly DriftProbe[] {
  if (items.length <= DRIFT_ITEMS_MAX) return items;
  const open = items.filter((item) => item.review === null).slice(-DRIFT_ITEMS_MAX);
  const room = DRIFT_ITEMS_MAX - open.length;
  const kept = new Set([...open, ...(room === 0 ? [] : items.filter((item) => item.review !== null).slice(-room))]);
  return items.filter((item) => kept.has(item));
}

const differs = (ours: string, theirs: string | null): boolean => theirs !== null && !decimal(ours).equals(theirs);

export class DriftProjection {
  #part: Omit<DriftView, "now"> | undefined = undefined;

  value(probe: SessionProbe): DriftView {
    // What the venue reported, where it was asked; else what an open mismatch says of it.
    const reported = probe.venuePositions;
    const brokers = new Map(Object.entries(reported ?? {}));
    if (reported === null)
      for (const item of probe.drift) {
        const symbol = pick(item.evidence, ["symbol"]);
        const theirs = sidesOf(item).theirs;
        if (item.drift === "position_mismatch" && item.review === null && symbol !== null && theirs !== null)
          brokers.set(symbol, theirs);
      }
    const theirsOf = (symbol: string): string | null => brokers.get(symbol) ?? (reported === null ? null : "0");
    const ours = new Map(probe.positions.map((position) => [position.symbol, position.quantity]));
    const symbols = [...new Set([...ours.keys(), ...brokers.keys()])];
    this.#part = stable(this.#part, {
      halted: probe.state === "halted" || probe.router.halted || probe.haltReasons.length > 0,
      haltReasons: probe.haltReasons.slice(-HALT_REASONS_MAX).map(haltReasonOf),
      open: probe.counts.driftOpen,
      items: recordOf(shown(probe.drift), (item) => item.item, driftItemOf),
      resumes: probe.resumes.slice(-RESUMES_MAX).map(({ at, operator, note }) => ({ at, operator, note })),
      positions: recordOf(
        symbols,
        (symbol) => symbol,
        (symbol) => ({
          symbol,
          ours: ours.get(symbol) ?? "0",
          broker: theirsOf(symbol),
          differs: differs(ours.get(symbol) ?? "0", theirsOf(symbol)),
        }),
      ),
      strategies: probe.strategies.map((strategy) => strategy.name),
    });
    return { ...this.#part, now: probe.now };
  }
}
