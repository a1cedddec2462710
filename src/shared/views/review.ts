/**
 * What Drift review, Log and Sessions show.
 *
 * 1. A drift item is known by its id, a log line by its journal number, a session by its folder's name.
 */
import * as z from "zod/mini";
import { at, maybeAt, amount, maybeAmount, maybeText, count, HaltReasonSchema } from "./parts.ts";

export const DriftItemSchema = z.object({
  id: z.string(),
  kind: z.string(),
  at,
  text: z.string(),
  orderId: maybeText,
  /** What we have and what the broker has, side by side, where the item has two sides. */
  evidence: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  ours: maybeText,
  theirs: maybeText,
  review: z.nullable(
    z.object({
      action: z.enum(["adopt", "dismiss"]),
      strategy: maybeText,
      operator: z.string(),
      note: z.string(),
      at,
    }),
  ),
});

/** Stream `drift`. Items: at most 1,000. */
export const DriftViewSchema = z.object({
  now: at,
  halted: z.boolean(),
  haltReasons: z.array(HaltReasonSchema),
  open: count,
  items: z.record(z.string(), DriftItemSchema),
  /** Who resumed, when and why. The newest 100. */
  resumes: z.array(z.object({ at, operator: z.string(), note: z.string() })),
  positions: z.record(
    z.string(),
    z.object({ symbol: z.string(), ours: amount, broker: maybeAmount, differs: z.boolean() }),
  ),
  strategies: z.array(z.string()),
});

/** Stream `log`: what happened, in words; the newest 1,000 lines. */
export const LogViewSchema = z.object({
  lines: z.record(
    z.string(),
    z.object({ seq: count, at, level: z.enum(["info", "warning", "critical"]), subject: z.string(), text: z.string() }),
  ),
});

export const SessionListingSchema = z.object({
  id: z.string(),
  desk: z.string(),
  state: z.string(),
  /** True when this console or another process has it open. */
  open: z.boolean(),
  /** A light run: it kept no journal, so it cannot be opened again, verified or compacted. */
  light: z.boolean(),
  seed: maybeText,
  source: maybeText,
  created: maybeText,
  stopped: maybeText,
  startedAt: maybeAt,
  lastAt: maybeAt,
  runs: z.nullable(count),
  orders: z.nullable(count),
  fills: z.nullable(count),
  rejections: z.nullable(count),
  equityStart: maybeAmount,
  equityEnd: maybeAmount,
  pnl: maybeAmount,
  maxDrawdown: z.nullable(z.number()),
  openDrift: count,
  halts: z.nullable(count),
  haltReason: maybeText,
  /** Why it cannot be read, when it cannot. */
  problem: maybeText,
  bytes: z.nullable(count),
});

/** Stream `sessions`: the sessions of the workspace, the newest 500. */
export const SessionsViewSchema = z.object({
  sessions: z.record(z.string(), SessionListingSchema),
  total: count,
});
