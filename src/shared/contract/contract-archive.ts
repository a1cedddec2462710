/**
 * The contract's questions to the past of the open session: pages of every order, fill and rejection, and what they fall into.
 *
 * 1. A page continues right behind the row where the one before ended, whatever was added meanwhile.
 * 2. `share` says how much of the session an answer is of; it is below 1 while the archive is still being made.
 */
import * as z from "zod/mini";
import { filled, nothing, text } from "./contract-fields.ts";
import { FillRowSchema, OrderRowSchema, RejectionRowSchema } from "./views.ts";

const table = z.enum(["orders", "fills", "rejections"]);

/** Columns that a list is narrowed by. */
const where = z.object({
  strategy: z.optional(z.array(text(200)).check(z.maxLength(20))),
  symbol: z.optional(z.array(text(80)).check(z.maxLength(20))),
  state: z.optional(z.array(text(40)).check(z.maxLength(20))),
  verdict: z.optional(z.array(text(40)).check(z.maxLength(20))),
  cause: z.optional(z.array(text(80)).check(z.maxLength(20))),
});

const filter = {
  table,
  /** Words, each of which must be in a text of the row. */
  words: text(200),
  where,
  /** Moments in microseconds, both included; null: open. */
  from: z.nullable(z.number()),
  to: z.nullable(z.number()),
};

const facet = z.array(z.object({ name: z.string(), count: z.number() }));

export const ARCHIVE_PROCEDURES = {
  "archive.page": {
    input: z.object({
      ...filter,
      /** `at`, or a column that the list is sorted by. */
      sort: filled(40),
      descending: z.boolean(),
      /** The `next` of the page before; null begins. */
      after: z.nullable(text(500)),
      limit: z.number().check(z.int(), z.gte(1), z.lte(1_000)),
    }),
    output: z.object({
      orders: z.array(OrderRowSchema),
      fills: z.array(FillRowSchema),
      rejections: z.array(RejectionRowSchema),
      total: z.number(),
      next: z.nullable(z.string()),
      share: z.number(),
    }),
  },
  /** How many matches there are of each strategy, symbol, and state, verdict or cause. */
  "archive.facets": {
    input: z.object(filter),
    output: z.object({ strategy: facet, symbol: facet, kind: facet, share: z.number() }),
  },
  /** Rejections by cause, strategy and symbol; the 500 largest groups. */
  "rejections.groups": {
    input: nothing,
    output: z.object({
      groups: z.array(
        z.object({
          cause: z.string(),
          severity: z.enum(["warning", "critical"]),
          strategy: z.string(),
          symbol: z.string(),
          count: z.number(),
          firstAt: z.number(),
          lastAt: z.number(),
          /** Counts in equal parts of the time between the session's first rejection and its last. */
          spark: z.array(z.number()),
        }),
      ),
      total: z.number(),
      share: z.number(),
    }),
  },
  /** Writes every row of a list into a file of the session's folder. */
  "export.start": {
    input: z.object({ table, format: z.enum(["csv", "json"]) }),
    output: z.object({ job: z.number() }),
  },
  "export.status": {
    input: z.object({ job: z.number() }),
    output: z.object({
      state: z.enum(["running", "done", "canceled", "failed"]),
      rows: z.number(),
      total: z.number(),
      path: z.string(),
      problem: z.nullable(z.string()),
    }),
  },
  "export.cancel": { input: z.object({ job: z.number() }), output: nothing },
} as const;
