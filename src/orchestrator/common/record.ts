/**
 * Plain records whose keys come from outside.
 *
 * 1. Every text is an ordinary key, `__proto__` too: nothing that is put in reaches a prototype.
 */

/** Sets an own property, whatever its name. */
export function put<T>(target: Record<string, T>, key: string, value: T): void {
  if (key === "__proto__")
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  else target[key] = value;
}

/** An object with these properties, in this order. */
export function record<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  const target: Record<string, T> = {};
  for (const [key, value] of entries) put(target, key, value);
  return target;
}
