/**
 * Who trades on a simulated day beside the built-in strategies: one that asks for every kind of order, and an operator.
 *
 * 1. The strategy draws from its own stream, so a day without its hostile neighbors has the same requests.
 * 2. What the operator does is drawn with the day. Nothing that halts the whole session is drawn where the feed has holes: a breaker
 *    that finds the gate shut does not halt, and the trial could not say whether it should have.
 */
import type { LiveSession } from "../../../src/live/session/index.ts";
import { CodedError } from "../../../src/shared/errors.ts";
import type { Random } from "../../../src/shared/ports.ts";
import type { Scope } from "../../../src/shared/scope.ts";

export const TRADER = "trader";
export const TRADER_FILE = "trader.ts";

/** As a file of the strategies folder. */
export const TRADER_TEXT = `
interface Memory { readonly asked: number; readonly updates: number }
let memory: Memory = { asked: 0, updates: 0 };
const because = { text: "drawn", values: {} };
const cents = (price: number): number => Math.round(price * 100) / 100;

function drawn(context: any, kind: string, id: string): any[] {
  const symbol = context.symbols[Math.floor(context.random() * context.symbols.length)];
  const mark = context.mark(symbol);
  const side = context.random() < 0.5 ? 1 : -1;
  const size = Math.ceil(context.random() * 5);
  const quantity = side * size;
  const away = 0.0002 + 0.0015 * context.random();
  const near = cents(mark * (1 - side * away));
  const beyond = cents(mark * (1 + side * away));
  const base = { symbol, quantity, because, clientOrderId: id };
  const earlier = String(Math.max(1, memory.asked - Math.floor(context.random() * 12)));
  switch (kind) {
    case "market": return [base];
    case "limit": return [{ ...base, limitPrice: near }];
    case "crossing": return [{ ...base, limitPrice: beyond, timeInForce: "ioc" }];
    case "fok": return [{ ...base, limitPrice: beyond, timeInForce: "fok" }];
    case "day": return [{ ...base, limitPrice: near, timeInForce: "day" }];
    case "gtd": return [{ ...base, limitPrice: near, timeInForce: "gtd", expiresAt: context.now + 45_000_000 }];
    case "post": return [{ ...base, limitPrice: context.random() < 0.7 ? near : beyond, postOnly: true }];
    case "stop": return [{ ...base, type: "stop", stopPrice: beyond }];
    case "stop_limit": return [{
      ...base, type: "stop_limit", stopPrice: beyond, limitPrice: cents(beyond * (1 + side * 0.0004)) }];
    case "trail": return [{
      ...base, type: "trailing_stop", trail: context.random() < 0.5 ? { amount: cents(mark * away) } : { percent: 0.1 } }];
    case "bracket": {
      const attach = {
        stop: { stopPrice: cents(near * (1 - side * 0.002)) }, target: { limitPrice: cents(near * (1 + side * 0.001)) } };
      return [{ ...base, limitPrice: near, attach }];
    }
    case "oco": return [{ ...base, limitPrice: near, oco: id }, {
      ...base, type: "stop", stopPrice: beyond, oco: id, clientOrderId: id + ".b" }];
    case "basket": return context.symbols.slice(0, 2).map((one: string, index: number) => ({
      ...base, symbol: one, quantity: index === 0 ? size : -size, basket: id, clientOrderId: id + "." + one }));
    case "reduce": {
      const held = context.position(symbol);
      return [{ ...base, quantity: held > 0 ? -size : size, reduceOnly: true }];
    }
    case "cancel": return [{ cancel: earlier }];
    case "replace": return [{ replace: earlier, limitPrice: near }];
    case "resize": return [{ replace: earlier, quantity: 6 * side }];
    default: return [{ cancelAll: true, symbol }];
  }
}

const KINDS = ["market", "limit", "limit", "crossing", "fok", "day", "gtd", "post", "stop", "stop_limit", "trail", "bracket", "bracket",
  "oco", "basket", "reduce", "cancel", "cancel", "replace", "replace", "resize", "all"];

export default {
  defaults: {},
  parameters: {},
  onStart() { memory = { asked: 0, updates: 0 }; },
  onOrder() { memory = { ...memory, updates: memory.updates + 1 }; },
  onTick(context: any) {
    const asked: any[] = [];
    if (context.symbols.some((symbol: string) => context.mark(symbol) === undefined)) return [];
    for (let count = Math.floor(context.random() * 3); count >= 0; count -= 1) {
      memory = { ...memory, asked: memory.asked + 1 };
      const kind = KINDS[Math.floor(context.random() * KINDS.length)] as string;
      asked.push(...drawn(context, kind, String(memory.asked)));
    }
    return asked;
  },
  save: (): Memory => memory,
  load(state: Memory) { memory = state; },
};
`;

/** What an operator does at a start, by name. */
export const DEEDS = [
  "cancel one",
  "cancel symbol",
  "cancel strategy",
  "cancel all",
  "replace",
  "ticket",
  "close symbol",
  "close owner",
  "flatten symbol",
  "flatten strategy",
  "halt",
  "halt and cancel",
  "halt and flatten",
  "flatten all",
] as const;
export type Deed = (typeof DEEDS)[number];
const HALTING: ReadonlySet<Deed> = new Set(["halt", "halt and cancel", "halt and flatten", "flatten all"]);

/** Up to two deeds of a start. */
export function drawDeeds(stream: Random, mayHalt: boolean): Deed[] {
  const possible = DEEDS.filter((deed) => mayHalt || !HALTING.has(deed));
  return Array.from({ length: Math.floor(stream.next() * 3) }, () => {
    return possible[Math.floor(stream.next() * possible.length)] as Deed;
  });
}

const OPERATOR = { operator: "trial", note: "by the trial" } as const;
const SYMBOL: Scope = { kind: "symbol", name: "AAA" };
const STRATEGY: Scope = { kind: "strategy", name: TRADER };
const ALL = { kind: "all", name: "all" } as const;

/** Does one deed on a session whose loop does not run yet. A refusal with a code is an answer. */
export async function carryOut(session: LiveSession, deed: Deed): Promise<void> {
  const { operator } = OPERATOR;
  const { orders } = session.probe().router;
  const flatten = (scope: Scope | typeof ALL, shutsGate: boolean, owner?: string): Promise<string> =>
    session.flatten({ scope, shutsGate, ...OPERATOR, ...(owner === undefined ? {} : { owner }) });
  const resting = orders.find(({ limitPrice, parentId }) => limitPrice !== null && parentId === null);
  try {
    if (deed === "cancel one") await session.cancelOrder(orders[0]?.orderId ?? "nothing", operator);
    else if (deed === "cancel symbol") await session.cancelOrders(SYMBOL, operator);
    else if (deed === "cancel strategy") await session.cancelOrders(STRATEGY, operator);
    else if (deed === "cancel all") await session.cancelOrders(ALL, operator);
    else if (deed === "replace") await session.replaceOrder(nearer(resting), operator);
    else if (deed === "ticket") await session.placeOrder({ symbol: "BBB", quantity: 2 }, operator);
    else if (deed === "close symbol") await flatten(SYMBOL, false);
    else if (deed === "close owner") await flatten(SYMBOL, false, TRADER);
    else if (deed === "flatten symbol") await flatten(SYMBOL, true);
    else if (deed === "flatten strategy") await flatten(STRATEGY, true);
    else if (deed === "flatten all") await flatten(ALL, true);
    else if (deed === "halt") session.halt(OPERATOR);
    else session.halt({ ...OPERATOR, also: deed === "halt and cancel" ? "cancel" : "flatten" });
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
  }
}

function nearer(order: { readonly orderId: string; readonly limitPrice: number | null } | undefined) {
  const limitPrice = Math.round((order?.limitPrice ?? 1) * 100 + 1) / 100;
  return { replace: order?.orderId ?? "nothing", limitPrice };
}

/** Takes back what a flatten of a part has halted, as an operator would. */
export function releaseScopes(session: LiveSession): void {
  for (const scope of [SYMBOL, STRATEGY])
    try {
      session.resume({ ...OPERATOR, scope });
    } catch (error) {
      // It was not halted.
      if (!(error instanceof CodedError)) throw error;
    }
}
