/**
 * Columns of numbers as few bytes, and back again, exactly.
 *
 * 1. What is read back is bit for bit what was written: a column that whole numbers of 32 bits cannot give back stays as it is.
 * 2. Bytes are those of this machine's order; a cache of another machine has another key.
 */

/** How a column is stored in a file: as it is, or as whole numbers of which each value is `(base + whole × step) / divisor`. */
export type ColumnCode =
  | { readonly form: "plain" }
  | { readonly form: "whole"; readonly base: number; readonly step: number; readonly divisor: number };

export const VALUES_AT_ONCE = 64 * 1024;
const PLACES_MAX = 8;
const WHOLE_MAX = 2 ** 31 - 1;
/** A minute, a second, a millisecond, a microsecond, in microseconds. */
const STEPS = [60_000_000, 1_000_000, 1_000, 1];
const PLAIN: ColumnCode = { form: "plain" };

export const bytesOfValue = ({ form }: ColumnCode): number => (form === "plain" ? 8 : 4);

function isWhole(value: number, { base, step, divisor }: Extract<ColumnCode, { form: "whole" }>): boolean {
  const whole = Math.round((value * divisor - base) / step);
  return whole <= WHOLE_MAX && whole >= -WHOLE_MAX && Object.is((base + whole * step) / divisor, value);
}

/** How the moments of a table are written: as steps from the first. */
export function codeOfMoments(values: Float64Array): ColumnCode {
  const base = values[0] ?? 0;
  const code = STEPS.map((step) => ({ form: "whole" as const, base, step, divisor: 1 }));
  return code.find((one) => values.every((value) => isWhole(value, one))) ?? PLAIN;
}

/** How prices or volumes are written: as whole numbers of their last decimal place. */
export function codeOfNumbers(values: Float64Array): ColumnCode {
  let places = 0;
  const codeAt = (): Extract<ColumnCode, { form: "whole" }> => ({
    form: "whole",
    base: 0,
    step: 1,
    divisor: 10 ** places,
  });
  let code = codeAt();
  for (const value of values)
    while (!isWhole(value, code)) {
      if (++places > PLACES_MAX) return PLAIN;
      code = codeAt();
    }
  return places === 0 || values.every((value) => isWhole(value, code)) ? code : PLAIN;
}

/** The bytes of a column, piece by piece: each is to be taken before the next is asked for, for they share one space. */
export function* packed(values: Float64Array, code: ColumnCode): Generator<Uint8Array> {
  const wholes = new Int32Array(code.form === "plain" ? 0 : Math.min(VALUES_AT_ONCE, values.length));
  for (let from = 0; from < values.length; from += VALUES_AT_ONCE) {
    const piece = values.subarray(from, from + VALUES_AT_ONCE);
    if (code.form === "plain") yield new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
    else {
      const { base, step, divisor } = code;
      for (let index = 0; index < piece.length; index++)
        wholes[index] = Math.round(((piece[index] as number) * divisor - base) / step);
      yield new Uint8Array(wholes.buffer, 0, piece.length * 4);
    }
  }
}

/** Puts a piece of a packed column into its place. `bytes` begin at a multiple of eight in their buffer. */
export function unpacked(bytes: Uint8Array, code: ColumnCode, into: Float64Array, from: number): void {
  if (code.form === "plain") return into.set(new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8), from);
  const { base, step, divisor } = code;
  const wholes = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  for (let index = 0; index < wholes.length; index++)
    into[from + index] = (base + (wholes[index] as number) * step) / divisor;
}
