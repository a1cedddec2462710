/** What the paper venue keeps: orders, fills and the account outlive its process, and a disk that fails loses none of them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Lookup } from "../../../src/shared/ports.ts";
import { duration, MINUTE } from "../../../src/shared/time.ts";
import { openForWriting } from "../../../src/store/index.ts";
import { thrownBy } from "../../store/folders.ts";
import { linesOf, T, Venue, value } from "./venue.ts";

describe("a restart", () => {
  it("loses no order and no fill, and marks that come again fill nothing twice", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            quantity: fc.integer({ min: -40, max: 40 }),
            limit: fc.option(fc.integer({ min: 95, max: 105 })),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        fc.array(fc.record({ price: fc.integer({ min: 90, max: 110 }), volume: fc.integer({ min: 0, max: 200 }) }), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.option(fc.constantFrom(0.05, 0.2, 1)),
        fc.array(fc.nat({ max: 7 }), { maxLength: 3 }),
        async (orders, marks, partialFillShare, restarts) => {
          const run = async (interrupted: boolean): Promise<unknown> => {
            const venue = new Venue({ partialFillShare, slippageBps: 3, feeBps: 1, latency: duration(MINUTE) });
            const place = orders.map(({ quantity, limit }, index) =>
              venue.place(`o${index}`, String(quantity), limit === null ? null : String(limit)),
            );
            await Promise.all(place);
            for (const [index, mark] of marks.entries()) {
              venue.mark(index + 1, mark.price, mark.volume);
              if (!interrupted || !restarts.includes(index)) continue;
              const before = await venue.all();
              venue.restart();
              // The account's value waits for a mark; everything else is there at once.
              const { account, ...rest } = await venue.all();
              expect([rest, account.cash]).toEqual([
                { open: before.open, fills: before.fills, positions: before.positions },
                before.account.cash,
              ]);
              for (const [again, past] of marks.slice(0, index + 1).entries())
                venue.mark(again + 1, past.price, past.volume);
              expect(await venue.all()).toEqual(before);
            }
            const end = await venue.all();
            venue.broker.close();
            return end;
          };
          expect(await run(true)).toEqual(await run(false));
        },
      ),
      { numRuns: 25 },
    );
  });

  it("reports again what had not been reported: every fill is there from its cursor on", async () => {
    const venue = new Venue({ latency: duration(MINUTE) });
    await venue.place("a", "1");
    await venue.place("b", "2");
    venue.mark(1, 100);
    venue.restart();
    expect(venue.broker.nextEventAt()).toBeNull();
    expect(value(await venue.broker.fillsSince(1)).map((fill) => [fill.cursor, fill.venueId])).toEqual([[2, "b"]]);
    expect(value(await venue.broker.fillsSince(2))).toEqual([]);
  });
});

describe("a venue whose disk fails", () => {
  /** From here on the database refuses rows of a table. */
  function refuse(venue: Venue, table: string): () => void {
    const run = (sql: string): void => {
      const database = openForWriting(venue.path);
      database.exec(sql);
      database.close();
    };
    run(`CREATE TRIGGER stop BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'no'); END`);
    return () => run("DROP TRIGGER stop");
  }

  it("takes no order, refuses every caller, and takes the next order when it is well", async () => {
    const venue = new Venue();
    const mend = refuse(venue, "orders");
    const answers = await Promise.allSettled([venue.place("a", "1"), venue.place("b", "1")]);
    expect(answers).toMatchObject([
      { status: "rejected", reason: { code: "io" } },
      { status: "rejected", reason: { code: "io" } },
    ]);
    expect(value(await venue.broker.orderByClientId("a"))).toBeNull();
    mend();
    expect(await venue.place("a", "1")).toMatchObject({ outcome: "accepted" });
    expect(linesOf(venue.mark(1, 100))).toEqual(["1 @ 100"]);
  });

  it("reports no fill that it could not keep, and answers nothing until it is opened again", async () => {
    const venue = new Venue();
    await venue.place("a", "1");
    const mend = refuse(venue, "fills");
    expect(thrownBy(() => venue.mark(1, 100))).toMatchObject({ code: "io" });
    mend();
    expect(venue.broker.takeEvents(T(60))).toEqual([]);
    expect(thrownBy(() => venue.mark(2, 100))).toMatchObject({ code: "io" });
    const lookups: readonly Lookup<unknown>[] = await Promise.all([
      venue.broker.openOrders(),
      venue.broker.orderByClientId("a"),
      venue.broker.fillsSince(0),
      venue.broker.positions(),
      venue.broker.account(),
    ]);
    for (const lookup of lookups)
      expect(lookup).toMatchObject({ ok: false, reason: expect.stringContaining("paper venue") as string });
    await expect(venue.place("b", "1")).rejects.toMatchObject({ code: "io" });
    venue.restart();
    expect(await venue.all()).toMatchObject({ open: [{ venueId: "a" }], fills: [], positions: {} });
    expect(linesOf(venue.mark(3, 101))).toEqual(["1 @ 101"]);
  });

  it("that cannot be asked at all answers that, and never that there is nothing", async () => {
    const venue = new Venue();
    venue.broker.close();
    await expect(venue.place("a", "1")).rejects.toMatchObject({ code: "io" });
    expect(await venue.broker.orderByClientId("a")).toMatchObject({ ok: false });
    venue.broker = venue.open();
    expect(value(await venue.broker.orderByClientId("a"))).toBeNull();
  });
});

describe("the account", () => {
  it("is cash and positions at the marks, to the last digit", async () => {
    const venue = new Venue({ cash: "1000.1", feeBps: 3 });
    await venue.place("a", "3");
    await venue.place("b", "-0.5", null, "BBB");
    venue.mark(1, 33.33);
    venue.mark(1, 7.0001, 0, "BBB");
    venue.mark(2, 40);
    const { account, positions } = await venue.all();
    expect(positions).toEqual({ AAA: "3", BBB: "-0.5" });
    // 1000.1 − 99.99 + 3.50005 − (99.99 + 3.50005) × 0.0003, then + 120 − 3.50005
    expect(account).toEqual({ currency: "USD", cash: "903.579002985", equity: "1020.078952985" });
  });

  it("knows its symbols", () => {
    const venue = new Venue();
    expect(venue.broker.symbolMeta("AAA")).toMatchObject({ lotSize: "1" });
    expect([venue.broker.symbolMeta("ZZZ"), venue.broker.paper, venue.broker.name]).toEqual([null, true, "paper"]);
  });
});

describe("the account's row", () => {
  it("gives what all fills add up to, and is not needed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.integer({ min: -40, max: 40 }),
            fc.integer({ min: 90, max: 110 }),
            fc.integer({ min: 1, max: 30 }),
          ),
          {
            minLength: 4,
            maxLength: 25,
          },
        ),
        async (steps) => {
          const venue = new Venue({ partialFillShare: 0.5, feeBps: 3, slippageBps: 2 });
          for (const [index, [quantity, price, volume]] of steps.entries()) {
            if (quantity !== 0) await venue.place(`o${index}`, String(quantity), null, "AAA", index);
            venue.mark(index + 0.5, price, volume);
          }
          const before = await venue.all();
          venue.restart();
          venue.mark(steps.length, 100);
          const from = await venue.all();
          expect({ ...from, account: { ...from.account, equity: "" } }).toEqual({
            ...before,
            account: { ...before.account, equity: "" },
          });
          venue.broker.close();
          const database = openForWriting(venue.path);
          const rows = database.prepare("SELECT cursor FROM account").all();
          if (before.fills.length >= 3) expect(rows).toHaveLength(1);
          database.exec("DELETE FROM account");
          database.close();
          venue.broker = venue.open();
          venue.mark(steps.length, 100);
          expect(await venue.all()).toEqual(from);
          venue.broker.close();
        },
      ),
      { numRuns: 25 },
    );
  });
});
