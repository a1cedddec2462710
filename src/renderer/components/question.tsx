/**
 * The dialog before something that cannot be taken back.
 *
 * 1. It names the verb, the scope, the count and the consequence, and acts on what it showed.
 * 2. Focus starts on the safe button, and Enter does not confirm. An urgent one (a halt) confirms with Enter on its focused verb,
 *    and waits for no name.
 * 3. Its record has an operator and a note.
 * 4. The focus goes back to where it was before.
 */
import { AlertDialog } from "radix-ui";
import { useRef, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { readableSentence } from "../../shared/text/sentence-text.ts";
import type { ErrorShape } from "../../shared/errors.ts";
import { isUnknown, useLive } from "../stores/live.ts";
import { operatorName, prefs } from "../stores/prefs.ts";
import { useUi } from "../stores/ui.ts";
import { useFocusBack } from "../lib/focus-back.ts";
import { Segments } from "./panel.tsx";
import type { Choice, Evidence, Question } from "../stores/ui.ts";

function EvidenceTable({ evidence }: { readonly evidence: Evidence }): ReactNode {
  return (
    <table className="plain">
      <thead>
        <tr>
          {evidence.columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {evidence.rows.map((row, index) => (
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

interface FieldsProps {
  readonly operator: string;
  readonly note: string;
  readonly noteRule: Question["note"];
  readonly onOperator: (text: string) => void;
  readonly onNote: (text: string) => void;
}

/** Who and why. Enter in a field does nothing. */
export function RecordFields({ operator, note, noteRule, onOperator, onNote }: FieldsProps): ReactNode {
  const still = (event: KeyboardEvent): void => {
    if (event.key === "Enter") event.preventDefault();
  };
  return (
    <>
      <label className="field">
        <span>Operator</span>
        <input
          data-testid="operator-input"
          value={operator}
          maxLength={80}
          autoComplete="off"
          onChange={(event) => onOperator(event.target.value)}
          onKeyDown={still}
        />
      </label>
      {noteRule === "none" ? null : (
        <label className="field">
          <span>{noteRule === "required" ? "Note, kept in the journal" : "Note (optional)"}</span>
          <input
            data-testid="note-input"
            value={note}
            maxLength={2_000}
            autoComplete="off"
            onChange={(event) => onNote(event.target.value)}
            onKeyDown={still}
          />
        </label>
      )}
    </>
  );
}

/** What is missing before the record can be made; null when nothing is. */
export function missing(operator: string, note: string, rule: Question["note"]): string | null {
  if (operator.trim() === "") return "Enter your name.";
  return rule === "required" && note.trim() === "" ? "Enter a note." : null;
}

function useRecord(question: Question) {
  const [operator, setOperator] = useState(() => (question.urgent === true ? operatorName() : prefs().operator));
  const [note, setNote] = useState("");
  const [choice, setChoice] = useState(question.choice?.start ?? question.choice?.options[0]?.value ?? "");
  const [also, setAlso] = useState(question.also?.start ?? question.also?.options[0]?.value ?? "");
  const [fields, setFields] = useState(() =>
    Object.fromEntries((question.fields ?? []).map(({ name, start }) => [name, start])),
  );
  const [value, setValue] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorShape | null>(null);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    const name = operator.trim();
    // The stand-in for a name that was never given is no name to keep.
    if (question.unsigned !== true && name !== operatorName()) prefs().set({ operator: name });
    const problem = await question.run({
      operator: name === "" ? operatorName() : name,
      note: note.trim(),
      choice,
      value: value.trim(),
      also,
      fields,
    });
    setBusy(false);
    if (problem === null) useUi.setState({ question: null });
    else setError(problem);
  };
  const texts = { operator, setOperator, note, setNote, choice, setChoice, value, setValue };
  return { ...texts, also, setAlso, fields, setFields, busy, error, confirm };
}

/** What is said of the present choices. */
const said = (text: Question["text"], { choice, also }: { readonly choice: string; readonly also: string }): string =>
  typeof text === "string" ? text : text(choice, also);

interface ChoiceProps {
  readonly choice: Choice;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function ChoiceField({ choice, value, onChange }: ChoiceProps): ReactNode {
  const groups = [...new Set(choice.options.map(({ group }) => group))];
  const optionsOf = (group: string | undefined): ReactNode =>
    choice.options
      .filter((option) => option.group === group)
      .map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ));
  return (
    <label className="field">
      <span>{choice.label}</span>
      <select data-testid="choice-input" value={value} onChange={(event) => onChange(event.target.value)}>
        {groups.map((group) =>
          group === undefined ? (
            optionsOf(group)
          ) : (
            <optgroup key={group} label={group}>
              {optionsOf(group)}
            </optgroup>
          ),
        )}
      </select>
    </label>
  );
}

interface ValuesProps {
  readonly fields: NonNullable<Question["fields"]>;
  readonly values: Readonly<Record<string, string>>;
  readonly onChange: (values: Record<string, string>) => void;
}

/** Values side by side. Enter in a field does nothing. */
function ValueFields({ fields, values, onChange }: ValuesProps): ReactNode {
  return (
    <div className="two">
      {fields.map(({ name, label }) => (
        <label key={name} className="field">
          <span>{label}</span>
          <input
            className="right"
            data-testid={`field-${name}`}
            inputMode="decimal"
            value={values[name] ?? ""}
            maxLength={40}
            autoComplete="off"
            onChange={(event) => onChange({ ...values, [name]: event.target.value })}
            onKeyDown={(event) => {
              if (event.key === "Enter") event.preventDefault();
            }}
          />
        </label>
      ))}
    </div>
  );
}

/** What must be written before it can be confirmed, or null. */
function wantingIn(question: Question, record: ReturnType<typeof useRecord>): string | null {
  if (question.value !== undefined && record.value.trim() === "") return "Enter the new value.";
  const fault = question.check?.(record.fields) ?? null;
  if (fault !== null) return fault;
  return question.urgent === true || question.unsigned === true
    ? null
    : missing(record.operator, record.note, question.note);
}

/** What is not known while the console cannot be reached, and what becomes of the request. */
function Unreached({ waits }: { readonly waits: boolean }): ReactNode {
  const connection = useLive((state) => state.connection);
  if (!isUnknown(connection)) return null;
  const text =
    connection === "lost"
      ? "The connection is lost: nothing can be sent until it is back, and what is shown may have changed."
      : waits
        ? "The console is not responding: the halt is sent now and takes effect as soon as it responds."
        : "The console is not responding: nothing is sent until it responds, and what is shown may have changed.";
  return (
    <p className="problem" role="alert" data-testid="unreached">
      {text}
    </p>
  );
}

function Body({ question }: { readonly question: Question }): ReactNode {
  const record = useRecord(question);
  const wanting = wantingIn(question, record);
  return (
    <>
      <AlertDialog.Title asChild>
        <h2>{question.title}</h2>
      </AlertDialog.Title>
      <AlertDialog.Description className="consequence">{said(question.text, record)}</AlertDialog.Description>
      {question.evidence === undefined ? null : <EvidenceTable evidence={question.evidence} />}
      {question.choice === undefined ? null : (
        <ChoiceField choice={question.choice} value={record.choice} onChange={record.setChoice} />
      )}
      {question.also === undefined ? null : (
        <Segments
          label={question.also.label}
          value={record.also}
          options={question.also.options.map((option) => ({ ...option, testId: `also-${option.value}` }))}
          onChange={record.setAlso}
        />
      )}
      {question.facts?.(record.choice, record.also)}
      {question.fields === undefined ? null : (
        <ValueFields fields={question.fields} values={record.fields} onChange={record.setFields} />
      )}
      {question.value === undefined ? null : (
        <label className="field">
          <span>{question.value.label}</span>
          <input
            data-testid="value-input"
            value={record.value}
            maxLength={80}
            autoComplete="off"
            placeholder={question.value.hint}
            onChange={(event) => record.setValue(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter") event.preventDefault();
            }}
          />
        </label>
      )}
      {question.unsigned === true ? null : (
        <RecordFields
          operator={record.operator}
          note={record.note}
          noteRule={question.note}
          onOperator={record.setOperator}
          onNote={record.setNote}
        />
      )}
      {record.error === null ? null : (
        <p className="problem" role="alert">
          {readableSentence(record.error.message)}
        </p>
      )}
      <Unreached waits={question.waits === true} />
      <div className="choices">
        {wanting === null ? null : <span className="quiet spacer">{wanting}</span>}
        <AlertDialog.Cancel asChild>
          <button type="button" className="button" data-testid="confirm-cancel">
            {question.cancel}
          </button>
        </AlertDialog.Cancel>
        <button
          type="button"
          className={question.danger ? "button danger" : "button"}
          data-testid="confirm-verb"
          disabled={wanting !== null || record.busy}
          onKeyDown={(event) => {
            // Space confirms for someone who has moved to the button on purpose; Enter only where seconds count.
            if (event.key === "Enter" && question.urgent !== true) event.preventDefault();
          }}
          onClick={() => void record.confirm()}
        >
          {record.busy ? "Sending…" : said(question.verb, record)}
        </button>
      </div>
    </>
  );
}

export function QuestionDialog(): ReactNode {
  const question = useUi((state) => state.question);
  const content = useRef<HTMLDivElement>(null);
  const back = useFocusBack();
  return (
    <AlertDialog.Root
      open={question !== null}
      onOpenChange={(open) => (open ? null : useUi.setState({ question: null }))}
    >
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="shade" />
        <AlertDialog.Content
          ref={content}
          className="dialog"
          data-testid="confirm-dialog"
          onCloseAutoFocus={back.closed}
          onOpenAutoFocus={(event) => {
            back.opened();
            event.preventDefault();
            content.current?.querySelector<HTMLElement>("[data-testid=confirm-cancel]")?.focus();
          }}
        >
          {question === null ? null : <Body key={question.title} question={question} />}
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
