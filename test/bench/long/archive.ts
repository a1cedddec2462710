/**
 * What asking a session of a million orders costs: the archive's first reading, and pages, filters, orders, "why" and groups of it.
 *
 * 1. The journal is made by `test/sim/big-session.ts` and has 1,000,000 orders, 100,000 rejections and 1,000 strategies; `ORDERS` in the
 *    environment names another size.
 * 2. Each question is asked several times with other words or places, so that nothing remembered is measured.
 */
import { join } from "node:path";
import { Archive } from "../../../src/console/archive/archive.ts";
import { NO_FEED, writeBigSession } from "../../sim/big-session.ts";
import { inFolder } from "../place.ts";
import { median, sized, type BenchRow } from "../row.ts";

const ORDERS = Number(process.env["ORDERS"] ?? sized(1_000_000, 500));
const SIZE = { orders: ORDERS, rejections: ORDERS / 10, strategies: 1_000, symbols: 100 };
const ROUNDS = 5;

type Query = Parameters<Archive["page"]>[0];

const QUERY: Query = {
  table: "orders",
  words: "",
  where: {},
  from: null,
  to: null,
  sort: "at",
  descending: true,
  after: null,
  limit: 500,
};

const orderId = (share: number): string => `ROUTER-${String(Math.floor(1 + share * (ORDERS - 1))).padStart(8, "0")}`;

/** What is asked, and in how many milliseconds it is to be answered; `share` goes from 0 to below 1 over the rounds. */
const QUESTIONS: readonly (readonly [
  name: string,
  target: number,
  ask: (archive: Archive, share: number, end: number) => unknown,
])[] = [
  ["the newest rows", 300, (archive) => archive.page(QUERY)],
  [
    "older",
    100,
    (archive, share, end) => archive.page({ ...QUERY, after: JSON.stringify([null, Math.floor(share * end)]) }),
  ],
  [
    "filter, a strategy",
    200,
    (archive, share) => archive.page({ ...QUERY, words: `strategy_0${100 + Math.floor(share * 100)}` }),
  ],
  [
    "filter, many symbols and a state",
    200,
    (archive, share) => archive.page({ ...QUERY, words: `S0${Math.floor(share * 10)} canceled` }),
  ],
  [
    "filter, a part of an order's id",
    200,
    (archive, share) => archive.page({ ...QUERY, words: String(1_000 + Math.floor(share * 999)) }),
  ],
  ["sort by realized", 200, (archive) => archive.page({ ...QUERY, sort: "realized" })],
  ["sort by strategy", 200, (archive) => archive.page({ ...QUERY, sort: "strategy", descending: false })],
  [
    "sort by price, one strategy",
    200,
    (archive, share) =>
      archive.page({ ...QUERY, sort: "price", where: { strategy: [`strategy_0${300 + Math.floor(share * 100)}`] } }),
  ],
  ["why", 100, (archive, share) => archive.entriesOf({ kind: "order", orderId: orderId(share) })],
  ["rejections by cause, strategy and symbol", 300, (archive) => archive.groups()],
];

export function archiveBenchmarks(): Promise<BenchRow[]> {
  return inFolder(async (folder) => {
    const entries = writeBigSession(join(folder, "journal.db"), SIZE);
    const archive = new Archive(folder, NO_FEED);
    try {
      const began = performance.now();
      while (archive.follow()) continue;
      const seconds = (performance.now() - began) / 1_000;
      const of = `a session of ${ORDERS.toLocaleString("en-US")} orders`;
      const rows: BenchRow[] = [
        { name: `${of}, archive made`, n: entries, value: seconds, unit: "s", better: "lower" },
        { name: `${of}, archive made`, n: entries, value: entries / seconds, unit: "entries/s", better: "higher" },
      ];
      for (const [name, target, ask] of QUESTIONS) {
        const times = Array.from({ length: ROUNDS }, (_, round) => {
          const started = performance.now();
          ask(archive, round / ROUNDS, archive.end);
          return performance.now() - started;
        });
        rows.push({ name: `${name}, in it`, n: ROUNDS, value: median(times), unit: "ms", target, better: "lower" });
      }
      return rows;
    } finally {
      archive.close();
    }
  });
}
