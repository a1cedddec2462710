/** The orchestrator: pure decisions, from plain Node without a build. */
export { Scheduler, PLANNED_RUNS_MAX } from "./scheduler/scheduler.ts";
export type { ScheduleSpec, FullScheduleSpec, Anchor } from "./scheduler/schedule-spec.ts";
export type {
  FinishedRun,
  MissedSlots,
  NextOpening,
  PlannedRun,
  RunHours,
  SchedulerSnapshot,
  StrategySnapshot,
  StrategyStats,
} from "./scheduler/scheduler-types.ts";
export { OrderRouter } from "./router/router.ts";
export type {
  Decision,
  DriftItem,
  DriftKind,
  DriftReview,
  Evidence,
  HaltReason,
  HaltRequest,
  HaltSource,
  InflightOrder,
  OrderReport,
  OrderRequest,
  PendingOrder,
  RateWindowProbe,
  Reconciliation,
  Rejection,
  ReportEvidence,
  ResumeRecord,
  Retention,
  RouterCounters,
  RouterOptions,
  RestoreOptions,
  SubmitOutcome,
} from "./router/router-types.ts";
export type { Drift, ResumeRequest, ReviewRequest } from "./router/drift-board.ts";
export { partsOf, snapshotOf } from "./router/router-snapshot.ts";
export type {
  KeyRow,
  RouterHead,
  RouterSnapshot,
  SnapshotHead,
  SnapshotParts,
  StoredDecision,
} from "./router/router-snapshot.ts";
export { keyPieceOf, KeyPieces, routerFromPieces } from "./router/key-pieces.ts";
export type { KeyPiece } from "./router/key-pieces.ts";
export type { SeenFill } from "./router/seen-fills.ts";
export { routerStateChunks, toRouterState, writeRouterState, SCHEMA_VERSION } from "./state-file/router-state.ts";
export type { RouterState, StateContext } from "./state-file/router-state.ts";
export { sameRouterState } from "./state-file/same-state.ts";
export { fromRouterState, readRouterState, ROUTER_STATE_TEXT_MAX } from "./state-file/router-state-reader.ts";
export type { ReadOptions } from "./state-file/router-state-reader.ts";
export { MetricsRecorder, percentile } from "./common/metrics.ts";
export type { MetricsLine, MetricsProbe, MetricsState } from "./common/metrics.ts";
export { orderIdOf, sequenceOf } from "./router/order-id.ts";
export { createStream, restoreStream, drawSeed } from "./common/random.ts";
export type { Seed, Stream, StreamState } from "./common/random.ts";
