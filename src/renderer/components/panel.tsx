/** A panel: a title with a quiet subtitle, its actions at the right, its body. And the three states of a body without content. */
import { ExternalLink } from "lucide-react";
import { createContext, useState } from "react";
import type { ReactNode } from "react";
import { readableSentence } from "../../shared/text/sentence-text.ts";
import { useUnknown } from "../stores/live.ts";
import { useUi } from "../stores/ui.ts";
import { openWindow, soloPanel } from "../stores/windows.ts";
import { Term } from "./term.tsx";
import type { ErrorShape } from "../../shared/errors.ts";

/** Where what a panel holds puts tools of its own, beside the panel's actions; null where the panel has none. */
export const PanelTools = createContext<HTMLElement | null>(null);

interface PanelProps {
  readonly title: string;
  readonly subtitle?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly pad?: boolean;
  readonly grow?: boolean;
  readonly testId?: string;
}

/** A count beside a title is never cut; a sentence gives way to the panel's actions. */
const isFigure = (subtitle: ReactNode): boolean =>
  typeof subtitle === "number" || (typeof subtitle === "string" && /^\d[\d,]*( of \d[\d,]*)?$/.test(subtitle));

export function Panel({
  title,
  subtitle,
  actions,
  children,
  pad = false,
  grow = false,
  testId,
}: PanelProps): ReactNode {
  const [tools, setTools] = useState<HTMLElement | null>(null);
  return (
    <section
      className={`panel${grow ? " grow" : ""}${soloPanel === title ? " solo" : ""}`}
      aria-label={title}
      data-testid={testId}
    >
      <header>
        <h2>
          <Term label={title} focus />
        </h2>
        {subtitle === undefined ? null : (
          <span className={isFigure(subtitle) ? "subtitle whole" : "subtitle clip"}>{subtitle}</span>
        )}
        {actions === undefined ? null : (
          <div className="actions">
            {actions}
            <span ref={setTools} className="panel-tools" />
            {soloPanel === null ? (
              <button
                type="button"
                className="button plain icon pop-out"
                aria-label={`Open ${title} in a new window`}
                title="Open in a new window"
                onClick={() => openWindow(useUi.getState().view, title)}
              >
                <ExternalLink size={13} aria-hidden="true" />
              </button>
            ) : null}
          </div>
        )}
      </header>
      <PanelTools.Provider value={tools}>
        <div className={pad ? "body pad" : "body"}>{children}</div>
      </PanelTools.Provider>
    </section>
  );
}

/** There is nothing, and that is fine. Names the cause and the next step. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactNode {
  return (
    <div className="state">
      <b>{title}</b>
      {children === undefined ? null : <p>{children}</p>}
    </div>
  );
}

/** The first projection is on its way; without a connection none is. */
export function Loading({ what }: { readonly what: string }): ReactNode {
  if (useUnknown())
    return <Empty title="No connection">The console shows {what} as soon as the connection is back.</Empty>;
  return (
    <div className="state" role="status">
      <div className="loading-bar" />
      <p>Loading {what}…</p>
    </div>
  );
}

interface FailedProps {
  readonly title: string;
  readonly error: Pick<ErrorShape, "message"> & { readonly code: string };
  readonly retry?: () => void;
}

/** It was tried and did not work: what, why, and what to do. */
export function Failed({ title, error, retry }: FailedProps): ReactNode {
  return (
    <div className="state">
      <b>{title}</b>
      <p className="text">{readableSentence(error.message)}</p>
      <p className="quiet mono">{error.code}</p>
      {retry === undefined ? null : (
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

interface SegmentsProps<T extends string | number> {
  readonly label: string;
  readonly value: T | null;
  readonly options: readonly { readonly value: T; readonly label: string; readonly testId?: string }[];
  readonly onChange: (value: T) => void;
  readonly disabled?: boolean;
}

/** One of a few, as a radio group: arrows move, the choice follows. */
export function Segments<T extends string | number>(props: SegmentsProps<T>): ReactNode {
  const { label, value, options, onChange, disabled = false } = props;
  const index = options.findIndex((option) => option.value === value);
  const move = (by: number, element: HTMLElement): void => {
    const next = (Math.max(0, index) + by + options.length) % options.length;
    const option = options[next];
    if (option === undefined) return;
    onChange(option.value);
    element.parentElement?.querySelectorAll("button")[next]?.focus();
  };
  return (
    <div className="segments" role="radiogroup" aria-label={label}>
      {options.map((option, position) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          tabIndex={position === Math.max(0, index) ? 0 : -1}
          disabled={disabled}
          data-testid={option.testId}
          onClick={() => onChange(option.value)}
          onKeyDown={(event) => {
            const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
            if (step === undefined) return;
            event.preventDefault();
            move(step, event.currentTarget);
          }}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
