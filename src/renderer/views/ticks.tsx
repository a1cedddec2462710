/** The tick ledger: a row for each planned tick, by class and strategy, with when it was planned, jittered, started and finished. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import { TICK_CLASSES, TICK_MEANINGS, type TickClass } from "../../shared/ticks.ts";
import type { TicksView } from "../../shared/contract/views.ts";
import { Grid } from "../components/grid.tsx";
import type { Column } from "../components/grid.tsx";
import { Empty, Failed, Loading, Panel } from "../components/panel.tsx";
import { Shape, Status } from "../components/status.tsx";
import { ExportButton, Filter, useFilter } from "../actions/tools.tsx";
import { Time } from "../components/values.tsx";
import { ABSENT, formatCount, formatMs, formatNumber, words } from "../lib/format.ts";
import { TICK_LOOKS } from "../lib/status.ts";
import { useStream } from "../stores/live.ts";

type Row = TicksView["rows"][string];

const between = (from: number | null, to: number | null): number | null =>
  from === null || to === null ? null : to - from;

const Absent = (): ReactNode => <span className="quiet">{ABSENT}</span>;

/** Microseconds as seconds with their sign: how far jitter moved a run. */
function Offset({ us }: { readonly us: number | null }): ReactNode {
  if (us === null) return <Absent />;
  if (us === 0) return <span className="quiet">0 s</span>;
  return `${formatNumber(us / 1e6, { places: 2, signed: true })} s`;
}

function Length({ us, warn = false }: { readonly us: number | null; readonly warn?: boolean }): ReactNode {
  if (us === null) return <Absent />;
  const { value, unit } = formatMs(us / 1e3);
  return (
    <span className={warn ? "tone-warning" : us === 0 ? "quiet" : ""}>{us === 0 ? "0 ms" : `${value} ${unit}`}</span>
  );
}

function Outcome({ row }: { readonly row: Row }): ReactNode {
  if (row.started === null) return <span className="quiet">Not run</span>;
  if (row.outcome === null) return <span className="tone-accent">Running</span>;
  return <span className={row.outcome === "ok" ? "quiet" : "tone-warning"}>{words(row.outcome)}</span>;
}

const COLUMNS: readonly Column<Row>[] = [
  {
    id: "planned",
    header: "Planned",
    value: (row) => row.planned,
    cell: (row) => <Time at={row.planned} />,
    width: 112,
    sort: "desc",
  },
  { id: "strategy", header: "Strategy", value: (row) => row.strategy, flex: 1, width: 118 },
  {
    id: "class",
    header: "Class",
    value: (row) => TICK_LOOKS[row.class].rank,
    text: (row) => TICK_LOOKS[row.class].word,
    cell: (row) => <Status look={TICK_LOOKS[row.class]} />,
    width: 104,
  },
  {
    id: "jitter",
    header: "Jitter",
    value: (row) => between(row.planned, row.due),
    cell: (row) => <Offset us={between(row.planned, row.due)} />,
    right: true,
    width: 82,
  },
  {
    id: "started",
    header: "Started",
    value: (row) => row.started,
    cell: (row) => <Time at={row.started} />,
    right: true,
    width: 112,
  },
  {
    id: "lag",
    header: "Lag",
    value: (row) => between(row.due, row.started),
    cell: (row) => <Length us={between(row.due, row.started)} warn={row.class === "late"} />,
    right: true,
    width: 78,
  },
  {
    id: "finished",
    header: "Finished",
    value: (row) => row.finished,
    cell: (row) => <Time at={row.finished} />,
    right: true,
    width: 112,
  },
  {
    id: "runtime",
    header: "Runtime",
    value: (row) => between(row.started, row.finished),
    cell: (row) => <Length us={between(row.started, row.finished)} warn={row.class === "overrun"} />,
    right: true,
    width: 84,
  },
  { id: "outcome", header: "Outcome", value: (row) => row.outcome, cell: (row) => <Outcome row={row} />, width: 96 },
  {
    id: "why",
    header: "Why",
    value: (row) => row.why,
    cell: (row) => row.why ?? "",
    hint: (row) => row.why,
    quiet: true,
    flex: 2,
    width: 130,
  },
];

const rowId = ({ strategy, run, planned }: Row): string =>
  run === null ? `${strategy}@${planned}` : `${strategy}#${run}`;

interface ChipProps {
  readonly kind: TickClass;
  readonly count: number;
  readonly pressed: boolean;
  readonly onPress: () => void;
}

function Chip({ kind, count, pressed, onPress }: ChipProps): ReactNode {
  const look = TICK_LOOKS[kind];
  return (
    <button
      type="button"
      className="chip"
      aria-pressed={pressed}
      title={words(TICK_MEANINGS[kind])}
      data-testid={`ticks-${kind}`}
      onClick={onPress}
    >
      <span className={`status${count === 0 ? " quiet" : ""}`}>
        <Shape name={look.shape} />
        {look.word}
      </span>
      <b className={count === 0 ? "quiet" : ""}>{formatCount(count)}</b>
    </button>
  );
}

interface ToolbarProps {
  readonly view: TicksView;
  readonly kind: TickClass | null;
  readonly strategy: string;
  readonly onKind: (kind: TickClass | null) => void;
  readonly onStrategy: (name: string) => void;
}

/** How many of each class there are, of all strategies or of one; each class is a filter. */
function Toolbar({ view, kind, strategy, onKind, onStrategy }: ToolbarProps): ReactNode {
  const names = Object.keys(view.counts).toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const counted = strategy === "" ? names : [strategy];
  const totalOf = (index: number): number => counted.reduce((sum, name) => sum + (view.counts[name]?.[index] ?? 0), 0);
  return (
    <div className="chips toolbar" role="group" aria-label="Classes">
      {TICK_CLASSES.map((name, index) => (
        <Chip
          key={name}
          kind={name}
          count={totalOf(index)}
          pressed={kind === name}
          onPress={() => onKind(kind === name ? null : name)}
        />
      ))}
      <span className="spacer" />
      <label className="field small">
        <span className="hidden-text">Strategy</span>
        <select data-testid="ticks-strategy" value={strategy} onChange={(event) => onStrategy(event.target.value)}>
          <option value="">All strategies</option>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

export function TickLedger({ tabs }: { readonly tabs: ReactNode }): ReactNode {
  const view = useStream("ticks");
  const filter = useFilter("ticks");
  const [kind, setKind] = useState<TickClass | null>(null);
  const [strategy, setStrategy] = useState("");
  const rows = useMemo(
    () =>
      Object.values(view?.rows ?? {}).filter(
        (row) => (kind === null || row.class === kind) && (strategy === "" || row.strategy === strategy),
      ),
    [view?.rows, kind, strategy],
  );
  const total = Object.values(view?.counts ?? {}).reduce((sum, counts) => sum + counts.reduce((a, b) => a + b, 0), 0);
  return (
    <Panel
      title="Ticks"
      subtitle={`${formatCount(total)} planned · the newest of each class are listed`}
      testId="ticks"
      actions={
        <>
          {tabs}
          <Filter id="ticks" label="Filter ticks" />
          <ExportButton what="ticks" />
        </>
      }
    >
      {view === null ? (
        <Loading what="ticks" />
      ) : view.problem !== null ? (
        <Failed title="The ledger ends here" error={{ code: "journal_damaged", message: view.problem }} />
      ) : (
        <div className="ledger" id="schedule-panel" role="tabpanel" aria-labelledby="tab-ticks">
          <Toolbar view={view} kind={kind} strategy={strategy} onKind={setKind} onStrategy={setStrategy} />
          <div className="rest">
            <Grid
              id="ticks"
              label="Planned ticks and their outcomes"
              columns={COLUMNS}
              rows={rows}
              rowId={rowId}
              filter={filter}
              empty={
                <Empty title={kind === null ? "No tick yet" : `No tick is ${TICK_LOOKS[kind].word.toLowerCase()}`}>
                  {kind === null ? "Ticks are listed from the first planned run." : `${words(TICK_MEANINGS[kind])}.`}
                </Empty>
              }
            />
          </div>
        </div>
      )}
    </Panel>
  );
}
