/**
 * Stream `desk`: tiles, account, equity, strategies, exposure, headroom.
 *
 * 1. The equity curve comes from the journal: the whole session in at most `EQUITY_POINTS_MAX` points, older ones at a falling
 *    resolution that keeps the highest and lowest equity and the deepest drawdown.
 * 2. Everything else is the probe's snapshot; a strategy's profit is its book's.
 * 3. Absent is null: an account that has not been valued yet shows no number.
 */
import type { SessionProbe } from "../../live/session/state/api.ts";
import type { DeskView } from "../../shared/contract/views.ts";
import type { Desk } from "../../shared/desk.ts";
import type { JournalEntry } from "../../store/journal/entries.ts";
import type { MetricsProjection } from "./metrics.ts";
import type { Precisions } from "./precision.ts";
import { rollUp, strategiesInFlight } from "./schedule.ts";
import { History, type HistoryState } from "./history.ts";
import { recordOf, stable } from "./table.ts";
import { ErrorWindow, tilesOf, type ErrorWindowState } from "./tiles.ts";

export const EQUITY_POINTS_MAX = 2_000;

type Part = Omit<DeskView, "equity">;
type Point = DeskView["equity"][string];

/** The lowest and the highest of four points, in their order; the one of them that fell deeper has the deepest drawdown of the four. */
export function thinEquity(group: readonly [Point, Point, Point, Point]): readonly [Point, Point] {
  const by = (better: (a: Point, b: Point) => boolean): Point => group.reduce((a, b) => (better(b, a) ? b : a));
  const low = by((a, b) => a[1] < b[1]);
  const high = by((a, b) => a[1] > b[1]);
  const pair: [Point, Point] = low === high ? [group[0], group[3]] : low[0] < high[0] ? [low, high] : [high, low];
  const deepest = Math.min(...group.map((point) => point[2]));
  const bearer = pair[0][2] <= pair[1][2] ? 0 : 1;
  pair[bearer] = [pair[bearer][0], pair[bearer][1], deepest];
  return pair;
}

/** A share that rounds to nothing is 0: JSON knows no zero below zero, and no eye should see one. */
const unsigned = (share: number | string): number => Number(share) + 0;

export interface DeskState {
  readonly equity: HistoryState<Point>;
  readonly errors: ErrorWindowState;
}

export class DeskProjection {
  readonly equity: History<Point>;
  readonly #desk: Pick<Desk, "slo" | "orchestrator">;
  readonly #metrics: MetricsProjection;
  readonly #precisions: Precisions;
  readonly #errors = new ErrorWindow();
  #part: Part | undefined = undefined;

  constructor(
    desk: Pick<Desk, "slo" | "orchestrator">,
    metrics: MetricsProjection,
    precisions: Precisions,
    limit: number = EQUITY_POINTS_MAX,
  ) {
    this.#desk = desk;
    this.#metrics = metrics;
    this.#precisions = precisions;
    this.equity = new History(limit, thinEquity);
  }

  /** `error` is the entry's `errorKindOf`. */
  apply(entry: JournalEntry, error: string | null): void {
    this.#errors.apply(entry, error);
    if (entry.kind !== "equity") return;
    this.equity.add([entry.at, Number(entry.equity), unsigned(entry.drawdown)]);
  }

  state(): DeskState {
    return { equity: this.equity.state(), errors: this.#errors.state() };
  }

  restore({ equity, errors }: DeskState): void {
    this.equity.restore(equity);
    this.#errors.restore(errors);
  }

  /** The four service-level tiles. */
  tiles(probe: SessionProbe): DeskView["tiles"] {
    return tilesOf(probe, this.#desk, this.#metrics, this.#errors);
  }

  value(probe: SessionProbe): DeskView {
    const { account } = probe;
    const books = new Map(probe.books.map((book) => [book.owner, book]));
    const strategies = new Set(probe.strategies.map((strategy) => strategy.name));
    const inFlight = strategiesInFlight(probe);
    this.#part = stable(this.#part, {
      tiles: this.tiles(probe),
      account: {
        currency: account.currency,
        equity: account.equity,
        equityStart: account.equityStart,
        startAt: probe.startedAt,
        cash: account.cash,
        pnl: account.pnl,
        realized: account.realized,
        unrealized: account.unrealized,
        fees: account.fees,
        drawdown: unsigned(account.drawdown),
        drawdownMax: unsigned(account.drawdownMax),
        gross: account.gross,
        net: account.net,
      },
      strategies: recordOf(
        probe.strategies,
        (strategy) => strategy.name,
        (strategy) => ({
          name: strategy.name,
          state: rollUp(strategy, inFlight, probe.state),
          failing: strategy.failing,
          pnl: books.get(strategy.name)?.pnl ?? null,
          realized: books.get(strategy.name)?.realized ?? null,
          fills: strategy.fills,
          orders: strategy.orders,
          rejections: strategy.rejections,
          skips: strategy.skips,
          lastSignal: strategy.lastSignal,
        }),
      ),
      otherOwners: recordOf(
        probe.books.filter((book) => !strategies.has(book.owner)),
        (book) => book.owner,
        ({ owner, pnl, realized }) => ({ name: owner, pnl, realized }),
      ),
      exposure: recordOf(
        probe.positions,
        (position) => position.symbol,
        (position) => ({
          symbol: position.symbol,
          assetClass: position.assetClass,
          position: position.quantity,
          mark: position.mark,
          value: position.value,
          share: position.share,
          ...this.#precisions.of(position.symbol),
        }),
      ),
      headroom: recordOf(
        probe.headroom,
        (headroom) => `${headroom.guard}:${headroom.scope}`,
        ({ guard, scope, value, limit, used }) => ({
          guard,
          scope,
          value,
          limit,
          used: used === null ? null : unsigned(used),
        }),
      ),
    });
    return { ...this.#part, equity: this.equity.value() };
  }
}
