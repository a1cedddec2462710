/**
 * Everything that the views show of one session: its projections, fed together and read one by one.
 *
 * 1. Every projection sees every entry once, in order, from the journal's first on.
 * 2. A view is made only when it is asked for, and made again only when an entry or the probe is new.
 * 3. Rejections are counted once and shared, so that tiles, metrics, rail and view show the same number.
 */
import type { SessionProbe } from "../../live/session/state/api.ts";
import type { Desk } from "../../shared/desk.ts";
import type { DeskView, OpenSession, StreamName, StreamValue } from "../../shared/contract/views.ts";
import type { JournalEntry } from "../../store/journal/entries.ts";
import { DeskProjection } from "./desk.ts";
import { DriftProjection } from "./drift.ts";
import { LogProjection } from "./log.ts";
import { errorKindOf, MetricsProjection, type MetricsState } from "./metrics.ts";
import { OrdersProjection, type OrdersState } from "./orders.ts";
import { PositionsProjection } from "./positions.ts";
import { Precisions, type Precision } from "./precision.ts";
import { RejectionsProjection, type RejectionsState } from "./rejections.ts";
import { RouterProjection } from "./router.ts";
import { ScheduleProjection } from "./schedule.ts";
import { SessionProjection, type SessionState } from "./session.ts";
import { TicksProjection } from "./ticks.ts";

/** The streams that one session feeds by itself. */
export type SessionStream = Exclude<StreamName, "app" | "session" | "alerts" | "sessions">;

/** What a stream shows of a session: its value at a probe. */
interface ProbeSource<Value> {
  value(probe: SessionProbe): Value;
  /** The probe has everything that the value needs. */
  readonly apply?: undefined;
  readonly state?: undefined;
  readonly restore?: undefined;
}

/** What a stream shows of a session whose value needs the journal, too. */
interface EntrySource<Value> {
  value(probe: SessionProbe): Value;
  /** `error`: the kind of trouble that the entry is, or null. Absent where the entries come another way. */
  apply?(entry: JournalEntry, error: string | null): void;
  /** What it keeps of the entries, as plain data; `restore` of a source that was shown none continues from there. */
  state(): unknown;
  restore(state: never): void;
}

type StreamSource<Value> = ProbeSource<Value> | EntrySource<Value>;

type StreamSources = { readonly [Name in SessionStream]: StreamSource<StreamValue<Name>> };

/** The projections of a session behind one of its entries, as plain data. */
export interface SessionViewsState {
  readonly position: number;
  readonly precisions: readonly (readonly [string, Precision])[];
  readonly session: SessionState;
  readonly sources: Readonly<Record<string, unknown>>;
}

interface Cached {
  readonly probe: SessionProbe;
  readonly revision: number;
  readonly value: unknown;
}

export class SessionViews {
  readonly desk: Desk;
  readonly #folder: string;
  readonly #precisions: Precisions;
  readonly #orders: OrdersProjection;
  readonly #rejections = new RejectionsProjection();
  readonly #deskView: DeskProjection;
  readonly #session = new SessionProjection();
  readonly #sources: StreamSources;
  readonly #cache = new Map<SessionStream, Cached>();
  #revision = 0;
  #position = 0;

  /** `compacted`: the journal has dropped old runs. */
  constructor(desk: Desk, folder: string, compacted = false) {
    this.desk = desk;
    this.#folder = folder;
    this.#precisions = new Precisions(desk);
    this.#orders = new OrdersProjection(this.#precisions);
    const metrics = new MetricsProjection(desk);
    this.#deskView = new DeskProjection(desk, metrics, this.#precisions);
    this.#sources = this.#streams(metrics, compacted);
  }

  /** Every stream with its source. Entries reach the sources in this order. */
  #streams(metrics: MetricsProjection, compacted: boolean): StreamSources {
    const { desk } = this;
    const [orders, rejections] = [this.#orders, this.#rejections];
    return {
      orders: {
        apply: (entry) => orders.apply(entry),
        value: ({ now }) => orders.value(now),
        state: () => orders.state(),
        restore: (state: OrdersState) => orders.restore(state),
      },
      // Its entries come first of all: what a refusal is called is an argument of the others.
      rejections: {
        value: ({ now }) => rejections.value(now),
        state: () => rejections.state(),
        restore: (state: RejectionsState) => rejections.restore(state),
      },
      schedule: new ScheduleProjection(desk),
      ticks: new TicksProjection(undefined, compacted),
      // The line's sample is closed before the tiles look at it.
      metrics: {
        apply: (entry, error) => metrics.apply(entry, error),
        value: ({ now }) => metrics.value(now),
        state: () => metrics.state(),
        restore: (state: MetricsState) => metrics.restore(state),
      },
      desk: this.#deskView,
      router: new RouterProjection(desk, this.#precisions),
      positions: new PositionsProjection(this.#precisions, desk.dayEnds),
      drift: new DriftProjection(),
      log: new LogProjection(),
    };
  }

  /** The number of the newest entry that was applied. */
  get position(): number {
    return this.#position;
  }

  /** The four service-level tiles at the probe's moment. */
  tiles(probe: SessionProbe): DeskView["tiles"] {
    return this.#deskView.tiles(probe);
  }

  /** Applies entries in order; ones that were applied already are passed over. */
  apply(entries: Iterable<JournalEntry>): void {
    const sources: readonly StreamSource<unknown>[] = Object.values(this.#sources);
    for (const entry of entries) {
      if (entry.seq <= this.#position) continue;
      this.#position = entry.seq;
      this.#revision += 1;
      this.#precisions.apply(entry);
      const error = errorKindOf(entry, this.#rejections.apply(entry));
      for (const source of sources) source.apply?.(entry, error);
      this.#session.apply(entry);
    }
  }

  /** Everything that was learned from the entries so far. It shares rows with the views, which never change one. */
  state(): SessionViewsState {
    const sources: Record<string, unknown> = {};
    for (const [name, source] of this.#named()) if (source.state !== undefined) sources[name] = source.state();
    const [precisions, session] = [this.#precisions.learned(), this.#session.state()];
    return { position: this.#position, precisions, session, sources };
  }

  /** Continues from a state of this version; nothing may have been applied. Throws for what is no such state. */
  restore({ position, precisions, session, sources }: SessionViewsState): void {
    if (this.#position > 0) throw new RangeError("Views that were shown entries cannot continue from saved ones.");
    this.#precisions.learn(precisions);
    for (const [name, source] of this.#named()) source.restore?.(sources[name] as never);
    this.#session.restore(session);
    this.#position = position;
    this.#revision += 1;
  }

  #named(): [string, StreamSource<unknown>][] {
    return Object.entries(this.#sources);
  }

  session(probe: SessionProbe, pending: OpenSession["pending"]): OpenSession {
    return this.#session.value(probe, {
      folder: this.#folder,
      desk: this.desk,
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
    const value = this.#sources[name].value(probe);
    this.#cache.set(name, { probe, revision: this.#revision, value });
    return value;
  }
}
