/**
 * `logos smoke`: the synthetic cohort, its files and its verdict.
 *
 * 1. Exit 0 when every limit is kept, 1 when one is broken, 2 when a fill was unknown.
 * 2. Nothing is written before the run is over, and each file appears whole; the history gets one line more.
 */
import { resolve } from "node:path";
import { nodeTimers, nodeWallMs } from "../../live/clock/index.ts";
import {
  DRIFT_SHARE,
  keepSmoke,
  readSmokeLimits,
  smokeRecord,
  type SmokeComparison,
} from "../../harness/smoke-history.ts";
import {
  runSmoke,
  SMOKE_DEFAULTS,
  type SmokeLimits,
  type SmokeOptions,
  type SmokeResult,
} from "../../harness/smoke.ts";
import { CodedError } from "../../shared/errors.ts";
import { DAY, durationText, MINUTE, SECOND } from "../../shared/time.ts";
import { ioError, nodeFileSystem, writeAtomic } from "../../store/index.ts";
import { decimalNumber, durationOfNumber, wholeNumber } from "../common/options.ts";
import type { AddCommand, Context } from "../common/context.ts";
import { version } from "../common/version.ts";

interface Options {
  readonly strategies: string;
  readonly durationMin: string;
  readonly cadenceSec: string;
  readonly timeBudgetSec: string;
  readonly jitterSec: string;
  readonly seed: string;
  readonly outputDir: string;
  readonly sloLatencyP95Sec?: string;
  readonly sloSkipRate?: string;
  readonly sloQueueDepth?: string;
  readonly sloErrors?: string;
  readonly sloFile?: string;
  readonly unknownFillShare: string;
}

/** Virtual time and runs of one smoke, at most: its lines and the router's keys stay in memory until it is judged. */
const DURATION_MAX = 7 * DAY;
const RUNS_MAX = 2_000_000;

/** The limits: a flag's, else the file's, else the cohort's own. */
function limitsOf(given: Options, file: Partial<SmokeLimits>, timeBudget: number): SmokeLimits {
  const limits = SMOKE_DEFAULTS.limits;
  const { sloLatencyP95Sec: latency, sloSkipRate: skips, sloQueueDepth: depth, sloErrors: errors } = given;
  return {
    latencyP95S:
      latency === undefined
        ? (file.latencyP95S ?? timeBudget / SECOND)
        : decimalNumber("--slo-latency-p95-sec", latency, 0, 86_400),
    skipRate: skips === undefined ? (file.skipRate ?? limits.skipRate) : decimalNumber("--slo-skip-rate", skips, 0, 1),
    queueDepth:
      depth === undefined
        ? (file.queueDepth ?? Math.max(limits.queueDepth, Number(given.strategies)))
        : wholeNumber("--slo-queue-depth", depth, 0, 1_000_000),
    errors:
      errors === undefined ? (file.errors ?? limits.errors) : wholeNumber("--slo-errors", errors, 0, 1_000_000_000),
  };
}

function optionsOf(given: Options, file: Partial<SmokeLimits>): SmokeOptions {
  const timeBudget = durationOfNumber("--time-budget-sec", given.timeBudgetSec, SECOND);
  const cadence = durationOfNumber("--cadence-sec", given.cadenceSec, SECOND);
  const jitter = durationOfNumber("--jitter-sec", given.jitterSec, SECOND, true);
  if (jitter > cadence)
    throw new CodedError("usage", `--jitter-sec ${given.jitterSec}: at most the cadence, ${durationText(cadence)}.`);
  const strategies = wholeNumber("--strategies", given.strategies, 1, 20_000);
  const duration = durationOfNumber("--duration-min", given.durationMin, MINUTE);
  if (duration < cadence)
    throw new CodedError(
      "usage",
      `--duration-min ${given.durationMin}: at least the cadence, ${durationText(cadence)}, so that every strategy runs.`,
    );
  if (duration > DURATION_MAX)
    throw new CodedError("usage", `--duration-min ${given.durationMin}: at most ${DURATION_MAX / MINUTE}, a week.`);
  const runs = Math.round((strategies * duration) / cadence);
  if (runs > RUNS_MAX)
    throw new CodedError(
      "usage",
      `These are about ${runs} runs and the smoke keeps each in memory: at most ${RUNS_MAX}. ` +
        "Take fewer --strategies, a shorter --duration-min or a longer --cadence-sec.",
    );
  if (given.outputDir.trim() === "") throw new CodedError("usage", "--output-dir is empty: name a folder.");
  return {
    ...SMOKE_DEFAULTS,
    strategies,
    duration,
    cadence,
    timeBudget,
    jitter,
    seed: given.seed,
    unknownFillShare: decimalNumber("--unknown-fill-share", given.unknownFillShare, 0, 1),
    limits: limitsOf(given, file, timeBudget),
  };
}

interface Files {
  readonly metrics: string;
  readonly summary: string;
  readonly history: string;
}

function write(context: Context, folder: string, result: SmokeResult): Files {
  const logs = resolve(context.io.folder, folder, "logs");
  try {
    nodeFileSystem.makeFolder(logs);
  } catch (error) {
    throw ioError("Making", logs, error);
  }
  const metrics = resolve(logs, "metrics.jsonl");
  const summary = resolve(logs, "..", "summary.json");
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  writeAtomic(nodeFileSystem, metrics, encode(result.lines.map((line) => `${line}\n`).join("")));
  writeAtomic(nodeFileSystem, summary, encode(`${JSON.stringify(result.summary, null, 2)}\n`));
  return { metrics, summary, history: resolve(logs, "..", "history.jsonl") };
}

/** What has become worse than it was. */
function driftLines(compared: SmokeComparison): string[] {
  const { before, unreadable, rows } = compared;
  const lines = rows
    .filter((row) => row.drifts)
    .map((row) => `drift    ${row.name} is ${row.value}, and was ${row.median} in the middle of ${before} before`);
  if (before > 0 && lines.length === 0)
    lines.push(`history  no figure is more than ${DRIFT_SHARE * 100} % worse than in ${before} smokes before`);
  if (unreadable > 0) lines.push(`history  ${unreadable} lines cannot be read and are passed over`);
  return lines;
}

function print(context: Context, result: SmokeResult, files: Files, compared: SmokeComparison): void {
  const { output } = context;
  const { summary } = result;
  if (output.json) {
    output.value({ ...summary, files, history: compared });
    return;
  }
  output.line(
    `${summary.strategies} strategies, ${summary.duration_min} minutes, seed ${summary.seed}: ` +
      `${summary.runs.toLocaleString("en-US")} runs, ${summary.overruns} overruns, ` +
      `${summary.orders_accepted.toLocaleString("en-US")} orders, ${summary.replays} replays, ` +
      `${summary.fills.toLocaleString("en-US")} fills, ${summary.unknown_fills} unknown fills`,
  );
  output.table(summary.slo, [
    { title: "limit", of: (row) => row.name },
    { title: "value", of: (row) => String(row.value), right: true },
    { title: "at most", of: (row) => String(row.limit), right: true },
    { title: "", of: (row) => (row.kept ? "kept" : "BROKEN") },
  ]);
  output.line(`metrics  ${files.metrics}`);
  output.line(`summary  ${files.summary}`);
  for (const line of driftLines(compared)) output.line(line);
}

/** Adds `smoke`. */
export function addSmokeCommand(add: AddCommand): void {
  add<Options>(
    "smoke",
    "Run a synthetic cohort through scheduler, router and metrics, and judge it.",
    (command) =>
      command
        .option("--strategies <n>", "how many strategies", String(SMOKE_DEFAULTS.strategies))
        .option("--duration-min <m>", "minutes of virtual time", String(SMOKE_DEFAULTS.duration / MINUTE))
        .option("--cadence-sec <s>", "seconds between a strategy's runs", String(SMOKE_DEFAULTS.cadence / SECOND))
        .option("--time-budget-sec <s>", "seconds that a run may take", String(SMOKE_DEFAULTS.timeBudget / SECOND))
        .option("--jitter-sec <s>", "seconds of jitter, either way", String(SMOKE_DEFAULTS.jitter / SECOND))
        .option("--seed <n>", "the seed that everything is drawn from", SMOKE_DEFAULTS.seed)
        .option("--output-dir <dir>", "where the files go", "runs/orchestrator/_ci/smoke")
        .option("--slo-latency-p95-sec <s>", "limit of the 95th percentile of tick latency (the time budget)")
        .option("--slo-skip-rate <share>", "limit of skipped runs, as a share of one (0.05)")
        .option("--slo-queue-depth <n>", "limit of orders in flight at once")
        .option("--slo-errors <n>", "limit of rejections (0)")
        .option(
          "--slo-file <file>",
          "limits in YAML or JSON: latency_p95_s, skip_rate, queue_depth, errors; flags go before it",
        )
        .option("--unknown-fill-share <share>", "share of steps in which a fill comes without an order", "0"),
    "logos smoke --strategies 2000 --seed 7",
    (context, given) => {
      const { sloFile } = given;
      const file = sloFile === undefined ? {} : readSmokeLimits(nodeFileSystem, resolve(context.io.folder, sloFile));
      const options = optionsOf(given, file);
      const begun = nodeTimers.monotonicMs();
      const result = runSmoke(options);
      const realMs = nodeTimers.monotonicMs() - begun;
      const files = write(context, given.outputDir, result);
      const at = new Date(nodeWallMs()).toISOString();
      const compared = keepSmoke(nodeFileSystem, files.history, smokeRecord(result.summary, { at, version, realMs }));
      print(context, result, files, compared);
      return { passed: 0, slo_broken: 1, unknown_fills: 2 }[result.summary.verdict];
    },
  );
}
