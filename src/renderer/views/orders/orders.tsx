/** Orders and fills: what works, the blotter, the fills; a row opens its whole "why". */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { FillRow, OrderRow, OrdersView } from "../../../shared/contract/views.ts";
import { Grid } from "../../components/grid.tsx";
import { Empty, Loading, Panel } from "../../components/panel.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { ExportButton, Filter, useFilter } from "../../actions/tools.tsx";
import { formatCount, plural } from "../../lib/format.ts";
import { afterMove, NOTHING_OLDER, withPage } from "../../lib/blotter.ts";
import type { BlotterRow, Older, Window } from "../../lib/blotter.ts";
import { askCancelAll, openTicket } from "../../actions/order-actions.ts";
import { ask, useSession, useStream } from "../../stores/live.ts";
import { explain, toldOk, useUi } from "../../stores/ui.ts";
import type { OrderTab } from "../../stores/ui.ts";
import { NoSession, useOpen, useTrading } from "../sessions/no-session.tsx";
import { FILLS, ORDERS, type WorkingRow } from "./order-columns.tsx";
import { useMarked, WorkingActions, WorkingGrid } from "./working.tsx";

const PAGE = 500;

const orderId = (row: OrderRow): string => row.orderId;
const fillId = (row: FillRow): string => String(row.seq);
const openOrder = (row: OrderRow): void => explain(row.orderId);
const openFill = (row: FillRow): void => {
  if (row.orderId !== null) explain(row.orderId);
};

const TABS = [
  { value: "working", label: "Working" },
  { value: "orders", label: "All" },
  { value: "fills", label: "Fills" },
] as const;

const FILTERS: Readonly<Record<OrderTab, string>> = {
  working: "Filter working orders",
  orders: "Filter orders",
  fills: "Filter fills",
};

const exported = ({ order: _order, ...row }: WorkingRow) => row;

const lowest = (rows: readonly { readonly seq: number }[]): number | null =>
  rows.reduce<number | null>((found, row) => (found === null || row.seq < found ? row.seq : found), null);

interface Held<Row> {
  readonly session: string | null;
  readonly window: Window<Row>;
  readonly older: Older<Row>;
}

const NO_ROWS: Readonly<Record<string, never>> = {};

/** The window's rows and the older ones below it, as one stretch. */
function useBlotter<Row extends BlotterRow>(
  session: string | null,
  rows: Readonly<Record<string, Row>>,
  total: number,
) {
  const [held, setHeld] = useState<Held<Row>>({ session, window: { rows, total }, older: NOTHING_OLDER });
  let current = held;
  if (held.session !== session || held.window.rows !== rows) {
    const window = { rows, total };
    const older = held.session === session ? afterMove(held.older, held.window, window) : NOTHING_OLDER;
    current = { session, window, older };
    setHeld(current);
  }
  const { older } = current;
  const shown = useMemo(() => [...older.rows, ...Object.values(rows)], [older.rows, rows]);
  const take = (asked: string | null, before: number | null, page: readonly Row[], more: boolean): void =>
    setHeld((now) => {
      // An answer to what is no longer the lowest row would leave a hole or double rows.
      const still = lowest([...now.older.rows, ...Object.values(now.window.rows)]);
      return now.session !== asked || still !== before ? now : { ...now, older: withPage(now.older, page, more) };
    });
  return { shown, done: older.done, take };
}

/** Orders and fills with the older rows that were asked for. */
function useRows(tab: OrderTab) {
  const view = useStream("orders");
  const session = useSession()?.id ?? null;
  const orders = useBlotter<OrderRow>(session, view?.orders ?? NO_ROWS, view?.orderCount ?? 0);
  const fills = useBlotter<FillRow>(session, view?.fills ?? NO_ROWS, view?.fillReports ?? 0);
  const load = async (): Promise<void> => {
    const kind = tab === "fills" ? "fills" : "orders";
    const before = lowest(kind === "orders" ? orders.shown : fills.shown);
    const answer = await ask("orders.page", { kind, before, limit: PAGE });
    if (!toldOk(answer) || !answer.ok) return;
    const page = answer.value;
    if (kind === "orders") orders.take(session, before, page.orders, page.more);
    else fills.take(session, before, page.fills, page.more);
  };
  return { view, orders: orders.shown, fills: fills.shown, load, done: (tab === "fills" ? fills : orders).done };
}

type BlotterProps =
  | { readonly tab: "orders"; readonly rows: readonly OrderRow[] }
  | { readonly tab: "fills"; readonly rows: readonly FillRow[] };

function Blotter({ tab, rows }: BlotterProps): ReactNode {
  const filter = useFilter("orders");
  return tab === "orders" ? (
    <Grid
      key="orders"
      id="orders"
      label="Orders"
      columns={ORDERS}
      rows={rows}
      rowId={orderId}
      filter={filter}
      onOpen={openOrder}
      empty={<Empty title="No orders yet">An order appears with the first signal that passes risk and router.</Empty>}
    />
  ) : (
    <Grid
      key="fills"
      id="fills"
      label="Fills"
      columns={FILLS}
      rows={rows}
      rowId={fillId}
      filter={filter}
      onOpen={openFill}
      empty={<Empty title="No fills yet">A fill appears when the broker reports one.</Empty>}
    />
  );
}

/** How many rows there are, and how many of them are shown. */
function countText(tab: OrderTab, view: OrdersView, shown: number): string {
  const total = tab === "fills" ? view.fillReports : view.orderCount;
  if (shown < total) return `the newest ${formatCount(shown)} of ${formatCount(total)}`;
  const notBooked = view.fillReports - view.fillCount;
  if (tab === "orders" || notBooked === 0) return formatCount(total);
  return `${formatCount(view.fillCount)}, and ${plural(notBooked, "report")} not booked`;
}

/** A new order, and the cancel of many: at hand in each tab. */
function Trade(): ReactNode {
  const live = useTrading();
  return (
    <>
      <button
        type="button"
        className="button"
        data-testid="cancel-all"
        disabled={!live}
        title="Cancel working orders of everything, a group, a strategy or a symbol (⇧X)"
        onClick={() => askCancelAll()}
      >
        Cancel all…
      </button>
      <button
        type="button"
        className="button primary"
        data-testid="new-order"
        disabled={!live}
        onClick={() => openTicket()}
      >
        New order
      </button>
    </>
  );
}

export function Orders(): ReactNode {
  const tab = useUi((state) => state.ordersTab);
  const router = useStream("router");
  const { view, orders, fills, load, done } = useRows(tab);
  const { rows: working, marked, onMarked } = useMarked(router);
  const there = useOpen();
  if (!there) return <NoSession what="its orders and fills" />;
  if (view === null) return <Loading what="orders and fills" />;
  const shown = tab === "fills" ? fills.length : orders.length;
  const total = tab === "fills" ? view.fillReports : view.orderCount;
  const tabs = TABS.map((one) =>
    one.value === "working" ? { ...one, label: `Working ${formatCount(working.length)}` } : one,
  );
  return (
    <Panel
      grow
      title="Orders and fills"
      {...(tab === "working" ? {} : { subtitle: countText(tab, view, shown) })}
      actions={
        <>
          <Tabs
            label="Working, all orders or fills"
            value={tab}
            options={tabs}
            controls="blotter"
            onChange={(next) => useUi.setState({ ordersTab: next })}
          />
          {tab === "working" ? <WorkingActions marked={marked} /> : null}
          {tab !== "working" && shown < total && !done ? (
            <button type="button" className="button" onClick={() => void load()}>
              Load older
            </button>
          ) : null}
          <Filter id="orders" label={FILTERS[tab]} />
          <ExportButton
            what={tab === "working" ? { name: "working-orders", rows: () => working.map(exported) } : tab}
          />
          <Trade />
        </>
      }
    >
      <div id="blotter" role="tabpanel" aria-labelledby={`tab-${tab}`} style={{ height: "100%" }}>
        {tab === "working" ? <WorkingGrid rows={working} onMarked={onMarked} /> : null}
        {tab === "orders" ? <Blotter tab="orders" rows={orders} /> : null}
        {tab === "fills" ? <Blotter tab="fills" rows={fills} /> : null}
      </div>
    </Panel>
  );
}
