/**
 * What a start asks the venue: where one of its three questions has no answer the gate stays shut, and the halt says which one it was;
 * what was reviewed is no new difference.
 */
import { expect, it } from "vitest";
import { PaperBroker } from "../../../../src/live/broker/index.ts";
import type { SessionPorts } from "../../../../src/live/session/index.ts";
import { deskOf } from "../desks.ts";
import { crashCopy, create, entriesOf, finish, journalOf, minutes, reopen, wrapBroker } from "../stage.ts";

const SILENT = { ok: false, reason: "no route" } as const;
const QUESTIONS = ["fillsSince", "openOrders", "positions"] as const;

const silentAt =
  (silent: readonly string[]): SessionPorts["openBroker"] =>
  (files, desk, feed) =>
    wrapBroker(
      new PaperBroker({ path: files.broker, config: desk.broker, seed: desk.seed, symbols: feed.symbols }),
      () => Object.fromEntries(silent.map((question) => [question, () => Promise.resolve(SILENT)])),
    );

async function stopped() {
  const session = await create(deskOf(), { length: minutes(4) });
  expect((await finish(session)).fills).toBeGreaterThan(0);
  return session;
}

it("that answers everything opens", async () => {
  const session = await stopped();
  const again = await reopen(crashCopy(session.folder), session.id, { ports: { openBroker: silentAt([]) } });
  expect(again.probe().haltReasons).toEqual([]);
  const [found] = entriesOf(again.entries(), "session").slice(-1);
  expect(found?.text).toMatch(/: 0 fills booked that the venue had, 0 orders to be asked about, 0 runs under way\.$/);
});

it.each(["adopt", "dismiss"] as const)(
  "finds no difference where a stranger's fill was reviewed: %s",
  async (action) => {
    const session = await stopped();
    const first = await reopen(crashCopy(session.folder), session.id, { length: minutes(1) });
    first.injectUnknownFill({ symbol: "AAA", quantity: "7" });
    await finish(first);
    const [item] = first.probe().drift;
    expect(item).toMatchObject({ drift: "unknown_fill", review: null });
    const second = await reopen(crashCopy(first.folder), session.id);
    second.review(item?.item ?? "", { action, operator: "ada", note: "seen" });
    await second.stop("operator");
    const third = await reopen(crashCopy(second.folder), session.id);
    expect(third.probe().drift.map(({ drift, review }) => [drift, review?.action])).toEqual([["unknown_fill", action]]);
  },
);

it.each([
  ["fillsSince", "its fills cannot be read (no route)"],
  ["openOrders", "its open orders cannot be read (no route)"],
  ["positions", "its positions cannot be read (no route)"],
  [QUESTIONS.join(), "its fills cannot be read (no route), its open orders cannot be read (no route), its positions"],
])("that does not answer %s", async (silent, says) => {
  const session = await stopped();
  const ports = { openBroker: silentAt(silent.split(",")) };
  const again = await reopen(crashCopy(session.folder), session.id, { length: minutes(2), ports });
  const [reason] = again.probe().haltReasons;
  expect(reason).toMatchObject({ source: "fault", code: "venue_unreachable" });
  expect(reason?.message).toContain(says);
  expect(again.probe().drift).toEqual([]);
  const before = again.probe().journal.position;
  expect(() => again.resume({ operator: "ada", note: "go" })).toThrow(/open the session again/);
  await finish(again);
  const later = journalOf(again.folder).filter(({ seq }) => seq > before);
  expect(entriesOf(later, "send")).toEqual([]);
});
