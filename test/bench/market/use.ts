/**
 * One use of a market data file in a process of its own, so that its processor time and memory are those of this use:
 * `node use.ts preview|keep|use FILE [WORKSPACE]`. Prints one line of JSON.
 */
import { keepTables } from "../../../src/live/data/index.ts";
import { openCached, openSource } from "../../../src/live/feed/factory.ts";
import { importBars } from "../../../src/live/reader/index.ts";

const [what = "", file = "", workspace = ""] = process.argv.slice(2);
const before = process.cpuUsage();
const started = performance.now();
const imported = await importBars([what === "use" ? openCached(file) : openSource(file)], {});
if (what === "keep") keepTables(imported, { workspace, overwrite: true, overwriteHint: "" });
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({
    seconds: (performance.now() - started) / 1_000,
    cpuSeconds: (user + system) / 1e6,
    rssMb: process.resourceUsage().maxRSS / 1_024,
    rows: imported.files.reduce((sum, { rows }) => sum + rows, 0),
    bars: imported.tables.reduce((sum, { at }) => sum + at.length, 0),
  }),
);
