/**
 * The same bars, signals, sizes and fees through NautilusTrader and through this program, in turn.
 *
 * 1. NautilusTrader comes from PyPI into a virtual environment of its own below `node_modules`; where that is not possible, the
 *    reason is printed and nothing is measured.
 * 2. The fills of all runs are compared, so that all did the same work: quantity and price exactly, the fee to half a cent, because
 *    the peer rounds fees to cents. The last order may lack its fill where its bar is the last.
 * 3. Orders a second count the run alone; processor time and memory are those of the whole process and its children.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inFolder, notHere } from "./place.ts";
import { replayCommand, replayIn, type ReplayFiles, type ReplaySummary } from "./replayed.ts";
import { median } from "./row.ts";
import type { BenchRow } from "./row.ts";
import { root } from "./served.ts";

const NAUTILUS = "nautilus_trader==1.221.0";
const PYTHON_MINOR_MIN = 11;
const INSTALL_MS_MAX = 600_000;
const FEE_TOLERANCE = 0.005_000_1;
const FEE_BPS = "1";
/** The whole month; `--bars=N` takes fewer, `--rounds=N` repeats it. */
const BARS = 43_200;
const PEERS = join(import.meta.dirname, "peers");

interface Fill {
  readonly quantity: number;
  readonly price: number;
  readonly fee: number;
}

interface Measured {
  readonly seconds: number;
  readonly wholeSeconds: number;
  readonly cpuSeconds: number;
  readonly memoryMb: number;
  readonly orders: number;
  readonly runs: number;
  readonly fills: readonly Fill[];
}

interface Contender {
  readonly name: string;
  readonly run: (files: ReplayFiles, folder: string) => Measured;
}

/** A number of the command line, as `--bars=10080`. */
function optionOf(name: string, otherwise: number): number {
  const given = process.argv.find((word) => word.startsWith(`--${name}=`));
  return given === undefined ? otherwise : Number(given.slice(name.length + 3));
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";

/** The environment's Python, made at the first call; or why there is none. */
function nautilusPython(): { readonly python: string } | { readonly missing: string } {
  const folder = join(root, "node_modules", ".cache", "bench-peers");
  const python = join(folder, "bin", "python");
  const check = ["-c", "import nautilus_trader"];
  if (existsSync(python) && spawnSync(python, check).status === 0) return { python };
  const version = spawnSync("python3", ["-c", "import sys; print(sys.version_info.minor)"], { encoding: "utf8" });
  if (version.status !== 0) return { missing: "there is no python3 here" };
  if (Number(version.stdout) < PYTHON_MINOR_MIN)
    return { missing: `NautilusTrader needs Python 3.${PYTHON_MINOR_MIN}; this is 3.${version.stdout.trim()}` };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, ".."), { recursive: true });
  const steps = [
    ["python3", "-m", "venv", folder],
    [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NAUTILUS],
  ];
  for (const [command = "", ...words] of steps) {
    const { status, stderr } = spawnSync(command, words, { encoding: "utf8", timeout: INSTALL_MS_MAX });
    if (status !== 0) return { missing: `${NAUTILUS} cannot be installed: ${lastLine(stderr)}` };
  }
  return { python };
}

interface Reported {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly memoryMb: number;
}

/** Runs a command below the script that measures it. */
function measured(python: string, command: readonly string[]): Reported {
  const { stdout, stderr, status } = spawnSync(python, [join(PEERS, "measured.py"), ...command], {
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(stderr);
  const report = JSON.parse(stdout) as Reported;
  if (report.code !== 0)
    throw new Error(`${command.slice(0, 3).join(" ")} ended with ${report.code}: ${report.stderr}`);
  return report;
}

function rowsOfCsv(file: string): string[][] {
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
}

function nautilus(python: string): Contender {
  const run: Contender["run"] = ({ bars }, folder) => {
    const fillsFile = join(folder, "nautilus-fills.csv");
    const command = [python, join(PEERS, "nautilus.py"), bars, fillsFile, FEE_BPS];
    const { stdout, seconds: wholeSeconds, cpuSeconds, memoryMb } = measured(python, command);
    const result = JSON.parse(lastLine(stdout)) as Pick<Measured, "seconds" | "runs" | "orders">;
    const fills = rowsOfCsv(fillsFile).map(([quantity, price, fee]) => ({
      quantity: Number(quantity),
      price: Number(price),
      fee: Number(fee),
    }));
    return { ...result, wholeSeconds, cpuSeconds, memoryMb, fills };
  };
  return { name: "NautilusTrader", run };
}

function thisProgram(python: string, name: string, words: readonly string[]): Contender {
  const run: Contender["run"] = ({ workspace }) => {
    const report = measured(python, replayCommand(workspace, ...words));
    const summary = JSON.parse(report.stdout) as ReplaySummary;
    const [header = [], ...rows] = rowsOfCsv(join(summary.folder, "fills.csv"));
    const cell = (row: readonly string[], column: string): string => row[header.indexOf(column)] ?? "";
    const fills = rows.map((row) => ({
      quantity: Number(cell(row, "quantity")) * (cell(row, "side") === "buy" ? 1 : -1),
      price: Number(cell(row, "price")),
      fee: Number(cell(row, "fee")),
    }));
    const { orders, runs, realMs } = summary;
    const { cpuSeconds, memoryMb, seconds: wholeSeconds } = report;
    return { seconds: realMs / 1_000, wholeSeconds, cpuSeconds, memoryMb, orders, runs, fills };
  };
  return { name, run };
}

/** Throws at the first fill in which two runs differ. */
function compare(one: readonly Fill[], other: readonly Fill[], names: string): void {
  const both = Math.min(one.length, other.length);
  if (Math.abs(one.length - other.length) > 1)
    throw new Error(`${names}: ${one.length} fills against ${other.length}.`);
  for (let index = 0; index < both; index += 1) {
    const [a, b] = [one[index] as Fill, other[index] as Fill];
    if (a.quantity !== b.quantity || a.price !== b.price || Math.abs(a.fee - b.fee) > FEE_TOLERANCE)
      throw new Error(`${names}: fill ${index + 1} is ${JSON.stringify(a)} against ${JSON.stringify(b)}.`);
  }
}

function rowsOf(name: string, all: readonly Measured[]): BenchRow[] {
  const value = (of: (one: Measured) => number): number => median(all.map(of));
  const rounds = { n: all.length } as const;
  const { orders, runs } = all[0] as Measured;
  return [
    {
      name: `${name}, orders`,
      n: orders,
      value: value((one) => one.orders / one.seconds),
      unit: "orders/s",
      better: "higher",
    },
    {
      name: `${name}, strategy runs`,
      n: runs,
      value: value((one) => one.runs / one.seconds),
      unit: "runs/s",
      better: "higher",
    },
    { ...rounds, name: `${name}, whole process`, value: value((one) => one.wholeSeconds), unit: "s", better: "lower" },
    { ...rounds, name: `${name}, processor`, value: value((one) => one.cpuSeconds), unit: "s", better: "lower" },
    { ...rounds, name: `${name}, memory`, value: value((one) => one.memoryMb), unit: "MB", better: "lower" },
  ];
}

export async function peersBenchmarks(): Promise<BenchRow[]> {
  const made = nautilusPython();
  if ("missing" in made) {
    notHere(made.missing);
    return [];
  }
  const peer = nautilus(made.python);
  const own = [
    { ...thisProgram(made.python, "durable", []), target: 3 },
    { ...thisProgram(made.python, "light", ["--light"]), target: 6 },
  ];
  const [bars, rounds] = [optionOf("bars", BARS), optionOf("rounds", 1)];
  const results = new Map<string, Measured[]>();
  for (let round = 0; round < rounds; round += 1)
    await inFolder((folder) => {
      const files = replayIn(folder, bars);
      for (const { name, run } of [peer, ...own]) results.set(name, [...(results.get(name) ?? []), run(files, folder)]);
      return Promise.resolve();
    });
  const ofPeer = results.get(peer.name) as Measured[];
  const rows = rowsOf(peer.name, ofPeer);
  for (const { name, target } of own) {
    const ofOwn = results.get(name) as Measured[];
    ofOwn.forEach((one, round) => compare((ofPeer[round] as Measured).fills, one.fills, `${peer.name} and ${name}`));
    const ratios = ofOwn.map((one, round) => (ofPeer[round] as Measured).seconds / one.seconds);
    rows.push(...rowsOf(name, ofOwn));
    rows.push({
      name: `  ${name} against ${peer.name}, orders/s`,
      n: rounds,
      value: median(ratios),
      unit: "×",
      target,
      better: "higher",
    });
  }
  return rows;
}
