/** Orders and fills: the blotter; a row opens its whole "why". */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { FillRow, OrderRow } from "../../shared/views.ts";
import { Grid } from "../components/grid.tsx";
import type { Column } from "../components/grid.tsx";
import { Empty, Loading, Panel } from "../components/panel.tsx";
import { Status } from "../components/status.tsx";
import { Tabs } from "../components/tabs.tsx";
import { ExportButton, Filter, useFilter } from "../components/tools.tsx";
import { Gain, Time } from "../components/values.tsx";
import { ABSENT, compareAmounts, formatCount, formatNumber, formatSmallMoney, plural } from "../lib/format.ts";
import { afterMove, NOTHING_OLDER, withPage } from "../lib/blotter.ts";
import type { BlotterRow, Older, Window } from "../lib/blotter.ts";
import { ORDER_LOOKS, VERDICT_LOOKS } from "../lib/status.ts";
import { ask, useSession, useStream } from "../stores/live.ts";
import { explain, toldOk } from "../stores/ui.ts";
import { NoSession, useOpen } from "./no-session.tsx";

const PAGE = 500;

const ORDERS: readonly Column<OrderRow>[] = [
  { id: "at", header: "Time", value: (row) => row.seq, cell: (row) => <Time at={row.at} />, width: 112, sort: "desc" },
  { id: "order", header: "Order", value: (row) => row.orderId, mono: true, width: 136 },
  {
    id: "state",
    header: "State",
    value: (row) => ORDER_LOOKS[row.state].rank,
    text: (row) => ORDER_LOOKS[row.state].word,
    cell: (row) => <Status look={ORDER_LOOKS[row.state]} />,
    width: 142,
  },
  { id: "strategy", header: "Strategy", value: (row) => row.strategy, flex: 1, width: 120 },
  { id: "symbol", header: "Symbol", value: (row) => row.symbol, width: 84 },
  {
    id: "quantity",
    header: "Quantity",
    value: (row) => row.quantity,
    cell: (row) => formatNumber(row.quantity, { places: row.quantityPrecision, signed: true }),
    right: true,
    width: 86,
  },
  {
    id: "price",
    header: "Price",
    value: (row) => row.price,
    cell: (row) => formatNumber(row.price, { places: row.pricePrecision }),
    hint: (row) => (row.limitPrice === null ? "at the market" : `limit ${row.limitPrice}`),
    right: true,
    width: 94,
  },
  {
    id: "filled",
    header: "Filled",
    value: (row) => row.filled,
    compare: (a, b) => compareAmounts(a.filled, b.filled),
    cell: (row) => formatNumber(row.filled, { places: row.quantityPrecision, signed: true }),
    right: true,
    width: 78,
  },
  {
    id: "average",
    header: "Average",
    value: (row) => row.averagePrice,
    compare: (a, b) => compareAmounts(a.averagePrice, b.averagePrice),
    cell: (row) => formatNumber(row.averagePrice, { places: row.pricePrecision }),
    right: true,
    width: 94,
  },
  {
    id: "fees",
    header: "Fees",
    value: (row) => row.fees,
    compare: (a, b) => compareAmounts(a.fees, b.fees),
    cell: (row) => formatSmallMoney(row.fees),
    right: true,
    width: 66,
  },
  {
    id: "realized",
    header: "Realized",
    value: (row) => row.realized,
    compare: (a, b) => compareAmounts(a.realized, b.realized),
    cell: (row) => <Gain value={row.realized} />,
    right: true,
    width: 92,
  },
  {
    id: "because",
    header: "Because",
    value: (row) => row.because,
    hint: (row) => row.because,
    quiet: true,
    flex: 1.6,
    width: 150,
  },
];

const FILLS: readonly Column<FillRow>[] = [
  { id: "at", header: "Time", value: (row) => row.seq, cell: (row) => <Time at={row.at} />, width: 112, sort: "desc" },
  { id: "fill", header: "Fill", value: (row) => row.fillId, mono: true, flex: 1, width: 120 },
  {
    id: "order",
    header: "Order",
    value: (row) => row.orderId,
    cell: (row) => row.orderId ?? ABSENT,
    mono: true,
    width: 136,
  },
  {
    id: "strategy",
    header: "Strategy",
    value: (row) => row.strategy,
    cell: (row) => row.strategy ?? ABSENT,
    flex: 1,
    width: 120,
  },
  { id: "symbol", header: "Symbol", value: (row) => row.symbol, width: 84 },
  {
    id: "quantity",
    header: "Quantity",
    value: (row) => row.quantity,
    compare: (a, b) => compareAmounts(a.quantity, b.quantity),
    cell: (row) => formatNumber(row.quantity, { places: row.quantityPrecision, signed: true }),
    right: true,
    width: 86,
  },
  {
    id: "price",
    header: "Price",
    value: (row) => row.price,
    compare: (a, b) => compareAmounts(a.price, b.price),
    cell: (row) => formatNumber(row.price, { places: row.pricePrecision }),
    right: true,
    width: 100,
  },
  {
    id: "fee",
    header: "Fee",
    value: (row) => row.fee,
    compare: (a, b) => compareAmounts(a.fee, b.fee),
    cell: (row) => formatSmallMoney(row.fee),
    right: true,
    width: 70,
  },
  {
    id: "realized",
    header: "Realized",
    value: (row) => row.realized,
    compare: (a, b) => compareAmounts(a.realized, b.realized),
    cell: (row) => <Gain value={row.realized} />,
    right: true,
    width: 96,
  },
  {
    id: "verdict",
    header: "Verdict",
    value: (row) => VERDICT_LOOKS[row.verdict].rank,
    text: (row) => VERDICT_LOOKS[row.verdict].word,
    cell: (row) => <Status look={VERDICT_LOOKS[row.verdict]} />,
    width: 118,
  },
];

const orderId = (row: OrderRow): string => row.orderId;
const fillId = (row: FillRow): string => String(row.seq);
const openOrder = (row: OrderRow): void => explain(row.orderId);
const openFill = (row: FillRow): void => {
  if (row.orderId !== null) explain(row.orderId);
};

type Tab = "orders" | "fills";

const TABS = [
  { value: "orders", label: "Orders" },
  { value: "fills", label: "Fills" },
] as const;

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
function useRows(tab: Tab) {
  const view = useStream("orders");
  const session = useSession()?.id ?? null;
  const orders = useBlotter<OrderRow>(session, view?.orders ?? NO_ROWS, view?.orderCount ?? 0);
  const fills = useBlotter<FillRow>(session, view?.fills ?? NO_ROWS, view?.fillReports ?? 0);
  const load = async (): Promise<void> => {
    const before = lowest(tab === "orders" ? orders.shown : fills.shown);
    const answer = await ask("orders.page", { kind: tab, before, limit: PAGE });
    if (!toldOk(answer) || !answer.ok) return;
    const page = answer.value;
    if (tab === "orders") orders.take(session, before, page.orders, page.more);
    else fills.take(session, before, page.fills, page.more);
  };
  return { view, orders: orders.shown, fills: fills.shown, load, done: (tab === "orders" ? orders : fills).done };
}

export function Orders(): ReactNode {
  const [tab, setTab] = useState<Tab>("orders");
  const { view, orders, fills, load, done } = useRows(tab);
  const there = useOpen();
  const filter = useFilter("orders");
  if (!there) return <NoSession what="its orders and fills" />;
  if (view === null) return <Loading what="orders and fills" />;
  const total = tab === "orders" ? view.orderCount : view.fillReports;
  const shown = tab === "orders" ? orders.length : fills.length;
  const notBooked = tab === "orders" ? 0 : view.fillReports - view.fillCount;
  const counted =
    notBooked === 0
      ? formatCount(total)
      : `${formatCount(view.fillCount)}, and ${plural(notBooked, "report")} not booked`;
  return (
    <Panel
      grow
      title="Orders and fills"
      subtitle={shown < total ? `the newest ${formatCount(shown)} of ${formatCount(total)}` : counted}
      actions={
        <>
          <Tabs label="Orders or fills" value={tab} options={TABS} controls="blotter" onChange={setTab} />
          {shown < total && !done ? (
            <button type="button" className="button" onClick={() => void load()}>
              Load older
            </button>
          ) : null}
          <Filter id="orders" label={`Filter ${tab}`} />
          <ExportButton what={tab} />
        </>
      }
    >
      <div id="blotter" role="tabpanel" aria-labelledby={`tab-${tab}`} style={{ height: "100%" }}>
        {tab === "orders" ? (
          <Grid
            id="orders"
            label="Orders"
            columns={ORDERS}
            rows={orders}
            rowId={orderId}
            filter={filter}
            onOpen={openOrder}
            empty={
              <Empty title="No orders yet">An order appears with the first signal that passes risk and router.</Empty>
            }
          />
        ) : (
          <Grid
            id="fills"
            label="Fills"
            columns={FILLS}
            rows={fills}
            rowId={fillId}
            filter={filter}
            onOpen={openFill}
            empty={<Empty title="No fills yet">A fill appears when the broker reports one.</Empty>}
          />
        )}
      </div>
    </Panel>
  );
}
