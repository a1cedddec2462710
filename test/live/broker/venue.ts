/** A paper venue for tests, with two symbols whose lots and minimums differ, and what its events say in a line each. */
import { join } from "node:path";
import { PaperBroker } from "../../../src/live/broker/index.ts";
import type { BrokerFaults, BrokerConfig } from "../../../src/shared/desk.ts";
import type { SymbolMeta } from "../../../src/shared/market.ts";
import type { BrokerEvent, CommandOutcome, Lookup } from "../../../src/shared/ports.ts";
import { moment, SECOND, type Moment } from "../../../src/shared/time.ts";
import { freshFolder } from "../../store/folders.ts";
import { deskOf } from "../session/desks.ts";
import { metaOf } from "../strategies/scene.ts";

export const T = (seconds: number): Moment => moment(1_767_623_400_000_000 + seconds * SECOND);
const NO_FAULTS: BrokerFaults = { reject: 0, dropAck: 0, duplicateFill: 0, delayFill: 0, unknownFill: 0 };

type Config = Partial<Omit<BrokerConfig, "faults">> & { readonly faults?: Partial<BrokerFaults> };

/** A venue for tests: AAA with whole lots and cents, BBB with small ones. */
export class Venue {
  readonly path = join(freshFolder(), "broker.db");
  readonly config: BrokerConfig;
  readonly seed: string;
  readonly symbols: readonly SymbolMeta[] = [
    metaOf("AAA", { lotSize: "1", minQuantity: "1", minNotional: "50" }),
    metaOf("BBB", { pricePrecision: 4, minQuantity: "0.002" }),
  ];
  broker: PaperBroker;

  constructor(config: Config = {}, seed = "7") {
    const { faults, ...more } = config;
    this.config = { ...deskOf().broker, slippageBps: 0, feeBps: 0, ...more, faults: { ...NO_FAULTS, ...faults } };
    this.seed = seed;
    this.broker = this.open();
  }

  open(): PaperBroker {
    const { path, config, seed, symbols } = this;
    return new PaperBroker({ path, config, seed, symbols, accountEvery: 3 });
  }

  /** The process ends and another begins. */
  restart(): void {
    this.broker.close();
    this.broker = this.open();
  }

  place(
    venueId: string,
    quantity: string,
    limitPrice: string | null = null,
    symbol = "AAA",
    seconds = 0,
  ): Promise<CommandOutcome> {
    return this.broker.placeOrder({ venueId, symbol, quantity, limitPrice, at: T(seconds) });
  }

  /** Marks of a symbol at a second. */
  mark(seconds: number, price: number, volume = 0, symbol = "AAA"): readonly BrokerEvent[] {
    this.broker.onMarketData([{ kind: "mark", mark: { symbol, at: T(seconds), price, volume } }], T(seconds));
    return this.broker.takeEvents(T(seconds));
  }

  async all() {
    const [open, fills, positions, account] = await Promise.all([
      this.broker.openOrders(),
      this.broker.fillsSince(0),
      this.broker.positions(),
      this.broker.account(),
    ]);
    return { open: value(open), fills: value(fills), positions: value(positions), account: value(account) };
  }
}

export function value<T>(lookup: Lookup<T>): T {
  if (!lookup.ok) throw new Error(lookup.reason);
  return lookup.value;
}

/** The fills among events, as `quantity @ price`. */
export const linesOf = (events: readonly BrokerEvent[]): string[] =>
  events.map((event) => {
    if (event.kind === "fill") return `${event.fill.quantity} @ ${event.fill.price}`;
    if (event.kind === "noted") return event.text;
    return event.kind === "closed" ? event.status : event.change;
  });
