/**
 * Freezes what code of one realm has in common: the language's own objects and the global names.
 *
 * 1. Afterwards nothing that runs in the realm can change what the realm's own modules call: neither `Array.prototype.map` nor `Math`,
 *    nor a global name.
 * 2. What programs do often and harmlessly still works: an object's own `toString`, an error class with its own `name`.
 * 3. It is done once, before the first strategy is loaded, and cannot be taken back.
 */

/** Names of the language that a strategy has. Everything else that a global scope holds is taken away. */
const KEPT: ReadonlySet<string> = new Set(
  (
    "Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp Error " +
    "AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError globalThis JSON Math Intl " +
    "ArrayBuffer SharedArrayBuffer Atomics DataView Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array " +
    "BigUint64Array BigInt64Array Uint8ClampedArray Float16Array Float32Array Float64Array Map Set WeakMap WeakSet BigInt Iterator " +
    "Proxy Reflect DisposableStack AsyncDisposableStack decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape " +
    "eval isFinite isNaN structuredClone console " +
    // What a realm's own modules put there (`engine.ts`, `realm.ts`).
    "Import logosCall logosThrow"
  ).split(" "),
);

/** What a strategy that was written elsewhere may call; it is not read. */
const PRINTING = ["log", "debug", "info", "warn", "error", "trace", "table", "assert"] as const;

/** Prototypes whose properties an object of one's own may have under the same name. */
const overridable = (scope: Scope): object[] =>
  Object.getOwnPropertyNames(scope)
    .filter((name) => name === "Object" || name === "Function" || name.endsWith("Error"))
    .map((name) => (scope[name] as FunctionConstructor).prototype as object);

type Scope = Record<PropertyKey, unknown>;

/** Objects of the language that no global name leads to. */
function hidden(scope: Scope): object[] {
  const prototypeOf = (value: unknown): object => Object.getPrototypeOf(value) as object;
  const helpers = scope["Iterator"] as {
    from: (what: object) => { map: (call: (value: unknown) => unknown) => object };
  };
  const iterators = [
    [].values(),
    new Map().entries(),
    new Set().entries(),
    ""[Symbol.iterator](),
    "".matchAll(/(?:)/g),
    helpers.from([]).map((value) => value),
    helpers.from({ next: () => ({ done: true }) }),
  ];
  const functions = [function* () {}, async () => {}, async function* () {}];
  // The stack of an error is read and written by two functions that all errors of the realm have in common.
  return [...iterators.map(prototypeOf), ...functions.map(prototypeOf), new Error("none")];
}

const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function";

/** Everything that can be reached from some objects through properties and prototypes; no getter is called. */
function reachable(roots: readonly object[]): Set<object> {
  const seen = new Set<object>(roots);
  const add = (value: unknown): void => {
    if (isObject(value)) seen.add(value);
  };
  for (const object of seen) {
    add(Object.getPrototypeOf(object));
    for (const key of Reflect.ownKeys(object)) {
      const { value, get, set } = Reflect.getOwnPropertyDescriptor(object, key) ?? {};
      add(value);
      add(get);
      add(set);
    }
  }
  return seen;
}

/**
 * Lets objects that inherit a frozen property have one of their own by mere assignment, which the language would refuse: a class
 * that says `this.name = "NoBars"` is no attack.
 */
function allowOwn(prototype: object): void {
  for (const [name, { value, configurable }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (configurable !== true || value === undefined) continue;
    const given: unknown = value;
    Object.defineProperty(prototype, name, {
      get: () => given,
      set(this: object, own: unknown) {
        if (this === prototype) throw new TypeError(`A strategy cannot change ${name} for all strategies.`);
        Object.defineProperty(this, name, { value: own, writable: true, enumerable: true, configurable: true });
      },
    });
  }
}

/** Takes away the names that are not the language's own, and freezes the rest with everything behind it. */
export function freezeShared(scope: Scope): void {
  for (const name of Object.getOwnPropertyNames(scope))
    if (!KEPT.has(name)) delete scope[name];
    // A name that Node fills when it is first used has to be filled now.
    else Object.defineProperty(scope, name, { value: scope[name] });
  // What Node prints with is its own affair, and a strategy's words go nowhere.
  scope["console"] = Object.fromEntries(PRINTING.map((name) => [name, () => undefined]));
  // Cutting texts takes the longest to get ready of all, and its parts are reached by no other way than by using it.
  Reflect.deleteProperty(Intl, "Segmenter");
  // What a match leaves behind on the constructor is common to all, too.
  for (const name of Object.getOwnPropertyNames(RegExp))
    if (Object.getOwnPropertyDescriptor(RegExp, name)?.get !== undefined) Reflect.deleteProperty(RegExp, name);
  for (const prototype of overridable(scope)) allowOwn(prototype);
  for (const object of reachable([scope, ...hidden(scope)])) Object.freeze(object);
}
