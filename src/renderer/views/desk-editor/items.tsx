/** Parts of a desk that are lists of things with fields of their own: symbols, instruments, files, strategies. */
import { ChevronRight, Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import type { DeskField } from "../../../shared/contract/contract-desks.ts";
import { Field, Problems, setDesk, useComplaints } from "./fields.tsx";
import type { Path } from "./yaml-edit.ts";

interface ItemProps {
  readonly title: string;
  readonly detail: string;
  readonly path: Path;
  readonly open: boolean;
  readonly onToggle: () => void;
  readonly children: ReactNode;
  readonly testId?: string;
}

/** One of a list: a line, and its fields once it is opened. */
export function Item({ title, detail, path, open, onToggle, children, testId }: ItemProps): ReactNode {
  const all = useComplaints(path);
  const own = useComplaints(path, false);
  return (
    <li className={open ? "desk-item open" : "desk-item"} data-testid={testId}>
      <div className="head">
        <button type="button" className="toggle" aria-expanded={open} onClick={onToggle}>
          <ChevronRight size={13} aria-hidden="true" />
          <b className="clip">{title}</b>
          <span className="clip quiet">{detail}</span>
          {all.length === 0 ? null : (
            <span className="tone-critical">{all.length === 1 ? "1 problem" : `${all.length} problems`}</span>
          )}
        </button>
        <button
          type="button"
          className="button plain icon"
          aria-label={`Remove ${title}`}
          title={`Remove ${title}`}
          onClick={() => setDesk(path, undefined)}
        >
          <Trash2 size={13} aria-hidden="true" />
        </button>
      </div>
      {open ? (
        <div className="inner">
          <Problems complaints={own} />
          {children}
        </div>
      ) : null}
    </li>
  );
}

export function AddButton({
  label,
  testId,
  onClick,
}: {
  readonly label: string;
  readonly testId: string;
  readonly onClick: () => void;
}): ReactNode {
  return (
    <button type="button" className="button" data-testid={testId} onClick={onClick}>
      <Plus size={13} aria-hidden="true" />
      {label}
    </button>
  );
}

export function ItemFields({
  fields,
  under,
}: {
  readonly fields: readonly DeskField[];
  readonly under: Path;
}): ReactNode {
  return fields.map((field) => <Field key={field.at} field={field} under={under} />);
}
