/**
 * The checks of what a router is configured with.
 *
 * 1. A limit is a whole number from 1; anything else is a mistake of the program and throws.
 */
import type { Retention, RouterOptions } from "./router-types.ts";

/** The value itself; throws a `RangeError` that names the field. */
export function limitOf(field: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`${field} is ${String(value)}, and must be a whole number from 1.`);
  return value;
}

/** How long keys are kept, with nothing left open. */
export function retentionOf(asked: RouterOptions["retention"]): Retention {
  const maxKeys = asked?.maxKeys ?? null;
  const maxAge = asked?.maxAge ?? null;
  if (maxKeys !== null) limitOf("retention.maxKeys", maxKeys);
  if (maxAge !== null) limitOf("retention.maxAge", maxAge);
  return { maxKeys, maxAge };
}
