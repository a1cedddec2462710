/** Router: orders in flight with their age, each strategy's rate window, the next sequence, replays, snapshot and journal. */
import { Ban } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { RouterView } from "../../shared/contract/views.ts";
import { Grid } from "../components/grid.tsx";
import type { Column } from "../components/grid.tsx";
import { Empty, Loading, Panel } from "../components/panel.tsx";
import { Split } from "../components/split.tsx";
import { Shape, Status } from "../components/status.tsx";
import { PlainTile } from "../components/tile.tsx";
import { ExportButton, Filter, useFilter } from "../actions/tools.tsx";
import { Age, Countdown, Meter } from "../components/values.tsx";
import { formatCount, formatNumber, plural } from "../lib/format.ts";
import { askCancel } from "../actions/order-actions.ts";
import { LEVEL_LOOKS, ORDER_LOOKS, orderLook } from "../lib/status.ts";
import { formatAge, formatTime } from "../lib/time.ts";
import { useNow, useStream } from "../stores/live.ts";
import { explain } from "../stores/ui.ts";
import { NoSession, useOpen } from "./sessions/no-session.tsx";
import { RejectionsPanel } from "./orders/rejections.tsx";

type Order = RouterView["inflight"][string];
type Window = RouterView["windows"][string];

/** An order in flight longer than this wants a look. */
const OLD = 30e6;

const ORDERS: readonly Column<Order>[] = [
  { id: "order", header: "Order", value: (row) => row.orderId, mono: true, width: 128, sort: "asc" },
  { id: "strategy", header: "Strategy", value: (row) => row.strategy, flex: 1.4, width: 74 },
  { id: "symbol", header: "Symbol", value: (row) => row.symbol, width: 76 },
  {
    id: "quantity",
    header: "Quantity",
    value: (row) => row.quantity,
    cell: (row) => formatNumber(row.quantity, { places: row.quantityPrecision, signed: true }),
    hint: (row) => `${formatNumber(row.filled, { signed: true })} of it filled`,
    right: true,
    width: 70,
  },
  {
    id: "price",
    header: "Price",
    value: (row) => row.price,
    cell: (row) => formatNumber(row.price, { places: row.pricePrecision }),
    right: true,
    width: 80,
  },
  {
    id: "state",
    header: "State",
    value: (row) => ORDER_LOOKS[row.state].rank,
    text: (row) => orderLook(row).word,
    cell: (row) => <Status look={orderLook(row)} />,
    width: 142,
  },
  {
    id: "age",
    header: "Age",
    value: (row) => row.at,
    cell: (row) => <Age at={row.at} warnAfter={OLD} />,
    right: true,
    width: 88,
  },
];

/** What becomes of an order that finds the window full. */
function paceHint({ pace, queued, queuedUntil }: Window): string {
  if (pace === "refuse") return "Pace: refuse. An order that finds the window full is refused as rate_limited.";
  const waits =
    queued === 0 ? "None waits now." : `${plural(queued, "order")} waiting, the oldest until ${clockOf(queuedUntil)}.`;
  return `Pace: queue. An order that finds the window full waits and goes out in order. ${waits}`;
}

/** What became of orders that found the window full. */
const overText = ({ pace, queued, rejected }: Window): string =>
  pace === "queue"
    ? queued === 0
      ? "queue"
      : `${formatCount(queued)} queued`
    : rejected === 0
      ? "refuse"
      : `${formatCount(rejected)} refused`;

const overTone = ({ pace, queued, rejected }: Window): string =>
  pace === "queue" ? (queued === 0 ? "quiet" : "tone-accent") : rejected === 0 ? "quiet" : "tone-warning";

const clockOf = (at: number | null): string => (at === null ? "—" : formatTime(at, "utc"));

const WINDOWS: readonly Column<Window>[] = [
  { id: "strategy", header: "Strategy", value: (row) => row.strategy, flex: 1.3, width: 112 },
  {
    id: "used",
    header: "Used",
    value: (row) => (row.limit === 0 ? 0 : row.used / row.limit),
    cell: (row) => <Meter used={row.limit === 0 ? 0 : row.used / row.limit} text={`${row.used} / ${row.limit}`} />,
    right: true,
    width: 124,
    sort: "desc",
  },
  {
    id: "free",
    header: "Free in",
    value: (row) => row.freeAt ?? 0,
    cell: (row) => (row.freeAt === null ? <span className="quiet">now</span> : <Countdown at={row.freeAt} />),
    right: true,
    width: 64,
  },
  {
    id: "over",
    header: "When full",
    value: (row) => (row.pace === "queue" ? row.queued : row.rejected),
    text: overText,
    cell: (row) => <span className={overTone(row)}>{overText(row)}</span>,
    hint: paceHint,
    right: true,
    width: 100,
  },
];

function Tiles({ view }: { readonly view: RouterView }): ReactNode {
  const now = useNow();
  const age = view.snapshotAt === null ? null : Math.max(0, now - view.snapshotAt);
  const stale = age !== null && age > 2 * view.snapshotEveryS * 1e6;
  const [accepted, refused, rejected] = [view.accepted, view.refused, view.rejected].map((count) => formatCount(count));
  const then = view.refused === 0 ? "" : `, ${refused} refused`;
  return (
    <div className="tiles">
      <PlainTile
        label="In flight"
        value={formatCount(view.inflightCount)}
        unit={`of ${formatCount(view.maxInflight)}`}
        foot={
          <>
            {view.oldestAt === null ? (
              "none waits"
            ) : (
              <>
                oldest <Age at={view.oldestAt} warnAfter={OLD} />
              </>
            )}{" "}
            · headroom {formatCount(view.maxInflight - view.inflightCount)}
          </>
        }
      />
      <PlainTile
        label={view.halted ? <Status look={LEVEL_LOOKS.critical} word="Halted, no order passes" /> : "Next order"}
        value={view.nextOrderId}
        mono
        foot={
          <span
            title={`Of the accepted orders the broker refused ${refused}; risk and router rejected ${rejected} others.`}
          >
            {`${accepted} accepted${then} · ${rejected} rejected`}
          </span>
        }
      />
      <PlainTile
        label="Replays answered"
        value={formatCount(view.replays)}
        foot={`${plural(view.conflicts, "conflict")} · ${formatCount(view.keys)} keys held`}
      />
      <PlainTile
        label={
          <>
            <Shape name={age === null ? "off" : stale ? "warning" : "ok"} />
            Snapshot
            {stale ? <span className="tone-warning">stale</span> : null}
          </>
        }
        value={age === null ? "—" : formatAge(age)}
        unit={age === null ? "none yet" : "ago"}
        foot={`every ${view.snapshotEveryS} s · journal ${formatCount(view.journalPosition)}`}
      />
    </div>
  );
}

const orderId = (row: Order): string => row.orderId;
const windowId = (row: Window): string => row.strategy;
const open = (row: Order): void => explain(row.orderId);

function InFlight({ view }: { readonly view: RouterView }): ReactNode {
  const filter = useFilter("router");
  const rows = useMemo(() => Object.values(view.inflight), [view.inflight]);
  const [ids, setIds] = useState<readonly string[]>([]);
  const onMarked = useCallback((marked: readonly Order[]) => setIds(marked.map(orderId)), []);
  const marked = rows.filter((row) => ids.includes(row.orderId));
  return (
    <Panel
      title="In flight"
      subtitle={formatCount(view.inflightCount)}
      actions={
        <>
          <button type="button" className="button" disabled={marked.length === 0} onClick={() => askCancel(marked)}>
            <Ban size={13} aria-hidden="true" />
            Cancel{marked.length === 0 ? "…" : ` ${plural(marked.length, "order")}…`}
          </button>
          <Filter id="router" label="Filter orders in flight" />
          <ExportButton what={{ name: "inflight", rows: () => rows.map((row) => ({ ...row })) }} />
        </>
      }
    >
      <Grid
        id="inflight"
        label="Orders in flight"
        columns={ORDERS}
        rows={rows}
        rowId={orderId}
        filter={filter}
        onOpen={open}
        onMarked={onMarked}
        empty={<Empty title="Nothing is in flight">Each order that was accepted has reached its end.</Empty>}
      />
    </Panel>
  );
}

export function Router(): ReactNode {
  const view = useStream("router");
  const there = useOpen();
  const windows = useMemo(() => Object.values(view?.windows ?? {}), [view?.windows]);
  if (!there) return <NoSession what="the router" />;
  if (view === null) return <Loading what="the router" />;
  return (
    <>
      <Tiles view={view} />
      <Split id="router-rows" direction="vertical" sizes={[52, 48]}>
        <Split id="router-columns" direction="horizontal" sizes={[64, 36]}>
          <InFlight view={view} />
          <Panel
            title="Rate windows"
            subtitle={`accepted in the last second, of ${view.rateLimitPerSec}`}
            actions={<ExportButton what={{ name: "rate-windows", rows: () => windows.map((row) => ({ ...row })) }} />}
          >
            <Grid
              id="windows"
              label="Rate windows by strategy"
              columns={WINDOWS}
              rows={windows}
              rowId={windowId}
              empty={<Empty title="No strategy has sent an order yet" />}
            />
          </Panel>
        </Split>
        <RejectionsPanel id="router-rejections" />
      </Split>
    </>
  );
}
