/**
 * A session's process for a test to kill: one strategy hangs in a process, and the pids of all are printed.
 */
import { ProcessHost } from "../../../src/live/host/process-host.ts";
import { childRequest, forkChild } from "../../../src/live/host/launch.ts";
import { nodeTimers } from "../../../src/live/clock/index.ts";
import { strategyOf } from "../session/desks.ts";
import { snapshotAt } from "./scene.ts";

const folder = process.argv[2] ?? "";
const config = strategyOf("hang", "hang.ts", ["AAA"]);
const common = {
  module: "hang.ts",
  file: true,
  symbols: ["AAA"],
  params: {},
  sizing: { dollarPerTrade: 1 },
  seed: "7",
  metas: [],
};
const host = await ProcessHost.open({
  strategies: [
    {
      config,
      builtIn: false,
      step: (job, state, digest) => ({ kind: "load", job, strategy: "hang", ...common, digest, state }),
    },
  ],
  refused: new Map(),
  limits: { processes: 1, memoryMb: 64, hangMs: 600_000, loadMs: 60_000, stallMs: 100 },
  launch: forkChild,
  request: childRequest(folder, 64),
  timers: nodeTimers,
});
let printed = false;
host.onHeartbeat = () => {
  if (printed) return;
  printed = true;
  console.log(JSON.stringify(host.processes().map((one) => one.pid)));
};
void host.run(snapshotAt("hang", 1, []), null);
