/**
 * Stream `session`: the numbers of the frame, and the alerts.
 *
 * 1. Its counts are those of the other streams, so that the rail and the view beside it never disagree.
 * 2. The summary is there once the session has stopped or failed.
 */
import type { SessionProbe } from "../../live/session/state/api.ts";
import type { Desk } from "../../shared/desk.ts";
import { decimal, plain } from "../../shared/decimal.ts";
import type { Mark, OpenSession } from "../../shared/contract/views.ts";
import type { JournalEntry } from "../../store/journal/entries.ts";
import { HALT_REASONS_MAX, haltReasonOf } from "./drift.ts";
import { FlattensProjection, type FlattensState } from "./flattens.ts";
import { MarksProjection } from "./marks.ts";
import { stable } from "./table.ts";

export interface SessionFacts {
  readonly folder: string;
  readonly desk: Desk;
  readonly pending: OpenSession["pending"];
  readonly rejections: number;
  readonly orders: number;
  readonly fills: number;
}

/** An age as an eye reads it: exact below a second, then in tenths, then in seconds, so that an idle session sends little. */
function coarse(ms: number): number {
  const step = ms < 1_000 ? 1 : ms < 10_000 ? 100 : 1_000;
  return Math.round(ms / step) * step;
}

export interface SessionState {
  readonly flattens: FlattensState;
  readonly marks: readonly (readonly [string, Mark])[];
}

export class SessionProjection {
  readonly #flattens = new FlattensProjection();
  readonly #marks = new MarksProjection();
  #value: OpenSession | undefined = undefined;

  apply(entry: JournalEntry): void {
    this.#flattens.apply(entry);
    this.#marks.apply(entry);
  }

  state(): SessionState {
    return { flattens: this.#flattens.state(), marks: this.#marks.state() };
  }

  restore({ flattens, marks }: SessionState): void {
    this.#flattens.restore(flattens);
    this.#marks.restore(marks);
  }

  value(probe: SessionProbe, facts: SessionFacts): OpenSession {
    const { desk } = facts;
    const ended = probe.state === "stopped" || probe.state === "failed";
    const { currency, equity, equityStart, pnl, drawdown } = probe.account;
    this.#value = stable(this.#value, {
      id: probe.id,
      folder: facts.folder,
      desk: desk.name,
      light: probe.light,
      state: probe.state,
      paused: probe.paused,
      pending: facts.pending,
      clock: probe.clock,
      speed: probe.speed,
      now: probe.now,
      startedAt: probe.startedAt,
      endsAt: probe.endsAt,
      seed: desk.seed,
      strategies: desk.strategies.length,
      symbols: symbolsOf(desk),
      haltedScopes: probe.haltedScopes.map(({ scope, ...rest }) => ({ ...scope, ...rest })),
      groups: groupsOf(desk),
      symbolNames: namesOf(desk),
      flattens: this.#flattens.value(probe, desk),
      haltReasons: probe.haltReasons.slice(-HALT_REASONS_MAX).map(haltReasonOf),
      failure: probe.failure === null ? null : { code: probe.failure.code, message: probe.failure.message },
      reading: null,
      marks: this.#marks.value(),
      account: { currency, equity, pnl, drawdown },
      feed: {
        lastAt: probe.feed.lastAt,
        ageMs: probe.feed.age === null ? null : probe.feed.age / 1e3,
        stale: probe.feed.stale,
        ended: probe.feed.ended,
      },
      journal: {
        position: probe.journal.position,
        committed: probe.journal.committed,
        // A session that has ended commits no more, so an age would only grow without meaning.
        ageMs: ended || probe.journal.commitAgeMs === null ? null : coarse(probe.journal.commitAgeMs),
      },
      snapshot: {
        at: probe.snapshot.at,
        ageS: probe.snapshot.age === null ? null : probe.snapshot.age / 1e6,
        everyS: probe.snapshot.every / 1e6,
      },
      counts: {
        schedule: probe.strategies.length,
        inflight: probe.router.inflight,
        positions: probe.ownerPositions.length,
        rejections: facts.rejections,
        orders: facts.orders,
        fills: facts.fills,
        driftOpen: probe.counts.driftOpen,
        late: probe.counts.late,
        quarantined: probe.counts.quarantined,
      },
      summary: ended
        ? {
            equityStart,
            equityEnd: equity,
            pnl: plain(decimal(equity).minus(equityStart)),
            runs: probe.counts.runs,
            orders: facts.orders,
            fills: facts.fills,
          }
        : null,
    });
    return this.#value;
  }
}

/** The names of each group's strategies, in the desk's order. */
function groupsOf(desk: Pick<Desk, "strategies">): Record<string, string[]> {
  const groups = Map.groupBy(desk.strategies, ({ group }) => group);
  return Object.fromEntries([...groups].map(([group, members]) => [group, members.map(({ name }) => name)]));
}

/** How many symbols the desk's strategies trade. */
export function symbolsOf(desk: Pick<Desk, "strategies">): number {
  return namesOf(desk).length;
}

const namesOf = (desk: Pick<Desk, "strategies">): string[] => [
  ...new Set(desk.strategies.flatMap((strategy) => strategy.symbols)),
];
