/** Router: orders in flight with their age, each strategy's rate window, the next sequence, replays, snapshot and journal. */
import { Ban } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { RouterView } from "../../shared/contract/views.ts";
import { Grid } from "../components/grid.tsx";
import type { Column } from "../components/grid.tsx";
import { Empty, Loading, Panel } from "../components/panel.tsx";
import { plain } from "../lib/plain.ts";
import { Split } from "../components/split.tsx";
import { Shape, Status } from "../components/status.tsx";
import { PlainTile } from "../components/tile.tsx";
import { ExportButton, Filter, useFilter } from "../actions/tools.tsx";
import { Age, Countdown } from "../components/values.tsx";
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

/** A working order, or an ended one that fills the list up. */
type Listed = Pick<
  Order,
  "orderId" | "strategy" | "symbol" | "quantity" | "filled" | "price" | "state" | "inDoubt" | "at" | "pricePrecision"
> & { readonly quantityPrecision: number; readonly working: Order | null };

/** Ended orders below those in flight. */
const NEWEST_SHOWN = 40;

const ORDERS: readonly Column<Listed>[] = [
  { id: "order", header: "Order", value: (row) => row.orderId, mono: true, width: 128 },
  {
    id: "state",
    header: "State",
    value: (row) => ORDER_LOOKS[row.state].rank,
    text: (row) => orderLook(row).word,
    cell: (row) => <Status look={orderLook(row)} />,
    width: 104,
  },
  {
    id: "age",
    header: "Age",
    value: (row) => row.at,
    cell: (row) => (row.working === null ? <Quiet at={row.at} /> : <Age at={row.at} warnAfter={OLD} />),
    right: true,
    width: 78,
  },
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
];

/** How long ago an order ended. */
const Quiet = ({ at }: { readonly at: number }): ReactNode => (
  <span className="quiet">
    <Age at={at} />
  </span>
);

plain(Quiet);

/** What becomes of an order that finds the window full. */
function paceHint({ pace, queued, queuedUntil }: Window): string {
  if (pace === "refuse") return "Pace: refuse. An order that finds the window full is refused as rate_limited.";
  const waits =
    queued === 0
      ? "None is waiting now."
      : `${plural(queued, "order")} waiting, the oldest until ${clockOf(queuedUntil)}.`;
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

const usedTone = ({ used, limit }: Window): string =>
  limit === 0 || used < 0.8 * limit ? "" : used < limit ? "tone-warning" : "tone-critical";

const clockOf = (at: number | null): string => (at === null ? "—" : formatTime(at, "utc"));

const WINDOWS: readonly Column<Window>[] = [
  { id: "strategy", header: "Strategy", value: (row) => row.strategy, flex: 1.3, width: 96 },
  {
    id: "used",
    header: "Used",
    value: (row) => (row.limit === 0 ? 0 : row.used / row.limit),
    cell: (row) => <span className={usedTone(row)}>{`${row.used} / ${row.limit}`}</span>,
    right: true,
    width: 72,
    sort: "desc",
  },
  {
    id: "free",
    header: "Free in",
    value: (row) => row.freeAt ?? 0,
    cell: (row) => (row.freeAt === null ? <span className="quiet">now</span> : <Countdown at={row.freeAt} />),
    right: true,
    width: 60,
  },
  {
    id: "over",
    header: "When full",
    value: (row) => (row.pace === "queue" ? row.queued : row.rejected),
    text: overText,
    cell: (row) => <span className={overTone(row)}>{overText(row)}</span>,
    hint: paceHint,
    right: true,
    width: 82,
  },
];

function Tiles({ view }: { readonly view: RouterView }): ReactNode {
  const now = useNow();
  const age = view.snapshotAt === null ? null : Math.max(0, now - view.snapshotAt);
  const stale = age !== null && age > 2 * view.snapshotEveryS * 1e6;
  const [accepted, refused, rejected] = [view.accepted, view.refused, view.rejected].map((count) => formatCount(count));
  return (
    <div className="tiles">
      <PlainTile
        label="In flight"
        value={formatCount(view.inflightCount)}
        unit={`of ${formatCount(view.maxInflight)}`}
        foot={[
          view.oldestAt === null ? (
            "none"
          ) : (
            <>
              oldest <Age at={view.oldestAt} warnAfter={OLD} />
            </>
          ),
          `headroom ${formatCount(view.maxInflight - view.inflightCount)}`,
        ]}
      />
      <PlainTile
        label={view.halted ? <Status look={LEVEL_LOOKS.critical} word="Halted, no order passes" /> : "Next order"}
        value={view.nextOrderId}
        mono
        foot={[`${accepted} accepted`, ...(view.refused === 0 ? [] : [`${refused} refused`]), `${rejected} rejected`]}
        hint={`${accepted} accepted. The broker refused ${refused} of them; risk and router rejected ${rejected} others.`}
      />
      <PlainTile
        label="Replays answered"
        value={formatCount(view.replays)}
        foot={[plural(view.conflicts, "conflict"), `${formatCount(view.keys)} keys`]}
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
        foot={[`every ${view.snapshotEveryS} s`, `journal ${formatCount(view.journalPosition)}`]}
      />
    </div>
  );
}

const orderId = (row: Listed): string => row.orderId;
const windowId = (row: Window): string => row.strategy;
const open = (row: Listed): void => explain(row.orderId);

/** Orders in flight, oldest first, and below them the newest that have ended. */
function useListed(view: RouterView): readonly Listed[] {
  const orders = useStream("orders")?.orders;
  return useMemo(() => {
    const working = Object.values(view.inflight).map((order) => ({ ...order, working: order }));
    const ended = Object.values(orders ?? {})
      .filter(({ orderId: id }) => !Object.hasOwn(view.inflight, id))
      .toSorted((a, b) => b.seq - a.seq)
      .slice(0, NEWEST_SHOWN)
      .map((order) => ({ ...order, at: order.updatedAt, filled: Number(order.filled), inDoubt: false, working: null }));
    return [...working, ...ended];
  }, [view.inflight, orders]);
}

function InFlight({ view }: { readonly view: RouterView }): ReactNode {
  const filter = useFilter("router");
  const rows = useListed(view);
  const [ids, setIds] = useState<readonly string[]>([]);
  const onMarked = useCallback((marked: readonly Listed[]) => setIds(marked.map(orderId)), []);
  const marked = rows.flatMap((row) => (row.working !== null && ids.includes(row.orderId) ? [row.working] : []));
  return (
    <Panel
      title="In flight"
      subtitle={`${formatCount(view.inflightCount)}, then the newest`}
      actions={
        <>
          <button type="button" className="button" disabled={marked.length === 0} onClick={() => askCancel(marked)}>
            <Ban size={13} aria-hidden="true" />
            Cancel{marked.length === 0 ? "…" : ` ${plural(marked.length, "order")}…`}
          </button>
          <Filter id="router" label="Filter orders" />
          <ExportButton
            what={{ name: "inflight", rows: () => Object.values(view.inflight).map((row) => ({ ...row })) }}
          />
        </>
      }
    >
      <Grid
        id="inflight"
        label="Orders in flight, then the newest"
        columns={ORDERS}
        rows={rows}
        rowId={orderId}
        filter={filter}
        onOpen={open}
        onMarked={onMarked}
        empty={<Empty title="No orders yet">Orders in flight and the newest orders are listed here.</Empty>}
      />
    </Panel>
  );
}

/** Orders and rate windows. Rejections come below them with the first one. */
function Top({ view }: { readonly view: RouterView }): ReactNode {
  const windows = useMemo(() => Object.values(view.windows), [view.windows]);
  return (
    <Split id="router-columns" direction="horizontal" sizes={[67, 33]}>
      <InFlight view={view} />
      <Panel
        title="Rate windows"
        subtitle={`last second, limit ${view.rateLimitPerSec}`}
        actions={<ExportButton what={{ name: "rate-windows", rows: () => windows.map((row) => ({ ...row })) }} />}
      >
        <Grid
          id="windows"
          label="Rate windows by strategy"
          columns={WINDOWS}
          rows={windows}
          rowId={windowId}
          empty={<Empty title="No orders yet">A strategy is listed with its first order.</Empty>}
        />
      </Panel>
    </Split>
  );
}

export function Router(): ReactNode {
  const view = useStream("router");
  const there = useOpen();
  if (!there) return <NoSession what="the router" />;
  if (view === null) return <Loading what="the router" />;
  return (
    <>
      <Tiles view={view} />
      {view.rejected + view.refused === 0 ? (
        <Top view={view} />
      ) : (
        <Split id="router-rows" direction="vertical" sizes={[52, 48]}>
          <Top view={view} />
          <RejectionsPanel id="router-rejections" />
        </Split>
      )}
    </>
  );
}
