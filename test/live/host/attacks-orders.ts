/**
 * Attempts through what a strategy gives and gets: orders, cancels, replaces, baskets, brackets and states that are not what they
 * seem, and hooks that throw, wait and keep what they were given.
 *
 * 1. Each is the body of one hook, with `c` (a run's context), `what` (the fill or the update) and `kept` (what survives until the next
 *    run); `AAA` is its symbol. `is` says what its own run comes to: its outcome, its message, and its orders as JSON.
 */

export type Hook = "onTick" | "onOrder" | "onFill" | "save";

export interface OrderAttack {
  readonly name: string;
  readonly hook: Hook;
  readonly body: string;
  readonly is: RegExp;
}

const tick = (name: string, body: string, is: RegExp): OrderAttack => ({ name, hook: "onTick", body, is });
const order = (name: string, body: string, is: RegExp): OrderAttack => ({ name, hook: "onOrder", body, is });

/** What is read once may be something else the next time. */
const CHANGING: readonly OrderAttack[] = [
  tick(
    "a symbol that is another one when it is sent",
    "let n = 0; return [{ get symbol() { n += 1; return n < 4 ? 'AAA' : 'ZZZ'; }, quantity: 1 }];",
    /^bad_result .*symbol is "ZZZ"/,
  ),
  tick(
    "a quantity that grows",
    "let n = 0; return [{ symbol: 'AAA', get quantity() { n += 1; return n > 1 ? NaN : 1; } }];",
    /^bad_result .*quantity/,
  ),
  tick(
    "an order that is written as another one",
    "return [{ symbol: 'AAA', quantity: 1, toJSON: () => ({ symbol: 'ZZZ', quantity: 1e9 }) }];",
    /^bad_result .*(symbol is "ZZZ"|toJSON)/,
  ),
  tick(
    "an order that is written as nothing",
    "return [{ symbol: 'AAA', quantity: 1, toJSON: () => undefined }];",
    /^bad_result /,
  ),
  tick(
    "a proxy for an order",
    "return [new Proxy({ symbol: 'AAA', quantity: 1 }, { get: (t, k) => (k === 'basket' ? { toJSON: () => 'b' } : t[k]), " +
      "has: () => true, ownKeys: (t) => ['basket', ...Reflect.ownKeys(t)], " +
      "getOwnPropertyDescriptor: (t, k) => ({ value: t[k], enumerable: true, configurable: true, writable: true }) })];",
    /^bad_result .*basket/,
  ),
  tick(
    "a proxy that was revoked",
    "const { proxy, revoke } = Proxy.revocable([], {}); revoke(); return proxy;",
    /^bad_result /,
  ),
  tick(
    "a list that says another length each time",
    "let n = 0; const one = { symbol: 'AAA', quantity: 1 }; return new Proxy([], { get: (t, k) => (k === 'length' ? (n += 1) * 3 " +
      ": k === '0' ? one : t[k]) });",
    /^bad_result .*order 2/,
  ),
  tick(
    "a list of another class with iterators of its own",
    "return new (class extends Array { *[Symbol.iterator]() { for (;;) yield { cancelAll: true }; } get map() { throw 1; } })();",
    /^ok {2}\[\]$/,
  ),
];

/** Fields that are no plain values. */
const FIELDS: readonly OrderAttack[] = [
  tick(
    "a quantity by toPrimitive",
    "return [{ symbol: 'AAA', quantity: { [Symbol.toPrimitive]: () => 5, toJSON: () => 5 } }];",
    /^bad_result .*quantity/,
  ),
  tick("a quantity of big numbers", "return [{ symbol: 'AAA', quantity: 5n }];", /^bad_result .*quantity/),
  tick("a quantity in a box", "return [{ symbol: 'AAA', quantity: new Number(5) }];", /^bad_result .*quantity/),
  tick("a symbol in a box", "return [{ symbol: new String('AAA'), quantity: 1 }];", /^bad_result .*symbol is/),
  tick(
    "a basket that is written as a name",
    "return [{ symbol: 'AAA', quantity: 1, basket: { toJSON: () => 'b', toString: () => 'b' } }];",
    /^bad_result .*basket/,
  ),
  tick(
    "a basket of another prototype",
    "return [{ symbol: 'AAA', quantity: 1, basket: Object.setPrototypeOf(['b'], String.prototype) }];",
    /^bad_result .*basket/,
  ),
  tick(
    "a symbol named __proto__",
    "return [{ symbol: '__proto__', quantity: 1 }];",
    /^bad_result .*symbol is "__proto__"/,
  ),
  tick(
    "an order whose prototype is its order",
    "return [{ __proto__: { symbol: 'AAA', quantity: 1 } }];",
    /^(bad_result |ok {2}\[\{"symbol":"AAA","quantity":1,)/,
  ),
  tick(
    "a prototype read from JSON",
    `return [JSON.parse('{"symbol":"AAA","quantity":1,"__proto__":{"basket":"b","cancelAll":true}}')];`,
    /^bad_result .*__proto__/,
  ),
  tick(
    "reasons with the language's own names",
    `return [{ symbol: 'AAA', quantity: 1, because: JSON.parse('{"text":"x","values":{"__proto__":1,"constructor":2}}') }];`,
    /^ok {2}\[.*"values":\{"constructor":2\}/,
  ),
  tick(
    "reasons that are read one by one",
    "return [{ symbol: 'AAA', quantity: 1, because: { text: 'x', values: new Proxy({}, { ownKeys: () => Array.from({ length: 1e5 }, " +
      "(_, i) => 'k' + i), getOwnPropertyDescriptor: () => ({ value: 'v', enumerable: true, configurable: true }) }) } }];",
    /^ok /,
  ),
  tick(
    "a bracket with a getter for a child",
    "const error = Object.defineProperty(new Error('s'), 'message', { get() { throw 1; } }); " +
      "return [{ symbol: 'AAA', quantity: 1, attach: { get stop() { throw error; } } }];",
    /^bad_result .*cannot be read/,
  ),
  tick(
    "a bracket within a bracket",
    "const a = { stopPrice: 1 }; a.attach = { stop: a }; return [{ symbol: 'AAA', quantity: 1, attach: { stop: a } }];",
    /^bad_result .*attach/,
  ),
];

/** More than a run may ask for. */
const MUCH: readonly OrderAttack[] = [
  tick(
    "a list of four thousand million cancels",
    "return Object.assign([], { length: 2 ** 32 - 1 });",
    /^bad_result too_many_orders/,
  ),
  tick(
    "cancels, one too many",
    "return Array.from({ length: 1_001 }, () => ({ cancel: 'a' }));",
    /^bad_result too_many_orders/,
  ),
  tick(
    "as many cancels as there may be",
    "return Array.from({ length: 1_000 }, () => ({ cancel: 'a'.repeat(200) }));",
    /^ok /,
  ),
  tick("a cancel of a name too long", "return [{ cancel: 'a'.repeat(201) }];", /^bad_result .*cancel is/),
  tick("holes in place of orders", "return new Array(3);", /^bad_result .*order 1: it is undefined/),
  tick(
    "a basket name of a million letters",
    "return [{ symbol: 'AAA', quantity: 1, basket: 'b'.repeat(1e6) }];",
    /^bad_result .*basket/,
  ),
];

/** What is no list at all, and may come later. */
const LATER: readonly OrderAttack[] = [
  tick(
    "a thenable",
    "return { then(done) { done([{ symbol: 'AAA', quantity: 1 }]); } };",
    /^bad_result .*list of orders/,
  ),
  tick(
    "a list that is a thenable, too",
    "return Object.assign([], { then(done) { done([{ symbol: 'AAA', quantity: 1 }]); } });",
    /^ok {2}\[\]$/,
  ),
  tick(
    "a generator",
    "return (function* () { yield { symbol: 'AAA', quantity: 1 }; })();",
    /^bad_result .*list of orders/,
  ),
  tick("an async generator", "return (async function* () { for (;;) yield 1; })();", /^bad_result .*list of orders/),
  tick(
    "orders that are added behind the answer",
    "const late = []; Promise.resolve().then(() => late.push({ symbol: 'AAA', quantity: 1 })); return late;",
    /^ok {2}\[\]$/,
  ),
];

const HOSTILE_ERROR =
  "Object.defineProperties(new Error('x'), { message: { get() { return { toString() { throw this; } }; } }, " +
  "stack: { get() { throw new RangeError('s'); }, set() { throw 1; } }, name: { get() { return 'n'.repeat(1e6); } }, " +
  "cause: { get() { throw 2; } } })";

const HOOKS: readonly OrderAttack[] = [
  order(
    "an error with getters out of onOrder",
    `throw ${HOSTILE_ERROR};`,
    /^threw something that cannot even be shown/,
  ),
  order("no error at all out of onOrder", "throw null;", /^threw null/),
  order(
    "an error whose name never ends out of onOrder",
    "throw Object.defineProperty(new Error('x'), 'name', { get() { return this.name; } });",
    /^threw something that cannot even be shown/,
  ),
  order(
    "a hook that waits",
    "return (async () => { await null; throw new Error('later'); })();",
    /^threw a promise was rejected .*later/,
  ),
  order(
    "a hook that fails as a thenable",
    "Promise.resolve({ then() { throw new Error('then'); } });",
    /^threw a promise was rejected .*then/,
  ),
  order("a hook that generates", "return (function* () { for (;;) yield 1; })();", /^ok /),
  order(
    "an update that is changed and kept",
    "what.state = 'filled'; what.symbol = 'ZZZ'; kept.update = Object.freeze(what); Object.setPrototypeOf(c.openOrders(), null);",
    /^ok /,
  ),
  { name: "a fill that is changed", hook: "onFill", body: "what.quantity = 1e9; delete what.symbol;", is: /^ok / },
  {
    name: "a fill's hook that throws an error with getters",
    hook: "onFill",
    body: `throw ${HOSTILE_ERROR};`,
    is: /^threw something that cannot even be shown/,
  },
  {
    name: "a state that throws when it is written",
    hook: "save",
    body: `return { toJSON() { throw ${HOSTILE_ERROR}; } };`,
    is: /^threw save: /,
  },
  { name: "a state that is a function", hook: "save", body: "return () => 1;", is: /^ok / },
  {
    name: "a state too long",
    hook: "save",
    body: "return 'x'.repeat(70_000);",
    is: /^bad_result save gave 70002 characters/,
  },
  {
    name: "a state by a getter",
    hook: "save",
    body: "return { get a() { for (const k in c) delete c[k]; return 1; } };",
    is: /^threw save: /,
  },
];

export const ORDER_ATTACKS: readonly OrderAttack[] = [...CHANGING, ...FIELDS, ...MUCH, ...LATER, ...HOOKS];

/** A strategy that makes one of them in each run, in the list's order. */
export const ORDER_ATTACKER = `
const kept = {};
const attacks = [
${ORDER_ATTACKS.map(({ hook, body }) => `{ hook: ${JSON.stringify(hook)}, run: (c, what) => {\n${body}\n} },`).join("\n")}
];
let at = -1;
let context = null;
const go = (hook, what) => (attacks[at]?.hook === hook ? attacks[at].run(context, what) : undefined);
export default { defaults: {}, parameters: {},
  onFill(fill, c) { at += 1; context = c; return go("onFill", fill); },
  onOrder(update, c) { context = c; return go("onOrder", update); },
  onTick(c) { context = c; return go("onTick") ?? []; },
  save() { return go("save"); },
};
`;
