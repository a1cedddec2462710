/**
 * The first look at whatever comes in: its size and shape, and only then the contract's schema.
 *
 * 1. Depth, count and length are bounded before a schema walks the value; cycles end at the depth limit.
 * 2. Only plain objects, arrays and primitives pass; a key named `__proto__` never does.
 * 3. What is no coded error is answered without its message: an unknown failure may name paths, and its text goes to the terminal instead.
 */
import * as z from "zod/mini";
import { UPLOAD_PIECE_CHARACTERS } from "../../shared/contract/contract-data.ts";
import { DESK_TEXT_MAX } from "../../shared/contract/contract-desks.ts";
import { PROCEDURES, SNAPSHOT_TEXT_MAX } from "../../shared/contract/contract.ts";
import type { Input, ProcedureName } from "../../shared/contract/contract.ts";
import { CodedError } from "../../shared/errors.ts";
import { withoutPlaces } from "../../shared/text/plain-text.ts";
import type { ErrorShape } from "../../shared/errors.ts";

/** An input's own limits; no procedure asks for anything near them. */
export const INPUT_DEPTH_MAX = 6;
export const INPUT_VALUES_MAX = 200;
/** Characters of all texts of an input together, keys included. A file's content is the exception. */
export const INPUT_CHARACTERS_MAX = 64 * 1024;
/** Readers at a time, over all transports. */
export const CONNECTIONS_MAX = 64;
export const CALLS_IN_FLIGHT_MAX = 32;

/** Procedures that take a file's content, and how many characters of it at a time. */
const CONTENT_CHARACTERS_MAX: Readonly<Partial<Record<ProcedureName, number>>> = {
  "restore.preview": SNAPSHOT_TEXT_MAX,
  "data.upload": UPLOAD_PIECE_CHARACTERS,
  "desk.check": DESK_TEXT_MAX,
  "desk.try": DESK_TEXT_MAX,
  "desk.save": DESK_TEXT_MAX,
};
const charactersMaxOf = (procedure: ProcedureName): number =>
  (CONTENT_CHARACTERS_MAX[procedure] ?? 0) + INPUT_CHARACTERS_MAX;

function refuseShape(what: string): never {
  throw new CodedError("invalid_input", `The input ${what}. Send what the contract names and nothing else.`);
}

/** Throws `too_large` or `invalid_input` for a value that is too deep, too big, or not plain JSON. */
export function checkShape(value: unknown, charactersMax: number): void {
  let values = 0;
  let characters = 0;
  const add = (length: number): void => {
    characters += length;
    if (characters > charactersMax)
      throw new CodedError("too_large", `The input is longer than ${charactersMax} characters. Send less.`);
  };
  const walk = (item: unknown, depth: number): void => {
    values += 1;
    if (values > INPUT_VALUES_MAX) refuseShape(`holds more than ${INPUT_VALUES_MAX} values`);
    if (depth > INPUT_DEPTH_MAX) refuseShape(`is nested deeper than ${INPUT_DEPTH_MAX} levels`);
    if (typeof item === "string") return add(item.length);
    if (item === null || typeof item === "boolean" || item === undefined) return;
    if (typeof item === "number")
      return Number.isFinite(item) ? undefined : refuseShape("holds a number that is not finite");
    if (typeof item !== "object") refuseShape(`holds a ${typeof item}`);
    if (Array.isArray(item)) {
      for (const inner of item) walk(inner, depth + 1);
      return;
    }
    const prototype: unknown = Object.getPrototypeOf(item);
    if (prototype !== Object.prototype && prototype !== null) refuseShape("holds an object that is not plain");
    for (const key of Object.keys(item)) {
      if (key === "__proto__") refuseShape("holds a key named __proto__");
      add(key.length);
      walk((item as Record<string, unknown>)[key], depth + 1);
    }
  };
  walk(value, 0);
}

/** One sentence for the first thing that a schema complains of. */
export function describeIssue(issue: z.core.$ZodIssue): string {
  const place = issue.path.length === 0 ? "The input" : `The field "${issue.path.map(String).join(".")}"`;
  const { code } = issue;
  if (code === "invalid_type") return `${place} must be ${issue.expected}.`;
  if (code === "too_big")
    return `${place} must be at most ${String(issue.maximum)}${issue.origin === "string" ? " characters" : ""}.`;
  if (code === "too_small" && issue.origin === "string") return `${place} must not be empty.`;
  if (code === "too_small")
    return `${place} must be ${issue.inclusive === false ? "more than" : "at least"} ${String(issue.minimum)}.`;
  if (code === "invalid_format") return `${place} has characters or a form that are not allowed there.`;
  if (code === "invalid_value") return `${place} must be one of ${issue.values.map(String).join(", ")}.`;
  if (code === "invalid_union") return `${place} has a form that is not allowed there.`;
  return `${place} breaks a rule of the contract.`;
}

/** The procedure of that name; throws `invalid_input` for any other text. */
export function procedureOf(name: string): ProcedureName {
  if (!Object.hasOwn(PROCEDURES, name))
    throw new CodedError("invalid_input", "There is no such procedure. The view may be of another version: reload it.");
  return name as ProcedureName;
}

/** The checked input of a procedure. Throws `invalid_input` with the field, or `too_large`. */
export function checkInput<Name extends ProcedureName>(name: Name, input: unknown): Input<Name> {
  checkShape(input, charactersMaxOf(name));
  const result = z.safeParse(PROCEDURES[name].input, input);
  if (result.success) return result.data as Input<Name>;
  const issue = result.error.issues[0];
  throw new CodedError("invalid_input", issue === undefined ? "The input breaks the contract." : describeIssue(issue), {
    procedure: name,
    field: issue === undefined ? "" : issue.path.map(String).join("."),
  });
}

const DISK_CODES: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space",
  EROFS: "the disk is read-only",
  EACCES: "the folder may not be read or written by this user",
  EPERM: "the folder may not be read or written by this user",
  EIO: "the disk reports an error",
  EMFILE: "too many files are open",
  EDQUOT: "the disk quota is used up",
};

/** Any thrown value as what a reader may see. `procedure` names where it happened. */
export function shownError(error: unknown, procedure: string): ErrorShape {
  if (error instanceof CodedError) {
    // An unexpected error may name any place of the machine; what is expected names what the person works with.
    const message = error.code === "internal" ? withoutPlaces(error.message) : error.message;
    return { code: error.code, message, ...plainDetail(error.detail) };
  }
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  const disk = Object.hasOwn(DISK_CODES, code) ? DISK_CODES[code] : undefined;
  if (disk !== undefined)
    return { code: "io", message: `Reading or writing failed during ${procedure}: ${disk}, then try again (${code}).` };
  return {
    code: "internal",
    message: `Something inside the console broke during ${procedure}. The terminal that started it has the details.`,
  };
}

function plainDetail(detail: Readonly<Record<string, unknown>> | undefined): {
  detail?: Readonly<Record<string, unknown>>;
} {
  if (detail === undefined) return {};
  try {
    return { detail: JSON.parse(JSON.stringify(detail)) as Record<string, unknown> };
  } catch {
    // A detail that is no JSON is dropped: the message stands on its own.
    return {};
  }
}
