/** What a trader does with orders and positions: cancel, replace, close, flatten. Each question names what it covers and what follows. */
import { createElement } from "react";
import { ScopeFacts } from "./scope-facts.tsx";
import type { RouterView } from "../../shared/contract/views.ts";
import { ask, useLive } from "../stores/live.ts";
import { notify, question, succeeded, useUi } from "../stores/ui.ts";
import type { Choice, ValueField } from "../stores/ui.ts";
import { formatNumber, plural } from "../lib/format.ts";
import { ALL, EVERYTHING, labelOf, partOptions, scopeOf, valueOf, wholeOf, wholeText } from "./scopes.ts";
import type { WholeOrPart } from "./scopes.ts";
import { errorOf } from "./session-actions.ts";
import { orderLook } from "../lib/status.ts";

const session = () => useLive.getState().streams.session?.session ?? null;

/** Orders of one request; the host takes no more at once. */
const CANCELS_MAX = 2_000;

/** What a question shows of an order, and acts on. */
export type OpenOrder = Pick<
  RouterView["inflight"][string],
  "orderId" | "strategy" | "symbol" | "quantity" | "quantityPrecision" | "state" | "inDoubt"
>;

async function cancelOrders(orders: readonly string[], operator: string) {
  useUi.setState(({ cancelRequested }) => ({ cancelRequested: [...cancelRequested, ...orders] }));
  const answer = await ask("orders.cancel", { orders: [...orders], operator });
  const asked = new Set(orders);
  useUi.setState(({ cancelRequested }) => ({ cancelRequested: cancelRequested.filter((id) => !asked.has(id)) }));
  if (answer.ok) tellCanceled(answer.value);
  return errorOf(answer);
}

function tellCanceled({ canceled, refused, unknown }: { canceled: number; refused: number; unknown: number }): void {
  if (refused + unknown === 0) return notify(`${plural(canceled, "order")} canceled.`);
  const doubt =
    unknown === 0 ? "" : ` The broker has not answered for ${plural(unknown, "order")}; the console is asking.`;
  const kept =
    refused === 0 ? "" : ` ${plural(refused, "cancel")} refused: the order had ended, or the broker kept it working.`;
  notify(`${plural(canceled, "order")} canceled.${kept}${doubt}`, "problem");
}

/** Cancels the orders that the question lists. */
export function askCancel(rows: readonly OpenOrder[]): void {
  const orders = rows.slice(0, CANCELS_MAX);
  if (orders.length === 0) return;
  question({
    title: `Cancel ${plural(orders.length, "order")}?`,
    text: "What has filled stays filled. An order may still fill before the cancel reaches the broker.",
    evidence: {
      columns: ["Order", "Strategy", "Quantity", "State"],
      rows: orders.map((row) => [
        row.orderId,
        row.strategy,
        `${formatNumber(row.quantity, { places: row.quantityPrecision, signed: true })} ${row.symbol}`,
        orderLook(row).word,
      ]),
    },
    verb: `Cancel ${plural(orders.length, "order")}`,
    cancel: "Keep them",
    danger: true,
    urgent: true,
    note: "none",
    run: ({ operator }) =>
      cancelOrders(
        orders.map(({ orderId }) => orderId),
        operator,
      ),
  });
}

function everythingAndParts(): Choice["options"] {
  const open = session();
  if (open === null) return [];
  return [
    { value: EVERYTHING, label: `Everything: ${plural(open.strategies, "strategy", "strategies")}` },
    ...partOptions(open),
  ];
}

/** Cancels every working and waiting order of a scope that is chosen in the question. */
export function askCancelAll(first: WholeOrPart = ALL): void {
  const open = session();
  if (open === null) return;
  question({
    title: `Cancel working orders of ${open.desk}?`,
    text: (choice) => {
      const scope = scopeOf(choice);
      const which = scope === null ? "Every working order" : `Every working order of ${wholeText(scope)}`;
      return `${which} is canceled, and what waits in a queue is dropped. Positions stay, and strategies may send new orders.`;
    },
    choice: { label: "What", options: everythingAndParts(), start: valueOf(first) },
    facts: (choice) => createElement(ScopeFacts, { scope: wholeOf(choice), positions: false }),
    verb: (choice) => {
      const scope = scopeOf(choice);
      return scope === null ? "Cancel all orders" : `Cancel orders of ${labelOf(open, scope)}`;
    },
    cancel: "Keep them",
    danger: true,
    urgent: true,
    note: "none",
    run: async ({ operator, choice }) => {
      const answer = await ask("orders.cancel", { scope: wholeOf(choice), operator });
      if (answer.ok) tellCanceled(answer.value);
      return errorOf(answer);
    },
  });
}

/** Gets out of a scope: halts it, cancels its orders, closes its positions. */
export function askFlatten(first: WholeOrPart = ALL): void {
  const open = session();
  if (open === null) return;
  question({
    title: `Flatten ${open.desk}?`,
    text: (choice) => {
      const scope = scopeOf(choice);
      const what = scope === null ? "The session" : `The ${wholeText(scope)}`;
      return (
        `${what} is halted, its working orders are canceled, and market orders close its positions. ` +
        "It stays halted until an operator resumes it."
      );
    },
    choice: { label: "What", options: everythingAndParts(), start: valueOf(first) },
    facts: (choice) => createElement(ScopeFacts, { scope: wholeOf(choice), positions: true }),
    verb: (choice) => {
      const scope = scopeOf(choice);
      return scope === null ? "Flatten everything" : `Flatten ${labelOf(open, scope)}`;
    },
    cancel: "Cancel",
    danger: true,
    urgent: true,
    note: "optional",
    run: async ({ operator, note, choice }) =>
      errorOf(await ask("positions.flatten", { scope: wholeOf(choice), operator, note })),
  });
}

/** A position that can be closed. */
export interface OpenPosition {
  readonly symbol: string;
  readonly quantity: string;
  readonly quantityPrecision: number;
  /** One owner's position; absent for all of the symbol's. */
  readonly owner?: string;
}

/** Closes a symbol's positions, or one owner's, without halting anything. */
export function askClose({ symbol, quantity, quantityPrecision, owner }: OpenPosition): void {
  const held = formatNumber(quantity, { places: quantityPrecision, signed: true });
  const whose = owner === undefined ? "every strategy's position" : `the position of ${owner}`;
  question({
    title: `Close ${held} ${symbol}${owner === undefined ? "" : ` of ${owner}`}?`,
    text:
      `Orders that work in ${symbol} are canceled, and a market order closes ${whose}. ` +
      "Nothing is halted: a strategy may open the position again at its next run.",
    verb: `Close ${held} ${symbol}`,
    cancel: "Cancel",
    danger: true,
    urgent: true,
    note: "optional",
    run: async ({ operator, note }) => {
      const input = { symbol, operator, note, ...(owner === undefined ? {} : { owner }) };
      return errorOf(await ask("positions.close", input));
    },
  });
}

type Replaceable = RouterView["inflight"][string];

/** A number as a field takes it; null for what is none. */
function numberIn(text: string): number | null {
  const value = Number(text.replaceAll(",", "").replaceAll("−", "-"));
  return text.trim() === "" || !Number.isFinite(value) ? null : value;
}

const FIELDS = { quantity: "Quantity", limitPrice: "Limit price", stopPrice: "Stop price" } as const;

function replaceFields(order: Replaceable): ValueField[] {
  const values = [
    ["quantity", order.quantity],
    ["limitPrice", order.limitPrice],
    ["stopPrice", order.type === "trailing_stop" ? null : order.stopPrice],
  ] as const;
  return values.flatMap(([name, value]) =>
    value === null ? [] : [{ name, label: FIELDS[name], start: String(value) }],
  );
}

/** What the fields change of an order. */
function changesOf(fields: Readonly<Record<string, string>>, starts: readonly ValueField[]): Record<string, number> {
  const changed = starts.filter(({ name, start }) => numberIn(fields[name] ?? "") !== Number(start));
  return Object.fromEntries(changed.map(({ name }) => [name, numberIn(fields[name] ?? "") ?? 0]));
}

/** Replaces the quantity or the prices of one working order. */
export function askReplace(order: Replaceable): void {
  const fields = replaceFields(order);
  const held = formatNumber(order.quantity, { places: order.quantityPrecision, signed: true });
  question({
    title: `Replace ${order.orderId}?`,
    text:
      `${held} ${order.symbol} of ${order.strategy}, ${formatNumber(order.filled, { signed: true })} of it filled. ` +
      "The quantity includes what has filled. If the replace is refused, the order stays unchanged.",
    fields,
    check: (values) => {
      const wrong = fields.find(({ name }) => numberIn(values[name] ?? "") === null);
      if (wrong !== undefined) return `${wrong.label} is not a number.`;
      return Object.keys(changesOf(values, fields)).length === 0 ? "Change a value." : null;
    },
    verb: "Replace order",
    cancel: "Cancel",
    danger: false,
    urgent: true,
    note: "none",
    run: async ({ operator, fields: values }) => {
      const changes = changesOf(values, fields);
      const answer = await ask("order.replace", { replace: order.orderId, operator, ...changes });
      if (answer.ok) notify(`${order.orderId} replaced.`);
      return errorOf(answer);
    },
  });
}

/** Whether an order can be replaced: it works, and no other request for it is under way. */
export const canReplace = ({ state }: Pick<Replaceable, "state">): boolean =>
  state === "accepted" || state === "partially_filled";

/** Opens the order ticket. */
export function openTicket(symbol = ""): void {
  if (session() === null)
    return void succeeded({ ok: false, error: { code: "no_session", message: "No session is open." } });
  useUi.setState((state) => (state.question === null ? { ticket: { symbol }, palette: false } : state));
}
