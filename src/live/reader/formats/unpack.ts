/**
 * The tables within a source: a file as it is, one out of gzip, bzip2, xz or Zstandard, or the entries of a zip.
 *
 * 1. Nothing is written; every name is only a name, and one that leads out of the archive is refused.
 * 2. Unpacked bytes are limited in all, and by their ratio to the packed ones, before they are kept.
 * 3. An archive within an archive, a link, an encrypted entry, two entries of one name, and an entry whose checksum does not fit
 *    are refused.
 */
import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import { crc32, gunzipSync, zstdDecompressSync } from "node:zlib";
import { fromBufferPromise, type Entry, type ZipFile } from "yauzl";
import { CodedError } from "../../../shared/errors.ts";
import { bytesSource, type ByteSource } from "../table/byte-source.ts";
import {
  ENTRIES_MAX,
  fileFault,
  PACKED_BYTES_MAX,
  PLAIN_BYTES_MAX,
  RATIO_FREE_BYTES,
  RATIO_MAX,
  tooLarge,
  UNPACKED_BYTES_MAX,
  type ImportSource,
} from "../table/imported.ts";

/** A file to read as a table. `entry` is its name within a zip. */
export interface Part {
  readonly name: string;
  readonly source: string;
  readonly path: string | null;
  readonly entry: string | null;
  /** What it was before it was made into separated text: `JSON`, `Parquet`, `Arrow`; absent for text. */
  readonly format?: string;
  /** The symbol that it says beside its table. */
  readonly symbol?: string;
  readonly bytes: ByteSource;
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
const TABLE = /\.(csv|tsv|txt|json|jsonl|ndjson|parquet|feather|arrow|asc|prn|dat)$/i;
/** What operating systems leave in archives. */
const LITTER = /(^|\/)(__MACOSX|\.DS_Store|Thumbs\.db|desktop\.ini)(\/|$)/;
const LINK = 0o120000;
const KIND = 0o170000;

const MAGICS: readonly (readonly [kind: Packing, bytes: readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zip", [0x50, 0x4b, 3]],
  ["zip", [0x50, 0x4b, 5]],
  ["zip", [0x50, 0x4b, 7]],
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
  ["Zstandard", [0x28, 0xb5, 0x2f, 0xfd]],
];

type Packing = "gzip" | "zip" | "bzip2" | "xz" | "Zstandard";

function packingOf(head: Uint8Array): Packing | null {
  return MAGICS.find(([, magic]) => magic.every((byte, at) => head[at] === byte))?.[0] ?? null;
}

function limitOf(packed: number, budget: ByteBudget): number {
  return Math.min(UNPACKED_BYTES_MAX - budget.bytes, Math.max(RATIO_FREE_BYTES, packed * RATIO_MAX));
}

function bomb(name: string): CodedError {
  const sizes = `${UNPACKED_BYTES_MAX / MEGABYTE} MiB, or to ${RATIO_MAX} times its size`;
  return tooLarge(name, null, "unpacked_size", `it unpacks to more than ${sizes}; unpack it and look inside first.`);
}

type XzModule = Pick<typeof import("xz-decompress"), "XzReadableStream">;

async function unxz(bytes: Uint8Array, limit: number, name: string): Promise<Uint8Array> {
  // The package is CommonJS, whose names stand under `default` in Node and beside it where it is bundled.
  const loaded: XzModule & { readonly default?: XzModule } = await import("xz-decompress");
  const { XzReadableStream } = loaded.default ?? loaded;
  const packed = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = new XzReadableStream(packed).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limit) throw bomb(name);
    // The decoder uses its memory again for the next piece.
    chunks.push(value.slice());
  }
  return Buffer.concat(chunks, size);
}

/** The package brings no types: the function of it that is used. */
interface Bunzip {
  /** Writes the content of bzip2 streams byte by byte. Throws for one that is damaged. */
  decode(input: Uint8Array, output: { writeByte(byte: number): void }, multistream: boolean): void;
}

async function bunzip2(bytes: Uint8Array, limit: number, name: string): Promise<Uint8Array> {
  const bunzip = createRequire(import.meta.url)("seek-bzip") as Bunzip;
  const chunks: Buffer[] = [];
  let size = 0;
  let chunk = Buffer.alloc(MEGABYTE);
  let filled = 0;
  const output = {
    writeByte(byte: number): void {
      if (++size > limit) throw bomb(name);
      chunk[filled++] = byte;
      if (filled < chunk.length) return;
      chunks.push(chunk);
      chunk = Buffer.alloc(MEGABYTE);
      filled = 0;
    },
  };
  bunzip.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), output, true);
  return Buffer.concat([...chunks, chunk.subarray(0, filled)], size);
}

async function decompress(
  source: ImportSource,
  bytes: Uint8Array,
  packing: Packing,
  budget: ByteBudget,
): Promise<Uint8Array> {
  const { name } = source;
  const limit = Math.max(1, limitOf(bytes.length, budget));
  try {
    if (packing === "gzip") return gunzipSync(bytes, { maxOutputLength: limit });
    if (packing === "Zstandard") return zstdDecompressSync(bytes, { maxOutputLength: limit });
    return packing === "xz" ? await unxz(bytes, limit, name) : await bunzip2(bytes, limit, name);
  } catch (error) {
    if (error instanceof CodedError) throw error;
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw bomb(name);
    throw fileFault(name, null, packing, `its ${packing} is damaged or cut off; fetch it again.`);
  }
}

/** Why an entry is refused, in words; null when it may be read. */
function faultOfEntry(entry: Entry): string | null {
  if (((entry.externalFileAttributes >>> 16) & KIND) === LINK) return "it is a link";
  if (entry.isEncrypted()) return "it is encrypted";
  if (/\.(zip|gz|bz2|xz|zst)$/i.test(entry.fileName)) return "it is an archive within an archive";
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

async function unzip(source: ImportSource, packed: Uint8Array, budget: ByteBudget): Promise<Unpacked> {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
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
    if (entry.fileName === "xl/workbook.xml")
      throw fileFault(source.name, null, "workbook", "it is an Excel workbook; save its sheet as CSV.");
    const fault = faultOfEntry(entry);
    if (fault !== null) throw fileFault(name, null, "entry", `${fault}; take it out of the archive.`);
    if (names.has(entry.fileName)) throw fileFault(name, null, "entry", "the archive has two entries of this name.");
    names.add(entry.fileName);
    if (!TABLE.test(entry.fileName)) {
      notes.push(
        `Its entry ${entry.fileName.slice(0, 80)} is no table (.csv, .txt, .json, .parquet) and was passed over.`,
      );
      continue;
    }
    const unpacked = await readEntry(zip, entry, name, budget);
    budget.bytes += unpacked.length;
    const path = source.path ?? null;
    parts.push({ name, source: source.name, path, entry: entry.fileName, bytes: bytesSource(unpacked) });
  }
  if (parts.length === 0)
    throw fileFault(source.name, null, "entries", "the archive has no table (.csv, .txt, .json, .parquet) to read.");
  return { parts, notes };
}

/** The tables of one source. Throws `data_invalid` or `too_large`, naming the file. */
export async function unpack(source: ImportSource, bytes: ByteSource, budget: ByteBudget): Promise<Unpacked> {
  const { name } = source;
  const packing = packingOf(bytes.read(0, 8));
  const limit = packing === null ? PLAIN_BYTES_MAX : PACKED_BYTES_MAX;
  if (bytes.size > limit) throw tooLarge(name, null, "size", `it has more than ${limit / MEGABYTE} MiB; split it.`);
  const part = (plain: ByteSource): Part => ({
    name,
    source: name,
    path: source.path ?? null,
    entry: null,
    bytes: plain,
  });
  if (packing === null) return { parts: [part(bytes)], notes: [] };
  const packed = bytes.read(0, bytes.size);
  bytes.checkSame();
  if (packing === "zip") {
    try {
      return await unzip(source, packed, budget);
    } catch (error) {
      if (error instanceof CodedError) throw error;
      const why = error instanceof Error ? error.message.slice(0, 120) : "unreadable";
      throw fileFault(name, null, "zip", `its zip cannot be read (${why}); fetch it again.`);
    }
  }
  const plain = await decompress(source, packed, packing, budget);
  if (packingOf(plain.subarray(0, 8)) !== null)
    throw fileFault(name, null, "entry", "it is an archive within an archive; unpack it once.");
  budget.bytes += plain.length;
  return { parts: [part(bytesSource(plain))], notes: [] };
}
