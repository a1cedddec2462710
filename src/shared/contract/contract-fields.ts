/**
 * Fields that several procedures of the contract take.
 *
 * 1. Every text has a length limit.
 */
import * as z from "zod/mini";

export const text = (max: number) => z.string().check(z.maxLength(max));
export const filled = (max: number) => z.string().check(z.minLength(1), z.maxLength(max), z.regex(/\S/));
export const name = z.string().check(z.regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,79}$/));
export const operator = filled(80);
export const note = filled(2_000);
/** A symbol may begin otherwise than a name, as `^GSPC`; what the desk lacks is refused there. */
export const scope = z.union([
  z.object({ kind: z.enum(["strategy", "group"]), name }),
  z.object({ kind: z.literal("symbol"), name: filled(80) }),
]);
export const wholeOrPart = z.union([scope, z.object({ kind: z.literal("all"), name: z.literal("all") })]);
export const nothing = z.object({});
