/**
 * `session.json`: what ran, from what, and how it ended. For programs; `session.md` is for people.
 *
 * 1. It is written whole and atomically at start, at each halt, review and resume, and at the end.
 * 2. It is a summary: a session resumes without it, from its journal.
 * 3. What is read is checked field by field; a field of the wrong type is a reported problem, never a crash.
 */
import * as z from "zod";
import { CodedError } from "../../shared/errors.ts";
import type { FileSystem } from "../../shared/ports.ts";
import { readText, writeTextAtomic } from "../files/atomic.ts";
import type { JournalReader } from "../journal/journal.ts";

export const RECORD_SCHEMA = 1;
const RECORD_BYTES_MAX = 16_000_000;

const HaltSchema = z.object({
  source: z.string(),
  code: z.string(),
  message: z.string(),
  at: z.number(),
  value: z.string().nullable(),
  limit: z.string().nullable(),
  operator: z.string().nullable(),
  note: z.string().nullable(),
});

const TroublesSchema = z.object({
  strategies: z.number(),
  failing: z.number(),
  list: z
    .array(
      z.object({
        name: z.string(),
        kind: z.enum(["not_loaded", "quarantined", "failing", "failed_before"]),
        runs: z.number(),
        failures: z.number(),
        reason: z.string().nullable(),
      }),
    )
    .readonly(),
  more: z.number(),
});

const RecordSchema = z.object({
  schema: z.number(),
  id: z.string(),
  state: z.string(),
  desk: z.string(),
  source: z.string(),
  seed: z.string(),
  clock: z.enum(["system", "virtual"]),
  speed: z.union([z.number(), z.literal("max")]),
  /** Digest of desk, seed and feed: equal for equal runs. */
  runDigest: z.string(),
  versions: z.record(z.string(), z.string()),
  feed: z.array(
    z.object({
      name: z.string(),
      sha256: z.string(),
      rows: z.number(),
      bars: z.number().optional(),
      refused: z.number().optional(),
      firstRefused: z.string().nullable().optional(),
    }),
  ),
  /** The files of the users' strategies that are loaded; absent in records of older versions. */
  code: z
    .array(
      z.object({
        digest: z.string(),
        files: z.array(z.object({ name: z.string(), sha256: z.string() }).readonly()).readonly(),
        strategies: z.array(z.string()).readonly(),
      }),
    )
    .readonly()
    .optional(),
  /** What the paper venue filled against. Records of older versions do not say; it was marks. */
  fillModel: z.enum(["bars", "marks"]).default("marks"),
  /** A light run kept no journal, so it cannot resume. Records of older versions do not say; none was light. */
  light: z.boolean().default(false),
  /** The whole resolved desk. */
  configuration: z.unknown(),
  /** Wall times, ISO. */
  created: z.string(),
  started: z.string(),
  stopped: z.string().nullable(),
  /** Session time, microseconds. */
  startedAt: z.number(),
  lastAt: z.number(),
  position: z.number(),
  cause: z.string().nullable(),
  runs: z.number(),
  orders: z.number(),
  fills: z.number(),
  /** How many of the orders the broker refused; its causes are among the rejections. Records of older versions have neither. */
  refused: z.number().default(0),
  rejections: z.record(z.string(), z.number()),
  troubles: TroublesSchema.default({ strategies: 0, failing: 0, list: [], more: 0 }),
  /** The account's currency; absent in records of older versions. */
  currency: z.string().optional(),
  equityStart: z.string().nullable(),
  equityEnd: z.string().nullable(),
  pnl: z.string().nullable(),
  fees: z.string().nullable(),
  maxDrawdown: z.number().nullable(),
  driftOpen: z.number(),
  workingOrders: z.number(),
  halts: z.array(HaltSchema),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
});

export type SessionRecord = Readonly<z.infer<typeof RecordSchema>>;

/** Reads and checks a `session.json`. Throws `not_found`, `schema_newer` or `invalid_input` with the field at fault. */
export function readRecord(fs: FileSystem, path: string): SessionRecord {
  let value: unknown;
  const text = readText(fs, path, RECORD_BYTES_MAX);
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CodedError(
      "invalid_input",
      `${path} is no JSON: ${error instanceof Error ? error.message : "unreadable"}`,
      { path },
    );
  }
  const schema = (value as { schema?: unknown } | null)?.schema;
  if (typeof schema === "number" && schema > RECORD_SCHEMA)
    throw new CodedError(
      "schema_newer",
      `${path} was written by a newer version of Logos Console (schema ${schema}).`,
      { path },
    );
  const parsed = RecordSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new CodedError(
      "invalid_input",
      `${path}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is not as it should be"}`,
      {
        path,
      },
    );
  }
  return parsed.data;
}

/** Why record and journal are not of one session, or null: both name the run and the moment at which it was created. */
export function strangerIn(
  record: SessionRecord | null,
  journal: Pick<JournalReader, "read"> | null,
  files: { readonly journal: string },
): string | null {
  const [first] = journal === null || record === null ? [] : journal.read(1, ["session"]);
  if (first?.kind !== "session" || first.event !== "created" || record === null) return null;
  const { runDigest } = first.detail;
  if (typeof runDigest !== "string" || (runDigest === record.runDigest && first.wall === record.created)) return null;
  return `${files.journal} is the journal of another session than session.json beside it. Restore the session's folder from a copy.`;
}

/** Throws `session_conflict` for a journal of another session than the record beside it; a record that cannot be read says nothing. */
export function assertOwnJournal(
  fs: FileSystem,
  files: { readonly journal: string; readonly record: string },
  journal: Pick<JournalReader, "read">,
): void {
  let record: SessionRecord;
  try {
    record = readRecord(fs, files.record);
  } catch {
    return;
  }
  const stranger = strangerIn(record, journal, files);
  if (stranger !== null) throw new CodedError("session_conflict", `${stranger} Nothing was changed.`);
}

/** Writes a `session.json`, atomically. */
export function writeRecord(fs: FileSystem, path: string, record: SessionRecord): void {
  writeTextAtomic(fs, path, `${JSON.stringify(record, null, 2)}\n`);
}
