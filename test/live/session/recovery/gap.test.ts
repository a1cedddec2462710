/** A start on the system's clock after a while without a process: the venue gets the marks of that while, and fills against them. */
import { expect, it } from "vitest";
import type { Workspace } from "../../../../src/store/index.ts";
import { SECOND } from "../../../../src/shared/time.ts";
import { deskOf } from "../desks.ts";
import { crashCopy, create, entriesOf, handPorts, HandTimers, minutes, reopen } from "../stage.ts";
import { Venue } from "../venue.ts";

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

it("looks at the market first: what the venue filled in the gap is booked at the start, and drift has the newest price", async () => {
  const timers = new HandTimers();
  let venue: Venue | null = null;
  let strange = "0";
  const ports = handPorts(timers, {
    wallMs: () => 1_767_623_400_000 + timers.nowMs,
    openBroker: (_files, _desk, feed) => {
      venue ??= new Venue(feed.symbols);
      const own = venue;
      const broker = own.connect();
      const positions = (): Promise<{ ok: true; value: Record<string, string> }> =>
        Promise.resolve({ ok: true, value: { ...own.positions(), ...(strange === "0" ? {} : { DDD: strange }) } });
      return { ...broker, positions, onMarketData: () => undefined };
    },
  });
  const desk = deskOf({ clock: { kind: "system" } });
  const session = await create(desk, { length: minutes(60), ports });
  session.start();
  const own = venue as Venue | null;
  for (let tries = 0; tries < 600 && own?.placed.length === 0; tries += 1) await timers.pass(1_000);
  const [order] = own?.placed ?? [];
  if (own === null || order === undefined) throw new Error("No order was placed.");
  const marksBefore = session.probe().now;
  await session.stop("signal");
  const { fills } = session.probe().counts;
  await timers.pass(5 * 60_000);
  own.execute(order.venueId, order.symbol, order.quantity, "50", session.probe().now, false);
  const [fill] = own.fills;
  if (fill !== undefined)
    own.fills[0] = { ...fill, at: (1_767_623_400_000_000 + timers.nowMs * 1_000) as typeof fill.at };
  strange = "5";
  await timers.pass(5 * 60_000);
  const again = await reopen(crashCopy(session.folder), session.id, { ports });
  const probe = again.probe();
  expect(probe.counts.fills).toBe(fills + 1);
  expect(probe.now - marksBefore).toBeGreaterThan(9 * 60 * SECOND);
  expect(probe.drift).toMatchObject([{ drift: "position_mismatch", evidence: { symbol: "DDD", quantity: "5" } }]);
  const [drift] = entriesOf(again.entries(), "drift");
  expect((drift?.at ?? 0) - marksBefore).toBeGreaterThan(9 * 60 * SECOND);
  // Opened once more, it comes to the same: the repetition consumes the market up to the same moments.
  const third = await reopen(crashCopy(again.folder), session.id, { ports });
  expect(third.probe().drift).toEqual(probe.drift);
});
