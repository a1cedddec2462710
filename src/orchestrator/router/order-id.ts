/**
 * Order ids and their running numbers.
 *
 * 1. `ROUTER-` and the number, eight digits at least; one number has one spelling.
 */
import { orderId } from "../../shared/ids.ts";
import type { OrderId } from "../../shared/ids.ts";

const PREFIX = "ROUTER-";
const ZEROS = ["", "0", "00", "000", "0000", "00000", "000000", "0000000"];

/** The id of a running number. */
export function orderIdOf(sequence: number): OrderId {
  const digits = String(sequence);
  return orderId(digits.length < 8 ? PREFIX + (ZEROS[8 - digits.length] as string) + digits : PREFIX + digits);
}

/** The running number of an id, or null for what is no id of ours. */
export function sequenceOf(id: string): number | null {
  if (id.length < 15 || id.length > 23) return null;
  // Character by character: on a text that is a part of a larger one `startsWith` costs several times as much.
  for (let place = 0; place < PREFIX.length; place++)
    if (id.charCodeAt(place) !== PREFIX.charCodeAt(place)) return null;
  let sequence = 0;
  for (let place = PREFIX.length; place < id.length; place++) {
    const digit = id.charCodeAt(place) - 48;
    if (digit < 0 || digit > 9) return null;
    sequence = 10 * sequence + digit;
  }
  const padded = id.length > 15 && id.charCodeAt(PREFIX.length) === 48;
  return padded || sequence < 1 || !Number.isSafeInteger(sequence) ? null : sequence;
}
