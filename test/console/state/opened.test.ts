/**
 * A long session that is open before its whole journal has been read.
 */
import { expect, it } from "vitest";
import { AlertBook } from "../../../src/console/alerts/book.ts";
import { OpenedSession } from "../../../src/console/state/opened.ts";
import { reopenSession } from "../../../src/live/session/index.ts";
import { create, finish, handPorts, HandTimers, makeWorkspace, minutes, owned } from "../../live/session/stage.ts";
import { deskOf } from "../../live/session/desks.ts";
import { insideHost } from "../../sim/inside-host.ts";

const VIEWS = [
  "desk",
  "schedule",
  "ticks",
  "router",
  "positions",
  "rejections",
  "metrics",
  "orders",
  "drift",
  "log",
] as const;

it("shows the session's own counts until its journal is read, runs meanwhile, and then shows what one that waited shows", async () => {
  const workspace = makeWorkspace();
  const first = await create(deskOf(), { workspace, length: minutes(3 * 60) });
  const { orders, fills } = await finish(first);
  const timers = new HandTimers();
  const ports = { ...handPorts(timers), openHost: insideHost };
  const live = owned(await reopenSession({ workspace, id: first.id, speed: 60, length: minutes(60), ports }));
  const alerts = new AlertBook({ earlier: [], keep: () => undefined, wallMs: () => 0 });
  const opened = await OpenedSession.of(live, () => timers.nowMs, alerts, { atOnce: 1 });
  const { reading } = opened;
  if (reading === null) throw new Error("The journal is too short for this test.");
  expect(reading.entries).toBeLessThan(reading.of);
  expect(opened.session()).toMatchObject({ state: "ready", reading, counts: { orders, fills } });
  // Everything is asked of the past's true end, however far the views are.
  expect([...opened.past()(1)].length).toBe(live.probe().journal.committed);
  live.start();
  await timers.pass(2_000);
  await opened.whole;
  await timers.pass(2_000);
  expect(opened.reading).toBeNull();
  expect(opened.session().counts.orders).toBe(live.probe().counts.orders);
  await live.stop("signal");
  const again = owned(await reopenSession({ workspace, id: first.id, ports }));
  const whole = await OpenedSession.of(again, () => timers.nowMs, alerts);
  await whole.whole;
  const probe = again.probe();
  // What has been read while it ran lacks only what the stop and the next start wrote.
  opened.views.apply(again.entries(opened.views.position + 1));
  for (const name of VIEWS) expect(opened.views.view(name, probe), name).toEqual(whole.views.view(name, probe));
  opened.close();
  whole.close();
});

it("is not read any further once it is closed", async () => {
  const workspace = makeWorkspace();
  const first = await create(deskOf(), { workspace, length: minutes(3 * 60) });
  await finish(first);
  const live = owned(await reopenSession({ workspace, id: first.id, ports: { openHost: insideHost } }));
  const alerts = new AlertBook({ earlier: [], keep: () => undefined, wallMs: () => 0 });
  const opened = await OpenedSession.of(live, () => 0, alerts, { atOnce: 1 });
  opened.close();
  await opened.whole;
  expect(opened.reading).not.toBeNull();
  expect(alerts.view().total).toBe(0);
});
