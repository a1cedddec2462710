/** Candles with volume on lightweight-charts: colours from the theme, marks of gaps and jumps, and more bars as the reader moves. */
import {
  CandlestickSeries,
  ColorType,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  TickMarkType,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import type { DataBars } from "../../shared/contract/contract-data.ts";
import type { Mark, Range } from "../lib/candles.ts";
import { momentAt, placeOf, rangeWanted } from "../lib/candles.ts";
import { formatNumber } from "../lib/format.ts";
import { formatDateTime, zoneName } from "../lib/time.ts";
import type { Zone } from "../lib/time.ts";
import { usePrefs } from "../stores/prefs.ts";

interface CandlesProps {
  readonly label: string;
  readonly bars: DataBars;
  readonly marks: readonly Mark[];
  /** The bar under the cursor; null when there is none. */
  readonly onPoint: (index: number | null) => void;
  /** Other bars are needed for what is shown. */
  readonly onRange: (range: Range) => void;
}

const SETTLE_MS = 120;
const MARK_TEXTS_MAX = 8;
const PLACES_MAX = 10;

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const secondsOf = (at: number): UTCTimestamp => (at / 1e6) as UTCTimestamp;

function axisText(at: number, type: TickMarkType, zone: Zone): string {
  const text = formatDateTime(at, zone);
  if (type === TickMarkType.Year) return text.slice(0, 4);
  if (type === TickMarkType.Month) return text.slice(0, 7);
  if (type === TickMarkType.DayOfMonth) return text.slice(5, 10);
  return type === TickMarkType.Time ? text.slice(11, 16) : text.slice(11, 19);
}

interface Drawn {
  readonly chart: IChartApi;
  readonly candles: ISeriesApi<"Candlestick">;
  readonly volumes: ISeriesApi<"Histogram">;
  readonly marks: ISeriesMarkersPluginApi<Time>;
}

function draw(box: HTMLElement): Drawn {
  const chart = createChart(box, {
    autoSize: true,
    rightPriceScale: { borderVisible: false, minimumWidth: 78 },
    timeScale: { borderVisible: false, minBarSpacing: 0.2, rightOffset: 2 },
  });
  const candles = chart.addSeries(CandlestickSeries, { borderVisible: false, priceLineVisible: false });
  const volumes = chart.addSeries(HistogramSeries, {
    priceScaleId: "",
    priceFormat: { type: "volume" },
    lastValueVisible: false,
    priceLineVisible: false,
  });
  candles.priceScale().applyOptions({ scaleMargins: { top: 0.12, bottom: 0.24 } });
  volumes.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
  return { chart, candles, volumes, marks: createSeriesMarkers(candles, []) };
}

/** Colours and formats as the theme and the zone are now. */
function dress({ chart, candles }: Drawn, zone: Zone, precision: number): void {
  const line = token("line");
  const label = { color: token("line-strong"), labelBackgroundColor: token("ink-3") };
  const fontFamily = getComputedStyle(document.body).fontFamily;
  const moment = (time: Time): number => (time as number) * 1e6;
  chart.applyOptions({
    layout: {
      background: { type: ColorType.Solid, color: token("panel") },
      textColor: token("ink-3"),
      fontSize: 11,
      fontFamily,
      attributionLogo: true,
    },
    grid: { vertLines: { visible: false }, horzLines: { color: line } },
    crosshair: { vertLine: label, horzLine: label },
    localization: {
      timeFormatter: (time: Time) =>
        `${formatDateTime(moment(time), zone).slice(0, 19)} ${zoneName(zone, moment(time))}`,
    },
    timeScale: {
      timeVisible: true,
      tickMarkFormatter: (time: Time, type: TickMarkType) => axisText(moment(time), type, zone),
    },
  });
  const places = Math.min(precision, PLACES_MAX);
  const [up, down] = [token("up"), token("down")];
  candles.applyOptions({
    upColor: up,
    downColor: down,
    wickUpColor: up,
    wickDownColor: down,
    priceFormat: {
      type: "custom",
      minMove: 10 ** -places,
      formatter: (value: number) => formatNumber(value, { places }),
    },
  });
}

function fill({ candles, volumes, marks }: Drawn, bars: DataBars, marked: readonly Mark[]): void {
  const { opened, open, high, low, close, volume } = bars;
  const [up, down] = [`${token("up")}55`, `${token("down")}55`];
  const at = (index: number): UTCTimestamp => secondsOf(opened[index] as number);
  candles.setData(
    opened.map((_, index) => ({
      time: at(index),
      open: open[index] as number,
      high: high[index] as number,
      low: low[index] as number,
      close: close[index] as number,
    })),
  );
  volumes.setData(
    opened.map((_, index) => ({
      time: at(index),
      value: volume[index] as number,
      color: (close[index] as number) >= (open[index] as number) ? up : down,
    })),
  );
  const colour = token("warning");
  marks.setMarkers(
    marked.map(({ index, kind, text }) => ({
      time: at(index),
      position: kind === "gap" ? "belowBar" : "aboveBar",
      shape: kind === "gap" ? "square" : "circle",
      size: 0.6,
      color: colour,
      ...(marked.length > MARK_TEXTS_MAX ? {} : { text }),
    })),
  );
}

export function Candles({ label, bars, marks, onPoint, onRange }: CandlesProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const shown = useRef<DataBars | null>(null);
  const asked = useRef({ onPoint, onRange });
  const zone = usePrefs((state) => state.zone);
  useEffect(() => {
    asked.current = { onPoint, onRange };
  });

  useEffect(() => {
    if (box.current === null) return undefined;
    const made = draw(box.current);
    drawn.current = made;
    let timer: number | undefined;
    made.chart.subscribeCrosshairMove(({ logical, point }) => {
      const count = shown.current?.opened.length ?? 0;
      const index = logical === undefined || point === undefined ? null : Math.round(logical);
      asked.current.onPoint(index !== null && index >= 0 && index < count ? index : null);
    });
    made.chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      window.clearTimeout(timer);
      if (range === null) return;
      timer = window.setTimeout(() => {
        const wanted = shown.current === null ? null : rangeWanted(shown.current, range.from, range.to);
        if (wanted !== null) asked.current.onRange(wanted);
      }, SETTLE_MS);
    });
    return () => {
      window.clearTimeout(timer);
      drawn.current = null;
      shown.current = null;
      made.chart.remove();
    };
  }, []);

  useEffect(() => {
    const made = drawn.current;
    if (made === null) return undefined;
    const scale = made.chart.timeScale();
    const before = shown.current;
    const range = scale.getVisibleLogicalRange();
    shown.current = bars;
    const show = (): void => {
      dress(made, zone, bars.pricePrecision);
      fill(made, bars, marks);
    };
    show();
    if (before !== null && before !== bars && range !== null && before.symbol === bars.symbol)
      scale.setVisibleLogicalRange({
        from: placeOf(bars, momentAt(before, range.from)),
        to: placeOf(bars, momentAt(before, range.to)),
      });
    else if (before !== bars) scale.fitContent();
    const page = new MutationObserver(show);
    page.observe(document.documentElement, { attributeFilter: ["data-theme", "data-gains", "data-colours"] });
    return () => page.disconnect();
  }, [bars, marks, zone]);

  return <div ref={box} className="candles" role="img" aria-label={label} data-testid="candles" />;
}
