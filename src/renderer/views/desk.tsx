/** Desk: four service-level tiles, equity and drawdown, profit by strategy, exposure and headroom, and the schedule at a glance. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { DeskView, OpenSession } from "../../shared/contract/views.ts";
import { Grid } from "../components/grid.tsx";
import type { Column } from "../components/grid.tsx";
import { Empty, Loading, Panel, Segments } from "../components/panel.tsx";
import { Split } from "../components/split.tsx";
import { Status } from "../components/status.tsx";
import { SloTile } from "../components/tile.tsx";
import { Timeline } from "../components/timeline.tsx";
import { Term } from "../components/term.tsx";
import { ExportButton } from "../actions/tools.tsx";
import { Gain, Meter, Reading } from "../components/values.tsx";
import { guardName } from "../lib/guards.ts";
import {
  ABSENT,
  compareAmounts,
  formatCount,
  formatMoney,
  formatMs,
  formatNumber,
  formatShare,
} from "../lib/format.ts";
import { askLimit } from "../actions/session-actions.ts";
import { LEVEL_LOOKS, STRATEGY_LOOKS, strategyLook } from "../lib/status.ts";
import { useSession, useStream } from "../stores/live.ts";
import { EquityPanel } from "./equity.tsx";

/** `rate_limited 14 · timed_out 4` by the names that a trader knows. */
const kindsText = (detail: string): string =>
  detail
    .split(" · ")
    .map((kind) => kind.replace(/^\S+/, guardName))
    .join(" · ");

function Tiles({ tiles }: { readonly tiles: DeskView["tiles"] }): ReactNode {
  const { latency, skipRate, queueDepth, errors } = tiles;
  const p95 = formatMs(latency.value);
  const limit = formatMs(latency.limit);
  return (
    <div className="tiles">
      <SloTile
        label="Tick latency p95"
        testId="tile-p95"
        tile={latency}
        value={p95.value}
        unit={p95.unit}
        limit={`${limit.value} ${limit.unit}`}
        percentile
      />
      <SloTile
        label="Skip rate"
        testId="tile-skips"
        tile={skipRate}
        value={skipRate.value === null ? ABSENT : formatNumber(skipRate.value * 100, { places: 2 })}
        unit="%"
        limit={formatShare(skipRate.limit, 1)}
      />
      <SloTile
        label="Queue depth"
        testId="tile-queue"
        tile={queueDepth}
        value={formatCount(queueDepth.value)}
        unit={queueDepth.detail}
        limit={formatCount(queueDepth.limit)}
      />
      <SloTile
        label="Errors"
        testId="tile-errors"
        tile={errors}
        value={formatCount(errors.value)}
        unit={errors.windowText.replace("last", "in")}
        limit={formatCount(errors.limit)}
        {...(errors.detail === "none" ? {} : { detail: kindsText(errors.detail) })}
      />
    </div>
  );
}

/** A strategy, or an owner of positions that is none: that one has no state, and makes no runs. */
type StrategyRow = Pick<DeskView["strategies"][string], "name" | "pnl" | "failing"> & {
  readonly state: DeskView["strategies"][string]["state"] | null;
  readonly fills: number | null;
  readonly skips: number | null;
};

/** Every row whose profit is a part of the account's. */
const rowsOf = (strategies: DeskView["strategies"], others: DeskView["otherOwners"]): StrategyRow[] => [
  ...Object.values(strategies),
  ...Object.values(others).map(({ name, pnl }) => ({
    name,
    pnl,
    failing: false,
    state: null,
    fills: null,
    skips: null,
  })),
];

const lookOf = ({ state, failing }: StrategyRow) => (state === null ? null : strategyLook({ state, failing }));

const STRATEGIES: readonly Column<StrategyRow>[] = [
  { id: "strategy", header: "Strategy", value: (row) => row.name, flex: 1.6, width: 92 },
  {
    id: "state",
    header: "State",
    value: (row) => lookOf(row)?.rank ?? null,
    text: (row) => lookOf(row)?.word ?? "no strategy",
    cell: (row) => {
      const look = lookOf(row);
      return look === null ? <span className="quiet">no strategy</span> : <Status look={look} />;
    },
    width: 112,
  },
  {
    id: "pnl",
    header: "PnL",
    value: (row) => row.pnl,
    compare: (a, b) => compareAmounts(a.pnl, b.pnl),
    cell: (row) => <Gain value={row.pnl} />,
    right: true,
    flex: 1,
    width: 88,
    sort: "desc",
  },
  {
    id: "fills",
    header: "Fills",
    value: (row) => row.fills,
    cell: (row) => (row.fills === null ? ABSENT : formatCount(row.fills)),
    right: true,
    width: 58,
  },
  {
    id: "skips",
    header: "Skips",
    value: (row) => row.skips,
    cell: (row) => (
      <span className={row.skips === null || row.skips === 0 ? "quiet" : ""}>
        {row.skips === null ? ABSENT : formatCount(row.skips)}
      </span>
    ),
    right: true,
    width: 60,
  },
];

type ExposureRow = DeskView["exposure"][string];

const EXPOSURE: readonly Column<ExposureRow>[] = [
  { id: "symbol", header: "Symbol", value: (row) => row.symbol, flex: 1, width: 80, sort: "asc" },
  {
    id: "position",
    header: "Position",
    value: (row) => row.position,
    compare: (a, b) => compareAmounts(a.position, b.position),
    cell: (row) => formatNumber(row.position, { places: row.quantityPrecision, signed: true }),
    right: true,
    flex: 1,
    width: 84,
  },
  {
    id: "mark",
    header: "Mark",
    value: (row) => row.mark,
    cell: (row) => formatNumber(row.mark, { places: row.pricePrecision }),
    right: true,
    flex: 1,
    width: 84,
  },
  {
    id: "value",
    header: "Value",
    value: (row) => row.value,
    compare: (a, b) => compareAmounts(a.value, b.value),
    cell: (row) => formatMoney(row.value, true),
    right: true,
    flex: 1.1,
    width: 94,
  },
  {
    id: "share",
    header: "Of equity",
    value: (row) => row.share,
    cell: (row) => formatShare(row.share, 1),
    right: true,
    width: 88,
  },
];

type HeadroomRow = DeskView["headroom"][string];

const HEADROOM: readonly Column<HeadroomRow>[] = [
  {
    id: "guard",
    header: "Guard",
    value: (row) => guardName(row.guard),
    cell: (row) => <Term label={guardName(row.guard)} />,
    flex: 1.2,
    width: 120,
  },
  { id: "scope", header: "Scope", value: (row) => row.scope, flex: 1, width: 90, quiet: true },
  {
    id: "used",
    header: "Used",
    value: (row) => row.used,
    cell: (row) => <Meter used={row.used} text={formatShare(row.used, 0)} />,
    right: true,
    width: 136,
    sort: "desc",
  },
  {
    id: "limit",
    header: "Limit",
    value: (row) => row.limit,
    compare: (a, b) => compareAmounts(a.limit, b.limit),
    cell: (row) => <Reading guard={row.guard} value={row.limit} />,
    right: true,
    width: 140,
  },
];

type Side = "strategies" | "exposure" | "headroom";
const SIDES = [
  { value: "strategies", label: "Strategies" },
  { value: "exposure", label: "Exposure" },
  { value: "headroom", label: "Headroom" },
] as const;

function SideBody({ side, view }: { readonly side: Side; readonly view: DeskView }): ReactNode {
  const strategies = useMemo(() => rowsOf(view.strategies, view.otherOwners), [view.strategies, view.otherOwners]);
  const exposure = useMemo(() => Object.values(view.exposure), [view.exposure]);
  const headroom = useMemo(() => Object.values(view.headroom), [view.headroom]);
  if (side === "strategies")
    return (
      <Grid
        key="strategies"
        id="desk-strategies"
        label="Strategies by profit"
        columns={STRATEGIES}
        rows={strategies}
        rowId={nameOf}
        empty={<Empty title="No strategies">The desk file names none.</Empty>}
      />
    );
  if (side === "exposure")
    return (
      <Grid
        key="exposure"
        id="desk-exposure"
        label="Exposure by symbol"
        columns={EXPOSURE}
        rows={exposure}
        rowId={symbolOf}
        empty={<Empty title="No positions">A position appears with its first fill.</Empty>}
      />
    );
  return (
    <Grid
      key="headroom"
      id="desk-headroom"
      label="Headroom of each guard"
      columns={HEADROOM}
      rows={headroom}
      rowId={guardOf}
      empty={
        <Empty title="No limits are set">
          Set limits in the desk file, or change one here, to see what is left of each.
        </Empty>
      }
    />
  );
}

const nameOf = (row: StrategyRow): string => row.name;
const symbolOf = (row: ExposureRow): string => row.symbol;
const guardOf = (row: HeadroomRow): string => `${row.guard}:${row.scope}`;

function LimitButton({ state }: { readonly state: OpenSession["state"] | undefined }): ReactNode {
  const live = state === "running" || state === "paused" || state === "halted";
  return (
    <button
      type="button"
      className="button"
      data-testid="change-limit"
      disabled={!live}
      aria-label="Change a limit"
      title={live ? "Change a limit while the session runs" : "The session is not running"}
      onClick={() => void askLimit()}
    >
      Change…
    </button>
  );
}

/** The rows of a side as they are exported. */
const listed = (side: Side, view: DeskView): readonly Readonly<Record<string, string | number | boolean | null>>[] =>
  side === "strategies"
    ? rowsOf(view.strategies, view.otherOwners).map((row) => ({ ...row }))
    : Object.values(side === "exposure" ? view.exposure : view.headroom).map((row) => ({ ...row }));

function SidePanel({ view }: { readonly view: DeskView }): ReactNode {
  const [side, setSide] = useState<Side>("strategies");
  const session = useSession();
  const { account } = view;
  const counts = session?.counts;
  const words = {
    strategies: `${session?.strategies ?? 0}${counts !== undefined && counts.late > 0 ? ` · ${counts.late} late` : ""}`,
    exposure: `gross ${formatMoney(account.gross)} · net ${formatMoney(account.net, true)}`,
    headroom: "what is left before a guard refuses",
  };
  return (
    <Panel
      title={SIDES.find((entry) => entry.value === side)?.label ?? ""}
      subtitle={words[side]}
      actions={
        <>
          {side === "headroom" ? <LimitButton state={session?.state} /> : null}
          <Segments label="What is shown" value={side} options={SIDES} onChange={setSide} />
          <ExportButton what={{ name: side, rows: () => listed(side, view) }} />
        </>
      }
    >
      <SideBody side={side} view={view} />
    </Panel>
  );
}

const MINUTE_SPAN = { past: 60e6, future: 30e6 };

function SchedulePanel(): ReactNode {
  const schedule = useStream("schedule");
  return (
    <Panel title="Schedule" subtitle="planned, jitter, run, skip" actions={<TimelineLegend />}>
      {schedule === null ? <Loading what="the schedule" /> : <Timeline view={schedule} span={MINUTE_SPAN} />}
    </Panel>
  );
}

export function TimelineLegend(): ReactNode {
  return (
    <div className="legend">
      <Status look={STRATEGY_LOOKS.running} word="Run" />
      <Status look={STRATEGY_LOOKS.over_budget} />
      <Status look={LEVEL_LOOKS.critical} word="Failed" />
      <span className="status tone-warning">✕ Skipped</span>
      <Status look={STRATEGY_LOOKS.paused} word="Next" />
    </div>
  );
}

export function Desk(): ReactNode {
  const view = useStream("desk");
  if (view === null) return <Loading what="the desk" />;
  return (
    <>
      <Tiles tiles={view.tiles} />
      <Split id="desk-rows" direction="vertical" sizes={[50, 50]}>
        <Split id="desk-columns" direction="horizontal" sizes={[57, 43]}>
          <EquityPanel view={view} />
          <SidePanel view={view} />
        </Split>
        <SchedulePanel />
      </Split>
    </>
  );
}
