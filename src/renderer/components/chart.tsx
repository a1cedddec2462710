/** Series over time on uPlot: colours from the theme, a cursor with values, zoom by dragging, and a summary for who cannot see it. */
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import uPlot from "uplot";
import type { Mark } from "../../shared/contract/views.ts";
import { formatAxisTime, formatDateTime, zoneName } from "../lib/time.ts";
import type { Zone } from "../lib/time.ts";
import { usePrefs } from "../stores/prefs.ts";

export interface Line {
  readonly label: string;
  /** A colour token: `accent`, `bad`. */
  readonly colour: string;
  readonly fill?: boolean;
  readonly dash?: boolean;
  /** The lower edge of a band whose upper edge is the line before it. */
  readonly low?: boolean;
  /** Draws bars instead of a line. */
  readonly bars?: boolean;
  readonly format: (value: number) => string;
}

interface ChartProps {
  readonly label: string;
  /** One sentence that says what the chart shows. */
  readonly summary: string;
  /** Moments in microseconds, then one row of values for each line. */
  readonly times: readonly number[];
  readonly values: readonly (readonly (number | null)[])[];
  readonly lines: readonly Line[];
  readonly sync?: string;
  readonly axis?: boolean;
  /** The lowest and highest value shown, from those in the data. */
  readonly range?: (low: number, high: number) => [number, number];
  /** A label of the axis; `step` is the distance between two. */
  readonly tickFormat?: (value: number, step: number) => string;
  /** What happened, as lines through the chart with their words on hover; the newest last. */
  readonly marks?: readonly Mark[];
  /** The least width of the axis, so that charts above each other have one time axis. */
  readonly axisWidth?: number;
  /** Only whole numbers on the axis. */
  readonly whole?: boolean;
  readonly testId?: string;
}

const AXIS_WIDTH = 60;
/** Of a digit in an axis label, and beside the label. */
const DIGIT_PX = 6.6;
const BESIDE_PX = 16;
/** A mark is read when the pointer is as near. */
const MARK_NEAR_PX = 6;
const MARK_COLOURS: Readonly<Record<Mark["kind"], string>> = {
  halt: "critical",
  resume: "ok",
  limit: "warning",
  note: "ink-3",
};

/** The width that axis labels need. */
export const axisWidth = (labels: readonly string[]): number =>
  Math.max(AXIS_WIDTH, Math.ceil(Math.max(0, ...labels.map(({ length }) => length)) * DIGIT_PX + BESIDE_PX));

/** Labels in which none repeats the one below it. */
export const unrepeated = (labels: readonly string[]): string[] =>
  labels.map((label, index) => (index > 0 && label === labels[index - 1] ? "" : label));
/** Distances between two times on the axis, in seconds. */
const TIME_STEPS = [1, 5, 10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400, 604_800];
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000, 1_000_000];

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function mix(colour: string, alpha: number): string {
  const value = Number.parseInt(colour.slice(1), 16);
  return `rgb(${(value >> 16) & 255} ${(value >> 8) & 255} ${value & 255} / ${alpha})`;
}

/** Room above and below, so that a line never lies on the edge. */
export function padded(low: number, high: number): [number, number] {
  const span = high - low;
  const room = span === 0 ? Math.max(Math.abs(high) * 0.001, 1e-6) : span * 0.08;
  return [low - room, high + room];
}

/** From zero up, and never an empty range. */
export function fromZero(low: number, high: number): [number, number] {
  return [Math.min(0, low), high <= 0 ? 1 : high * 1.1];
}

function axes(props: ChartProps, zone: Zone): uPlot.Axis[] {
  const font = `11px ${token("font")}`;
  const mono = `11px ${token("mono")}`;
  const grid = { stroke: token("line"), width: 1 };
  const format = props.tickFormat ?? props.lines[0]?.format ?? String;
  return [
    {
      show: props.axis !== false,
      size: 26,
      // No step between seconds and minutes whose labels would repeat.
      incrs: TIME_STEPS,
      font: mono,
      stroke: token("ink-3"),
      grid: { show: false },
      ticks: { show: false },
      values: (plot, splits, _axis, _space, step) => {
        // A label that the left edge would cut is left out.
        const shown = (at: number): boolean => plot.valToPos(at, "x") > 24;
        return splits.map((at) => (shown(at) ? formatAxisTime(at * 1e6, zone, step < 60) : ""));
      },
      space: 90,
    },
    {
      side: 1,
      size: (_plot, labels) => Math.max(props.axisWidth ?? 0, axisWidth(labels ?? [])),
      font,
      stroke: token("ink-3"),
      grid,
      ticks: { show: false },
      gap: 6,
      space: 34,
      ...(props.whole === true ? { incrs: WHOLE } : {}),
      values: (_plot, splits, _axis, _space, step) => unrepeated(splits.map((value) => format(value, step))),
    },
  ];
}

function series(lines: readonly Line[]): uPlot.Series[] {
  return [
    {},
    ...lines.map((line): uPlot.Series => {
      const colour = token(line.colour);
      const bars = line.bars === true ? uPlot.paths.bars?.({ size: [0.7, 14, 1] }) : undefined;
      return {
        label: line.label,
        stroke: colour,
        width: line.bars === true ? 0 : line.low === true ? 0.75 : 1.5,
        points: { show: false },
        ...(line.fill === true || line.bars === true ? { fill: mix(colour, line.bars === true ? 0.85 : 0.1) } : {}),
        ...(line.dash === true ? { dash: [4, 4] } : {}),
        ...(bars === undefined ? {} : { paths: bars }),
      };
    }),
  ];
}

/** The ground between the two edges of each band. */
function bands(lines: readonly Line[]): uPlot.Band[] {
  return lines.flatMap((line, index) =>
    line.low === true ? [{ series: [index, index + 1], fill: mix(token(line.colour), 0.22) } satisfies uPlot.Band] : [],
  );
}

/** A value, or both edges of a band where they differ: `Runs 3–14`. */
function valueText(plot: uPlot, lines: readonly Line[], position: number, index: number): string {
  const line = lines[position];
  const value = plot.data[position + 1]?.[index];
  if (line === undefined || value === null || value === undefined) return `${line?.label ?? ""} —`;
  const low = lines[position + 1]?.low === true ? plot.data[position + 2]?.[index] : undefined;
  const from = low === null || low === undefined || low === value ? "" : `${line.format(low)}–`;
  return `${line.label} ${from}${line.format(value)}`;
}

function tipText(plot: uPlot, lines: readonly Line[], index: number, zone: Zone): string {
  const at = (plot.data[0][index] ?? 0) * 1e6;
  const values = lines.flatMap((line, position) =>
    line.low === true ? [] : [valueText(plot, lines, position, index)],
  );
  return [`${formatDateTime(at, zone).slice(0, 19)} ${zoneName(zone, at)}`, ...values].join("\n");
}

/** The marks that stand near the pointer, in words. */
function marksAt(plot: uPlot, marks: readonly Mark[], left: number): string[] {
  return marks
    .filter(({ at }) => Math.abs(plot.valToPos(at / 1e6, "x") - left) <= MARK_NEAR_PX)
    .map(({ text }) => text);
}

/** One line for each mark, from top to bottom, with a small head. */
function drawMarks(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = ratio;
  for (const { at, kind } of marks) {
    const x = plot.valToPos(at / 1e6, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = token(MARK_COLOURS[kind]);
    ctx.fillStyle = ctx.strokeStyle;
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillRect(x - 2 * ratio, bbox.top - 1, 4 * ratio, 5 * ratio);
  }
  ctx.restore();
}

interface Zoom {
  zoomed: boolean;
}

interface PlotPlace {
  readonly box: HTMLElement;
  readonly tip: HTMLElement;
  readonly zone: Zone;
  readonly zoom: Zoom;
  readonly marks: () => readonly Mark[];
}

function makePlot({ box, tip, zone, zoom, marks }: PlotPlace, props: ChartProps): uPlot {
  const range = props.range ?? padded;
  const options: uPlot.Options = {
    width: Math.max(40, box.clientWidth),
    height: Math.max(40, box.clientHeight),
    padding: [8, 0, props.axis === false ? 6 : 0, 0],
    legend: { show: false },
    scales: {
      x: { time: true },
      y: { range: (_plot, low, high) => (Number.isFinite(low) && Number.isFinite(high) ? range(low, high) : [0, 1]) },
    },
    cursor: {
      y: false,
      points: { size: 6, width: 1 },
      drag: { x: true, y: false },
      ...(props.sync === undefined ? {} : { sync: { key: props.sync } }),
      bind: {
        dblclick: (_plot, _target, handler) => (event) => {
          zoom.zoomed = false;
          return handler(event);
        },
      },
    },
    axes: axes(props, zone),
    series: series(props.lines),
    bands: bands(props.lines),
    hooks: {
      draw: [(plot) => drawMarks(plot, marks())],
      setSelect: [
        (plot) => {
          if (plot.select.width > 0) zoom.zoomed = true;
        },
      ],
      setCursor: [
        (plot) => {
          const index = plot.cursor.idx;
          const left = plot.cursor.left ?? -1;
          const shown = index !== null && index !== undefined && left >= 0;
          tip.hidden = !shown;
          if (!shown) return;
          const near = marksAt(plot, marks(), left);
          tip.textContent = [tipText(plot, props.lines, index, zone), ...near].join("\n");
          const room = box.clientWidth - AXIS_WIDTH - tip.offsetWidth - 14;
          tip.style.left = `${Math.max(6, left > room ? left - tip.offsetWidth - 14 : left + 14)}px`;
        },
      ],
    },
  };
  return new uPlot(options, alignedData(props), box);
}

function alignedData(props: Pick<ChartProps, "times" | "values">): uPlot.AlignedData {
  return [props.times.map((at) => at / 1e6), ...props.values.map((row) => [...row])] as uPlot.AlignedData;
}

const NO_MARKS: readonly Mark[] = [];

export function Chart(props: ChartProps): ReactNode {
  const { label, summary, lines, times, values, testId, marks = NO_MARKS } = props;
  const box = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const zoom = useRef<Zoom>({ zoomed: false });
  const newest = useRef(props);
  useEffect(() => {
    newest.current = props;
  });
  const zone = usePrefs((state) => state.zone);

  useEffect(() => {
    const element = box.current;
    const hint = tip.current;
    if (element === null || hint === null) return undefined;
    const make = (): void => {
      plot.current?.destroy();
      const place = {
        box: element,
        tip: hint,
        zone,
        zoom: zoom.current,
        marks: () => newest.current.marks ?? NO_MARKS,
      };
      plot.current = makePlot(place, { ...newest.current, lines });
    };
    make();
    const size = new ResizeObserver(() => {
      plot.current?.setSize({ width: Math.max(40, element.clientWidth), height: Math.max(40, element.clientHeight) });
    });
    size.observe(element);
    // The system's own theme may change while the setting stays "system".
    const page = new MutationObserver(make);
    page.observe(document.documentElement, { attributeFilter: ["data-theme", "data-gains", "data-colours"] });
    void document.fonts.ready.then(() => plot.current?.redraw(false, true));
    return () => {
      size.disconnect();
      page.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [zone, lines]);

  useEffect(() => {
    plot.current?.setData(alignedData({ times, values }), !zoom.current.zoomed);
    if (zoom.current.zoomed) plot.current?.redraw();
  }, [times, values]);

  useEffect(() => {
    if (marks.length > 0) plot.current?.redraw(false, false);
  }, [marks]);

  return (
    <div
      className="chart"
      role="img"
      aria-label={`${label}. ${summary}`}
      data-testid={testId}
      style={{ flex: 1, height: "100%" }}
    >
      <div ref={box} style={{ position: "absolute", inset: 0 }} />
      <div ref={tip} className="chart-tip" hidden />
    </div>
  );
}
