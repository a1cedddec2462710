/** Schedule: the timeline, and a row a strategy with what it did, what it may take and when it runs next. */
import { DropdownMenu } from "radix-ui";
import { useCallback, useMemo, useState } from "react";
import type { ReactNode } from "react";
import { BAR_CADENCE } from "../../shared/desk.ts";
import type { ScheduleView } from "../../shared/contract/views.ts";
import { Grid } from "../components/grid.tsx";
import type { Column } from "../components/grid.tsx";
import { Empty, Loading, Panel, Segments } from "../components/panel.tsx";
import { plain } from "../lib/plain.ts";
import { Split } from "../components/split.tsx";
import { Status } from "../components/status.tsx";
import { Tabs } from "../components/tabs.tsx";
import { Timeline } from "../components/timeline.tsx";
import type { Span } from "../components/timeline-draw.ts";
import { ExportButton, Filter, useFilter } from "../actions/tools.tsx";
import { Age, Countdown, Meter, Time } from "../components/values.tsx";
import { ABSENT, formatCount, plural } from "../lib/format.ts";
import { askHaltEach, askResumePart } from "../actions/halt-actions.ts";
import { operatorName } from "../stores/prefs.ts";
import { strategyLook } from "../lib/status.ts";
import { formatSpan } from "../lib/time.ts";
import { menuPlace } from "../lib/menu-place.ts";
import { ask, useNow, useStream } from "../stores/live.ts";
import { notify, succeeded } from "../stores/ui.ts";
import { NoSession, useOpen } from "./sessions/no-session.tsx";
import { TimelineLegend } from "./desk.tsx";
import { TickLedger } from "./ticks.tsx";

type Row = ScheduleView["rows"][string];

const COUNT = (id: string, header: string, of: (row: Row) => number, width: number): Column<Row> => ({
  id,
  header,
  value: of,
  cell: (row) => <span className={of(row) === 0 ? "quiet" : "tone-warning"}>{formatCount(of(row))}</span>,
  right: true,
  width,
});

function Runtime({ row }: { readonly row: Row }): ReactNode {
  if (row.lastRuntime === null) return <span className="quiet">{ABSENT}</span>;
  const used = row.lastRuntime / row.budget;
  const text = `${(row.lastRuntime / 1e6).toFixed(2)} / ${(row.budget / 1e6).toFixed(1)} s`;
  return <Meter used={used} text={text} tone={used > 1 ? "warning" : "accent"} />;
}

/** How long until the next run; its moment is there on hover. */
function nextRunAt({ at }: { readonly at: number | null }, now: number): ReactNode {
  if (at === null || at <= now) return <Countdown at={at} />;
  return (
    <>
      <span className="quiet">in </span>
      <Countdown at={at} />
    </>
  );
}

function NextRun(props: { readonly at: number | null }): ReactNode {
  return nextRunAt(props, useNow());
}

/** Why a strategy stands as it does, behind the moment since when. */
function Reason({ row }: { readonly row: Row }): ReactNode {
  if (row.reason === null) return null;
  return (
    <>
      {row.reasonAt === null ? null : (
        <>
          <Time at={row.reasonAt} />{" "}
        </>
      )}
      {row.reason}
    </>
  );
}

plain(Runtime);
plain(NextRun, (props, { now }) => nextRunAt(props, now));
plain(Reason);

const COLUMNS: readonly Column<Row>[] = [
  // What is glanced at comes first; why, which is mostly empty, after all that has a number.
  { id: "name", header: "Strategy", value: (row) => row.name, flex: 1, width: 112 },
  {
    id: "state",
    header: "State",
    value: (row) => strategyLook(row).rank,
    text: (row) => strategyLook(row).word,
    cell: (row) => <Status look={strategyLook(row)} />,
    hint: (row) => row.reason,
    width: 118,
  },
  {
    id: "in",
    header: "Next run",
    value: (row) => row.nextRun,
    cell: (row) => <NextRun at={row.nextRun} />,
    right: true,
    width: 80,
  },
  {
    id: "runtime",
    header: "Runtime / budget",
    value: (row) => (row.lastRuntime === null ? null : row.lastRuntime / row.budget),
    cell: (row) => <Runtime row={row} />,
    right: true,
    width: 130,
  },
  COUNT("overruns", "Overruns", (row) => row.overruns, 80),
  COUNT("skips", "Skips", (row) => row.skips, 58),
  {
    id: "last",
    header: "Last run",
    value: (row) => row.lastRun,
    cell: (row) => <Time at={row.lastRun} />,
    right: true,
    width: 110,
  },
  {
    id: "heartbeat",
    header: "Heartbeat",
    value: (row) => row.lastHeartbeat,
    cell: (row) => <Age at={row.lastHeartbeat} warnAfter={row.heartbeatTimeout} />,
    right: true,
    width: 88,
  },
  {
    id: "cadence",
    header: "Cadence",
    value: (row) => row.cadence,
    cell: (row) => (
      <>
        {row.cadence === BAR_CADENCE ? "each bar" : formatSpan(row.cadence)}
        {row.jitter === 0 ? null : <span className="quiet"> ±{formatSpan(row.jitter)}</span>}
      </>
    ),
    hint: (row) => `Jitter: up to ${formatSpan(row.jitter)} either way`,
    right: true,
    width: 100,
  },
  {
    id: "reason",
    header: "Why",
    value: (row) => row.reason,
    cell: (row) => <Reason row={row} />,
    hint: (row) => row.reason,
    quiet: true,
    flex: 4,
    width: 120,
  },
  {
    id: "next",
    header: "Next run at",
    value: (row) => row.nextRun,
    cell: (row) => <Time at={row.nextRun} />,
    right: true,
    width: 112,
    hidden: true,
  },
  { ...COUNT("failures", "Failures", (row) => row.failures, 74), hidden: true },
  {
    id: "runs",
    header: "Runs",
    value: (row) => row.executions,
    cell: (row) => formatCount(row.executions),
    right: true,
    width: 68,
    hidden: true,
  },
  { id: "symbols", header: "Symbols", value: (row) => row.symbols.join(" "), quiet: true, width: 120, hidden: true },
  { id: "group", header: "Group", value: (row) => row.group, quiet: true, width: 76, hidden: true },
];

const SPANS: Readonly<Record<"minute" | "quarter" | "all", Span>> = {
  minute: { past: 60e6, future: 30e6 },
  quarter: { past: 900e6, future: 300e6 },
  all: { past: 1_800e6, future: 300e6 },
};
const SPAN_NAMES = [
  { value: "minute", label: "1 min" },
  { value: "quarter", label: "15 min" },
  { value: "all", label: "30 min" },
] as const;

const DONE = { pause: "Paused", resume: "Resumed", run: "Requested a run of" } as const;

async function command(rows: readonly Row[], action: "pause" | "resume" | "run"): Promise<void> {
  const answers = await Promise.all(
    rows.map(({ name }) => ask("strategy.command", { name, action, operator: operatorName() })),
  );
  const failed = answers.find((answer) => !answer.ok);
  if (failed !== undefined) succeeded(failed);
  else notify(`${DONE[action]} ${namesOf(rows)}.`);
}

const namesOf = (rows: readonly Row[]): string =>
  rows.length === 1 ? (rows[0]?.name ?? "") : plural(rows.length, "strategy", "strategies");

function Actions({ marked }: { readonly marked: readonly Row[] }): ReactNode {
  const halted = marked.find(({ haltedBy }) => haltedBy !== null);
  const names = namesOf(marked);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="button" disabled={marked.length === 0} data-testid="strategy-actions">
          {marked.length === 0 ? "Select strategies to act on" : `Act on ${names}`}
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={menuPlace()}>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          <DropdownMenu.Item onSelect={() => void command(marked, "pause")}>Pause {names}</DropdownMenu.Item>
          <DropdownMenu.Item onSelect={() => void command(marked, "resume")}>Resume runs of {names}</DropdownMenu.Item>
          <DropdownMenu.Item onSelect={() => void command(marked, "run")}>Run {names} once now</DropdownMenu.Item>
          <DropdownMenu.Separator asChild>
            <hr />
          </DropdownMenu.Separator>
          {/* The menu gives its focus back first, so that the dialog can take it. */}
          <DropdownMenu.Item
            data-testid="halt-marked"
            onSelect={() => setTimeout(() => askHaltEach(marked.map(({ name }) => name)), 0)}
          >
            Halt {names}…
          </DropdownMenu.Item>
          <DropdownMenu.Item
            data-testid="resume-marked"
            disabled={halted === undefined}
            onSelect={() => setTimeout(() => askResumePart(halted?.haltedBy ?? null), 0)}
          >
            Resume{" "}
            {halted?.haltedBy?.kind === "group" ? `group ${halted.haltedBy.name}` : (halted?.name ?? "what is halted")}…
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const rowId = (row: Row): string => row.name;

function Strategies({ view, tabs }: { readonly view: ScheduleView; readonly tabs: ReactNode }): ReactNode {
  const filter = useFilter("schedule");
  const rows = useMemo(() => Object.values(view.rows), [view.rows]);
  const [names, setNames] = useState<readonly string[]>([]);
  const onMarked = useCallback((marked: readonly Row[]) => setNames(marked.map((row) => row.name)), []);
  const marked = rows.filter((row) => names.includes(row.name));
  return (
    <Panel
      title="Strategies"
      subtitle={formatCount(rows.length)}
      actions={
        <>
          {tabs}
          <Actions marked={marked} />
          <Filter id="schedule" label="Filter strategies" />
          <ExportButton what="schedule" />
        </>
      }
    >
      <div id="schedule-panel" role="tabpanel" aria-labelledby="tab-strategies" style={{ height: "100%" }}>
        <Grid
          id="schedule"
          label="Strategies and their schedule"
          columns={COLUMNS}
          rows={rows}
          rowId={rowId}
          filter={filter}
          onMarked={onMarked}
          empty={<Empty title="No strategies">The desk file names none.</Empty>}
        />
      </div>
    </Panel>
  );
}

const TABS = [
  { value: "strategies", label: "Strategies" },
  { value: "ticks", label: "Ticks" },
] as const;

const simulatedIn = (view: ScheduleView): boolean => Object.values(view.rows).some((row) => row.simulated === true);

export function Schedule(): ReactNode {
  const view = useStream("schedule");
  const open = useOpen();
  const [tab, setTab] = useState<"strategies" | "ticks">("strategies");
  const [span, setSpan] = useState<keyof typeof SPANS>("minute");
  if (!open) return <NoSession what="the schedule" />;
  if (view === null) return <Loading what="the schedule" />;
  const tabs = (
    <Tabs label="Strategies or ticks" value={tab} options={TABS} controls="schedule-panel" onChange={setTab} />
  );
  return (
    <Split id="schedule" direction="vertical" sizes={[42, 58]}>
      <Panel
        title="Timeline"
        subtitle={
          simulatedIn(view)
            ? "jitter and run times come from the seed, so next runs are exact"
            : "next runs are exact: jitter comes from the seed"
        }
        actions={
          <>
            <TimelineLegend />
            <Segments label="Time shown" value={span} options={SPAN_NAMES} onChange={setSpan} />
          </>
        }
      >
        <Timeline view={view} span={SPANS[span]} />
      </Panel>
      {tab === "strategies" ? <Strategies view={view} tabs={tabs} /> : <TickLedger tabs={tabs} />}
    </Split>
  );
}
