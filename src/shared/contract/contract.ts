/**
 * What a view may ask for and what it gets: the one map that the host and every transport are built from.
 *
 * 1. Each procedure has an input and an output schema; the host checks every input before a handler sees it.
 * 2. A handler without a procedure, or a procedure without a handler, does not compile: `Handlers` is made from this map.
 * 3. A stream sends a whole projection first, then changes, at most 20 times a second; a slow reader gets the newest state.
 * 4. Every text in an input has a length limit here, and every message a size limit: `MESSAGE_BYTES_MAX`.
 * 5. Errors cross as `{ code, message, detail }`.
 */
import * as z from "zod/mini";
import type { ErrorShape } from "../errors.ts";
import type { Patch } from "./patch.ts";
import { filled, name, note, nothing, operator, scope, text } from "./contract-fields.ts";
import { ALERT_PROCEDURES } from "./contract-alerts.ts";
import { ARCHIVE_PROCEDURES } from "./contract-archive.ts";
import { COMMAND_FIELDS, HaltAlsoSchema } from "./operator-commands.ts";
import { DrillSchema, RegressStatusSchema, VerdictSchema, WhySchema } from "./contract-results.ts";
import { DATA_PROCEDURES } from "./contract-data.ts";
import { deskName, DESK_PROCEDURES } from "./contract-desks.ts";
import { WORKSPACE_PROCEDURES } from "./contract-workspaces.ts";
import { ORDER_PROCEDURES } from "./contract-orders.ts";
import { ErrorSchema, OrderRowSchema, FillRowSchema } from "./views.ts";
import { SessionListingSchema, SpeedSchema, STREAMS } from "./views.ts";
import type { StreamName, StreamValue } from "./views.ts";

/** A message from a view is at most this long: a piece of a file is the longest. It is parsed on the session's loop. */
export const MESSAGE_BYTES_MAX = 8 * 1024 * 1024;
/** A snapshot that is handed over as a text is at most this long; a longer one is uploaded in pieces. */
export const SNAPSHOT_TEXT_MAX = 1024 * 1024;
export const UPDATES_PER_SECOND_MAX = 20;

const SnapshotSourceSchema = z.union([
  z.object({ kind: z.literal("text"), name: text(255), text: text(SNAPSHOT_TEXT_MAX) }),
  /** Electron only: a path that this host's own dialog or Open Recent gave out. */
  z.object({ kind: z.literal("path"), path: text(4_096) }),
  z.object({ kind: z.literal("session"), id: name }),
  /** A file that was handed over in pieces, by `data.upload`. */
  z.object({ kind: z.literal("upload"), upload: text(80) }),
]);

export const RestorePreviewSchema = z.object({
  /** Hand it to `restore.apply`; good for what was previewed and nothing else. */
  token: z.string(),
  name: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  /** The session that it would be applied to; null starts a new one. */
  target: z.nullable(z.string()),
  snapshot: z.object({
    rateLimitPerSec: z.number(),
    maxInflight: z.number(),
    nextSequence: z.number(),
    halted: z.boolean(),
    inflight: z.number(),
    keys: z.number(),
    session: z.nullable(z.string()),
    journalPosition: z.nullable(z.number()),
    newestAt: z.nullable(z.number()),
  }),
  current: z.nullable(
    z.object({
      rateLimitPerSec: z.number(),
      maxInflight: z.number(),
      nextSequence: z.number(),
      halted: z.boolean(),
      inflight: z.number(),
      keys: z.number(),
    }),
  ),
  /** What differs from now, one sentence each. */
  differences: z.array(z.string()),
  /** What the operator must know before applying, one sentence each. */
  warnings: z.array(z.string()),
  /** Orders in flight in the snapshot; the first 200. */
  orders: z.array(
    z.object({
      orderId: z.string(),
      strategy: z.string(),
      symbol: z.string(),
      quantity: z.number(),
      price: z.number(),
      at: z.nullable(z.number()),
    }),
  ),
  /** True when limits differ from the desk's: the operator must ask for the snapshot's. */
  limitsDiffer: z.boolean(),
});

export const PROCEDURES = {
  /** Starts a new session of the workspace's chosen desk, of the one that is named, or of the built-in strategies on files of `data`. */
  "session.start": {
    input: z.object({
      desk: z.optional(deskName),
      bars: z.optional(z.array(filled(255)).check(z.minLength(1), z.maxLength(100))),
      speed: z.optional(SpeedSchema),
      seed: z.optional(filled(80)),
      forSeconds: z.optional(z.number().check(z.gt(0), z.lte(86_400 * 366))),
      /** Keeps results and a summary, and no journal. */
      light: z.optional(z.boolean()),
    }),
    output: z.object({ id: z.string() }),
  },
  /** Reopens a stopped session and resumes from its journal: the recovery that every start is. */
  "session.reopen": {
    /** Without `acceptCodeChange`, strategy code other than what ran before is refused with `code_changed`. */
    input: z.object({ id: name, acceptCodeChange: z.optional(z.boolean()) }),
    output: z.object({ id: z.string() }),
  },
  "session.pause": { input: z.object(COMMAND_FIELDS.pause), output: nothing },
  "session.continue": { input: z.object(COMMAND_FIELDS.continue), output: nothing },
  "session.speed": { input: z.object({ speed: SpeedSchema }), output: nothing },
  /** The whole session, or one strategy, group or symbol of it; `also` cancels what works there, or gets out of its positions. */
  "session.halt": {
    input: z.object({ ...COMMAND_FIELDS.halt, scope: z.optional(scope), also: z.optional(HaltAlsoSchema) }),
    output: nothing,
  },
  "session.resume": { input: z.object({ ...COMMAND_FIELDS.resume, note, scope: z.optional(scope) }), output: nothing },
  "session.stop": { input: z.object(COMMAND_FIELDS.stop), output: nothing },
  "session.close": { input: nothing, output: nothing },
  "strategy.command": { input: z.object(COMMAND_FIELDS.strategy), output: nothing },
  /** The open session's limits as they are, each as a desk file writes it. */
  "limits.list": {
    input: nothing,
    output: z.object({
      limits: z.array(z.object({ name: z.string(), value: z.string(), means: z.string() })),
    }),
  },
  /** Changes one from here on; `none` takes it away. Journaled with operator and note. */
  "limits.change": { input: z.object({ ...COMMAND_FIELDS.limits, note }), output: nothing },
  ...ORDER_PROCEDURES,
  ...ARCHIVE_PROCEDURES,
  ...DATA_PROCEDURES,
  ...DESK_PROCEDURES,
  ...WORKSPACE_PROCEDURES,
  /** The whole "why" of an order (`ROUTER-…`), a rejection (`seq:123`) or a drift item (`DRIFT-…`). */
  "order.why": { input: z.object({ id: text(120) }), output: WhySchema },
  /** Older rows than the stream holds: newest first, before a journal number. */
  "orders.page": {
    input: z.object({
      kind: z.enum(["orders", "fills"]),
      before: z.nullable(z.number()),
      limit: z.number().check(z.gte(1), z.lte(1_000)),
    }),
    output: z.object({ orders: z.array(OrderRowSchema), fills: z.array(FillRowSchema), more: z.boolean() }),
  },
  "drift.review": {
    input: z.object({ ...COMMAND_FIELDS.review, note }),
    output: nothing,
  },
  /** Paper broker only: a fill that no order of the session explains, to practise the halt and its review. */
  /** Without a symbol: the first one of the desk's strategies. */
  "practice.unknownFill": {
    input: z.object({ symbol: z.optional(text(40)), quantity: z.optional(text(40)) }),
    output: nothing,
  },
  ...ALERT_PROCEDURES,
  "sessions.refresh": { input: nothing, output: nothing },
  "sessions.compare": {
    input: z.object({ a: name, b: name }),
    output: z.object({
      a: SessionListingSchema,
      b: SessionListingSchema,
      /** Values as they are kept: amounts as decimal text, moments in microseconds; `kind` says how a view shows them. */
      rows: z.array(
        z.object({
          what: z.string(),
          kind: z.enum(["text", "moment", "count", "money", "share"]),
          a: z.nullable(z.union([z.string(), z.number()])),
          b: z.nullable(z.union([z.string(), z.number()])),
          same: z.boolean(),
        }),
      ),
      /** [share of the session's length, equity] of each, at most 500 points. */
      equityA: z.array(z.tuple([z.number(), z.number()])),
      equityB: z.array(z.tuple([z.number(), z.number()])),
    }),
  },
  /** Chain, orders, books and snapshot of a session checked against each other; changes nothing. */
  /** Verifies a session beside everything else; asked again for one that is under way, it waits for the same answer. */
  "sessions.verify": { input: z.object({ id: name }), output: VerdictSchema },
  /** How much of it is done, as a share of one; null where that session is not being verified. */
  "verify.status": { input: z.object({ id: name }), output: z.object({ share: z.nullable(z.number()) }) },
  "verify.cancel": { input: z.object({ id: name }), output: nothing },
  /** Lets a stopped session's journal go of runs and metrics older than its last day. */
  "sessions.compact": {
    input: z.object({ id: name }),
    output: z.object({ dropped: z.number(), entries: z.number(), bytesBefore: z.number(), bytesAfter: z.number() }),
  },
  /** Kills copies of the desk's session for real, opens them again and compares; the workspace's sessions are not touched. */
  "drill.start": {
    input: z.object({
      runs: z.number().check(z.int(), z.gte(1), z.lte(50)),
      kills: z.number().check(z.int(), z.gte(1), z.lte(5)),
    }),
    output: nothing,
  },
  "drill.status": { input: nothing, output: DrillSchema },
  "drill.cancel": { input: nothing, output: nothing },
  /** The fixtures of the workspace and of the program. */
  "regress.list": {
    input: nothing,
    output: z.object({ fixtures: z.array(z.object({ name: z.string(), description: z.string(), own: z.boolean() })) }),
  },
  /** Runs fixtures beside the open session and compares them with their baselines; changes nothing. All of them without names. */
  "regress.start": { input: z.object({ names: z.array(name).check(z.maxLength(100)) }), output: nothing },
  "regress.status": { input: nothing, output: RegressStatusSchema },
  "regress.cancel": { input: nothing, output: nothing },
  /** A session that is over becomes a fixture of the workspace, if it decides the same when it is played again. */
  "regress.record": {
    input: z.object({ id: name }),
    output: z.object({ name: z.string(), events: z.number(), difference: z.nullable(z.string()) }),
  },
  /** Deletes sessions that are not open anywhere. The trash takes them where the system has one. */
  "sessions.delete": {
    input: z.object({ ids: z.array(name).check(z.minLength(1), z.maxLength(100)) }),
    output: z.object({ deleted: z.array(z.string()), trashed: z.boolean() }),
  },
  "sessions.summary": { input: z.object({ id: name }), output: z.object({ markdown: z.string() }) },
  /** Shows the native file dialog; null where the person cancelled or the host has none. */
  "restore.pick": { input: nothing, output: z.object({ path: z.nullable(z.string()) }) },
  "restore.preview": {
    input: z.object({ source: SnapshotSourceSchema, target: z.nullable(name) }),
    output: RestorePreviewSchema,
  },
  /** Applies what was previewed, journals it, and opens the session. */
  "restore.apply": {
    input: z.object({
      token: text(80),
      operator,
      note,
      useSnapshotLimits: z.boolean(),
      acceptCodeChange: z.optional(z.boolean()),
    }),
    output: z.object({ id: z.string(), nextSequence: z.number(), messages: z.array(z.string()) }),
  },
  "export.rows": {
    input: z.object({
      what: z.enum([
        "orders",
        "fills",
        "rejections",
        "schedule",
        "ticks",
        "metrics",
        "drift",
        "equity",
        "log",
        "sessions",
      ]),
      format: z.enum(["csv", "json"]),
    }),
    /** `left`: how many older rows the list has that are not in the text. */
    output: z.object({ name: z.string(), text: z.string(), rows: z.number(), left: z.number() }),
  },
  "settings.read": { input: nothing, output: z.object({ settings: z.record(z.string(), z.unknown()) }) },
  "settings.write": {
    input: z.object({ key: text(80), value: z.nullable(z.union([text(20_000), z.number(), z.boolean()])) }),
    output: nothing,
  },
  "link.open": { input: z.object({ url: text(2_000) }), output: z.object({ opened: z.boolean() }) },
} as const;

export type ProcedureName = keyof typeof PROCEDURES;
export type Input<Name extends ProcedureName> = z.infer<(typeof PROCEDURES)[Name]["input"]>;
export type Output<Name extends ProcedureName> = z.infer<(typeof PROCEDURES)[Name]["output"]>;

/** One handler for each procedure: the host implements exactly this. */
export type Handlers = { readonly [Name in ProcedureName]: (input: Input<Name>) => Promise<Output<Name>> };

export type StreamEvent =
  | { readonly type: "whole"; readonly version: number; readonly value: unknown }
  /** Fits the projection of version `version - 1` and no other. */
  | { readonly type: "change"; readonly version: number; readonly patch: Patch };

/** What goes over a wire. The Electron port and the WebSocket carry the same messages. */
export type ClientMessage =
  | { readonly kind: "call"; readonly id: number; readonly procedure: string; readonly input: unknown }
  | { readonly kind: "subscribe"; readonly stream: string }
  | { readonly kind: "unsubscribe"; readonly stream: string }
  /** The reader has applied this version: the host sends the next change only then, so a queue never grows. */
  | { readonly kind: "applied"; readonly stream: string; readonly version: number }
  /** The reader has received nothing for a while and asks whether the host still answers. */
  | { readonly kind: "ping" };

export type HostMessage =
  | { readonly kind: "result"; readonly id: number; readonly ok: true; readonly output: unknown }
  | { readonly kind: "result"; readonly id: number; readonly ok: false; readonly error: ErrorShape }
  | { readonly kind: "event"; readonly stream: string; readonly event: StreamEvent }
  /** The answer to a ping. */
  | { readonly kind: "pong" };

const SafeInteger = z.number().check(z.int(), z.gte(0));
export const ClientMessageSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("call"), id: SafeInteger, procedure: text(80), input: z.unknown() }),
  z.object({ kind: z.literal("subscribe"), stream: text(40) }),
  z.object({ kind: z.literal("unsubscribe"), stream: text(40) }),
  z.object({ kind: z.literal("applied"), stream: text(40), version: SafeInteger }),
  z.object({ kind: z.literal("ping") }),
]);

export { ErrorSchema, STREAMS };
export type { StreamName, StreamValue };
export type { Drill, RegressionResult, RegressStatus, Verdict, Why, WhyStep } from "./contract-results.ts";
export type RestorePreview = z.infer<typeof RestorePreviewSchema>;
export type SnapshotSource = z.infer<typeof SnapshotSourceSchema>;

/**
 * The bridge that a renderer finds: `window.logos` under Electron, and the same object over a WebSocket in a browser.
 * `send` takes one message; `receive` is called for each message of the host; `closed` when the connection is lost.
 */
export interface Bridge {
  readonly host: "electron" | "loopback";
  send(message: ClientMessage): void;
  receive(listener: (message: HostMessage) => void): () => void;
  closed(listener: () => void): () => void;
}
