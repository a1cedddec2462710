/** Order types at the paper venue, one by one: what is refused, what is reported, what a restart and an old database keep. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PaperBroker } from "../../../src/live/broker/index.ts";
import type { BrokerFaults, BrokerConfig } from "../../../src/shared/desk.ts";
import type { Bar } from "../../../src/shared/market.ts";
import type { BrokerEvent, CommandOutcome, PlaceOrder } from "../../../src/shared/ports.ts";
import { duration, moment, SECOND, type Moment } from "../../../src/shared/time.ts";
import { openForWriting } from "../../../src/store/index.ts";
import { freshFolder, thrownBy } from "../../store/folders.ts";
import { deskOf } from "../session/desks.ts";
import { metaOf } from "../strategies/scene.ts";

const T = (seconds: number): Moment => moment(1_767_623_400_000_000 + seconds * SECOND);

class Venue {
  readonly path = join(freshFolder(), "broker.db");
  readonly config: BrokerConfig;
  broker: PaperBroker;

  constructor(config: Partial<BrokerConfig> = {}) {
    this.config = { ...deskOf().broker, slippageBps: 0, feeBps: 0, fillModel: "bars", ...config };
    this.broker = this.open();
  }

  open(): PaperBroker {
    const { path, config } = this;
    const symbols = [metaOf("AAA", { lotSize: "1", minQuantity: "1", minNotional: "0" })];
    return new PaperBroker({ path, config, seed: "7", symbols, barInterval: () => duration(60 * SECOND) });
  }

  restart(): void {
    this.broker.close();
    this.broker = this.open();
  }

  place(venueId: string, quantity: number, more: Partial<PlaceOrder> = {}, seconds = 0): Promise<CommandOutcome> {
    const base = { venueId, symbol: "AAA", quantity: String(quantity), limitPrice: null, at: T(seconds) };
    return this.broker.placeOrder({ ...base, ...more });
  }

  /** The bar that ends at a minute. */
  bar(minute: number, [open, high, low, close]: readonly [number, number, number, number], volume = 1_000): string[] {
    const at = T(minute * 60);
    this.broker.onMarketData([{ kind: "bar", bar: { symbol: "AAA", at, open, high, low, close, volume } }], at);
    return this.broker.takeEvents(at).map(textOf);
  }

  async status(venueId: string): Promise<string> {
    const found = await this.broker.orderByClientId(venueId);
    if (!found.ok || found.value === null) return "absent";
    const { status, state, filled, stopPrice, reason } = found.value;
    return [status, state, filled, stopPrice === undefined ? undefined : `stop ${stopPrice}`, reason]
      .filter((part) => part !== undefined)
      .join(" ");
  }
}

function textOf(event: BrokerEvent): string {
  if (event.kind === "noted") return event.text;
  if (event.kind === "fill") return `${event.fill.venueId} ${event.fill.quantity} @ ${event.fill.price}`;
  if (event.kind === "closed") return `${event.venueId} ${event.status} ${event.reason}`;
  const stop = event.stopPrice === undefined ? "" : ` stop ${event.stopPrice}`;
  return `${event.venueId} ${event.change} ${event.quantity}${stop}`;
}

const FLAT = [100, 100, 100, 100] as const;
const faults = (more: Partial<BrokerFaults>): BrokerFaults => ({
  reject: 0,
  dropAck: 0,
  duplicateFill: 0,
  delayFill: 0,
  unknownFill: 0,
  ...more,
});

describe("a bracket", () => {
  it("works once its parent has a fill, for its filled quantity, and one's end is the other's", async () => {
    const venue = new Venue({ partialFillShare: 0.1 });
    await Promise.all([
      venue.place("p", 10, { limitPrice: "99" }),
      venue.place("s", -10, { type: "stop", stopPrice: "95", parentId: "p" }),
      venue.place("t", -10, { limitPrice: "105", parentId: "p" }),
    ]);
    expect(venue.bar(1, [100, 106, 100, 106])).toEqual([]);
    expect(await venue.status("s")).toBe("open held 0 stop 95");
    expect(venue.bar(2, [100, 100, 99, 100], 40)).toEqual(["p 4 @ 99", "s released -4 stop 95", "t released -4"]);
    venue.restart();
    expect(venue.bar(3, [100, 105, 100, 104], 20)).toEqual(["t -2 @ 105", "s cut -2 stop 95"]);
    await venue.broker.cancelOrder("p", T(180));
    expect(venue.bar(4, [104, 104, 94, 94])).toEqual([
      "p canceled canceled",
      "s triggered -2 stop 95",
      "s -2 @ 95",
      "t canceled bracket",
      "s canceled bracket",
    ]);
  });

  it("ends with a parent that never had a fill, and is refused where there is none", async () => {
    const venue = new Venue();
    await venue.place("p", 10, { limitPrice: "90" });
    await venue.place("s", -10, { type: "stop", stopPrice: "80", parentId: "p" });
    await venue.broker.cancelOrder("p", T(1));
    expect(venue.broker.takeEvents(T(1)).map(textOf)).toEqual(["p canceled canceled", "s canceled parent_ended"]);
    expect(await venue.place("x", -10, { limitPrice: "90", parentId: "p" })).toMatchObject({ reason: "parent_ended" });
    expect(await venue.place("y", -10, { limitPrice: "90", parentId: "q" })).toMatchObject({
      reason: "no_such_parent",
    });
  });

  it("whose child comes after the parent's fill works at once", async () => {
    const venue = new Venue();
    await venue.place("p", 10);
    venue.bar(1, FLAT);
    venue.restart();
    venue.bar(2, FLAT);
    await venue.place("s", -10, { type: "trailing_stop", trail: { percent: "2" }, parentId: "p" }, 120);
    expect(await venue.status("s")).toBe("open 0 stop 98");
    expect(venue.bar(3, [101, 101, 98, 98])).toEqual([
      "s released -10 stop 98",
      "s triggered -10 stop 98.98",
      "s -10 @ 98.98",
    ]);
  });
});

describe("a bar with a spread", () => {
  const barOf = (
    venue: Venue,
    minute: number,
    [open, high, low, close]: readonly number[],
    spread: string,
  ): string[] => {
    const bar = { symbol: "AAA", at: T(minute * 60), open, high, low, close, volume: 0, spread } as Bar;
    venue.broker.onMarketData([{ kind: "bar", bar }], bar.at);
    return venue.broker.takeEvents(bar.at).map(textOf);
  };

  it("takes half of it from what trades at the market, stops too, and nothing from limits", async () => {
    const venue = new Venue();
    await venue.place("buy", 10);
    await venue.place("sell", -10);
    await venue.place("stop", -10, { type: "stop", stopPrice: "99" });
    await venue.place("bid", 10, { limitPrice: "99.5" });
    expect(barOf(venue, 1, [100, 101, 98, 100], "0.5")).toEqual([
      "buy 10 @ 100.25",
      "sell -10 @ 99.75",
      "bid 10 @ 99.5",
      "stop triggered -10 stop 99",
      "stop -10 @ 98.75",
    ]);
  });

  it("moves the ends of its range by half of it, as by marks it has none", async () => {
    const bars = new Venue({ slippageBps: 500 });
    await bars.place("buy", 10);
    await bars.place("sell", -10);
    expect(barOf(bars, 1, [100, 101, 98, 100], "0.5")).toEqual(["buy 10 @ 101.25", "sell -10 @ 97.75"]);
    const marks = new Venue({ slippageBps: 500, fillModel: "marks" });
    await marks.place("buy", 10);
    await marks.place("sell", -10);
    expect(barOf(marks, 1, [100, 101, 98, 100], "0.5")).toEqual(["buy 10 @ 105.26", "sell -10 @ 94.76"]);
  });
});

describe("an order's end", () => {
  it("by time comes behind its last moment, and the bar that ends there still fills it", async () => {
    const venue = new Venue();
    await venue.place("a", 5, { limitPrice: "99", timeInForce: "day", expiresAt: T(60) });
    await venue.place("b", 5, { limitPrice: "98", timeInForce: "gtd", expiresAt: T(60) });
    expect(venue.broker.nextEventAt()).toBe(T(60) + 1);
    expect(venue.broker.takeEvents(T(60))).toEqual([]);
    expect(venue.bar(1, [100, 100, 99, 100])).toEqual(["a 5 @ 99"]);
    expect(venue.broker.takeEvents(moment(T(60) + 1)).map(textOf)).toEqual(["b expired expired"]);
    expect(venue.broker.nextEventAt()).toBeNull();
    expect(await venue.status("b")).toBe("expired 0 expired");
  });

  it("at once: what a bar's open does not give is canceled, all of it where all is asked for", async () => {
    const venue = new Venue({ partialFillShare: 0.1 });
    await venue.place("i", 10, { timeInForce: "ioc" });
    await venue.place("f", 10, { timeInForce: "fok" });
    await venue.place("l", 10, { limitPrice: "99", timeInForce: "ioc" });
    const seen = venue.bar(1, [100, 100, 98, 100], 40);
    expect(seen).toEqual(["i 4 @ 100", "i canceled ioc", "f canceled fok", "l canceled ioc"]);
  });

  it("in an OCO group is the others', of the same owner alone", async () => {
    const venue = new Venue();
    const oco = { ocoGroup: "exit", owner: "one" };
    await venue.place("a", -5, { ...oco, limitPrice: "103" });
    await venue.place("b", -5, { ...oco, type: "stop", stopPrice: "97" });
    await venue.place("c", -5, { ...oco, owner: "two", type: "stop", stopPrice: "97" });
    expect(venue.bar(1, [100, 103, 96, 100])).toEqual([
      "a -5 @ 103",
      "b canceled oco",
      "c triggered -5 stop 97",
      "c -5 @ 97",
    ]);
  });

  it("ends a trailing stop where it stands: what the price does after that moves it no more", async () => {
    const venue = new Venue();
    await venue.place("first", 1, {}, 0);
    venue.bar(1, FLAT);
    const oco = { ocoGroup: "exit", owner: "one" };
    await venue.place("limit", -1, { ...oco, limitPrice: "102" }, 60);
    await venue.place("trail", -1, { ...oco, type: "trailing_stop", trail: { amount: "3" } }, 60);
    expect(venue.bar(2, [100, 110, 100, 110])).toEqual(["limit -1 @ 102", "trail canceled oco"]);
    expect(await venue.status("trail")).toMatch(/^canceled .*stop 97/);
  });

  it("of a reduce-only order comes where its owner holds nothing more", async () => {
    const venue = new Venue();
    await venue.place("long", 5, { owner: "one" });
    await venue.place("short", -5, { owner: "two" });
    venue.bar(1, FLAT);
    await venue.place("r", -8, { owner: "one", reduceOnly: true }, 60);
    await venue.place("n", -8, { owner: "one", reduceOnly: true }, 60);
    expect(venue.bar(2, FLAT)).toEqual(["r -5 @ 100", "r canceled reduce_only", "n canceled reduce_only"]);
  });
});

describe("a command", () => {
  it("that would take is refused to a post-only order, new or replaced", async () => {
    const venue = new Venue();
    venue.bar(1, FLAT);
    const post = { postOnly: true } as const;
    expect(await venue.place("a", 5, { ...post, limitPrice: "100" }, 60)).toEqual({
      outcome: "refused",
      reason: "would_take",
    });
    expect(await venue.place("b", 5, { ...post, limitPrice: "99" }, 60)).toMatchObject({ outcome: "accepted" });
    expect(await venue.broker.replaceOrder("b", { limitPrice: "101" }, T(61))).toMatchObject({ reason: "would_take" });
    expect(await venue.broker.replaceOrder("b", { stopPrice: "99" }, T(61))).toMatchObject({
      reason: "price_not_taken",
    });
    expect(await venue.place("c", 5, { type: "stop" }, 61)).toMatchObject({ reason: "invalid_order" });
  });

  it("of a cancel or a replace can be refused or lose its answer by injection, and is then carried out or not", async () => {
    const lost = new Venue({ faults: faults({ dropAck: 1 }) });
    await lost.place("a", 5, { limitPrice: "90" });
    expect(await lost.broker.replaceOrder("a", { limitPrice: "91", quantity: "6" }, T(1))).toMatchObject({
      outcome: "unknown",
    });
    const found = await lost.broker.orderByClientId("a");
    expect(found).toMatchObject({ value: { limitPrice: "91", quantity: "6" } });
    expect(await lost.broker.cancelOrder("a", T(2))).toMatchObject({ outcome: "unknown" });
    expect(await lost.status("a")).toBe("canceled 0 canceled");
    const refusing = new Venue();
    await refusing.place("a", 5, { limitPrice: "90" });
    refusing.broker.close();
    const config = { ...refusing.config, faults: faults({ reject: 1 }) };
    refusing.broker = new PaperBroker({ path: refusing.path, config, seed: "7", symbols: [metaOf("AAA", {})] });
    expect(await refusing.broker.cancelOrder("a", T(1))).toEqual({ outcome: "refused", reason: "injected_reject" });
    expect(await refusing.status("a")).toBe("open 0");
  });

  it("and all others of its turn have not happened where they could not be written", async () => {
    const venue = new Venue();
    await venue.place("a", 5, { limitPrice: "90" });
    const database = openForWriting(venue.path);
    database.exec("CREATE TRIGGER stop BEFORE INSERT ON orders BEGIN SELECT RAISE(ABORT, 'no'); END");
    const answers = await Promise.allSettled([venue.broker.cancelOrder("a", T(1)), venue.place("b", 5)]);
    expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    database.exec("DROP TRIGGER stop");
    database.close();
    expect(venue.broker.takeEvents(T(2))).toEqual([]);
    expect(venue.bar(1, [100, 100, 90, 95])).toEqual(["a 5 @ 90"]);
  });
});

describe("a bar", () => {
  it("fills orders that came before it opened or on the close before it, and none that came in its middle", async () => {
    const venue = new Venue();
    await venue.place("close", 1, {}, 0);
    await venue.place("soon", 1, {}, 15);
    await venue.place("middle", 1, { limitPrice: "100" }, 16);
    expect(venue.bar(1, FLAT)).toEqual(["close 1 @ 100", "soon 1 @ 100"]);
    expect(venue.bar(2, FLAT)).toEqual(["middle 1 @ 100"]);
  });

  it.each([
    [300, 15, true],
    [300, 16, false],
    [20, 5, true],
    [20, 6, false],
    [86_400, 21_600, true],
    [86_400, 21_601, false],
  ])("of %i seconds fills an order that came %i seconds into it: %s", async (length, into, fills) => {
    const config = { ...deskOf().broker, slippageBps: 0, feeBps: 0, fillModel: "bars" as const };
    const symbols = [metaOf("AAA", { lotSize: "1", minQuantity: "1", minNotional: "0" })];
    const interval = duration(length * SECOND);
    const path = join(freshFolder(), "broker.db");
    const broker = new PaperBroker({ path, config, seed: "7", symbols, barInterval: () => interval });
    const bar = { symbol: "AAA", open: 100, high: 100, low: 100, close: 100, volume: 1 };
    broker.onMarketData([{ kind: "bar", bar: { ...bar, at: T(0) } }], T(0));
    await broker.placeOrder({ venueId: "a", symbol: "AAA", quantity: "1", limitPrice: null, at: T(into) });
    broker.onMarketData([{ kind: "bar", bar: { ...bar, at: T(length) } }], T(length));
    expect(broker.takeEvents(T(length)).length).toBe(fills ? 1 : 0);
    broker.close();
  });

  it("without volume caps nothing, which is said once", async () => {
    const venue = new Venue({ partialFillShare: 0.1 });
    await venue.place("a", 50);
    expect(venue.bar(1, FLAT, 0)).toEqual([expect.stringContaining("without volume"), "a 50 @ 100"]);
    expect(venue.bar(2, FLAT, 0)).toEqual([]);
  });
});

describe("by marks", () => {
  it("stops trigger at a mark and fill there, and a trailing stop never on the mark that moves it", async () => {
    const venue = new Venue({ fillModel: "marks", slippageBps: 10 });
    const mark = (seconds: number, price: number): string[] => {
      venue.broker.onMarketData(
        [{ kind: "mark", mark: { symbol: "AAA", at: T(seconds), price, volume: 0 } }],
        T(seconds),
      );
      return venue.broker.takeEvents(T(seconds)).map(textOf);
    };
    mark(0, 100);
    await venue.place("s", -5, { type: "stop", stopPrice: "98" });
    await venue.place("t", -5, { type: "trailing_stop", trail: { amount: "3" } });
    expect(mark(1, 104)).toEqual(["t trailed -5 stop 101"]);
    // A mark that does not move the stop is no news.
    expect(mark(1.5, 103)).toEqual([]);
    expect(mark(2, 101)).toEqual(["t triggered -5 stop 101", "t -5 @ 100.9"]);
    expect(mark(3, 97)).toEqual(["s triggered -5 stop 98", "s -5 @ 96.9"]);
  });
});

describe("a venue's database", () => {
  const OLD = `
    CREATE TABLE account (only INTEGER PRIMARY KEY CHECK (only = 1), cursor INTEGER NOT NULL, state TEXT NOT NULL) STRICT;
    CREATE TABLE orders (number INTEGER PRIMARY KEY, venueId TEXT NOT NULL UNIQUE, symbol TEXT NOT NULL, quantity TEXT NOT NULL,
      limitPrice TEXT, status TEXT NOT NULL, filled TEXT NOT NULL, placedAt INTEGER NOT NULL, refusal TEXT) STRICT;
    CREATE INDEX open_orders ON orders (status, number);
    CREATE TABLE fills (cursor INTEGER PRIMARY KEY, fillId TEXT NOT NULL, venueId TEXT NOT NULL, symbol TEXT NOT NULL,
      quantity TEXT NOT NULL, price TEXT NOT NULL, fee TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
    INSERT INTO orders VALUES (1, 'a', 'AAA', '10', '100', 'open', '4', ${T(0)}, NULL),
      (2, 'b', 'AAA', '-3', NULL, 'open', '0', ${T(0)}, NULL);
    INSERT INTO fills VALUES (1, 'F-00000001', 'a', 'AAA', '4', '99', '0', ${T(60)});
  `;

  it("of an older version is brought up to date, and its orders work as they did", async () => {
    const venue = new Venue();
    venue.broker.close();
    const old = join(freshFolder(), "old.db");
    const database = openForWriting(old);
    database.exec(OLD);
    database.close();
    const again = new Venue();
    again.broker.close();
    const symbols = [metaOf("AAA", { lotSize: "1", minNotional: "0" })];
    again.broker = new PaperBroker({ path: old, config: again.config, seed: "7", symbols });
    // The bar of the first fill is consumed again: it fills what it had not filled, and nothing twice.
    expect(again.bar(1, [100, 100, 99, 99])).toEqual(["b -3 @ 100"]);
    expect(again.bar(2, [100, 100, 99, 99])).toEqual(["a 6 @ 100"]);
    expect(await again.broker.positions()).toEqual({ ok: true, value: { AAA: "7" } });
  });

  it("of a newer version is refused", () => {
    const venue = new Venue();
    venue.broker.close();
    const database = openForWriting(venue.path);
    database.pragma("user_version = 99");
    database.close();
    expect(thrownBy(() => venue.open())).toMatchObject({ code: "schema_newer" });
  });
});
