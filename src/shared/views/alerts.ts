/**
 * Alerts: what a person must have seen, of the open session, of earlier ones, and of the machine.
 *
 * 1. An alert of a session has its moments on the session's clock; one of the machine has none but the wall's.
 * 2. An alert is over once its cause has gone; it stays in the list until it is acknowledged.
 */
import * as z from "zod/mini";
import { at, count, maybeAt, maybeText } from "./parts.ts";

export const AlertSchema = z.object({
  id: z.string(),
  /** What it is about, for the machine: `halt:data_stale`, `late:alpha`. One alert stands for one cause of one session. */
  cause: z.string(),
  /** Null for what concerns the machine or the whole workspace. */
  session: maybeText,
  severity: z.enum(["warning", "critical"]),
  text: z.string(),
  /** When it began, and when it was over; the session's clock, or the wall's without a session. */
  at,
  endedAt: maybeAt,
  /** When it was raised, by the wall clock. */
  raisedAt: at,
  /** How often its cause came up while it stood. */
  times: count,
  /** Which view shows more: a view's name, and the row in it that the alert names. */
  view: z.string(),
  target: maybeText,
  /** Who looks after it. */
  owner: maybeText,
  acknowledged: z.nullable(z.object({ operator: z.string(), at })),
});

/** Stream `alerts`. Rows: the newest 200, those that are not acknowledged before the others. */
export const AlertsViewSchema = z.object({
  /** Neither over nor acknowledged. */
  critical: count,
  warning: count,
  /** Not acknowledged, over or not. */
  waiting: count,
  total: count,
  /** The newest of the worst that are neither over nor acknowledged. */
  worst: z.nullable(AlertSchema),
  rows: z.record(z.string(), AlertSchema),
});
