/**
 * `structuredClone` for strategies: a copy of plain data, made by the language alone.
 *
 * 1. Copies what a strategy may hold: primitives, arrays, plain objects, dates, maps, sets, buffers and arrays of numbers, errors.
 *    Objects that occur twice occur twice in the copy, too, also in a circle.
 * 2. Anything else (a function, a symbol, a promise, a proxy of one) is an error of the strategy's own realm.
 */

const NUMBER_ARRAYS: readonly (new (buffer: ArrayBuffer, offset: number, length: number) => object)[] = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

function refuse(value: unknown): never {
  throw new TypeError(`DataCloneError: a ${typeof value} cannot be copied`);
}

function entriesInto(target: object, source: object, copy: (value: unknown) => unknown): void {
  for (const [name, value] of Object.entries(source))
    Object.defineProperty(target, name, { value: copy(value), writable: true, enumerable: true, configurable: true });
}

function copyBuffer(source: ArrayBufferView, copy: (value: unknown) => unknown): object {
  const buffer = copy(source.buffer) as ArrayBuffer;
  if (source instanceof DataView) return new DataView(buffer, source.byteOffset, source.byteLength);
  const Numbers = NUMBER_ARRAYS.find((one) => source instanceof one);
  if (Numbers === undefined) return refuse(source);
  return new Numbers(buffer, source.byteOffset, (source as unknown as { readonly length: number }).length);
}

function copyOf(value: unknown, seen: Map<object, object>): unknown {
  if (typeof value === "function" || typeof value === "symbol") return refuse(value);
  if (typeof value !== "object" || value === null) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  const copy = (one: unknown): unknown => copyOf(one, seen);
  const keep = <Made extends object>(made: Made): Made => {
    seen.set(value, made);
    return made;
  };
  if (Array.isArray(value)) {
    const made = keep<unknown[]>([]);
    made.length = value.length;
    entriesInto(made, value, copy);
    return made;
  }
  if (value instanceof Date) return keep(new Date(value.getTime()));
  if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
  if (value instanceof ArrayBuffer) return keep(value.slice(0));
  if (ArrayBuffer.isView(value)) return keep(copyBuffer(value, copy));
  if (value instanceof Map) {
    const made = keep(new Map<unknown, unknown>());
    for (const [key, one] of value) made.set(copy(key), copy(one));
    return made;
  }
  if (value instanceof Set) {
    const made = keep(new Set<unknown>());
    for (const one of value) made.add(copy(one));
    return made;
  }
  if (value instanceof Error) return keep(new Error(value.message));
  if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet) return refuse(value);
  const made = keep({});
  entriesInto(made, value, copy);
  return made;
}

/** A deep copy of plain data. Throws a TypeError for what has none. */
export function cloneOf(value: unknown): unknown {
  return copyOf(value, new Map());
}
