/**
 * Files that are no separated text, made into one: JSON, Parquet, Arrow, and text of two bytes a letter.
 *
 * 1. Numbers keep the digits that the file has; times become ISO texts or epochs that say their unit by their size.
 * 2. What reads a format is loaded only when a file of it comes.
 */
import { Buffer } from "node:buffer";
import { bytesSource } from "../table/byte-source.ts";
import { fileFault, PACKED_BYTES_MAX, tooLarge } from "../table/imported.ts";
import { isMessages } from "./messages.ts";
import type { Part } from "./unpack.ts";

const startsWith = (head: Uint8Array, text: string): boolean =>
  Buffer.from(head.subarray(0, text.length)).toString("latin1") === text;

/** Formats that are named when they come, with what to do. */
const FOREIGN: readonly (readonly [start: string, name: string, advice: string])[] = [
  ["FEA1", "a Feather file of version 1", "write it again as version 2 or as CSV"],
  ["\x89HDF", "an HDF5 file", "write it as CSV or Parquet, as pandas does with to_csv"],
  ["\xd0\xcf\x11\xe0", "an old Excel workbook", "save its sheet as CSV"],
  ["SQLite format 3", "an SQLite database", "write the table as CSV"],
  ["%PDF", "a PDF", "fetch the table as CSV"],
  ["<!DOCTYPE", "a web page", "fetch the file that the page links to"],
  ["<html", "a web page", "fetch the file that the page links to"],
  ["<?xml", "XML", "save it as CSV"],
  ["\x80\x04\x95", "a Python pickle", "write it as CSV or Parquet, as pandas does with to_csv"],
  ["DBN", "a Databento DBN file", "fetch it as CSV"],
];

function whole(part: Part): Buffer {
  if (part.bytes.size > PACKED_BYTES_MAX)
    throw tooLarge(
      part.name,
      null,
      "size",
      `it has more than ${PACKED_BYTES_MAX / 1024 / 1024} MiB; split it, or write it as CSV.`,
    );
  const bytes = part.bytes.read(0, part.bytes.size);
  part.bytes.checkSame();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const withText = (part: Part, text: string | Buffer, format?: string): Part => ({
  ...part,
  ...(format === undefined ? {} : { format }),
  bytes: bytesSource(typeof text === "string" ? Buffer.from(text, "utf8") : text),
});

/** The order of bytes of a text with two bytes a letter; null for any other. */
function wideText(head: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const pairs = Math.floor(Math.min(head.length, 64) / 2);
  if (pairs < 8) return null;
  const zeros = (odd: number): number =>
    Array.from({ length: pairs }, (_, at) => head[2 * at + odd]).filter((byte) => byte === 0).length;
  if (zeros(1) > pairs * 0.9 && zeros(0) === 0) return "utf-16le";
  return zeros(0) > pairs * 0.9 && zeros(1) === 0 ? "utf-16be" : null;
}

/** Text that is no UTF-8 is taken for the usual letters of western Windows. */
function oldText(part: Part, head: Uint8Array): Part {
  const sample = new TextDecoder("utf-8").decode(head, { stream: true });
  if (!sample.includes("\ufffd")) return part;
  return withText(part, new TextDecoder("windows-1252").decode(whole(part)));
}

/** A part as separated text. Throws `data_invalid` for a format that is not read, with what to do about it. */
export async function toText(part: Part): Promise<Part> {
  const head = part.bytes.read(0, 4_096);
  if (head.length === 0) throw fileFault(part.name, null, "empty", "it holds no row.");
  const foreign = FOREIGN.find(([start]) => startsWith(head, start) || startsWith(head, start.toLowerCase()));
  if (foreign !== undefined) throw fileFault(part.name, null, "format", `it is ${foreign[1]}; ${foreign[2]}.`);
  if (startsWith(head, "PAR1")) {
    const { parquetText } = await import("./parquet.ts");
    return withText(part, await parquetText(part.name, whole(part)), "Parquet");
  }
  if (startsWith(head, "ARROW1") || startsWith(head, "\xff\xff\xff\xff")) {
    const { arrowText } = await import("./arrow.ts");
    return withText(part, await arrowText(part.name, whole(part)), "Arrow");
  }
  const wide = wideText(head);
  if (wide !== null) return toText(withText(part, new TextDecoder(wide).decode(whole(part)).replace(/^\ufeff/, "")));
  const first = /[^\s\ufeff]/.exec(Buffer.from(head).toString("utf8"))?.[0];
  if ((first === "[" || first === "{") && !isMessages(head)) {
    const { jsonText } = await import("./json.ts");
    const text = whole(part)
      .toString("utf8")
      .replace(/^\ufeff/, "");
    const { bytes, symbol } = jsonText(part.name, text);
    return { ...withText(part, bytes, "JSON"), ...(symbol === null ? {} : { symbol }) };
  }
  return oldText(part, head);
}
