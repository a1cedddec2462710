/**
 * Stream `positions`: what each owner holds in each symbol, what it gained, and the same by symbol.
 *
 * 1. Quantities, averages and unrealized profit are the books'; what was realized and paid is the sum of the journal's booked fills and
 *    adopted items.
 * 2. A day's profit is exact or null. A position that was flat at the day's start has the profit since then; where just one position of
 *    an owner was open, it has the rest of what the owner gained.
 */
import { decimal, plain, ZERO } from "../../shared/decimal.ts";
import type { Decimal } from "../../shared/decimal.ts";
import type { Desk } from "../../shared/desk.ts";
import type { Moment } from "../../shared/time.ts";
import type { PositionsView } from "../../shared/contract/views.ts";
import { accountDays, type AccountDays } from "../../live/calendar/index.ts";
import type { SessionProbe } from "../../live/session/state/api.ts";
import { bookingsOf } from "../../store/journal/adoptions.ts";
import { isBooked, type JournalEntry } from "../../store/journal/entries.ts";
import type { Precisions } from "./precision.ts";
import { recordOf, stable } from "./table.ts";

export const POSITION_ROWS_MAX = 5_000;

/** What an owner did in a symbol. */
interface Done {
  readonly owner: string;
  readonly symbol: string;
  quantity: Decimal;
  realized: Decimal;
  fees: Decimal;
  /** The day of the newest change, and what stood before that day's first one. */
  day: number;
  heldBefore: boolean;
  gainBefore: Decimal;
}

type Row = PositionsView["rows"][string];
type SymbolRow = PositionsView["symbols"][string];
type Evidence = Readonly<Record<string, string | number | null>>;

type Amount = "quantity" | "realized" | "fees" | "gainBefore";

export interface PositionsState {
  readonly done: readonly (Omit<Done, Amount> & Readonly<Record<Amount, string>>)[];
  readonly drift: readonly (readonly [string, Evidence])[];
}

export class PositionsProjection {
  readonly #precisions: Precisions;
  readonly #days: AccountDays;
  readonly #done = new Map<string, Done>();
  readonly #drift = new Map<string, Evidence>();
  #value: Omit<PositionsView, "now"> | undefined = undefined;

  /** `dayEnds`: when the account's day ends, as the desk says it. */
  constructor(precisions: Precisions, dayEnds: Desk["dayEnds"]) {
    this.#precisions = precisions;
    this.#days = accountDays(dayEnds);
  }

  apply(entry: JournalEntry): void {
    if (entry.kind === "drift") this.#drift.set(entry.item, entry.evidence);
    else if (entry.kind === "fill") {
      if (isBooked(entry) && entry.strategy !== null)
        this.#book(entry.strategy, entry.symbol, entry.quantity, entry.realized, entry.fee, entry.at);
    } else if (entry.kind === "review") this.#adopt(entry);
  }

  state(): PositionsState {
    const done = [...this.#done.values()].map(({ quantity, realized, fees, gainBefore, ...rest }) => ({
      ...rest,
      quantity: plain(quantity),
      realized: plain(realized),
      fees: plain(fees),
      gainBefore: plain(gainBefore),
    }));
    return { done, drift: [...this.#drift] };
  }

  restore({ done, drift }: PositionsState): void {
    for (const { quantity, realized, fees, gainBefore, ...rest } of done) {
      const held = { quantity: decimal(quantity), realized: decimal(realized) };
      const gained = { fees: decimal(fees), gainBefore: decimal(gainBefore) };
      this.#done.set(`${rest.owner}/${rest.symbol}`, { ...rest, ...held, ...gained });
    }
    for (const [item, evidence] of drift) this.#drift.set(item, evidence);
  }

  value(probe: SessionProbe): PositionsView {
    const held = new Map(probe.ownerPositions.map((position) => [`${position.owner}/${position.symbol}`, position]));
    const marks = new Map(probe.ownerPositions.map(({ symbol, mark }) => [symbol, mark]));
    const today = this.#days.dayOf(probe.now);
    const rows: Row[] = [];
    for (const [key, { owner, symbol, realized, fees }] of this.#done) {
      const position = held.get(key);
      rows.push({
        owner,
        symbol,
        quantity: position?.quantity ?? "0",
        averagePrice: position?.averagePrice ?? null,
        mark: marks.get(symbol) ?? null,
        unrealized: position === undefined ? "0" : position.unrealized,
        realized: inAccount(probe, symbol, realized),
        fees: inAccount(probe, symbol, fees),
        dayProfit: null,
        ...this.#precisions.of(symbol),
      });
    }
    const days = new Map(probe.ownerDays.map(({ owner, dayProfit }) => [owner, dayProfit]));
    const dated = [...Map.groupBy(rows, ({ owner }) => owner)].flatMap(([owner, own]) =>
      this.#withDays(own, days.get(owner), today, probe),
    );
    const shown = dated.slice(0, POSITION_ROWS_MAX);
    const symbols = [...Map.groupBy(shown, ({ symbol }) => symbol).values()].map(overOwners);
    this.#value = stable(this.#value, {
      currency: probe.account.currency,
      rows: recordOf(
        shown,
        ({ owner, symbol }) => `${owner}/${symbol}`,
        (row) => row,
      ),
      symbols: recordOf(
        symbols,
        ({ symbol }) => symbol,
        (row) => row,
      ),
    });
    return { ...this.#value, now: probe.now };
  }

  #adopt(review: JournalEntry & { readonly kind: "review" }): void {
    const owner = review.strategy ?? "unattributed";
    for (const [index, { symbol, quantity, fee }] of bookingsOf(review, this.#drift.get(review.item)).entries())
      this.#book(owner, symbol, quantity, index === 0 ? review.realized : null, fee, review.at);
  }

  #book(owner: string, symbol: string, quantity: string, realized: string | null, fee: string, at: Moment): void {
    const key = `${owner}/${symbol}`;
    const day = this.#days.dayOf(at);
    let done = this.#done.get(key);
    if (done === undefined) {
      done = { owner, symbol, quantity: ZERO, realized: ZERO, fees: ZERO, day, heldBefore: false, gainBefore: ZERO };
      this.#done.set(key, done);
    } else if (day > done.day) {
      done.day = day;
      done.heldBefore = !done.quantity.isZero();
      done.gainBefore = done.realized.minus(done.fees);
    }
    done.quantity = done.quantity.plus(quantity);
    done.realized = done.realized.plus(realized ?? ZERO);
    done.fees = done.fees.plus(fee);
  }

  /** One owner's rows with their profit of the day, where it is known. */
  #withDays(rows: readonly Row[], ownerDay: string | undefined, today: number, probe: SessionProbe): Row[] {
    let known = ZERO;
    const dated = rows.map((row) => {
      const done = this.#done.get(`${row.owner}/${row.symbol}`);
      const before = done === undefined ? null : baseline(done, today);
      if (before === null || row.unrealized === null) return row;
      const gain = decimal(row.realized)
        .minus(row.fees)
        .plus(row.unrealized)
        .minus(inAccount(probe, row.symbol, before));
      known = known.plus(gain);
      return { ...row, dayProfit: plain(gain) };
    });
    const unknown = dated.filter(({ dayProfit }) => dayProfit === null);
    if (unknown.length !== 1 || ownerDay === undefined) return dated;
    const rest = plain(decimal(ownerDay).minus(known));
    return dated.map((row) => (row.dayProfit === null ? { ...row, dayProfit: rest } : row));
  }
}

/** What a position had gained when the day began, where it was flat then; null where it was open. */
function baseline(done: Done, today: number): Decimal | null {
  if (done.day < today) return done.quantity.isZero() ? done.realized.minus(done.fees) : null;
  return done.heldBefore ? null : done.gainBefore;
}

/** An amount of a symbol's currency in the account's. */
function inAccount(probe: SessionProbe, symbol: string, value: Decimal): string {
  const rate = Object.hasOwn(probe.foreignRates, symbol) ? probe.foreignRates[symbol] : undefined;
  return plain(rate === undefined ? value : value.times(rate).toDecimalPlaces(12));
}

const sumOf = (rows: readonly Row[], amount: (row: Row) => string | null): string | null => {
  let sum = ZERO;
  for (const row of rows) {
    const value = amount(row);
    if (value === null) return null;
    sum = sum.plus(value);
  }
  return plain(sum);
};

/** One symbol over its owners. The average is weighted, and only said where all owners hold the same side. */
function overOwners(rows: readonly Row[]): SymbolRow {
  const [first] = rows;
  if (first === undefined) throw new RangeError("A symbol has at least one owner.");
  const open = rows.filter(({ quantity }) => quantity !== "0");
  const longs = open.filter(({ quantity }) => !quantity.startsWith("-")).length;
  const sides = longs > 0 && longs < open.length ? 2 : open.length === 0 ? 0 : 1;
  const quantity = sumOf(rows, (row) => row.quantity) ?? "0";
  const cost = open.reduce((sum, row) => sum.plus(decimal(row.quantity).times(row.averagePrice ?? "0")), ZERO);
  return {
    owners: open.length,
    symbol: first.symbol,
    quantity,
    averagePrice: sides === 1 ? plain(cost.div(quantity).toDecimalPlaces(12)) : null,
    mark: first.mark,
    unrealized: sumOf(rows, (row) => row.unrealized),
    realized: sumOf(rows, (row) => row.realized) ?? "0",
    fees: sumOf(rows, (row) => row.fees) ?? "0",
    dayProfit: sumOf(rows, (row) => row.dayProfit),
    pricePrecision: first.pricePrecision,
    quantityPrecision: first.quantityPrecision,
  };
}
