/**
 * Parquet files of one column, made by hand: what their pages claim and what they hold is said apart.
 */
import { Buffer } from "node:buffer";

/** A field of Thrift's compact form: a number of 32 or 64 bits, a text, a struct, or a list of structs. */
type Value =
  | { readonly i: number; readonly wide?: boolean }
  | { readonly s: string }
  | { readonly o: Struct }
  | { readonly l: readonly (Struct | string | number)[] };
type Struct = Readonly<Record<number, Value>>;

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

const zigzag = (value: number): number[] => varint(value < 0 ? -2 * value - 1 : 2 * value);
const textOf = (value: string): number[] => [...varint(Buffer.byteLength(value)), ...Buffer.from(value)];

function bytesOf(value: Value): number[] {
  if ("i" in value) return zigzag(value.i);
  if ("s" in value) return textOf(value.s);
  if ("o" in value) return structOf(value.o);
  const [first] = value.l;
  const type = typeof first === "string" ? 8 : typeof first === "number" ? 5 : 12;
  const items = value.l.flatMap((item) =>
    typeof item === "string" ? textOf(item) : typeof item === "number" ? zigzag(item) : structOf(item),
  );
  return [(value.l.length << 4) + type, ...items];
}

const typeOf = (value: Value): number =>
  "i" in value ? (value.wide === true ? 6 : 5) : "s" in value ? 8 : "o" in value ? 12 : 9;

function structOf(fields: Struct): number[] {
  let last = 0;
  const bytes = Object.entries(fields).flatMap(([id, value]) => {
    const head = ((Number(id) - last) << 4) + typeOf(value);
    last = Number(id);
    return [head, ...bytesOf(value)];
  });
  return [...bytes, 0];
}

const wide = (i: number): Value => ({ i, wide: true });

export interface PageSpec {
  /** As it lies in the file. */
  readonly packed: Uint8Array;
  readonly claimedBytes: number;
  readonly claimedValues: number;
  /** Of Parquet: 0 none, 1 Snappy, 2 gzip, 4 Brotli, 6 Zstandard, 7 LZ4. */
  readonly codec: number;
  /** 0 plain, 5 differences. */
  readonly encoding?: number;
  readonly rows?: number;
  /** As a dictionary, in front of no page at all. */
  readonly dictionary?: boolean;
}

/** A Parquet file of one required column of whole numbers of 64 bits, named `close`. */
export function parquetOf(spec: PageSpec): Buffer {
  const { packed, claimedBytes, claimedValues, codec, encoding = 0, rows = 1, dictionary = false } = spec;
  const about: Struct = { 1: { i: claimedValues }, 2: { i: encoding }, 3: { i: 3 }, 4: { i: 3 } };
  const header = structOf({
    1: { i: dictionary ? 2 : 0 },
    2: { i: claimedBytes },
    3: { i: packed.length },
    ...(dictionary ? { 7: { o: { 1: { i: claimedValues }, 2: { i: encoding } } } } : { 5: { o: about } }),
  });
  const page = Buffer.concat([Buffer.from(header), packed]);
  const column: Struct = {
    1: { i: 2 },
    2: { l: [encoding] },
    3: { l: ["close"] },
    4: { i: codec },
    5: wide(rows),
    6: wide(page.length),
    7: wide(page.length),
    9: wide(4),
  };
  const footer = Buffer.from(
    structOf({
      1: { i: 1 },
      2: {
        l: [
          { 4: { s: "root" }, 5: { i: 1 } },
          { 1: { i: 2 }, 3: { i: 0 }, 4: { s: "close" } },
        ],
      },
      3: wide(rows),
      4: { l: [{ 1: { l: [{ 2: wide(4), 3: { o: column } }] }, 2: wide(page.length), 3: wide(rows) }] },
    }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([Buffer.from("PAR1"), page, footer, length, Buffer.from("PAR1")]);
}
