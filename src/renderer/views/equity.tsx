/** Equity and drawdown on one time axis, with what halted and resumed marked on them. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { DeskView } from "../../shared/contract/views.ts";
import { ExportButton } from "../actions/tools.tsx";
import { axisWidth, Chart } from "../components/chart.tsx";
import type { Line } from "../components/chart.tsx";
import { Empty, Panel, Segments } from "../components/panel.tsx";
import { Gain } from "../components/values.tsx";
import { formatMoney, formatNumber, formatShare } from "../lib/format.ts";
import { formatAxisTime } from "../lib/time.ts";
import { useLive, useMarks, useSession } from "../stores/live.ts";
import { usePrefs } from "../stores/prefs.ts";

const money = (value: number): string => formatNumber(value, { places: 2 });
const share = (value: number): string => formatShare(value, 2);
const EQUITY: readonly Line[] = [{ label: "Equity", colour: "accent", fill: true, format: money }];
const DRAWDOWN: readonly Line[] = [{ label: "Drawdown", colour: "bad", fill: true, format: share }];
const belowZero = (low: number): [number, number] => [Math.min(low * 1.15, -0.0001), 0];

const RANGES = [
  { value: 15, label: "15 min" },
  { value: 60, label: "1 h" },
  { value: 0, label: "All" },
] as const;

/** The points of the last minutes; all of them for 0. */
function within<Point extends readonly [number, ...unknown[]]>(
  points: readonly Point[],
  minutes: number,
): readonly Point[] {
  const from = (points.at(-1)?.[0] ?? 0) - minutes * 60e6;
  return minutes === 0 ? points : points.filter(([at]) => at >= from);
}

function EquityChart({ view }: { readonly view: DeskView }): ReactNode {
  const { account } = view;
  const marks = useMarks();
  const [minutes, setMinutes] = useState<(typeof RANGES)[number]["value"]>(0);
  const points = useMemo(() => within(Object.values(view.equity), minutes), [view.equity, minutes]);
  const times = useMemo(() => points.map((point) => point[0]), [points]);
  const equity = useMemo(() => [points.map((point) => point[1])], [points]);
  const drawdown = useMemo(() => [points.map((point) => point[2])], [points]);
  const width = useMemo(
    () => axisWidth([money(points.reduce((most, point) => Math.max(most, Math.abs(point[1])), 0))]),
    [points],
  );
  const summary = `Equity ${formatMoney(account.equity)} ${account.currency}, since the start ${formatMoney(account.pnl, true)}.`;
  if (points.length < 2)
    return <Empty title="No equity curve yet">The chart starts with the second valuation of the account.</Empty>;
  return (
    <div className="equity-body" data-testid="equity-chart">
      <div className="chart-range">
        <Segments label="Time shown" value={minutes} options={RANGES} onChange={setMinutes} />
      </div>
      <div style={{ flex: 4, minHeight: 0 }}>
        <Chart
          label="Equity"
          summary={summary}
          times={times}
          values={equity}
          lines={EQUITY}
          sync="equity"
          axis={false}
          tickFormat={(value, step) => formatNumber(value, { places: step < 1 ? 2 : 0 })}
          marks={marks}
          axisWidth={width}
        />
      </div>
      <div style={{ flex: 1.35, minHeight: 62, borderTop: "1px solid var(--line)" }}>
        <Chart
          label="Drawdown"
          summary={`Now ${formatShare(account.drawdown)}, at worst ${formatShare(account.drawdownMax)}.`}
          times={times}
          values={drawdown}
          lines={DRAWDOWN}
          sync="equity"
          range={belowZero}
          marks={marks}
          axisWidth={width}
        />
      </div>
    </div>
  );
}

export function EquityPanel({ view }: { readonly view: DeskView }): ReactNode {
  const { account } = view;
  const held = useLive((state) => state.held);
  const session = useSession();
  // The same figures at the same moment as the line above the views; a view that is held keeps its own.
  const newest = held || session === null ? account : session.account;
  const zone = usePrefs((state) => state.zone);
  const since = account.startAt === null ? "" : ` at ${formatAxisTime(account.startAt, zone, false)}`;
  return (
    <Panel
      title="Equity"
      subtitle={account.equityStart === null ? "" : `${formatMoney(account.equityStart)}${since} · ${account.currency}`}
      actions={
        <>
          <b className="strong">{formatMoney(newest.equity)}</b>
          <Gain value={newest.pnl} />
          <span className="second wide-only" title={`At worst ${formatShare(account.drawdownMax)}`}>
            drawdown {formatShare(newest.drawdown)}
          </span>
          <ExportButton what="equity" />
        </>
      }
    >
      <EquityChart view={view} />
    </Panel>
  );
}
