/** What the fake host answers to calls: an order's why, a restore's preview, two sessions compared. */
import type { Why } from "../../../src/shared/contract/contract.ts";
import { NAMES, NOW, orderId } from "./desk-facts.ts";
import type { Streams } from "./scene.ts";

const at = NOW - 8e6;
const WHY: Why = {
  id: orderId(1_199),
  title: `${orderId(1_199)} · +40 AAPL`,
  steps: [
    {
      step: "tick",
      at,
      seq: 48_001,
      title: "Tick",
      text: "Run 41 of meanrev_aapl_a started, 1200ms from its slot.",
      state: "ok",
      values: [{ name: "planned", value: "2026-11-23T14:52:00+00:00" }],
    },
    {
      step: "signal",
      at,
      seq: 48_002,
      title: "Signal",
      text: "z 2.31 of the last 40 bars is above 2.0.",
      state: "ok",
      values: [
        { name: "z", value: "2.31" },
        { name: "mean", value: "186.91" },
      ],
    },
    {
      step: "risk",
      at,
      seq: 48_002,
      title: "Risk",
      text: "6 guards passed. 1 of them warns.",
      state: "warning",
      values: [
        { name: "max_notional_exceeded", value: "7488.80", kind: "reading", limit: "10000" },
        { name: "capacity_warn", value: "0.021", kind: "reading", limit: "0.02", note: "warning" },
      ],
    },
    {
      step: "router",
      at,
      seq: 48_002,
      title: "Router",
      text: `Accepted as ${orderId(1_199)}.`,
      state: "ok",
      values: [],
    },
    {
      step: "journal",
      at,
      seq: 48_003,
      title: "Journal",
      text: "The decision was on disk before anything was sent.",
      state: "ok",
      values: [],
    },
    {
      step: "broker",
      at: at + 40_000,
      seq: 48_009,
      title: "Broker",
      text: "The broker accepted the order.",
      state: "ok",
      values: [],
    },
    {
      step: "fill",
      at: at + 380_000,
      seq: 48_015,
      title: "Fill",
      text: "40 at 187.2213.",
      state: "ok",
      values: [{ name: "fee", value: "0.38" }],
    },
    {
      step: "book",
      at: null,
      seq: null,
      title: "Book",
      text: "Booked with the next pass.",
      state: "waiting",
      values: [],
    },
  ],
};

const PREVIEW = {
  token: "preview-1",
  name: "router_state.json",
  bytes: 48_120,
  sha256: "9f2c41d0a7b35e61".repeat(4),
  target: null,
  snapshot: {
    rateLimitPerSec: 5,
    maxInflight: 128,
    nextSequence: 1_212,
    halted: false,
    inflight: 2,
    keys: 1_275,
    session: "2026-11-22_1430_demo_desk",
    journalPosition: 48_100,
    newestAt: NOW - 86_400e6,
  },
  current: { rateLimitPerSec: 5, maxInflight: 256, nextSequence: 1, halted: false, inflight: 0, keys: 0 },
  differences: ["The next order would be number 1,212 instead of 1.", "At most 128 orders in flight instead of 256."],
  warnings: ["Two orders are in flight in the snapshot; they are asked about at the broker before anything is sent."],
  orders: [
    {
      orderId: orderId(1_210),
      strategy: NAMES[0] ?? "",
      symbol: "AAPL",
      quantity: 40,
      price: 187.22,
      at: NOW - 86_400e6,
    },
    {
      orderId: orderId(1_211),
      strategy: NAMES[1] ?? "",
      symbol: "KO",
      quantity: -12,
      price: 61.05,
      at: NOW - 86_400e6,
    },
  ],
  limitsDiffer: true,
};

/** What the fake answers to a call. */
export function answer(procedure: string, input: Record<string, unknown>, streams: Streams): unknown {
  if (procedure === "order.why") return { ...WHY, id: input["id"] };
  if (procedure === "restore.preview") return PREVIEW;
  if (procedure === "export.rows") return { name: `${String(input["what"])}.csv`, text: "a,b\r\n", rows: 1 };
  if (procedure === "settings.read") return { settings: {} };
  if (procedure === "restore.apply")
    return { id: "restored", nextSequence: 1_212, messages: ["The next order is number 1,212."] };
  if (procedure === "sessions.summary")
    return {
      markdown: "# Session\n\nA quiet day.\n\n| what | value |\n| --- | --- |\n| runs | 2143 |\n| orders | 1204 |\n",
    };
  if (procedure === "orders.page") return { orders: [], fills: [], more: false };
  if (procedure === "data.list") return { folder: "/data", files: [], more: 0, trash: true };
  if (procedure === "sessions.compare") {
    const [a, b] = [streams.sessions.sessions[String(input["a"])], streams.sessions.sessions[String(input["b"])]];
    const curve = (slope: number) =>
      Array.from({ length: 60 }, (_, index) => [index / 59, 100_000 + index * slope + Math.sin(index / 4) * 40]);
    return {
      a,
      b,
      rows: [
        { what: "seed", a: a?.seed ?? "", b: b?.seed ?? "", same: false },
        { what: "runs", a: "2143", b: "2143", same: true },
        { what: "orders", a: String(a?.orders), b: String(b?.orders), same: false },
      ],
      equityA: curve(8),
      equityB: curve(-3),
    };
  }
  return { id: "2026-11-23_1430_demo_desk" };
}
