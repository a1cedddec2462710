/**
 * Every planned tick of a session, read from its journal alone.
 *
 * 1. Reads only; beside a running session it shows what is committed.
 * 2. Ticks come in the order in which they were settled: a run when it ends, a slot that was passed over when its time has come;
 *    runs that are still under way come last.
 * 3. Nothing is kept: a journal of any length is read one tick after another.
 */
import { strategiesIn } from "../../shared/scope.ts";
import type { Desk } from "../../shared/desk.ts";
import { CodedError } from "../../shared/errors.ts";
import type { TickClass } from "../../shared/ticks.ts";
import { nodeFileSystem, readSessionJournal, type SessionFiles } from "../../store/index.ts";
import { TICK_KINDS, TickLedger, ticksOf, type Tick } from "../ticks/index.ts";

export interface TicksWanted {
  readonly strategy?: string | undefined;
  readonly class?: TickClass | undefined;
}

/** How many ticks a strategy, or all of them, has of each class. */
export type TickCounts = Record<TickClass, number>;

export interface TicksRead {
  readonly counts: TickCounts;
  /** The entry up to which the journal has dropped its runs; null for a whole one. */
  readonly compactedTo: number | null;
  /** Run times were drawn from the seed, as the desk's `runtime` says. */
  readonly simulated: boolean;
}

const noTicks = (): TickCounts => ({ on_time: 0, late: 0, overrun: 0, misfire: 0, paused: 0, closed: 0 });

/**
 * Shows each wanted tick to `visit`; answers the counts of all classes of the wanted strategy, whatever class is wanted.
 * Throws `not_found` for a strategy that the session does not have, `journal_damaged` where the schedule cannot be repeated.
 */
export function readTicks(files: SessionFiles, wanted: TicksWanted, visit: (tick: Tick) => void): TicksRead {
  const journal = readSessionJournal(nodeFileSystem, files);
  const counts = noTicks();
  const base = journal.compaction();
  const compacted = base.dropped > 0;
  let simulated = false;
  const under = new Map<string, Tick>();
  const ours = (strategy: string): boolean => wanted.strategy === undefined || wanted.strategy === strategy;
  const settle = (tick: Tick): void => {
    if (!ours(tick.strategy)) return;
    counts[tick.class] += 1;
    if (wanted.class === undefined || wanted.class === tick.class) visit(tick);
  };
  const ledger = new TickLedger(
    {
      ran: (tick) => {
        if (tick.finished === null) under.set(tick.strategy, tick);
        else {
          under.delete(tick.strategy);
          settle(tick);
        }
      },
      passed: (slots) => {
        if (!ours(slots.strategy)) return;
        counts[slots.class] += slots.count;
        if (wanted.class === undefined || wanted.class === slots.class) for (const tick of ticksOf(slots)) visit(tick);
      },
    },
    compacted,
  );
  try {
    for (const entry of journal.read(1, TICK_KINDS)) {
      if (entry.kind === "session" && entry.event === "created") {
        needStrategy(entry.detail, wanted.strategy);
        const desk = entry.detail["desk"] as Desk | undefined;
        simulated = desk?.clock.kind === "virtual" && desk.runtime.median > 0;
      }
      ledger.apply(entry);
    }
    const [last] = journal.position === 0 ? [] : journal.read(journal.position);
    ledger.passTo(last?.at ?? 0);
    for (const tick of under.values()) settle(tick);
    return { counts, compactedTo: compacted ? base.seq : null, simulated };
  } finally {
    journal.close();
  }
}

function needStrategy(detail: Readonly<Record<string, unknown>>, name: string | undefined): void {
  const strategies = (detail["desk"] as Desk | undefined)?.strategies ?? [];
  if (name === undefined || strategiesIn(strategies, { kind: "strategy", name }).length > 0) return;
  const some = strategies.slice(0, 12).map((one) => one.name);
  throw new CodedError(
    "not_found",
    `The session's desk has no strategy ${name}; its strategies are: ${some.join(", ")}.`,
  );
}
