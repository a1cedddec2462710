/**
 * What lies packed within a table's file, unpacked within limits: pages of Parquet, buffers of Arrow.
 *
 * 1. A size that a file claims is looked at before it is allocated, and what is unpacked is never more than it claims.
 * 2. All of a file together, or of a piece of it that is read at a time, unpacks to at most `UNPACKED_BYTES_MAX`, and past
 *    `FREE_BYTES` to at most `RATIO_MAX` times the file's size.
 */
import { createRequire } from "node:module";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import type { Compressors } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { RATIO_MAX, tooLarge, UNPACKED_BYTES_MAX } from "../table/imported.ts";

/** A table of equal values is packed to next to nothing, and this much of it costs little. */
const FREE_BYTES = 64 * 1024 * 1024;
const MEGABYTE = 1024 * 1024;

/** The package brings no types: the functions of it that are used. */
const lz4 = createRequire(import.meta.url)("lz4js") as {
  /** How many bytes a frame unpacks to at most, by its own word. Throws for one that is damaged. */
  decompressBound(frame: Uint8Array): number;
  /** The content of an LZ4 frame. Throws for one that is damaged. */
  decompress(frame: Uint8Array, sizeMax: number): Uint8Array;
};

/** Counts what a file's packed parts unpack to. */
export class UnpackedBytes {
  readonly #name: string;
  readonly #max: number;
  #left: number;

  constructor(name: string, fileBytes: number) {
    this.#name = name;
    this.#max = Math.min(UNPACKED_BYTES_MAX, Math.max(FREE_BYTES, fileBytes * RATIO_MAX));
    this.#left = this.#max;
  }

  get left(): number {
    return this.#left;
  }

  /** Counts from the beginning: what was unpacked is no longer kept. */
  again(): void {
    this.#left = this.#max;
  }

  /** Throws `too_large` for more bytes than are left. */
  take(bytes: number): void {
    if (!(bytes >= 0 && bytes <= this.#left)) throw this.bomb();
    this.#left -= bytes;
  }

  bomb(): Error {
    const size = `${Math.ceil(this.#max / MEGABYTE)} MiB`;
    return tooLarge(
      this.#name,
      null,
      "unpacked_size",
      `what is packed in it unpacks to more than ${size}; write it again in smaller files, or look inside first.`,
    );
  }
}

/** Node's own unpackers stop where a text grows beyond what is allowed. */
function within(budget: UnpackedBytes, unpack: (max: number) => Uint8Array): Uint8Array {
  try {
    const bytes = unpack(Math.max(1, budget.left));
    budget.take(bytes.length);
    return bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw budget.bomb();
    throw error;
  }
}

export const unpackZstd = (bytes: Uint8Array, budget: UnpackedBytes): Uint8Array =>
  within(budget, (maxOutputLength) => zstdDecompressSync(bytes, { maxOutputLength }));

export function unpackLz4Frame(bytes: Uint8Array, budget: UnpackedBytes): Uint8Array {
  const bound = lz4.decompressBound(bytes);
  if (!(bound >= 0 && bound <= budget.left)) throw budget.bomb();
  const unpacked = lz4.decompress(bytes, bound);
  budget.take(unpacked.length);
  return unpacked;
}

type Unpack = (input: Uint8Array, outputLength: number) => Uint8Array;

/** Parquet's codecs, which take a page and the size that its header claims. */
export function boundedCompressors(budget: UnpackedBytes): Compressors {
  const exactly =
    (unpack: (input: Uint8Array, maxOutputLength: number) => Uint8Array): Unpack =>
    (input, length) => {
      budget.take(length);
      return unpack(input, Math.max(1, length));
    };
  return {
    SNAPPY: exactly(compressors.SNAPPY as Unpack),
    LZ4: exactly(compressors.LZ4 as Unpack),
    LZ4_RAW: exactly(compressors.LZ4_RAW as Unpack),
    GZIP: exactly((input, maxOutputLength) => gunzipSync(input, { maxOutputLength })),
    BROTLI: exactly((input, maxOutputLength) => brotliDecompressSync(input, { maxOutputLength })),
    ZSTD: exactly((input, maxOutputLength) => zstdDecompressSync(input, { maxOutputLength })),
  };
}
