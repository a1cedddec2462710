/** A state as shape, word and colour; and the shapes alone. */
import type { ReactNode } from "react";
import { meaningOf } from "../../shared/glossary.ts";
import { guardName } from "../lib/guards.ts";
import { LEVEL_LOOKS, type Look, type Shape as ShapeName } from "../lib/status.ts";
import { plain } from "../lib/plain.ts";

const PATHS: Readonly<Record<ShapeName, ReactNode>> = {
  ok: <circle cx="5" cy="5" r="4" fill="currentColor" />,
  warning: <path d="M5 .8 9.6 9.2H.4Z" fill="currentColor" />,
  critical: <path d="M5 0 10 5 5 10 0 5Z" fill="currentColor" />,
  running: <path d="M1.5.8 9.2 5 1.5 9.2Z" fill="currentColor" />,
  info: <rect x="1" y="1" width="8" height="8" rx="1" fill="currentColor" />,
  off: <circle cx="5" cy="5" r="3.4" fill="none" stroke="currentColor" strokeWidth="1.6" />,
};

export function Shape({ name }: { readonly name: ShapeName }): ReactNode {
  return (
    <svg viewBox="0 0 10 10" className={`shape-${name}`} aria-hidden="true" focusable="false">
      {PATHS[name]}
    </svg>
  );
}

interface StatusProps {
  readonly look: Look;
  /** Another word than the look's own. */
  readonly word?: string;
  readonly title?: string | undefined;
  readonly testId?: string;
}

interface CauseProps {
  readonly severity: keyof typeof LEVEL_LOOKS;
  /** A code of the glossary, such as `rate_limited`. */
  readonly cause: string;
  /** Follows the name, as a count does. */
  readonly more?: string;
}

/** Why an order was refused: by the name that a trader reads, with its code and its meaning on hover and focus. */
export function Cause({ severity, cause, more = "" }: CauseProps): ReactNode {
  const { shape, tone } = LEVEL_LOOKS[severity];
  const known = meaningOf(cause) !== null;
  return (
    <span className="status">
      <Shape name={shape} />
      <span className={`word tone-${tone}`} {...(known ? { "data-term": cause } : { title: cause })}>
        {guardName(cause)}
      </span>
      {more}
    </span>
  );
}

export function Status({ look, word, title, testId }: StatusProps): ReactNode {
  return (
    <span className="status" title={title} data-testid={testId}>
      <Shape name={look.shape} />
      <span className={`word tone-${look.tone}`} {...(title === undefined ? { "data-term": word ?? look.word } : {})}>
        {word ?? look.word}
      </span>
    </span>
  );
}

plain(Shape);
plain(Cause);
plain(Status);
