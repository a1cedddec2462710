/**
 * What a slow disk costs: one replay with every sync delayed, beside its own time without.
 *
 * 1. Both runs go through the shim of the trials and lie in memory, so that the delay is the only difference.
 * 2. They take turns; each figure is the median of its runs.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { shimEnvironment, shimMissing } from "../sim/disk/shim.ts";
import { inFolder, notHere } from "./place.ts";
import { replayCommand, replayIn, type ReplaySummary } from "./replayed.ts";
import { median, sized } from "./row.ts";
import type { BenchRow } from "./row.ts";

const BARS = sized(2_880, 30);
const ROUNDS = sized(3, 1);
const SYNC_MS = 5;
const RATIO_TARGET = 1.3;

/** Seconds of the session alone. */
function replay(syncMs: number): Promise<number> {
  return inFolder((folder) => {
    const { workspace } = replayIn(folder, BARS);
    const [node = "", ...words] = replayCommand(workspace);
    const delay = { LOGOS_DISK_SYNC_MS: String(syncMs) };
    const env = { ...process.env, ...shimEnvironment(workspace, join(folder, "control")), ...delay };
    const { stdout, stderr, status } = spawnSync(node, words, { env, encoding: "utf8" });
    if (status !== 0) throw new Error(`The replay ended with ${status}: ${stderr}`);
    return Promise.resolve((JSON.parse(stdout) as ReplaySummary).realMs / 1_000);
  }, "memory");
}

export async function diskBenchmarks(): Promise<BenchRow[]> {
  const missing = shimMissing();
  if (missing !== null) {
    notHere(missing);
    return [];
  }
  const times: { readonly plain: number; readonly delayed: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    times.push({ plain: await replay(0), delayed: await replay(SYNC_MS) });
  const plain = median(times.map((time) => time.plain));
  const delayed = median(times.map((time) => time.delayed));
  const ratio = median(times.map((time) => time.delayed / time.plain));
  const what = `a replay of ${BARS.toLocaleString("en-US")} bars`;
  const row = { n: ROUNDS, better: "lower" } as const;
  return [
    { ...row, name: what, value: plain, unit: "s" },
    { ...row, name: `${what}, ${SYNC_MS} ms a sync`, value: delayed, unit: "s" },
    { ...row, name: "  with against without the delay", value: ratio, unit: "×", target: RATIO_TARGET },
  ];
}
