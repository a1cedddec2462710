/**
 * What a broker refuses after the router accepted it: its cause by name, and its figures in words.
 *
 * 1. A cause is short and of the form that every other cause has, so that rejections group by it; any other reason is
 *    `broker_refused`, and the text stays beside it.
 */
import type { RefusalFigures } from "./ports.ts";

/** The cause that a broker's reason counts as. */
export function refusalCause(reason: string): string {
  return /^[a-z][a-z0-9_]{0,59}$/.test(reason) ? reason : "broker_refused";
}

const units = (size: string): string => `${size} ${size === "1" ? "unit" : "units"}`;

/** Why a broker refused, in words that end a sentence. */
export function refusalText(reason: string, figures: RefusalFigures | undefined): string {
  if (figures === undefined) return reason;
  const { measure, value, limit, from } = figures;
  if (measure === "quantity") {
    const passes = from === limit ? "" : ` At that price one of ${units(from)} could pass.`;
    return `${reason}, ${units(value)} where the smallest order is ${units(limit)}.${passes}`;
  }
  return `${reason}, a notional of ${value} where the smallest is ${limit}. At that price one of ${units(from)} could pass.`;
}
