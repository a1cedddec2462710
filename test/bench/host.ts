/**
 * A host process for the benchmarks: the console of the demo desk behind the loopback server, and a look at its event loop.
 *
 * 1. It is forked; its parent asks with "reset", "read" and "quit", and gets the address first.
 * 2. The loop's delay is what the histogram says less its own interval, which it counts as delay.
 */
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createConsoleHost } from "../../src/console/host.ts";
import { startLoopbackHost } from "../../src/serve/index.ts";

const INTERVAL_MS = 1;
const rendererFolder = join(import.meta.dirname, "..", "..", "out", "renderer");

const workspace = process.argv[2];
if (workspace === undefined) throw new Error("Name the workspace.");
const onProblem = (line: string): void => console.error(line);
const host = await createConsoleHost({ workspace, hostKind: "loopback", version: "bench", environment: {}, onProblem });
const server = await startLoopbackHost({ host, rendererFolder, onProblem, limits: { tokenUsesMax: 1e9 } });
const delay = monitorEventLoopDelay({ resolution: INTERVAL_MS });
delay.enable();

const ms = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - INTERVAL_MS);

function cpuShare(): number {
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / 1_000 / (performance.now() - since);
}

let [cpu, since] = [process.cpuUsage(), performance.now()];

process.on("message", (message) => {
  if (message === "reset") {
    delay.reset();
    [cpu, since] = [process.cpuUsage(), performance.now()];
  } else if (message === "read")
    process.send?.({
      n: delay.count,
      p50: ms(delay.percentile(50)),
      p99: ms(delay.percentile(99)),
      max: ms(delay.max),
      cpuShare: cpuShare(),
    });
  else
    void (async () => {
      await host.quit();
      await server.close();
      process.disconnect();
    })();
});
process.send?.({ url: server.url });
