/** The workspace's market data: its files, one more dropped or picked, its preview, its candles. */
import { RotateCw, Trash2 } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import type { ReactNode } from "react";
import type { DataFile, DataReadFile } from "../../../shared/contract/contract-data.ts";
import { useFileDrop } from "../../components/file-drop.ts";
import { Grid } from "../../components/grid.tsx";
import type { Column } from "../../components/grid.tsx";
import { Empty, Failed, Loading, Panel } from "../../components/panel.tsx";
import { Status } from "../../components/status.tsx";
import { Filter, useFilter } from "../../actions/tools.tsx";
import { BarTime } from "../../components/values.tsx";
import { askDeleteData } from "../../actions/data-actions.ts";
import { formatBytes, formatCount, formatShare } from "../../lib/format.ts";
import type { Look } from "../../lib/status.ts";
import { formatSpan } from "../../lib/time.ts";
import { closeData, openData, refreshData, takeDataFiles, useData } from "../../stores/data.ts";
import { PickFiles } from "./pick-files.tsx";
import { SeriesPanel } from "./data-chart.tsx";
import { FirstRows } from "./data-samples.tsx";
import { PreviewPanel } from "./data-preview.tsx";

const LOOKS: Readonly<Record<DataFile["state"], Look>> = {
  waiting: { shape: "info", word: "Waiting", tone: "quiet", rank: 2 },
  reading: { shape: "running", word: "Reading", tone: "accent", rank: 1 },
  read: { shape: "ok", word: "Read", tone: "quiet", rank: 3 },
  unreadable: { shape: "warning", word: "Has a question", tone: "warning", rank: 0 },
};

const sumOf = (file: DataFile, of: (read: DataReadFile) => number): number | null =>
  file.reading === null || file.reading.files.length === 0
    ? null
    : file.reading.files.reduce((sum, read) => sum + of(read), 0);
const seriesOf = (file: DataFile) => file.reading?.series ?? [];
const edge = (file: DataFile, end: "from" | "to"): number | null => {
  const moments = seriesOf(file).map((one) => one[end]);
  return moments.length === 0 ? null : end === "from" ? Math.min(...moments) : Math.max(...moments);
};
const barsOf = (file: DataFile): number | null =>
  file.reading === null ? null : seriesOf(file).reduce((sum, { bars }) => sum + bars, 0);
const symbolsOf = (file: DataFile): string => {
  const names = seriesOf(file).map(({ symbol }) => symbol);
  return names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${names.length - 3} more` : "");
};

const count = (id: string, header: string, of: (read: DataReadFile) => number, width: number): Column<DataFile> => ({
  id,
  header,
  value: (row) => sumOf(row, of),
  cell: (row) => <span className={sumOf(row, of) ? "tone-warning" : "quiet"}>{formatCount(sumOf(row, of))}</span>,
  right: true,
  width,
});

const COLUMNS: readonly Column<DataFile>[] = [
  { id: "name", header: "File", value: (row) => row.name, mono: true, flex: 1.4, width: 118, sort: "asc" },
  { id: "symbols", header: "Symbols", value: symbolsOf, flex: 1, width: 74 },
  {
    id: "state",
    header: "State",
    value: (row) => LOOKS[row.state].rank,
    text: (row) => LOOKS[row.state].word,
    cell: (row) => <Status look={LOOKS[row.state]} />,
    hint: (row) => row.reading?.unreadable?.message ?? null,
    width: 104,
  },
  {
    id: "bars",
    header: "Bars",
    value: barsOf,
    cell: (row) => formatCount(barsOf(row)),
    right: true,
    width: 72,
  },
  {
    id: "interval",
    header: "Interval",
    value: (row) => seriesOf(row)[0]?.interval ?? null,
    cell: (row) => formatSpan(seriesOf(row)[0]?.interval ?? null),
    right: true,
    width: 72,
  },
  {
    id: "from",
    header: "From",
    value: (row) => edge(row, "from"),
    cell: (row) => <BarTime at={edge(row, "from")} />,
    width: 168,
  },
  {
    id: "to",
    header: "To",
    value: (row) => edge(row, "to"),
    cell: (row) => <BarTime at={edge(row, "to")} />,
    width: 168,
  },
  count("gaps", "Gaps", (read) => read.gapsTotal, 56),
  count("jumps", "Jumps", (read) => read.jumpsTotal, 62),
  count("refused", "Refused", (read) => read.refusedTotal, 72),
  {
    id: "bytes",
    header: "Size",
    value: (row) => row.bytes,
    cell: (row) => formatBytes(row.bytes),
    right: true,
    quiet: true,
    width: 78,
  },
];

const rowId = (row: DataFile): string => row.name;

function List(): ReactNode {
  const list = useData((state) => state.list);
  const error = useData((state) => state.error);
  const filter = useFilter("data");
  const [marked, setMarked] = useState<readonly string[]>([]);
  const onMarked = useCallback((rows: readonly DataFile[]) => setMarked(rows.map(rowId)), []);
  if (list === null)
    return error === null ? (
      <Loading what="the data" />
    ) : (
      <Failed title="The data cannot be listed" error={error} retry={() => void refreshData()} />
    );
  const { files, more } = list;
  return (
    <Panel
      title="Market data"
      subtitle={more > 0 ? `the first ${files.length} of ${formatCount(files.length + more)} files` : list.folder}
      actions={
        <>
          <PickFiles />
          <button
            type="button"
            className="button"
            data-testid="delete-marked"
            disabled={marked.length === 0}
            onClick={() => askDeleteData(marked)}
          >
            <Trash2 size={13} aria-hidden="true" />
            Delete…
          </button>
          <button
            type="button"
            className="button icon"
            aria-label="Refresh"
            title="Refresh"
            onClick={() => void refreshData()}
          >
            <RotateCw size={14} aria-hidden="true" />
          </button>
          <Filter id="data" label="Filter files" />
        </>
      }
    >
      <Grid
        id="data"
        label="Market data files"
        columns={COLUMNS}
        rows={files}
        rowId={rowId}
        filter={filter}
        onMarked={onMarked}
        onOpen={(row) => openData(row.name)}
        empty={
          <Empty title="No market data yet">
            Drop a file of bars, trades or quotes here, or add one: CSV, Parquet, JSON, zipped or not. You see a preview
            before anything is saved.
          </Empty>
        }
      />
    </Panel>
  );
}

function Detail(): ReactNode {
  const detail = useData((state) => state.detail);
  const file = useData(({ list }) =>
    detail.kind === "series" ? list?.files.find(({ name }) => name === detail.name) : undefined,
  );
  if (detail.kind === "series") return file === undefined ? null : <SeriesPanel key={file.name} file={file} />;
  if (detail.kind === "preview") return <PreviewPanel key={JSON.stringify(detail.source)} {...detail} />;
  if (detail.kind === "none") return null;
  return (
    <Panel title="Reading" subtitle={detail.name}>
      <div className="state" role="status">
        <progress max={1} value={detail.share} aria-label="Uploading" />
        <p>
          {detail.name}: {formatShare(detail.share, 0)}
        </p>
        <button type="button" className="button" onClick={closeData}>
          Cancel
        </button>
      </div>
      {detail.glimpse === null ? null : <FirstRows reading={detail.glimpse} />}
    </Panel>
  );
}

export function Data(): ReactNode {
  const { over, ...drop } = useFileDrop(takeDataFiles);
  const shown = useData((state) => state.detail.kind !== "none");
  useEffect(() => void refreshData(), []);
  return (
    <div className={over ? "sessions over" : "sessions"} {...drop}>
      <div className={shown ? "data-list" : "half"}>
        <List />
      </div>
      {shown ? (
        <div className="half">
          <Detail />
        </div>
      ) : null}
    </div>
  );
}
