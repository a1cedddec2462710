/**
 * Sources as plain bytes: what is zipped or gzipped is unpacked in memory, by its content and not by its name.
 *
 * 1. Unpacked bytes are counted while they come, and never pass `UNPACKED_BYTES_MAX` or `RATIO_MAX`, whatever an archive says
 *    of itself.
 * 2. Links, encrypted entries, absolute paths, steps out of the archive and archives within archives refuse the whole source.
 * 3. Nothing is written to disk; an entry's name is a label.
 */
import { Buffer } from "node:buffer";
import { crc32, gunzipSync } from "node:zlib";
import { fromBufferPromise, type Entry, type ZipFile } from "yauzl";
import { CodedError } from "../../shared/errors.ts";
import {
  ENTRIES_MAX,
  fileFault,
  RATIO_FREE_BYTES,
  RATIO_MAX,
  SOURCE_BYTES_MAX,
  tooLarge,
  UNPACKED_BYTES_MAX,
  type ImportSource,
} from "./imported.ts";

/** A file to read as a table. `entry` is its name within a zip. */
export interface Part {
  readonly name: string;
  readonly source: string;
  readonly entry: string | null;
  readonly bytes: Uint8Array;
}

export interface Unpacked {
  readonly parts: readonly Part[];
  readonly notes: readonly string[];
}

/** Unpacked bytes of the whole import. */
export interface ByteBudget {
  bytes: number;
}

const MEGABYTE = 1024 * 1024;
const TABLE = /\.(csv|tsv|txt)$/i;
/** What operating systems leave in archives. */
const LITTER = /(^|\/)(__MACOSX|\.DS_Store|Thumbs\.db|desktop\.ini)(\/|$)/;
const LINK = 0o120000;
const KIND = 0o170000;

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5 || bytes[2] === 7);

function limitOf(packed: number, budget: ByteBudget): number {
  return Math.min(UNPACKED_BYTES_MAX - budget.bytes, Math.max(RATIO_FREE_BYTES, packed * RATIO_MAX));
}

function bomb(name: string): CodedError {
  const sizes = `${UNPACKED_BYTES_MAX / MEGABYTE} MiB, or to ${RATIO_MAX} times its size`;
  return tooLarge(name, null, "unpacked_size", `it unpacks to more than ${sizes}; unpack it and look inside first.`);
}

function gunzip(source: ImportSource, budget: ByteBudget): Uint8Array {
  try {
    return gunzipSync(source.bytes, { maxOutputLength: Math.max(1, limitOf(source.bytes.length, budget)) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw bomb(source.name);
    throw fileFault(source.name, null, "gzip", "its gzip is damaged or cut off; fetch it again.");
  }
}

/** Why an entry is refused, in words; null when it may be read. */
function faultOfEntry(entry: Entry): string | null {
  if (((entry.externalFileAttributes >>> 16) & KIND) === LINK) return "it is a link";
  if (entry.isEncrypted()) return "it is encrypted";
  if (/\.(zip|gz)$/i.test(entry.fileName)) return "it is an archive within an archive";
  return null;
}

async function readEntry(zip: ZipFile, entry: Entry, name: string, budget: ByteBudget): Promise<Uint8Array> {
  const limit = limitOf(entry.compressedSize, budget);
  if (entry.uncompressedSize > limit) throw bomb(name);
  const stream = await zip.openReadStreamPromise(entry);
  const chunks: Uint8Array[] = [];
  let size = 0;
  await new Promise<void>((resolve, reject) => {
    stream.on("data", (chunk: Uint8Array) => {
      size += chunk.length;
      if (size > limit) {
        stream.destroy();
        reject(bomb(name));
      } else chunks.push(chunk);
    });
    stream.on("end", resolve);
    stream.on("error", reject);
  });
  const unpacked = Buffer.concat(chunks, size);
  if (crc32(unpacked) !== entry.crc32)
    throw fileFault(name, null, "checksum", "its checksum does not fit its bytes: it is damaged; fetch it again.");
  return unpacked;
}

async function unzip(source: ImportSource, budget: ByteBudget): Promise<Unpacked> {
  const bytes = Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength);
  const zip = await fromBufferPromise(bytes, { strictFileNames: true });
  if (zip.entryCount > ENTRIES_MAX)
    throw tooLarge(
      source.name,
      null,
      "entries",
      `it has ${zip.entryCount} entries; an archive may have ${ENTRIES_MAX}.`,
    );
  const parts: Part[] = [];
  const notes: string[] = [];
  const names = new Set<string>();
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith("/") || LITTER.test(entry.fileName)) continue;
    const name = `${source.name}:${entry.fileName}`;
    const fault = faultOfEntry(entry);
    if (fault !== null) throw fileFault(name, null, "entry", `${fault}; take it out of the archive.`);
    if (names.has(entry.fileName)) throw fileFault(name, null, "entry", "the archive has two entries of this name.");
    names.add(entry.fileName);
    if (!TABLE.test(entry.fileName)) {
      notes.push(`Its entry ${entry.fileName.slice(0, 80)} is no .csv, .tsv or .txt and was passed over.`);
      continue;
    }
    const unpacked = await readEntry(zip, entry, name, budget);
    budget.bytes += unpacked.length;
    parts.push({ name, source: source.name, entry: entry.fileName, bytes: unpacked });
  }
  if (parts.length === 0)
    throw fileFault(source.name, null, "entries", "the archive has no .csv, .tsv or .txt entry to read.");
  return { parts, notes };
}

/** The tables of one source. Throws `data_invalid` or `too_large`, naming the file. */
export async function unpack(source: ImportSource, budget: ByteBudget): Promise<Unpacked> {
  const { name, bytes } = source;
  if (bytes.length > SOURCE_BYTES_MAX)
    throw tooLarge(name, null, "size", `it has more than ${SOURCE_BYTES_MAX / MEGABYTE} MiB; split it.`);
  if (isZip(bytes)) {
    try {
      return await unzip(source, budget);
    } catch (error) {
      if (error instanceof CodedError) throw error;
      const why = error instanceof Error ? error.message.slice(0, 120) : "unreadable";
      throw fileFault(name, null, "zip", `its zip cannot be read (${why}); fetch it again.`);
    }
  }
  const plain = isGzip(bytes) ? gunzip(source, budget) : bytes;
  if (isZip(plain) || isGzip(plain))
    throw fileFault(name, null, "entry", "it is an archive within an archive; unpack it once.");
  budget.bytes += plain.length;
  if (budget.bytes > UNPACKED_BYTES_MAX)
    throw tooLarge(
      name,
      null,
      "unpacked_size",
      `an import takes ${UNPACKED_BYTES_MAX / MEGABYTE} MiB; import fewer files.`,
    );
  return { parts: [{ name, source: name, entry: null, bytes: plain }], notes: [] };
}
