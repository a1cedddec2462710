/** One session: made, opened again, commanded, looked at. */
export type * from "./api.ts";
export type * from "./order-api.ts";
export { createSession, reopenSession, type CreateOptions, type ReopenOptions, type SessionPorts } from "./open.ts";
export { checkRestore } from "./restore.ts";
export { differencesOf, figuresOf, figuresOnDisk, type RouterFigures } from "./restore-figures.ts";
export { speedOf } from "./control.ts";
export type { Holds } from "./router-file-check.ts";
