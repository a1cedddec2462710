/** The one grid of the console: typed columns over AG Grid, with a filter, kept columns, and rows that open. */
import {
  CellStyleModule,
  ClientSideRowModelModule,
  ColumnApiModule,
  GridStateModule,
  ModuleRegistry,
  QuickFilterModule,
  RenderApiModule,
  RowApiModule,
  RowSelectionModule,
  RowStyleModule,
  ScrollApiModule,
  TooltipModule,
  themeQuartz,
} from "ag-grid-community";
import type { ColDef, GridApi } from "ag-grid-community";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import type { PointerEvent, ReactNode, RefObject } from "react";
import { LAYOUT_PREFIX, usePrefs } from "../stores/prefs.ts";
import { meaningOf } from "../../shared/glossary.ts";
import { ColumnsButton } from "./columns.tsx";
import { Cells, headerOf, rendererOf } from "./grid/cells.tsx";
import { useGrowth } from "./grid/columns.ts";
import { standingFor, type Owner } from "./grid/kept.ts";
import { useOption, useRedrawing, useStanding } from "./grid/made.ts";
import { optionsOf } from "./grid/options.ts";
import type { ColumnChoice } from "./columns.tsx";
import type { CellPlaces } from "./grid/cells.tsx";
import { openNamed, type NamedKind } from "../stores/targets.ts";
import { ABSENT, formatCount, words } from "../lib/format.ts";
import { NameLink, namedBy } from "./links.tsx";
import { Empty } from "./panel.tsx";

ModuleRegistry.registerModules([
  ClientSideRowModelModule,
  ColumnApiModule,
  CellStyleModule,
  RowStyleModule,
  RowApiModule,
  QuickFilterModule,
  RenderApiModule,
  RowSelectionModule,
  ScrollApiModule,
  TooltipModule,
  GridStateModule,
]);

const theme = themeQuartz.withParams({
  accentColor: "var(--accent)",
  backgroundColor: "var(--panel)",
  foregroundColor: "var(--ink)",
  borderColor: "var(--line)",
  browserColorScheme: "inherit",
  cellHorizontalPadding: 10,
  columnBorder: false,
  dataBackgroundColor: "var(--panel)",
  fontFamily: "var(--font)",
  fontSize: 12.5,
  dataFontSize: 12.5,
  headerBackgroundColor: "var(--panel)",
  headerColumnResizeHandleColor: "transparent",
  headerFontSize: 11.5,
  headerFontWeight: 500,
  headerHeight: 28,
  headerTextColor: "var(--ink-2)",
  iconSize: 12,
  oddRowBackgroundColor: "var(--panel)",
  rowBorder: { style: "solid", width: 1, color: "var(--line)" },
  rowHeight: 26,
  rowHoverColor: "var(--raised)",
  selectedRowBackgroundColor: "var(--on-accent)",
  spacing: 5,
  tooltipBackgroundColor: "var(--raised)",
  tooltipTextColor: "var(--ink)",
  wrapperBorder: false,
  wrapperBorderRadius: 0,
});

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  /** What it is sorted and filtered by. */
  readonly value: (row: Row) => string | number | null;
  readonly cell?: (row: Row) => ReactNode;
  readonly text?: (row: Row) => string;
  readonly compare?: (a: Row, b: Row) => number;
  readonly hint?: (row: Row) => string | null;
  readonly width?: number;
  readonly flex?: number;
  readonly right?: boolean;
  readonly mono?: boolean;
  readonly quiet?: boolean;
  readonly sort?: "asc" | "desc";
  /** Not shown until a person chooses it. */
  readonly hidden?: boolean;
  /** Stays at the right edge. */
  readonly pinned?: boolean;
  /** Neither sorted nor resized, as a column of buttons. */
  readonly fixed?: boolean;
}

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

interface GridProps<Row> {
  /** Names the grid for its kept columns. */
  readonly id: string;
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowId: (row: Row) => string;
  readonly filter?: string;
  readonly onOpen?: (row: Row) => void;
  readonly onMarked?: (rows: readonly Row[]) => void;
  /** Called with what the rows are sorted by, at first and when it changes; null without a sorted column. */
  readonly onSort?: (sort: Sort | null) => void;
  readonly marked?: string | null;
  readonly empty: ReactNode;
}

/** By value; what is absent comes last, whichever way the column is sorted. */
export function orderOf<Row>(column: Column<Row>, a: Row, b: Row, descending: boolean): number {
  const left = column.value(a);
  const right = column.value(b);
  if (left === null || right === null) {
    if (left === right) return 0;
    return (left === null) === descending ? -1 : 1;
  }
  if (column.compare !== undefined) return column.compare(a, b);
  if (typeof left === "number" && typeof right === "number") return left - right;
  return String(left).localeCompare(String(right), "en", { numeric: true });
}

/** Columns whose values name something that can be opened, by their ids. */
const LINKS: Readonly<Record<string, NamedKind>> = { strategy: "strategy", owner: "strategy", symbol: "symbol" };

const linkCell = (kind: NamedKind, value: string | number | null): ReactNode =>
  typeof value === "string" ? <NameLink kind={kind} name={value} /> : ABSENT;

function columnDef<Row>(column: Column<Row>, places: CellPlaces): ColDef<Row> {
  const { hint, text } = column;
  const kind = LINKS[column.id];
  const cell = column.cell ?? (kind === undefined ? undefined : (row: Row) => linkCell(kind, column.value(row)));
  const classes = [
    column.right === true ? "ag-right-aligned-cell" : "",
    column.mono === true ? "cell-mono" : "",
    column.quiet === true ? "cell-quiet" : "",
  ];
  return {
    colId: column.id,
    headerName: column.header,
    ...(column.header === ""
      ? { headerComponentParams: { innerHeaderComponent: headerOf(words(column.id), "hidden-text") } }
      : meaningOf(column.header) === null
        ? {}
        : { headerComponentParams: { innerHeaderComponent: headerOf(column.header, "term") } }),
    valueGetter: ({ data }) => (data === undefined ? null : column.value(data)),
    // A cell may show more than the value it is sorted by, so a changed row draws all of its cells again.
    equals: () => false,
    sortable: column.fixed !== true,
    resizable: column.fixed !== true,
    ...(column.pinned === true ? { pinned: "right", lockPinned: true } : {}),
    minWidth: 56,
    cellClass: classes.filter((name) => name !== ""),
    ...(column.right === true ? { headerClass: "ag-right-aligned-header" } : {}),
    ...(column.width === undefined ? {} : { width: column.width }),
    ...(column.flex === undefined ? {} : { flex: column.flex, minWidth: column.width ?? 80 }),
    ...(column.hidden === true ? { initialHide: true } : {}),
    ...(column.sort === undefined ? {} : { sort: column.sort }),
    comparator: (_a, _b, a, b, descending) =>
      a.data === undefined || b.data === undefined ? 0 : orderOf(column, a.data, b.data, descending),
    ...(cell === undefined ? {} : { cellRenderer: rendererOf(places, cell) }),
    ...(hint === undefined
      ? {}
      : { tooltipValueGetter: ({ data }) => (data === undefined || data === null ? null : hint(data)) }),
    ...(text === undefined ? {} : { getQuickFilterText: ({ data }) => (data === undefined ? "" : text(data)) }),
  };
}

const ROW_HEIGHTS = { compact: 26, comfortable: 34 } as const;

function sortOf(api: GridApi): Sort | null {
  const sorted = api.getColumnState().find(({ sort }) => sort === "asc" || sort === "desc");
  return sorted === undefined ? null : { column: sorted.colId, descending: sorted.sort === "desc" };
}

/** The grid writes ids into the page as HTML has them. */
const MARKS: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};
const plainId = (id: string): string => id.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (mark) => MARKS[mark] ?? mark);

interface Pressed<Row> {
  readonly id: string;
  /** The row as it was: an update may take it out of the list before the release. */
  readonly data: Row | undefined;
  /** The name that was pressed, where it was one: it is opened instead of the row. */
  readonly named: ReturnType<typeof namedBy>;
  readonly x: number;
  readonly y: number;
}

/** A press that moves further than this selects text; it opens nothing. */
const STILL_PX = 4;

/**
 * The row under a main-button press. It is what the release opens, since an update between the two may put another
 * row under the pointer.
 */
function pressedRow<Row>(event: PointerEvent, api: GridApi<Row> | null): Pressed<Row> | null {
  if (!(event.target instanceof Element)) return null;
  const button = event.target.closest("button");
  const named = namedBy(button);
  // Any other button in a row does what it says; the row itself is not opened.
  if (button !== null && named === null) return null;
  // By its id: under load the grid may have other rows in mind already than those that the page still shows.
  const id = event.target.closest("[row-id]")?.getAttribute("row-id") ?? null;
  const node = id === null ? undefined : api?.getRowNode(plainId(id));
  if (event.button !== 0 || node?.id === undefined) return null;
  return { id: node.id, data: node.data, named, x: event.clientX, y: event.clientY };
}

/** Opens the row that was pressed, at the release. */
function usePress<Row>(api: RefObject<GridApi<Row> | null>, open: (data: Row | undefined) => void) {
  const pressed = useRef<Pressed<Row> | null>(null);
  return {
    onPointerDownCapture: (event: PointerEvent): void => {
      pressed.current = pressedRow(event, api.current);
    },
    onPointerUpCapture: (event: PointerEvent): void => {
      const press = pressed.current;
      pressed.current = null;
      if (press === null || Math.hypot(event.clientX - press.x, event.clientY - press.y) > STILL_PX) return;
      if (press.named !== null) openNamed(press.named.kind, press.named.name);
      else open(api.current?.getRowNode(press.id)?.data ?? press.data);
    },
  };
}

/** The columns that a person may hide, as they are. */
function choicesOf<Row>(columns: readonly Column<Row>[], api: GridApi<Row> | null): ColumnChoice[] {
  return columns
    .filter(({ header, fixed }) => header !== "" && fixed !== true)
    .map(({ id, header }) => ({ id, header, shown: api?.getColumn(id)?.isVisible() !== false }));
}

function Inner<Row>(props: GridProps<Row> & { readonly epoch: number }): ReactNode {
  const { id, label, rows, filter = "" } = props;
  const key = `${LAYOUT_PREFIX}grid.${id}`;
  const density = usePrefs((state) => state.density);
  const rowHeight = ROW_HEIGHTS[density];
  const kind = `${id} ${density}`;
  const [shown, setShown] = useState(rows.length);
  const open = (data: Row | undefined): void => {
    if (data !== undefined) props.onOpen?.(data);
  };
  const owner: Owner<Row> = {
    slot: `${kind} ${props.epoch}`,
    columns: props.columns,
    rowId: props.rowId,
    open,
    ready: (api) => {
      api.setGridAriaProperty("label", label);
      props.onSort?.(sortOf(api));
    },
    sorted: (api) => props.onSort?.(sortOf(api)),
    marked: (marked) => props.onMarked?.(marked),
    counted: setShown,
  };
  const [standing] = useState(() => standingFor(owner, key));
  const { places, keeping } = standing;
  useLayoutEffect(() => {
    standing.belongTo(owner);
  });
  const columns = useMemo(() => props.columns.map((column) => columnDef(column, places)), [props.columns, places]);
  const place = useRef<HTMLDivElement>(null);
  const api = useStanding<Row>(place, standing, kind, () => ({
    ...optionsOf(standing, kind),
    theme,
    rowHeight,
    rowData: [...rows],
    columnDefs: columns,
    quickFilterText: filter,
  }));
  useOption(api, "columnDefs", columns);
  useOption(api, "rowHeight", rowHeight);
  useOption<Row, "rowData">(api, "rowData", rows as Row[]);
  useOption(api, "quickFilterText", filter);
  useGrowth(standing, api, kind);
  useRedrawing(standing);
  const press = usePress(api, open);
  return (
    <div className="grid" {...press}>
      <div ref={place} className="grid-place" />
      <Cells places={places} />
      <ColumnsButton
        label={label}
        count={filter.trim() === "" ? null : `${formatCount(shown)} of ${formatCount(rows.length)}`}
        choices={() => choicesOf(props.columns, api.current)}
        show={(column, shown) => {
          keeping.touched();
          api.current?.setColumnsVisible([column], shown);
        }}
        reset={() => {
          keeping.touched();
          api.current?.resetColumnState();
        }}
      />
      {shown > 0 || rows.length === 0 ? null : (
        <div className="grid grid-overlay">
          <Empty title="Nothing matches the filter">
            Clear the filter “{filter}” to see {rows.length} rows.
          </Empty>
        </div>
      )}
    </div>
  );
}

/** A grid, or its empty state while there are no rows. */
export function Grid<Row>(props: GridProps<Row>): ReactNode {
  const epoch = usePrefs((state) => state.layoutEpoch);
  if (props.rows.length === 0) return props.empty;
  // Two grids that take turns in one place are two instances: rows of one must never reach the columns of the other.
  return <Inner key={`${props.id} ${epoch}`} {...props} epoch={epoch} />;
}
