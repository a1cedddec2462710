/**
 * A paper venue whose disk follows the journal: it answers as one that writes at once, and a crash leaves it at a commit.
 *
 * 1. The model is the same venue with its disk not deferred.
 * 2. A crash before the journal's commit takes back everything since the commit before; one between the journal's commit and the
 *    venue's takes back nothing, once the journal's text is carried out.
 */
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PaperBroker } from "../../../src/live/broker/index.ts";
import type { CommandOutcome, VenueChanges } from "../../../src/shared/ports.ts";
import { moment, SECOND, type Moment } from "../../../src/shared/time.ts";
import { freshFolder } from "../../store/folders.ts";
import { deskOf } from "../session/desks.ts";
import { metaOf } from "../strategies/scene.ts";

const T = (seconds: number): Moment => moment(1_767_623_400_000_000 + seconds * SECOND);

type Step =
  | { readonly do: "place"; readonly id: number; readonly quantity: number; readonly limit: number | null }
  | { readonly do: "cancel"; readonly id: number }
  | { readonly do: "mark"; readonly price: number }
  | { readonly do: "ask" }
  | { readonly do: "commit" }
  | { readonly do: "crash"; readonly journaled: boolean };

const ids = fc.integer({ min: 1, max: 12 });
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("place" as const),
      id: ids,
      quantity: fc.constantFrom(-7, -2, 3, 10),
      limit: fc.option(fc.integer({ min: 95, max: 105 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cancel" as const), id: ids }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("mark" as const), price: fc.integer({ min: 94, max: 106 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("ask" as const, "commit" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const), journaled: fc.boolean() }) },
);

const venueId = (id: number): string => `S-ROUTER-${String(id).padStart(8, "0")}`;

class Venue {
  path = join(freshFolder(), "broker.db");
  readonly #deferred: boolean;
  broker: PaperBroker;

  constructor(deferred: boolean) {
    this.#deferred = deferred;
    this.broker = this.#open();
  }

  #open(changes: VenueChanges | null = null): PaperBroker {
    const config = { ...deskOf().broker, faults: { ...deskOf().broker.faults, reject: 0.1 } };
    const symbols = [metaOf("AAA", { lotSize: "1", minQuantity: "1", minNotional: "50" })];
    const broker = new PaperBroker({ path: this.path, config, seed: "7", symbols, accountEvery: 3 });
    if (changes !== null) broker.disk.redo(changes);
    broker.disk.defer(this.#deferred);
    return broker;
  }

  commit(): void {
    if (this.broker.disk.changes() !== null) this.broker.disk.settle();
  }

  /** What a kill leaves, opened again; `changes` is what the journal holds. */
  crash(changes: VenueChanges | null): void {
    const left = join(freshFolder(), "broker.db");
    for (const end of ["", "-wal"])
      if (existsSync(`${this.path}${end}`)) copyFileSync(`${this.path}${end}`, `${left}${end}`);
    this.broker.close();
    this.path = left;
    this.broker = this.#open(changes);
  }

  /** One step at a second. */
  async take(step: Step, second: number): Promise<CommandOutcome | null> {
    const at = T(second);
    if (step.do === "cancel") return this.broker.cancelOrder(venueId(step.id), at);
    if (step.do === "place") {
      const limitPrice = step.limit === null ? null : String(step.limit);
      const order = { venueId: venueId(step.id), symbol: "AAA", quantity: String(step.quantity), limitPrice, at };
      return this.broker.placeOrder(order);
    }
    if (step.do !== "mark") return null;
    const { price } = step;
    this.broker.onMarketData([{ kind: "mark", mark: { symbol: "AAA", at, price, volume: 100 } }], at);
    this.broker.takeEvents(at);
    return null;
  }

  async all(): Promise<unknown> {
    const { broker } = this;
    const lookups = [await broker.openOrders(), await broker.fillsSince(0), await broker.positions()];
    const orders = await Promise.all(Array.from({ length: 12 }, (_, id) => broker.orderByClientId(venueId(id + 1))));
    return [...lookups, ...orders];
  }
}

describe("a venue whose disk follows the journal", () => {
  it("answers as one that writes at once, and is at a commit after each crash", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 4, maxLength: 30 }), async (script) => {
        const venue = new Venue(true);
        let model = new Venue(false);
        let kept: { readonly step: Step; readonly second: number }[] = [];
        const done: { readonly step: Step; readonly second: number }[] = [];
        for (const [second, step] of script.entries()) {
          if (step.do === "commit" || (step.do === "crash" && step.journaled)) {
            const changes = venue.broker.disk.changes();
            if (step.do === "crash") venue.crash(changes);
            else venue.commit();
            kept = [...done];
          } else if (step.do === "crash") {
            venue.crash(null);
            // The model lives through what was committed once more.
            model.broker.close();
            model = new Venue(false);
            done.splice(0, done.length, ...kept);
            for (const { step: again, second: then } of kept) await model.take(again, then);
          } else {
            expect(await venue.take(step, second)).toEqual(await model.take(step, second));
            done.push({ step, second });
          }
          if (step.do === "ask" || step.do === "crash") expect(await venue.all()).toEqual(await model.all());
        }
        expect(await venue.all()).toEqual(await model.all());
        venue.broker.close();
        model.broker.close();
      }),
      { numRuns: 60 },
    );
  });

  it("carries a text out once, and only the next one", async () => {
    const venue = new Venue(true);
    await venue.take({ do: "place", id: 1, quantity: 3, limit: 90 }, 1);
    const first = venue.broker.disk.changes() as VenueChanges;
    expect(first.number).toBe(1);
    venue.broker.disk.settle();
    await venue.take({ do: "place", id: 2, quantity: 3, limit: 90 }, 2);
    const second = venue.broker.disk.changes() as VenueChanges;
    venue.crash(second);
    const ended = await venue.all();
    venue.broker.disk.redo(second);
    venue.broker.disk.redo(first);
    venue.broker.disk.redo({ ...second, number: 9 });
    expect(await venue.all()).toEqual(ended);
    expect(venue.broker.disk.changes()).toBeNull();
    venue.broker.close();
  });
});
