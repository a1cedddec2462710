/**
 * What identifies a text.
 *
 * 1. Equal texts have equal digests, on every machine.
 */
import { createHash } from "node:crypto";

/** SHA-256 of a text's UTF-8 bytes, hexadecimal. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
