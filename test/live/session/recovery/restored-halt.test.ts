/** A snapshot that is halted halts the session that it is restored into, and the journal says why. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { deskOf } from "../desks.ts";
import { create, entriesOf, finish, handPorts, HandTimers, journalOf, minutes } from "../stage.ts";

it.each([true, false])("halted: %s", async (halted) => {
  const timers = new HandTimers();
  const first = await create(deskOf(), { speed: 60, length: minutes(20), ports: handPorts(timers) });
  first.start();
  await timers.pass(1_000);
  if (halted) first.halt({ operator: "ada", note: "looks wrong" });
  await Promise.all([first.stop("operator"), timers.pass(1_000)]);
  const text = readFileSync(join(first.folder, "router_state.json"), "utf8");
  const restore = { source: "router_state.json", text, operator: "ada", note: "back to it", useSnapshotLimits: true };
  const session = await create(deskOf(), { length: minutes(2), restore });
  expect(session.probe().router.halted).toBe(halted);
  const summary = await finish(session);
  const codes = entriesOf(journalOf(session.folder), "halt").map(({ code }) => code);
  expect(codes).toEqual(halted ? ["restored_halted"] : []);
  expect(summary.orders > 0).toBe(!halted);
});
