/**
 * What a question about the past is answered with: why an order came to be, whether a journal holds, a restart drill, a regression run.
 *
 * 1. Values cross as exact texts; a number is a count, a moment or a duration.
 */
import * as z from "zod/mini";

const WhyStepSchema = z.object({
  step: z.enum(["tick", "signal", "risk", "router", "journal", "broker", "fill", "book", "end", "review"]),
  at: z.nullable(z.number()),
  seq: z.nullable(z.number()),
  title: z.string(),
  text: z.string(),
  state: z.enum(["ok", "warning", "critical", "waiting"]),
  /** Exact texts; `kind` says what a text is where it does not say it itself. A reading has its guard as name and its limit beside it. */
  values: z.array(
    z.object({
      name: z.string(),
      value: z.string(),
      kind: z.optional(z.enum(["id", "word", "reason", "reading"])),
      limit: z.optional(z.string()),
      note: z.optional(z.string()),
    }),
  ),
});

export const WhySchema = z.object({
  id: z.string(),
  title: z.string(),
  steps: z.array(WhyStepSchema),
});

export const VerdictSchema = z.object({
  id: z.string(),
  entries: z.number(),
  orders: z.number(),
  fills: z.number(),
  ok: z.boolean(),
  checks: z.array(
    z.object({
      name: z.string(),
      state: z.enum(["passed", "failed", "skipped"]),
      seq: z.nullable(z.number()),
      text: z.string(),
    }),
  ),
});

/** A restart drill: under way, or with its report. */
export const DrillSchema = z.object({
  state: z.enum(["none", "running", "done", "cancelled", "failed"]),
  done: z.number(),
  runs: z.number(),
  /** Why it could not be done, when it could not. */
  problem: z.nullable(z.string()),
  report: z.nullable(
    z.object({
      passed: z.boolean(),
      decisions: z.number(),
      fills: z.number(),
      runs: z.array(
        z.object({
          number: z.number(),
          passed: z.boolean(),
          killed: z.number(),
          points: z.array(z.string()),
          failure: z.nullable(z.string()),
          /** Why the two parted as they should: an order that never reached the venue. */
          explained: z.nullable(z.string()),
          differences: z.array(z.object({ what: z.string(), uninterrupted: z.string(), restarted: z.string() })),
        }),
      ),
      markdown: z.string(),
    }),
  ),
});

const FieldSchema = z.object({ path: z.string(), baseline: z.string(), run: z.string() });
const ChainSchema = z.array(z.object({ step: z.string(), index: z.number(), at: z.number(), text: z.string() }));

/** One fixture's verdict. Values are JSON text, shortened. */
const RegressionSchema = z.object({
  name: z.string(),
  verdict: z.enum(["equal", "differs", "no_baseline", "failed"]),
  /** Why it could not be run; null unless it failed. */
  problem: z.nullable(z.string()),
  events: z.number(),
  orders: z.number(),
  fills: z.number(),
  pnl: z.nullable(z.string()),
  realMs: z.number(),
  changedInputs: z.array(z.string()),
  /** The first event that differs, counted from 1, with both sides and what led there. */
  difference: z.nullable(
    z.object({
      index: z.number(),
      at: z.nullable(z.number()),
      baseline: z.nullable(z.string()),
      run: z.nullable(z.string()),
      fields: z.array(FieldSchema),
      baselineChain: ChainSchema,
      runChain: ChainSchema,
    }),
  ),
  artifacts: z.array(z.object({ artifact: z.string(), differences: z.array(FieldSchema), more: z.number() })),
});

export const RegressStatusSchema = z.object({
  state: z.enum(["none", "running", "done", "cancelled", "failed"]),
  total: z.number(),
  /** The fixture that runs at the moment. */
  current: z.nullable(z.string()),
  problem: z.nullable(z.string()),
  results: z.array(RegressionSchema),
});

export type Why = z.infer<typeof WhySchema>;
export type WhyStep = z.infer<typeof WhyStepSchema>;
export type Verdict = z.infer<typeof VerdictSchema>;
export type Drill = z.infer<typeof DrillSchema>;
export type RegressionResult = z.infer<typeof RegressionSchema>;
export type RegressStatus = z.infer<typeof RegressStatusSchema>;
