/** A start on the system's clock after a while without a process: the venue gets the marks of that while, and fills against them. */
import { expect, it } from "vitest";
import type { Workspace } from "../../../../src/store/index.ts";
import { SECOND } from "../../../../src/shared/time.ts";
import { deskOf } from "../desks.ts";
import { crashCopy, create, entriesOf, handPorts, HandTimers, minutes, reopen } from "../stage.ts";

it("fills at the first mark of the gap, and not at the first one after the start", async () => {
  const timers = new HandTimers();
  const ports = handPorts(timers, { wallMs: () => 1_767_623_400_000 + timers.nowMs });
  const desk = deskOf({ clock: { kind: "system" } });
  const session = await create(desk, { length: minutes(30), ports });
  const copies: { readonly workspace: Workspace; readonly venueId: string; readonly at: number }[] = [];
  session.subscribe((entries) => {
    const ack = entries.find(({ kind }) => kind === "ack");
    if (ack?.kind === "ack" && copies.length === 0)
      copies.push({ workspace: crashCopy(session.folder), venueId: ack.venueId, at: ack.at });
  });
  session.start();
  for (let tries = 0; tries < 600 && copies.length === 0; tries += 1) await timers.pass(1_000);
  await session.stop("signal");
  const [copy] = copies;
  if (copy === undefined) throw new Error("No order was acknowledged.");
  await timers.pass(10 * 60_000);
  const again = await reopen(copy.workspace, session.id, { ports });
  expect(entriesOf(again.entries(), "fill").filter(({ venueId }) => venueId === copy.venueId)).toEqual([]);
  again.start();
  await timers.pass(5_000);
  const [fill] = entriesOf(again.entries(), "fill").filter(({ venueId }) => venueId === copy.venueId);
  expect(fill?.verdict).toBe("booked");
  expect((fill?.filledAt ?? 0) - copy.at).toBeGreaterThan(0);
  expect((fill?.filledAt ?? 0) - copy.at).toBeLessThanOrEqual(10 * SECOND);
});
