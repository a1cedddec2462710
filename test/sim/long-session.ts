/**
 * A whole session of any number of orders, as the program itself makes one: journal, venue, checkpoints and files. For benchmarks of
 * starts, verifications and openings; unlike `big-session.ts` its entries can be repeated, because the session's own parts decided them.
 *
 * 1. The same sizes make the same session; nothing waits for a strategy, because the host answers from a plan.
 * 2. A strategy places `ORDERS_A_RUN` market orders a run: one side and then the other, so that no position grows.
 */
import { createSession } from "../../src/live/session/index.ts";
import type { HostPort } from "../../src/live/host/port.ts";
import type { OpenHost } from "../../src/live/host/index.ts";
import { MINUTE, SECOND, type Duration } from "../../src/shared/time.ts";
import type { Desk } from "../../src/shared/desk.ts";
import type { OrderIntent } from "../../src/shared/strategy.ts";
import { openWorkspace } from "../../src/store/index.ts";
import { deskOf, strategyOf, SYMBOLS } from "../live/session/desks.ts";

const STRATEGIES = 20;
const ORDERS_A_RUN = 50;
const CADENCE = (30 * SECOND) as Duration;
const ORDERS_A_CADENCE = STRATEGIES * ORDERS_A_RUN;

/** Orders of a run: buys in one, the same amounts sold in the next. */
function ordersOf(symbol: string, run: number): readonly OrderIntent[] {
  const side = run % 2 === 0 ? -1 : 1;
  return Array.from({ length: ORDERS_A_RUN }, (_, index): OrderIntent => {
    const because = { text: side === 1 ? "the fast mean above the slow one" : "reverted", values: { z: index } };
    return { symbol, quantity: side * (1 + (index % 7)), because };
  });
}

/** A host that loads nothing and answers at once. */
export const plannedHost: OpenHost = () => {
  const host: HostPort = {
    notLoaded: new Map(),
    barsNeeded: 1,
    hadItsTurn: () => true,
    onHeartbeat: () => undefined,
    run: ({ strategy, run }) => {
      const symbol = SYMBOLS[Number(strategy.slice(1)) % SYMBOLS.length] ?? "AAA";
      return Promise.resolve({ outcome: "ok", orders: ordersOf(symbol, run), message: null });
    },
    restore: () => undefined,
    close: () => undefined,
  };
  return Promise.resolve(host);
};

function longDesk(): Desk {
  const base = deskOf();
  return deskOf({
    orchestrator: {
      ...base.orchestrator,
      rateLimitPerSec: 10_000,
      maxInflight: 100_000,
      snapshotInterval: (600 * MINUTE) as Duration,
      metricsInterval: MINUTE,
      equityInterval: MINUTE,
    },
    runtime: { median: 1_000 as Duration, sigma: 0, slowShare: 0, slowFactor: 1 },
    strategies: Array.from({ length: STRATEGIES }, (_, index) =>
      strategyOf(`s${String(index).padStart(3, "0")}`, "momentum", [SYMBOLS[index % SYMBOLS.length] ?? "AAA"], {
        cadence: CADENCE,
        jitter: 0 as Duration,
        anchor: "slot",
      }),
    ),
  });
}

export interface LongSession {
  readonly id: string;
  readonly folder: string;
  readonly orders: number;
}

/** Makes a session of about so many orders in a workspace. */
export async function makeLongSession(workspace: string, orders: number): Promise<LongSession> {
  const cadences = Math.ceil(orders / ORDERS_A_CADENCE);
  const live = await createSession({
    workspace: openWorkspace(workspace),
    desk: longDesk(),
    speed: "max",
    length: (cadences * CADENCE) as Duration,
    ports: { openHost: plannedHost },
  });
  live.start();
  const summary = await live.done;
  if (summary.failure !== null) throw new Error(summary.failure.message);
  return { id: live.id, folder: live.folder, orders: summary.orders };
}
