/** Rejections that repeat, folded: one row for each cause, strategy and symbol, with its count, first, last and course. */
import { useEffect, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import type { Output } from "../../../shared/contract/contract.ts";
import type { RejectionsView } from "../../../shared/contract/views.ts";
import { Grid, type Column } from "../../components/grid.tsx";
import { Empty, Failed, Loading } from "../../components/panel.tsx";
import { Cause } from "../../components/status.tsx";
import { Spark } from "../../components/tile.tsx";
import { Time } from "../../components/values.tsx";
import { formatCount } from "../../lib/format.ts";
import { guardName } from "../../lib/guards.ts";
import { groupsOf, type RejectionGroup } from "../../lib/rejections.ts";
import { LEVEL_LOOKS } from "../../lib/status.ts";
import { ask, type Answer } from "../../stores/live.ts";

type Groups = Output<"rejections.groups">;

const RENEW_MS = 1_000;

const COLUMNS: readonly Column<RejectionGroup>[] = [
  {
    id: "cause",
    header: "Cause",
    value: (row) => guardName(row.cause),
    text: (row) => `${guardName(row.cause)} ${row.cause}`,
    cell: (row) => <Cause severity={row.severity} cause={row.cause} />,
    width: 200,
  },
  { id: "strategy", header: "Strategy", value: (row) => row.strategy, flex: 1, width: 110 },
  { id: "symbol", header: "Symbol", value: (row) => row.symbol, width: 90 },
  {
    id: "count",
    header: "Count",
    value: (row) => row.count,
    cell: (row) => formatCount(row.count),
    right: true,
    width: 84,
    sort: "desc",
  },
  {
    id: "course",
    header: "Trend",
    value: (row) => row.count,
    cell: (row) => <Spark values={row.spark} tone={LEVEL_LOOKS[row.severity].tone} />,
    hint: (row) => `${formatCount(row.count)} between the session's first rejection and its last`,
    width: 130,
    fixed: true,
  },
  {
    id: "first",
    header: "First",
    value: (row) => row.firstAt,
    cell: (row) => <Time at={row.firstAt} />,
    right: true,
    width: 118,
  },
  {
    id: "last",
    header: "Last",
    value: (row) => row.lastAt,
    cell: (row) => <Time at={row.lastAt} />,
    right: true,
    width: 118,
  },
];

const groupId = ({ cause, strategy, symbol }: RejectionGroup): string => JSON.stringify([cause, strategy, symbol]);

/** The groups of a session that is longer than its newest rows, asked for again at most once a second while rejections are added. */
function useGroups(total: number, needed: boolean): Answer<Groups> | null {
  const [answer, setAnswer] = useState<Answer<Groups> | null>(null);
  const newest = useRef(total);
  useEffect(() => {
    newest.current = total;
  }, [total]);
  useEffect(() => {
    if (!needed) return undefined;
    let [gone, asked] = [false, -1];
    const load = async (): Promise<void> => {
      if (asked === newest.current) return;
      asked = newest.current;
      const next = await ask("rejections.groups", {});
      if (!gone) setAnswer(next);
    };
    void load();
    const timer = setInterval(() => void load(), RENEW_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [needed]);
  return answer;
}

interface GroupsProps {
  /** Rejections of the session, and the newest of them. */
  readonly total: number;
  readonly newest: readonly RejectionsView["rows"][string][];
  readonly cause: string | null;
  readonly filter: string;
  readonly onOpen: (group: RejectionGroup) => void;
}

export function RejectionGroups({ total, newest, cause, filter, onOpen }: GroupsProps): ReactNode {
  const whole = newest.length >= total;
  const answer = useGroups(total, !whole);
  const own = useMemo(() => (whole ? groupsOf(newest) : null), [whole, newest]);
  if (own === null && answer === null) return <Loading what="the groups" />;
  if (own === null && answer?.ok === false)
    return <Failed title="The rejections could not be grouped" error={answer.error} />;
  const groups = own ?? (answer?.ok === true ? answer.value.groups : []);
  const rows = groups.filter((group) => cause === null || group.cause === cause);
  return (
    <Grid
      id="rejection-groups"
      label="Rejections by cause, strategy and symbol"
      columns={COLUMNS}
      rows={rows}
      rowId={groupId}
      filter={filter}
      onOpen={onOpen}
      empty={
        <Empty title="No rejections">
          Each refused order is listed with its value, its limit and when a new one could pass.
        </Empty>
      }
    />
  );
}
