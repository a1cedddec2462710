/**
 * Checks values of a state file against schemas, and reports what is wrong as a place and a rule.
 *
 * 1. Nothing is coerced: a value has the type that the schema names, or it is a fault.
 */
import * as z from "zod/mini";
import type { Moment } from "../../shared/time.ts";
import { shown } from "../router/order-request.ts";
import { record } from "../common/record.ts";
import type { Faults, Step } from "./state-fault.ts";

/** Reads a time of the file at a place. */
export type ReadMoment = (value: unknown, steps: readonly Step[]) => Moment;

function ruleOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type" && issue.expected === "nonoptional") return "the field must be there";
  if (issue.code === "invalid_type")
    return `the value must be ${issue.expected === "int" ? "a whole number" : `a ${issue.expected}`}`;
  if (issue.code === "too_small")
    return issue.origin === "string"
      ? "the text must not be empty"
      : `the value must be at least ${String(issue.minimum)}`;
  if (issue.code === "too_big")
    return `${issue.origin === "string" ? "the text may have" : "the value may be"} ${String(issue.maximum)} at most`;
  if (issue.code === "invalid_value") return `the value must be one of ${issue.values.map(String).join(", ")}`;
  return "the value must be of a known form";
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<PropertyKey, unknown>)[step];
  }
  return found;
}

/** Minus zero is a number that JSON can read and never writes: as plain zero a file goes through and back the same. */
export function withoutMinusZero<Value>(value: Value): Value {
  if (typeof value === "number") return (value + 0) as Value;
  if (Array.isArray(value)) return value.map((one: unknown) => withoutMinusZero(one)) as Value;
  if (typeof value !== "object" || value === null) return value;
  return record(Object.entries(value).map(([key, one]) => [key, withoutMinusZero(one)] as const)) as Value;
}

/** The value as the schema reads it; its first fault is reported with its place. */
export function checked<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
  steps: readonly Step[],
  faults: Faults,
): z.output<Schema> {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  return faults.fail([...steps, ...path], `${ruleOf(issue)}, and it is ${shown(valueAt(value, issue.path))}`);
}

/** The entries of what must be an object. */
export function entriesOf(value: unknown, steps: readonly Step[], faults: Faults): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    faults.fail(steps, `the value must be an object, and it is ${shown(value)}`);
  const entries = Object.entries(value);
  for (const [key] of entries) if (key === "") faults.fail([...steps, key], "no key may be empty");
  return entries;
}
