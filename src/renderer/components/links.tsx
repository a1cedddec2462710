/**
 * Names that open what they name: a strategy, a symbol, an order, a session.
 *
 * 1. In a grid a name is no tab stop of its own: arrows reach its cell, and Enter opens the row.
 */
import type { ReactNode } from "react";
import { openNamed } from "../stores/targets.ts";
import type { NamedKind } from "../stores/targets.ts";

interface NameLinkProps {
  readonly kind: NamedKind;
  readonly name: string;
}

export function NameLink({ kind, name }: NameLinkProps): ReactNode {
  return (
    <button
      type="button"
      className="name-link"
      tabIndex={-1}
      title={`Open ${kind} ${name}`}
      onClick={(event) => {
        event.stopPropagation();
        openNamed(kind, name);
      }}
    >
      {name}
    </button>
  );
}
