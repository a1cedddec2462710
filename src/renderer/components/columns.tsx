/**
 * The columns of a grid: which are shown. Its button stands with the other actions of the grid's panel.
 *
 * 1. At least one column stays.
 */
import { Check, Columns3 } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useContext, useState } from "react";
import type { ReactNode } from "react";
import { createPortal } from "react-dom";
import { PanelTools } from "./panel.tsx";
import { menuPlace } from "../lib/menu-place.ts";

export interface ColumnChoice {
  readonly id: string;
  readonly header: string;
  readonly shown: boolean;
}

interface ColumnsProps {
  readonly label: string;
  /** `18 of 24` while a filter hides rows. */
  readonly count: string | null;
  /** The columns as they are when the menu opens. */
  readonly choices: () => readonly ColumnChoice[];
  readonly show: (id: string, shown: boolean) => void;
  readonly reset: () => void;
}

export function ColumnsButton({ label, count, choices, show, reset }: ColumnsProps): ReactNode {
  const place = useContext(PanelTools);
  const [rows, setRows] = useState<readonly ColumnChoice[]>([]);
  if (place === null) return null;
  const shown = rows.filter((row) => row.shown).length;
  return createPortal(
    <>
      {count === null ? null : (
        <span className="shown-count" data-testid="shown-count">
          {count}
        </span>
      )}
      <DropdownMenu.Root modal={false} onOpenChange={(open) => (open ? setRows(choices()) : undefined)}>
        <DropdownMenu.Trigger asChild>
          <button type="button" className="button icon" aria-label={`Columns: ${label}`} title="Columns">
            <Columns3 size={13} aria-hidden="true" />
          </button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal container={menuPlace()}>
          <DropdownMenu.Content className="menu columns" align="end" sideOffset={4} data-testid="columns-menu">
            {rows.map((row) => (
              <DropdownMenu.CheckboxItem
                key={row.id}
                checked={row.shown}
                disabled={row.shown && shown === 1}
                onSelect={(event) => event.preventDefault()}
                onCheckedChange={(checked) => {
                  show(row.id, checked);
                  setRows(rows.map((one) => (one.id === row.id ? { ...one, shown: checked } : one)));
                }}
              >
                <Check size={13} aria-hidden="true" className={row.shown ? undefined : "absent"} />
                {row.header}
              </DropdownMenu.CheckboxItem>
            ))}
            <DropdownMenu.Separator className="menu-line" />
            <DropdownMenu.Item onSelect={reset}>Reset columns</DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </>,
    place,
  );
}
