/** Positions: by symbol and by strategy, what each holds and gained, with Close on a row and Flatten for a whole scope. */
import { LogOut } from "lucide-react";
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { PositionsView } from "../../../shared/contract/views.ts";
import { Grid } from "../../components/grid.tsx";
import type { Column } from "../../components/grid.tsx";
import { Empty, Loading, Panel } from "../../components/panel.tsx";
import { plain } from "../../lib/plain.ts";
import { Tabs } from "../../components/tabs.tsx";
import { ExportButton, Filter, useFilter } from "../../actions/tools.tsx";
import { Gain, Key } from "../../components/values.tsx";
import { ABSENT, compareAmounts, formatNumber, formatSmallMoney, plural } from "../../lib/format.ts";
import { askClose, askFlatten } from "../../actions/order-actions.ts";
import { useStream, useTrading } from "../../stores/live.ts";
import { NoSession, useOpen } from "../sessions/no-session.tsx";

type OwnerRow = PositionsView["rows"][string];
type SymbolRow = PositionsView["symbols"][string];
type Figures = Omit<OwnerRow, "owner">;

/** A symbol whose owners hold both sides is not flat, though its quantity may be zero. */
const isFlat = (row: Pick<Figures, "quantity"> & { readonly owners?: number }): boolean =>
  row.owners === undefined ? row.quantity === "0" : row.owners === 0;

interface CloseProps {
  readonly row: Figures;
  readonly owner?: string;
}

function closeButton({ row, owner }: CloseProps, live: boolean): ReactNode {
  return (
    <span className="row-actions">
      <button
        type="button"
        disabled={!live || isFlat(row)}
        aria-label={`Close ${row.symbol}${owner === undefined ? "" : ` of ${owner}`}`}
        onClick={() => askClose({ ...row, ...(owner === undefined ? {} : { owner }) })}
      >
        Close
      </button>
    </span>
  );
}

const CloseButton = (props: CloseProps): ReactNode => closeButton(props, useTrading());

plain(CloseButton, (props, { trading }) => closeButton(props, trading));

const money = <Row extends Figures>(
  id: string,
  header: string,
  amount: (row: Row) => string | null,
  hint?: (row: Row) => string | null,
): Column<Row> => ({
  id,
  header,
  value: amount,
  compare: (a, b) => compareAmounts(amount(a), amount(b)),
  cell: (row) => <Gain value={amount(row)} />,
  ...(hint === undefined ? {} : { hint }),
  right: true,
  flex: 1,
  width: 104,
});

const dayHint = ({ dayProfit }: Figures): string | null =>
  dayProfit === null
    ? "Several of the owner's positions were open when the day began; the Desk has the owner's total."
    : null;

/** The columns that both tabs share. */
function figures<Row extends Figures>(): Column<Row>[] {
  return [
    {
      id: "quantity",
      header: "Quantity",
      value: (row) => row.quantity,
      compare: (a, b) => compareAmounts(a.quantity, b.quantity),
      cell: (row) => (
        <span className={isFlat(row) ? "quiet" : ""}>
          {isFlat(row) ? "flat" : formatNumber(row.quantity, { places: row.quantityPrecision, signed: true })}
        </span>
      ),
      right: true,
      width: 92,
    },
    {
      id: "average",
      header: "Average",
      value: (row) => row.averagePrice,
      compare: (a, b) => compareAmounts(a.averagePrice, b.averagePrice),
      cell: (row) => formatNumber(row.averagePrice, { places: row.pricePrecision }),
      hint: (row) => (row.averagePrice === null && !isFlat(row) ? "Its owners hold opposite sides." : null),
      right: true,
      width: 96,
    },
    {
      id: "mark",
      header: "Mark",
      value: (row) => row.mark,
      cell: (row) => formatNumber(row.mark, { places: row.pricePrecision }),
      right: true,
      width: 96,
    },
    money("unrealized", "Unrealized", (row) => row.unrealized),
    money("realized", "Realized", (row) => row.realized),
    {
      id: "fees",
      header: "Fees",
      value: (row) => row.fees,
      compare: (a, b) => compareAmounts(a.fees, b.fees),
      cell: (row) => formatSmallMoney(row.fees),
      right: true,
      width: 84,
    },
    money("day", "Day's profit", (row) => row.dayProfit, dayHint),
  ];
}

const CLOSE = { id: "close", header: "", value: () => null, width: 76, pinned: true, fixed: true } as const;

const SYMBOLS: readonly Column<SymbolRow>[] = [
  { id: "symbol", header: "Symbol", value: (row) => row.symbol, flex: 1, width: 100, sort: "asc" },
  {
    id: "owners",
    header: "Held by",
    value: (row) => row.owners,
    cell: (row) => (row.owners === 0 ? <span className="quiet">{ABSENT}</span> : plural(row.owners, "owner")),
    width: 92,
  },
  ...figures<SymbolRow>(),
  { ...CLOSE, cell: (row) => <CloseButton row={row} /> },
];

const OWNERS: readonly Column<OwnerRow>[] = [
  { id: "owner", header: "Strategy", value: (row) => row.owner, flex: 1, width: 120, sort: "asc" },
  { id: "symbol", header: "Symbol", value: (row) => row.symbol, width: 92 },
  ...figures<OwnerRow>(),
  { ...CLOSE, cell: (row) => <CloseButton row={row} owner={row.owner} /> },
];

const TABS = [
  { value: "symbols", label: "By symbol" },
  { value: "owners", label: "By strategy" },
] as const;
type Tab = (typeof TABS)[number]["value"];

const symbolOf = (row: SymbolRow): string => row.symbol;
const ownerOf = (row: OwnerRow): string => `${row.owner}/${row.symbol}`;
const EMPTY = <Empty title="No positions yet">A position appears with its first fill.</Empty>;

function FlattenButton(): ReactNode {
  const live = useTrading();
  return (
    <button type="button" className="button danger" data-testid="flatten" disabled={!live} onClick={() => askFlatten()}>
      <LogOut size={13} aria-hidden="true" />
      Flatten…
      <Key>⇧F</Key>
    </button>
  );
}

export function Positions(): ReactNode {
  const [tab, setTab] = useState<Tab>("symbols");
  const view = useStream("positions");
  const filter = useFilter("positions");
  const there = useOpen();
  const symbols = useMemo(() => Object.values(view?.symbols ?? {}), [view?.symbols]);
  const owners = useMemo(() => Object.values(view?.rows ?? {}), [view?.rows]);
  if (!there) return <NoSession what="its positions" />;
  if (view === null) return <Loading what="positions" />;
  const open = owners.filter((row) => !isFlat(row)).length;
  const held = symbols.filter((row) => row.owners > 0).length;
  return (
    <Panel
      grow
      title="Positions"
      subtitle={`${plural(open, "position")} in ${plural(held, "symbol")} · amounts in ${view.currency}`}
      actions={
        <>
          <Tabs label="By symbol or by strategy" value={tab} options={TABS} controls="positions" onChange={setTab} />
          <Filter id="positions" label="Filter positions" />
          <ExportButton
            what={{
              name: tab === "symbols" ? "positions" : "positions-by-strategy",
              rows: () => (tab === "symbols" ? symbols : owners).map((row) => ({ ...row })),
            }}
          />
          <FlattenButton />
        </>
      }
    >
      <div id="positions" role="tabpanel" aria-labelledby={`tab-${tab}`} style={{ height: "100%" }}>
        {tab === "symbols" ? (
          <Grid
            key="symbols"
            id="positions-symbols"
            label="Positions by symbol"
            columns={SYMBOLS}
            rows={symbols}
            rowId={symbolOf}
            filter={filter}
            empty={EMPTY}
          />
        ) : (
          <Grid
            key="owners"
            id="positions-owners"
            label="Positions by strategy"
            columns={OWNERS}
            rows={owners}
            rowId={ownerOf}
            filter={filter}
            empty={EMPTY}
          />
        )}
      </div>
    </Panel>
  );
}
