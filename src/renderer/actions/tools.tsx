/** A list's own tools: its filter, which is kept, and its export. */
import { Download } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";
import type { Row } from "../lib/csv.ts";
import { exportRows, exportShown } from "./export.ts";
import type { ExportFormat, ExportWhat } from "./export.ts";
import { formatCount } from "../lib/format.ts";
import { menuPlace } from "../lib/menu-place.ts";
import { ask } from "../stores/live.ts";
import { useUi } from "../stores/ui.ts";
import { usePrefs } from "../stores/prefs.ts";

/** The kept filter text of a list. */
export function useFilter(id: string): string {
  return usePrefs((state) => state.filters[id] ?? "");
}

export function Filter({ id, label }: { readonly id: string; readonly label: string }): ReactNode {
  const value = useFilter(id);
  const set = (text: string): void => {
    const { filters, set: change } = usePrefs.getState();
    change({ filters: { ...filters, [id]: text.slice(0, 80) } });
  };
  return (
    <label className="field small">
      <span className="hidden-text">{label}</span>
      <input
        data-filter=""
        type="text"
        placeholder="/ filter"
        value={value}
        onChange={(event) => set(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          if (value === "") event.currentTarget.blur();
          else set("");
        }}
      />
    </label>
  );
}

interface ExportProps {
  /** A list of the host's, or the rows that are shown. */
  readonly what: ExportWhat | { readonly name: string; readonly rows: () => readonly Row[] };
}

export function ExportButton({ what }: ExportProps): ReactNode {
  const save = (format: ExportFormat): void => {
    if (typeof what === "string") void exportRows(what, format);
    else exportShown(what.name, what.rows(), format);
  };
  const name = typeof what === "string" ? what : what.name;
  const exporting = useUi((state) => state.exporting);
  if (exporting !== null && exporting.table === name)
    return (
      <button
        type="button"
        className="button"
        data-testid="cancel-export"
        onClick={() => void ask("export.cancel", { job: exporting.job })}
      >
        Cancel export, {formatCount(exporting.rows)} of {formatCount(exporting.total)}
      </button>
    );
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <button
          type="button"
          className="button export"
          aria-label="Export"
          title="Export"
          data-testid={`export-${name}`}
        >
          <Download size={13} aria-hidden="true" />
          <span>Export</span>
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={menuPlace()}>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          <DropdownMenu.Item onSelect={() => save("csv")}>As CSV</DropdownMenu.Item>
          <DropdownMenu.Item onSelect={() => save("json")}>As JSON</DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
