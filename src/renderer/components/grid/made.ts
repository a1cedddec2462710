/**
 * A grid in an element of the page: made once, given what is new, and taken down with the element.
 *
 * 1. Its rows, what React draws into their cells, and columns wide enough for them are there in the first frame that is painted.
 */
import { createGrid } from "ag-grid-community";
import type { GridApi, GridOptions, Theme } from "ag-grid-community";
import { useEffect, useLayoutEffect, useRef } from "react";
import type { RefObject } from "react";
import { followNow, useTrading } from "../../stores/live.ts";
import { usePrefs } from "../../stores/prefs.ts";
import type { CellPlaces } from "./cells.tsx";
import { growAsBefore, growColumns } from "./columns.ts";

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

/** A grid in `place`, made once; `optionsOf` is asked once. `kind` names grids of the same columns. Null until it is there. */
export function useMade<Row>(
  place: RefObject<HTMLElement | null>,
  places: CellPlaces,
  kind: string,
  optionsOf: () => GridOptions<Row>,
): RefObject<GridApi<Row> | null> {
  const api = useRef<GridApi<Row> | null>(null);
  const first = useRef({ optionsOf, kind });
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const options = first.current.optionsOf();
    if (options.theme !== undefined && options.theme !== "legacy") keepTheme(options.theme);
    const tall = isTall(options, element);
    const made = createGrid(element, { ...options, rowBuffer: BEYOND.first, alwaysShowVerticalScroll: tall });
    api.current = made;
    if (options.initialState === undefined) growAsBefore(made, first.current.kind);
    places.flush();
    // Behind what React draws into the cells, and before the frame is painted.
    queueMicrotask(() => {
      if (made.isDestroyed()) return;
      made.setGridOption("alwaysShowVerticalScroll", false);
      growColumns(element, made, first.current.kind);
    });
    const idle = requestIdleCallback(() => made.setGridOption("rowBuffer", BEYOND.later), { timeout: BEYOND_MS });
    return () => {
      cancelIdleCallback(idle);
      api.current = null;
      made.destroy();
    };
  }, [place, places]);
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
export function useRedrawing<Row>(api: RefObject<GridApi<Row> | null>, places: CellPlaces): void {
  const zone = usePrefs((state) => state.zone);
  const trading = useTrading();
  const shown = `${zone} ${String(trading)}`;
  const drawn = useRef(shown);
  useEffect(() => followNow(() => places.tick()), [places]);
  useEffect(() => {
    if (drawn.current !== shown) api.current?.refreshCells({ force: true });
    drawn.current = shown;
  }, [api, shown]);
}
