/**
 * Stream `schedule`: a row a strategy, and the timeline of what ran, what was passed over and what comes.
 *
 * 1. Past runs and skipped slots come from the journal; a strategy's row and its next runs from the probe.
 * 2. Runs and skips are the newest `RUNS_MAX` and no older than `RUNS_AGE_MAX` of session time; a run that is under way is kept.
 * 3. A strategy shows the worst state that holds: not loaded, quarantined, halted, over budget, late, in flight, running, paused, waiting.
 * 4. Strategies share the state of their session: halted while it is halted, stopped without next runs once it has ended.
 */
import type { SessionProbe, StrategyProbe } from "../../live/session/state/api.ts";
import { MINUTE } from "../../shared/time.ts";
import type { Duration, Moment } from "../../shared/time.ts";
import type { ScheduleView, StrategyState } from "../../shared/contract/views.ts";
import type { Desk } from "../../shared/desk.ts";
import type { JournalEntry, MissedEntry, RunFinishedEntry } from "../../store/journal/entries.ts";
import { recordOf, stable, Table } from "./table.ts";

export const RUNS_MAX = 3_000;
export const RUNS_AGE_MAX = (30 * MINUTE) as Duration;
/** Slots of one gap that are drawn; a night's sleep passes over thousands. */
export const SKIPS_DRAWN_MAX = 100;

export type RunRow = ScheduleView["runs"][string];
type SkipRow = ScheduleView["skipped"][string];

/** Outcomes that leave a strategy's standing as it is. */
const PASSED: ReadonlySet<RunFinishedEntry["outcome"]> = new Set(["ok", "overrun", "abandoned"]);

/** Whether the session's strategies will not run any more. */
const hasEnded = (state: SessionProbe["state"]): boolean => state === "stopped" || state === "failed";

/** The worst state that holds for a strategy of a session. `inFlight` names the strategies with a working order. */
export function rollUp(
  strategy: StrategyProbe,
  inFlight: ReadonlySet<string>,
  session: SessionProbe["state"],
): StrategyState {
  if (strategy.state === "not_loaded" || strategy.state === "quarantined") return strategy.state;
  if (hasEnded(session)) return "stopped";
  if (strategy.haltedBy !== null || session === "halted") return "halted";
  if (strategy.state === "over_budget" || strategy.overBudget) return "over_budget";
  if (strategy.state === "late") return "late";
  if (strategy.state === "in_flight" || inFlight.has(strategy.name)) return "in_flight";
  if (strategy.state === "running" || strategy.runningSince !== null) return "running";
  return strategy.state;
}

/** The strategies that have an order at work. */
export function strategiesInFlight(probe: SessionProbe): ReadonlySet<string> {
  return new Set(probe.router.orders.map((order) => order.strategy));
}

export interface ScheduleState {
  readonly runs: readonly (readonly [string, RunRow])[];
  readonly skipped: readonly (readonly [string, SkipRow])[];
  readonly reasonAt: readonly (readonly [string, Moment])[];
}

export class ScheduleProjection {
  readonly runs: Table<RunRow>;
  readonly #skipped: Table<SkipRow>;
  readonly #cadences: ReadonlyMap<string, Duration>;
  readonly #ageMax: number;
  #rows: ScheduleView["rows"] = {};
  #next: ScheduleView["next"] = {};
  /** Since when each strategy is paused, quarantined or failing. */
  readonly #reasonAt = new Map<string, Moment>();
  /** Run times are drawn from the seed. */
  readonly #simulated: boolean;

  constructor(
    desk: Pick<Desk, "strategies"> & Partial<Pick<Desk, "clock" | "runtime">>,
    limits: { readonly runs: number; readonly age: number } = { runs: RUNS_MAX, age: RUNS_AGE_MAX },
  ) {
    this.runs = new Table(limits.runs);
    this.#skipped = new Table(limits.runs);
    this.#ageMax = limits.age;
    this.#simulated = desk.clock?.kind === "virtual" && (desk.runtime?.median ?? 0) > 0;
    this.#cadences = new Map(desk.strategies.map((strategy) => [strategy.name, strategy.cadence]));
  }

  apply(entry: JournalEntry): void {
    if (entry.kind === "run_finished") this.#finish(entry);
    else if (entry.kind === "strategy" && entry.event !== "run_asked") this.#reasonAt.set(entry.strategy, entry.at);
    else if (entry.kind === "missed") this.#missed(entry);
    else if (entry.kind === "run_started") {
      this.runs.set(`${entry.strategy}#${entry.run}`, {
        strategy: entry.strategy,
        planned: entry.planned,
        due: entry.due,
        started: entry.at,
        finished: null,
        outcome: null,
        orders: 0,
        message: null,
      });
      this.#trim(entry.at);
    }
  }

  state(): ScheduleState {
    return { runs: this.runs.state(), skipped: this.#skipped.state(), reasonAt: [...this.#reasonAt] };
  }

  restore({ runs, skipped, reasonAt }: ScheduleState): void {
    this.runs.restore(runs);
    this.#skipped.restore(skipped);
    for (const [strategy, at] of reasonAt) this.#reasonAt.set(strategy, at);
  }

  value(probe: SessionProbe): ScheduleView {
    const inFlight = strategiesInFlight(probe);
    const rows = recordOf(
      probe.strategies,
      (strategy) => strategy.name,
      (strategy) => {
        const state = rollUp(strategy, inFlight, probe.state);
        const plain = scheduleRow(strategy, state, this.#reasonAt.get(strategy.name) ?? null);
        const row = this.#simulated ? { ...plain, simulated: true } : plain;
        return hasEnded(probe.state) ? { ...row, nextRun: null } : row;
      },
    );
    this.#rows = stable(this.#rows, rows);
    const next = recordOf(
      hasEnded(probe.state) ? [] : probe.strategies,
      (strategy) => strategy.name,
      (strategy) => strategy.next.slice(0, 3).map((run): [number, number, number] => [run.at, run.planned, run.jitter]),
    );
    this.#next = stable(this.#next, next);
    return {
      now: probe.now,
      rows: this.#rows,
      runs: this.runs.value(),
      skipped: this.#skipped.value(),
      next: this.#next,
    };
  }

  #finish(entry: RunFinishedEntry & { readonly at: Moment }): void {
    const key = `${entry.strategy}#${entry.run}`;
    const run = this.runs.get(key);
    const planned = run?.planned ?? entry.started;
    const row = run ?? { strategy: entry.strategy, planned, due: entry.started, started: entry.started };
    this.runs.set(key, {
      ...row,
      finished: entry.at,
      outcome: entry.outcome,
      orders: entry.orders,
      message: entry.message,
    });
    if (!PASSED.has(entry.outcome)) this.#reasonAt.set(entry.strategy, entry.at);
    // A run passes over the slots that follow its own: those under it, and after an overrun one more.
    const cadence = this.#cadences.get(entry.strategy);
    if (entry.skips > 0 && cadence !== undefined) {
      const from = entry.skips === 1 && planned + cadence < entry.at ? entry.at : planned;
      this.#skip(entry.strategy, from, cadence, entry.skips, entry.outcome === "overrun" ? "overrun" : "still running");
    }
    this.#trim(entry.at);
  }

  #missed(entry: MissedEntry & { readonly at: Moment }): void {
    const cadence = this.#cadences.get(entry.strategy);
    if (cadence === undefined) return;
    const drawn = Math.min(entry.slots, SKIPS_DRAWN_MAX);
    // A closed market's slots are reported as it closes, and lie ahead.
    const from = entry.reason === "closed" ? entry.at - cadence : entry.nextRun - (drawn + 1) * cadence;
    this.#skip(entry.strategy, from, cadence, drawn, entry.reason);
    this.#trim(entry.at);
  }

  /** Draws `slots` slots, the first one cadence after `from`. */
  #skip(strategy: string, from: number, cadence: Duration, slots: number, reason: string): void {
    for (let slot = 1; slot <= Math.min(slots, SKIPS_DRAWN_MAX); slot += 1) {
      const at = from + slot * cadence;
      this.#skipped.set(`${strategy}@${at}`, { strategy, at, reason });
    }
  }

  #trim(now: Moment): void {
    const oldest = now - this.#ageMax;
    this.runs.trim((run) => run.finished !== null && run.finished < oldest);
    this.#skipped.trim((skip) => skip.at < oldest);
  }
}

function scheduleRow(
  strategy: StrategyProbe,
  state: StrategyState,
  reasonAt: Moment | null,
): ScheduleView["rows"][string] {
  // A failure that a later run made good is history: the log has it.
  const reason = strategy.reason ?? (strategy.failing ? strategy.lastError : null);
  return {
    name: strategy.name,
    module: strategy.module,
    group: strategy.group,
    symbols: [...strategy.symbols],
    haltedBy: strategy.haltedBy === null ? null : { ...strategy.haltedBy },
    state,
    reason,
    reasonAt: reason === null ? null : reasonAt,
    failing: strategy.failing,
    cadence: strategy.cadence,
    budget: strategy.budget,
    jitter: strategy.jitter,
    anchor: strategy.anchor,
    heartbeatTimeout: strategy.heartbeatTimeout,
    nextRun: strategy.nextRun,
    lastRun: strategy.lastRun,
    runningSince: strategy.runningSince,
    lastRuntime: strategy.lastRuntime,
    averageRuntime: strategy.averageRuntime,
    executions: strategy.executions,
    overruns: strategy.overruns,
    skips: strategy.skips,
    failures: strategy.failures,
    lastHeartbeat: strategy.lastHeartbeat,
    heartbeatLate: strategy.heartbeatLate,
  };
}
