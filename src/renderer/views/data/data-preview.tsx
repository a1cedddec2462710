/** A file before its bars are kept: what was understood, sample bars, what was refused, and the questions that are open. */
import { Check, X } from "lucide-react";
import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import type { DataQuestion, DataReadFile, DataReading, DataSource } from "../../../shared/contract/contract-data.ts";
import { Empty, Failed, Panel } from "../../components/panel.tsx";
import { BarTime } from "../../components/values.tsx";
import { keepData } from "../../actions/data-actions.ts";
import { formatCount, formatShare, plural } from "../../lib/format.ts";
import { formatSpan } from "../../lib/time.ts";
import { closeData } from "../../stores/data.ts";
import type { Answer } from "../../stores/live.ts";
import { ask } from "../../stores/live.ts";
import { Close } from "../sessions/session-details.tsx";
import { optionsOf, type Options } from "./data-options.ts";
import { FirstRows, Samples } from "./data-samples.tsx";
import { Profiles } from "./data-profiles.tsx";

const PROGRESS_MS = 300;
const FIELDS: readonly { readonly option: string; readonly label: string; readonly hint: string }[] = [
  { option: "symbol", label: "Symbol", hint: "e.g. ACME" },
  { option: "symbolPattern", label: "Symbol in the name", hint: "{symbol}_5min_*.csv" },
  { option: "timeZone", label: "Zone of its times", hint: "e.g. America/New_York" },
  { option: "stamp", label: "A row's time is the bar's", hint: "open or close" },
  { option: "interval", label: "Length of a bar", hint: "e.g. 1m, 4h, 1d" },
  { option: "dateFormat", label: "Dates", hint: "e.g. DD/MM/YYYY" },
  { option: "columns", label: "Columns", hint: "time,open,high,low,close,volume,-" },
  { option: "skip", label: "Lines to skip", hint: "0" },
  { option: "separator", label: "Between cells", hint: "comma, semicolon, tab" },
  { option: "decimal", label: "Decimal mark", hint: ". or ," },
  { option: "adjusted", label: "Adjusted prices", hint: "true or false" },
];
const labelOf = (option: string): string =>
  option === "profile" ? "Profile" : (FIELDS.find((one) => one.option === option)?.label ?? option);

/** What is asked, in words for a person who clicks. */
export function questionText({ about, text, assumed }: DataQuestion): string {
  if (about === "zone") return `The times name no zone. They are read as ${assumed ?? "UTC"}. Which zone are they in?`;
  if (about === "stamp")
    return `Nothing says whether a row's time is the open or the close of its bar. It is read as the ${assumed ?? "open"}.`;
  if (about === "symbol" && assumed !== null) return `The symbol ${assumed} comes from the file's name. Is it right?`;
  const plain = text.replace(/;? ?[^.;]*--\S[^.]*\.?$/, ".").trim();
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** Questions that wait for words rather than a choice. */
const WRITTEN: readonly DataQuestion["about"][] = ["columns", "symbol"];

interface QuestionProps {
  readonly question: DataQuestion;
  readonly onAnswer: (option: string, value: string) => void;
}

function QuestionCard({ question, onAnswer }: QuestionProps): ReactNode {
  const [first] = question.choices;
  const written = WRITTEN.includes(question.about) || question.about === "zone";
  const [value, setValue] = useState(WRITTEN.includes(question.about) ? (first?.value ?? "") : "");
  return (
    <li className="data-question" data-testid={`question-${question.about}`}>
      <p>{questionText(question)}</p>
      <div className="answers">
        {WRITTEN.includes(question.about)
          ? null
          : question.choices.map((choice) => (
              <button
                key={choice.value}
                type="button"
                className="button"
                aria-pressed={choice.value === question.assumed}
                onClick={() => onAnswer(choice.option, choice.value)}
              >
                {choice.label}
              </button>
            ))}
        {written && first !== undefined ? (
          <form
            className="field small"
            onSubmit={(event) => {
              event.preventDefault();
              if (value.trim() !== "") onAnswer(first.option, value.trim());
            }}
          >
            <input
              aria-label={labelOf(first.option)}
              value={value}
              maxLength={400}
              placeholder={question.about === "zone" ? "another zone" : ""}
              {...(question.about === "zone" ? { list: "data-zones" } : {})}
              onChange={(event) => setValue(event.target.value)}
            />
            <button type="submit" className="button plain icon" aria-label="Answer">
              <Check size={13} aria-hidden="true" />
            </button>
          </form>
        ) : null}
      </div>
    </li>
  );
}

function Answers({
  options,
  onDrop,
}: {
  readonly options: Options;
  readonly onDrop: (option: string) => void;
}): ReactNode {
  const given = Object.entries(options);
  if (given.length === 0) return null;
  return (
    <ul className="answers" aria-label="Answers">
      {given.map(([option, value]) => (
        <li key={option}>
          <button
            type="button"
            className="button"
            title="Undo this answer"
            data-testid={`answer-${option}`}
            onClick={() => onDrop(option)}
          >
            {labelOf(option)}: {value}
            <X size={12} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Facts({ file }: { readonly file: DataReadFile }): ReactNode {
  const names =
    file.symbols.slice(0, 6).join(", ") + (file.symbols.length > 6 ? ` and ${file.symbols.length - 6} more` : "");
  const columns = Object.entries(file.columns);
  return (
    <dl className="data-facts">
      <dt>Understood as</dt>
      <dd>{file.understood}</dd>
      {columns.length === 0 ? null : (
        <>
          <dt>Columns</dt>
          <dd>{columns.map(([role, name]) => (role === name.toLowerCase() ? role : `${role}: ${name}`)).join(", ")}</dd>
        </>
      )}
      <dt>Symbols</dt>
      <dd>{names || "none"}</dd>
      <dt>Rows</dt>
      <dd>
        {formatCount(file.rows)}: {plural(file.bars, "bar")},{" "}
        <span className={file.refusedTotal > 0 ? "tone-critical" : ""}>{formatCount(file.refusedTotal)} refused</span>
      </dd>
      <dt>Bars</dt>
      <dd>{file.interval === null ? "of several lengths" : formatSpan(file.interval)}</dd>
      <dt>Zone</dt>
      <dd>{file.timeZone ?? "given in each time"}</dd>
      <dt>From</dt>
      <dd>
        <BarTime at={file.firstOpen} zoned />
      </dd>
      <dt>To</dt>
      <dd>
        <BarTime at={file.last} zoned />
      </dd>
      <dt>Gaps, jumps</dt>
      <dd>
        {plural(file.gapsTotal, "gap")}, {plural(file.jumpsTotal, "jump")} of more than 40 %
      </dd>
    </dl>
  );
}

function Remarks({ file }: { readonly file: DataReadFile }): ReactNode {
  return (
    <>
      {file.refusals.length === 0 ? null : (
        <table className="plain" data-testid="data-refusals">
          <thead>
            <tr>
              <th scope="col">Refused</th>
              <th scope="col" className="right">
                Rows
              </th>
              <th scope="col">The first of them</th>
            </tr>
          </thead>
          <tbody>
            {file.refusals.map(({ rule, count, first }) => (
              <tr key={rule}>
                <td>{rule.replaceAll("_", " ")}</td>
                <td className="right">{formatCount(count)}</td>
                <td>{first.map(({ row, reason }) => `row ${row}: ${reason}`).join(" ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {file.notes.length === 0 ? null : (
        <ul className="prose">
          {file.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** How far the host has come with reading, while it reads. */
function Reading(): ReactNode {
  const [share, setShare] = useState<number | null>(null);
  useEffect(() => {
    const look = async (): Promise<void> => {
      const answer = await ask("data.progress", {});
      setShare(answer.ok ? answer.value.share : null);
    };
    const timer = window.setInterval(() => void look(), PROGRESS_MS);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <div className="state" role="status">
      <progress max={1} value={share ?? 0} aria-label="Reading" />
      <p>Reading the file{share === null || share === 0 ? "…" : `: ${formatShare(share, 0)}`}</p>
      <button type="button" className="button" onClick={() => void ask("data.cancel", {})}>
        Cancel
      </button>
    </div>
  );
}

interface Props {
  readonly name: string;
  readonly source: DataSource;
}

/** The first rows of a file with the answers given so far, until the whole of it is read; null for none. */
function useGlimpse({
  source,
  options,
}: {
  readonly source: DataSource;
  readonly options: Options;
}): DataReading | null {
  const [found, setFound] = useState<{ readonly options: Options; readonly reading: DataReading | null } | null>(null);
  useEffect(() => {
    let open = true;
    const look = async (): Promise<void> => {
      const answer = await ask("data.glimpse", { source, options: optionsOf(options) });
      if (open && answer.ok) setFound({ options, reading: answer.value.reading });
    };
    void look();
    return () => {
      open = false;
    };
  }, [source, options]);
  return found !== null && found.options === options ? found.reading : null;
}

/** The reading of a file with the answers given so far; null while it is read. */
function useReading(source: DataSource, options: Options): Answer<DataReading> | null {
  const [answer, setAnswer] = useState<{ readonly options: Options; readonly value: Answer<DataReading> } | null>(null);
  useEffect(() => {
    let open = true;
    const read = async (): Promise<void> => {
      const value = await ask("data.preview", { source, options: optionsOf(options) });
      if (open) setAnswer({ options, value });
    };
    void read();
    return () => {
      open = false;
    };
  }, [source, options]);
  return answer !== null && answer.options === options ? answer.value : null;
}

function Understood({ reading }: { readonly reading: DataReading }): ReactNode {
  return (
    <>
      {reading.files.map((file) => (
        <section key={file.name} aria-label={file.name}>
          {reading.files.length > 1 ? <h3>{file.name}</h3> : null}
          <div className="data-columns">
            <Facts file={file} />
            <div className="data-tables">
              <Samples file={file} />
              <Remarks file={file} />
            </div>
          </div>
        </section>
      ))}
    </>
  );
}

interface MoreProps {
  readonly options: Options;
  readonly onAnswer: (option: string, value: string) => void;
}

/** Everything that can be said of a file, for what no question asks. */
function Otherwise({ options, onAnswer }: MoreProps): ReactNode {
  return (
    <details className="data-more">
      <summary>Change how it is read</summary>
      <div className="data-fields">
        {FIELDS.map(({ option, label, hint }) => (
          <label key={`${option} ${options[option] ?? ""}`} className="field small">
            <span>{label}</span>
            <input
              defaultValue={options[option] ?? ""}
              placeholder={hint}
              maxLength={400}
              data-testid={`option-${option}`}
              onKeyDown={(event) => {
                if (event.key === "Enter") onAnswer(option, event.currentTarget.value.trim());
              }}
              onBlur={(event) => onAnswer(option, event.currentTarget.value.trim())}
            />
          </label>
        ))}
      </div>
    </details>
  );
}

export function PreviewPanel({ name, source }: Props): ReactNode {
  const [options, setOptions] = useState<Options>({});
  const [keeping, setKeeping] = useState(false);
  const answer = useReading(source, options);
  const glimpse = useGlimpse({ source, options });
  const onAnswer = (option: string, value: string): void =>
    setOptions((before) => {
      if ((before[option] ?? "") === value) return before;
      const others = Object.entries(before).filter(([known]) => known !== option);
      return Object.fromEntries(value === "" ? others : [...others, [option, value]]);
    });
  const reading = answer?.ok === true ? answer.value : null;
  const questions = [
    ...(reading?.unreadable?.question === undefined || reading.unreadable.question === null
      ? []
      : [reading.unreadable.question]),
    ...(reading?.files ?? []).flatMap((file) => file.questions),
  ].filter((one, index, all) => all.findIndex(({ about }) => about === one.about) === index);
  const bars = reading?.series.reduce((sum, one) => sum + one.bars, 0) ?? 0;
  const keep = (): void => {
    setKeeping(true);
    void keepData(source, optionsOf(options)).finally(() => setKeeping(false));
  };
  return (
    <Panel
      title="Preview"
      subtitle={name}
      testId="data-preview"
      actions={
        <>
          <button
            type="button"
            className="button primary"
            data-testid="keep-data"
            disabled={bars === 0 || keeping}
            onClick={keep}
          >
            {keeping ? "Keeping…" : bars === 0 ? "Keep" : `Keep ${plural(bars, "bar")}`}
          </button>
          <Close onClose={closeData} />
        </>
      }
    >
      <div className="scroll data-preview">
        <Answers options={options} onDrop={(option) => onAnswer(option, "")} />
        {questions.length === 0 ? null : (
          <ul className="data-questions" aria-label="Open questions">
            {questions.map((question) => (
              <QuestionCard key={question.about} question={question} onAnswer={onAnswer} />
            ))}
          </ul>
        )}
        {answer === null ? <Reading /> : null}
        {answer === null && glimpse !== null ? <FirstRows reading={glimpse} /> : null}
        {answer?.ok === false ? (
          <Failed title="The file was not read" error={answer.error} retry={() => setOptions({ ...options })} />
        ) : null}
        {reading === null || reading.unreadable === null || reading.unreadable.question !== null ? null : (
          <Empty title="The file cannot be read">{reading.unreadable.message}</Empty>
        )}
        {reading === null ? null : <Understood reading={reading} />}
        <Otherwise options={options} onAnswer={onAnswer} />
        <Profiles options={options} onAnswer={onAnswer} />
        <datalist id="data-zones">
          {Intl.supportedValuesOf("timeZone").map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </div>
    </Panel>
  );
}
