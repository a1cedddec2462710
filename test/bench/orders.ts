/**
 * What orders cost in real time, with strategies in host processes and the venue on this machine's disk.
 *
 * 1. A quoter cancels what it has and places two orders on each of 50 symbols, every second: as one strategy and as fifty.
 * 2. A halt that cancels: from the key to the moment at which the last of 1,000 cancels is sent, and answered.
 * 3. A flatten: from the key to the moment at which the last of 50 closing orders is sent. `send` is journaled in the transaction before
 *    an order goes out, and the moment is that of its commit.
 * 4. What the machine itself does shows in the lag of a bare timer and in the load.
 */
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createSession, type LiveSession } from "../../src/live/session/index.ts";
import { builtInStrategies } from "../../src/live/strategies/index.ts";
import type { Desk, StrategyConfig } from "../../src/shared/desk.ts";
import { MILLISECOND, SECOND, type Duration } from "../../src/shared/time.ts";
import { openWorkspace, scaledDesk, type JournalEntry } from "../../src/store/index.ts";
import { inFolder, notHere, percentile } from "./place.ts";
import { bareLag } from "./realtime.ts";
import { median, quick, sized, type BenchRow } from "./row.ts";

const SYMBOLS = sized(50, 4);
const RESTING = sized(1_000, 20);
const SETTLING_MS = sized(5_000, 300);
const MEASURED_MS = sized(30_000, 1_200);
const ROUNDS = sized(5, 1);
const LAG_TARGET_MS = 20;
const FLATTEN_TARGET_MS = 1_000;

const because = "because: { text: 'bench', values: {} }";
const head = "export default { defaults: {}, parameters: {},";
const FILES: Readonly<Record<string, string>> = {
  "quoter.mjs": `${head} onTick(c) {
    const quotes = c.symbols.flatMap((symbol) => {
      const mark = c.mark(symbol);
      if (mark === undefined) return [];
      return [1, -1].map((side) => ({ symbol, quantity: side * 10, postOnly: true, ${because},
        limitPrice: Math.round(mark * (100 - side)) / 100 }));
    });
    return [{ cancelAll: true }, ...quotes];
  } };`,
  "rests.mjs": `let asked = 0; ${head} onTick(c) {
    const [symbol] = c.symbols;
    const mark = c.mark(symbol);
    if (mark === undefined || asked >= ${RESTING}) return [];
    asked += ${RESTING / 2};
    return Array.from({ length: ${RESTING / 2} }, () => ({ symbol, quantity: 1, ${because}, limitPrice: Math.round(mark * 50) / 100 }));
  } };`,
  "holds.mjs": `let asked = false; ${head} onTick(c) {
    const [symbol] = c.symbols;
    if (asked || c.mark(symbol) === undefined) return [];
    asked = true;
    return [{ symbol, quantity: 10, ${because} }];
  } };`,
};

function deskOf(module: string, strategies: number, symbolsEach: number): Desk {
  const size = { strategies, symbols: SYMBOLS, cadence: SECOND, markInterval: (500 * MILLISECOND) as Duration };
  const desk = scaledDesk({ builtIns: builtInStrategies, ...size });
  const names = desk.feed.kind === "synthetic" ? desk.feed.symbols.map(({ symbol }) => symbol) : [];
  const own = {
    module,
    params: {},
    jitter: (400 * MILLISECOND) as Duration,
    timeBudget: (500 * MILLISECOND) as Duration,
  };
  return {
    ...desk,
    clock: { kind: "system" },
    orchestrator: { ...desk.orchestrator, rateLimitPerSec: 2_000, maxInflight: 5_000 },
    strategies: desk.strategies.map((one, index): StrategyConfig => ({
      ...one,
      ...own,
      name: `${module}-${index}`,
      symbols: symbolsEach === 1 ? [names[index % names.length] as string] : names,
    })),
  };
}

/** A session of these strategies on the machine's clock, stopped behind `work`. */
function running<T>(desk: Desk, work: (session: LiveSession) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    const workspace = openWorkspace(folder);
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(workspace.strategies, name), text);
    const session = await createSession({ workspace, desk });
    session.start();
    const result = await work(session);
    const { failure } = await session.stop("operator");
    if (failure !== null) throw new Error(failure.message);
    return result;
  });
}

interface Quoted {
  readonly lags: readonly number[];
  readonly misses: number;
  readonly placed: number;
  readonly canceled: number;
}

function quote(strategies: number): Promise<Quoted> {
  return running(deskOf("quoter.mjs", strategies, SYMBOLS / strategies), async (session) => {
    const lags: number[] = [];
    let [misses, placed, canceled, measuring] = [0, 0, 0, false];
    session.subscribe((entries) => {
      if (!measuring) return;
      for (const entry of entries)
        if (entry.kind === "run_started") lags.push((entry.at - entry.due) / MILLISECOND);
        else if (entry.kind === "missed") misses += entry.slots;
        else if (entry.kind === "run_finished" && entry.outcome !== "ok") misses += 1;
        else if (entry.kind === "send") placed += 1;
        else if (entry.kind === "cancel" && entry.outcome.outcome === "accepted") canceled += 1;
    });
    await wait(SETTLING_MS);
    measuring = true;
    await wait(MEASURED_MS);
    measuring = false;
    return { lags, misses, placed, canceled };
  });
}

/** Milliseconds from a key until so many entries of a kind are committed. */
async function until(
  session: LiveSession,
  count: number,
  is: (entry: JournalEntry) => boolean,
  press: () => unknown,
): Promise<number> {
  let seen = 0;
  const done = new Promise<number>((resolve) => {
    session.subscribe((entries) => {
      const before = seen;
      seen += entries.filter(is).length;
      if (before < count && seen >= count) resolve(performance.now());
    });
  });
  const pressed = performance.now();
  await press();
  return (await done) - pressed;
}

/** Waits until a session shows what it needs. */
async function ready(session: LiveSession, is: (session: LiveSession) => boolean): Promise<void> {
  for (let tries = 0; !is(session); tries += 1) {
    if (tries > 300) throw new Error("The session did not come to what is measured.");
    await wait(100);
  }
}

const WHO = { operator: "bench", note: "measured" } as const;

async function haltOnce(): Promise<{ readonly sent: number; readonly answered: number }> {
  const desk = deskOf("rests.mjs", 1, 1);
  return running(desk, async (session) => {
    await ready(session, (one) => one.probe().router.orders.length >= RESTING);
    const halt = (): void => session.halt({ ...WHO, also: "cancel" });
    let sent = Number.NaN;
    const asked = until(
      session,
      RESTING,
      ({ kind }) => kind === "cancel_request",
      () => undefined,
    );
    const pressed = performance.now();
    void asked.then(() => (sent = performance.now() - pressed));
    const answered = await until(session, RESTING, ({ kind }) => kind === "cancel", halt);
    return { sent, answered };
  });
}

const flattenOnce = (): Promise<number> =>
  running(deskOf("holds.mjs", SYMBOLS, 1), async (session) => {
    await ready(session, (one) => one.probe().ownerPositions.length >= SYMBOLS);
    const scope = { kind: "all", name: "all" } as const;
    return until(
      session,
      SYMBOLS,
      ({ kind }) => kind === "send",
      () => session.flatten({ scope, shutsGate: true, ...WHO }),
    );
  });

async function rounds<T>(work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 0; round < ROUNDS; round += 1) results.push(await work());
  return results;
}

export async function ordersBenchmarks(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const lower = { better: "lower" } as const;
  for (const strategies of quick ? [SYMBOLS] : [1, SYMBOLS]) {
    notHere(`load ${loadavg()[0]?.toFixed(1) ?? "?"}; a bare timer's p95 is ${(await bareLag()).toFixed(1)} ms late`);
    const { lags, misses, placed, canceled } = await quote(strategies);
    const n = lags.length;
    const who = strategies === 1 ? "a quoter on 50 symbols" : "50 quoters of a symbol";
    const [p95, p50] = [percentile(lags, 0.95), percentile(lags, 0.5)];
    const perSecond = MEASURED_MS / 1_000;
    rows.push(
      { name: `${who}: schedule lag, p95`, n, value: p95, unit: "ms", target: LAG_TARGET_MS, ...lower },
      { name: `${who}: schedule lag, p50`, n, value: p50, unit: "ms", ...lower },
      { name: `${who}: misses`, n, value: misses, unit: "slots", ...lower },
      { name: `${who}: orders placed`, n: placed, value: placed / perSecond, unit: "a second", better: "higher" },
      { name: `${who}: orders canceled`, n: canceled, value: canceled / perSecond, unit: "a second", better: "higher" },
    );
  }
  const halts = await rounds(haltOnce);
  const flattens = await rounds(flattenOnce);
  const n = ROUNDS;
  const [sent, answered] = [halts.map((one) => one.sent), halts.map((one) => one.answered)];
  return [
    ...rows,
    { name: "halt that cancels 1,000 orders: all journaled to be sent", n, value: median(sent), unit: "ms", ...lower },
    { name: "halt that cancels 1,000 orders: all answered", n, value: median(answered), unit: "ms", ...lower },
    {
      name: "flatten of 50 positions: key to sent orders",
      n,
      value: median(flattens),
      unit: "ms",
      target: FLATTEN_TARGET_MS,
      ...lower,
    },
    { name: "  the slowest round", n, value: Math.max(...flattens), unit: "ms", ...lower },
  ];
}
