/** The orchestrator: pure decisions, from plain Node without a build. */
export { Scheduler, PLANNED_RUNS_MAX } from "./scheduler.ts";
export type { ScheduleSpec, FullScheduleSpec, Anchor } from "./schedule-spec.ts";
export type {
  FinishedRun,
  MissedSlots,
  NextOpening,
  PlannedRun,
  RunHours,
  SchedulerSnapshot,
  StrategySnapshot,
  StrategyStats,
} from "./scheduler-types.ts";
export { OrderRouter } from "./router.ts";
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
} from "./router-types.ts";
export type { Drift, ResumeRequest, ReviewRequest } from "./drift-board.ts";
export type { KeyRow, RouterHead, RouterSnapshot, SnapshotHead, StoredDecision } from "./router-snapshot.ts";
export { keyPieceOf, KeyPieces, routerFromPieces } from "./key-pieces.ts";
export type { KeyPiece } from "./key-pieces.ts";
export type { SeenFill } from "./seen-fills.ts";
export { routerStateChunks, toRouterState, writeRouterState, SCHEMA_VERSION } from "./router-state.ts";
export type { RouterState, StateContext } from "./router-state.ts";
export { fromRouterState, readRouterState, ROUTER_STATE_TEXT_MAX } from "./router-state-reader.ts";
export type { ReadOptions } from "./router-state-reader.ts";
export { MetricsRecorder, percentile } from "./metrics.ts";
export type { MetricsLine, MetricsProbe, MetricsState } from "./metrics.ts";
export { orderIdOf, sequenceOf } from "./order-id.ts";
export { createStream, restoreStream, drawSeed } from "./random.ts";
export type { Seed, Stream, StreamState } from "./random.ts";
