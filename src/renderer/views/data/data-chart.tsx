/** A series of the workspace as candles, and what can be done with it. */
import { Play, Trash2 } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { DataBars, DataFile } from "../../../shared/contract/contract-data.ts";
import type { ErrorShape } from "../../../shared/errors.ts";
import { Candles } from "../../components/candles.tsx";
import { Failed, Loading, Panel } from "../../components/panel.tsx";
import { marksOf, POINTS } from "../../lib/candles.ts";
import { askDeleteData, runOnData } from "../../actions/data-actions.ts";
import { formatCount, formatNumber, plural } from "../../lib/format.ts";
import { formatDateTime, formatSpan, zoneName } from "../../lib/time.ts";
import { closeData } from "../../stores/data.ts";
import { ask, useSession } from "../../stores/live.ts";
import { usePrefs } from "../../stores/prefs.ts";
import { Close } from "../sessions/session-details.tsx";

const PLACES_MAX = 10;

/** A part of a series that is asked for; null ends are its own. */
interface Asked {
  readonly from: number | null;
  readonly to: number | null;
}

const whole = (): Asked => ({ from: null, to: null });

/** The bars of a series, the whole of it at first. While others are loaded, those that were there before stay. */
function useBars(name: string, symbol: string | null) {
  const [asked, setAsked] = useState<Asked>(whole);
  const [bars, setBars] = useState<DataBars | null>(null);
  const [answered, setAnswered] = useState<{ readonly asked: Asked; readonly error: ErrorShape | null } | null>(null);
  useEffect(() => {
    let open = true;
    const load = async (): Promise<void> => {
      const answer = await ask("data.bars", { name, symbol, from: asked.from, to: asked.to, points: POINTS });
      // Another range was asked for meanwhile.
      if (!open) return;
      if (answer.ok) setBars(answer.value);
      setAnswered({ asked, error: answer.ok ? null : answer.error });
    };
    void load();
    return () => {
      open = false;
    };
  }, [name, symbol, asked]);
  return { bars, error: answered?.error ?? null, loading: answered?.asked !== asked, load: setAsked };
}

/** Open, high, low, close and volume of the bar under the cursor, else of the last one. */
function Legend({ bars, index }: { readonly bars: DataBars; readonly index: number | null }): ReactNode {
  const zone = usePrefs((state) => state.zone);
  const at = index ?? bars.opened.length - 1;
  const opened = bars.opened[at];
  if (opened === undefined) return null;
  const places = Math.min(bars.pricePrecision, PLACES_MAX);
  const price = (value: number | undefined): string => formatNumber(value, { places });
  const rises = (bars.close[at] ?? 0) >= (bars.open[at] ?? 0);
  return (
    <p className="candle-legend mono" data-testid="candle-legend">
      <span>
        {formatDateTime(opened, zone).slice(0, 19)} {zoneName(zone, opened)}
      </span>
      <span>
        O <b>{price(bars.open[at])}</b> H <b>{price(bars.high[at])}</b> L <b>{price(bars.low[at])}</b> C{" "}
        <b className={rises ? "up" : "down"}>{price(bars.close[at])}</b>
      </span>
      <span>
        Volume <b>{formatNumber(bars.volume[at], { places: 0 })}</b>
      </span>
      {bars.each > 1 ? <span className="quiet">{formatCount(bars.each)} bars in each candle</span> : null}
    </p>
  );
}

function Actions({ file, onAll }: { readonly file: DataFile; readonly onAll: () => void }): ReactNode {
  const live = useSession();
  const running = live !== null && live.state !== "stopped" && live.state !== "failed";
  return (
    <>
      <button type="button" className="button" onClick={onAll} title="Shows the whole series">
        Whole series
      </button>
      <button
        type="button"
        className="button"
        data-testid="delete-data"
        onClick={() => askDeleteData([file.name])}
        title="Asks first, with the file's size"
      >
        <Trash2 size={13} aria-hidden="true" />
        Delete…
      </button>
      <button
        type="button"
        className="button primary"
        data-testid="run-on-data"
        disabled={running}
        title={running ? "Stop the running session first" : "A new session of the built-in strategies on these bars"}
        onClick={() => void runOnData(file.name)}
      >
        <Play size={13} aria-hidden="true" />
        Run strategies on it
      </button>
      <Close onClose={closeData} />
    </>
  );
}

interface SymbolProps {
  readonly file: DataFile;
  readonly symbol: string | null;
  /** Chooses another symbol, where the file has several. */
  readonly choice: ReactNode;
}

function SymbolPanel({ file, symbol, choice }: SymbolProps): ReactNode {
  const { bars, error, loading, load } = useBars(file.name, symbol);
  const [index, setIndex] = useState<number | null>(null);
  const marks = useMemo(
    () => (bars === null ? [] : marksOf(bars, bars.symbol, file.reading?.files ?? [])),
    [bars, file.reading],
  );
  const length = bars === null || bars.interval === null ? "" : ` of ${formatSpan(bars.interval)}`;
  const summary = bars === null ? file.name : `${file.name} · ${plural(bars.total, "bar")}${length}`;
  const span = bars === null ? "" : `${formatDateTime(bars.first, "utc")} to ${formatDateTime(bars.last, "utc")} UTC`;
  return (
    <Panel
      title={symbol ?? file.name}
      subtitle={loading && bars !== null ? `${summary} · loading…` : summary}
      testId="series-panel"
      actions={
        <>
          {choice}
          <Actions file={file} onAll={() => load(whole())} />
        </>
      }
    >
      {error !== null ? (
        <Failed title="The bars cannot be read" error={error} retry={() => load(whole())} />
      ) : bars === null ? (
        <Loading what="the bars" />
      ) : (
        <div className="candle-box">
          <Legend bars={bars} index={index} />
          <Candles
            label={`Candles of ${bars.symbol}. ${summary}, ${span}.`}
            bars={bars}
            marks={marks}
            onPoint={setIndex}
            onRange={load}
          />
        </div>
      )}
    </Panel>
  );
}

export function SeriesPanel({ file }: { readonly file: DataFile }): ReactNode {
  const series = file.reading?.series ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const symbol = chosen ?? series[0]?.symbol ?? null;
  const choice =
    series.length < 2 ? null : (
      <label className="field small">
        <span className="hidden-text">Symbol</span>
        <select data-testid="series-symbol" value={symbol ?? ""} onChange={(event) => setChosen(event.target.value)}>
          {series.map((one) => (
            <option key={one.symbol}>{one.symbol}</option>
          ))}
        </select>
      </label>
    );
  return <SymbolPanel key={symbol} file={file} symbol={symbol} choice={choice} />;
}
