/**
 * Projections fed entry by entry equal tables rebuilt from all entries, and every value fits its stream's schema.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { wordsOf } from "../../../src/console/projections/log.ts";
import { MetricsProjection } from "../../../src/console/projections/metrics.ts";
import { OrdersProjection } from "../../../src/console/projections/orders.ts";
import { placesOf, Precisions } from "../../../src/console/projections/precision.ts";
import { RejectionsProjection, severityOf } from "../../../src/console/projections/rejections.ts";
import { SessionViews } from "../../../src/console/projections/session-views.ts";
import type { SessionStream } from "../../../src/console/projections/session-views.ts";
import { ErrorWindow, tileState } from "../../../src/console/projections/tiles.ts";
import { EMPTY } from "../../../src/console/projections/empty.ts";
import { rejectionsOf, sumOf } from "../../../src/live/session/state/rejections.ts";
import { ReadModel } from "../../../src/live/session/state/read-model.ts";
import { orderId } from "../../../src/shared/ids.ts";
import { order } from "../../store/journal/entries.ts";
import { STREAMS } from "../../../src/shared/contract/contract.ts";
import type { Desk } from "../../../src/shared/desk.ts";
import { moment, SECOND } from "../../../src/shared/time.ts";
import type { JournalEntry } from "../../../src/store/journal/entries.ts";
import { errorKindOf } from "../../../src/console/projections/metrics.ts";
import { journals, START } from "../sim/journal.ts";
import { DESK, probe } from "../sim/probe.ts";
import { naiveErrors, naiveFills, naiveOrders, naiveRejections } from "./naive.ts";

const NAMES = [
  "desk",
  "schedule",
  "router",
  "positions",
  "rejections",
  "metrics",
  "orders",
  "drift",
  "log",
] as const satisfies readonly SessionStream[];
const endOf = (entries: readonly JournalEntry[]) => entries.at(-1)?.at ?? START;

describe("orders and fills", () => {
  it("equal a rebuilt table, at any limit", () => {
    fc.assert(
      fc.property(journals(), fc.integer({ min: 1, max: 40 }), (entries, limit) => {
        const whole = new OrdersProjection(new Precisions(DESK), Infinity);
        const cut = new OrdersProjection(new Precisions(DESK), limit);
        for (const entry of entries) {
          whole.apply(entry);
          cut.apply(entry);
        }
        const orders = naiveOrders(entries);
        const pickOrder = ({
          orderId,
          seq,
          state,
          updatedAt,
          filled,
          averagePrice,
          fees,
          realized,
        }: ReturnType<typeof naiveOrders>[number]) => ({
          orderId,
          seq,
          state,
          updatedAt,
          filled,
          averagePrice,
          fees,
          realized,
        });
        expect([...whole.orders.rows()].map(pickOrder)).toEqual(orders);
        expect([...cut.orders.rows()].map(pickOrder)).toEqual(orders.slice(-limit));
        expect([...cut.fills.rows()].map((row) => row.seq)).toEqual(
          naiveFills(entries)
            .slice(-limit)
            .map((fill) => fill.seq),
        );
        expect(cut.orderCount).toBe(orders.length);
        const reports = naiveFills(entries);
        expect(cut.value(START)).toMatchObject({
          fillCount: reports.filter((fill) => fill.verdict === "booked").length,
          fillReports: reports.length,
        });
      }),
    );
  });
});

describe("rejections", () => {
  it("equal a rebuilt list; the groups count them all", () => {
    fc.assert(
      fc.property(journals(), fc.integer({ min: 1, max: 20 }), (entries, limit) => {
        const rejections = new RejectionsProjection(limit);
        for (const entry of entries) rejections.apply(entry);
        const model = naiveRejections(entries);
        const value = rejections.value(START);
        expect([...rejections.rows.rows()].map((row) => row.seq)).toEqual(model.slice(-limit).map((row) => row.seq));
        expect(value.total).toBe(model.length);
        const groups = Map.groupBy(model, (row) => row.cause);
        expect(new Set(Object.keys(value.groups))).toEqual(new Set(groups.keys()));
        for (const [cause, rows] of groups)
          expect(value.groups[cause]).toEqual({
            cause,
            severity: severityOf(cause),
            count: rows.length,
            firstAt: rows[0]?.at,
            lastAt: rows.at(-1)?.at,
          });
      }),
    );
  });

  it("are as many as the session counts, by cause, and as those that its router and its broker made", () => {
    fc.assert(
      fc.property(journals(), (entries) => {
        const rejections = new RejectionsProjection();
        const model = new ReadModel(DESK);
        for (const entry of entries) {
          rejections.apply(entry);
          model.apply(entry);
        }
        const { refused, rejections: counts } = rejectionsOf(model);
        const { groups, total } = rejections.value(START);
        expect(counts).toEqual(Object.fromEntries(Object.values(groups).map(({ cause, count }) => [cause, count])));
        expect(refused + sumOf(model.rejections)).toBe(total);
        const each = [...model.strategies.values()].reduce((sum, one) => sum + one.rejections, 0);
        expect(each).toBe(total);
      }),
    );
  });

  it("of an order that was too small say its size, the smallest, and from what size one could pass", () => {
    const rejections = new RejectionsProjection();
    const made: JournalEntry = { ...order(1), seq: 1, at: START };
    const figures = { measure: "notional", value: "49", limit: "50", from: "2" } as const;
    const outcome = { outcome: "refused", reason: "min_requirements", figures } as const;
    const id = orderId("ROUTER-00000001");
    expect(rejections.apply(made)).toBeNull();
    const row = rejections.apply({ kind: "ack", orderId: id, venueId: "v", outcome, seq: 2, at: START });
    expect(row).toMatchObject({ cause: "min_requirements", value: "49", limit: "50", from: "2", freeAt: null });
    expect(row?.detail).toBe(
      `The broker refused ${id}: min_requirements, a notional of 49 where the smallest is 50. At that price one of 2 units could pass.`,
    );
  });

  it("warn where waiting helps, and are critical where a person must act", () => {
    for (const cause of ["rate_limited", "inflight_limit", "router_halted", "turnover_block"])
      expect(severityOf(cause)).toBe("warning");
    for (const cause of ["max_notional_exceeded", "daily_portfolio_loss_cap", "invalid_order"])
      expect(severityOf(cause)).toBe("critical");
  });
});

describe("the error window", () => {
  it("equals a count of the last three hundred seconds", () => {
    fc.assert(
      fc.property(journals(), fc.nat(700), (entries, after) => {
        const rejections = new RejectionsProjection();
        const window = new ErrorWindow();
        for (const entry of entries) window.apply(entry, errorKindOf(entry, rejections.apply(entry)));
        const now = moment(endOf(entries) + after * SECOND);
        const oldest = Math.floor(now / SECOND) - 300;
        const inside = <Row extends { readonly at: number }>(rows: readonly Row[]) =>
          rows.filter((row) => Math.floor(row.at / SECOND) > oldest);
        const errors = inside(naiveErrors(entries));
        const samples = inside(entries.filter((entry) => entry.kind === "order" || entry.kind === "run_finished"));
        const state = window.at(now);
        expect(state.errors).toBe(errors.length);
        expect(state.samples).toBe(samples.length);
        expect(new Map(state.kinds)).toEqual(
          new Map([...Map.groupBy(errors, (error) => error.kind)].map(([kind, rows]) => [kind, rows.length])),
        );
      }),
    );
  });

  it("is not changed by being read, for any moment and at any place among the entries", () => {
    fc.assert(
      fc.property(journals(), fc.array(fc.nat(900), { maxLength: 60 }), (entries, reads) => {
        const [read, unread] = [new ErrorWindow(), new ErrorWindow()];
        const [seen, apart] = [new RejectionsProjection(), new RejectionsProjection()];
        for (const [index, entry] of entries.entries()) {
          const ahead = reads[index];
          if (ahead !== undefined) read.at(moment(entry.at + ahead * SECOND));
          read.apply(entry, errorKindOf(entry, seen.apply(entry)));
          unread.apply(entry, errorKindOf(entry, apart.apply(entry)));
        }
        expect(read.at(endOf(entries))).toEqual(unread.at(endOf(entries)));
      }),
    );
  });

  it("makes a tile warn from 80 % of its limit, critical past it, unknown without samples", () => {
    expect(tileState(79, 100, 5)).toBe("ok");
    expect(tileState(80, 100, 5)).toBe("warning");
    expect(tileState(100, 100, 5)).toBe("warning");
    expect(tileState(100.1, 100, 5)).toBe("critical");
    expect(tileState(0, 0, 5)).toBe("ok");
    expect(tileState(1, 0, 5)).toBe("critical");
    expect(tileState(50, 100, 0)).toBe("unknown");
    expect(tileState(null, 100, 5)).toBe("unknown");
  });
});

describe("metrics", () => {
  it("are a sample a line, with what happened since the line before", () => {
    fc.assert(
      fc.property(journals(), (entries) => {
        const rejections = new RejectionsProjection();
        const metrics = new MetricsProjection(DESK);
        for (const entry of entries) metrics.apply(entry, errorKindOf(entry, rejections.apply(entry)));
        const lines = entries.filter((entry) => entry.kind === "metrics");
        const errors = naiveErrors(entries);
        const model = lines.map((line, index) => {
          const from = lines[index - 1]?.seq ?? 0;
          const between = entries.slice(from, line.seq);
          return [
            line.at,
            errors.filter((error) => error.seq > from && error.seq < line.seq).length,
            between.filter((entry) => entry.kind === "run_finished").length,
            between.filter((entry) => entry.kind === "order" && entry.accepted && !entry.replay).length,
            between.filter((entry) => entry.kind === "fill" && entry.verdict === "booked").length,
          ];
        });
        expect(metrics.samples.rows().map((row) => [row[0], row[6], row[7], row[8], row[9]])).toEqual(model);
        expect(Object.keys(metrics.value(START).samples)).toEqual(lines.map((_, index) => String(index)));
      }),
    );
  });
});

describe("all views of a session", () => {
  const desk = DESK as unknown as Desk;

  it("fit their schemas and survive JSON, for any journal", () => {
    fc.assert(
      fc.property(journals(), (entries) => {
        const views = new SessionViews(desk, "sessions/x");
        views.apply(entries);
        const state = probe({ now: endOf(entries) });
        for (const name of NAMES) {
          const value = views.view(name, state);
          const result = z.safeParse(STREAMS[name], value);
          expect(result.error?.issues, name).toBeUndefined();
          expect(JSON.parse(JSON.stringify(value)), name).toEqual(value);
        }
        const session = { session: views.session(state, null) };
        expect(z.safeParse(STREAMS.session, session).error?.issues).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it("are the same however the entries were cut into batches, and however often one is sent again", () => {
    fc.assert(
      fc.property(journals(), fc.nat(100), fc.nat(20), (entries, cut, overlap) => {
        const state = probe({ now: endOf(entries) });
        const one = new SessionViews(desk, "");
        one.apply(entries);
        const two = new SessionViews(desk, "");
        two.apply(entries.slice(0, cut));
        for (const name of NAMES) two.view(name, state);
        two.apply(entries.slice(Math.max(0, cut - overlap)));
        for (const name of NAMES) expect(two.view(name, state)).toEqual(one.view(name, state));
        expect(two.position).toBe(entries.length);
      }),
      { numRuns: 50 },
    );
  });

  it("are the same objects while nothing changed, and keep the rows that did not", () => {
    const views = new SessionViews(desk, "");
    const state = probe();
    for (const name of NAMES) expect(views.view(name, state)).toBe(views.view(name, state));
    const before = views.view("schedule", state);
    const late = state.strategies.map((strategy, index) =>
      index === 1 ? { ...strategy, state: "late" as const } : { ...strategy },
    );
    const after = views.view("schedule", probe({ strategies: late }));
    expect(after.rows["alpha"]).toBe(before.rows["alpha"]);
    expect(after.rows["beta"]).not.toBe(before.rows["beta"]);
    expect(after.rows["beta"]?.state).toBe("late");
  });

  it("have an empty form that fits each schema", () => {
    for (const name of NAMES) expect(z.safeParse(STREAMS[name], EMPTY[name]).error?.issues, name).toBeUndefined();
  });
});

describe("words", () => {
  it("are found for every entry that is not routine, and say who and why", () => {
    const base = { seq: 1, at: START };
    expect(wordsOf({ ...base, kind: "resume", operator: "desk-1", note: "Confirmed by phone." })).toEqual([
      "info",
      "session",
      "Resumed by desk-1: “Confirmed by phone.”",
    ]);
    fc.assert(
      fc.property(journals(40), (entries) => {
        for (const entry of entries) {
          const words = wordsOf(entry);
          if (["run_started", "send", "equity", "metrics"].includes(entry.kind)) expect(words).toBeNull();
          if (["halt", "strategy", "missed"].includes(entry.kind)) expect(words?.[2].length).toBeGreaterThan(5);
        }
      }),
    );
  });
});

describe("decimal places", () => {
  it.each([
    [1, 0],
    ["1.50", 2],
    [0.1, 1],
    ["-0.0625", 4],
    [1e-7, 7],
    [1.5e-7, 8],
    [1e21, 0],
  ])("of %s are %d", (value, places) => {
    expect(placesOf(value)).toBe(places);
  });
});
