/** Small helpers of the feed's tests: texts as sources, and what an import or its failure looks like. */
import { expect } from "vitest";
import { importBars, type BarTable, type Imported, type ImportOptions } from "../../../src/live/reader/index.ts";
import { CodedError, type ErrorShape } from "../../../src/shared/errors.ts";
import { formatMoment, type Moment } from "../../../src/shared/time.ts";

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Imports one file. */
export function importOne(data: string | Uint8Array, options: ImportOptions = {}, name = "ABC.csv"): Promise<Imported> {
  return importBars([{ name, bytes: typeof data === "string" ? bytesOf(data) : data }], options);
}

/** The coded error that an import ends with; fails the test when it ends otherwise. */
export async function failureOf(imported: Promise<Imported>): Promise<ErrorShape> {
  const outcome = await imported.then(
    () => "it was imported",
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(CodedError);
  return (outcome as CodedError).toShape();
}

/** The moments of a table, as people write them. */
export const timesOf = (table: BarTable | undefined): string[] =>
  [...(table?.at ?? [])].map((at) => formatMoment(at as Moment));

/** A table as plain rows: moment, open, high, low, close, volume. */
export const rowsOf = (table: BarTable): number[][] =>
  [...table.at].map((at, index) => [
    at,
    ...[table.open, table.high, table.low, table.close, table.volume].map((column) => column[index] as number),
  ]);
