/**
 * The replay that the benchmarks of whole runs share: minute bars of one symbol and one strategy that orders on every bar.
 *
 * 1. The bars come from a seed: each opens at the close before, so that a fill at a close and one at the next open are equal.
 * 2. A run is the real command in a process of its own, on a workspace of its own.
 */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createStream } from "../../src/orchestrator/index.ts";
import { formatMoment, moment } from "../../src/shared/time.ts";
import { root } from "./served.ts";

const START = moment(1_767_225_660_000_000);
const MINUTE_US = 60_000_000;
const FIRST_CENTS = 10_000;
const LOWEST_CENTS = 1_000;

const cents = (value: number): string => (value / 100).toFixed(2);

function barsText(bars: number): string {
  const stream = createStream("peers", "bars");
  const upTo = (most: number): number => Math.floor(stream.next() * (most + 1));
  const lines = ["timestamp,open,high,low,close,volume"];
  let close = FIRST_CENTS;
  for (let index = 0; index < bars; index += 1) {
    const open = close;
    close = Math.max(LOWEST_CENTS, open + upTo(40) - 20);
    const [high, low] = [Math.max(open, close) + upTo(5), Math.min(open, close) - upTo(5)];
    const at = formatMoment(moment(START + index * MINUTE_US));
    lines.push(`${at},${[open, high, low, close].map(cents).join(",")},${1_000 + upTo(8_000)}`);
  }
  return `${lines.join("\n")}\n`;
}

const DESK = `name: peers
seed: peers
broker: { kind: paper, fillModel: bars, currency: USD, cash: 1000000, slippage_bps: 0, fee_bps: 1, latency: 0s }
clock: { kind: virtual, speed: max }
feed: { kind: replay, files: [bars.csv], symbol: PEER }
instruments:
  PEER: { assetClass: equity, currency: USD, tickSize: 0.01, lotSize: 1 }
strategies:
  - { name: crossing, module: crossing.ts, symbols: [PEER], cadence: bar }
`;

export interface ReplayFiles {
  readonly workspace: string;
  readonly bars: string;
}

/** Makes the workspace in a folder. */
export function replayIn(folder: string, bars: number): ReplayFiles {
  const workspace = join(folder, "workspace");
  mkdirSync(join(workspace, "strategies"), { recursive: true });
  const file = join(workspace, "bars.csv");
  writeFileSync(file, barsText(bars));
  writeFileSync(join(workspace, "desk.yaml"), DESK);
  const source = join(import.meta.dirname, "peers", "crossing.ts");
  copyFileSync(source, join(workspace, "strategies", "crossing.ts"));
  return { workspace, bars: file };
}

/** The command line of its run, with the program's own Node. */
export function replayCommand(workspace: string, ...more: readonly string[]): string[] {
  const logos = join(root, "src", "cli", "logos.ts");
  return [process.execPath, logos, "--workspace", workspace, "--json", "run", ...more];
}

/** What `run --json` prints of it. */
export interface ReplaySummary {
  readonly folder: string;
  readonly realMs: number;
  readonly runs: number;
  readonly orders: number;
  readonly fills: number;
}
