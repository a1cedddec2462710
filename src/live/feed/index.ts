/** Where market events come from: imported files replayed, or a market drawn from a seed. */
export { createReplayFeed, TAKE_MAX } from "./replay.ts";
export { createSyntheticFeed, type SyntheticConfig } from "./synthetic.ts";
