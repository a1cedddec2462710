/** What all grids have in common, and what each of them reports to its owner. */
import type { GridOptions, GridState, OverlayType } from "ag-grid-community";
import { growColumns, keptState } from "./columns.ts";
import type { Standing } from "./kept.ts";

/** As wide as the style sheet makes scroll bars. */
const SCROLLBAR_PX = 10;

/** The console's own texts say why a grid is empty; the grid's would lie under them. */
const OVERLAYS: OverlayType[] = ["loading", "noRows", "noMatchingRows"];

const SELECTION = {
  mode: "multiRow",
  checkboxes: false,
  headerCheckbox: false,
  enableClickSelection: true,
} as const;

/** What all grids have in common. */
const EVERY_GRID = {
  rowSelection: SELECTION,
  animateRows: false,
  ensureDomOrder: true,
  suppressColumnVirtualisation: true,
  // A column that grows takes its place at once: half a thousand cells that slide there cost a fifth of a second.
  suppressColumnMoveAnimation: true,
  // Cells are whole in the frame in which their row appears.
  suppressAnimationFrame: true,
  // Where scroll bars lie over the page the grid would reckon with none and let its own cover the last column.
  scrollbarWidth: SCROLLBAR_PX,
  // One tab stop a grid: arrows move inside it, Tab leaves it.
  tabToNextCell: () => false,
  tabToNextHeader: () => false,
  suppressDragLeaveHidesColumns: true,
  suppressOverlays: OVERLAYS,
  tooltipShowDelay: 500,
} as const;

/** The columns as a person left them. */
function initialOf(key: string): { readonly initialState?: GridState } {
  const state = keptState(key);
  return state === undefined ? {} : { initialState: state };
}

/** The options of a standing's grid, besides its rows and columns. `kind` names grids of the same columns. */
export function optionsOf<Row>(standing: Standing<Row>, kind: string): GridOptions<Row> {
  const { keeping } = standing;
  return {
    ...EVERY_GRID,
    getRowId: ({ data }) => standing.owner.rowId(data),
    ...initialOf(standing.layoutKey),
    onGridReady: (event) => standing.owner.ready(event.api),
    // In the frame after it, as the columns that share what is left are sized in this one.
    onGridSizeChanged: (event) => {
      standing.measured();
      requestAnimationFrame(() => growColumns(standing.home, event.api, kind));
    },
    onBodyScroll: ({ top, left }) => {
      standing.scrolled = top > 0 || left > 0;
    },
    onColumnResized: keeping.touch,
    onColumnMoved: keeping.touch,
    onSortChanged: (event) => {
      keeping.touch(event);
      standing.owner.sorted(event.api);
    },
    onStateUpdated: keeping.keep,
    onModelUpdated: ({ api: model }) => standing.owner.counted(model.getDisplayedRowCount()),
    onCellKeyDown: ({ event, data }) => {
      if (event instanceof KeyboardEvent && event.key === "Enter") standing.owner.open(data);
    },
    onSelectionChanged: ({ api: model }) => standing.owner.marked(model.getSelectedRows()),
  };
}
