/** The desk that a person asks for: a file's, the workspace's, the demo's, or one made for market data files. */
export { checkDesk, isDemo, openDesk, type DeskRequest } from "./open-desk.ts";
