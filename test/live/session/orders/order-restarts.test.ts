/**
 * A session with brackets, cancels, replaces and a queue, killed at each of its commits and opened again.
 *
 * 1. A kill leaves a copy of the folder between two writes; what is opened from it ends with the fills and the positions of the
 *    session that was not killed, unless a request was on disk and never reached the venue: that is found out and not repeated.
 * 2. Whatever was lost, nothing is halted, nothing drifts, and no fill is booked twice.
 */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { OrderIntent } from "../../../../src/shared/strategy.ts";
import type { Workspace } from "../../../../src/store/index.ts";
import { planHost, scripted, scriptedDesk, type Plan } from "../scripted.ts";
import { crashCopy, entriesOf, finish, journalOf, reopen } from "../stage.ts";

const because = { text: "test", values: {} };
const buy = (quantity: number, more: Partial<OrderIntent> = {}): OrderIntent => ({
  symbol: "ABC",
  quantity,
  because,
  ...more,
});
const BARS = [
  100,
  100,
  100,
  100,
  "100 101 94 100",
  "100 106 99 105",
  105,
  105,
  105,
  "105 111 104 110",
  110,
  110,
  110,
  110,
];

const plan: Plan = (run) => {
  if (run === 2) return [buy(10, { attach: { stop: { stopPrice: 80 }, target: { limitPrice: 110 } } })];
  if (run === 3) return [buy(5, { limitPrice: 90, clientOrderId: "bid" }), buy(1), buy(2, { idempotencyKey: "k" })];
  if (run === 4) return [{ replace: "bid", limitPrice: 95 }, buy(3, { limitPrice: 50, clientOrderId: "low" })];
  if (run === 6)
    return [{ replace: "low", limitPrice: 51 }, { cancel: "low" }, { cancel: "low" }, buy(-4, { reduceOnly: true })];
  return [];
};

const endOf = (folder: string) =>
  entriesOf(journalOf(folder), "fill")
    .filter(({ verdict }) => verdict === "booked")
    .map(({ orderId, quantity, price }) => `${orderId ?? ""} ${quantity}@${price}`);

/** Whether a request was found never to have reached the venue. */
function lostRequest(folder: string): boolean {
  const entries = journalOf(folder);
  const answers = [...entriesOf(entries, "cancel"), ...entriesOf(entries, "replace")];
  return (
    entriesOf(entries, "closed").some(({ status }) => status === "not_placed") ||
    answers.some(({ outcome }) => outcome.outcome === "refused" && outcome.reason.startsWith("not_"))
  );
}

it("ends the same, wherever it was killed", async () => {
  const { orchestrator } = scriptedDesk({});
  const more = { orchestrator: { ...orchestrator, rateLimitPerSec: 3 } };
  const scene = await scripted(BARS, { one: plan }, more, { groupCommits: false });
  const { session, workspace } = scene;
  const cuts: Workspace[] = [];
  session.subscribe(() => {
    const copy = crashCopy(session.folder);
    cpSync(join(workspace.path, "data"), join(copy.path, "data"), { recursive: true });
    cuts.push(copy);
  });
  await finish(session);
  expect(session.failure).toBeNull();
  const whole = endOf(session.folder);
  expect(whole.length).toBeGreaterThan(4);
  expect(cuts.length).toBeGreaterThan(6);
  let lost = 0;
  for (const [index, cut] of cuts.slice(0, -1).entries()) {
    const ports = { openHost: planHost({ one: plan }, new Map()) };
    const again = await reopen(cut, session.id, { speed: "max", ports });
    await finish(again);
    expect(again.failure, `cut ${index}`).toBeNull();
    expect(again.probe().router.halted, `cut ${index}`).toBe(false);
    expect(again.probe().counts.driftOpen, `cut ${index}`).toBe(0);
    const fills = endOf(again.folder);
    expect(new Set(fills).size, `cut ${index}`).toBe(fills.length);
    if (lostRequest(again.folder)) {
      lost += 1;
      continue;
    }
    expect(fills.toSorted(), `cut ${index}`).toEqual(whole.toSorted());
    expect(again.probe().positions, `cut ${index}`).toEqual(session.probe().positions);
  }
  // Cuts between a commit and its send lose what was to be sent; all others lose nothing.
  expect(lost).toBeGreaterThan(0);
  expect(lost).toBeLessThan(cuts.length - 1);
});
