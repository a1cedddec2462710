/**
 * What a view may ask of market data: the files of the workspace, a preview of one more, its bars for a chart, and its end.
 *
 * 1. A file is named by its place in the workspace's `data` folder, or by the token of an upload; a path of the machine never is.
 * 2. An upload comes in pieces, each within the limits of a message, so that a file's size is bounded by the disk alone.
 * 3. What cannot be read is an answer, with its question where there is one, so that a view can show it and ask.
 */
import * as z from "zod/mini";
import { filled, nothing, text } from "./contract-fields.ts";

/** Bytes of one piece of an upload. */
export const UPLOAD_PIECE_BYTES = 4 * 1024 * 1024;
/** Its characters as base64. */
export const UPLOAD_PIECE_CHARACTERS = Math.ceil(UPLOAD_PIECE_BYTES / 3) * 4;
/** Bars of one answer; more bars than a screen has columns are drawn over each other. */
export const BARS_SHOWN_MAX = 4_000;

/** A file's place below the `data` folder, with `/` between its folders. */
const fileName = filled(255);
const token = z.string().check(z.regex(/^[0-9a-f-]{36}$/));

export const DataSourceSchema = z.union([
  z.object({ kind: z.literal("upload"), upload: token }),
  z.object({ kind: z.literal("file"), name: fileName }),
]);

/** What a person says of a file; what is left out is found in the file, or asked. */
export const DataOptionsSchema = z.object({
  /** The name of a kept way of reading; what is said beside it goes before it. */
  profile: z.optional(filled(80)),
  symbol: z.optional(filled(80)),
  /** Where the symbol is in the file's name, as `{symbol}_5min_*.csv`. */
  symbolPattern: z.optional(filled(100)),
  timeZone: z.optional(filled(80)),
  dateFormat: z.optional(filled(80)),
  timeFormat: z.optional(filled(80)),
  stamp: z.optional(z.enum(["open", "close"])),
  /** As `1m`, `4h`, `1d`. */
  interval: z.optional(filled(20)),
  columns: z.optional(filled(400)),
  skip: z.optional(z.number().check(z.int(), z.gte(0), z.lte(10_000))),
  separator: z.optional(filled(20)),
  decimal: z.optional(z.enum([".", ","])),
  newestFirst: z.optional(z.boolean()),
  /** Prices are adjusted for splits and dividends already. */
  adjusted: z.optional(z.boolean()),
  symbols: z.optional(z.array(filled(80)).check(z.maxLength(100))),
});

const QuestionSchema = z.object({
  about: z.enum(["zone", "date_order", "stamp", "columns", "decimal", "symbol", "time"]),
  text: z.string(),
  assumed: z.nullable(z.string()),
  choices: z.array(z.object({ label: z.string(), option: z.string(), value: z.string() })),
});

const SeriesSchema = z.object({
  symbol: z.string(),
  bars: z.number(),
  /** Moments: the open of the first bar and the close of the last. */
  from: z.number(),
  to: z.number(),
  /** Microseconds; null where the bars' lengths differ. */
  interval: z.nullable(z.number()),
});

/** What was understood of one file, or of one entry of an archive. Moments and intervals are microseconds. */
const ReadFileSchema = z.object({
  name: z.string(),
  layout: z.string(),
  understood: z.string(),
  columns: z.record(z.string(), z.string()),
  symbols: z.array(z.string()),
  rows: z.number(),
  bars: z.number(),
  repeated: z.number(),
  firstOpen: z.nullable(z.number()),
  last: z.nullable(z.number()),
  interval: z.nullable(z.number()),
  unit: z.nullable(z.string()),
  order: z.string(),
  stamp: z.string(),
  timeZone: z.nullable(z.string()),
  samples: z.array(
    z.object({
      symbol: z.string(),
      opened: z.number(),
      closed: z.number(),
      open: z.string(),
      high: z.string(),
      low: z.string(),
      close: z.string(),
      volume: z.string(),
    }),
  ),
  questions: z.array(QuestionSchema),
  gaps: z.array(z.object({ symbol: z.string(), from: z.number(), to: z.number() })),
  gapsTotal: z.number(),
  jumps: z.array(z.object({ symbol: z.string(), at: z.number(), from: z.number(), to: z.number() })),
  jumpsTotal: z.number(),
  refusedTotal: z.number(),
  refusals: z.array(
    z.object({
      rule: z.string(),
      count: z.number(),
      first: z.array(z.object({ row: z.number(), reason: z.string() })),
    }),
  ),
  notes: z.array(z.string()),
});

/** Why a file cannot be read, and the question that would settle it. */
const UnreadableSchema = z.object({ message: z.string(), question: z.nullable(QuestionSchema) });

const ReadingSchema = z.object({
  files: z.array(ReadFileSchema),
  series: z.array(SeriesSchema),
  unreadable: z.nullable(UnreadableSchema),
});

const DataFileSchema = z.object({
  name: z.string(),
  bytes: z.number(),
  /** Milliseconds of the wall clock. */
  changedMs: z.number(),
  state: z.enum(["waiting", "reading", "read", "unreadable"]),
  /** Null while it waits or is read. */
  reading: z.nullable(ReadingSchema),
});

export const DATA_PROCEDURES = {
  /** The files of the workspace's `data` folder. Those that were not read yet are read meanwhile, one after another. */
  "data.list": {
    input: nothing,
    output: z.object({
      folder: z.string(),
      files: z.array(DataFileSchema),
      /** Files beyond the limit of the list. */
      more: z.number(),
      /** Whether a deleted file can be taken back out of the system's trash. */
      trash: z.boolean(),
    }),
  },
  /** A piece of a dropped or picked file; the first one has no token yet. */
  "data.upload": {
    input: z.object({
      upload: z.nullable(token),
      name: filled(255),
      /** Where the piece belongs; pieces come in order. */
      offset: z.number().check(z.int(), z.gte(0)),
      base64: text(UPLOAD_PIECE_CHARACTERS),
    }),
    output: z.object({ upload: z.string(), received: z.number() }),
  },
  "data.discard": { input: z.object({ upload: token }), output: nothing },
  /** A first look at a file's first lines, also while it is handed over; null for a format that shows nothing before its end. */
  "data.glimpse": {
    input: z.object({ source: DataSourceSchema, options: DataOptionsSchema }),
    output: z.object({ reading: z.nullable(ReadingSchema) }),
  },
  "data.preview": {
    input: z.object({ source: DataSourceSchema, options: DataOptionsSchema }),
    output: ReadingSchema,
  },
  /** Keeps the bars as one file for each symbol. Answers with their names. */
  "data.keep": {
    input: z.object({ source: DataSourceSchema, options: DataOptionsSchema, overwrite: z.boolean() }),
    output: z.object({ kept: z.array(z.string()), bars: z.number() }),
  },
  /** The names of the kept ways of reading. */
  "data.profiles": { input: nothing, output: z.object({ profiles: z.array(z.string()) }) },
  /** Keeps the options under a name, for further files and for desks. `usage` with the rule `exists` where the name is taken. */
  "data.saveProfile": {
    input: z.object({ name: filled(80), options: DataOptionsSchema, overwrite: z.boolean() }),
    output: z.object({ file: z.string() }),
  },
  /** How far the preview or the keeping that is under way has come: a share of one; null when there is none. */
  "data.progress": { input: nothing, output: z.object({ share: z.nullable(z.number()) }) },
  "data.cancel": { input: nothing, output: nothing },
  /** Bars of a range, put together so that at most `points` come back. Without a range: all of them. */
  "data.bars": {
    input: z.object({
      name: fileName,
      symbol: z.nullable(filled(80)),
      from: z.nullable(z.number()),
      to: z.nullable(z.number()),
      points: z.number().check(z.int(), z.gte(10), z.lte(BARS_SHOWN_MAX)),
    }),
    output: z.object({
      symbol: z.string(),
      interval: z.nullable(z.number()),
      pricePrecision: z.number(),
      /** Of the whole series: its bars, the open of the first and the close of the last. */
      total: z.number(),
      first: z.number(),
      last: z.number(),
      /** How many bars of the series each bar of the answer holds. */
      each: z.number(),
      opened: z.array(z.number()),
      open: z.array(z.number()),
      high: z.array(z.number()),
      low: z.array(z.number()),
      close: z.array(z.number()),
      volume: z.array(z.number()),
    }),
  },
  "data.delete": {
    input: z.object({ names: z.array(fileName).check(z.minLength(1), z.maxLength(100)) }),
    output: z.object({ deleted: z.array(z.string()), trashed: z.boolean() }),
  },
} as const;

export type DataOptions = z.infer<typeof DataOptionsSchema>;
export type DataSource = z.infer<typeof DataSourceSchema>;
export type DataReading = z.infer<typeof ReadingSchema>;
export type DataReadFile = z.infer<typeof ReadFileSchema>;
export type DataQuestion = z.infer<typeof QuestionSchema>;
export type DataFile = z.infer<typeof DataFileSchema>;
export type DataList = z.infer<(typeof DATA_PROCEDURES)["data.list"]["output"]>;
export type DataBars = z.infer<(typeof DATA_PROCEDURES)["data.bars"]["output"]>;
