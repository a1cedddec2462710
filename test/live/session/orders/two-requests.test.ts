/**
 * A cancel that follows a replace before the venue has answered the replace: each has its own answer, and the order ends up as the venue
 * has it, whichever of the two answers is a refusal or is lost.
 *
 * 1. Strategies are scripted, the venue is the paper one, and its answers are lost or refused where a case says so.
 */
import { expect, it } from "vitest";
import { PaperBroker } from "../../../../src/live/broker/index.ts";
import type { SessionPorts } from "../../../../src/live/session/index.ts";
import type { BrokerAdapter, CommandOutcome } from "../../../../src/shared/ports.ts";
import { scripted, type Plan } from "../scripted.ts";
import { entriesOf, finish, journalOf, wrapBroker } from "../stage.ts";

const FLAT = Array.from({ length: 12 }, () => 100);
const because = { text: "test", values: {} };
const bid = { symbol: "ABC", quantity: 10, limitPrice: 90, clientOrderId: "bid", because };
const plan: Plan = (run) =>
  run === 2 ? [bid] : run === 4 ? [{ replace: "bid", limitPrice: 95 }, { cancel: "bid" }] : [];

const REFUSED: CommandOutcome = { outcome: "refused", reason: "too_late" };
const SILENT: CommandOutcome = { outcome: "unknown", reason: "timeout" };

type Over = (inner: BrokerAdapter) => Partial<BrokerAdapter>;

/** A request that the venue carries out, or not, and answers so. */
const carriedOut = async (done: Promise<unknown>, answer: CommandOutcome): Promise<CommandOutcome> => {
  await done;
  return answer;
};

const replaceAnswers =
  (answer: CommandOutcome, done: boolean): Over =>
  (inner) => ({
    replaceOrder: (...given) => (done ? carriedOut(inner.replaceOrder(...given), answer) : Promise.resolve(answer)),
  });
const cancelAnswers =
  (answer: CommandOutcome, done: boolean): Over =>
  (inner) => ({
    cancelOrder: (...given) => (done ? carriedOut(inner.cancelOrder(...given), answer) : Promise.resolve(answer)),
  });
const both =
  (...overs: readonly Over[]): Over =>
  (inner) =>
    Object.assign({}, ...overs.map((over) => over(inner))) as Partial<BrokerAdapter>;

interface Case {
  readonly what: string;
  readonly over: Over;
  /** `request state reason`, as reported to its strategy. */
  readonly expected: readonly string[];
  /** Price and state of the order that works at the end; null where it has ended. */
  readonly works: string | null;
}

const CASES: readonly Case[] = [
  {
    what: "both are carried out",
    over: () => ({}),
    expected: ["replace pending_cancel replaced", "order canceled canceled"],
    works: null,
  },
  {
    what: "the replace is refused",
    over: replaceAnswers(REFUSED, false),
    expected: ["replace pending_cancel too_late", "order canceled canceled"],
    works: null,
  },
  {
    what: "the cancel is refused",
    over: cancelAnswers(REFUSED, false),
    expected: ["replace pending_cancel replaced", "cancel accepted too_late"],
    works: "95 accepted",
  },
  {
    what: "the cancel is lost on its way",
    over: cancelAnswers(SILENT, false),
    expected: ["replace pending_cancel replaced", "cancel pending_cancel timeout", "cancel accepted not_canceled"],
    works: "95 accepted",
  },
  {
    what: "the cancel's answer is lost",
    over: cancelAnswers(SILENT, true),
    expected: ["replace pending_cancel replaced", "cancel pending_cancel timeout", "order canceled canceled"],
    works: null,
  },
  {
    what: "the replace's answer is lost and the cancel is refused",
    over: both(replaceAnswers(SILENT, true), cancelAnswers(REFUSED, false)),
    expected: ["replace pending_cancel timeout", "cancel pending_replace too_late", "replace accepted replaced"],
    works: "95 accepted",
  },
  {
    what: "the replace is lost on its way and the cancel is refused",
    over: both(replaceAnswers(SILENT, false), cancelAnswers(REFUSED, false)),
    expected: ["replace pending_cancel timeout", "cancel pending_replace too_late", "replace accepted not_replaced"],
    works: "90 accepted",
  },
  {
    what: "both are lost on their way",
    over: both(replaceAnswers(SILENT, false), cancelAnswers(SILENT, false)),
    expected: [
      "replace pending_cancel timeout",
      "cancel pending_cancel timeout",
      "cancel pending_replace not_canceled",
      "replace accepted not_replaced",
    ],
    works: "90 accepted",
  },
];

it.each(CASES)("where $what the order is as the venue has it", async ({ over, expected, works }) => {
  const openBroker: SessionPorts["openBroker"] = (files, { broker: config, seed }, { symbols, barInterval }) =>
    wrapBroker(new PaperBroker({ path: files.broker, config, seed, symbols, barInterval }), over);
  const { session, runSnapshots } = await scripted(FLAT, { one: plan }, {}, { openBroker });
  await finish(session);
  expect(session.failure).toBeNull();
  const updates = (runSnapshots.get("one") ?? []).flatMap((runSnapshot) => runSnapshot.updates);
  expect(updates.slice(1).map(({ request, state, reason }) => `${request} ${String(state)} ${reason}`)).toEqual(
    expected,
  );
  const open = session.probe().router.orders;
  expect(open.map(({ limitPrice, state }) => `${String(limitPrice)} ${state}`)).toEqual(works === null ? [] : [works]);
  expect(open.every(({ inDoubt }) => !inDoubt)).toBe(true);
  expect(entriesOf(journalOf(session.folder), "closed")).toHaveLength(works === null ? 1 : 0);
});
