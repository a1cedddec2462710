/**
 * What saving and loading a router of a million keys, each with an execution, costs a session that runs meanwhile.
 *
 * 1. A pass is one `step` of a save in slices, on the temporary folder's disk; the first, which takes the snapshot, is one too.
 * 2. Each figure stands beside a yardstick of its own kind that is measured right with it: for texts, what the language's own reader
 *    and writer cost for as many rows; for a pass, what the disk's sync of as many bytes as a pass leaves to it costs at its longest.
 */
import { join } from "node:path";
import { OrderRouter, readRouterState, writeRouterState } from "../../src/orchestrator/index.ts";
import { SlicedSaves } from "../../src/live/session/snapshots/sliced-save.ts";
import type { FileFacts } from "../../src/live/session/snapshots/files.ts";
import type { Core } from "../../src/live/session/state/parts.ts";
import { nodeFileSystem } from "../../src/store/index.ts";
import { inFolder } from "./place.ts";
import { median, sized } from "./row.ts";
import type { BenchRow } from "./row.ts";

const START = 1_704_101_580_000_000;
const ROWS = sized(1_000_000, 4_000);
const ROUNDS = 3;
const SYNCED = sized(2_097_152, 4_096);

function timed(run: () => unknown): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}

function busyRouter(rows: number): OrderRouter {
  const router = new OrderRouter({ rateLimitPerSec: 5, maxInflight: 256 });
  for (let index = 0; index < rows; index += 1) {
    const now = START + 2_500 * index;
    const request = {
      strategyId: `strategy-${index % 100}`,
      symbol: index % 2 === 0 ? "AAPL" : "BTC-USD",
      quantity: 1 + (index % 7),
      price: 100 + (index % 1_000) / 10,
      clientOrderId: `c-${index.toString(36)}`,
    };
    const { orderId } = router.submit(request, now);
    if (orderId === null) throw new Error("The benchmark's order was not accepted.");
    const [filledQty, fillId] = [request.quantity, `F-${index}`];
    router.reconcile([{ orderId, status: "filled", filledQty, timestamp: now, fillId, price: request.price }]);
  }
  return router;
}

/** As many rows as plain objects: what the language's own writer and reader need for them. */
function yardsticks(rows: number): { readonly write: number; readonly read: number } {
  const value: Record<string, unknown> = {};
  for (let index = 0; index < rows; index += 1)
    value[`strategy-${index % 100}:c-${index.toString(36)}`] = {
      accepted: true,
      order_id: `R-${index}`,
      reason: "filled",
    };
  let text = "";
  const write = median(Array.from({ length: ROUNDS }, () => timed(() => (text = JSON.stringify(value)))));
  const read = median(Array.from({ length: ROUNDS }, () => timed(() => JSON.parse(text))));
  return { write, read };
}

/** The milliseconds of every pass of one save. */
function slicedSave(router: OrderRouter, folder: string): number[] {
  const ledger = { decisions: 0, position: 0, add: () => undefined, commit: () => undefined };
  const timers = { monotonicMs: () => performance.now(), set: () => null, clear: () => undefined };
  const model = { working: new Map(), lastSnapshotSha256: null };
  const core = { router, ledger, timers, model, runDigest: "bench", now: START } as unknown as Core;
  const facts = {
    fs: nodeFileSystem,
    files: { routerState: join(folder, "router_state.json") },
  } as unknown as FileFacts;
  const saves = new SlicedSaves(core, facts, 0);
  const passes = [timed(() => saves.begin())];
  while (saves.underWay) passes.push(timed(() => saves.step()));
  return passes;
}

/** The longest of some syncs, each of as many bytes as a save leaves to one. */
function longestSync(folder: string): number {
  const file = nodeFileSystem.create(join(folder, "yardstick"));
  const bytes = new Uint8Array(SYNCED).fill(0x20);
  const times = Array.from({ length: 60 }, () => {
    file.write(bytes, 0);
    return timed(() => file.sync());
  });
  file.close();
  return Math.max(...times);
}

export async function saveBenchmarks(): Promise<BenchRow[]> {
  const router = busyRouter(ROWS);
  const yard = yardsticks(ROWS);
  let text = "";
  const save = median(Array.from({ length: ROUNDS }, () => timed(() => (text = writeRouterState(router.snapshot())))));
  const load = median(Array.from({ length: ROUNDS }, () => timed(() => OrderRouter.restore(readRouterState(text)))));
  const snapshot = median(Array.from({ length: ROUNDS }, () => timed(() => router.snapshot())));
  const [passes, sync] = await inFolder((folder) => {
    const saved = Array.from({ length: ROUNDS }, () => slicedSave(router, folder));
    return Promise.resolve([saved, longestSync(folder)] as const);
  });
  const n = ROWS;
  const what = "1,000,000 keys and fills";
  const longest = median(passes.map((one) => Math.max(...one)));
  const all = median(passes.map((one) => one.reduce((sum, pass) => sum + pass, 0)));
  const typical = median(passes.flat());
  return [
    { name: `save at once, ${what}`, n, value: save, unit: "ms", better: "lower" },
    { name: "  to JSON.stringify of as many rows", n, value: save / yard.write, unit: "×", better: "lower" },
    { name: `load, ${what}`, n, value: load, unit: "ms", better: "lower" },
    { name: "  to JSON.parse of as many rows", n, value: load / yard.read, unit: "×", better: "lower" },
    { name: `a snapshot, ${what}`, n, value: snapshot, unit: "ms", better: "lower" },
    { name: `save in slices, all passes, ${what}`, n, value: all, unit: "ms", better: "lower" },
    { name: "  to the save at once", n, value: all / save, unit: "×", better: "lower" },
    { name: "  a pass, median", n: passes.flat().length, value: typical, unit: "ms", better: "lower" },
    { name: "  the longest pass", n: ROUNDS, value: longest, unit: "ms", target: 20, better: "lower" },
    {
      name: "  the longest pass to the longest sync of 2 MB",
      n: ROUNDS,
      value: longest / sync,
      unit: "×",
      better: "lower",
    },
  ];
}
