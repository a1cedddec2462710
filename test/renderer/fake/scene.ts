/** Every stream's fake projection in one state of a session, and how a running one changes. */
import type { StreamName, StreamValue } from "../../../src/shared/contract/contract.ts";
import { NOW, random } from "./desk-facts.ts";
import { desk, metrics, schedule } from "./running.ts";
import { alerts, app, drift, log, session, sessions, type Scenario } from "./session.ts";
import { orders, rejections, router } from "./trading.ts";

export type Streams = { -readonly [Name in StreamName]: StreamValue<Name> };

/** Every stream's value of a scenario. */
export function scene(scenario: Scenario): Streams {
  const next = random(9_402);
  return {
    app: app(scenario),
    session: session(scenario),
    alerts: alerts(scenario),
    desk: desk(next),
    schedule: schedule(next),
    ticks: { problem: null, counts: {}, rows: {} },
    router: router(next),
    positions: { now: NOW, currency: "USD", rows: {}, symbols: {} },
    rejections: rejections(),
    metrics: metrics(next),
    orders: orders(next),
    drift: drift(scenario === "halted"),
    log: log(),
    sessions: sessions(next),
  };
}

/** A few seconds later: what moves in a running session moves. */
export function advance(streams: Streams, by: number): Streams {
  const open = streams.session.session;
  if (open === null || open.state !== "running") return streams;
  const now = open.now + by;
  return {
    ...streams,
    session: { ...streams.session, session: { ...open, now } },
    schedule: { ...streams.schedule, now },
    router: { ...streams.router, now },
  };
}
