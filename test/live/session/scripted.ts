/**
 * A session whose strategies do what a test says, on bars that the test writes, at the real paper venue.
 *
 * 1. Bars are a minute apart, from 14:30 on; a strategy runs at each of them, and its run takes no time that matters.
 * 2. What a run sees is kept, by strategy, so that a test can look at what was reported to it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostPort } from "../../../src/live/host/port.ts";
import type { RunSnapshot } from "../../../src/live/strategies/run-types.ts";
import type { OpenHost } from "../../../src/live/host/index.ts";
import type { LiveSession, SessionPorts } from "../../../src/live/session/index.ts";
import type { Desk } from "../../../src/shared/desk.ts";
import type { StrategyAction } from "../../../src/shared/strategy.ts";
import { MINUTE, SECOND, type Duration } from "../../../src/shared/time.ts";
import type { Workspace } from "../../../src/store/index.ts";
import { deskOf, strategyOf } from "./desks.ts";
import { create, makeWorkspace } from "./stage.ts";

/** `open high low close`, or one price for all four. */
export type BarText = string | number;

export function barsFile(symbol: string, bars: readonly BarText[]): string {
  const lines = bars.map((bar, index) => {
    const prices = String(bar).split(" ");
    const [open, high, low, close] = prices.length === 1 ? [prices[0], prices[0], prices[0], prices[0]] : prices;
    const at = new Date(Date.UTC(2026, 0, 5, 14, 30 + index)).toISOString();
    return `${at},${open},${high},${low},${close},100000,${symbol}`;
  });
  return ["dt,open,high,low,close,volume,symbol", ...lines, ""].join("\n");
}

/** What a strategy does in its runs, counted from 1. */
export type Plan = (run: number, runSnapshot: RunSnapshot) => readonly StrategyAction[];

export interface Scripted {
  readonly session: LiveSession;
  readonly workspace: Workspace;
  readonly runSnapshots: ReadonlyMap<string, RunSnapshot[]>;
}

/** A host that asks the plans; like the real one it gives a frozen result. */
export function planHost(plans: Readonly<Record<string, Plan>>, runSnapshots: Map<string, RunSnapshot[]>): OpenHost {
  const host: HostPort = {
    notLoaded: new Map(),
    barsNeeded: 1,
    hadItsTurn: () => true,
    onHeartbeat: () => undefined,
    run: (runSnapshot) => {
      const seen = runSnapshots.get(runSnapshot.strategy) ?? [];
      runSnapshots.set(runSnapshot.strategy, [...seen, runSnapshot]);
      const orders = plans[runSnapshot.strategy]?.(runSnapshot.run, runSnapshot) ?? [];
      return Promise.resolve({ outcome: "ok", orders, message: null });
    },
    restore: () => undefined,
    close: () => undefined,
  };
  return () => Promise.resolve(host);
}

/** A desk of one symbol and a strategy for each plan, on these bars. */
export function scriptedDesk(plans: Readonly<Record<string, Plan>>, more: Partial<Desk> = {}): Desk {
  const base = deskOf();
  return deskOf({
    broker: { ...base.broker, slippageBps: 0, feeBps: 0, fillModel: "bars" },
    feed: {
      kind: "replay",
      files: ["data/ABC.csv"],
      symbol: null,
      timeZone: "UTC",
      dateFormat: null,
      symbols: {},
    },
    runtime: { median: 1_000 as Duration, sigma: 0, slowShare: 0, slowFactor: 1 },
    orchestrator: { ...base.orchestrator, pace: "queue" },
    strategies: Object.keys(plans).map((name) =>
      strategyOf(name, "momentum", ["ABC"], {
        cadence: MINUTE,
        jitter: 0 as Duration,
        timeBudget: (5 * SECOND) as Duration,
      }),
    ),
    ...more,
  });
}

export async function scripted(
  bars: readonly BarText[],
  plans: Readonly<Record<string, Plan>>,
  more: Partial<Desk> = {},
  own: Partial<SessionPorts> = {},
): Promise<Scripted> {
  const workspace = makeWorkspace();
  mkdirSync(join(workspace.path, "data"), { recursive: true });
  writeFileSync(join(workspace.path, "data", "ABC.csv"), barsFile("ABC", bars));
  const runSnapshots = new Map<string, RunSnapshot[]>();
  const ports = { openHost: planHost(plans, runSnapshots), ...own };
  const session = await create(scriptedDesk(plans, more), { workspace, ports, length: undefined });
  return { session, workspace, runSnapshots };
}
