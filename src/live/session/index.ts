/** One session: made, opened again, commanded, looked at. */
export type * from "./state/api.ts";
export type * from "./state/order-api.ts";
export { createSession, reopenSession, type CreateOptions, type ReopenOptions, type SessionPorts } from "./open.ts";
export { checkRestore } from "./recovery/restore.ts";
export { differencesOf, figuresOf, figuresOnDisk, type RouterFigures } from "./snapshots/restore-figures.ts";
export { perform, speedOf } from "./control/perform.ts";
export type { Holds } from "./snapshots/router-file-check.ts";
