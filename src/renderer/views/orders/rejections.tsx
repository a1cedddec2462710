/** Rejections: kept, grouped by cause, each with its limit, its value, and when a new order could pass. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { RejectionsView } from "../../../shared/contract/views.ts";
import { Grid, type Column, type Sort } from "../../components/grid.tsx";
import { ANYTHING, isNarrowed, Narrow, narrowed, type Narrowing } from "../../components/narrow.tsx";
import { Empty, Failed, Loading, Panel } from "../../components/panel.tsx";
import { Cause } from "../../components/status.tsx";
import { ExportButton, Filter, useFilter } from "../../actions/tools.tsx";
import { Countdown, Reading, Time } from "../../components/values.tsx";
import { guardName } from "../../lib/guards.ts";
import { readableSentence } from "../../../shared/text/sentence-text.ts";
import { ABSENT, compareAmounts, formatCount, formatNumber, plural } from "../../lib/format.ts";
import { Tabs } from "../../components/tabs.tsx";
import { useArchive } from "../../stores/archive.ts";
import type { RejectionGroup } from "../../lib/rejections.ts";
import { RejectionGroups } from "./rejection-groups.tsx";
import { timeColumn } from "./time-column.tsx";
import { useNow, useStream } from "../../stores/live.ts";
import { explain } from "../../stores/ui.ts";
import { NoSession, useOpen } from "../sessions/no-session.tsx";

type Row = RejectionsView["rows"][string];
type Group = RejectionsView["groups"][string];

/** When a new order could pass: a countdown, then "now"; where it is no matter of time, what would have to change. */
function Passes({ row }: { readonly row: Row }): ReactNode {
  const now = useNow();
  if (row.from !== null)
    return <span className="quiet">{`from ${formatNumberText(row.from)} ${row.from === "1" ? "unit" : "units"}`}</span>;
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
  timeColumn(),
  {
    id: "cause",
    header: "Cause",
    value: (row) => guardName(row.cause),
    text: (row) => `${guardName(row.cause)} ${row.cause}`,
    cell: (row) => <Cause severity={row.severity} cause={row.cause} />,
    width: 170,
  },
  { id: "strategy", header: "Strategy", value: (row) => row.strategy, flex: 1, width: 104 },
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
    cell: (row) => <Reading guard={row.cause} value={row.value} />,
    hint: (row) => row.value,
    right: true,
    width: 92,
  },
  {
    id: "limit",
    header: "Limit",
    value: (row) => row.limit,
    compare: (a, b) => compareAmounts(a.limit, b.limit),
    cell: (row) => <Reading guard={row.cause} value={row.limit} />,
    hint: (row) => row.limit,
    right: true,
    width: 92,
  },
  {
    id: "free",
    header: "A new order can pass",
    value: (row) => row.freeAt,
    cell: (row) => <Passes row={row} />,
    right: true,
    width: 142,
  },
  {
    id: "bar",
    header: "Bar",
    value: (row) => row.bar,
    cell: (row) => <Time at={row.bar} />,
    right: true,
    width: 112,
    hidden: true,
  },
  {
    id: "because",
    header: "Because",
    value: (row) => readableSentence(row.because),
    hint: (row) => row.detail ?? row.because,
    quiet: true,
    flex: 2,
    width: 110,
  },
];

const rowId = (row: Row): string => String(row.seq);
const open = (row: Row): void => explain(`seq:${row.seq}`);

const NOTHING_REJECTED = (
  <Empty title="No rejections">
    Each refused order is listed with its value, its limit and when a new one could pass.
  </Empty>
);

/** The newest rejections, as a panel of another view. */
export function RejectionsPanel({ id }: { readonly id: string }): ReactNode {
  const view = useStream("rejections");
  const filter = useFilter("rejections");
  const rows = useMemo(() => Object.values(view?.rows ?? {}), [view?.rows]);
  const groups = Object.values(view?.groups ?? {}).toSorted((a, b) => b.count - a.count);
  const total = view?.total ?? 0;
  return (
    <Panel
      title="Rejections"
      subtitle={`${formatCount(total)} in this session${total > rows.length ? ` · the newest ${formatCount(rows.length)} shown` : ""}`}
      actions={
        <>
          {groups.slice(0, 3).map((group) => (
            <Cause
              key={group.cause}
              severity={group.severity}
              cause={group.cause}
              more={` ${formatCount(group.count)}`}
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
          empty={NOTHING_REJECTED}
        />
      )}
    </Panel>
  );
}

type Found = ReturnType<typeof useFound>;

/** Rejections one by one: the newest as they come, and from the archive whatever they cannot answer. */
function useFound(view: RejectionsView | null, narrowing: Narrowing) {
  const words = useFilter("rejections");
  const now = useNow();
  const [sort, setSort] = useState<Sort | null>(null);
  const newest = useMemo(() => Object.values(view?.rows ?? {}), [view?.rows]);
  const total = view?.total ?? 0;
  const byTime = sort === null || sort.column === "at";
  const newestFirst = byTime && (sort?.descending ?? true);
  const asked = isNarrowed(narrowing) || (newest.length < total && (words !== "" || !newestFirst));
  const question = {
    words,
    ...narrowed("rejections", narrowing, now),
    sort: byTime ? "at" : sort.column,
    descending: sort?.descending ?? true,
  };
  // Without a question of its own the whole session can still be continued from the newest on.
  const found = useArchive("rejections", asked || newest.length < total ? question : null, total);
  const answered = asked && !(found.waiting && found.rows.length === 0);
  // While the answer is on its way, the rows at hand are of another question.
  const continued = !asked && !found.waiting && found.rows.length > newest.length;
  return {
    ...found,
    shown: answered || continued ? found.rows : newest,
    answered,
    words,
    now,
    all: total,
    newest,
    setSort,
  };
}

function Each({ found }: { readonly found: Found }): ReactNode {
  const { answered, words, shown, error, setSort } = found;
  if (error !== null) return <Failed title="The list could not be searched" error={error} />;
  return (
    <Grid
      id="rejections"
      label="Rejections"
      columns={COLUMNS}
      rows={shown}
      rowId={rowId}
      filter={answered ? "" : words}
      onOpen={open}
      onSort={setSort}
      empty={
        answered ? (
          <Empty title="Nothing matches">Clear the filter or choose a longer time to see more rows.</Empty>
        ) : (
          NOTHING_REJECTED
        )
      }
    />
  );
}

const TABS = [
  { value: "grouped", label: "Grouped" },
  { value: "each", label: "Each" },
] as const;

function subtitleOf(tab: "grouped" | "each", { answered, total, all, shown, share }: Found): string {
  if (tab === "grouped") return `${formatCount(all)} in this session, by cause, strategy and symbol`;
  const searched = share < 1 ? ` · ${Math.floor(share * 100)} % of the session searched` : "";
  if (answered) return `${formatCount(total)} of ${formatCount(all)}${searched}`;
  return shown.length < all ? `the newest ${formatCount(shown.length)} of ${formatCount(all)}` : formatCount(all);
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
      <Cause severity={group.severity} cause={group.cause} />
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
  const [tab, setTab] = useState<"grouped" | "each">("grouped");
  const [narrowing, setNarrowing] = useState(ANYTHING);
  const found = useFound(view, narrowing);
  if (!there) return <NoSession what="what was rejected" />;
  const groups = Object.values(view?.groups ?? {}).toSorted((a, b) => b.count - a.count);
  const openGroup = ({ cause, strategy, symbol }: RejectionGroup): void => {
    setNarrowing({ ...ANYTHING, kind: cause, strategy, symbol });
    setTab("each");
  };
  return (
    <>
      {groups.length === 0 ? null : (
        <div className="chips" role="group" aria-label={plural(groups.length, "cause")}>
          {groups.map((group) => (
            <Chip
              key={group.cause}
              group={group}
              pressed={group.cause === narrowing.kind}
              onPress={() => setNarrowing({ ...narrowing, kind: group.cause === narrowing.kind ? "" : group.cause })}
            />
          ))}
        </div>
      )}
      <Panel
        grow
        title="Rejections"
        subtitle={subtitleOf(tab, found)}
        actions={
          <>
            <Tabs
              label="Grouped or one by one"
              value={tab}
              options={TABS}
              controls="rejections-list"
              onChange={setTab}
            />
            {tab === "each" && found.more ? (
              <button type="button" className="button" data-testid="more-rows" onClick={found.load}>
                Show more
              </button>
            ) : null}
            <Filter id="rejections" label="Filter rejections" />
            <ExportButton what="rejections" />
          </>
        }
      >
        <div id="rejections-list" role="tabpanel" aria-labelledby={`tab-${tab}`} className="narrowed">
          {tab === "each" ? (
            <Narrow
              table="rejections"
              value={narrowing}
              words={found.words}
              now={found.now}
              kindWord={guardName}
              onChange={setNarrowing}
            />
          ) : null}
          <div className="list">
            {view === null ? (
              <Loading what="rejections" />
            ) : tab === "each" ? (
              <Each found={found} />
            ) : (
              <RejectionGroups
                total={found.all}
                newest={found.newest}
                cause={narrowing.kind === "" ? null : narrowing.kind}
                filter={found.words}
                onOpen={openGroup}
              />
            )}
          </div>
        </div>
      </Panel>
    </>
  );
}
