/**
 * What a view may ask of the alerts.
 *
 * 1. An acknowledgement and an owner name a person; the first acknowledgement stays.
 */
import * as z from "zod/mini";
import { nothing, operator, text } from "./contract-fields.ts";
import { AlertSchema } from "../views/alerts.ts";

export const ALERT_PROCEDURES = {
  "alert.acknowledge": { input: z.object({ id: text(80), operator }), output: nothing },
  /** All that wait; says how many there were. */
  "alerts.acknowledge": { input: z.object({ operator }), output: z.object({ count: z.number() }) },
  /** Writes who looks after it. */
  "alert.assign": { input: z.object({ id: text(80), owner: operator }), output: nothing },
  /** Alerts before one, newest first; from the newest on without one. */
  "alerts.page": {
    input: z.object({ before: z.nullable(text(80)), limit: z.number().check(z.gte(1), z.lte(1_000)) }),
    output: z.object({ alerts: z.array(AlertSchema), more: z.boolean() }),
  },
} as const;
