/**
 * What the decisions cost: submissions, reconciliation, the state file, the schedule.
 *
 * 1. A router is worked as on a busy desk: a hundred strategies, eight symbols, at most `BATCH` orders in flight.
 * 2. Requests, reports and texts are made before the clock starts; each figure is the median of several rounds, after one
 *    that is not counted. So is the smoke's, which is here because it is decisions alone.
 */
import { runSmoke, SMOKE_DEFAULTS } from "../../src/harness/smoke.ts";
import { OrderRouter, readRouterState, Scheduler, writeRouterState } from "../../src/orchestrator/index.ts";
import type { OrderReport, OrderRequest } from "../../src/orchestrator/index.ts";
import { MINUTE, SECOND, type Duration } from "../../src/shared/time.ts";
import { median, sized } from "./row.ts";
import type { BenchRow } from "./row.ts";

const START = 1_704_101_580_000_000;
const BATCH = 200;
const STRATEGIES = 100;
const SYMBOLS = ["BTC-USD", "ETH-USD", "AAPL", "MSFT", "NVDA", "TSLA", "EUR-USD", "SPY"];
const OPTIONS = { rateLimitPerSec: 5, maxInflight: 256 };

/** Sizes with their rounds: the largest take seconds, so there are fewer of them. */
const SIZES = [
  [sized(10_000, 300), sized(15, 1)],
  [sized(100_000, 600), sized(9, 1)],
  [sized(1_000_000, 900), 3],
] as const;

const count = (n: number): string => n.toLocaleString("en-US");

function requestsOf(n: number): OrderRequest[] {
  return Array.from({ length: n }, (_, index) => ({
    strategyId: `strategy-${index % STRATEGIES}`,
    symbol: SYMBOLS[index % SYMBOLS.length] as string,
    quantity: index % 2 === 0 ? 1 + (index % 7) : -0.25 * (1 + (index % 5)),
    price: 100 + (index % 1_000) / 10,
    clientOrderId: `c-${index.toString(36)}`,
  }));
}

interface Worked {
  readonly router: OrderRouter;
  /** Milliseconds. */
  readonly submitting: number;
  readonly reconciling: number;
}

/**
 * Submits all requests, batch by batch: a second later the batch is filled. The newest batch stays in flight. With fill ids
 * the router has an execution of each order to remember.
 */
function work(requests: readonly OrderRequest[], withFillIds: boolean): Worked {
  const router = new OrderRouter(OPTIONS);
  let submitting = 0;
  let reconciling = 0;
  let reports: OrderReport[] = [];
  let now = START;
  for (let from = 0; from < requests.length; from += BATCH) {
    const end = Math.min(from + BATCH, requests.length);
    const ids: string[] = [];
    let started = performance.now();
    router.reconcile(reports);
    reconciling += performance.now() - started;
    started = performance.now();
    for (let index = from; index < end; index += 1) {
      const { orderId } = router.submit(requests[index] as OrderRequest, now);
      if (orderId === null) throw new Error("The benchmark's order was not accepted.");
      ids.push(orderId);
    }
    submitting += performance.now() - started;
    now += 1_000_001;
    const timestamp = now;
    reports = ids.map((orderId, place) => {
      const request = requests[from + place] as OrderRequest;
      const report = { orderId, status: "filled", filledQty: Math.abs(request.quantity), timestamp };
      return withFillIds ? { ...report, fillId: `F-${orderId.slice(7)}`, price: request.price } : report;
    });
  }
  return { router, submitting, reconciling };
}

/** Milliseconds of one run. */
function timed(run: () => unknown): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}

function routerRows(n: number, rounds: number, withFillIds: boolean): BenchRow[] {
  const requests = requestsOf(n);
  let { router } = work(requests, withFillIds);
  const submitting: number[] = [];
  const reconciling: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const worked = work(requests, withFillIds);
    ({ router } = worked);
    submitting.push(n / worked.submitting);
    reconciling.push(n / worked.reconciling);
  }
  let text = writeRouterState(router.snapshot());
  const save = Array.from({ length: rounds }, () => timed(() => (text = writeRouterState(router.snapshot()))));
  const load = Array.from({ length: rounds }, () => timed(() => OrderRouter.restore(readRouterState(text))));
  const keys = withFillIds ? `${count(n)} keys and fills` : `${count(n)} keys`;
  const submitTarget = !withFillIds && n <= 100_000 ? { target: 2_000 } : {};
  const fileTarget = !withFillIds && n >= 100_000 ? { target: (60 * n) / 100_000 } : {};
  const rows: BenchRow[] = [
    { name: `submit, ${keys}`, n, value: median(submitting), unit: "k/s", ...submitTarget, better: "higher" },
    { name: `reconcile, ${keys}`, n, value: median(reconciling), unit: "k/s", better: "higher" },
    { name: `save: snapshot as text, ${keys}`, n, value: median(save), unit: "ms", ...fileTarget, better: "lower" },
    { name: `load: text as router, ${keys}`, n, value: median(load), unit: "ms", ...fileTarget, better: "lower" },
  ];
  return withFillIds ? rows.slice(1) : rows;
}

/** Runs a schedule for a number of runs; thousands of strategies' whole runs (due, start, finish) a millisecond are M/s. */
function schedule(strategies: number, runs: number): number {
  const scheduler = new Scheduler({ now: START, seed: 7 });
  for (let index = 0; index < strategies; index += 1) {
    const cadence = 1_000_000 + 10_000 * (index % 97);
    scheduler.register({ name: `strategy-${index}`, cadence, timeBudget: 500_000, jitter: 50_000 });
  }
  let done = 0;
  let now = START;
  const started = performance.now();
  while (done < runs) {
    for (const name of scheduler.due(now)) {
      scheduler.markStart(name, now);
      scheduler.markFinish(name, now + 2_000);
      done += 1;
    }
    now += 10_000;
  }
  return done / (performance.now() - started);
}

function schedulerRow(strategies: number): BenchRow {
  const runs = sized(200_000, 2_000);
  schedule(strategies, runs);
  const rates = Array.from({ length: 9 }, () => schedule(strategies, runs) / 1_000);
  const target = strategies === 10_000 ? { target: 2 } : {};
  const name = `due + start + finish, ${count(strategies)} strategies`;
  return { name, n: runs, value: median(rates), unit: "M runs/s", ...target, better: "higher" };
}

export function orchestratorBenchmarks(): Promise<BenchRow[]> {
  const router = SIZES.flatMap(([n, rounds]) => routerRows(n, rounds, false));
  const fills = routerRows(sized(100_000, 600), 5, true);
  return Promise.resolve([...router, ...fills, ...[50, 1_000, 10_000].map(schedulerRow)]);
}

/** What the smoke costs: the median of seven whole runs, after one that is not counted. */
export async function smokeBenchmarks(): Promise<BenchRow[]> {
  // A cadence of its own, so that the figure stays comparable when the defaults change.
  const schedule = {
    cadence: (30 * SECOND) as Duration,
    timeBudget: (5 * SECOND) as Duration,
    jitter: (3 * SECOND) as Duration,
  };
  const options = { ...SMOKE_DEFAULTS, ...schedule, strategies: sized(2_000, 20), duration: (15 * MINUTE) as Duration };
  runSmoke(options);
  const times = Array.from({ length: 7 }, () => {
    const started = performance.now();
    runSmoke(options);
    return performance.now() - started;
  });
  const value = times.toSorted((a, b) => a - b)[3] as number;
  return [{ name: "smoke, 2,000 strategies × 15 minutes", n: 7, value, unit: "ms", target: 150, better: "lower" }];
}
