/** A start compares the venue's fills with the journal's: an older copy, a changed figure and a fill that is gone are refused. */
import { cpSync } from "node:fs";
import { basename, join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { verifySession } from "../../../../src/harness/verify.ts";
import { endedFault, ordersBefore } from "../../../../src/live/session/recovery/ended-orders.ts";
import {
  assertSameVenue,
  fillsCompared,
  orderFault,
  venueFault,
} from "../../../../src/live/session/recovery/venue-check.ts";
import type { WorkingOrder } from "../../../../src/live/session/state/working-orders.ts";
import { decimal } from "../../../../src/shared/decimal.ts";
import type { OrderIntent } from "../../../../src/shared/strategy.ts";
import type { FillEntry, JournalEntry } from "../../../../src/store/journal/entries.ts";
import type { SessionId } from "../../../../src/shared/ids.ts";
import type { BrokerAdapter, BrokerFill, BrokerOrder } from "../../../../src/shared/ports.ts";
import type { Moment } from "../../../../src/shared/time.ts";
import { deskOf } from "../desks.ts";
import { planHost, scripted, type Plan } from "../scripted.ts";
import { crashCopy, create, finish, journalOf, minutes, reopen } from "../stage.ts";

/** A finished session's copy whose venue database was changed by a statement. */
async function changed(sql: string | null) {
  const session = await create(deskOf(), { length: minutes(6) });
  expect((await finish(session)).fills).toBeGreaterThan(3);
  const workspace = crashCopy(session.folder);
  const id = basename(session.folder);
  const folder = join(workspace.sessions, id);
  if (sql !== null) {
    const database = new Database(join(folder, "broker.db"));
    expect(database.prepare(sql).run().changes).toBeGreaterThan(0);
    database.close();
  }
  const again = () => reopen(workspace, id, { length: minutes(1) });
  const venue = async () => (await verifySession(workspace, id)).checks.find(({ name }) => name === "venue");
  return { again, venue, folder };
}

const LAST = "cursor = (SELECT max(cursor) FROM fills)";

describe("the venue's database", () => {
  it("that is the session's own opens, and verify says so", async () => {
    const { again, venue } = await changed(null);
    expect(await venue()).toMatchObject({ state: "passed" });
    await finish(await again());
    expect(await venue()).toMatchObject({ state: "passed" });
  });

  it.each([
    [
      "another quantity",
      `UPDATE fills SET quantity = quantity || '1' WHERE ${LAST}`,
      /is -?[\d.]+1 \S+ at .* in the journal/,
    ],
    ["another price", `UPDATE fills SET price = '1' WHERE ${LAST}`, / at 1, fee /],
    ["another fee", `UPDATE fills SET fee = '77' WHERE ${LAST}`, /fee 77 there/],
    ["another moment", `UPDATE fills SET at = at + 1 WHERE ${LAST}`, /there and/],
    ["no such fill", `DELETE FROM fills WHERE ${LAST}`, /in the journal .*and not at the venue/],
    ["no fills at all", "DELETE FROM fills", /in the journal .*and not at the venue/],
  ])("with %s is refused by a start and found by verify", async (_what, sql, says) => {
    const { again, venue, folder } = await changed(sql);
    const before = journalOf(folder).length;
    await expect(again()).rejects.toMatchObject({ code: "session_conflict", message: expect.stringMatching(says) });
    expect(journalOf(folder)).toHaveLength(before);
    expect(await venue()).toMatchObject({ state: "failed", text: expect.stringMatching(says) });
  });

  it("of a session of many fills is compared from the checkpoint on, and with the last fill before it", async () => {
    const entries = [1, 2, 3].map((cursor) => ({ kind: "fill", cursor, seq: cursor }) as JournalEntry);
    const count = { count: () => 10_001, read: (from = 1) => entries.slice(from - 1) };
    expect(fillsCompared(count, 2).map(({ seq }) => seq)).toEqual([3]);
    expect(fillsCompared({ ...count, count: () => 10_000 }, 2).map(({ seq }) => seq)).toEqual([1, 2, 3]);

    const broker = (...cursors: readonly number[]) =>
      ({
        disk: {},
        fillsSince: (after: number) =>
          Promise.resolve({ ok: true, value: cursors.filter((one) => one > after).map((cursor) => ({ cursor })) }),
      }) as unknown as BrokerAdapter;
    const id = "s" as SessionId;
    await assertSameVenue({ broker: broker(1, 2), id }, [], 2);
    await expect(assertSameVenue({ broker: broker(1), id }, [], 2)).rejects.toThrow(/fill number 2 is in the journal/);
    const silent = {
      ...broker(1),
      fillsSince: () => Promise.resolve({ ok: false, reason: "away" }),
    } as unknown as BrokerAdapter;
    await assertSameVenue({ broker: silent, id }, [], 2);
    // A venue without a database of ours may report an execution again, as another one.
    await assertSameVenue({ broker: { ...broker(1), disk: undefined } as unknown as BrokerAdapter, id }, [], 2);
  });
});

describe("comparing fills", () => {
  const fill: BrokerFill = {
    cursor: 3,
    fillId: "F-3",
    venueId: "V-1",
    symbol: "AAA",
    quantity: "5",
    price: "10.5",
    fee: "0.1",
    at: 7 as Moment,
  };
  const entry = (more: Partial<FillEntry>): JournalEntry => {
    const { at: filledAt, ...rest } = fill;
    return { kind: "fill", ...rest, filledAt, seq: 9, at: 8 as Moment, ...more } as JournalEntry;
  };
  const at = new Map([[3, fill]]);

  it.each([
    ["fillId", { fillId: "F-4" }],
    ["venueId", { venueId: "V-2" }],
    ["symbol", { symbol: "BBB" }],
    ["quantity", { quantity: "-5" }],
    ["price", { price: "10.51" }],
    ["fee", { fee: "0" }],
    ["moment", { filledAt: 6 as Moment }],
    ["cursor", { cursor: 4 }],
  ])("looks at each %s", (_field, more) => {
    expect(venueFault([entry({})], at)).toBeNull();
    expect(venueFault([entry({}), { ...entry(more), seq: 12 }], at)).toMatchObject({ seq: 12 });
  });

  it("takes equal amounts that are written otherwise as the same", () => {
    expect(venueFault([entry({ quantity: "5.0", price: "10.500" })], at)).toBeNull();
  });
});

describe("an order that has ended", () => {
  /** Orders that were filled, canceled without a fill, and replaced and then canceled; and what a statement changed of them. */
  async function ended(sql: string | null) {
    const because = { text: "", values: {} };
    const rest = (limitPrice: number): OrderIntent => ({ symbol: "ABC", quantity: 10, limitPrice, because });
    const id = (runSnapshot: Parameters<Plan>[1]): string => runSnapshot.openOrders.at(-1)?.orderId ?? "";
    const plan: Plan = (run, at) =>
      run === 1
        ? [{ symbol: "ABC", quantity: 3, because }]
        : run === 2
          ? [rest(90)]
          : run === 3
            ? [{ cancelAll: true }, rest(80)]
            : run === 4
              ? [{ replace: id(at), quantity: 7, limitPrice: 81 }]
              : run === 5
                ? [{ cancelAll: true }]
                : [];
    const scene = await scripted(Array<number>(9).fill(100), { one: plan });
    await finish(scene.session);
    expect(scene.session.probe().router.orders).toHaveLength(0);
    const workspace = crashCopy(scene.session.folder);
    cpSync(join(scene.workspace.path, "data"), join(workspace.path, "data"), { recursive: true });
    const name = basename(scene.session.folder);
    const database = new Database(join(workspace.sessions, name, "broker.db"));
    expect(database.prepare("SELECT quantity, filled, limitPrice, status FROM orders ORDER BY number").all()).toEqual([
      { quantity: "3", filled: "3", limitPrice: null, status: "filled" },
      { quantity: "10", filled: "0", limitPrice: "90", status: "canceled" },
      { quantity: "7", filled: "0", limitPrice: "81", status: "canceled" },
    ]);
    if (sql !== null) expect(database.prepare(sql).run().changes).toBe(1);
    database.close();
    return {
      again: () => reopen(workspace, name, { length: minutes(1), ports: { openHost: planHost({}, new Map()) } }),
      venue: async () => (await verifySession(workspace, name)).checks.find((check) => check.name === "venue"),
    };
  }

  it("as the venue has it opens, and verify counts it", async () => {
    const { again, venue } = await ended(null);
    expect(await venue()).toMatchObject({ state: "passed", text: expect.stringContaining("3 ended orders") });
    await expect(again()).resolves.toBeDefined();
  });

  it.each([
    [
      "a filled one's quantity",
      "quantity = '30' WHERE number = 1",
      /is 30 ABC, limit none there and 3 ABC, limit none/,
    ],
    ["a filled one's fills", "filled = '2' WHERE number = 1", /has 2 filled there and 3 in the journal/],
    ["a filled one's symbol", "symbol = 'ABD' WHERE number = 1", /is of ABD there and of ABC in the journal/],
    ["a canceled one's quantity", "quantity = '11' WHERE number = 2", /is 11 ABC, limit 90 there and 10 ABC, limit 90/],
    [
      "a canceled one's limit",
      "limitPrice = '91' WHERE number = 2",
      /limit 91 there and 10 ABC, limit 90 in the journal/,
    ],
    ["a canceled one's fills", "filled = '1' WHERE number = 2", /has 1 filled there and 0 in the journal/],
    ["a replaced one's quantity", "quantity = '10' WHERE number = 3", /is 10 ABC, limit 81 there and 7 ABC, limit 81/],
    ["a canceled one's end", "status = 'open' WHERE number = 2", /still works there and has ended in the journal/],
    ["the id of one", "venueId = venueId || '1' WHERE number = 2", /is in the journal and not at the venue/],
  ])("with %s changed is named by a start and by verify", async (_what, change, says) => {
    const { again, venue } = await ended(`UPDATE orders SET ${change}`);
    await expect(again()).rejects.toMatchObject({ code: "session_conflict", message: expect.stringMatching(says) });
    expect(await venue()).toMatchObject({ state: "failed", text: expect.stringMatching(says) });
  });

  it("is not compared by what it filled while the journal lacks a fill of it, and of a long session from the checkpoint on", () => {
    const order = { seq: 1, venueId: "V", symbol: "A", figures: null, filled: "0" };
    const there = { symbol: "A", quantity: "2", filled: "1", limitPrice: null, status: "canceled" } as const;
    expect(endedFault(order, there, false)).toContain("has 1 filled there");
    expect(endedFault(order, there, true)).toBeNull();

    const accepted = { kind: "order", accepted: true, replay: false, orderId: "R", symbol: "A" };
    const outcome = { outcome: "accepted", quantity: "1", limitPrice: null };
    const entries = [
      { ...accepted, seq: 1 },
      { kind: "ack", orderId: "R", venueId: "V", outcome, seq: 2 },
      { kind: "fill", orderId: "R", verdict: "booked", quantity: "1", seq: 3 },
      { kind: "ack", orderId: "S", venueId: "W", outcome, seq: 4 },
    ] as unknown as JournalEntry[];
    const journal = (count: number) => ({ count: () => count, read: () => entries });
    expect(ordersBefore(journal(5_000), 4).ended()).toHaveLength(1);
    expect(ordersBefore(journal(5_000), 2).ended()).toHaveLength(0);
    expect(ordersBefore(journal(5_001), 4).ended()).toHaveLength(0);
  });
});

describe("an order that works at the venue", () => {
  /** A session that ended with a limit order at the venue, which a statement changed. */
  async function working(sql: string | null, more: Partial<OrderIntent> = {}) {
    const rest: OrderIntent = {
      symbol: "ABC",
      quantity: 10,
      limitPrice: 90,
      because: { text: "", values: {} },
      ...more,
    };
    const plan: Plan = (run) => (run === 2 ? [rest] : []);
    const scene = await scripted(Array<number>(6).fill(100), { one: plan });
    await finish(scene.session);
    expect(scene.session.probe().router.orders).toHaveLength(1);
    const workspace = crashCopy(scene.session.folder);
    cpSync(join(scene.workspace.path, "data"), join(workspace.path, "data"), { recursive: true });
    const id = basename(scene.session.folder);
    if (sql !== null) {
      const database = new Database(join(workspace.sessions, id, "broker.db"));
      expect(database.prepare(sql).run().changes).toBe(1);
      database.close();
    }
    return () => reopen(workspace, id, { length: minutes(1), ports: { openHost: planHost({}, new Map()) } });
  }

  it("as the venue accepted it opens", async () => {
    await expect((await working(null))()).resolves.toBeDefined();
    await expect(
      (await working(null, { type: "stop_limit", stopPrice: 120, limitPrice: 125 }))(),
    ).resolves.toBeDefined();
  });

  it.each([
    [
      "another quantity",
      "UPDATE orders SET quantity = '90'",
      /is 90 ABC, limit 90 there and 10 ABC, limit 90 in the journal/,
    ],
    ["another limit", "UPDATE orders SET limitPrice = '91'", /is 10 ABC, limit 91 there and 10 ABC, limit 90 in/],
    ["another symbol", "UPDATE orders SET symbol = 'ABD'", /is 10 ABD, limit 90 there/],
  ])("with %s is refused by a start", async (_what, sql, says) => {
    const again = await working(sql);
    await expect(again()).rejects.toMatchObject({
      code: "session_conflict",
      message: expect.stringMatching(says) as string,
    });
  });

  it("is left out where it has no answer yet, or the venue may have changed it", () => {
    const order = { venueId: "V", symbol: "A", ordered: decimal(1), limitPrice: 5, confirmed: true, request: null };
    const there = [{ venueId: "V", symbol: "A", quantity: "2", limitPrice: "5" }] as unknown as BrokerOrder[];
    const faultOf = (more: object): string | null =>
      orderFault([{ ...order, ...more } as unknown as WorkingOrder], there);
    expect(faultOf({})).toMatch(/is 2 A, limit 5 there and 1 A, limit 5 in the journal/);
    for (const more of [
      { venueId: "W" },
      { confirmed: false },
      { inDoubt: true },
      { request: { kind: "cancel", change: null } },
      { parent: "P" },
      { trail: { amount: 1 } },
      { oco: "g" },
      { reduceOnly: true },
    ])
      expect(faultOf(more), JSON.stringify(more)).toBeNull();
    const stops = [
      { venueId: "V", symbol: "A", quantity: "1", limitPrice: null, stopPrice: "7" },
    ] as unknown as BrokerOrder[];
    const stop = { ...order, limitPrice: null, stopPrice: 8 } as unknown as WorkingOrder;
    expect(orderFault([stop], stops)).toMatch(/stop 7 there and .*stop 8 in the journal/);
    expect(orderFault([{ ...stop, stopPrice: 7 }], stops)).toBeNull();
  });
});

describe("the journal's own entries before the checkpoint", () => {
  it.each(["run_started", "run_finished", "order", "ack", "equity", "metrics", "snapshot"])(
    "%s with a changed moment is found by the start, though it does not use it",
    async (kind) => {
      const session = await create(deskOf(), { length: minutes(4), ports: { groupCommits: false } });
      await finish(session);
      const workspace = crashCopy(session.folder);
      const id = basename(session.folder);
      const database = new Database(join(workspace.sessions, id, "journal.db"));
      const { seq } = database.prepare("SELECT min(seq) AS seq FROM entries WHERE kind = ?").get(kind) as {
        seq: number;
      };
      expect(database.prepare("UPDATE entries SET at = at + 1 WHERE seq = ?").run(seq).changes).toBe(1);
      database.close();
      await expect(reopen(workspace, id, { length: minutes(1) })).rejects.toMatchObject({
        code: "journal_damaged",
        message: expect.stringMatching(new RegExp(`^Entry ${seq} of .* does not match its hash`)) as string,
      });
    },
  );

  it.each(["created", "started"])(
    "the %s entry with a changed digit is found by the start, and named",
    async (event) => {
      const session = await create(deskOf(), { length: minutes(4) });
      await finish(session);
      const workspace = crashCopy(session.folder);
      const id = basename(session.folder);
      const database = new Database(join(workspace.sessions, id, "journal.db"));
      const change = `UPDATE entries SET body = replace(body, '"wall":"2', '"wall":"3')
      WHERE kind = 'session' AND json_extract(body, '$.event') = ?`;
      expect(database.prepare(change).run(event).changes).toBe(1);
      database.close();
      await expect(reopen(workspace, id, { length: minutes(1) })).rejects.toMatchObject({
        code: "journal_damaged",
        message: expect.stringMatching(/Entry \d+ of .* does not match its hash/),
      });
    },
  );
});
