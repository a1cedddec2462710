/**
 * Parquet as separated text.
 *
 * 1. Moments are epochs of microseconds, local times ISO texts without a zone, so that neither is taken for the other.
 * 2. Rows are taken piece by piece, so that the texts of a large file are never in memory all at once.
 */
import { Buffer } from "node:buffer";
import { parquetMetadata, parquetReadObjects, type FileMetaData } from "hyparquet";
import { CodedError } from "../../../shared/errors.ts";
import { fileFault, ROWS_MAX, tooLarge } from "../table/imported.ts";
import { shifted } from "../table/numbers.ts";
import { boundedCompressors, UnpackedBytes } from "./bounded.ts";
import { checkPages } from "./parquet-pages.ts";
import { TableText } from "./table-text.ts";

const ROWS_AT_ONCE = 100_000;

const isoOf = (micros: bigint): string => {
  const text = new Date(Number(micros / 1_000n)).toISOString().slice(0, -1);
  return `${text}${String(micros % 1_000n).padStart(3, "0")}`;
};

/** A moment as the file counts it, in microseconds; a class, so that it is distinct from a number. */
class Stamp {
  readonly micros: bigint;
  constructor(micros: bigint) {
    this.micros = micros;
  }
}

const parsers = {
  timestampFromMilliseconds: (value: bigint) => new Stamp(value * 1_000n),
  timestampFromMicroseconds: (value: bigint) => new Stamp(value),
  timestampFromNanoseconds: (value: bigint) => new Stamp(value / 1_000n),
  dateFromDays: (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10),
};

/** Columns whose times are moments, and not local ones. */
function moments(metadata: FileMetaData): ReadonlySet<string> {
  return new Set(
    metadata.schema.flatMap(({ name, logical_type: type }) =>
      type?.type === "TIMESTAMP" && type.isAdjustedToUTC ? [name] : [],
    ),
  );
}

/** A number of 8 or 16 bytes, the lowest first, as NautilusTrader writes prices: whole parts of 1e-9 or 1e-16. */
function fixedOf(bytes: Uint8Array): string {
  let value = 0n;
  for (let at = bytes.length - 1; at >= 0; at--) value = value * 256n + BigInt(bytes[at] as number);
  value = BigInt.asIntN(bytes.length * 8, value);
  const sign = value < 0n ? "-" : "";
  return shifted(sign, String(value < 0n ? -value : value), "", bytes.length === 8 ? -9 : -16);
}

/** The symbol that NautilusTrader writes beside the table, without its venue; null where it did not write the file. */
function nautilusSymbol(metadata: FileMetaData): string | null {
  const schema = metadata.key_value_metadata?.find(({ key }) => key === "ARROW:schema")?.value ?? "";
  const text = Buffer.from(schema, "base64").toString("latin1");
  return /([A-Z0-9][A-Z0-9/_-]*)\.[A-Z0-9_]+-\d+-[A-Z]+-(?:LAST|BID|ASK|MID)-/.exec(text)?.[1] ?? null;
}

function textOf(value: unknown, moment: boolean): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Uint8Array) return value.length === 8 || value.length === 16 ? fixedOf(value) : "";
  if (value instanceof Stamp) return moment ? String(value.micros) : isoOf(value.micros);
  if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "string") return value;
  return typeof value === "bigint" || typeof value === "boolean" ? String(value) : JSON.stringify(value);
}

/** Throws `data_invalid` when the file is damaged, `too_large` when it has too many rows. */
export async function parquetText(name: string, bytes: Buffer): Promise<Buffer> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const lines = new TableText(name);
  const budget = new UnpackedBytes(name, bytes.length);
  const compressors = boundedCompressors(budget);
  try {
    const metadata = parquetMetadata(file);
    const count = Number(metadata.num_rows);
    if (count > ROWS_MAX) throw tooLarge(name, null, "rows", `it has ${count} rows; an import takes ${ROWS_MAX}.`);
    checkPages(name, bytes, metadata);
    const columns = metadata.schema
      .slice(1)
      .flatMap((element) => (element.num_children === undefined ? [element.name] : []));
    const zoned = moments(metadata);
    const symbol = columns.includes("symbol") ? null : nautilusSymbol(metadata);
    const more = symbol === null ? [] : [symbol];
    lines.row([...columns.map((column) => column.replace(/^__index_level_\d+__$/, "")), ...more.map(() => "symbol")]);
    for (let rowStart = 0; rowStart < count; rowStart += ROWS_AT_ONCE) {
      const rowEnd = Math.min(count, rowStart + ROWS_AT_ONCE);
      budget.again();
      const rows = await parquetReadObjects({ file, metadata, columns, rowStart, rowEnd, compressors, parsers });
      for (const row of rows) lines.row([...columns.map((column) => textOf(row[column], zoned.has(column))), ...more]);
    }
  } catch (error) {
    if (error instanceof CodedError) throw error;
    const why = error instanceof Error ? error.message.slice(0, 100) : "unreadable";
    throw fileFault(name, null, "parquet", `its Parquet cannot be read (${why}); write it again, or as CSV.`);
  }
  return lines.bytes();
}
