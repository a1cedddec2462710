/** The venue's fills by bars: equal to a naive venue's on random bars and orders of all types, whatever is restarted in between. */
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PaperBroker } from "../../../src/live/broker/index.ts";
import type { BrokerConfig } from "../../../src/shared/desk.ts";
import type { PlaceOrder } from "../../../src/shared/ports.ts";
import { duration, moment, SECOND, type Moment } from "../../../src/shared/time.ts";
import { freshFolder } from "../../store/folders.ts";
import { deskOf } from "../session/desks.ts";
import { metaOf } from "../strategies/scene.ts";
import { NaiveVenue, type NaiveBar, type NaiveTerms } from "./naive-venue.ts";

const T = (seconds: number): Moment => moment(1_767_623_400_000_000 + seconds * SECOND);
const MINUTE = duration(60 * SECOND);
const cents = (price: number): string => (price / 100).toFixed(2);

interface Step {
  readonly orders: readonly (NaiveTerms & { readonly offset: number; readonly after: readonly NaiveTerms[] })[];
  readonly cancels: readonly number[];
  readonly replaces: readonly {
    readonly which: number;
    readonly quantity?: number;
    readonly limit?: number;
    readonly stop?: number;
  }[];
  readonly bar: Omit<NaiveBar, "at" | "opensAt">;
  readonly restart: boolean;
}

const near = fc.integer({ min: 9_930, max: 10_070 });
const size = fc.integer({ min: 1, max: 40 });
const signedSize = fc.tuple(size, fc.boolean()).map(([one, buys]) => (buys ? one : -one));
const trail = fc.oneof(
  fc.record({ amount: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ percent: fc.constantFrom(0.1, 0.25, 0.5) }),
);
type Priced = Pick<NaiveTerms, "type" | "limit" | "stop" | "trail">;
const priced = fc.oneof<fc.Arbitrary<Priced>[]>(
  fc.constant({ type: "market" } as const),
  near.map((limit) => ({ type: "limit", limit }) as const),
  near.map((stop) => ({ type: "stop", stop }) as const),
  fc.tuple(near, near).map(([stop, limit]) => ({ type: "stop_limit", stop, limit }) as const),
  trail.map((one) => ({ type: "trailing_stop", trail: one }) as const),
);
const lasting = fc.oneof(
  { arbitrary: fc.constant<Pick<NaiveTerms, "tif" | "expiresAt">>({ tif: "gtc" }), weight: 4 },
  { arbitrary: fc.integer({ min: 0, max: 900 }).map((expiresAt) => ({ tif: "gtd", expiresAt }) as const), weight: 1 },
  { arbitrary: fc.integer({ min: 0, max: 900 }).map((expiresAt) => ({ tif: "day", expiresAt }) as const), weight: 1 },
);
const instant = fc.constantFrom<Pick<NaiveTerms, "tif">>({ tif: "ioc" }, { tif: "fok" });

const order = fc
  .record({
    quantity: signedSize,
    price: priced,
    time: fc.oneof({ arbitrary: lasting, weight: 4 }, { arbitrary: instant, weight: 1 }),
    postOnly: fc.boolean(),
    reduceOnly: fc.boolean(),
    owner: fc.constantFrom(undefined, "s", "t"),
    group: fc.constantFrom(undefined, undefined, "g", "h"),
    offset: fc.constantFrom(0, 1, 15, 16, 40),
    stopChild: fc.option(
      fc.tuple(
        fc.oneof(
          near.map((stop) => ({ type: "stop", stop }) as const),
          trail.map((one) => ({ type: "trailing_stop", trail: one }) as const),
        ),
        lasting,
      ),
    ),
    targetChild: fc.option(fc.tuple(near, lasting)),
  })
  .map(({ quantity, price, time, postOnly, reduceOnly, owner, group, offset, stopChild, targetChild }) => {
    const isInstant = time.tif === "ioc" || time.tif === "fok";
    const base = { quantity: -quantity, ...(owner === undefined ? {} : { owner }) };
    const after: NaiveTerms[] = [];
    if (stopChild !== null) after.push({ id: "", ...base, ...stopChild[0], ...stopChild[1] });
    if (targetChild !== null) after.push({ id: "", ...base, type: "limit", limit: targetChild[0], ...targetChild[1] });
    return {
      id: "",
      quantity,
      ...price,
      ...time,
      ...(postOnly && price.type === "limit" && !isInstant ? { postOnly } : {}),
      ...(reduceOnly && after.length === 0 ? { reduceOnly } : {}),
      ...(owner === undefined ? {} : { owner }),
      ...(group === undefined ? {} : { group }),
      offset,
      after,
    };
  });

const bar = fc
  .record({
    open: near,
    up: fc.nat({ max: 40 }),
    down: fc.nat({ max: 40 }),
    close: fc.nat({ max: 100 }),
    volume: fc.constantFrom(0, 50, 200, 5_000),
    halfSpread: fc.constantFrom(0, 0, 1, 7),
  })
  .map(({ open, up, down, close, volume, halfSpread }) => {
    const [low, high] = [open - down, open + up];
    return { open, high, low, close: low + Math.round(((high - low) * close) / 100), volume, halfSpread };
  });

const step: fc.Arbitrary<Step> = fc.record({
  orders: fc.array(order, { maxLength: 3 }),
  cancels: fc.array(fc.nat({ max: 40 }), { maxLength: 1 }),
  replaces: fc.array(
    fc.oneof(
      fc.record({ which: fc.nat({ max: 40 }), quantity: signedSize }),
      fc.record({ which: fc.nat({ max: 40 }), limit: near }),
      fc.record({ which: fc.nat({ max: 40 }), stop: near }),
    ),
    { maxLength: 1 },
  ),
  bar,
  restart: fc.boolean(),
});

const rules = fc.record({
  slippageBps: fc.constantFrom(0, 3, 50),
  share: fc.constantFrom(null, 0.1),
  through: fc.boolean(),
});

function placeOf(terms: NaiveTerms, at: Moment): PlaceOrder {
  const {
    id,
    quantity,
    type,
    limit,
    stop,
    trail: by,
    tif,
    expiresAt,
    postOnly,
    reduceOnly,
    owner,
    parent,
    group,
  } = terms;
  return {
    venueId: id,
    symbol: "AAA",
    quantity: String(quantity),
    limitPrice: limit === undefined ? null : cents(limit),
    at,
    type,
    timeInForce: tif,
    ...(stop === undefined ? {} : { stopPrice: cents(stop) }),
    ...(by === undefined
      ? {}
      : { trail: "amount" in by ? { amount: cents(by.amount) } : { percent: String(by.percent) } }),
    ...(expiresAt === undefined ? {} : { expiresAt: T(expiresAt) }),
    ...(postOnly === undefined ? {} : { postOnly }),
    ...(reduceOnly === undefined ? {} : { reduceOnly }),
    ...(owner === undefined ? {} : { owner }),
    ...(parent === undefined ? {} : { parentId: parent }),
    ...(group === undefined ? {} : { ocoGroup: group }),
  };
}

const META = metaOf("AAA", { lotSize: "1", minQuantity: "1", minNotional: "0", pricePrecision: 2 });

async function compare(
  steps: readonly Step[],
  { slippageBps, share, through }: { slippageBps: number; share: number | null; through: boolean },
): Promise<number> {
  const config: BrokerConfig = {
    ...deskOf().broker,
    slippageBps,
    feeBps: 0,
    partialFillShare: share,
    fillModel: "bars",
    limitTouch: through ? "through" : "touch",
  };
  const path = join(freshFolder(), "broker.db");
  const open = (): PaperBroker =>
    new PaperBroker({ path, config, seed: "1", symbols: [META], barInterval: () => MINUTE, accountEvery: 3 });
  let venue = open();
  const naive = new NaiveVenue({ slippageBps, share, through });
  const ids: string[] = [];
  let last: FeedBar | null = null;
  for (const [index, { orders, cancels, replaces, bar: prices, restart }] of steps.entries()) {
    const begin = index * 60;
    const commands: Promise<unknown>[] = [];
    for (const { offset, after, ...terms } of orders) {
      const id = `o${ids.length}`;
      for (const one of [
        { ...terms, id },
        ...after.map((child, place) => ({ ...child, id: `${id}.${place}`, parent: id })),
      ]) {
        ids.push(one.id);
        naive.place(one, begin + offset);
        commands.push(venue.placeOrder(placeOf(one, T(begin + offset))));
      }
    }
    for (const which of cancels) {
      const id = ids[which];
      if (id === undefined) continue;
      naive.cancel(id, begin);
      commands.push(venue.cancelOrder(id, T(begin)));
    }
    for (const { which, quantity, limit, stop } of replaces) {
      const id = ids[which];
      if (id === undefined) continue;
      const change = {
        ...(quantity === undefined ? {} : { quantity }),
        ...(limit === undefined ? {} : { limit }),
        ...(stop === undefined ? {} : { stop }),
      };
      naive.replace(id, change, begin);
      const asked = {
        ...(quantity === undefined ? {} : { quantity: String(quantity) }),
        ...(limit === undefined ? {} : { limitPrice: cents(limit) }),
        ...(stop === undefined ? {} : { stopPrice: cents(stop) }),
      };
      commands.push(venue.replaceOrder(id, asked, T(begin)));
    }
    await Promise.all(commands);
    if (restart) {
      venue.close();
      venue = open();
      // A bar that is consumed again changes nothing; a mark brings the last price back.
      if (last !== null)
        venue.onMarketData(
          [{ kind: "mark", mark: { symbol: "AAA", at: last.at, price: last.close, volume: 0 } }],
          last.at,
        );
    }
    naive.bar({ ...prices, at: begin + 60, opensAt: begin });
    const [o, h, l, c] = [prices.open, prices.high, prices.low, prices.close].map((price) => price / 100) as [
      number,
      number,
      number,
      number,
    ];
    const spread = prices.halfSpread === 0 ? {} : { spread: cents(2 * prices.halfSpread) };
    last = { symbol: "AAA", at: T(begin + 60), open: o, high: h, low: l, close: c, volume: prices.volume, ...spread };
    venue.onMarketData([{ kind: "bar", bar: last }], last.at);
    venue.takeEvents(last.at);
    if (restart) venue.onMarketData([{ kind: "bar", bar: last }], last.at);
  }
  const fills = await venue.fillsSince(0);
  if (!fills.ok) throw new Error(fills.reason);
  const plain = fills.value.map(
    ({ venueId, quantity, price, at }) => `${venueId} ${quantity} @ ${Number(price)} ${at}`,
  );
  expect(plain).toEqual(
    naive.fills.map(({ id, quantity, price, at }) => `${id} ${quantity} @ ${price / 100} ${T(at)}`),
  );
  for (const { terms, status, reason, filled, stop } of naive.entries) {
    const answer = await venue.orderByClientId(terms.id);
    const found = answer.ok ? answer.value : null;
    expect([terms.id, found?.status, found?.reason ?? null, found?.filled]).toEqual([
      terms.id,
      status,
      reason,
      String(filled),
    ]);
    if (status === "open") expect(found?.stopPrice ?? null).toBe(stop === undefined ? null : String(stop / 100));
  }
  venue.close();
  return plain.length;
}

type FeedBar = NaiveBarOf;
interface NaiveBarOf {
  readonly symbol: string;
  readonly at: Moment;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly spread?: string;
}

describe("matching by bars", () => {
  it("equals a naive venue that visits every price", async () => {
    let fills = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), rules, async (steps, rule) => {
        fills += await compare(steps, rule);
      }),
      { seed: 14, numRuns: 60 },
    );
    expect(fills).toBeGreaterThan(300);
  });
});
