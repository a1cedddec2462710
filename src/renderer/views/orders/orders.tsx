/** Orders and fills: what works, the blotter, the fills; a row opens its whole "why". */
import { useCallback, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { FillRow, OrderRow, OrdersView } from "../../../shared/contract/views.ts";
import { Grid, type Sort } from "../../components/grid.tsx";
import { ANYTHING, isNarrowed, Narrow, narrowed, type Narrowing } from "../../components/narrow.tsx";
import { Empty, Failed, Loading, Panel } from "../../components/panel.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { ExportButton, Filter, useFilter } from "../../actions/tools.tsx";
import { formatCount, plural } from "../../lib/format.ts";
import { afterMove, lowest, NOTHING_OLDER, withAnswer } from "../../lib/blotter.ts";
import type { BlotterRow, Older, Window } from "../../lib/blotter.ts";
import { askCancelAll, openTicket } from "../../actions/order-actions.ts";
import { ORDER_LOOKS, VERDICT_LOOKS } from "../../lib/status.ts";
import { useArchive } from "../../stores/archive.ts";
import { ask, useNow, useSession, useStream, useTrading } from "../../stores/live.ts";
import { explain, succeeded, useUi } from "../../stores/ui.ts";
import type { OrderTab } from "../../stores/ui.ts";
import { NoSession, useOpen } from "../sessions/no-session.tsx";
import type { WorkingRow } from "../../lib/working-rows.ts";
import { FILLS, ORDERS } from "./order-columns.tsx";
import { useMarked, WorkingActions, WorkingGrid } from "./working.tsx";

const PAGE = 500;
/** Columns whose order is the order of time: orders are numbered as they are placed, fills as the venue makes them. */
const TIME_COLUMNS: Readonly<Record<"orders" | "fills", ReadonlySet<string>>> = {
  orders: new Set(["at", "order"]),
  fills: new Set(["at", "fill"]),
};

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
  const take = (asked: string | null, below: readonly Row[], page: readonly Row[], more: boolean): void =>
    setHeld((now) => (now.session === asked ? { ...now, older: withAnswer(now, below, page, more) } : now));
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
    if (!succeeded(answer) || !answer.ok) return;
    const page = answer.value;
    if (kind === "orders") orders.take(session, orders.shown, page.orders, page.more);
    else fills.take(session, fills.shown, page.fills, page.more);
  };
  return { view, orders: orders.shown, fills: fills.shown, load, done: (tab === "fills" ? fills : orders).done };
}

type Found = ReturnType<typeof useFound>;

/** What is asked of the archive: whatever the window of the newest rows cannot answer. */
function useFound(tab: OrderTab, live: { readonly shown: number; readonly total: number }) {
  const table: keyof typeof TIME_COLUMNS = tab === "fills" ? "fills" : "orders";
  const words = useFilter("orders");
  const now = useNow();
  const [sorts, setSorts] = useState<Readonly<Record<string, Sort | null>>>({});
  const [narrowings, setNarrowings] = useState<Readonly<Record<string, Narrowing>>>({});
  const sort = sorts[table] ?? null;
  const narrowing = narrowings[table] ?? ANYTHING;
  const byTime = sort === null || TIME_COLUMNS[table].has(sort.column);
  const newestFirst = byTime && (sort?.descending ?? true);
  const asked =
    tab !== "working" && (isNarrowed(narrowing) || (live.shown < live.total && (words !== "" || !newestFirst)));
  const question = {
    words,
    ...narrowed(table, narrowing, now),
    sort: byTime ? "at" : sort.column,
    descending: sort?.descending ?? true,
  };
  const found = useArchive(table, asked ? question : null, live.total);
  const onSort = useCallback((next: Sort | null) => setSorts((all) => ({ ...all, [table]: next })), [table]);
  const onNarrow = (next: Narrowing): void => setNarrowings((all) => ({ ...all, [table]: next }));
  return { ...found, asked, table, words, now, narrowing, onSort, onNarrow };
}

interface BlotterProps {
  readonly tab: OrderTab;
  readonly orders: readonly OrderRow[];
  readonly fills: readonly FillRow[];
  readonly found: Found;
}

function Blotter({ tab, orders, fills, found }: BlotterProps): ReactNode {
  const { asked, rows, waiting, words, onSort } = found;
  // What was there stays until the first answer.
  const answered = asked && !(waiting && rows.length === 0);
  const filter = answered ? "" : words;
  const nothing = <Empty title="Nothing matches">Clear the filter or choose a longer time to see more rows.</Empty>;
  if (found.error !== null) return <Failed title="The list could not be searched" error={found.error} />;
  return tab === "orders" ? (
    <Grid
      key="orders"
      id="orders"
      label="Orders"
      columns={ORDERS}
      rows={answered ? (rows as readonly OrderRow[]) : orders}
      rowId={orderId}
      filter={filter}
      onOpen={openOrder}
      onSort={onSort}
      empty={
        answered ? (
          nothing
        ) : (
          <Empty title="No orders yet">An order appears with the first signal that passes risk and router.</Empty>
        )
      }
    />
  ) : (
    <Grid
      key="fills"
      id="fills"
      label="Fills"
      columns={FILLS}
      rows={answered ? (rows as readonly FillRow[]) : fills}
      rowId={fillId}
      filter={filter}
      onOpen={openFill}
      onSort={onSort}
      empty={answered ? nothing : <Empty title="No fills yet">A fill appears when the broker reports one.</Empty>}
    />
  );
}

const kindWord =
  (tab: OrderTab) =>
  (kind: string): string => {
    const looks: Readonly<Record<string, { readonly word: string }>> = tab === "fills" ? VERDICT_LOOKS : ORDER_LOOKS;
    return looks[kind]?.word ?? kind;
  };

/** How many rows a search found. */
function foundText({ total, share }: Found, all: number): string {
  const searched = share < 1 ? ` · ${Math.floor(share * 100)} % of the session searched` : "";
  return `${formatCount(total)} of ${formatCount(all)}${searched}`;
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
  const shown = tab === "fills" ? fills.length : orders.length;
  const total = (tab === "fills" ? view?.fillReports : view?.orderCount) ?? 0;
  const found = useFound(tab, { shown, total });
  if (!there) return <NoSession what="its orders and fills" />;
  if (view === null) return <Loading what="orders and fills" />;
  const tabs = TABS.map((one) =>
    one.value === "working" ? { ...one, label: `Working ${formatCount(working.length)}` } : one,
  );
  return (
    <Panel
      grow
      title="Orders and fills"
      {...(tab === "working" ? {} : { subtitle: found.asked ? foundText(found, total) : countText(tab, view, shown) })}
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
          {found.more ? (
            <button type="button" className="button" data-testid="more-rows" onClick={found.load}>
              Show more
            </button>
          ) : null}
          {tab !== "working" && !found.asked && shown < total && !done ? (
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
        {tab === "working" ? null : (
          <div className="narrowed">
            <Narrow
              table={found.table}
              value={found.narrowing}
              words={found.words}
              now={found.now}
              kindWord={kindWord(tab)}
              onChange={found.onNarrow}
            />
            <div className="list">
              <Blotter tab={tab} orders={orders} fills={fills} found={found} />
            </div>
          </div>
        )}
      </div>
    </Panel>
  );
}
