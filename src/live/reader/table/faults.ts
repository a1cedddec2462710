/**
 * Faults of several files as one error: a person mends them all in one go.
 *
 * 1. One fault is thrown as it is. Several are one error of the kind that ends with the highest exit code, which names them all in the
 *    order of the files.
 * 2. What has nothing to do with one file, an option that means nothing or an import that is ended, is never gathered.
 */
import { CodedError, ERROR_CODES, type ErrorCode } from "../../../shared/errors.ts";

const GATHERED: readonly ErrorCode[] = ["data_invalid", "too_large", "not_found", "io"];
/** Limits of a whole import: past them each further file would be at fault for the ones before it. */
const IMPORT_LIMITS: readonly unknown[] = ["rows", "unpacked_size"];

export class Faults {
  readonly #found: { readonly place: number; readonly fault: CodedError }[] = [];

  /** Keeps the fault of the file at a place in the import's order. Throws what is none. */
  take(error: unknown, place: number): void {
    if (!(error instanceof CodedError) || !GATHERED.includes(error.code)) throw error;
    this.#found.push({ place, fault: error });
    if (error.code === "too_large" && IMPORT_LIMITS.includes(error.detail?.["rule"])) this.finish();
  }

  get any(): boolean {
    return this.#found.length > 0;
  }

  /** Throws what was found, if anything was. */
  finish(): void {
    const faults = this.#found.toSorted((a, b) => a.place - b.place).map(({ fault }) => fault);
    const [first] = faults;
    if (first === undefined) return;
    if (faults.length === 1) throw first;
    const exits: number[] = faults.map(({ code }) => ERROR_CODES[code].exit);
    const worst = faults[exits.indexOf(Math.max(...exits))] as CodedError;
    const lines = faults.map(({ message }) => `  ${message}`);
    throw new CodedError(worst.code, `${faults.length} faults in the files, so none is read:\n${lines.join("\n")}`, {
      ...first.detail,
      faults: faults.map((fault) => fault.toShape()),
    });
  }
}
