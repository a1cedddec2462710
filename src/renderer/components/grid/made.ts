/**
 * A grid in an element of the page: made once, given what is new, and put away with the element.
 *
 * 1. Its rows, what React draws into their cells, and columns wide enough for them are there in the first frame that is painted.
 */
import { createGrid } from "ag-grid-community";
import type { GridApi, GridOptions, Theme } from "ag-grid-community";
import { useEffect, useLayoutEffect, useRef } from "react";
import type { RefObject } from "react";
import { followNow, useTrading } from "../../stores/live.ts";
import { usePrefs } from "../../stores/prefs.ts";
import { growAsBefore, growColumns } from "./columns.ts";
import { drawnWith, putAway, take, type Standing } from "./kept.ts";

let themeKept = false;

/**
 * Keeps an empty grid out of sight, from the first grid on. While there is a grid, the theme's styles stay in the page; with the last
 * one they would go, and the next view's whole page be styled again.
 */
function keepTheme(theme: Theme): void {
  if (themeKept) return;
  themeKept = true;
  requestIdleCallback(() => {
    const place = document.createElement("div");
    place.hidden = true;
    document.body.append(place);
    createGrid(place, { theme, columnDefs: [{ headerName: "" }], rowData: [] });
  });
}

/** Rows that are drawn beyond those that are seen: few in the first frame, more once there is time, so that scrolling finds them. */
const BEYOND = { first: 2, later: 10 } as const;
const BEYOND_MS = 500;

/** The theme's height of a header. */
const HEADER_PX = 28;

/** Whether the rows will not fit, so that the grid has its scroll bar from the start and columns do not move to make room for it. */
const isTall = ({ rowData, rowHeight = 0, quickFilterText = "" }: GridOptions, element: HTMLElement): boolean =>
  quickFilterText === "" && (rowData?.length ?? 0) * rowHeight > element.clientHeight - HEADER_PX;

/**
 * Observers of sizes that say nothing of what is out of the page: to a grid that is put away it stays as large as it was, and it keeps its
 * rows.
 */
const observersInPage = (): typeof ResizeObserver =>
  class extends ResizeObserver {
    constructor(report: ResizeObserverCallback) {
      super((entries, observer) => {
        const inPage = entries.filter(({ target }) => target.isConnected);
        if (inPage.length > 0) report(inPage, observer);
      });
    }
  };

/** A new grid. It takes its observers from the window as it is made. */
function newGrid<Row>(element: HTMLElement, options: GridOptions<Row>): GridApi<Row> {
  const { ResizeObserver: ofWindow } = window;
  window.ResizeObserver = observersInPage();
  try {
    return createGrid(element, options);
  } finally {
    window.ResizeObserver = ofWindow;
  }
}

/** Makes a standing's grid in `element`, in place of one that it has. */
function make<Row>(
  standing: Standing<Row>,
  element: HTMLElement,
  options: GridOptions<Row>,
  kind: string,
): GridApi<Row> {
  standing.clear();
  const { home } = standing;
  element.append(home);
  if (options.theme !== undefined && options.theme !== "legacy") keepTheme(options.theme);
  const tall = isTall(options, home);
  const made = newGrid(home, { ...options, rowBuffer: BEYOND.first, alwaysShowVerticalScroll: tall });
  if (options.initialState === undefined) growAsBefore(made, kind);
  requestIdleCallback(() => (made.isDestroyed() ? undefined : made.setGridOption("rowBuffer", BEYOND.later)), {
    timeout: BEYOND_MS,
  });
  return made;
}

/** More rows than this that were not there before push most of those that are drawn out of sight: a new grid is made as fast. */
const NEW_ROWS_MAX = 20;

/** Whether most of the rows that a grid has are among these. */
function hasSame<Row>({ api, owner }: Standing<Row>, rows: readonly Row[]): boolean {
  let left = NEW_ROWS_MAX;
  return rows.every((row) => api?.getRowNode(owner.rowId(row)) !== undefined || (left -= 1) >= 0);
}

/** Shows the grid that a standing has, with the newest rows, in `element`; null where another has to be made. */
function showAgain<Row>(
  standing: Standing<Row>,
  element: HTMLElement,
  { rowData, quickFilterText = "" }: GridOptions<Row>,
): GridApi<Row> | null {
  const { api, home, places } = standing;
  if (api === null || !hasSame(standing, rowData ?? [])) return null;
  // Out of the page nothing has to be laid out in between.
  api.updateGridOptions({ rowData: rowData ?? [], quickFilterText });
  standing.drawAgain();
  places.tick();
  element.append(home);
  if (home.clientWidth !== standing.width || home.clientHeight !== standing.height) return null;
  // Another value of the same meaning: the grid looks at its size and its scroll bars again, in case it did so while it was away.
  const former = api.getGridOption("alwaysShowVerticalScroll");
  api.setGridOption("alwaysShowVerticalScroll", former === undefined ? false : undefined);
  standing.owner.counted(api.getDisplayedRowCount());
  standing.owner.ready(api);
  return api;
}

/** A standing's grid in `place`; `optionsOf` is asked once. `kind` names grids of the same columns. Null until it is there. */
export function useStanding<Row>(
  place: RefObject<HTMLElement | null>,
  standing: Standing<Row>,
  kind: string,
  optionsOf: () => GridOptions<Row>,
): RefObject<GridApi<Row> | null> {
  const api = useRef<GridApi<Row> | null>(null);
  const first = useRef({ optionsOf, kind });
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const { places } = standing;
    const options = first.current.optionsOf();
    take(standing);
    const made = showAgain(standing, element, options) ?? make(standing, element, options, first.current.kind);
    standing.hold(made);
    api.current = made;
    places.flush();
    // Behind what React draws into the cells, and before the frame is painted.
    queueMicrotask(() => {
      if (made.isDestroyed()) return;
      made.setGridOption("alwaysShowVerticalScroll", false);
      growColumns(standing.home, made, first.current.kind);
    });
    return () => {
      api.current = null;
      putAway(standing);
    };
  }, [place, standing]);
  return api;
}

/** Gives the grid an option's newest value; the first one it was made with. */
export function useOption<Row, Name extends "rowData" | "columnDefs" | "quickFilterText" | "rowHeight">(
  api: RefObject<GridApi<Row> | null>,
  name: Name,
  value: NonNullable<GridOptions<Row>[Name]>,
): void {
  const given = useRef(value);
  useLayoutEffect(() => {
    if (given.current === value) return;
    given.current = value;
    api.current?.updateGridOptions({ [name]: value });
  }, [api, name, value]);
}

/** Draws ages again as time passes, and everything when the reader chooses another zone or trading begins or ends. */
export function useRedrawing<Row>(standing: Standing<Row>): void {
  const zone = usePrefs((state) => state.zone);
  const trading = useTrading();
  useEffect(() => followNow(() => standing.places.tick()), [standing]);
  const drawn = drawnWith(zone, trading);
  useEffect(() => standing.drawAgain(drawn), [standing, drawn]);
}
