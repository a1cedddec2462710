/** Where market events come from: imported files replayed, or a market drawn from a seed. */
export { importBars } from "./import.ts";
export * from "./imported.ts";
export { createReplayFeed, TAKE_MAX } from "./replay.ts";
export { createSyntheticFeed, type SyntheticConfig } from "./synthetic.ts";
