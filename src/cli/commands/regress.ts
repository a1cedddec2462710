/**
 * `logos regress`: fixtures run and compared with their baselines, event for event.
 *
 * 1. Exit 0 when all are equal, 1 when one differs, 65 when a fixture or baseline cannot be used; nothing is written then.
 * 2. A baseline changes only with both `--refresh-baseline` and `--confirm-refresh`, and the difference is shown first.
 */
import { join, resolve } from "node:path";
import { cpSync, mkdirSync } from "node:fs";
import { nodeTimers, nodeWallMs } from "../../live/clock/index.ts";
import { CodedError } from "../../shared/errors.ts";
import { formatMoment, type Moment } from "../../shared/time.ts";
import { nodeFileSystem, openWorkspace, workspaceAt, writeTextAtomic } from "../../store/index.ts";
import {
  chooseFixtures,
  fixtureFolders,
  htmlReport,
  junitReport,
  loadFixture,
  prepareFixtures,
  recordFixture,
  regressOne,
  type ChainLink,
  type FirstDifference,
  type FixtureFound,
  type RegressOptions,
  type Regression,
} from "../../harness/regress/index.ts";
import type { AddCommand, Context } from "../common/context.ts";
import { version } from "../common/version.ts";

interface Options {
  readonly list?: boolean;
  readonly only?: readonly string[];
  readonly fixtures?: string;
  readonly refreshBaseline?: boolean;
  readonly confirmRefresh?: boolean;
  readonly record?: string;
  readonly as?: string;
  readonly report?: string;
}

const OPTIONS: RegressOptions = { version, wallMs: nodeWallMs, monotonicMs: () => nodeTimers.monotonicMs() };

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const shown = (value: unknown): string => (value === undefined ? "(nothing)" : JSON.stringify(value));

function printChain(context: Context, side: string, chain: readonly ChainLink[]): void {
  context.output.line(`    what led to it, ${side}:`);
  for (const { step, at, text } of chain)
    context.output.line(`      ${step.padEnd(9)}${formatMoment(at as Moment)}  ${text}`);
}

function printDifference(context: Context, { index, baseline, run, fields, ...chains }: FirstDifference): void {
  const { output } = context;
  const kinds = [baseline?.kind ?? "the end", run?.kind ?? "the end"];
  const moment = baseline?.at ?? run?.at ?? 0;
  output.line(`    event ${index.toLocaleString("en-US")} differs, at ${formatMoment(moment as Moment)}`);
  if (kinds[0] !== kinds[1] || baseline === null || run === null) {
    output.line(`      baseline: ${shown(baseline).slice(0, 400)}`);
    output.line(`      this run: ${shown(run).slice(0, 400)}`);
  } else {
    output.line(`      ${kinds[0]}`);
    for (const field of fields.slice(0, 12))
      output.line(`      ${field.path}: ${shown(field.baseline)} in the baseline, ${shown(field.run)} now`);
  }
  printChain(context, "in the baseline", chains.baselineChain);
  printChain(context, "in this run", chains.runChain);
}

function print(context: Context, regression: Regression): void {
  const { output } = context;
  const { name, verdict, events, artifacts, difference, realMs } = regression;
  const words = { equal: "equal", differs: "DIFFERS", no_baseline: "no baseline" } as const;
  const style = { equal: "green", differs: "red", no_baseline: "yellow" } as const;
  const { orders, fills, metrics } = regression;
  output.line(
    `${output.style(style[verdict], words[verdict].padEnd(11))}  ${name.padEnd(16)}  ${events.toLocaleString("en-US")} events, ` +
      `${orders} orders, ${fills} fills, profit and loss ${metrics.pnl}, ${seconds(realMs)}`,
  );
  for (const input of regression.changedInputs)
    output.line(`    ${input} is not the one that the baseline was made of`);
  if (difference !== null) printDifference(context, difference);
  for (const { artifact, line, differences, more } of artifacts) {
    output.line(`    ${artifact} differs${line === null ? "" : ` from line ${line} on`}`);
    for (const { path, baseline, run } of differences.slice(0, 5))
      output.line(`      ${path}: ${shown(baseline).slice(0, 160)} in the baseline, ${shown(run).slice(0, 160)} now`);
    const rest = more + Math.max(0, differences.length - 5);
    if (rest > 0) output.line(`      and ${rest} more`);
  }
  if (regression.refreshed) output.line(`    its baseline is now this run`);
}

async function list(context: Context, found: readonly FixtureFound[]): Promise<number> {
  const fixtures = [];
  for (const { folder } of found) fixtures.push(await loadFixture(folder));
  const rows = fixtures.map(({ name, description, folder, desk, script }) => {
    return { name, description, folder, strategies: desk.strategies.length, actions: script.length };
  });
  if (context.output.json) context.output.value(rows);
  else
    context.output.table(rows, [
      { title: "fixture", of: (row) => row.name },
      { title: "strategies", of: (row) => String(row.strategies), right: true },
      { title: "actions", of: (row) => String(row.actions), right: true },
      { title: "what", of: (row) => row.description },
    ]);
  return 0;
}

function writeReports(context: Context, folder: string, regressions: readonly Regression[]): void {
  const place = resolve(context.io.folder, folder);
  mkdirSync(place, { recursive: true });
  const facts = { version, generatedAt: new Date(nodeWallMs()).toISOString() };
  writeTextAtomic(nodeFileSystem, join(place, "junit.xml"), junitReport(regressions, facts));
  writeTextAtomic(nodeFileSystem, join(place, "report.html"), htmlReport(regressions, facts));
  context.output.message(`Reports: ${join(place, "report.html")} and ${join(place, "junit.xml")}`);
}

async function record(context: Context, options: Options, session: string): Promise<number> {
  const workspace = openWorkspace(context.workspace);
  const recorded = await recordFixture({ workspace, session, name: options.as, into: options.fixtures, ...OPTIONS });
  const { output } = context;
  if (output.json) output.value(recorded);
  else if (recorded.difference === null)
    output.line(
      `${recorded.name}: ${recorded.events} events of ${session} decide the same when they are played again. ` +
        `The fixture is ${recorded.folder}`,
    );
  else {
    output.line(`${session} does not decide the same when it is played again; nothing was written.`);
    printDifference(context, recorded.difference);
  }
  return recorded.difference === null ? 0 : 1;
}

async function regress(context: Context, options: Options): Promise<number> {
  const { output } = context;
  const refresh = options.refreshBaseline === true;
  if (options.confirmRefresh === true && !refresh)
    throw new CodedError("usage", "--confirm-refresh confirms --refresh-baseline; give both.");
  if (options.record !== undefined) return record(context, options, options.record);
  const folders =
    options.fixtures === undefined
      ? fixtureFolders(workspaceAt(context.workspace))
      : [resolve(context.io.folder, options.fixtures)];
  const found = chooseFixtures(folders, options.only ?? []);
  if (options.list === true) return list(context, found);
  const confirmed = refresh && options.confirmRefresh === true;
  const regressions: Regression[] = [];
  for (const prepared of await prepareFixtures(found, refresh)) {
    output.progress(`${prepared.fixture.name} …`);
    const shown = (regression: Regression): boolean => {
      if (!output.json) print(context, regression);
      return confirmed && (regression.verdict !== "equal" || regression.changedInputs.length > 0);
    };
    if (prepared.unusable !== null) output.message(`logos: ${prepared.unusable}`);
    const keep = (folder: string): void => {
      if (options.report === undefined) return;
      const place = join(resolve(context.io.folder, options.report), prepared.fixture.name);
      cpSync(folder, place, { recursive: true });
    };
    const regression = await regressOne(prepared, OPTIONS, { refresh: shown, keep });
    if (regression.refreshed && !output.json) output.line(`    its baseline is now this run`);
    regressions.push(regression);
  }
  if (output.json) output.value(regressions);
  if (options.report !== undefined) writeReports(context, options.report, regressions);
  const differing = regressions.filter((one) => one.verdict !== "equal" && !one.refreshed);
  if (refresh && !confirmed && differing.length > 0)
    output.message("Nothing was written. If this is what you want: the same command with --confirm-refresh.");
  return differing.length > 0 ? 1 : 0;
}

/** Adds `regress`. */
export function addRegressCommand(add: AddCommand): void {
  add<Options>(
    "regress",
    "Run recorded markets through a session each, and compare every event with the baseline.",
    (command) =>
      command
        .option("--list", "the fixtures there are; runs nothing")
        .option("--only <name...>", "these fixtures and no others")
        .option("--fixtures <dir>", "the folder of fixtures (else the workspace's `regression` and the program's own)")
        .option("--refresh-baseline", "show what differs, and with --confirm-refresh make these runs the baselines")
        .option("--confirm-refresh", "write the new baselines")
        .option("--record <session>", "make a fixture of a session that is over; latest names the newest")
        .option("--as <name>", "the recorded fixture's name (else the session's)")
        .option("--report <dir>", "write junit.xml, report.html and the artifacts of each run there"),
    "logos regress --only quiet busy --report out/regression",
    regress,
  );
}
