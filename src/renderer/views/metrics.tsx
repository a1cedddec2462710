/** Metrics over time: latency, skips, queue, errors and throughput; with a pause, a zoom, a table and an export. */
import { Pause, Play, Table2 } from "lucide-react";
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { MetricsView } from "../../shared/contract/views.ts";
import { Chart, fromZero } from "../components/chart.tsx";
import type { Line } from "../components/chart.tsx";
import { Grid } from "../components/grid.tsx";
import type { Column } from "../components/grid.tsx";
import { Empty, Loading, Panel, Segments } from "../components/panel.tsx";
import { ExportButton } from "../actions/tools.tsx";
import { Time } from "../components/values.tsx";
import { CONFIDENT_SAMPLES, formatCount, formatMs, formatNumber, formatShare } from "../lib/format.ts";
import { guardName } from "../lib/guards.ts";
import { bandsOf } from "../lib/bands.ts";
import { formatSpan } from "../lib/time.ts";
import { hold, useLive, useMarks, useStream } from "../stores/live.ts";
import { NoSession, useOpen } from "./sessions/no-session.tsx";

type Sample = MetricsView["samples"][string];

const ms = (value: number): string => {
  const { value: text, unit } = formatMs(value);
  return `${text} ${unit}`;
};
/** Labels of one axis have one unit: the one of its step. */
const latency = (value: number, step: number): string =>
  step >= 500
    ? `${formatNumber(value / 1_000, { places: step % 1_000 === 0 ? 0 : 1 })} s`
    : `${formatNumber(value)} ms`;
const share = (value: number): string => formatShare(value, 2);
const whole = (value: number): string => formatNumber(value, { places: value < 10 && value % 1 !== 0 ? 1 : 0 });

const LATENCY: readonly Line[] = [
  { label: "p50", colour: "ink-3", format: ms },
  { label: "p95", colour: "accent", format: ms },
  { label: "p99", colour: "warning", format: ms },
];
const SKIPS: readonly Line[] = [{ label: "Skip rate", colour: "accent", fill: true, format: share }];
const QUEUE: readonly Line[] = [{ label: "Deepest queue", colour: "accent", fill: true, format: whole }];
const ERRORS: readonly Line[] = [{ label: "Errors", colour: "critical", bars: true, format: whole }];
const THROUGHPUT: readonly Line[] = (
  [
    ["Runs", "ink-3"],
    ["Orders", "accent"],
    ["Fills", "ok"],
  ] as const
).flatMap(([label, colour]) => [
  { label, colour, format: whole },
  { label: `${label}, lowest`, colour, format: whole, low: true },
]);

/** Whether a line stands for itself, and is not the lower edge of a band. */
const drawn = (line: Line): boolean => line.low !== true;

function Legend({ lines }: { readonly lines: readonly Line[] }): ReactNode {
  return (
    <span className="legend second">
      {lines.filter(drawn).map((line) => (
        <span key={line.label}>
          <i style={{ background: `var(--${line.colour})` }} aria-hidden="true" />
          {line.label}
        </span>
      ))}
    </span>
  );
}

const COLUMNS: readonly Column<Sample>[] = [
  { id: "at", header: "Time", value: (row) => row[0], cell: (row) => <Time at={row[0]} />, width: 120, sort: "desc" },
  ...(
    [
      ["p50", 1, ms],
      ["p95", 2, ms],
      ["p99", 3, ms],
      ["Skip rate", 4, share],
      ["Deepest queue", 5, whole],
      ["Errors", 6, whole],
      ["Runs", 7, whole],
      ["Orders", 8, whole],
      ["Fills", 9, whole],
    ] as const
  ).map(([header, index, format]): Column<Sample> => ({
    id: header,
    header,
    value: (row) => row[index],
    cell: (row) => format(row[index]),
    right: true,
    flex: 1,
    width: 90,
  })),
];

const sampleId = (row: Sample): string => String(row[0]);
const RANGES = [
  { value: 5, label: "5 min" },
  { value: 15, label: "15 min" },
  { value: 60, label: "1 h" },
  { value: 0, label: "All" },
] as const;

type Figures = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12;

function useColumns(view: MetricsView | null, minutes: number) {
  return useMemo(() => {
    const all = Object.values(view?.samples ?? {});
    const newest = all.at(-1)?.[0] ?? 0;
    const keys = Object.keys(view?.samples ?? {});
    const rows = minutes === 0 ? all : all.filter((sample) => sample[0] >= newest - minutes * 60e6);
    const column = (index: Figures): number[] => rows.map((row) => row[index]);
    const times = column(0);
    return {
      rows,
      /** Older samples are joined: the keys count what was measured. */
      thinned: Number(keys.at(-1) ?? 0) >= keys.length,
      times,
      latency: [column(1), column(2), column(3)],
      skips: [column(4)],
      queue: [column(5)],
      errors: [column(6)],
      throughput: bandsOf(times, [
        { high: column(7), low: column(10) },
        { high: column(8), low: column(11) },
        { high: column(9), low: column(12) },
      ]),
    };
  }, [view?.samples, minutes]);
}

interface FigureProps {
  readonly title: string;
  readonly subtitle: string;
  readonly lines: readonly Line[];
  readonly times: readonly number[];
  readonly values: readonly (readonly number[])[];
  readonly whole?: boolean;
  readonly tickFormat?: (value: number, step: number) => string;
}

function Figure({ title, subtitle, lines, times, values, ...axis }: FigureProps): ReactNode {
  const marks = useMarks();
  const last = lines
    .flatMap((line, index) => (drawn(line) ? [`${line.label} ${line.format(values[index]?.at(-1) ?? 0)}`] : []))
    .join(", ");
  return (
    <Panel title={title} subtitle={subtitle} actions={lines.length > 1 ? <Legend lines={lines} /> : null}>
      <Chart
        label={title}
        summary={`Newest: ${last}.`}
        times={times}
        values={values}
        lines={lines}
        sync="metrics"
        marks={marks}
        range={fromZero}
        {...axis}
      />
    </Panel>
  );
}

function Latest({ view }: { readonly view: MetricsView }): ReactNode {
  const { latest, n, window } = view;
  if (latest === null) return null;
  return (
    <span className="second">
      p50 {ms(latest.p50Ms)} · <b className="strong">p95 {ms(latest.p95Ms)}</b> · p99 {ms(latest.p99Ms)} · n{" "}
      {formatCount(n)} of the last {formatCount(window)} runs
      {n < CONFIDENT_SAMPLES ? <span className="tone-warning"> · low confidence</span> : null}
    </span>
  );
}

type Columns = ReturnType<typeof useColumns>;

function Charts({ view, data }: { readonly view: MetricsView; readonly data: Columns }): ReactNode {
  const errors = Object.entries(view.errors).toSorted((a, b) => b[1] - a[1]);
  const kinds = errors.map(([kind, count]) => `${guardName(kind)} ${formatCount(count)}`).join(" · ");
  const { width } = data.throughput;
  const each = data.thinned ? `per ${view.everyS} s, highest of each stretch` : `per ${view.everyS} s`;
  return (
    <div className="charts">
      <Figure
        title="Tick latency"
        subtitle="drag to zoom, double click to reset"
        lines={LATENCY}
        times={data.times}
        values={data.latency}
        tickFormat={latency}
      />
      <Figure
        title="Throughput"
        subtitle={`per ${view.everyS} s${width === 0 ? "" : `, lowest to highest in each ${formatSpan(width)}`}`}
        lines={THROUGHPUT}
        times={data.throughput.times}
        values={data.throughput.edges}
        whole
      />
      <Figure
        title="Skip rate"
        subtitle="of the runs in the window"
        lines={SKIPS}
        times={data.times}
        values={data.skips}
      />
      <Figure
        title="Queue depth"
        subtitle="most orders in flight over the window"
        lines={QUEUE}
        times={data.times}
        values={data.queue}
        whole
      />
      <Figure
        title="Errors"
        subtitle={kinds === "" ? each : `${each} · ${kinds}`}
        lines={ERRORS}
        times={data.times}
        values={data.errors}
        whole
      />
    </div>
  );
}

export function Metrics(): ReactNode {
  const view = useStream("metrics");
  const held = useLive((state) => state.held);
  const there = useOpen();
  const [minutes, setMinutes] = useState<0 | 5 | 15 | 60>(0);
  const [table, setTable] = useState(false);
  const data = useColumns(view, minutes);
  if (!there) return <NoSession what="its metrics" />;
  if (view === null) return <Loading what="the metrics" />;
  if (data.rows.length < 2)
    return (
      <Empty title="No samples yet">
        A sample is taken every {view.everyS} s of session time; the charts start with the second.
      </Empty>
    );
  return (
    <>
      <div className="chips">
        <Latest view={view} />
        <span className="spacer" />
        <Segments label="Time shown" value={minutes} options={RANGES} onChange={setMinutes} />
        <button type="button" className="button" aria-pressed={table} onClick={() => setTable(!table)}>
          <Table2 size={13} aria-hidden="true" />
          {table ? "Charts" : "Table"}
        </button>
        <button type="button" className="button" aria-pressed={held} onClick={() => hold(!held)}>
          {held ? <Play size={13} aria-hidden="true" /> : <Pause size={13} aria-hidden="true" />}
          {held ? "Resume updates" : "Pause updates"}
        </button>
        <ExportButton what="metrics" />
      </div>
      {table ? (
        <Panel
          grow
          title="Samples"
          subtitle={
            data.thinned ? `${formatCount(data.rows.length)}, older ones joined` : formatCount(data.rows.length)
          }
        >
          <Grid
            id="metrics"
            label="Metrics samples"
            columns={COLUMNS}
            rows={data.rows}
            rowId={sampleId}
            empty={<Empty title="No samples" />}
          />
        </Panel>
      ) : (
        <Charts view={view} data={data} />
      )}
    </>
  );
}
