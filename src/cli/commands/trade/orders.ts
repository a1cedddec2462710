/**
 * `logos orders` and `logos positions`: what a session ordered, what works and waits, and who holds what.
 *
 * 1. They read the journal and change nothing; a running session is not asked.
 * 2. The tables round money and average prices; `--json` has every digit.
 */
import { decimal } from "../../../shared/decimal.ts";
import { formatMoment, type Moment } from "../../../shared/time.ts";
import type { OrderRow } from "../../../shared/contract/views.ts";
import { findSession, workspaceAt } from "../../../store/index.ts";
import { money } from "../../common/figures.ts";
import { readOrders, readPositions } from "../../common/past-orders.ts";
import type { AddCommand, Context } from "../../common/context.ts";
import { addSessionOption, sessionOf, type SessionOption } from "../../common/options.ts";

interface Options extends SessionOption {
  readonly working?: boolean;
  readonly all?: boolean;
}

/** Places of an average price: more than any price has, and few enough to be read. */
const AVERAGE_PLACES = 6;

const averageOf = (exact: string): string => decimal(exact).toDecimalPlaces(AVERAGE_PLACES).toFixed();

const timeOf = (at: number): string => formatMoment(at as Moment);

function termsText({
  type,
  limitPrice,
  stopPrice,
  trail,
  timeInForce,
  expiresAt,
  reduceOnly,
  postOnly,
}: OrderRow): string {
  const parts = [
    type,
    limitPrice === null ? "" : `at ${limitPrice}`,
    stopPrice === null ? "" : `stop ${stopPrice}`,
    trail === null ? "" : `trail ${trail}`,
    timeInForce === "gtc" ? "" : timeInForce,
    expiresAt === null ? "" : `until ${timeOf(expiresAt)}`,
    postOnly ? "post-only" : "",
    reduceOnly ? "reduce-only" : "",
  ];
  return parts.filter((part) => part !== "").join(" ");
}

function orders({ output, workspace }: Context, options: Options, words: readonly string[]): number {
  const { working = false } = options;
  const files = findSession(workspaceAt(workspace), sessionOf(options, words[0]));
  const list = readOrders(files, working);
  if (output.json) {
    output.value({ id: files.id, ...list });
    return 0;
  }
  output.table(list.orders, [
    { title: "order", of: (row) => row.orderId },
    { title: "client id", of: (row) => row.clientOrderId },
    { title: "placed", of: (row) => timeOf(row.at) },
    { title: "strategy", of: (row) => row.strategy },
    { title: "symbol", of: (row) => row.symbol },
    { title: "quantity", of: (row) => String(row.quantity), right: true },
    { title: "filled", of: (row) => row.filled, right: true },
    { title: "terms", of: termsText },
    { title: "state", of: (row) => row.state },
    { title: "reason", of: (row) => row.reason },
  ]);
  for (const { queue, strategy, at, until, orders: waiting, replaces } of list.queued) {
    const what = waiting.map(({ clientOrderId, symbol, quantity }) => `${clientOrderId} ${quantity} ${symbol}`);
    const about = replaces === null ? what.join(", ") : `a replace of ${replaces}`;
    output.line(`${queue}  queued since ${timeOf(at)} until ${timeOf(until)}  ${strategy}  ${about}`);
  }
  return 0;
}

function positions({ output, workspace }: Context, options: Options, words: readonly string[]): number {
  const { all = false } = options;
  const files = findSession(workspaceAt(workspace), sessionOf(options, words[0]));
  const rows = readPositions(files, all);
  if (output.json) output.value({ id: files.id, positions: rows });
  else
    output.table(rows, [
      { title: "owner", of: (row) => row.owner },
      { title: "symbol", of: (row) => row.symbol },
      { title: "quantity", of: (row) => row.quantity, right: true },
      { title: "average price", of: (row) => averageOf(row.averagePrice), right: true },
      { title: "realized", of: (row) => money(row.realized), right: true },
      { title: "fees", of: (row) => money(row.fees), right: true },
      { title: "currency", of: (row) => row.currency },
    ]);
  return 0;
}

export function addOrdersCommands(add: AddCommand): void {
  add<Options>(
    "orders [session]",
    "List a session's orders with their terms and states, and what waits for its rate window.",
    (command) => {
      addSessionOption(command).option("--working", "only those that have not ended");
    },
    "logos orders --working",
    orders,
  );
  add<Options>(
    "positions [session]",
    "List who holds what, at which average price, with what was realized and paid in fees.",
    (command) => {
      addSessionOption(command).option("--all", "flat ones, too");
    },
    "logos positions --json",
    positions,
  );
}
