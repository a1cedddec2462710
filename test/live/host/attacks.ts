/**
 * Attempts to leave the realm of strategies, as texts that run inside it.
 *
 * Each is the body of a function with `c` (a run's context), `probe` (look into whatever was got hold of) and `kept` (what survives
 * until the next run). What an attempt throws is looked into as well. `probe` reports what no strategy may have: an object whose
 * prototypes lead to another realm's, a way to make code from a text, an object of Node.
 */

/** Names that lead out where they exist. */
const NAMES = (
  "process require module exports global Buffer fetch WebSocket EventSource XMLHttpRequest setTimeout setInterval setImmediate " +
  "clearTimeout queueMicrotask performance navigator crypto URL TextDecoder TextEncoder MessageChannel MessagePort BroadcastChannel " +
  "Worker Event EventTarget AbortController AbortSignal DOMException Blob File FormData Headers Request Response ReadableStream " +
  "CompressionStream WebAssembly WeakRef FinalizationRegistry ShadowRealm Storage localStorage CustomEvent gc print load d8 " +
  "__dirname __filename"
).split(" ");

/** Calls that fail inside the engine: every error must be the realm's own. */
export const FAILURES: readonly string[] = [
  "null.x",
  "undefined()",
  "missing",
  "new Array(-1)",
  "new ArrayBuffer(-1)",
  "new ArrayBuffer(2 ** 53)",
  "new Uint8Array(2 ** 40)",
  "'x'.repeat(-1)",
  "'x'.repeat(2 ** 30)",
  "(1).toFixed(101)",
  "(1).toString(99)",
  "1n / 0n",
  "2n ** (2n ** 40n)",
  "BigInt(1.5)",
  "Symbol() + ''",
  "decodeURIComponent('%')",
  "encodeURI('\\ud800')",
  "JSON.parse('{')",
  "JSON.stringify(1n)",
  "(() => { const a = {}; a.a = a; JSON.stringify(a); })()",
  "new RegExp('(')",
  "'x'.matchAll(/x/)",
  "new Intl.NumberFormat('no such locale at all')",
  "new Intl.DateTimeFormat('en', { timeZone: 'Nowhere/Else' })",
  "new Intl.ListFormat('en').format([1])",
  "new Intl.PluralRules('en', { type: 'none' })",
  "Intl.getCanonicalLocales('x-')",
  "new Date(NaN).toISOString()",
  "structuredClone(() => 1)",
  "structuredClone(Symbol())",
  "structuredClone(Promise.resolve())",
  "Object.defineProperty(Object.freeze({}), 'a', { value: 1 })",
  "Object.setPrototypeOf(Object.prototype, {})",
  "Reflect.construct(1)",
  "new Proxy(1, {})",
  "(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); proxy.x; })()",
  "Reflect.ownKeys(new Proxy({}, { ownKeys: () => [1] }))",
  "new (class extends null {})()",
  "new (class A { constructor() { this.#p; } #p = (() => { throw new A(); })(); })()",
  "Map()",
  "new WeakMap([[1, 1]])",
  "new Set(5)",
  "Atomics.wait(new Int32Array(8), 0, 0)",
  "Atomics.notify(new Float64Array(1), 0)",
  "new SharedArrayBuffer(-1)",
  "new DataView(new ArrayBuffer(1)).getFloat64(0)",
  "Array.prototype.reduce.call([], () => 0)",
  "[].values().next.call({})",
  "Iterator.from(5)",
  "new Iterator()",
  "(function* () {})().throw(new (class X extends Error {})())",
  "Object.getPrototypeOf(function* () {}).prototype.next.call({})",
  "for (const x of { [Symbol.iterator]: 5 }) x",
  "const [a] = null",
  "new Float16Array(-1)",
  "Uint8Array.fromBase64('!')",
  "'x'.normalize('none')",
  "String.fromCodePoint(-1)",
  "Error.prepareStackTrace = () => 1",
  "Error.stackTraceLimit = 10",
  "globalThis.Error = class {}",
  "Function.prototype.caller",
  "(function () { return arguments.callee; })()",
  "Promise()",
  "new Promise(5)",
  "new AggregateError(5)",
  "new DisposableStack().use(5)",
  "Date()",
  "Date.now()",
  "Math.random()",
  "c.bars(Symbol())",
  "c.roundQuantity('AAA', { valueOf() { throw this; } })",
  "c.openOrders({ toString() { throw this; } })",
  "c.symbols.push(1)",
  "c.now = 1",
];

/** Ways to code from a text. */
const CODE: readonly string[] = [
  "eval",
  "Function",
  "(() => {}).constructor",
  "(async () => {}).constructor",
  "(function* () {}).constructor",
  "(async function* () {}).constructor",
  "c.bars.constructor",
  "c.bars.bind(c).constructor",
  "Object.getPrototypeOf(c.bars).constructor",
  "Reflect.get(Function.prototype, 'constructor')",
  "new Proxy(Function, {})",
  "class extends Function {}",
  "c.heartbeat.constructor",
  "Import.constructor",
  "logosCall.constructor",
];

/** What is done at every depth of a stack that is nearly used up, where a function of the host would throw an error of its own. */
const DEEP: readonly string[] = [
  "new Error('x').stack",
  "null.x",
  "try { null.x } catch (e) { e.stack }",
  "Error.captureStackTrace({})",
  "(() => { const o = {}; Error.captureStackTrace(o); return o.stack; })()",
  "new Error('x', { cause: new Error('y') }).stack",
  "c.heartbeat()",
  "c.random()",
  "c.roundQuantity('AAA', 12.345)",
  "c.minimums('AAA').quantity",
  "c.openOrders('AAA')",
  "new Intl.NumberFormat('en').format(1.5)",
  "JSON.stringify({ a: [1] })",
  "'abc'.replace(/b/, () => 'x')",
  "structuredClone({ a: [1] })",
  "Promise.reject(1).catch(() => 1)",
  "[3, 1, 2].toSorted((a, b) => a - b)",
  "Import('node:fs')",
  "logosCall()",
  "logosThrow()",
  "new Proxy({}, { get() { return new Error('x').stack; } }).x",
  "eval('1')",
  "Reflect.construct(Function, ['return 1'])",
  "new Date(0).toLocaleString('en')",
  "console.log('x')",
];

/** Whole attempts: promises, traps, what a result hands over, and every form of an import. */
const WHOLE: readonly (readonly [name: string, body: string])[] = [
  ["a rejection", "Promise.reject(new Error('r')).catch(probe);"],
  ["a thenable", "Promise.resolve({ then(...a) { a.forEach(probe); a[0](1); } }).then(probe);"],
  ["an awaited thenable", "(async () => { await { then(...a) { a.forEach(probe); a[0](); } }; })();"],
  [
    "a promise's species",
    "class P extends Promise { static get [Symbol.species]() { return function (run) { probe(run); return new " +
      "P(run); }; } } new P((r) => r()).then(probe);",
  ],
  [
    "what makes a promise",
    "class P extends Promise { constructor(run) { super((...a) => { a.forEach(probe); run(...a); }); } } P.resolve(1).then(probe);",
  ],
  [
    "a promise of another's making",
    "const w = Promise.withResolvers(); Object.values(w).forEach(probe); w.reject(new Error('x')); w.promise.catch(probe);",
  ],
  [
    "all that settle",
    "Promise.allSettled([Promise.reject(1), { then(a, b) { probe(a); probe(b); b(2); } }]).then(probe);",
  ],
  [
    "an async generator",
    "(async () => { const g = (async function* () { yield 1; })(); probe(g); probe(await g.next()); await " +
      "g.throw(new Error('x')).catch(probe); })();",
  ],
  [
    "an async loop",
    "(async () => { for await (const x of { [Symbol.asyncIterator]() { probe(this); return { next: async () => ({ " +
      "done: true }) }; } }) probe(x); })();",
  ],
  [
    "a list from an async source",
    "Array.fromAsync({ [Symbol.asyncIterator]() { return { next: async () => { throw new Error('x'); } }; } }).catch(probe);",
  ],
  ["a late promise", "Promise.resolve().then(() => { kept.late = new Error('late'); probe(kept.late.stack); });"],
  ["an error out of an import", "try { Import('node:fs'); } catch (e) { probe(e); }"],
  ["import()", "import('node:fs').then(probe, probe);"],
  ["import() behind a comment", "import/* x */ // y\n ('node:fs').then(probe, probe);"],
  ["import() of a made name", "import(`node:${'fs'}`).then(probe, probe);"],
  ["import() of an object", "import({ toString() { probe(this); throw new Error('t'); } }).catch(probe);"],
  ["import() with options", "import('./x.json', { with: { type: 'json' } }).then(probe, probe);"],
  ["import.meta", "probe(import.meta); for (const k of Reflect.ownKeys(import.meta)) probe(import.meta[k]);"],
  ["import . meta", "probe(import /* x */ . meta);"],
  ["import() in a spread", "probe([...import('node:fs')]);"],
  ["import() deep in a default", "((x = import('node:fs')) => probe(x))();"],
  ["the caller of a trap", "probe((function f() { return f.caller; })());"],
  ["arguments' caller", "probe((() => { 'use strict'; return (function () { return arguments; })().caller; })());"],
  [
    "a getter on the stack",
    "const e = new Error('x'); Object.defineProperty(e, 'name', { get() { probe(this); return 'n'; } }); probe(e.stack);",
  ],
  [
    "a class that writes stacks",
    "class E extends Error { static prepareStackTrace(...a) { a.forEach(probe); return a; } } probe(new E('x').stack);",
  ],
  [
    "writing stacks by definition",
    "Object.defineProperty(Error, 'prepareStackTrace', { value(...a) { a.forEach(probe); } });",
  ],
  [
    "writing stacks for all",
    "Object.prototype.prepareStackTrace = (...a) => a.forEach(probe); probe(new Error('x').stack);",
  ],
  ["an error's frames", "Error.captureStackTrace(kept); probe(kept.stack);"],
  [
    "shared symbols",
    "for (const n of ['nodejs.util.inspect.custom', 'nodejs.util.promisify.custom', 'nodejs.rejection']) " +
      "kept[Symbol.for(n)] = (...a) => { a.forEach(probe); return ''; }; throw kept;",
  ],
  [
    "a clone's hook",
    "for (const s of Object.getOwnPropertySymbols(new Error('x'))) probe(s); structuredClone(Object.assign(new " +
      "Error('x'), { [Symbol('messaging_clone_symbol')]: probe }));",
  ],
  ["this of a sloppy function", "probe(Reflect.apply(function () { return this; }, undefined, []));"],
  ["what the host calls", "kept.this = function () { return this; }; probe(kept.this());"],
  ["a neighbour's last error", "logosThrow();"],
  ["entering again", "probe(logosCall()); probe(logosCall());"],
  ["the global's own", "for (const k of Reflect.ownKeys(globalThis)) probe(globalThis[k]);"],
  ["the global's prototypes", "let p = globalThis; while ((p = Object.getPrototypeOf(p)) !== null) probe(p);"],
  [
    "what is shared in memory",
    "probe(new SharedArrayBuffer(8)); probe(Atomics.wait.call); probe(new Int32Array(new SharedArrayBuffer(8)).buffer);",
  ],
  [
    "a wait that outlives the run",
    "Atomics.waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1).value.then(probe);",
  ],
  [
    "a proxy that is thrown",
    "throw new Proxy({}, { get(t, k, r) { probe(r); return Reflect.get(t, k, r); }, getPrototypeOf(t) { probe(t); " +
      "return Error.prototype; }, set(t, k, v, r) { probe(v); probe(r); return true; } });",
  ],
  [
    "a proxy of an error",
    "throw new Proxy(new Error('x'), { get(t, k, r) { probe(r); if (k === 'stack') return probe; return " +
      "Reflect.get(t, k); }, set() { throw new Error('no'); } });",
  ],
  [
    "an error with getters",
    "throw Object.defineProperties(new Error('x'), { name: { get() { probe(this); return { toString() { " +
      "probe(this); return 'n'; } }; } }, message: { get() { return Symbol('m'); } } });",
  ],
  [
    "an error whose stack is a setter",
    "throw Object.defineProperty(new Error('x'), 'stack', { set(v) { probe(v); probe(this); }, get() { return { " +
      "split: probe, slice: probe }; } });",
  ],
  [
    "something that is no error",
    "throw { toString() { probe(this); return { x: 1 }; }, [Symbol.toPrimitive](h) { probe(h); return {}; } };",
  ],
  [
    "a list with traps",
    "return new Proxy([], { get(t, k, r) { probe(r); return k === 'length' ? 1 : { get symbol() { probe(this); " +
      "return c.symbols[0]; }, quantity: 1 }; }, has(t, k) { probe(t); return Reflect.has(t, k); } });",
  ],
  [
    "orders with getters",
    "return [{ get symbol() { probe(this); return c.symbols[0]; }, get quantity() { return 1; }, get because() { " +
      "return { get text() { probe(this); return 'x'; }, values: new Proxy({}, { ownKeys(t) { probe(t); return " +
      "['a']; }, getOwnPropertyDescriptor: (t, k) => (k === 'a' ? { value: 1, enumerable: true, configurable: true } " +
      ": undefined) }) }; } }];",
  ],
  ["an order as a function", "return [Object.assign(() => 1, { symbol: c.symbols[0], quantity: 1 })];"],
  [
    "a result that is a promise",
    "return Object.assign(Promise.resolve([]), { catch(...a) { a.forEach(probe); return this; } });",
  ],
  [
    "a result of another class",
    "return new (class extends Array { static get [Symbol.species]() { probe(this); return Array; } })();",
  ],
  ["a text as a result", "return Object.assign(new String('x'), { length: 3 });"],
];

const attempt = (name: string, body: string): string => `[${JSON.stringify(name)}, (c, probe, kept) => {\n${body}\n}],`;

const deep = (text: string): string => `
const dive = () => { try { ${text.startsWith("try") ? text : `probe(${text})`} } catch (e) { probe(e); } return dive(); };
try { dive(); } catch (e) { probe(e); }`;

const ATTEMPTS: readonly string[] = [
  ...NAMES.map((name) =>
    attempt(`the name ${name}`, `probe(typeof ${name} === "undefined" ? 0 : { leads: ${name} });`),
  ),
  ...FAILURES.map((text) => attempt(`what fails: ${text}`, `${text};`)),
  ...CODE.map((text) =>
    attempt(
      `code by ${text}`,
      `const F = ${text}; probe({ made: F("return 1") }); probe({ made: new F("return 1") });`,
    ),
  ),
  ...DEEP.map((text) => attempt(`deep: ${text}`, deep(text))),
  ...WHOLE.map(([name, body]) => attempt(name, body)),
];

export const ATTEMPT_COUNT = ATTEMPTS.length;

/** The list of attempts and `probe`, as a script. `found` gets a line for whatever an attempt got hold of and may not have. */
const PROBES = `
const found = new Set();
let doing = "";
const isObject = (one) => (typeof one === "object" && one !== null) || typeof one === "function";
const protoOf = (one) => { try { return Object.getPrototypeOf(one); } catch { return null; } };
const seen = new WeakSet();
function probe(one, depth = 0) {
  if (!isObject(one) || seen.has(one) || depth > 3) return;
  seen.add(one);
  let top = one;
  for (let at = one, steps = 0; at !== null && steps < 20; at = protoOf(at), steps += 1) top = at;
  if (typeof top === "function" || (top !== Object.prototype && protoOf(one) !== null)) found.add(doing + ": an object of another realm");
  for (const key of ["leads", "made"]) if (Object.hasOwn(one, key)) found.add(doing + ": " + key);
  for (const key of ["getBuiltinModule", "binding", "mainModule", "_events", "execArgv"]) {
    try { if (key in one) found.add(doing + ": an object of Node with " + key); } catch {}
  }
  for (const key of Reflect.ownKeys(one)) {
    let descriptor;
    try { descriptor = Reflect.getOwnPropertyDescriptor(one, key); } catch { continue; }
    for (const part of ["value", "get", "set"]) probe(descriptor?.[part], depth + 1);
  }
  probe(protoOf(one), depth + 1);
  try { probe(one.constructor, depth + 1); } catch {}
}
const kept = {};
const attempts = [
${ATTEMPTS.join("\n")}
];
`;

/** Strategies that make the attempts: one by one, each in a run of its own; the run after the last throws what was found. */
export const ATTACKER = `${PROBES}
let at = 0;
export default { defaults: {}, parameters: {}, onTick(c) {
  if (at >= attempts.length) throw new Error(at + " attempts, found " + [...found].join("; ") + ".");
  const [name, run] = attempts[at];
  at += 1;
  doing = name;
  try { return run(c, (one) => probe(one), kept) ?? []; }
  catch (error) { probe(error); throw error; }
} };
`;

/** Some of them as a script for an unprotected context, which answers with what was found. */
export const UNPROTECTED = `${PROBES}
for (const [name, run] of attempts) {
  if (!/^code by c|^deep: try/.test(name)) continue;
  doing = name;
  try { run(given, (one) => probe(one), kept); } catch (error) { probe(error); }
}
[...found].join("; ")
`;
