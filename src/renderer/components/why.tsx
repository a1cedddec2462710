/** The whole "why" of an order, a rejection or a drift item: each step with its time, its journal entry and its values. */
import { X } from "lucide-react";
import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import type { Why, WhyStep } from "../../shared/contract/contract.ts";
import type { ErrorShape } from "../../shared/errors.ts";
import type { Shape as ShapeName } from "../lib/status.ts";
import { ask, useLive } from "../stores/live.ts";
import { explain, useUi } from "../stores/ui.ts";
import { formatCount, words } from "../lib/format.ts";
import { formatReading, guardName, guardUnit } from "../lib/guards.ts";
import { readableSentence } from "../../shared/text/sentence-text.ts";
import { Failed, Loading } from "./panel.tsx";
import { Shape } from "./status.tsx";
import { Readable, Time } from "./values.tsx";

const SHAPES: Readonly<Record<WhyStep["state"], ShapeName>> = {
  ok: "ok",
  warning: "warning",
  critical: "critical",
  waiting: "off",
};

type Value = WhyStep["values"][number];

/** What a value is called: a guard by its name, anything else in words. */
const valueName = ({ name, kind }: Pick<Value, "name" | "kind">): string =>
  kind === "reading" ? guardName(name) : words(name);

/** A guard's value beside its limit: `9,917.52 of 25,000`. */
function ReadingOf({ value }: { readonly value: Value }): ReactNode {
  const unit = guardUnit(value.name);
  return (
    <span title={`${value.value} of ${value.limit ?? ""}`}>
      {formatReading(value.value)} of {formatReading(value.limit ?? "")}
      {unit === "" ? null : ` ${unit}`}
      {value.note === undefined ? null : <b className="strong">, {value.note}</b>}
    </span>
  );
}

interface ExactProps {
  readonly value: Value;
  readonly raw: boolean;
}

function Exact({ value, raw }: ExactProps): ReactNode {
  const { kind, limit, note } = value;
  if (raw)
    return [value.value, limit === undefined ? "" : ` of ${limit}`, note === undefined ? "" : `, ${note}`].join("");
  if (kind === "reading") return <ReadingOf value={value} />;
  if (kind === "id") return value.value;
  if (kind === "word") return <span title={value.value}>{words(value.value)}</span>;
  if (kind === "reason") return <span title={value.value}>{guardName(value.value)}</span>;
  return <Readable text={value.value} />;
}

function Step({ step, raw }: { readonly step: WhyStep; readonly raw: boolean }): ReactNode {
  return (
    <li>
      <Shape name={SHAPES[step.state]} />
      <h3>
        {step.title}
        {step.at === null ? <span>{step.state === "waiting" ? "waiting" : ""}</span> : <Time at={step.at} />}
      </h3>
      <p>{raw ? step.text : readableSentence(step.text)}</p>
      {step.values.length === 0 && step.seq === null ? null : (
        <dl>
          {step.values.map((value, index) => (
            <div key={`${value.name}-${index}`} style={{ display: "contents" }}>
              <dt>{raw ? value.name : valueName(value)}</dt>
              <dd>
                <Exact value={value} raw={raw} />
              </dd>
            </div>
          ))}
          {step.seq === null ? null : (
            <>
              <dt>Journal entry</dt>
              <dd>{formatCount(step.seq)}</dd>
            </>
          )}
        </dl>
      )}
    </li>
  );
}

interface Answer {
  readonly why: Why | null;
  readonly error: ErrorShape | null;
  /** The order's last change that the answer knows of. */
  readonly version: number | null;
  readonly attempt: number;
}

export function WhyPanel(): ReactNode {
  const id = useUi((state) => state.why);
  const [answer, setAnswer] = useState<Answer>({ why: null, error: null, version: null, attempt: 0 });
  const [attempt, setAttempt] = useState(0);
  const [raw, setRaw] = useState(false);
  // An order changes while it is read: its row's change asks again.
  const version = useLive((state) => (id === null ? null : (state.streams.orders?.orders[id]?.updatedAt ?? null)));
  useEffect(() => {
    let gone = false;
    const load = async (): Promise<void> => {
      if (id === null) return;
      const result = await ask("order.why", { id });
      if (!gone)
        setAnswer({
          ...(result.ok ? { why: result.value, error: null } : { why: null, error: result.error }),
          version,
          attempt,
        });
    };
    void load();
    return () => {
      gone = true;
    };
  }, [id, version, attempt]);
  if (id === null) return null;
  const why = answer.why?.id === id || answer.error !== null ? answer.why : null;
  return (
    <aside className="why" data-testid="why-panel" aria-label={`Why: ${id}`}>
      <header>
        <h2>{why?.title ?? (id.startsWith("seq:") ? "Why" : `Why ${id}`)}</h2>
        <span className="spacer" />
        <button
          type="button"
          className="button plain"
          aria-pressed={raw}
          title="Show values exactly as the journal has them"
          onClick={() => setRaw(!raw)}
        >
          Raw
        </button>
        <button type="button" className="button plain icon" aria-label="Close, Escape" onClick={() => explain(null)}>
          <X size={15} aria-hidden="true" />
        </button>
      </header>
      {answer.error !== null ? (
        <Failed title="No explanation available" error={answer.error} retry={() => setAttempt(attempt + 1)} />
      ) : why === null ? (
        <Loading what="the trail" />
      ) : (
        <ol className="steps" aria-label="Steps" tabIndex={0}>
          {why.steps.map((step, index) => (
            <Step key={`${step.step}-${index}`} step={step} raw={raw} />
          ))}
        </ol>
      )}
    </aside>
  );
}
