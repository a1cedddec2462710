/**
 * Rejections by cause: those that risk and router made, and those that the broker made of what had been accepted.
 *
 * 1. They are counted apart, because an order that the broker refused was accepted before; who asks for all gets one sum a cause.
 * 2. A broker's reasons are its own, so only `REFUSALS_MAX` of them are counted by name; any further one counts as "other".
 */
import { refusalCause } from "../../../shared/refusals.ts";

const REFUSALS_MAX = 200;

export type Counts = Record<string, number>;

/** What counts by cause add up to. */
export const sumOf = (counts: Readonly<Counts>): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Counts one more refusal of the broker's. */
export function countRefusal(refusals: Counts, reason: string): void {
  const named = refusalCause(reason);
  const cause = Object.hasOwn(refusals, named) || Object.keys(refusals).length < REFUSALS_MAX ? named : "other";
  refusals[cause] = (refusals[cause] ?? 0) + 1;
}

/** Every rejection by its cause, whatever its source, and how many of the accepted orders the broker refused. */
export function rejectionsOf(model: { readonly rejections: Readonly<Counts>; readonly refusals: Readonly<Counts> }): {
  readonly refused: number;
  readonly rejections: Counts;
} {
  const rejections = { ...model.rejections };
  for (const [cause, count] of Object.entries(model.refusals)) rejections[cause] = (rejections[cause] ?? 0) + count;
  return { refused: sumOf(model.refusals), rejections };
}
