/**
 * What is mutated, and the near tests that have to notice it.
 *
 * 1. An area is a promise of the program, with the files that keep it. Only its near tests run: a change that a distant suite alone
 *    notices counts as not noticed.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { mutationsOf, type Mutation } from "./mutations.ts";

export interface Area {
  readonly name: string;
  /** Patterns of source files, from the project's root. */
  readonly sources: readonly string[];
  /** Files or folders of tests, from the project's root. */
  readonly tests: readonly string[];
}

/** How many mutants of each area have to be on record. */
export const TRIED_MIN = 30;
/** What all areas have on record together. */
export const TRIED_ALL_MIN = 300;

export const AREAS: readonly Area[] = [
  {
    name: "router",
    sources: [
      "src/orchestrator/router/{router,rate-counter,in-flight,key-store,key-list,drift-board,seen-fills}.ts",
      "src/orchestrator/state-file/state-check.ts",
    ],
    tests: [
      "test/orchestrator/boundaries",
      "test/orchestrator/restored-keys",
      "test/orchestrator/router-state",
      "test/orchestrator/router.property",
      "test/orchestrator/key-pieces",
    ],
  },
  {
    name: "scheduler",
    sources: ["src/orchestrator/scheduler/{scheduler,due-heap,schedule-entry,schedule-spec}.ts"],
    tests: ["test/orchestrator/scheduler", "test/orchestrator/boundaries"],
  },
  { name: "risk", sources: ["src/live/risk/*.ts"], tests: ["test/live/risk"] },
  { name: "books", sources: ["src/live/books/*.ts"], tests: ["test/live/books"] },
  {
    name: "fills",
    sources: [
      "src/live/session/orders/fills.ts",
      "src/orchestrator/router/reports.ts",
      "src/orchestrator/state-file/fill-columns.ts",
    ],
    tests: ["test/orchestrator/fill-columns", "test/live/session/orders"],
  },
  { name: "matching", sources: ["src/live/broker/matching.ts"], tests: ["test/live/broker"] },
  {
    name: "recovery",
    sources: ["src/live/session/recovery/{recovery,checkpoint,restore,model-state,code,venue-check}.ts"],
    tests: [
      "test/live/session/recovery",
      "test/live/session/snapshots",
      "test/live/session/orders/order-restarts.test.ts",
      "test/live/session/orders/restored-orders.test.ts",
    ],
  },
  { name: "journal", sources: ["src/store/journal/*.ts"], tests: ["test/store/journal"] },
  { name: "projections", sources: ["src/console/projections/*.ts"], tests: ["test/console/projections"] },
  {
    name: "gate",
    sources: [
      "src/live/session/state/{halts,scope-halts,switches,ledger}.ts",
      "src/live/session/orders/{orders,sending}.ts",
    ],
    tests: ["test/live/session/state", "test/live/session/orders", "test/live/session/control"],
  },
  { name: "door", sources: ["src/serve/{gate,keys,limits,shape,connections}.ts"], tests: ["test/serve"] },
  { name: "ipc", sources: ["src/main/{ipc,guard,protocol,handed}.ts"], tests: ["test/main"] },
];

/** All mutations of an area's files. `root`: the project's folder. */
export function mutationsOfArea(area: Area, root: string): readonly Mutation[] {
  return area.sources
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .toSorted()
    .flatMap((file) => mutationsOf(file, readFileSync(join(root, file), "utf8")));
}
