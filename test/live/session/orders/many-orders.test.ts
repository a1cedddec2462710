/** Many orders at once: what a halt and a flatten send in one go, and a bracket whose parent fills on after its child has. */
import { describe, expect, it } from "vitest";
import { reopenSession, type LiveSession } from "../../../../src/live/session/index.ts";
import type { OrderIntent } from "../../../../src/shared/strategy.ts";
import { planHost, scripted, scriptedDesk, type Plan } from "../scripted.ts";
import { entriesOf, finish, journalOf, minutes, owned } from "../stage.ts";

const because = { text: "test", values: {} };
const FLAT = Array.from({ length: 20 }, () => 100);
const WHO = { operator: "ann", note: "get out" };
const ALL = { kind: "all", name: "all" } as const;

/** A session of these plans that has ended, opened again without its loop. */
async function openAgain(plans: Readonly<Record<string, Plan>>): Promise<LiveSession> {
  const { orchestrator } = scriptedDesk(plans);
  const more = { orchestrator: { ...orchestrator, rateLimitPerSec: 2_000, maxInflight: 2_000 } };
  const { session, workspace } = await scripted(FLAT, plans, more);
  await finish(session);
  const ports = { openHost: planHost({}, new Map()) };
  return owned(await reopenSession({ workspace, id: session.id, ports, length: minutes(1) }));
}

describe("a halt that cancels", () => {
  it("asks for the cancels of a thousand working orders in its own pass, and the venue carries all of them out", async () => {
    const bids = Array.from({ length: 500 }, (): OrderIntent => ({
      symbol: "ABC",
      quantity: 1,
      limitPrice: 90,
      because,
    }));
    const session = await openAgain({ one: (run) => (run === 2 || run === 3 ? bids : []) });
    expect(session.probe().router.orders).toHaveLength(1_000);
    const from = session.probe().journal.position;
    session.halt({ ...WHO, also: "cancel" });
    const entries = [...session.entries(from + 1)];
    const [halt] = entriesOf(entries, "halt");
    const asked = entriesOf(entries, "cancel_request");
    expect(asked).toHaveLength(1_000);
    expect(new Set(asked.map(({ at, sent }) => `${at} ${sent}`))).toEqual(new Set([`${halt?.at ?? 0} true`]));
    await finish(session);
    const answers = entriesOf(journalOf(session.folder), "cancel");
    expect(answers.filter(({ outcome }) => outcome.outcome === "accepted")).toHaveLength(1_000);
    expect(session.probe().router.orders).toEqual([]);
  });
});

describe("a flatten", () => {
  it("of fifty positions sends fifty reducing orders in its first pass", async () => {
    const names = Array.from({ length: 50 }, (_, index) => `s${index}`);
    const plans = Object.fromEntries(
      names.map((name, index): [string, Plan] => {
        const quantity = index % 2 === 0 ? 1 + index : -1 - index;
        return [name, (run) => (run === 2 ? [{ symbol: "ABC", quantity, because }] : [])];
      }),
    );
    const session = await openAgain(plans);
    expect(session.probe().ownerPositions).toHaveLength(50);
    const started = session.probe().now;
    await session.flatten({ scope: ALL, shutsGate: true, ...WHO });
    await finish(session);
    const closing = entriesOf(journalOf(session.folder), "order").filter(({ flatten }) => flatten !== undefined);
    expect(closing).toHaveLength(50);
    expect(closing.every(({ at, accepted, reduceOnly }) => at === started && accepted && reduceOnly === true)).toBe(
      true,
    );
  });
});

describe("a bracket whose parent fills in parts", () => {
  it("has its target work again for what comes after the target has filled all that there was", async () => {
    const desk = scriptedDesk({});
    const target = { limitPrice: 105 };
    const order: OrderIntent = { symbol: "ABC", quantity: 8, because, attach: { stop: { stopPrice: 90 }, target } };
    const more = { broker: { ...desk.broker, partialFillShare: 0.00005 } };
    const bars = [100, 100, 100, "100 106 99 100", "100 106 99 100", "100 106 99 100", 100, 100];
    const { session } = await scripted(bars, { one: (run) => (run === 3 ? [order] : []) }, more);
    const summary = await finish(session);
    expect(summary).toMatchObject({ driftOpen: 0, halts: [], workingOrders: 0 });
    const entries = journalOf(session.folder);
    expect(entriesOf(entries, "fill").map(({ quantity, verdict }) => `${quantity} ${verdict}`)).toEqual([
      "5 booked",
      "-5 booked",
      "3 booked",
      "-3 booked",
    ]);
    expect(session.probe().ownerPositions).toEqual([]);
  });
});
