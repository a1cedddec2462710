/**
 * What a busy desk's schedule costs in real time: 500 strategies at a cadence of a second on 100 symbols, in host processes.
 *
 * 1. Lag is the time from the moment at which a run was due to the pass that started it, as the journal has it.
 * 2. A miss is a slot without a run, or a run of a good strategy that did not end well.
 * 3. Ten strategies then hang or throw all the time, and an operator resumes them as soon as they are quarantined.
 * 4. Kill and replace: from the signal to the first answer of the process that took over the runs that were waiting.
 * 5. What else runs on the machine shows in the load, which is printed, and in the lag of a bare timer.
 */
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { nodeTimers } from "../../src/live/clock/index.ts";
import { createStrategyHost } from "../../src/live/host/index.ts";
import { forkChild, type LaunchChild } from "../../src/live/host/launch.ts";
import { createSession } from "../../src/live/session/index.ts";
import { builtInStrategies } from "../../src/live/strategies/index.ts";
import type { Desk, StrategyConfig } from "../../src/shared/desk.ts";
import { MILLISECOND, SECOND, type Duration } from "../../src/shared/time.ts";
import { openWorkspace, scaledDesk } from "../../src/store/index.ts";
import { snapshotAt } from "../live/host/scene.ts";
import { inFolder, notHere, percentile } from "./place.ts";
import { quick, sized, type BenchRow } from "./row.ts";

const STRATEGIES = sized(500, 12);
const SYMBOLS = sized(100, 4);
const HOSTILE = sized(10, 2);
/** Starting, loading and the first runs. */
const SETTLING_MS = sized(8_000, 500);
const MEASURED_MS = sized(20_000, 1_200);
const LAG_TARGET_MS = 20;
const KILL_TARGET_MS = 50;
const KILLS = sized(15, 1);
const WARMING_MS = sized(1_500, 800);

const ms = (count: number): Duration => (count * MILLISECOND) as Duration;

const FILES: Readonly<Record<string, string>> = {
  "hang.mjs": "export default { defaults: {}, parameters: {}, onTick() { for (;;); } };",
  "throw.mjs": "export default { defaults: {}, parameters: {}, onTick() { throw new Error('always'); } };",
};

/** `spread`: runs lie anywhere in the second; else all are due at once, on the full second. */
function deskFor(hostile: boolean, spread: boolean): Desk {
  const size = { strategies: STRATEGIES, symbols: SYMBOLS, cadence: SECOND };
  const desk = scaledDesk({ builtIns: builtInStrategies, ...size });
  const own: Partial<StrategyConfig> = spread
    ? { jitter: ms(400), anchor: "finish", timeBudget: ms(500) }
    : { jitter: 0 as Duration, anchor: "slot", timeBudget: ms(500) };
  const strategies = desk.strategies.map((one, index): StrategyConfig => {
    if (!hostile || index >= HOSTILE) return { ...one, ...own };
    const module = index % 2 === 0 ? "hang.mjs" : "throw.mjs";
    return { ...one, ...own, name: `bad-${index}`, module, params: {}, timeBudget: ms(100) };
  });
  return { ...desk, clock: { kind: "system" }, strategies };
}

/** Times from a kill to the first answer of the process that took over what was waiting. */
class Replacements {
  readonly ms: number[] = [];
  #killedMs: number | null = null;

  readonly launch: LaunchChild = (request, events) => {
    const handle = forkChild(request, {
      ended: events.ended,
      message: (text) => {
        if (this.#killedMs !== null && String(text).includes('"job"')) {
          this.ms.push(performance.now() - this.#killedMs);
          this.#killedMs = null;
        }
        events.message(text);
      },
    });
    const kill = (): void => {
      this.#killedMs = performance.now();
      handle.kill();
    };
    return {
      pid: handle.pid,
      send: (text, idle) => handle.send(text, idle),
      hold: (held) => handle.hold(held),
      stepBack: (nice) => handle.stepBack(nice),
      kill,
    };
  };
}

/** One strategy after the other hangs for the first time, with five others behind it in the same process. */
function killAndReplace(): Promise<readonly number[]> {
  return inFolder(async (folder) => {
    const workspace = openWorkspace(folder);
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(workspace.strategies, name), text);
    const replacements = new Replacements();
    const base = deskFor(false, true);
    const [bad, good] = [base.strategies.slice(0, KILLS), base.strategies.slice(KILLS, KILLS + 5)];
    const hang = bad.map((one): StrategyConfig => ({ ...one, module: "hang.mjs", params: {} }));
    const host = await createStrategyHost({
      desk: { ...base, strategies: [...hang, ...good] },
      workspace,
      metaOf: () => undefined,
      timers: nodeTimers,
      settings: { processes: 1, launch: replacements.launch },
    });
    const run = (one: StrategyConfig, deadlineMs: number): Promise<unknown> =>
      host.run(snapshotAt(one.name, 1, []), { budgetMs: 50, deadlineMs });
    for (const one of hang) {
      // The spare has to be warm again, as it is when processes hang minutes apart.
      await wait(WARMING_MS);
      await Promise.all([run(one, 80), ...good.map((other) => run(other, 20_000))]);
    }
    host.close();
    return replacements.ms;
  });
}

interface Measured {
  readonly lags: readonly number[];
  readonly misses: number;
  readonly hung: number;
}

function measure(hostile: boolean, spread: boolean): Promise<Measured> {
  return inFolder(async (folder) => {
    const workspace = openWorkspace(folder);
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(workspace.strategies, name), text);
    const session = await createSession({ workspace, desk: deskFor(hostile, spread) });
    const lags: number[] = [];
    let [misses, hung, measuring] = [0, 0, false];
    let ran = (): void => undefined;
    const oneRan = new Promise<void>((resolve) => {
      ran = resolve;
    });
    session.subscribe((entries) => {
      for (const entry of entries) {
        if (entry.kind === "strategy" && entry.event === "quarantined") session.resumeStrategy(entry.strategy, "bench");
        if (!measuring || !("strategy" in entry)) continue;
        const good = entry.strategy?.startsWith("bad-") !== true;
        if (entry.kind === "run_started" && good) {
          lags.push((entry.at - entry.due) / MILLISECOND);
          ran();
        } else if (entry.kind === "missed" && good) misses += entry.slots;
        else if (entry.kind === "run_finished" && entry.outcome !== "ok" && entry.outcome !== "overrun") {
          if (good) misses += 1;
          else if (entry.outcome === "timed_out") hung += 1;
        }
      }
    });
    session.start();
    await wait(SETTLING_MS);
    measuring = true;
    await wait(MEASURED_MS);
    // On a machine that is busy with something else it takes longer until there is anything to report.
    await Promise.race([oneRan, session.done]);
    measuring = false;
    const { failure } = await session.stop("operator");
    if (failure !== null) throw new Error(failure.message);
    return { lags, misses, hung };
  });
}

/** How late a timer of this process is while nothing of ours runs: what the machine itself does to a lag. */
export async function bareLag(): Promise<number> {
  const late: number[] = [];
  for (let index = 0; index < sized(200, 10); index += 1) {
    const due = performance.now() + 5;
    await wait(5);
    late.push(Math.max(0, performance.now() - due));
  }
  return percentile(late, 0.95);
}

export async function realtimeBenchmarks(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const lower = { better: "lower" } as const;
  for (const spread of quick ? [true] : [true, false]) {
    const how = spread ? "spread over the second" : "all on the second";
    const bare = await bareLag();
    notHere(`load ${loadavg()[0]?.toFixed(1) ?? "?"}; a bare timer's p95 is ${bare.toFixed(1)} ms late`);
    const alone = await measure(false, spread);
    const among = await measure(true, spread);
    const p95 = percentile(alone.lags, 0.95);
    const beside = percentile(among.lags, 0.95);
    const n = alone.lags.length;
    rows.push(
      { name: `lag, 500 strategies ${how}: p95`, n, value: p95, unit: "ms", target: LAG_TARGET_MS, ...lower },
      { name: `lag, 500 strategies ${how}: p50`, n, value: percentile(alone.lags, 0.5), unit: "ms", ...lower },
      { name: `misses, ${how}`, n, value: alone.misses, unit: "slots", ...lower },
      { name: `lag, ten of them hostile, ${how}: p95`, n: among.lags.length, value: beside, unit: "ms", ...lower },
      {
        name: `p95 beside hostile ones, against without, ${how}`,
        n: among.hung,
        value: beside / p95,
        unit: "×",
        target: 1.2,
        ...lower,
      },
      {
        name: `misses, ten of them hostile, ${how}`,
        n: among.lags.length,
        value: among.misses,
        unit: "slots",
        ...lower,
      },
    );
  }
  const replaced = await killAndReplace();
  const n = replaced.length;
  rows.push(
    {
      name: "kill and replace: p95",
      n,
      value: percentile(replaced, 0.95),
      unit: "ms",
      target: KILL_TARGET_MS,
      ...lower,
    },
    { name: "kill and replace: p50", n, value: percentile(replaced, 0.5), unit: "ms", ...lower },
  );
  return rows;
}
