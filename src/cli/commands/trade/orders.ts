/**
 * `logos orders` and `logos positions`: what a session ordered, what works and waits, and who holds what.
 *
 * 1. They read the journal and change nothing; a running session is not asked.
 */
import { formatMoment, type Moment } from "../../../shared/time.ts";
import type { OrderRow } from "../../../shared/contract/views.ts";
import { findSession, workspaceAt } from "../../../store/index.ts";
import { readOrders, readPositions } from "../../common/past-orders.ts";
import type { AddCommand, Context } from "../../common/context.ts";

interface Options {
  readonly session?: string;
  readonly working?: boolean;
  readonly all?: boolean;
}

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

function orders({ output, workspace }: Context, { session = "latest", working = false }: Options): number {
  const files = findSession(workspaceAt(workspace), session);
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

function positions({ output, workspace }: Context, { session = "latest", all = false }: Options): number {
  const files = findSession(workspaceAt(workspace), session);
  const rows = readPositions(files, all);
  if (output.json) output.value({ id: files.id, positions: rows });
  else
    output.table(rows, [
      { title: "owner", of: (row) => row.owner },
      { title: "symbol", of: (row) => row.symbol },
      { title: "quantity", of: (row) => row.quantity, right: true },
      { title: "average price", of: (row) => row.averagePrice, right: true },
      { title: "realized", of: (row) => row.realized, right: true },
      { title: "fees", of: (row) => row.fees, right: true },
      { title: "currency", of: (row) => row.currency },
    ]);
  return 0;
}

export function addOrdersCommands(add: AddCommand): void {
  add<Options>(
    "orders",
    "List a session's orders with their terms and states, and what waits for its rate window.",
    (command) => {
      command
        .option("--session <id>", "which session; the newest when absent")
        .option("--working", "only those that have not ended");
    },
    "logos orders --working",
    orders,
  );
  add<Options>(
    "positions",
    "List who holds what, at which average price, with what was realized and paid in fees.",
    (command) => {
      command.option("--session <id>", "which session; the newest when absent").option("--all", "flat ones, too");
    },
    "logos positions --json",
    positions,
  );
}
