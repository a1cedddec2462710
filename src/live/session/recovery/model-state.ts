/**
 * A read model's state as plain JSON, and a read model from it.
 *
 * 1. A restored read model continues as the saved one would have: the same entries give the same read model.
 * 2. Seen fills are not in it, because they grow with the session; they are kept piece by piece (`checkpoint.ts`).
 */
import { decimal, plain } from "../../../shared/decimal.ts";
import type { Flatten, QueueItem } from "../state/open-orders.ts";
import type { WorkingOrder } from "../state/working-orders.ts";
import { Switches, type HaltedScope } from "../state/switches.ts";
import type { StrategyModel, ReadModel } from "../state/read-model.ts";

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
] as const satisfies readonly (keyof ReadModel)[];

type Updates = "updatesTold" | "updatesToTell";

export interface ModelState extends Pick<ReadModel, (typeof PLAIN)[number]> {
  readonly halts: ReadModel["halts"];
  readonly resumes: ReadModel["resumes"];
  readonly rejections: ReadModel["rejections"];
  /** Absent in a checkpoint of an older version. */
  readonly refusals?: ReadModel["refusals"];
  readonly cursorsAhead: readonly number[];
  /** In order of acceptance. */
  readonly working: readonly (WorkingState | OldWorkingState)[];
  /** Absent in a checkpoint of an older version. */
  readonly open?: OpenState;
  /** In order of discovery. */
  readonly drift: readonly (ReadModel["drift"] extends Map<string, infer Item> ? Item : never)[];
  /** Strategies and groups that are halted by themselves; absent where none is. */
  readonly switches?: readonly HaltedScope[];
  /** In the desk's order. */
  readonly strategies: readonly (Omit<StrategyModel, "config" | Updates> &
    Partial<Pick<StrategyModel, Updates>> & { readonly name: string })[];
}

export function modelState(model: ReadModel): ModelState {
  const plainFields = Object.fromEntries(PLAIN.map((field) => [field, model[field]])) as Pick<
    ReadModel,
    (typeof PLAIN)[number]
  >;
  return {
    ...plainFields,
    halts: model.halts,
    resumes: model.resumes,
    rejections: model.rejections,
    ...(model.countsRefusals ? { refusals: model.refusals } : {}),
    cursorsAhead: [...model.cursorsAhead],
    working: [...model.working.values()].map(({ ordered, filled, ...order }) => ({
      ...order,
      ordered: plain(ordered),
      filled: plain(filled),
    })),
    open: {
      queues: [...model.open.queues],
      flattens: [...model.open.flattens.values()],
      queueNumber: model.open.queueNumber,
      flattenNumber: model.open.flattenNumber,
    },
    drift: [...model.drift.values()],
    ...(model.switches.state().length === 0 ? {} : { switches: model.switches.state() }),
    strategies: [...model.strategies.values()].map(({ config, ...rest }) => ({ name: config.name, ...rest })),
  };
}

/** Puts a state into a read model that has counted nothing. Throws for a strategy that the desk does not have. */
export function restoreModel(model: ReadModel, state: ModelState): void {
  for (const field of PLAIN) Object.assign(model, { [field]: state[field] });
  model.halts.push(...state.halts);
  model.resumes.push(...state.resumes);
  Object.assign(model.rejections, state.rejections);
  Object.assign(model.refusals, state.refusals);
  model.countsRefusals = state.refusals !== undefined;
  for (const cursor of state.cursorsAhead) model.cursorsAhead.add(cursor);
  for (const saved of state.working) {
    const { ordered, filled, ...order } = "inDoubt" in saved ? saved : ofOlderVersion(saved);
    model.open.add({ ...order, ordered: decimal(ordered), filled: decimal(filled) });
  }
  for (const [strategy, items] of state.open?.queues ?? []) model.open.queues.set(strategy, [...items]);
  for (const flatten of state.open?.flattens ?? []) model.open.flattens.set(flatten.flatten, { ...flatten });
  model.open.queueNumber = state.open?.queueNumber ?? 0;
  model.open.flattenNumber = state.open?.flattenNumber ?? 0;
  model.switches = new Switches(state.switches);
  for (const item of state.drift) model.drift.set(item.item, item);
  for (const { name, ...rest } of state.strategies) Object.assign(model.strategy(name), rest);
}

/** An order of a checkpoint of an older version, whose states had other names and which did not keep the client's id. */
function ofOlderVersion(saved: OldWorkingState): WorkingState {
  const { state, ...order } = saved;
  const since = { clientOrderId: order.orderId, request: null, cancelWanted: false, inDoubt: state === "unknown" };
  return { ...order, ...since, state: OLD_STATES[state] };
}
