/** Regression: recorded markets run again, equal to what they were, or the first event that differs, side by side with what led there. */
import { useCallback, useEffect, useState } from "react";
import type { ReactNode } from "react";
import type { Output, RegressionResult, RegressStatus } from "../../shared/contract/contract.ts";
import { Empty, Failed, Loading, Panel } from "../components/panel.tsx";
import { Split } from "../components/split.tsx";
import { Status } from "../components/status.tsx";
import { Gain, Time } from "../components/values.tsx";
import { ABSENT, formatCount, formatMs, plural } from "../lib/format.ts";
import { LEVEL_LOOKS, STRATEGY_LOOKS } from "../lib/status.ts";
import type { Look } from "../lib/status.ts";
import { ask } from "../stores/live.ts";
import { succeeded } from "../stores/ui.ts";
import { useAsked } from "./sessions/session-details.tsx";

type Fixture = Output<"regress.list">["fixtures"][number];
type Difference = NonNullable<RegressionResult["difference"]>;
type Field = Difference["fields"][number];

const POLL_MS = 300;

/** The run's state, asked for now and then while one is under way. */
function useRun(): { readonly run: RegressStatus | null; readonly look: () => void } {
  const [run, setRun] = useState<RegressStatus | null>(null);
  const load = useCallback(async (): Promise<void> => {
    const answer = await ask("regress.status", {});
    if (answer.ok) setRun(answer.value);
  }, []);
  // Each answer of a run under way asks again after a while; leaving the view ends that.
  useEffect(() => {
    if (run !== null && run.state !== "running") return undefined;
    const timer = setTimeout(() => void load(), run === null ? 0 : POLL_MS);
    return () => clearTimeout(timer);
  }, [run, load]);
  return { run, look: () => void load() };
}

function lookOf(
  result: RegressionResult | undefined,
  current: boolean,
): { readonly look: Look; readonly word: string } {
  if (current) return { look: STRATEGY_LOOKS.running, word: "Running" };
  if (result === undefined) return { look: STRATEGY_LOOKS.paused, word: "Not run" };
  if (result.verdict === "equal") return { look: STRATEGY_LOOKS.waiting, word: "Equal" };
  if (result.verdict === "differs") return { look: LEVEL_LOOKS.critical, word: "Differs" };
  if (result.verdict === "failed") return { look: LEVEL_LOOKS.warning, word: "Cannot be used" };
  return { look: LEVEL_LOOKS.warning, word: "No baseline" };
}

interface RowProps {
  readonly fixture: Fixture;
  readonly result: RegressionResult | undefined;
  readonly current: boolean;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function Row({ fixture, result, current, chosen, onChoose }: RowProps): ReactNode {
  const { look, word } = lookOf(result, current);
  const took = result === undefined ? null : formatMs(result.realMs);
  return (
    <tr data-testid={`fixture-${fixture.name}`}>
      <td>
        <button type="button" className="button plain" aria-pressed={chosen} onClick={onChoose}>
          {fixture.name}
        </button>
      </td>
      <td>
        <Status look={look} word={word} />
      </td>
      <td className="right mono">{formatCount(result?.events)}</td>
      <td className="right mono">{formatCount(result?.orders)}</td>
      <td className="right mono">{formatCount(result?.fills)}</td>
      <td className="right">
        <Gain value={result?.pnl ?? null} />
      </td>
      <td className="right mono took">{took === null ? ABSENT : `${took.value} ${took.unit}`}</td>
      <td className="quiet">
        {fixture.own ? "Yours. " : ""}
        {fixture.description}
      </td>
    </tr>
  );
}

function Fields({
  head,
  fields,
  more = 0,
}: {
  readonly head: string;
  readonly fields: readonly Field[];
  readonly more?: number;
}): ReactNode {
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{head}</th>
          <th scope="col">Baseline</th>
          <th scope="col">This run</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <tr key={field.path}>
            <td className="mono">{field.path}</td>
            <td className="mono value">{field.baseline}</td>
            <td className="mono value">{field.run}</td>
          </tr>
        ))}
        {more === 0 ? null : (
          <tr>
            <td colSpan={3} className="quiet">
              and {formatCount(more)} more
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

interface SideProps {
  readonly title: string;
  readonly event: string | null;
  readonly chain: Difference["runChain"];
}

function Side({ title, event, chain }: SideProps): ReactNode {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <pre className="mono" tabIndex={0}>
        {event ?? "No more events."}
      </pre>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">Events before it</th>
            <th scope="col">Session time</th>
            <th scope="col">Said</th>
          </tr>
        </thead>
        <tbody>
          {chain.map((link, place) => (
            <tr key={place}>
              <td>{link.step}</td>
              <td>
                <Time at={link.at} />
              </td>
              <td className="value">{link.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Differs({ result }: { readonly result: RegressionResult }): ReactNode {
  const { difference, artifacts } = result;
  return (
    <>
      {result.changedInputs.length === 0 ? null : (
        <p>Changed since the baseline was made: {result.changedInputs.join(", ")}.</p>
      )}
      {difference === null ? (
        <p>Every event is equal.</p>
      ) : (
        <>
          {difference.fields.length === 0 ? null : <Fields head="Field of the event" fields={difference.fields} />}
          <div className="sides" data-testid="sides">
            <Side title="Baseline" event={difference.baseline} chain={difference.baselineChain} />
            <Side title="This run" event={difference.run} chain={difference.runChain} />
          </div>
        </>
      )}
      {artifacts.map((one) => (
        <Fields key={one.artifact} head={one.artifact} fields={one.differences} more={one.more} />
      ))}
      <p className="quiet">
        If this is what you want, a terminal makes it the baseline:{" "}
        <span className="mono">logos regress --only {result.name} --refresh-baseline --confirm-refresh</span>
      </p>
    </>
  );
}

function Chosen({
  fixture,
  result,
}: {
  readonly fixture: Fixture;
  readonly result: RegressionResult | undefined;
}): ReactNode {
  const difference = result?.difference ?? null;
  const subtitle =
    difference !== null
      ? `event ${formatCount(difference.index)} is the first that differs`
      : result === undefined
        ? fixture.description
        : plural(result.events, "event");
  return (
    <Panel title={fixture.name} subtitle={subtitle} testId="regression-result">
      {result === undefined ? (
        <Empty title="Not run yet">Run it to compare every event with its baseline.</Empty>
      ) : null}
      {result?.verdict === "equal" ? (
        <Empty title="Equal, event for event">
          {plural(result.events, "event")}, {plural(result.orders, "order")} and {plural(result.fills, "fill")} are
          those of the baseline, and so is every file.
        </Empty>
      ) : null}
      {result?.verdict === "failed" ? <Empty title="The fixture cannot be used">{result.problem}</Empty> : null}
      {result?.verdict === "differs" ? (
        <div className="scroll difference">
          <Differs result={result} />
        </div>
      ) : null}
    </Panel>
  );
}

const HEADS = ["Fixture", "Verdict", "Events", "Orders", "Fills", "Profit and loss", "Took", "What"] as const;
const RIGHT = new Set<string>(["Events", "Orders", "Fills", "Profit and loss", "Took"]);

function subtitleOf(run: RegressStatus | null, count: number): string {
  if (run === null || run.state === "none") return plural(count, "recorded market");
  const differ = run.results.filter((one) => one.verdict !== "equal").length;
  const done = `${run.results.length} of ${run.total} run`;
  if (run.state === "running") return done;
  return differ === 0 ? `${done}, all equal` : `${done}, ${differ} not equal`;
}

export function Regression(): ReactNode {
  const listed = useAsked("regress.list", {});
  const { run, look } = useRun();
  const [chosen, setChosen] = useState<string | null>(null);
  if (listed === null || run === null) return <Loading what="the fixtures" />;
  if (!listed.ok) return <Failed title="The fixtures cannot be read" error={listed.error} />;
  const { fixtures } = listed.value;
  const running = run.state === "running";
  const results = new Map(run.results.map((result) => [result.name, result]));
  const first = run.results.find((result) => result.verdict !== "equal")?.name ?? fixtures[0]?.name;
  const shown = fixtures.find((fixture) => fixture.name === (chosen ?? first));
  const start = async (names: string[]): Promise<void> => {
    if (succeeded(await ask("regress.start", { names }))) look();
  };
  const cancel = async (): Promise<void> => {
    if (succeeded(await ask("regress.cancel", {}))) look();
  };
  return (
    <Split id="regression" direction="vertical" sizes={[60, 40]}>
      <Panel
        title="Regression"
        subtitle={subtitleOf(run, fixtures.length)}
        testId="regression-panel"
        actions={
          running ? (
            <button type="button" className="button" data-testid="cancel-regress" onClick={() => void cancel()}>
              Cancel
            </button>
          ) : (
            <>
              {shown === undefined ? null : (
                <button type="button" className="button" onClick={() => void start([shown.name])}>
                  Run {shown.name}
                </button>
              )}
              <button
                type="button"
                className="button primary"
                data-testid="start-regress"
                onClick={() => void start([])}
              >
                Run all {fixtures.length}
              </button>
            </>
          )
        }
      >
        <div className="scroll">
          <table className="plain">
            <thead>
              <tr>
                {HEADS.map((head) => (
                  <th key={head} scope="col" className={RIGHT.has(head) ? "right" : undefined}>
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {fixtures.map((fixture) => (
                <Row
                  key={fixture.name}
                  fixture={fixture}
                  result={results.get(fixture.name)}
                  current={run.current === fixture.name}
                  chosen={shown?.name === fixture.name}
                  onChoose={() => setChosen(fixture.name)}
                />
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
      {shown === undefined ? null : <Chosen fixture={shown} result={results.get(shown.name)} />}
    </Split>
  );
}
