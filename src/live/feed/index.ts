/** Where market events come from: imported files replayed, or a market drawn from a seed. */
export { fileSource } from "./byte-source.ts";
export { importBars } from "./import.ts";
export * from "./imported.ts";
export { plainNumber } from "./numbers.ts";
export { createReplayFeed, TAKE_MAX } from "./replay.ts";
export { seriesBytes, seriesFiles } from "./series-file.ts";
export { createSyntheticFeed, type SyntheticConfig } from "./synthetic.ts";
