/**
 * Names that open what they name: a strategy, a symbol, an order, a session.
 *
 * 1. In a grid a name is no tab stop of its own: arrows reach its cell, and Enter opens the row.
 * 2. In a grid a press on a name opens it even when an update moves its row before the release; the grid sees to it.
 */
import type { ReactNode } from "react";
import { openNamed } from "../stores/targets.ts";
import type { NamedKind } from "../stores/targets.ts";
import { plain } from "../lib/plain.ts";

interface NameLinkProps {
  readonly kind: NamedKind;
  readonly name: string;
}

/** What a link's element names; null for any other element. */
export function namedBy(element: Element | null): NameLinkProps | null {
  if (!(element instanceof HTMLElement) || !element.classList.contains("name-link")) return null;
  const { kind, name } = element.dataset;
  return kind === undefined || name === undefined ? null : { kind: kind as NamedKind, name };
}

export function NameLink({ kind, name }: NameLinkProps): ReactNode {
  return (
    <button
      type="button"
      className="name-link"
      tabIndex={-1}
      title={`Open ${kind} ${name}`}
      data-kind={kind}
      data-name={name}
      onClick={(event) => {
        event.stopPropagation();
        openNamed(kind, name);
      }}
    >
      {name}
    </button>
  );
}

plain(NameLink);
