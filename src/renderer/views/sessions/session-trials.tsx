/** What can be proven of a session: it verified, and a restart drill with its report. */
import { useCallback, useEffect, useState } from "react";
import type { ReactNode } from "react";
import type { Drill, Verdict } from "../../../shared/contract/contract.ts";
import { Empty, Failed, Loading, Panel } from "../../components/panel.tsx";
import { Status } from "../../components/status.tsx";
import { formatCount, plural } from "../../lib/format.ts";
import { LEVEL_LOOKS, STRATEGY_LOOKS } from "../../lib/status.ts";
import { ask } from "../../stores/live.ts";
import { succeeded } from "../../stores/ui.ts";
import { Close, useAsked, type Props } from "./session-details.tsx";

const POLL_MS = 500;
const STATE_WORDS = { passed: "Holds", failed: "Does not hold", skipped: "Not checked" } as const;

function CheckRow({ check }: { readonly check: Verdict["checks"][number] }): ReactNode {
  const look =
    check.state === "failed"
      ? LEVEL_LOOKS.critical
      : check.state === "passed"
        ? STRATEGY_LOOKS.waiting
        : STRATEGY_LOOKS.paused;
  return (
    <tr>
      <td>{check.name}</td>
      <td>
        <Status look={look} word={STATE_WORDS[check.state]} />
      </td>
      <td className="mono">{check.seq === null ? "" : formatCount(check.seq)}</td>
      <td>{check.text}</td>
    </tr>
  );
}

/** How much of a verification is done, asked for now and then while it is under way. */
function useShare(id: string, underWay: boolean): number {
  const [share, setShare] = useState(0);
  useEffect(() => {
    if (!underWay) return undefined;
    const look = async (): Promise<void> => {
      const answer = await ask("verify.status", { id });
      if (answer.ok && answer.value.share !== null) setShare(answer.value.share);
    };
    const timer = setInterval(() => void look(), POLL_MS);
    return () => clearInterval(timer);
  }, [id, underWay]);
  return share;
}

/** The checks of a session, first fault first. */
export function Verified({ id, onClose }: Props & { readonly id: string }): ReactNode {
  const answer = useAsked("sessions.verify", { id });
  const share = useShare(id, answer === null);
  const canceled = answer !== null && !answer.ok && answer.error.code === "wrong_state";
  const verdict = answer !== null && answer.ok ? answer.value : null;
  return (
    <Panel
      title="Verify"
      subtitle={
        verdict === null
          ? id
          : `${id}: ${plural(verdict.entries, "entry", "entries")}, ${plural(verdict.orders, "order")}, ${plural(verdict.fills, "fill")}`
      }
      testId="verify-panel"
      actions={<Close onClose={onClose} />}
    >
      {answer === null ? (
        <Empty title={`${Math.floor(100 * share)} % checked`}>
          The session and all views run on meanwhile.{" "}
          <button
            type="button"
            className="button"
            data-testid="verify-cancel"
            onClick={() => void ask("verify.cancel", { id })}
          >
            Cancel
          </button>
        </Empty>
      ) : null}
      {canceled ? <Empty title="Canceled">Nothing was changed.</Empty> : null}
      {answer !== null && !answer.ok && !canceled ? (
        <Failed title="The session cannot be verified" error={answer.error} />
      ) : null}
      {verdict === null ? null : (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">Check</th>
              <th scope="col">Verdict</th>
              <th scope="col">Entry</th>
              <th scope="col">Found</th>
            </tr>
          </thead>
          <tbody>
            {verdict.checks.map((check) => (
              <CheckRow key={check.name} check={check} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

const RUNS = [1, 3, 5, 10] as const;

/** The drill's state, asked for now and then while the panel is open. */
function useDrill(): { readonly drill: Drill | null; readonly look: () => void } {
  const [drill, setDrill] = useState<Drill | null>(null);
  const load = useCallback(async (): Promise<void> => {
    const answer = await ask("drill.status", {});
    if (answer.ok) setDrill(answer.value);
  }, []);
  // Each answer of a drill under way asks again after a while; leaving the view ends that.
  useEffect(() => {
    if (drill !== null && drill.state !== "running") return undefined;
    const timer = setTimeout(() => void load(), drill === null ? 0 : POLL_MS);
    return () => clearTimeout(timer);
  }, [drill, load]);
  return { drill, look: () => void load() };
}

function DrillRuns({ report }: { readonly report: NonNullable<Drill["report"]> }): ReactNode {
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">Verdict</th>
          <th scope="col">Killed</th>
          <th scope="col">What differs</th>
        </tr>
      </thead>
      <tbody>
        {report.runs.map((run) => (
          <tr key={run.number}>
            <td>{run.number}</td>
            <td>
              <Status
                look={run.passed ? STRATEGY_LOOKS.waiting : LEVEL_LOOKS.critical}
                word={run.passed ? "The same" : "Differs"}
              />
            </td>
            <td>
              {run.killed === 0 ? "not killed: it had already ended" : run.points.slice(0, run.killed).join("; ")}
            </td>
            <td>
              {run.failure ??
                (run.differences.length === 0
                  ? (run.explained ?? "nothing")
                  : run.differences
                      .map((one) => `${one.what}: ${one.uninterrupted} became ${one.restarted}`)
                      .join("; "))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function DrillBody({ drill }: { readonly drill: Drill }): ReactNode {
  if (drill.state === "none")
    return (
      <Empty title="A restart drill">
        Copies of the desk&rsquo;s session are killed without warning, opened again, and compared with one that is not
        killed: decisions, fills, positions, router. The sessions of this workspace are not touched.
      </Empty>
    );
  if (drill.state === "running")
    return (
      <Empty title={`${drill.done} of ${drill.runs} done`}>
        Each run starts a session, kills its process, and starts it again.
      </Empty>
    );
  if (drill.state === "cancelled") return <Empty title="Cancelled">Its copies were removed.</Empty>;
  if (drill.report === null)
    return <Empty title="The drill could not run">{drill.problem ?? "See the terminal for the reason."}</Empty>;
  return <DrillRuns report={drill.report} />;
}

/** The restart drill: start, progress, cancel, report. */
export function DrillPanel({ onClose }: Props): ReactNode {
  const { drill, look } = useDrill();
  const [runs, setRuns] = useState<number>(3);
  const running = drill?.state === "running";
  const start = async (): Promise<void> => {
    if (succeeded(await ask("drill.start", { runs, kills: 1 }))) look();
  };
  const cancel = async (): Promise<void> => {
    if (succeeded(await ask("drill.cancel", {}))) look();
  };
  const report = drill?.report ?? null;
  return (
    <Panel
      title="Restart drill"
      subtitle={
        report === null
          ? "kill, restart, compare"
          : `${plural(report.decisions, "decision")} and ${plural(report.fills, "fill")} in each run`
      }
      testId="drill-panel"
      actions={
        <>
          <label className="field inline">
            <span>Runs</span>
            <select value={runs} disabled={running} onChange={(event) => setRuns(Number(event.target.value))}>
              {RUNS.map((count) => (
                <option key={count} value={count}>
                  {count}
                </option>
              ))}
            </select>
          </label>
          {running ? (
            <button type="button" className="button" data-testid="cancel-drill" onClick={() => void cancel()}>
              Cancel
            </button>
          ) : (
            <button type="button" className="button primary" data-testid="start-drill" onClick={() => void start()}>
              Run the drill
            </button>
          )}
          <Close onClose={onClose} />
        </>
      }
    >
      {drill === null ? <Loading what="the drill" /> : <DrillBody drill={drill} />}
    </Panel>
  );
}
