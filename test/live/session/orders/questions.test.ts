/**
 * Requests by themselves, over a core that only notes: which of them go together, and what the venue is asked about those that it has
 * not answered.
 */
import { describe, expect, it } from "vitest";
import { OrderStatusQueries, sendAll, type Sending } from "../../../../src/live/session/orders/sending.ts";
import type { Core } from "../../../../src/live/session/state/parts.ts";
import type { WorkingOrder } from "../../../../src/live/session/state/working-orders.ts";
import { decimal, ZERO } from "../../../../src/shared/decimal.ts";
import { orderId } from "../../../../src/shared/ids.ts";
import type { BrokerOrder, CommandOutcome, Lookup } from "../../../../src/shared/ports.ts";
import { SECOND, type Moment } from "../../../../src/shared/time.ts";
import type { EntryBody } from "../../../../src/store/index.ts";

const idOf = (name: string) => orderId(`ROUTER-${name.padStart(8, "0")}`);
const START = 1_767_623_400_000_000;
const UNKNOWN = "unknown";

const working = (number: string, more: Partial<WorkingOrder> = {}): WorkingOrder => ({
  orderId: idOf(number),
  venueId: `V-${number}`,
  clientOrderId: number,
  strategy: "one",
  symbol: "AAA",
  quantity: 10,
  ordered: decimal(10),
  filled: ZERO,
  price: 100,
  limitPrice: 90,
  state: "accepted",
  at: 0 as Moment,
  confirmed: true,
  inDoubt: true,
  request: null,
  cancelWanted: false,
  ...more,
});

const found = (more: Partial<BrokerOrder> = {}): BrokerOrder => ({
  venueId: "V-1",
  symbol: "AAA",
  quantity: "10",
  filled: "0",
  limitPrice: "90",
  status: "open",
  ...more,
});

/** A core whose ledger only notes; orders end by a `closed` entry, and are in no doubt once they are answered. */
function bench(orders: readonly WorkingOrder[], ask: (venueId: string) => Lookup<BrokerOrder | null>) {
  const entries: EntryBody[] = [];
  const all = new Map(orders.map((order) => [order.orderId, order]));
  const doubtful = (): WorkingOrder[] => [...all.values()].filter((order) => order.inDoubt);
  const core = {
    id: "session",
    now: START as Moment,
    broker: { orderByClientId: (venueId: string) => Promise.resolve(ask(venueId)) },
    router: { order: () => undefined, amend: () => undefined, halt: () => undefined },
    model: {
      working: all,
      open: {
        index: {
          get doubts() {
            return doubtful().length > 0;
          },
          doubtful,
        },
      },
    },
    ledger: {
      add: (entry: EntryBody) => {
        entries.push(entry);
        const order = "orderId" in entry ? all.get(entry.orderId ?? "") : undefined;
        if (order === undefined) return;
        if (entry.kind === "closed") all.delete(order.orderId);
        else order.inDoubt = false;
      },
    },
  };
  const queries = new OrderStatusQueries(core as unknown as Core);
  const asked = async (times = 1): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      await queries.ask();
      core.now = (core.now + SECOND) as Moment;
    }
  };
  return { core, entries, queries, asked, all };
}

const shown = (entries: readonly EntryBody[]): unknown[] =>
  entries.map((entry) => {
    if (entry.kind === "closed") return [entry.kind, entry.status, entry.reason];
    if (entry.kind === "ack" || entry.kind === "cancel" || entry.kind === "replace")
      return [entry.kind, entry.outcome.outcome, "reason" in entry.outcome ? entry.outcome.reason : null];
    return entry.kind;
  });

describe("requests of one pass", () => {
  const place = (number: string, parent: string | null = null): Sending =>
    ({
      kind: "place",
      orderId: idOf(number),
      order: { venueId: `V-${number}` },
      parent: parent === null ? null : idOf(parent),
    }) as unknown as Sending;
  const cancel = (number: string): Sending => ({
    kind: "cancel",
    orderId: idOf(number),
    venueId: `V-${number}`,
    by: "one",
  });

  /** What begins and ends at the venue, in order. */
  async function sent(sending: readonly Sending[]): Promise<string> {
    const seen: string[] = [];
    const does = async (what: string): Promise<CommandOutcome> => {
      seen.push(`+${what}`);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      seen.push(`-${what}`);
      return { outcome: "accepted", quantity: "10", limitPrice: null };
    };
    const core = {
      now: START as Moment,
      broker: {
        placeOrder: ({ venueId }: { readonly venueId: string }) => does(venueId.slice(2)),
        cancelOrder: (venueId: string) => does(`x${venueId.slice(2)}`),
      },
      model: { working: new Map([["1", "2", "3", "4"].map((one) => [idOf(one), {}] as const)].flat()) },
      ledger: { add: () => undefined },
    };
    await sendAll(core as unknown as Core, sending);
    return seen.join(" ");
  }

  it.each([
    ["of orders that have nothing to do with each other go together", [place("1"), place("2")], "+1 +2 -1 -2"],
    ["a cancel goes behind its order's placement", [place("1"), cancel("1"), place("2")], "+1 -1 +x1 +2 -x1 -2"],
    [
      "children go behind their parent, and beside each other",
      [place("1"), place("2", "1"), place("3", "1")],
      "+1 -1 +2 +3 -2 -3",
    ],
    ["a child of an earlier pass waits for none", [place("2"), place("3", "1")], "+2 +3 -2 -3"],
  ])("%s", async (_what, sending, order) => {
    expect(await sent(sending)).toBe(order);
  });
});

describe("a request without an answer", () => {
  it("is asked about at once, and again a second later: the earliest question is the next", async () => {
    const answers = new Map<string, Lookup<BrokerOrder | null>>([["V-1", { ok: true, value: null }]]);
    const { queries, core } = bench(
      [working("1"), working("2", { inDoubt: false })],
      (id) => answers.get(id) ?? { ok: true, value: null },
    );
    expect(queries.nextAt()).toBe(START);
    await queries.ask();
    expect(queries.nextAt()).toBe(START + SECOND);
    const second = core.model.working.get(idOf("2"));
    if (second !== undefined) second.inDoubt = true;
    expect(queries.nextAt()).toBe(START);
  });

  it("that an event settled while the venue was asked is left as the event left it", async () => {
    const scene = bench([working("1", { confirmed: false })], () => {
      const order = scene.all.get(idOf("1"));
      if (order !== undefined) order.inDoubt = false;
      return { ok: true, value: found() };
    });
    await scene.asked(2);
    expect(scene.entries).toEqual([]);
  });

  it.each([
    [null, "the venue had rejected it"],
    ["margin", "margin"],
  ])("that the venue had rejected says why: %s", async (reason, says) => {
    const more = reason === null ? {} : { reason };
    const { entries, asked } = bench([working("1", { confirmed: false })], () => ({
      ok: true,
      value: found({ status: "rejected", ...more }),
    }));
    await asked();
    expect(shown(entries)).toEqual([["ack", "refused", says]]);
  });

  it("of an order that the venue has ended meanwhile ends it, too", async () => {
    const { entries, asked } = bench([working("1", { confirmed: false })], () => ({
      ok: true,
      value: found({ status: "canceled", reason: "asked for" }),
    }));
    await asked();
    expect(shown(entries)).toEqual([
      ["ack", "accepted", null],
      ["closed", "canceled", "asked for"],
    ]);
  });

  it("of an order that ended with a fill on its way ends it once the fill is booked", async () => {
    const { entries, asked, queries, all, core } = bench([working("1", { confirmed: false })], () => ({
      ok: true,
      value: found({ status: "canceled", filled: "4" }),
    }));
    await asked(3);
    expect(shown(entries)).toEqual([["ack", "accepted", null]]);
    expect(queries.nextAt()).toBeNull();
    const order = all.get(idOf("1"));
    if (order !== undefined) order.filled = decimal(4);
    expect(queries.nextAt()).toBe(core.now);
    await asked(3);
    expect(shown(entries).slice(1)).toEqual([["closed", "canceled", "The venue had closed it."]]);
  });

  it.each([
    ["a cancel", null, ["cancel", "refused", "not_canceled"]],
    ["a replace", { limitPrice: "95" }, ["replace", "refused", "not_replaced"]],
  ] as const)("of %s, whose order stays as it was, is asked about twice and was refused", async (_what, change, is) => {
    const request = { kind: change === null ? "cancel" : "replace", change } as const;
    const { entries, asked } = bench([working("1", { request })], () => ({ ok: true, value: found() }));
    await asked();
    expect(entries).toEqual([]);
    await asked(2);
    expect(shown(entries)).toEqual([is]);
  });

  it.each([
    ["its price", { limitPrice: "95" }, { limitPrice: "95.00" }],
    ["its quantity", { quantity: "20" }, { quantity: "20" }],
    ["its stop", { stopPrice: "80" }, { stopPrice: "80", limitPrice: null }],
  ] as const)("of a replace that the venue carried out is taken from the order: %s", async (_what, change, has) => {
    const { entries, asked } = bench([working("1", { request: { kind: "replace", change } })], () => ({
      ok: true,
      value: found(has),
    }));
    await asked(3);
    expect(shown(entries)).toEqual([["replace", "accepted", null]]);
  });

  it("while the venue cannot be asked stays in doubt, and is said once", async () => {
    let answers: Lookup<BrokerOrder | null> = { ok: false, reason: UNKNOWN };
    const { entries, asked, all } = bench([working("1")], () => answers);
    await asked(3);
    expect(entries.map(({ kind }) => kind)).toEqual(["halt"]);
    expect(all.get(idOf("1"))?.inDoubt).toBe(true);
    answers = { ok: true, value: found() };
    await asked();
    expect(shown(entries).slice(1)).toEqual([["ack", "accepted", null]]);
  });
});
