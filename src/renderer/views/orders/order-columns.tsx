/** The columns of the blotter, the fills and the working orders. */
import { Pencil, X } from "lucide-react";
import type { FillRow, OrderRow } from "../../../shared/contract/views.ts";
import type { Column } from "../../components/grid.tsx";
import { Status } from "../../components/status.tsx";
import { Age, Gain } from "../../components/values.tsx";
import { ABSENT, compareAmounts, formatNumber, formatSmallMoney } from "../../lib/format.ts";
import { askCancel, askReplace, canReplace } from "../../actions/order-actions.ts";
import { readableSentence } from "../../../shared/text/sentence-text.ts";
import { ORDER_LOOKS, orderLook, TYPE_WORDS, VERDICT_LOOKS } from "../../lib/status.ts";
import type { WorkingRow } from "../../lib/working-rows.ts";
import { useUi } from "../../stores/ui.ts";
import { timeColumn } from "./time-column.tsx";

export const ORDERS: readonly Column<OrderRow>[] = [
  timeColumn(),
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
  { id: "type", header: "Type", value: (row) => TYPE_WORDS[row.type], width: 96 },
  {
    id: "price",
    header: "Price",
    value: (row) => row.price,
    cell: (row) => formatNumber(row.price, { places: row.pricePrecision }),
    hint: (row) => TYPE_WORDS[row.type],
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
    value: (row) => readableSentence(row.because),
    hint: (row) => row.because,
    quiet: true,
    flex: 1.6,
    width: 150,
  },
];

export const FILLS: readonly Column<FillRow>[] = [
  timeColumn(),
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

const TIF_WORDS: Readonly<Record<WorkingRow["timeInForce"], string>> = {
  gtc: "GTC",
  day: "Day",
  gtd: "GTD",
  ioc: "IOC",
  fok: "FOK",
};

const TIF_HINTS: Readonly<Record<WorkingRow["timeInForce"], string>> = {
  gtc: "good till canceled",
  day: "good for the day",
  gtd: "good till its date",
  ioc: "immediate or cancel",
  fok: "fill or kill",
};

/** Where a stop triggers; of a trailing one also how far it follows. */
function stopText({ stopPrice, trail, pricePrecision }: WorkingRow): string {
  const price = stopPrice === null ? "" : formatNumber(stopPrice, { places: pricePrecision });
  if (trail === null) return price === "" ? ABSENT : price;
  return price === "" ? `trail ${trail}` : `${price} · ${trail}`;
}

function flagsOf({ postOnly, reduceOnly, parentId }: WorkingRow): string {
  const flags = [
    postOnly ? "post-only" : "",
    reduceOnly ? "reduce-only" : "",
    parentId === null ? "" : `of ${parentId}`,
  ];
  return flags.filter((flag) => flag !== "").join(", ");
}

function WorkingState({ row }: { readonly row: WorkingRow }) {
  const requested = useUi((state) => state.cancelRequested.includes(row.orderId));
  return <Status look={orderLook(row, requested)} />;
}

function RowActions({ row }: { readonly row: WorkingRow }) {
  const { order } = row;
  return (
    <span className="row-actions">
      <button
        type="button"
        tabIndex={-1}
        aria-label={`Replace ${row.orderId}`}
        title="Replace…"
        disabled={order === null || !canReplace(row)}
        onClick={() => (order === null ? undefined : askReplace(order))}
      >
        <Pencil size={13} aria-hidden="true" />
      </button>
      <button
        type="button"
        tabIndex={-1}
        aria-label={`Cancel ${row.orderId}`}
        title="Cancel…"
        onClick={() => askCancel([row])}
      >
        <X size={14} aria-hidden="true" />
      </button>
    </span>
  );
}

export const WORKING: readonly Column<WorkingRow>[] = [
  {
    id: "state",
    header: "State",
    value: (row) => ORDER_LOOKS[row.state].rank,
    text: (row) => orderLook(row).word,
    cell: (row) => <WorkingState row={row} />,
    width: 142,
  },
  { id: "symbol", header: "Symbol", value: (row) => row.symbol, width: 72 },
  {
    id: "quantity",
    header: "Quantity",
    value: (row) => row.quantity,
    cell: (row) => formatNumber(row.quantity, { places: row.quantityPrecision, signed: true }),
    right: true,
    width: 72,
  },
  {
    id: "filled",
    header: "Filled",
    value: (row) => row.filled,
    cell: (row) => (
      <span className={row.filled === 0 ? "quiet" : ""}>
        {formatNumber(row.filled, { places: row.quantityPrecision, signed: true })}
      </span>
    ),
    right: true,
    width: 62,
  },
  {
    id: "type",
    header: "Type",
    value: (row) => TYPE_WORDS[row.type],
    hint: (row) => (flagsOf(row) === "" ? null : flagsOf(row)),
    cell: (row) => (
      <>
        {TYPE_WORDS[row.type]}
        {flagsOf(row) === "" ? null : <span className="quiet"> +</span>}
      </>
    ),
    width: 112,
  },
  {
    id: "limit",
    header: "Limit",
    value: (row) => row.limitPrice,
    cell: (row) => formatNumber(row.limitPrice, { places: row.pricePrecision }),
    right: true,
    width: 80,
  },
  {
    id: "stop",
    header: "Stop, trail",
    value: (row) => row.stopPrice,
    cell: (row) => stopText(row),
    right: true,
    width: 132,
  },
  {
    id: "tif",
    header: "TIF",
    value: (row) => row.timeInForce,
    text: (row) => TIF_WORDS[row.timeInForce],
    cell: (row) => TIF_WORDS[row.timeInForce],
    hint: (row) => TIF_HINTS[row.timeInForce],
    width: 54,
  },
  { id: "age", header: "Age", value: (row) => row.at, cell: (row) => <Age at={row.at} />, right: true, width: 90 },
  { id: "strategy", header: "Strategy", value: (row) => row.strategy, flex: 1, width: 88 },
  { id: "order", header: "Order", value: (row) => row.orderId, mono: true, width: 130 },
  { id: "client", header: "Client id", value: (row) => row.clientOrderId, mono: true, quiet: true, width: 120 },
  {
    id: "actions",
    header: "",
    value: () => null,
    cell: (row) => <RowActions row={row} />,
    width: 80,
    pinned: true,
    fixed: true,
  },
];
