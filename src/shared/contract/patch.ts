/**
 * The difference between two projections, so that a stream sends what changed and not the whole.
 *
 * 1. `applyPatch(before, diff(before, after))` equals `after`, for every pair of JSON objects.
 * 2. What is the same object in both is not looked into: projections keep the identity of what did not change.
 * 3. Arrays are replaced whole; a table that changes by rows is a record keyed by the row's id.
 * 4. Keys are own keys only; `__proto__` is a key like any other and never a prototype.
 */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export interface JsonObject {
  readonly [key: string]: Json;
}

/** `s`: keys set to a value; `d`: keys deleted; `c`: keys whose object changed inside. Absent parts are empty. */
export interface Patch {
  readonly s?: JsonObject;
  readonly d?: readonly string[];
  readonly c?: { readonly [key: string]: Patch };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}

function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__")
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}

/** What turns `before` into `after`; null when they are equal. */
export function diff(before: JsonObject, after: JsonObject): Patch | null {
  if (before === after) return null;
  const set: Record<string, Json> = {};
  const changed: Record<string, Patch> = {};
  let sets = 0;
  let changes = 0;
  for (const key of Object.keys(after)) {
    const next = after[key] as Json;
    const had = Object.hasOwn(before, key);
    const previous = had ? before[key] : undefined;
    if (had && previous === next) continue;
    if (isObject(previous) && isObject(next)) {
      const inner = diff(previous, next);
      if (inner !== null) {
        define(changed, key, inner);
        changes += 1;
      }
    } else if (!had || !same(previous, next)) {
      define(set, key, next);
      sets += 1;
    }
  }
  const dropped = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  if (sets === 0 && changes === 0 && dropped.length === 0) return null;
  return {
    ...(sets > 0 ? { s: set } : {}),
    ...(dropped.length > 0 ? { d: dropped } : {}),
    ...(changes > 0 ? { c: changed } : {}),
  };
}

/** A new object with the patch applied; untouched parts keep their identity. Throws when the patch does not fit `before`. */
export function applyPatch(before: JsonObject, patch: Patch): JsonObject {
  const result: Record<string, Json> = {};
  const dropped = patch.d === undefined ? null : new Set(patch.d);
  for (const key of Object.keys(before)) if (dropped === null || !dropped.has(key)) define(result, key, before[key]);
  for (const [key, inner] of Object.entries(patch.c ?? {})) {
    const value = Object.hasOwn(before, key) ? before[key] : undefined;
    if (!isObject(value))
      throw new Error(`A change names "${key}", which is no object in the projection that it is for.`);
    define(result, key, applyPatch(value, inner));
  }
  for (const [key, value] of Object.entries(patch.s ?? {})) define(result, key, value);
  return result;
}
