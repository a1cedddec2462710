/**
 * What a view may ask to be proven: a session verified, a restart drill.
 *
 * 1. Neither touches the workspace's sessions: verifying reads, and a drill works in a folder of its own.
 * 2. A session is verified in a thread, once however many views ask, and can be canceled.
 * 3. One drill at a time; it can be cancelled, and its processes end with the host.
 */
import type { Drill, Handlers } from "../../shared/contract/contract.ts";
import { CodedError, shapeOf } from "../../shared/errors.ts";
import { MINUTE, type Duration } from "../../shared/time.ts";
import { runDrill, type DrillReport } from "../../harness/drill/drill.ts";
import { drillMarkdown } from "../../harness/drill/report.ts";
import type { Verdict } from "../../harness/verify.ts";
import type { Inspection, Inspections } from "../inspection/inspections.ts";
import type { HostState } from "../state/state.ts";

type TrialHandlers = Pick<
  Handlers,
  "sessions.verify" | "verify.status" | "verify.cancel" | "drill.start" | "drill.status" | "drill.cancel"
>;

/** Session time of a drill's sessions: long enough for orders and fills, short enough to watch. */
const DRILL_LENGTH = (10 * MINUTE) as Duration;
const NONE: Drill = { state: "none", done: 0, runs: 0, problem: null, report: null };

function reportOf(report: DrillReport): NonNullable<Drill["report"]> {
  return {
    passed: report.passed,
    decisions: report.decisions,
    fills: report.fills,
    runs: report.runs.map(({ number, passed, killed, points, failure, comparisons }) => ({
      number,
      passed,
      killed,
      points: [...points],
      failure,
      differences: comparisons.flatMap(({ what, difference, explained }) =>
        difference === null || explained !== null ? [] : [{ what, ...difference }],
      ),
      explained: comparisons.find((one) => one.explained !== null)?.explained ?? null,
    })),
    markdown: drillMarkdown(report),
  };
}

interface Verifying extends Inspection<Verdict> {
  share: number;
}

type VerifyHandlers = Pick<TrialHandlers, "sessions.verify" | "verify.status" | "verify.cancel">;

function verifyHandlers(state: HostState, inspections: Inspections): VerifyHandlers {
  const underWay = new Map<string, Verifying>();
  const start = (id: string): Verifying => {
    const started: Verifying = {
      ...inspections.start({ kind: "verify", workspace: state.workspace.path, id }, (share) => {
        started.share = share;
      }),
      share: 0,
    };
    underWay.set(id, started);
    return started;
  };
  return {
    "sessions.verify": async ({ id }) => {
      const verifying = underWay.get(id) ?? start(id);
      try {
        const { folder: _folder, ...verdict } = await verifying.result;
        return { ...verdict, checks: verdict.checks.map((check) => ({ ...check })) };
      } finally {
        if (underWay.get(id) === verifying) underWay.delete(id);
      }
    },
    "verify.status": async ({ id }) => ({ share: underWay.get(id)?.share ?? null }),
    "verify.cancel": async ({ id }) => {
      underWay.get(id)?.cancel();
      return {};
    },
  };
}

export function trialHandlers(
  state: HostState,
  inspections: Inspections,
): TrialHandlers & { readonly close: () => void } {
  let drill: Drill = NONE;
  let abort: AbortController | null = null;

  const run = async (runs: number, kills: number, signal: AbortSignal): Promise<void> => {
    try {
      const desk = await state.readDesk();
      const onRun = (done: number): void => {
        drill = { ...drill, done };
      };
      const seed = String(state.ports.wallMs());
      const { strategies } = state.workspace;
      const what = { desk, strategies, length: DRILL_LENGTH, runs, kills };
      const report = await runDrill({ ...what, point: null, seed, signal, onRun });
      drill = { state: "done", done: runs, runs, problem: report.empty, report: reportOf(report) };
    } catch (error) {
      const cancelled = signal.aborted;
      const problem = cancelled ? null : shapeOf(error).message;
      drill = { ...drill, state: cancelled ? "cancelled" : "failed", problem };
    }
  };

  return {
    ...verifyHandlers(state, inspections),
    "drill.start": async ({ runs, kills }) => {
      if (state.options.hostKind === "electron")
        throw new CodedError(
          "refused",
          "The window cannot start processes of its own: run `logos drill` in a terminal, or use the console in a browser.",
        );
      if (drill.state === "running")
        throw new CodedError("wrong_state", "A drill is under way; cancel it, or wait for its report.");
      abort = new AbortController();
      drill = { ...NONE, state: "running", runs };
      void run(runs, kills, abort.signal);
      return {};
    },
    "drill.status": async () => drill,
    "drill.cancel": async () => {
      abort?.abort();
      return {};
    },
    close: () => abort?.abort(),
  };
}
