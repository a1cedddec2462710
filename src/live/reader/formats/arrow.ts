/**
 * Arrow files and streams, as Feather version 2 is, as separated text.
 *
 * 1. Moments are epochs, local times ISO texts without a zone, so that neither is taken for the other.
 * 2. Buffers that are compressed with LZ4 or Zstandard are read.
 */
import type { Buffer } from "node:buffer";
import { CompressionType, setCompressionCodec, tableFromIPC, Type } from "@uwdata/flechette";
import { fileFault, ROWS_MAX, tooLarge } from "../table/imported.ts";
import { UnpackedBytes, unpackLz4Frame, unpackZstd } from "./bounded.ts";
import { TableText } from "./table-text.ts";

const encodeNothing = (): never => {
  throw new Error("Nothing is compressed here.");
};

/** Of the file that is being read: the codecs are the package's, and a file is read in one go. */
let budget = new UnpackedBytes("", 0);

setCompressionCodec(CompressionType.LZ4_FRAME, {
  encode: encodeNothing,
  decode: (bytes: Uint8Array) => unpackLz4Frame(bytes, budget),
});
setCompressionCodec(CompressionType.ZSTD, {
  encode: encodeNothing,
  decode: (bytes: Uint8Array) => unpackZstd(bytes, budget),
});

/** Microseconds of one of each unit of Arrow's times: seconds, milliseconds, microseconds; a nanosecond is a thousandth. */
const MICROS = [1_000_000, 1_000, 1];

const isoOf = (micros: number): string => {
  const text = new Date(Math.floor(micros / 1_000)).toISOString().slice(0, -1);
  return `${text}${String(((micros % 1_000) + 1_000) % 1_000).padStart(3, "0")}`;
};

interface ColumnType {
  readonly typeId: number;
  readonly unit?: number;
  readonly timezone?: string | null;
}

/** How values of a type are written. */
function writerOf(type: ColumnType): (value: unknown) => string {
  if (type.typeId === Type.Timestamp) {
    const unit = MICROS[type.unit ?? 3];
    const micros = (value: unknown): number =>
      unit === undefined ? Number((value as bigint) / 1_000n) : Number(value) * unit;
    return type.timezone ? (value) => String(micros(value)) : (value) => isoOf(micros(value));
  }
  if (type.typeId === Type.Date) return (value) => new Date(Number(value)).toISOString().slice(0, 10);
  return (value) => (typeof value === "number" && Number.isNaN(value) ? "" : String(value));
}

/** Throws `data_invalid` when the file is damaged, `too_large` when it has too many rows. */
export async function arrowText(name: string, bytes: Buffer): Promise<Buffer> {
  const lines = new TableText(name);
  try {
    budget = new UnpackedBytes(name, bytes.length);
    const table = tableFromIPC(new Uint8Array(bytes), { useBigInt: true, useDate: false });
    if (table.numRows > ROWS_MAX)
      throw tooLarge(name, null, "rows", `it has ${table.numRows} rows; an import takes ${ROWS_MAX}.`);
    const names = table.names.map(String);
    const columns = names.map((column) => table.getChild(column));
    const writers = table.schema.fields.map(({ type }) => writerOf(type as ColumnType));
    lines.row(names.map((column) => column.replace(/^__index_level_\d+__$/, "")));
    for (let row = 0; row < table.numRows; row++)
      lines.row(
        columns.map((column, at) => {
          const value: unknown = column?.at(row);
          return value === null || value === undefined ? "" : (writers[at] as (value: unknown) => string)(value);
        }),
      );
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "too_large") throw error;
    const why = error instanceof Error ? error.message.slice(0, 100) : "unreadable";
    throw fileFault(name, null, "arrow", `its Arrow cannot be read (${why}); write it again, or as CSV.`);
  }
  return lines.bytes();
}
