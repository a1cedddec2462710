/** Rejections: kept, grouped by cause, each with its limit, its value, and when a new order could pass. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { RejectionsView } from "../../../shared/contract/views.ts";
import { Grid } from "../../components/grid.tsx";
import type { Column } from "../../components/grid.tsx";
import { Empty, Loading, Panel } from "../../components/panel.tsx";
import { Shape, Status } from "../../components/status.tsx";
import { ExportButton, Filter, useFilter } from "../../actions/tools.tsx";
import { Countdown, Time } from "../../components/values.tsx";
import { ABSENT, compareAmounts, formatCount, formatNumber, plural } from "../../lib/format.ts";
import { LEVEL_LOOKS } from "../../lib/status.ts";
import { useNow, useStream } from "../../stores/live.ts";
import { explain } from "../../stores/ui.ts";
import { NoSession, useOpen } from "../sessions/no-session.tsx";

type Row = RejectionsView["rows"][string];
type Group = RejectionsView["groups"][string];

/** When a new order could pass: a countdown, then "now"; where it is no matter of time, what would have to change. */
function Passes({ row }: { readonly row: Row }): ReactNode {
  const now = useNow();
  if (row.from !== null)
    return (
      <span className="quiet">{`from ${formatNumberText(row.from)} ${row.from === "1" ? "unit" : "units"} on`}</span>
    );
  if (row.largest !== null && row.freeAt === null)
    return (
      <span className="quiet">{`up to ${formatNumberText(row.largest)} ${row.largest === "1" ? "unit" : "units"}`}</span>
    );
  if (row.freeAt === null)
    return <span className="quiet">{row.limit === null ? ABSENT : `within ${formatNumberText(row.limit)}`}</span>;
  if (row.freeAt <= now) return <span className="quiet">now</span>;
  return (
    <span>
      in <Countdown at={row.freeAt} />
    </span>
  );
}

/** Decimal places that a number is shown with at most; the row's hint has all. */
const PLACES_MAX = 6;

/** Numbers are grouped; texts stay as they are. */
function formatNumberText(text: string | null): string {
  if (text === null) return ABSENT;
  if (!/^-?\d+(\.\d+)?$/.test(text)) return text;
  const places = text.split(".")[1]?.length ?? 0;
  return places > PLACES_MAX ? formatNumber(text, { places: PLACES_MAX }) : formatNumber(text);
}

const COLUMNS: readonly Column<Row>[] = [
  { id: "at", header: "Time", value: (row) => row.seq, cell: (row) => <Time at={row.at} />, width: 112, sort: "desc" },
  {
    id: "cause",
    header: "Cause",
    value: (row) => row.cause,
    cell: (row) => <Status look={LEVEL_LOOKS[row.severity]} word={row.cause} />,
    width: 184,
  },
  { id: "strategy", header: "Strategy", value: (row) => row.strategy, flex: 1, width: 88 },
  { id: "symbol", header: "Symbol", value: (row) => row.symbol, width: 84 },
  {
    id: "quantity",
    header: "Quantity",
    value: (row) => row.quantity,
    cell: (row) => formatNumber(row.quantity, { signed: true }),
    right: true,
    width: 74,
  },
  {
    id: "value",
    header: "Value",
    value: (row) => row.value,
    compare: (a, b) => compareAmounts(a.value, b.value),
    cell: (row) => formatNumberText(row.value),
    hint: (row) => row.value,
    right: true,
    width: 88,
  },
  {
    id: "limit",
    header: "Limit",
    value: (row) => row.limit,
    compare: (a, b) => compareAmounts(a.limit, b.limit),
    cell: (row) => formatNumberText(row.limit),
    hint: (row) => row.limit,
    right: true,
    width: 82,
  },
  {
    id: "free",
    header: "A new order can pass",
    value: (row) => row.freeAt,
    cell: (row) => <Passes row={row} />,
    right: true,
    width: 142,
  },
  { id: "bar", header: "Bar", value: (row) => row.bar, cell: (row) => <Time at={row.bar} />, right: true, width: 112 },
  {
    id: "because",
    header: "Because",
    value: (row) => row.because,
    hint: (row) => row.detail ?? row.because,
    quiet: true,
    flex: 2,
    width: 68,
  },
];

const rowId = (row: Row): string => String(row.seq);
const open = (row: Row): void => explain(`seq:${row.seq}`);

interface GridProps {
  readonly id: string;
  /** Only this cause; null shows all. */
  readonly cause?: string | null;
}

export function RejectionsGrid({ id, cause = null }: GridProps): ReactNode {
  const view = useStream("rejections");
  const filter = useFilter("rejections");
  const rows = useMemo(
    () => Object.values(view?.rows ?? {}).filter((row) => cause === null || row.cause === cause),
    [view?.rows, cause],
  );
  const groups = Object.values(view?.groups ?? {}).toSorted((a, b) => b.count - a.count);
  const total = view?.total ?? 0;
  const hidden = total - Object.keys(view?.rows ?? {}).length;
  return (
    <Panel
      grow={id === "rejections"}
      title="Rejections"
      subtitle={`${formatCount(total)} in this session${hidden > 0 ? ` · the newest ${formatCount(rows.length)} shown` : ", by cause"}`}
      actions={
        <>
          {id === "rejections"
            ? null
            : groups
                .slice(0, 3)
                .map((group) => (
                  <Status
                    key={group.cause}
                    look={LEVEL_LOOKS[group.severity]}
                    word={`${group.cause} ${formatCount(group.count)}`}
                  />
                ))}
          <Filter id="rejections" label="Filter rejections" />
          <ExportButton what="rejections" />
        </>
      }
    >
      {view === null ? (
        <Loading what="rejections" />
      ) : (
        <Grid
          id={id}
          label="Rejections"
          columns={COLUMNS}
          rows={rows}
          rowId={rowId}
          filter={filter}
          onOpen={open}
          empty={<Empty title="Nothing was rejected">A refused order stays here with its limit and its value.</Empty>}
        />
      )}
    </Panel>
  );
}

function Chip({
  group,
  pressed,
  onPress,
}: {
  readonly group: Group;
  readonly pressed: boolean;
  readonly onPress: () => void;
}): ReactNode {
  return (
    <button type="button" className="chip" aria-pressed={pressed} onClick={onPress}>
      <span className="status">
        <Shape name={group.severity} />
        {group.cause}
      </span>
      <b>{formatCount(group.count)}</b>
      <span className="quiet">
        last <Time at={group.lastAt} />
      </span>
    </button>
  );
}

export function Rejections(): ReactNode {
  const view = useStream("rejections");
  const there = useOpen();
  const [cause, setCause] = useState<string | null>(null);
  if (!there) return <NoSession what="what was rejected" />;
  const groups = Object.values(view?.groups ?? {}).toSorted((a, b) => b.count - a.count);
  return (
    <>
      {groups.length === 0 ? null : (
        <div className="chips" role="group" aria-label={plural(groups.length, "cause")}>
          {groups.map((group) => (
            <Chip
              key={group.cause}
              group={group}
              pressed={group.cause === cause}
              onPress={() => setCause(group.cause === cause ? null : group.cause)}
            />
          ))}
        </div>
      )}
      <RejectionsGrid id="rejections" cause={cause} />
    </>
  );
}
