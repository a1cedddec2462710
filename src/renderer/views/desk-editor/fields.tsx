/** Fields of the desk's form: each with its sentence, what holds without it, and its error beside it. */
import { RotateCcw } from "lucide-react";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import type { Document } from "yaml";
import type { DeskComplaint, DeskField } from "../../../shared/contract/contract-desks.ts";
import { Segments } from "../../components/panel.tsx";
import { revealLine, setDeskText, useDeskEditor } from "../../stores/desk-editor.ts";
import { lineAt, pathText, readDesk, valueOf, withValue, writtenAt } from "./yaml-edit.ts";
import type { Path, Plain } from "./yaml-edit.ts";

const TYPED_MS = 250;
/** More words than this are a list to choose from, and no row of buttons. */
const SEGMENTS_MAX = 3;
/** More words than this are offered while one is typed. */
const SELECT_MAX = 20;

/** The desk's document; read once for each text. */
export function useDocument(): Document.Parsed {
  return readDesk(useDeskEditor((state) => state.text));
}

/** Sets a value of the desk; undefined takes it away. */
export function setDesk(path: Path, value: Plain | undefined): void {
  const { text, form } = useDeskEditor.getState();
  setDeskText(withValue(text, path, value, form?.order ?? {}));
}

/** The complaints about a place and what is in it; `deep` false: about the place alone. */
export function useComplaints(path: Path, deep = true): readonly DeskComplaint[] {
  const check = useDeskEditor((state) => state.check);
  const place = pathText(path);
  return useMemo(
    () =>
      (check?.complaints ?? []).filter(
        (one) => one.path === place || (deep && (one.path.startsWith(`${place}.`) || one.path.startsWith(`${place}[`))),
      ),
    [check, place, deep],
  );
}

export const sentenceOf = ({ rule, nearest }: DeskComplaint): string =>
  `${rule.charAt(0).toUpperCase()}${rule.slice(1)}${nearest === null ? "." : ";"}`;

interface ProblemsProps {
  readonly complaints: readonly DeskComplaint[];
  /** Takes the nearest valid spelling. */
  readonly onTake?: ((word: string) => void) | undefined;
  readonly id?: string;
}

export function Problems({ complaints, onTake, id }: ProblemsProps): ReactNode {
  if (complaints.length === 0) return null;
  return (
    <div className="field-problems" id={id} role="status">
      {complaints.slice(0, 3).map((one) => (
        <p key={`${one.line}:${one.column}:${one.rule}`}>
          {sentenceOf(one)}{" "}
          {one.nearest === null ? null : onTake === undefined ? (
            `Did you mean ${one.nearest}?`
          ) : (
            <button type="button" className="link" onClick={() => onTake(one.nearest ?? "")}>
              Did you mean {one.nearest}?
            </button>
          )}
        </p>
      ))}
    </div>
  );
}

/** A key as a title: `max_notional` is `Max notional`, `markInterval` is `Mark interval`. */
export function titleOf(key: string): string {
  const name = key.split(".").at(-1) ?? key;
  const words = name
    .replace(/^orchestrator_/, "")
    .replace(/_s$/, "")
    .replaceAll("_", " ")
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return (words.charAt(0).toUpperCase() + words.slice(1)).replace(/\bbps\b/, "(bps)").replace(/\bp95 ms\b/, "p95 (ms)");
}

interface RowProps {
  readonly title: string;
  readonly means: string;
  readonly path: Path;
  readonly name: string;
  readonly written: boolean;
  readonly controlId?: string | undefined;
  readonly complaints: readonly DeskComplaint[];
  readonly onTake?: ((word: string) => void) | undefined;
  /** The control has the whole width, below the sentence. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** A field's row: title and sentence, the control, the way back to the default, its problems. */
export function Row(props: RowProps): ReactNode {
  const { title, means, path, name, written, controlId, complaints, onTake, wide = false, children } = props;
  const place = pathText(path);
  return (
    <div
      className={`desk-field${complaints.length > 0 ? " wrong" : ""}${wide ? " wide" : ""}`}
      data-testid={`field-${place}`}
      data-written={written ? "" : undefined}
      onFocus={() => {
        const { text } = useDeskEditor.getState();
        const line = lineAt(readDesk(text), text, path);
        if (line !== null) revealLine(line);
      }}
    >
      <div className="about">
        <label htmlFor={controlId} title={name}>
          {title}
        </label>
        <small>{means}</small>
      </div>
      <div className="control">
        {children}
        {wide ? null : (
          <button
            type="button"
            className="button plain icon reset"
            aria-label={`${title}: back to the default`}
            title="Back to the default"
            disabled={!written}
            onClick={() => setDesk(path, undefined)}
          >
            <RotateCcw size={12} aria-hidden="true" />
          </button>
        )}
      </div>
      <Problems complaints={complaints} onTake={onTake} id={controlId === undefined ? "" : `${controlId}-problem`} />
    </div>
  );
}

interface TextProps {
  readonly id: string;
  readonly value: string;
  readonly hint: string;
  readonly rule: string;
  readonly words?: readonly string[];
  readonly invalid: boolean;
  readonly onChange: (typed: string) => void;
}

/** A text that is taken when typing pauses, and when the field is left. */
export function TextControl({ id, value, hint, rule, words = [], invalid, onChange }: TextProps): ReactNode {
  const [draft, setDraft] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const take = (typed: string): void => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    if (typed !== value) onChange(typed);
  };
  useEffect(() => () => (timer.current === null ? undefined : clearTimeout(timer.current)), []);
  return (
    <>
      <input
        id={id}
        type="text"
        value={draft ?? value}
        placeholder={hint}
        title={`${rule.charAt(0).toUpperCase()}${rule.slice(1)}.`}
        autoComplete="off"
        spellCheck={false}
        maxLength={1_000}
        aria-invalid={invalid}
        aria-describedby={invalid ? `${id}-problem` : undefined}
        list={words.length > 0 ? `${id}-words` : undefined}
        onChange={(event) => {
          const typed = event.target.value;
          setDraft(typed);
          if (timer.current !== null) clearTimeout(timer.current);
          timer.current = setTimeout(() => take(typed), TYPED_MS);
        }}
        onBlur={() => {
          if (draft !== null) take(draft);
          setDraft(null);
        }}
      />
      {words.length === 0 ? null : (
        <datalist id={`${id}-words`}>
          {words.map((word) => (
            <option key={word} value={word} />
          ))}
        </datalist>
      )}
    </>
  );
}

interface FieldProps {
  readonly field: DeskField;
  /** The place of the map that has the field. */
  readonly under?: Path;
  readonly title?: string;
  /** Words to offer beside those of the rule. */
  readonly words?: readonly string[];
  /** Called in place of writing the value alone. */
  readonly onSet?: ((typed: string) => void) | undefined;
}

/** One field of the desk, by its kind. */
export function Field({ field, under = [], title, words, onSet }: FieldProps): ReactNode {
  const document = useDocument();
  const id = useId();
  const path = [...under, ...field.at.split(".")];
  const written = writtenAt(document, path);
  const complaints = useComplaints(path);
  const set = (typed: string): void => {
    if (onSet !== undefined) onSet(typed);
    else setDesk(path, typed.trim() === "" ? undefined : valueOf(typed));
  };
  const offered = words ?? field.words;
  const chosen = offered.length > 0 && offered.length <= SELECT_MAX && words === undefined;
  const choices = field.none && chosen ? [...offered, "none"] : offered;
  const few = chosen && choices.length <= SEGMENTS_MAX && !(field.rule.includes(", or ") && !field.none);
  const whole = chosen && isClosed(field);
  return (
    <Row
      title={title ?? titleOf(field.at)}
      means={`${field.means.charAt(0).toUpperCase()}${field.means.slice(1)}.`}
      name={pathText(path)}
      path={path}
      written={written !== null}
      controlId={id}
      complaints={complaints}
      onTake={set}
    >
      {whole && few ? (
        <Segments
          label={titleOf(field.at)}
          value={written ?? field.fallback}
          options={choices.map((word) => ({ value: word, label: word }))}
          onChange={set}
        />
      ) : whole ? (
        <select
          id={id}
          value={written ?? ""}
          aria-invalid={complaints.length > 0}
          onChange={(event) => set(event.target.value)}
        >
          <option value="">{field.fallback === "" ? "Choose" : `Default: ${field.fallback}`}</option>
          {written !== null && !choices.includes(written) ? <option value={written}>{written}</option> : null}
          {choices.map((word) => (
            <option key={word} value={word}>
              {word}
            </option>
          ))}
        </select>
      ) : (
        <TextControl
          id={id}
          value={written ?? ""}
          hint={field.fallback === "" ? "" : field.fallback}
          rule={field.rule}
          words={offered}
          invalid={complaints.length > 0}
          onChange={set}
        />
      )}
    </Row>
  );
}

/** Whether only the words are valid: then nothing needs to be typed. */
function isClosed({ rule, words }: DeskField): boolean {
  return (
    words.length > 0 &&
    (rule.startsWith("write one of ") || rule === `write ${words.join(", ")}` || rule.startsWith("write 1, 10"))
  );
}
