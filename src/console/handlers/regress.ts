/**
 * What a view may ask of regressions: the fixtures there are, a run of them, and a session made into one.
 *
 * 1. Runs work in scratch folders: no session and no baseline changes.
 * 2. One run at a time; it can be cancelled between two fixtures, and ends with the host.
 * 3. Answers have limits: values are shortened texts, and lists are as long as the harness says.
 * 4. A fixture that cannot be used is reported as such, and the others run.
 */
import type { Handlers, RegressionResult, RegressStatus } from "../../shared/contract/contract.ts";
import { CodedError, shapeOf } from "../../shared/errors.ts";
import { stackText } from "../../shared/text/plain-text.ts";
import {
  chooseFixtures,
  fixtureFolders,
  fixtureHead,
  prepareFixtures,
  recordFixture,
  regressOne,
  type FieldDifference,
  type FirstDifference,
  type FixtureFound,
  type RegressOptions,
  type Regression,
} from "../../harness/regress/index.ts";
import type { HostState } from "../state/state.ts";

type RegressHandlers = Pick<
  Handlers,
  "regress.list" | "regress.start" | "regress.status" | "regress.cancel" | "regress.record"
>;

const VALUE_MAX = 400;
const EVENT_MAX = 4_000;
const NONE: RegressStatus = { state: "none", total: 0, current: null, problem: null, results: [] };

const shown = (value: unknown): string =>
  value === undefined ? "—" : (JSON.stringify(value) ?? "—").slice(0, VALUE_MAX);
const fieldOf = ({ path, baseline, run }: FieldDifference) => ({ path, baseline: shown(baseline), run: shown(run) });
const eventText = (event: unknown): string | null =>
  event === null ? null : JSON.stringify(event, null, 2).slice(0, EVENT_MAX);

function differenceOf(difference: FirstDifference): NonNullable<RegressionResult["difference"]> {
  const { index, baseline, run, fields, baselineChain, runChain } = difference;
  return {
    index,
    at: baseline?.at ?? run?.at ?? null,
    baseline: eventText(baseline),
    run: eventText(run),
    fields: fields.map(fieldOf),
    baselineChain: baselineChain.map((link) => ({ ...link })),
    runChain: runChain.map((link) => ({ ...link })),
  };
}

function resultOf(regression: Regression): RegressionResult {
  const { name, verdict, events, orders, fills, metrics, realMs, changedInputs, difference, artifacts } = regression;
  return {
    name,
    verdict,
    problem: null,
    events,
    orders,
    fills,
    pnl: metrics.pnl,
    realMs,
    changedInputs: [...changedInputs],
    difference: difference === null ? null : differenceOf(difference),
    artifacts: artifacts.map(({ artifact, differences, more }) => ({
      artifact,
      differences: differences.map(fieldOf),
      more,
    })),
  };
}

function failedOf(name: string, error: unknown): RegressionResult {
  const nothing = { events: 0, orders: 0, fills: 0, pnl: null, realMs: 0, changedInputs: [], artifacts: [] };
  return { name, verdict: "failed", problem: shapeOf(error).message, difference: null, ...nothing };
}

export function regressHandlers(state: HostState): RegressHandlers & { readonly close: () => void } {
  let status: RegressStatus = NONE;
  let cancelled = false;
  const options: RegressOptions = {
    ...state.sessionPorts(),
    wallMs: state.ports.wallMs,
    monotonicMs: () => state.ports.timers.monotonicMs(),
  };
  const folders = (): string[] => fixtureFolders(state.workspace);

  const one = async (found: FixtureFound): Promise<RegressionResult> => {
    try {
      const [prepared] = await prepareFixtures([found], false);
      if (prepared === undefined) throw new CodedError("not_found", `The fixture ${found.name} is gone.`);
      return resultOf(await regressOne(prepared, options));
    } catch (error) {
      if (!(error instanceof CodedError)) state.problem(stackText(error));
      return failedOf(found.name, error);
    }
  };

  const run = async (found: readonly FixtureFound[]): Promise<void> => {
    for (const fixture of found) {
      if (cancelled) break;
      status = { ...status, current: fixture.name };
      const result = await one(fixture);
      status = { ...status, results: [...status.results, result] };
    }
    status = { ...status, state: cancelled ? "cancelled" : "done", current: null };
  };

  return {
    "regress.list": async () => {
      const [own] = folders();
      const fixtures = chooseFixtures(folders(), []).map(({ name, folder }) => {
        return { name, description: fixtureHead(folder), own: own !== undefined && folder.startsWith(own) };
      });
      return { fixtures };
    },
    "regress.start": async ({ names }) => {
      if (status.state === "running")
        throw new CodedError("wrong_state", "A regression is under way; cancel it, or wait for its verdict.");
      const found = chooseFixtures(folders(), names);
      cancelled = false;
      status = { ...NONE, state: "running", total: found.length };
      void run(found);
      return {};
    },
    "regress.status": async () => status,
    "regress.cancel": async () => {
      cancelled = true;
      return {};
    },
    "regress.record": async ({ id }) => {
      const { name, events, difference } = await recordFixture({ workspace: state.workspace, session: id, ...options });
      if (difference === null) return { name, events, difference: null };
      const { index, fields } = difference;
      const first =
        fields[0] === undefined
          ? ""
          : `: ${fields[0].path} was ${shown(fields[0].baseline)} and is ${shown(fields[0].run)}`;
      return { name, events, difference: `event ${index} differs${first}` };
    },
    close: () => {
      cancelled = true;
    },
  };
}
