/**
 * The small schemas that every projection is made of.
 *
 * 1. Moments are integers of microseconds, amounts exact decimal strings; what may be absent is null.
 */
import * as z from "zod/mini";

export const at = z.number();
export const maybeAt = z.nullable(z.number());
export const amount = z.string();
export const maybeAmount = z.nullable(z.string());
export const maybeText = z.nullable(z.string());
export const count = z.number();

export const SessionStateSchema = z.enum([
  "ready",
  "recovering",
  "running",
  "paused",
  "halted",
  "stopping",
  "stopped",
  "failed",
]);
export const SpeedSchema = z.union([z.literal(1), z.literal(10), z.literal(60), z.literal("max")]);

export const ErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  detail: z.optional(z.record(z.string(), z.unknown())),
});

export const HaltReasonSchema = z.object({
  source: z.enum(["operator", "kill_switch", "breaker", "drift", "fault"]),
  code: z.string(),
  message: z.string(),
  at,
  value: maybeText,
  limit: maybeText,
  operator: maybeText,
  note: maybeText,
});

export const StrategyStateSchema = z.enum([
  "waiting",
  "running",
  "in_flight",
  "over_budget",
  "late",
  "paused",
  "quarantined",
  "not_loaded",
  "stopped",
  "halted",
]);

/** A strategy or a group whose orders its own kill switch refuses. */
export const ScopeSchema = z.object({ kind: z.enum(["strategy", "group", "symbol"]), name: z.string() });
export const HaltedScopeSchema = z.object({
  kind: z.enum(["strategy", "group", "symbol"]),
  name: z.string(),
  at,
  source: z.enum(["operator", "kill_switch"]),
  message: z.string(),
  operator: maybeText,
  note: maybeText,
});
