/**
 * Everything that the views are told of one session: its projections, fed together and read one by one.
 *
 * 1. Every projection sees every entry once, in order, from the journal's first on.
 * 2. A view is made only when it is asked for, and made again only when an entry or the probe is new.
 * 3. Rejections are counted once and shared, so that tiles, metrics, rail and view tell the same number.
 */
import type { SessionProbe } from "../../live/session/state/api.ts";
import type { Desk } from "../../shared/desk.ts";
import type { DeskView, OpenSession, StreamName, StreamValue } from "../../shared/contract/views.ts";
import type { JournalEntry } from "../../store/journal/entries.ts";
import { DeskProjection } from "./desk.ts";
import { DriftProjection } from "./drift.ts";
import { LogProjection } from "./log.ts";
import { errorKindOf, MetricsProjection } from "./metrics.ts";
import { OrdersProjection } from "./orders.ts";
import { PositionsProjection } from "./positions.ts";
import { Precisions } from "./precision.ts";
import { RejectionsProjection } from "./rejections.ts";
import { RouterProjection } from "./router.ts";
import { ScheduleProjection } from "./schedule.ts";
import { SessionProjection } from "./session.ts";
import { TicksProjection } from "./ticks.ts";

/** The streams that one session feeds by itself. */
export type SessionStream = Exclude<StreamName, "app" | "session" | "alerts" | "sessions">;

interface Cached {
  readonly probe: SessionProbe;
  readonly revision: number;
  readonly value: unknown;
}

export class SessionViews {
  readonly #desk: Desk;
  readonly #folder: string;
  readonly #precisions: Precisions;
  readonly #orders: OrdersProjection;
  readonly #rejections = new RejectionsProjection();
  readonly #schedule: ScheduleProjection;
  readonly #ticks: TicksProjection;
  readonly #metrics: MetricsProjection;
  readonly #deskView: DeskProjection;
  readonly #router: RouterProjection;
  readonly #positions: PositionsProjection;
  readonly #drift = new DriftProjection();
  readonly #log = new LogProjection();
  readonly #session = new SessionProjection();
  readonly #cache = new Map<SessionStream, Cached>();
  #revision = 0;
  #position = 0;

  /** `compacted`: the journal has let go of runs. */
  constructor(desk: Desk, folder: string, compacted = false) {
    this.#ticks = new TicksProjection(undefined, compacted);
    this.#desk = desk;
    this.#folder = folder;
    this.#precisions = new Precisions(desk);
    this.#orders = new OrdersProjection(this.#precisions);
    this.#schedule = new ScheduleProjection(desk);
    this.#metrics = new MetricsProjection(desk);
    this.#deskView = new DeskProjection(desk, this.#metrics, this.#precisions);
    this.#positions = new PositionsProjection(this.#precisions, desk.dayEnds);
    this.#router = new RouterProjection(desk, this.#precisions);
  }

  /** The number of the newest entry that was applied. */
  get position(): number {
    return this.#position;
  }

  get desk(): Desk {
    return this.#desk;
  }

  /** The four service-level tiles at the probe's moment. */
  tiles(probe: SessionProbe): DeskView["tiles"] {
    return this.#deskView.tiles(probe);
  }

  /** Applies entries in order; ones that were applied already are passed over. */
  apply(entries: Iterable<JournalEntry>): void {
    for (const entry of entries) {
      if (entry.seq <= this.#position) continue;
      this.#position = entry.seq;
      this.#revision += 1;
      this.#precisions.apply(entry);
      this.#orders.apply(entry);
      const error = errorKindOf(entry, this.#rejections.apply(entry));
      this.#schedule.apply(entry);
      this.#ticks.apply(entry);
      // The line's sample is closed before the tiles look at it.
      this.#metrics.apply(entry, error);
      this.#deskView.apply(entry, error);
      this.#router.apply(entry);
      this.#positions.apply(entry);
      this.#session.apply(entry);
      this.#log.apply(entry);
    }
  }

  /** How many rows the session's long lists have in all. */
  counts(): { readonly orders: number; readonly fills: number; readonly rejections: number } {
    const { orderCount, fillReports } = this.#orders;
    return { orders: orderCount, fills: fillReports, rejections: this.#rejections.total };
  }

  session(probe: SessionProbe, pending: OpenSession["pending"]): OpenSession {
    return this.#session.value(probe, {
      folder: this.#folder,
      desk: this.#desk,
      pending,
      rejections: this.#rejections.total,
      orders: this.#orders.orderCount,
      fills: this.#orders.fillCount,
    });
  }

  view<Name extends SessionStream>(name: Name, probe: SessionProbe): StreamValue<Name> {
    const cached = this.#cache.get(name);
    if (cached !== undefined && cached.probe === probe && cached.revision === this.#revision)
      return cached.value as StreamValue<Name>;
    const value = this.#make(name, probe);
    this.#cache.set(name, { probe, revision: this.#revision, value });
    return value as StreamValue<Name>;
  }

  #make(name: SessionStream, probe: SessionProbe): StreamValue<SessionStream> {
    if (name === "desk") return this.#deskView.value(probe);
    if (name === "schedule") return this.#schedule.value(probe);
    if (name === "ticks") return this.#ticks.value(probe);
    if (name === "router") return this.#router.value(probe);
    if (name === "positions") return this.#positions.value(probe);
    if (name === "rejections") return this.#rejections.value(probe.now);
    if (name === "metrics") return this.#metrics.value(probe.now);
    if (name === "orders") return this.#orders.value(probe.now);
    if (name === "drift") return this.#drift.value(probe);
    return this.#log.value();
  }
}
