/**
 * What durability costs: passes of a session in one transaction each, and a single decision by itself.
 *
 * 1. The journal is the real one, WAL and FULL, on the temporary folder's disk; entries are those of an accepted order.
 * 2. A pass is `PASS` orders with their sends: what a busy desk decides at one moment.
 */
import { join } from "node:path";
import { orderId } from "../../src/shared/ids.ts";
import { moment } from "../../src/shared/time.ts";
import type { Moment } from "../../src/shared/time.ts";
import { openJournal, type EntryBody, type Journal } from "../../src/store/index.ts";
import { inFolder, percentile } from "./place.ts";
import { median, sized } from "./row.ts";
import type { BenchRow } from "./row.ts";

export const START = moment(1_767_623_400_000_000);
const PASS = 50;
const PASSES = sized(200, 3);
const ROUNDS = sized(5, 1);
const SINGLES = sized(2_000, 5);

export function orderOf(number: number): EntryBody[] {
  const id = orderId(`ROUTER-${String(number).padStart(8, "0")}`);
  const order: EntryBody = {
    kind: "order",
    strategy: `strategy-${number % 24}`,
    run: number,
    symbol: "AAPL",
    quantity: 10,
    price: 187.25,
    limitPrice: null,
    clientOrderId: `c-${number}`,
    idempotencyKey: `key-${number}`,
    because: { text: "The fast mean is above the slow one.", values: { fast: 187.3, slow: 186.9 } },
    bar: START,
    mark: 187.25,
    guards: [{ guard: "max_notional", value: "1872.5", limit: "25000", passed: true, warning: false }],
    accepted: true,
    orderId: id,
    reason: "accepted",
    detail: null,
    replay: false,
    value: null,
    limit: null,
    freeAt: null,
  };
  return [order, { kind: "send", orderId: id, venueId: `bench-${id}` }];
}

function write(journal: Journal, number: number, orders: number, at: Moment): void {
  for (let index = 0; index < orders; index += 1) for (const body of orderOf(number + index)) journal.append(body, at);
  journal.commit();
}

/** Milliseconds of `PASSES` passes in a journal of their own. */
function passes(folder: string): Promise<number> {
  const journal = openJournal(join(folder, "journal.db"));
  try {
    write(journal, 1, PASS, START);
    const started = performance.now();
    for (let pass = 1; pass <= PASSES; pass += 1) write(journal, pass * PASS, PASS, START);
    return Promise.resolve(performance.now() - started);
  } finally {
    journal.close();
  }
}

/** Milliseconds of each of `SINGLES` commits of one order. */
function singles(folder: string): Promise<number[]> {
  const journal = openJournal(join(folder, "journal.db"));
  try {
    const times = Array.from({ length: SINGLES }, (_, number) => {
      const started = performance.now();
      write(journal, number + 1, 1, START);
      return performance.now() - started;
    });
    return Promise.resolve(times);
  } finally {
    journal.close();
  }
}

export async function storeBenchmarks(): Promise<BenchRow[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await inFolder(passes));
  const ms = median(times);
  const one = await inFolder(singles);
  const entries = 2 * PASS * PASSES;
  const commits = (PASSES / ms) * 1_000;
  const single = { n: SINGLES, unit: "ms", better: "lower" } as const;
  return [
    { name: `journaled passes of ${PASS} orders`, n: PASSES, value: commits, unit: "commits/s", better: "higher" },
    { name: `journaled entries, ${2 * PASS} a pass`, n: entries, value: entries / ms, unit: "k/s", better: "higher" },
    { name: "one order's commit, median", value: percentile(one, 0.5), ...single },
    { name: "one order's commit, p99", value: percentile(one, 0.99), ...single },
  ];
}
