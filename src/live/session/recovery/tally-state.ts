/**
 * A tally's state as plain JSON, and a tally from it.
 *
 * 1. A restored tally continues as the saved one would have: the same entries give the same tally.
 * 2. Seen fills are not in it, because they grow with the session; they are kept piece by piece (`checkpoint.ts`).
 */
import { decimal, plain } from "../../../shared/decimal.ts";
import type { Flatten, QueueItem } from "../state/open-orders.ts";
import type { WorkingOrder } from "../state/working-orders.ts";
import { Switches, type HaltedScope } from "../state/switches.ts";
import type { StrategyTally, Tally } from "../state/tally.ts";

type WorkingState = Omit<WorkingOrder, "ordered" | "filled"> & { readonly ordered: string; readonly filled: string };

/** As a checkpoint of a version without cancels and replaces of strategies has it. */
type OldWorkingState = Pick<
  WorkingState,
  | "orderId"
  | "venueId"
  | "strategy"
  | "symbol"
  | "quantity"
  | "ordered"
  | "filled"
  | "price"
  | "limitPrice"
  | "at"
  | "confirmed"
> & { readonly state: "accepted" | "working" | "unknown" | "partially_filled" };

const OLD_STATES = {
  accepted: "pending_new",
  working: "accepted",
  unknown: "pending_new",
  partially_filled: "partially_filled",
} as const;

/** Everything that has not ended beside the working orders. */
interface OpenState {
  readonly queues: readonly (readonly [strategy: string, items: readonly QueueItem[]])[];
  readonly flattens: readonly Flatten[];
  readonly queueNumber: number;
  readonly flattenNumber: number;
}

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

type Updates = "updatesTold" | "updatesToTell";

export interface TallyState extends Pick<Tally, (typeof PLAIN)[number]> {
  readonly halts: Tally["halts"];
  readonly resumes: Tally["resumes"];
  readonly rejections: Tally["rejections"];
  /** Absent in a checkpoint of an older version. */
  readonly refusals?: Tally["refusals"];
  readonly cursorsAhead: readonly number[];
  /** In order of acceptance. */
  readonly working: readonly (WorkingState | OldWorkingState)[];
  /** Absent in a checkpoint of an older version. */
  readonly open?: OpenState;
  /** In order of discovery. */
  readonly drift: readonly (Tally["drift"] extends Map<string, infer Item> ? Item : never)[];
  /** Strategies and groups that are halted by themselves; absent where none is. */
  readonly switches?: readonly HaltedScope[];
  /** In the desk's order. */
  readonly strategies: readonly (Omit<StrategyTally, "config" | Updates> &
    Partial<Pick<StrategyTally, Updates>> & { readonly name: string })[];
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
    open: {
      queues: [...tally.open.queues],
      flattens: [...tally.open.flattens.values()],
      queueNumber: tally.open.queueNumber,
      flattenNumber: tally.open.flattenNumber,
    },
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
  for (const saved of state.working) {
    const { ordered, filled, ...order } = "inDoubt" in saved ? saved : ofOlderVersion(saved);
    tally.open.add({ ...order, ordered: decimal(ordered), filled: decimal(filled) });
  }
  for (const [strategy, items] of state.open?.queues ?? []) tally.open.queues.set(strategy, [...items]);
  for (const flatten of state.open?.flattens ?? []) tally.open.flattens.set(flatten.flatten, { ...flatten });
  tally.open.queueNumber = state.open?.queueNumber ?? 0;
  tally.open.flattenNumber = state.open?.flattenNumber ?? 0;
  tally.switches = new Switches(state.switches);
  for (const item of state.drift) tally.drift.set(item.item, item);
  for (const { name, ...rest } of state.strategies) Object.assign(tally.strategy(name), rest);
}

/** An order of a checkpoint of an older version, whose states had other names and which did not keep the client's id. */
function ofOlderVersion(saved: OldWorkingState): WorkingState {
  const { state, ...order } = saved;
  const since = { clientOrderId: order.orderId, request: null, cancelWanted: false, inDoubt: state === "unknown" };
  return { ...order, ...since, state: OLD_STATES[state] };
}
