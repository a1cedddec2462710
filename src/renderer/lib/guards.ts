/** The guards by the names that a trader knows, and their readings with as many places as an eye needs. */
import { REASONS, reasonName } from "../../shared/glossary.ts";
import { formatNumber, words } from "./format.ts";

export function guardName(guard: string): string {
  const name = reasonName(guard);
  return name === guard ? words(guard) : name;
}

/** What a guard's value and limit count: `of equity`; empty for money. */
export const guardUnit = (guard: string): string => (Object.hasOwn(REASONS, guard) ? REASONS[guard]?.unit : "") ?? "";

/** A reading: money with two places, a share with six. */
export function formatReading(value: string): string {
  const size = Math.abs(Number(value));
  if (!Number.isFinite(size)) return value;
  return formatNumber(trimmed(size >= 10 ? 2 : size >= 1 ? 4 : 6, value));
}

const trimmed = (places: number, value: string): string => String(Number(Number(value).toFixed(places)));
