/**
 * A tally's state as plain JSON, and a tally from it.
 *
 * 1. A tally that was put back goes on as the saved one would have: the same entries give the same tally.
 * 2. Seen fills are not in it, because they grow with the session; they are kept piece by piece (`checkpoint.ts`).
 */
import { decimal, plain } from "../../shared/decimal.ts";
import { Switches, type HaltedScope } from "./switches.ts";
import type { WorkingOrder, StrategyTally, Tally } from "./tally.ts";

type WorkingState = Omit<WorkingOrder, "ordered" | "filled"> & { readonly ordered: string; readonly filled: string };

/** What is copied as it is. */
const PLAIN = [
  "haltReasons",
  "runs",
  "orders",
  "fills",
  "replays",
  "missed",
  "driftItems",
  "driftOpen",
  "cursor",
  "orderPrefix",
  "lastSnapshotAt",
  "lastSnapshotSha256",
  "lastMetricsAt",
  "lastMetrics",
  "lastEquityAt",
  "equityStart",
  "drawdownMax",
  "lastAt",
  "stopped",
] as const satisfies readonly (keyof Tally)[];

export interface TallyState extends Pick<Tally, (typeof PLAIN)[number]> {
  readonly halts: Tally["halts"];
  readonly resumes: Tally["resumes"];
  readonly rejections: Tally["rejections"];
  /** Absent in a checkpoint of an older version. */
  readonly refusals?: Tally["refusals"];
  readonly cursorsAhead: readonly number[];
  /** In order of acceptance. */
  readonly working: readonly WorkingState[];
  /** In order of discovery. */
  readonly drift: readonly (Tally["drift"] extends Map<string, infer Item> ? Item : never)[];
  /** Strategies and groups that are halted by themselves; absent where none is. */
  readonly switches?: readonly HaltedScope[];
  /** In the desk's order. */
  readonly strategies: readonly (Omit<StrategyTally, "config"> & { readonly name: string })[];
}

export function tallyState(tally: Tally): TallyState {
  const plainFields = Object.fromEntries(PLAIN.map((field) => [field, tally[field]])) as Pick<
    Tally,
    (typeof PLAIN)[number]
  >;
  return {
    ...plainFields,
    halts: tally.halts,
    resumes: tally.resumes,
    rejections: tally.rejections,
    ...(tally.countsRefusals ? { refusals: tally.refusals } : {}),
    cursorsAhead: [...tally.cursorsAhead],
    working: [...tally.working.values()].map(({ ordered, filled, ...order }) => ({
      ...order,
      ordered: plain(ordered),
      filled: plain(filled),
    })),
    drift: [...tally.drift.values()],
    ...(tally.switches.state().length === 0 ? {} : { switches: tally.switches.state() }),
    strategies: [...tally.strategies.values()].map(({ config, ...rest }) => ({ name: config.name, ...rest })),
  };
}

/** Puts a state into a tally that has counted nothing. Throws for a strategy that the desk does not have. */
export function restoreTally(tally: Tally, state: TallyState): void {
  for (const field of PLAIN) Object.assign(tally, { [field]: state[field] });
  tally.halts.push(...state.halts);
  tally.resumes.push(...state.resumes);
  Object.assign(tally.rejections, state.rejections);
  Object.assign(tally.refusals, state.refusals);
  tally.countsRefusals = state.refusals !== undefined;
  for (const cursor of state.cursorsAhead) tally.cursorsAhead.add(cursor);
  for (const { ordered, filled, ...order } of state.working)
    tally.working.set(order.orderId, { ...order, ordered: decimal(ordered), filled: decimal(filled) });
  tally.switches = new Switches(state.switches);
  for (const item of state.drift) tally.drift.set(item.item, item);
  for (const { name, ...rest } of state.strategies) Object.assign(tally.strategy(name), rest);
}
