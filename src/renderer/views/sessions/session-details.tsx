/** A session's summary, and two sessions side by side with their equity over the share of their length. */
import { X } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { Input, Output, ProcedureName } from "../../../shared/contract/contract.ts";
import { Empty, Failed, Loading, Panel } from "../../components/panel.tsx";
import { Status } from "../../components/status.tsx";
import { Time } from "../../components/values.tsx";
import { ABSENT, formatCount, formatMoney, formatShare, words } from "../../lib/format.ts";
import { parseMarkdown } from "../../lib/markdown.ts";
import type { Block } from "../../lib/markdown.ts";
import { LEVEL_LOOKS, STRATEGY_LOOKS } from "../../lib/status.ts";
import { ask } from "../../stores/live.ts";
import type { Answer } from "../../stores/live.ts";

export interface Props {
  readonly onClose: () => void;
}

/** Asks once for the component's life. */
export function useAsked<Name extends ProcedureName>(procedure: Name, input: Input<Name>): Answer<Output<Name>> | null {
  const [answer, setAnswer] = useState<Answer<Output<Name>> | null>(null);
  const [question] = useState(input);
  useEffect(() => {
    let gone = false;
    const load = async (): Promise<void> => {
      const result = await ask(procedure, question);
      if (!gone) setAnswer(result);
    };
    void load();
    return () => {
      gone = true;
    };
  }, [procedure, question]);
  return answer;
}

export function Close({ onClose }: Props): ReactNode {
  return (
    <button type="button" className="button plain icon" aria-label="Close" onClick={onClose}>
      <X size={15} aria-hidden="true" />
    </button>
  );
}

function BlockView({ block }: { readonly block: Block }): ReactNode {
  if (block.kind === "heading") return <h3>{block.text}</h3>;
  if (block.kind === "text") return <p>{block.text}</p>;
  if (block.kind === "code") return <pre className="plain">{block.text}</pre>;
  if (block.kind === "list")
    return (
      <ul>
        {block.items.map((item, index) => (
          <li key={index}>{item}</li>
        ))}
      </ul>
    );
  return (
    <table className="plain">
      <thead>
        <tr>
          {block.head.map((cell, index) =>
            cell === "" ? (
              <td key={index} />
            ) : (
              <th key={index} scope="col">
                {cell}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>
        {block.rows.map((row, index) => (
          <tr key={index}>
            {row.map((cell, position) => (
              <td key={position}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Summary({ id, onClose }: Props & { readonly id: string }): ReactNode {
  const answer = useAsked("sessions.summary", { id });
  const blocks = useMemo(() => (answer?.ok === true ? parseMarkdown(answer.value.markdown) : []), [answer]);
  return (
    <Panel title="Summary" subtitle={id} actions={<Close onClose={onClose} />} testId="session-summary-panel">
      {answer === null ? (
        <Loading what="the summary" />
      ) : answer.ok ? (
        <div className="prose scroll">
          {blocks.length === 0 ? <Empty title="The summary is empty" /> : null}
          {blocks.map((block, index) => (
            <BlockView key={index} block={block} />
          ))}
        </div>
      ) : (
        <Failed title="The summary cannot be read" error={answer.error} />
      )}
    </Panel>
  );
}

type Curve = readonly (readonly [number, number])[];

const WIDTH = 600;
const HEIGHT = 200;

function pathOf(curve: Curve, low: number, high: number): string {
  const span = high - low || 1;
  return curve
    .map(([share, value], index) => {
      const y = HEIGHT - 6 - ((value - low) / span) * (HEIGHT - 12);
      return `${index === 0 ? "M" : "L"}${(share * WIDTH).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}

/** Two curves of different lengths, each over the share of its own. */
function Curves({ a, b }: { readonly a: Curve; readonly b: Curve }): ReactNode {
  const values = [...a, ...b].map((point) => point[1]);
  if (values.length === 0) return <Empty title="Neither session has an equity curve" />;
  const low = Math.min(...values);
  const high = Math.max(...values);
  return (
    <svg
      className="curves"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label="Equity of both sessions"
    >
      <path d={pathOf(b, low, high)} className="b" />
      <path d={pathOf(a, low, high)} className="a" />
    </svg>
  );
}

type ComparedRow = Output<"sessions.compare">["rows"][number];

/** A compared value as every other view shows its kind. */
function ComparedValue({
  what,
  kind,
  value,
}: {
  readonly what: string;
  readonly kind: ComparedRow["kind"];
  readonly value: ComparedRow["a"];
}): ReactNode {
  if (value === null) return ABSENT;
  if (kind === "moment") return <Time at={Number(value)} full zoned />;
  if (kind === "money") return formatMoney(value);
  if (kind === "share") return formatShare(Number(value));
  if (kind === "count") return formatCount(Number(value));
  // A name stays as it is written; a state is a word.
  return what === "State" ? words(String(value)) : value;
}

export function Compared({ a, b, onClose }: Props & { readonly a: string; readonly b: string }): ReactNode {
  const answer = useAsked("sessions.compare", { a, b });
  return (
    <Panel
      title="Compare"
      subtitle="equity over the share of each session's length"
      actions={
        <>
          <span className="legend second">
            <span>
              <i style={{ background: "var(--accent)" }} aria-hidden="true" />
              {a}
            </span>
            <span>
              <i style={{ background: "var(--warning)" }} aria-hidden="true" />
              {b}
            </span>
          </span>
          <Close onClose={onClose} />
        </>
      }
      testId="compare-panel"
    >
      {answer === null ? (
        <Loading what="both sessions" />
      ) : answer.ok ? (
        <div className="compare">
          <div className="scroll">
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">What</th>
                  <th scope="col">{a}</th>
                  <th scope="col">{b}</th>
                  <th scope="col">
                    <span className="hidden-text">Equal</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {answer.value.rows.map((row) => (
                  <tr key={row.what}>
                    <td>{row.what}</td>
                    <td>
                      <ComparedValue what={row.what} kind={row.kind} value={row.a} />
                    </td>
                    <td>
                      <ComparedValue what={row.what} kind={row.kind} value={row.b} />
                    </td>
                    <td>
                      <Status
                        look={row.same ? STRATEGY_LOOKS.waiting : LEVEL_LOOKS.warning}
                        word={row.same ? "Same" : "Differs"}
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <Curves a={answer.value.equityA} b={answer.value.equityB} />
        </div>
      ) : (
        <Failed title="The sessions cannot be compared" error={answer.error} />
      )}
    </Panel>
  );
}
