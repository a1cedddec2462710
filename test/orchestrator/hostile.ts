/**
 * Texts that break what treats them as more than texts: names on prototypes, array indices, what JSON escapes, halves of
 * surrogate pairs.
 */
import fc from "fast-check";

export const HOSTILE = [
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "toString",
  "1",
  "0",
  "12",
  "01",
  "-1",
  "4294967294",
  "4294967295",
  "1e3",
  'quo"te',
  "back\\slash",
  "new\nline",
  "\u0000",
  "\u007f\u2028",
  "\ud800",
  "\udfff tail",
  "😀",
  "a:b",
  "ROUTER-00000001",
  " ",
] as const;

/** Any text that the router takes as a name. */
export const hostileText = (): fc.Arbitrary<string> =>
  fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary", minLength: 1, maxLength: 6 }));
