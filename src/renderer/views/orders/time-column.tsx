/** The first column of orders, fills and rejections: when it happened, the newest first. */
import type { Column } from "../../components/grid.tsx";
import { Time } from "../../components/values.tsx";

interface Placed {
  /** Microseconds since 1970, UTC. */
  readonly at: number;
  /** Its entry's number in the journal. */
  readonly seq: number;
}

/** Moments first; what happened at one moment is in the order of the journal. A fill's moment is the venue's, its report may be later. */
export const timeColumn = <Row extends Placed>(): Column<Row> => ({
  id: "at",
  header: "Time",
  value: (row) => row.at,
  compare: (a, b) => a.at - b.at || a.seq - b.seq,
  cell: (row) => <Time at={row.at} />,
  width: 112,
  sort: "desc",
});
