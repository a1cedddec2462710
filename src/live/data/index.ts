/** Market data files of a workspace: read beside everything else, kept, and shown as charts show them. */
export { DataThread } from "./data-thread.ts";
export type { ReadJob, ReadResult } from "./jobs.ts";
export { keepTables, nothingRead } from "./keep.ts";
