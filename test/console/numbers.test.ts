/**
 * Numbers that the views show, recomputed from the files of the folder: two ways to the same figure, one of them without our code.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import { decimal, plain, ZERO } from "../../src/shared/decimal.ts";
import type { StreamName } from "../../src/shared/contract/contract.ts";
import { place, readerOf } from "./sim/hosts.ts";
import type { Reader } from "./sim/reader.ts";

const STREAMS: readonly StreamName[] = [
  "session",
  "sessions",
  "desk",
  "orders",
  "positions",
  "rejections",
  "metrics",
  "schedule",
];

type Line = Readonly<Record<string, string>>;

let reader: Reader;
let id = "";
let orders: readonly Line[];
let fills: readonly Line[];
let curve: readonly Line[];
let lines: readonly Readonly<Record<string, number>>[];

const first = <T>(list: readonly T[]): T => list[0] as T;
const last = <T>(list: readonly T[]): T => list.at(-1) as T;
const sum = (texts: Iterable<string>): string => plain([...texts].reduce((all, text) => all.plus(text), ZERO));
const signed = (fill: Line): string => `${fill["side"] === "sell" ? "-" : ""}${fill["quantity"] ?? "0"}`;
const same = (shown: string | null | undefined, file: string | undefined): void => {
  expect(shown === null || shown === undefined ? null : plain(decimal(shown))).toBe(plain(decimal(file ?? "NaN")));
};
const of = (list: readonly Line[], column: string, value: string): Line[] =>
  list.filter((line) => line[column] === value);
const accepted = (): Line[] => of(orders, "accepted", "true");
const refused = (): Line[] => of(orders, "accepted", "false");

beforeAll(async () => {
  const { host, workspace } = await place({ keep: true });
  reader = readerOf(host);
  reader.subscribe(...STREAMS);
  id = (await reader.call("session.start", { speed: "max", seed: "numbers", forSeconds: 1_200 })).id;
  const { counts } = await reader.state("stopped");
  await reader.until("orders", (view) => view.orderCount === counts.orders && view.fillCount === counts.fills);
  await reader.until("desk", (view) => Object.values(view.strategies).some((one) => one.fills > 0));
  await reader.until("positions", (view) => Object.keys(view.rows).length > 0);
  const folder = join(workspace, "sessions", id);
  const csv = (name: string): Line[] => parse(readFileSync(join(folder, name), "utf8"), { columns: true });
  orders = csv("orders.csv");
  fills = of(csv("fills.csv"), "verdict", "booked");
  curve = csv("equity_curve.csv");
  lines = readFileSync(join(folder, "orchestrator_metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, number>);
  expect(fills.length).toBeGreaterThan(20);
  // The streams have reported the session's end once they have reported its last fill and its last line.
  await reader.until("desk", ({ strategies, account }) => {
    const counted = Object.values(strategies).reduce((all, one) => all + one.fills, 0);
    return counted === fills.length && Number(account.equity) === Number(last(curve)["equity"]);
  });
  const paid = sum(fills.map(({ fee = "0" }) => fee));
  await reader.until("positions", ({ rows }) => sum(Object.values(rows).map(({ fees }) => fees)) === paid);
  await reader.until("metrics", ({ samples }) => Object.keys(samples).length === lines.length);
});

describe("the account", () => {
  it("has the curve's equity, cash, profits, fees and drawdown", () => {
    const { account } = reader.value("desk");
    same(account.equity, last(curve)["equity"]);
    same(account.equityStart, first(curve)["equity"]);
    same(account.cash, last(curve)["cash"]);
    same(account.realized, last(curve)["realized"]);
    same(account.unrealized, last(curve)["unrealized"]);
    same(account.gross, last(curve)["gross"]);
    same(account.pnl, plain(decimal(last(curve)["equity"] ?? 0).minus(first(curve)["equity"] ?? 0)));
    same(account.fees, sum(fills.map(({ fee = "0" }) => fee)));
    expect(account.drawdown).toBeCloseTo(Number(last(curve)["drawdown"]), 6);
    expect(account.drawdownMax).toBeLessThanOrEqual(Math.min(...curve.map(({ drawdown }) => Number(drawdown))) + 1e-6);
  });

  it("has every point of the curve in its chart", () => {
    const points = Object.values(reader.value("desk").equity);
    expect(points.map(([, equity]) => equity)).toEqual(curve.map(({ equity }) => Number(equity)));
    expect(points.map(([at]) => at / 1_000)).toEqual(curve.map(({ dt = "" }) => Date.parse(dt)));
  });
});

describe("counts", () => {
  it("of the frame and of the list of sessions are the files' lines", () => {
    const { counts } = reader.value("session").session ?? expect.fail("no session");
    expect(counts.orders).toBe(accepted().length);
    expect(counts.fills).toBe(fills.length);
    expect(counts.rejections).toBe(refused().length);
    const listed = reader.value("sessions").sessions[id];
    expect([listed?.orders, listed?.fills, listed?.rejections]).toEqual([
      accepted().length,
      fills.length,
      refused().length,
    ]);
    same(listed?.pnl, plain(decimal(last(curve)["equity"] ?? 0).minus(first(curve)["equity"] ?? 0)));
  });

  it("of each strategy are its own lines", () => {
    for (const [name, row] of Object.entries(reader.value("desk").strategies)) {
      expect(row.orders, name).toBe(of(accepted(), "strategy", name).length);
      expect(row.fills, name).toBe(of(fills, "strategy", name).length);
      expect(row.rejections, name).toBe(of(refused(), "strategy", name).length);
    }
  });

  it("of each cause are the refused lines with it", () => {
    const { groups } = reader.value("rejections");
    const causes = new Set(refused().map(({ reason = "" }) => reason));
    expect(new Set(Object.keys(groups))).toEqual(causes);
    for (const cause of causes) expect(groups[cause]?.count).toBe(of(refused(), "reason", cause).length);
  });
});

describe("orders and positions", () => {
  it("have their fills' quantities, averages, fees and profits", () => {
    for (const order of Object.values(reader.value("orders").orders)) {
      const own = of(fills, "order_id", order.orderId);
      same(order.filled, sum(own.map(signed)));
      if (own.length === 0) continue;
      const notional = own.reduce((all, fill) => all.plus(decimal(signed(fill)).times(fill["price"] ?? 0)), ZERO);
      expect(Number(order.averagePrice)).toBeCloseTo(Number(notional.div(sum(own.map(signed)))), 9);
      same(order.fees, sum(own.map(({ fee = "0" }) => fee)));
      same(order.realized, sum(own.map(({ realized = "" }) => (realized === "" ? "0" : realized))));
    }
  });

  it("add up by owner and symbol", () => {
    const rows = Object.values(reader.value("positions").rows);
    expect(rows.length).toBeGreaterThan(3);
    for (const { owner, symbol, quantity, fees } of rows) {
      const own = of(of(fills, "strategy", owner), "symbol", symbol);
      same(quantity, sum(own.map(signed)));
      same(fees, sum(own.map(({ fee = "0" }) => fee)));
    }
    for (const [symbol, { quantity }] of Object.entries(reader.value("positions").symbols))
      same(quantity, sum(of(fills, "symbol", symbol).map(signed)));
    for (const [symbol, { position }] of Object.entries(reader.value("desk").exposure))
      same(position, sum(of(fills, "symbol", symbol).map(signed)));
  });
});

describe("metrics", () => {
  it("are the recorder's lines", () => {
    const { latest, samples } = reader.value("metrics");
    const line = last(lines);
    expect(latest?.p50Ms).toBeCloseTo((line["p50_latency_s"] ?? Number.NaN) * 1_000, 3);
    expect(latest?.p95Ms).toBeCloseTo((line["p95_latency_s"] ?? Number.NaN) * 1_000, 3);
    expect(latest?.p99Ms).toBeCloseTo((line["p99_latency_s"] ?? Number.NaN) * 1_000, 3);
    expect(latest?.skipRate).toBe(line["skip_rate"]);
    expect(latest?.queueDepthMax).toBe(line["queue_depth_max"]);
    expect(Object.values(samples).map((sample) => sample[2])).toEqual(
      lines.map((one) => Math.round((one["p95_latency_s"] ?? 0) * 1e6) / 1e3),
    );
    const totals = Object.values(samples).reduce((all, sample) => all + sample[8], 0);
    expect(totals).toBeLessThanOrEqual(accepted().length);
  });
});
