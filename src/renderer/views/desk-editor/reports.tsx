/** What the editor says above the desk: its problems, a file that was changed elsewhere, and what the check before a start found. */
import { X } from "lucide-react";
import { useMemo } from "react";
import type { ReactNode } from "react";
import { Status } from "../../components/status.tsx";
import { formatDateTime } from "../../lib/time.ts";
import { mergedText, revealLine, settle, showSection, useDeskEditor } from "../../stores/desk-editor.ts";
import { sentenceOf } from "./fields.tsx";
import { sectionOf, SECTION_TITLES } from "./sections.tsx";

const SHOWN_MAX = 4;

/** The problems in the file's order; each leads to its field and its line. */
export function ProblemStrip({ onShow }: { readonly onShow: () => void }): ReactNode {
  const complaints = useDeskEditor((state) => state.check?.complaints) ?? [];
  if (complaints.length === 0) return null;
  return (
    <ul className="desk-problems" aria-label="Problems" data-testid="desk-problems">
      {complaints.slice(0, SHOWN_MAX).map((one) => (
        <li key={`${one.line}:${one.column}:${one.rule}`}>
          <button
            type="button"
            onClick={() => {
              revealLine(one.line - 1);
              if (one.path === "") onShow();
              else showSection(sectionOf(one.path));
            }}
          >
            <span className="mono">line {one.line}</span>
            <span className="mono">{one.path === "" ? "the file" : one.path}</span>
            <span className="clip">
              {sentenceOf(one)}
              {one.nearest === null ? "" : ` did you mean ${one.nearest}?`}
            </span>
            {one.path === "" ? null : <span className="quiet">{SECTION_TITLES[sectionOf(one.path)]}</span>}
          </button>
        </li>
      ))}
      {complaints.length > SHOWN_MAX ? (
        <li className="quiet">and {complaints.length - SHOWN_MAX} more, marked at their fields and lines</li>
      ) : null}
    </ul>
  );
}

const LINES_SHOWN = 8;

/** Lines of one text that the other lacks, as many as can be shown. */
function lacking(text: string, other: string): readonly string[] {
  const there = new Set(other.split("\n").map((line) => line.trim()));
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !there.has(line.trim()))
    .slice(0, LINES_SHOWN);
}

/** The file was changed elsewhere while it was edited here: both versions are shown, and neither is overwritten. */
export function ConflictBanner(): ReactNode {
  const { conflict, base, text, desk } = useDeskEditor();
  const merged = useMemo(
    () => (conflict === null || base === null ? null : mergedText(text, base.text, conflict.text)),
    [conflict, base, text],
  );
  if (conflict === null || base === null || merged === null) return null;
  const [theirs, mine] = [lacking(conflict.text, base.text), lacking(text, base.text)];
  return (
    <section className="desk-conflict" role="alert" data-testid="desk-conflict">
      <div className="row">
        <Status
          look={{
            shape: "warning",
            word: conflict.digest === null ? "Deleted on disk" : "Changed on disk",
            tone: "warning",
            rank: 0,
          }}
        />
        <p>
          {desk} was {conflict.digest === null ? "deleted" : "changed"} outside this editor, and you have changes here.
          Nothing is written until you choose.
        </p>
        <span className="spacer" />
        {conflict.digest === null ? null : (
          <>
            <button
              type="button"
              className="button primary"
              data-testid="settle-both"
              disabled={merged.clash}
              title={merged.clash ? "Both versions changed the same lines; choose one." : undefined}
              onClick={() => settle("both")}
            >
              Take both changes
            </button>
            <button type="button" className="button" data-testid="settle-file" onClick={() => settle("file")}>
              Take the file
            </button>
          </>
        )}
        <button type="button" className="button" data-testid="settle-mine" onClick={() => settle("mine")}>
          Keep this text
        </button>
      </div>
      {conflict.digest === null ? null : (
        <div className="two">
          {(
            [
              ["New in the file", theirs],
              ["New in this editor", mine],
            ] as const
          ).map(([title, lines]) => (
            <div key={title}>
              <h3>{title}</h3>
              <pre className="mono">{lines.length === 0 ? "Only removed lines." : lines.join("\n")}</pre>
            </div>
          ))}
        </div>
      )}
    </section>
  );
}

/** What a start would find. */
export function TrialReport(): ReactNode {
  const trial = useDeskEditor((state) => state.trial);
  if (trial === null) return null;
  const fine = trial.problems.length === 0;
  const second = (at: number): string => formatDateTime(at, "utc").slice(0, 19);
  const until = trial.to === null ? "" : ` to ${second(trial.to)}`;
  const period = trial.from === null ? "" : `, from ${second(trial.from)}${until} UTC`;
  return (
    <section
      className={fine ? "desk-trial" : "desk-trial wrong"}
      aria-label="The check"
      data-testid="desk-trial"
      role="status"
    >
      <div className="row">
        <Status
          look={
            fine
              ? { shape: "ok", word: "Ready to start", tone: "quiet", rank: 3 }
              : { shape: "critical", word: "Cannot start", tone: "critical", rank: 0 }
          }
        />
        {fine ? (
          <p>
            {trial.symbols.length === 1 ? "1 symbol" : `${trial.symbols.length} symbols`}
            {period}
          </p>
        ) : null}
        <span className="spacer" />
        <button
          type="button"
          className="button plain icon"
          aria-label="Close"
          onClick={() => useDeskEditor.setState({ trial: null })}
        >
          <X size={13} aria-hidden="true" />
        </button>
      </div>
      {trial.problems.map((one) => (
        <p key={one} className="text">
          {one}
        </p>
      ))}
      {trial.notes.map((one) => (
        <p key={one} className="second text">
          {one}
        </p>
      ))}
      {trial.symbols.length === 0 ? null : (
        <ul className="desk-found">
          {trial.symbols.slice(0, 12).map(({ symbol, text }) => (
            <li key={symbol}>
              <b>{symbol}</b> <span className="second">{text}</span>
            </li>
          ))}
          {trial.symbols.length > 12 ? <li className="quiet">and {trial.symbols.length - 12} more</li> : null}
        </ul>
      )}
    </section>
  );
}
