/**
 * What a session of a million orders costs: to start, to verify, to open in the console again, and in memory.
 *
 * 1. The session is made by the program itself (`test/sim/long-session.ts`), so that every entry can be repeated; `ORDERS` in the
 *    environment names another size, and `KEEP` a folder whose session is made once and used by every run.
 * 2. Processor seconds stand beside the real ones: they say what the program does, whatever else the machine does meanwhile.
 */
import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { AlertBook } from "../../../src/console/alerts/book.ts";
import { Archive } from "../../../src/console/archive/archive.ts";
import { ViewsSaver } from "../../../src/console/archive/saved-views.ts";
import { OpenedSession } from "../../../src/console/state/opened.ts";
import { verifySession } from "../../../src/harness/verify.ts";
import { reopenSession, type LiveSession } from "../../../src/live/session/index.ts";
import { MINUTE } from "../../../src/shared/time.ts";
import { openWorkspace } from "../../../src/store/index.ts";
import { makeLongSession, plannedHost } from "../../sim/long-session.ts";
import { inFolder } from "../place.ts";
import { sized, type BenchRow } from "../row.ts";

const ORDERS = Number(process.env["ORDERS"] ?? sized(1_000_000, 300));
const START_TARGET_S = 2;
const VERIFY_TARGET_S = 10;
const WHOLE_TARGET_S = 3;
const ORDER_BYTES_TARGET = 200;

interface Timed<T> {
  readonly value: T;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  const [started, before] = [performance.now(), process.cpuUsage()];
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { value, seconds: (performance.now() - started) / 1_000, cpuSeconds: (user + system) / 1e6 };
}

function rowsOf(name: string, { seconds, cpuSeconds }: Timed<unknown>, target?: number): BenchRow[] {
  const row = { n: ORDERS, unit: "s", better: "lower" } as const;
  return [
    { ...row, name, value: seconds, ...(target === undefined ? {} : { target }) },
    { ...row, name: `${name}, processor`, value: cpuSeconds },
  ];
}

const reopened = (folder: string): Promise<LiveSession> =>
  reopenSession({
    workspace: openWorkspace(folder),
    id: "latest",
    length: MINUTE,
    ports: { openHost: plannedHost },
  });

async function opened(live: LiveSession): Promise<{ readonly session: OpenedSession; readonly atOnce: number }> {
  const alerts = new AlertBook({ earlier: [], keep: () => undefined, wallMs: () => 0 });
  const started = performance.now();
  const session = await OpenedSession.of(live, () => performance.now(), alerts);
  const atOnce = (performance.now() - started) / 1_000;
  await session.whole;
  return { session, atOnce };
}

/** Makes what the console's thread makes while a session is open. */
function archive(live: LiveSession): Promise<void> {
  const owner = { folder: live.folder, desk: live.desk, version: "development", compacted: false };
  const made = new Archive(live.folder, live.desk, {
    views: (database, journal) => new ViewsSaver(owner, database, journal),
  });
  while (made.follow()) continue;
  made.close();
  return Promise.resolve();
}

async function measured(folder: string): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  if (!existsSync(join(folder, "sessions"))) {
    const made = await timed(() => makeLongSession(folder, ORDERS));
    rows.push(...rowsOf("a long session, made by the program", made));
  }
  const work = openWorkspace(folder);
  rows.push(...rowsOf("verify", await timed(() => verifySession(work, "latest")), VERIFY_TARGET_S));
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const used = (): number => {
    collect();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    return heapUsed + external + arrayBuffers;
  };
  const before = used();
  const started = await timed(() => reopened(folder));
  const live = started.value;
  rows.push(...rowsOf("start from the checkpoint", started, START_TARGET_S));
  const bytes = (used() - before) / live.probe().counts.orders;
  rows.push({
    name: "memory of a session started again, by order",
    n: ORDERS,
    value: bytes,
    unit: "bytes",
    target: ORDER_BYTES_TARGET,
    better: "lower",
  });
  rows.push(...rowsOf("archive and saved views, made", await timed(() => archive(live))));
  const again = await timed(() => opened(live));
  rows.push({ name: "opened: the page lives", n: ORDERS, value: again.value.atOnce, unit: "s", better: "lower" });
  rows.push(...rowsOf("opened: whole", again, WHOLE_TARGET_S));
  again.value.session.close();
  await live.stop("signal");
  return rows;
}

export function longBenchmarks(): Promise<BenchRow[]> {
  const kept = process.env["KEEP"];
  if (kept === undefined) return inFolder(measured, "memory");
  mkdirSync(kept, { recursive: true });
  return inFolder(async (folder) => {
    if (readdirSync(kept).length === 0) await makeLongSession(kept, ORDERS);
    cpSync(kept, folder, { recursive: true });
    return measured(folder);
  }, "memory");
}
