/**
 * Market data: what reading, keeping, drawing and canceling files of many bars costs.
 *
 * 1. Each use is a process of its own, so that its processor time and its largest memory are those of that use.
 * 2. While a dropped file is read, the loop of the host is watched: a late timer is what a window would wait for.
 * 3. The file of 1 GB is of trades; what it needs of memory beyond the file of a tenth of its size is what a longer one would add.
 */
import { spawnSync } from "node:child_process";
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { DataThread } from "../../../src/live/data/index.ts";
import { inFolder, percentile } from "../place.ts";
import { median, sized, type BenchRow } from "../row.ts";

const BARS = sized(2_000_000, 20_000);
const TRADES = sized(22_000_000, 5_000);
const ROUNDS = sized(3, 1);
const ZOOMS = sized(40, 2);
const MINUTE_MS = 60_000;

interface Use {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly rssMb: number;
  readonly bars: number;
}

/** Writes a file row by row. */
function write(path: string, head: string, count: number, rowOf: (index: number) => string): string {
  const file = openSync(path, "w");
  let text = head;
  for (let index = 0; index < count; index++) {
    text += rowOf(index);
    if (text.length < 4_000_000) continue;
    writeSync(file, text);
    text = "";
  }
  writeSync(file, text);
  closeSync(file);
  return path;
}

const START = Date.UTC(2020, 0, 1);
const cents = (index: number): number => 10_000 + ((index * 7_919) % 1_000);

const barsFile = (path: string): string =>
  write(path, "dt,open,high,low,close,volume,symbol\n", BARS, (index) => {
    const [open, close] = [cents(index), cents(index + 1)];
    const prices = [open, Math.max(open, close) + 5, Math.min(open, close) - 5, close].map((one) =>
      (one / 100).toFixed(2),
    );
    return `${new Date(START + index * MINUTE_MS).toISOString().slice(0, 19)}Z,${prices.join(",")},${100 + (index % 900)},ACME\n`;
  });

const tradesFile = (path: string, count: number): string =>
  write(path, "id,timestamp,price,quantity,side\n", count, (index) => {
    const at = START + index * 250;
    return `${10_000_000 + index},${at},${(cents(index) / 100).toFixed(2)},0.${String(index % 1_000).padStart(3, "0")},buy\n`;
  });

function use(what: "preview" | "keep" | "use", file: string, workspace: string): Use {
  const child = join(import.meta.dirname, "use.ts");
  const { stdout, stderr, status } = spawnSync(process.execPath, [child, what, file, workspace], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Use;
}

const uses = (what: "preview" | "keep", file: string, workspace: string): Use[] =>
  Array.from({ length: ROUNDS }, () => use(what, file, workspace));

const row = (name: string, n: number, value: number, unit: string, target?: number): BenchRow => ({
  name,
  n,
  value,
  unit,
  better: "lower",
  ...(target === undefined ? {} : { target }),
});

/** A dropped file as the window sees it, while the loop of the host is watched; then its chart. */
async function dropped(file: string, small: string): Promise<BenchRow[]> {
  const [working, charting] = [new DataThread(), new DataThread()];
  const late = monitorEventLoopDelay({ resolution: 5 });
  try {
    // The console has started both by now: one when the list of files was shown, one with the first piece of the file.
    for (const thread of [working, charting]) await thread.run({ kind: "read", path: small, options: {} });
    late.enable();
    const started = performance.now();
    const whole = working.run({ kind: "read", path: file, options: {} });
    await charting.run({ kind: "read", head: true, path: file, options: {} });
    const firstMs = performance.now() - started;
    await whole;
    const wholeMs = performance.now() - started;
    late.disable();
    const lateMs = late.percentile(99) / 1e6;
    const span = BARS * MINUTE_MS * 1_000;
    await charting.run({ kind: "bars", path: file, symbol: null, from: null, to: null, points: 2_000 });
    const zooms: number[] = [];
    for (let index = 0; index < ZOOMS; index++) {
      const from = START * 1_000 + (span * index) / (2 * ZOOMS);
      const asked = performance.now();
      const to = from + span / 2 ** (index % 12);
      await charting.run({ kind: "bars", path: file, symbol: null, from, to, points: 2_000 });
      zooms.push(performance.now() - asked);
    }
    const again = working.run({ kind: "read", path: file, options: { timeZone: "Europe/Berlin" } });
    const canceled = again.then(
      () => 0,
      () => performance.now(),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    const asked = performance.now();
    working.cancel();
    return [
      row("a dropped file of 2 M bars, its first rows", 1, firstMs, "ms", 500),
      row("… its whole verdict", 1, wholeMs, "ms", 5_000),
      row("… the host's loop meanwhile, late at p99", 1, lateMs, "ms", 100),
      row("… a zoom of its chart, p95", ZOOMS, percentile(zooms, 0.95), "ms", 100),
      row("… canceled while it is read", 1, Math.max(0, (await canceled) - asked), "ms", 100),
    ];
  } finally {
    working.close();
    charting.close();
  }
}

export function dataBenchmarks(): Promise<BenchRow[]> {
  return inFolder(async (folder) => {
    const file = barsFile(join(folder, "ACME.csv"));
    const previews = uses("preview", file, folder);
    const keeps = uses("keep", file, folder);
    const first = use("use", file, folder);
    const seconds = Array.from({ length: ROUNDS }, () => use("use", file, folder));
    const second = median(seconds.map(({ cpuSeconds }) => cpuSeconds));
    const rssOf = (all: readonly Use[]): number => Math.max(...all.map(({ rssMb }) => rssMb));
    const fresh = barsFile(join(folder, "DROP.csv"));
    const small = join(folder, "SMALL.csv");
    writeFileSync(small, "dt,open,high,low,close,volume\n2024-01-02 00:00,1,2,1,2,5\n2024-01-03 00:00,1,2,1,2,5\n");
    const [short, long] = [TRADES / 10, TRADES].map((count) =>
      use("preview", tradesFile(join(folder, `BTCUSDT-trades-${count}.csv`), count), folder),
    ) as [Use, Use];
    return [
      row("2 M bars previewed, processor time", ROUNDS, median(previews.map(({ cpuSeconds }) => cpuSeconds)), "s", 3),
      row("2 M bars previewed, elapsed", ROUNDS, median(previews.map(({ seconds: one }) => one)), "s", 3),
      row("2 M bars kept, processor time", ROUNDS, median(keeps.map(({ cpuSeconds }) => cpuSeconds)), "s", 5),
      row("2 M bars, largest memory", ROUNDS, rssOf([...previews, ...keeps]), "MB", 300),
      row("first use of a file, which writes its cache, processor time", 1, first.cpuSeconds, "s", 5),
      row("second use, from the cache, processor time", ROUNDS, second, "s"),
      row(
        "… as a share of reading it",
        ROUNDS,
        second / median(previews.map(({ cpuSeconds }) => cpuSeconds)),
        "",
        0.25,
      ),
      row("… largest memory", ROUNDS, rssOf([first, ...seconds]), "MB", 300),
      ...(await dropped(fresh, small)),
      row("a file of 1 GB of trades, processor time", TRADES, long.cpuSeconds, "s"),
      row("… largest memory", TRADES, long.rssMb, "MB", 300),
      row("… beyond a file of a tenth of it", TRADES, long.rssMb - short.rssMb, "MB", 60),
    ];
  });
}
