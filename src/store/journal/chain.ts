/**
 * The hash chain over the journal's entries.
 *
 * 1. An entry's hash covers the hash before it, its number, its moment, its kind and its body's exact text; so no entry can be
 *    changed, dropped or moved without every later hash being wrong.
 */
import { hash } from "node:crypto";

/** The hash before the first entry. */
export const CHAIN_START = "0".repeat(64);

/** SHA-256 in hexadecimal. */
export function chainHash(before: string, seq: number, at: number, kind: string, body: string): string {
  return hash("sha256", `${before}\n${seq}\n${at}\n${kind}\n${body}`, "hex");
}
