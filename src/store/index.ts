/** What survives: the workspace, a session's folder and files, the journal, the atomic file. */
export * from "./desk/index.ts";
export * from "./files/atomic.ts";
export { digestOf } from "./files/digest.ts";
export { LineLog } from "./files/line-log.ts";
export { nodeFileSystem } from "./files/node-file-system.ts";
export { DROPPED_KINDS, type CompactionBase } from "./journal/compaction.ts";
export type { CheckpointFault, CheckpointTexts, SavedCheckpoint } from "./journal/checkpoints.ts";
export type * from "./journal/entries.ts";
export {
  Journal,
  JOURNAL_SCHEMA,
  openJournal,
  readJournal,
  type HeldPlace,
  type JournalFault,
  type JournalReader,
} from "./journal/journal.ts";
export { assertOwnSchema } from "./journal/schema.ts";
export {
  assertDurable,
  databaseError,
  NODE_MAJOR_MIN,
  openCache,
  openForReading,
  openForWriting,
} from "./journal/sqlite.ts";
export type { Database, Statement } from "./journal/sqlite.ts";
export { ARTIFACT_FILES, Artifacts, ARTIFACTS_FORMAT, readEquityCurve, trimArtifacts } from "./session/artifacts.ts";
export * from "./session/control.ts";
export * from "./session/delete.ts";
export * from "./session/folder.ts";
export * from "./session/light.ts";
export * from "./session/lock.ts";
export * from "./session/record.ts";
export * from "./session/report.ts";
export * from "./session/router-file.ts";
export { AlertFile, readAlerts } from "./workspace/alert-file.ts";
export { removeCaches } from "./workspace/data-cache.ts";
export * from "./workspace/desks.ts";
export * from "./workspace/recent.ts";
export * from "./workspace/settings.ts";
export * from "./workspace/trash.ts";
export * from "./workspace/workspace.ts";
