/** Working orders: what rests at the broker and what waits in the strategies' queues, with cancel and replace. */
import { Ban, Pencil } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { RouterView } from "../../../shared/contract/views.ts";
import { Grid } from "../../components/grid.tsx";
import { Empty, Loading } from "../../components/panel.tsx";
import { useFilter } from "../../actions/tools.tsx";
import { plural } from "../../lib/format.ts";
import { workingRows, type WorkingRow } from "../../lib/working-rows.ts";
import { askCancel, askReplace, canReplace } from "../../actions/order-actions.ts";
import { useStream } from "../../stores/live.ts";
import { explain } from "../../stores/ui.ts";
import { WORKING } from "./order-columns.tsx";

const rowId = (row: WorkingRow): string => `${row.orderId} ${row.clientOrderId}`;
const open = (row: WorkingRow): void => {
  if (row.order !== null) explain(row.orderId);
};

/** The marked rows of the working orders, kept while the orders live. */
export function useMarked(view: RouterView | null) {
  const rows = useMemo(() => (view === null ? [] : workingRows(view)), [view]);
  const [ids, setIds] = useState<readonly string[]>([]);
  const onMarked = useCallback((marked: readonly WorkingRow[]) => setIds(marked.map(rowId)), []);
  return { rows, marked: rows.filter((row) => ids.includes(rowId(row))), onMarked };
}

/** What can be done with the marked rows. */
export function WorkingActions({ marked }: { readonly marked: readonly WorkingRow[] }): ReactNode {
  const [only] = marked;
  const order = marked.length === 1 ? (only?.order ?? null) : null;
  return (
    <>
      <button
        type="button"
        className="button"
        data-testid="cancel-marked"
        disabled={marked.length === 0}
        onClick={() => askCancel(marked)}
      >
        <Ban size={13} aria-hidden="true" />
        Cancel{marked.length === 0 ? "…" : ` ${plural(marked.length, "order")}…`}
      </button>
      <button
        type="button"
        className="button"
        data-testid="replace-marked"
        disabled={order === null || !canReplace(order)}
        onClick={() => (order === null ? undefined : askReplace(order))}
      >
        <Pencil size={12} aria-hidden="true" />
        Replace…
      </button>
    </>
  );
}

interface WorkingProps {
  readonly rows: readonly WorkingRow[];
  readonly onMarked: (rows: readonly WorkingRow[]) => void;
}

export function WorkingGrid({ rows, onMarked }: WorkingProps): ReactNode {
  const filter = useFilter("orders");
  const view = useStream("router");
  if (view === null) return <Loading what="working orders" />;
  return (
    <Grid
      key="working"
      id="working"
      label="Working orders"
      columns={WORKING}
      rows={rows}
      rowId={rowId}
      filter={filter}
      onOpen={open}
      onMarked={onMarked}
      empty={
        <Empty title="No working orders">
          An order is listed from its send until it is filled, canceled, rejected or expired.
        </Empty>
      }
    />
  );
}
