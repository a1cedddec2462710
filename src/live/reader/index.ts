/** Market data as traders have it on disk, read into tables of bars, with a description of what was understood. */
export { CACHED_FROM_BYTES, cacheBeside } from "./cache-beside.ts";
export { importBars } from "./import.ts";
export { seriesBytes, seriesFiles } from "./series-file.ts";
export { fileSource } from "./table/byte-source.ts";
export * from "./table/imported.ts";
export { coarserNotes, finestSeries } from "./table/merge.ts";
export { plainNumber } from "./table/numbers.ts";
