/** Log: what happened, in words. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { LogView } from "../../shared/contract/views.ts";
import { Grid } from "../components/grid.tsx";
import type { Column } from "../components/grid.tsx";
import { Empty, Loading, Panel, Segments } from "../components/panel.tsx";
import { Status } from "../components/status.tsx";
import { ExportButton, Filter, useFilter } from "../actions/tools.tsx";
import { Time } from "../components/values.tsx";
import { formatCount, plural } from "../lib/format.ts";
import { LEVEL_LOOKS } from "../lib/status.ts";
import { useStream } from "../stores/live.ts";
import { explain } from "../stores/ui.ts";
import { NoSession, useOpen } from "./sessions/no-session.tsx";

type Line = LogView["lines"][string];

const COLUMNS: readonly Column<Line>[] = [
  {
    id: "at",
    header: "Time",
    value: (row) => row.seq,
    cell: (row) => <Time at={row.at} full />,
    width: 188,
    sort: "desc",
  },
  {
    id: "level",
    header: "Level",
    value: (row) => LEVEL_LOOKS[row.level].rank,
    text: (row) => LEVEL_LOOKS[row.level].word,
    cell: (row) => <Status look={LEVEL_LOOKS[row.level]} />,
    width: 112,
  },
  { id: "subject", header: "Subject", value: (row) => row.subject, width: 124 },
  {
    id: "text",
    header: "What happened",
    value: (row) => row.text,
    // A number is found as it is shown and as it is typed.
    text: (row) => `${row.text} ${row.text.replaceAll(",", "")}`,
    hint: (row) => row.text,
    flex: 1,
    width: 260,
  },
  {
    id: "seq",
    header: "Journal",
    value: (row) => row.seq,
    cell: (row) => formatCount(row.seq),
    quiet: true,
    right: true,
    width: 80,
  },
];

const rowId = (row: Line): string => String(row.seq);
const LEVELS = [
  { value: "all", label: "All" },
  { value: "warning", label: "Warnings" },
  { value: "critical", label: "Critical" },
] as const;

/** A line about an order or a drift item opens its why. */
function open(row: Line): void {
  if (/^(ROUTER|DRIFT)-/.test(row.subject)) explain(row.subject);
}

/** Lines that the host lists; older ones are in the journal. */
const LISTED_MAX = 1_000;

/** How many lines are shown, of how many. */
function shownText(shown: number, listed: number): string {
  const whole = listed < LISTED_MAX ? plural(listed, "line") : `the newest ${plural(listed, "line")}`;
  const what = shown === listed ? whole : `${formatCount(shown)} of ${whole}`;
  return listed < LISTED_MAX ? what : `${what}; all are in the session's journal`;
}

export function Log(): ReactNode {
  const view = useStream("log");
  const there = useOpen();
  const filter = useFilter("log");
  const [level, setLevel] = useState<"all" | "warning" | "critical">("all");
  const rows = useMemo(
    () =>
      Object.values(view?.lines ?? {}).filter(
        (line) => level === "all" || line.level === "critical" || (level === "warning" && line.level === "warning"),
      ),
    [view?.lines, level],
  );
  if (!there) return <NoSession what="its log" />;
  if (view === null) return <Loading what="the log" />;
  return (
    <Panel
      grow
      title="Log"
      subtitle={shownText(rows.length, Object.keys(view.lines).length)}
      actions={
        <>
          <Segments label="Level" value={level} options={LEVELS} onChange={setLevel} />
          <Filter id="log" label="Filter the log" />
          <ExportButton what="log" />
        </>
      }
    >
      <Grid
        id="log"
        label="Log"
        columns={COLUMNS}
        rows={rows}
        rowId={rowId}
        filter={filter}
        onOpen={open}
        empty={
          <Empty title="No entries at this level">Routine runs are not listed; the journal has every entry.</Empty>
        }
      />
    </Panel>
  );
}
