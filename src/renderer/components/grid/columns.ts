/**
 * The columns of a grid over time: kept as a person leaves them, and as wide as their numbers need.
 *
 * 1. Only what a person does to a column is kept: what a narrower window or the grid itself does is not.
 * 2. A number and a column's title are never cut, and a name only where it is very long: the column grows, and does not shrink by itself.
 */
import type { GridApi, GridState, StateUpdatedEvent } from "ag-grid-community";
import { useEffect } from "react";
import type { RefObject } from "react";
import { storage } from "../../stores/prefs.ts";

/** Kept columns: widths, order and sort. Anything unreadable is no state. */
export function keptState(key: string): GridState | undefined {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? "null");
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Sources of a change that a person made. */
const BY_HAND = /^(ui|autosize|contextMenu)/;

interface Keeping {
  /** To be called with each change of a column. */
  readonly touch: (event: { readonly source: string }) => void;
  /** The same for a change that was asked for outside the grid. */
  readonly touched: () => void;
  readonly keep: (event: StateUpdatedEvent) => void;
}

/** Keeps columns, widths, order and sort under `key` once a person has changed one of them. */
export function keepingOf(key: string): Keeping {
  let changed = false;
  return {
    touch: ({ source }) => {
      changed ||= BY_HAND.test(source);
    },
    touched: () => {
      changed = true;
    },
    keep: ({ state }) => {
      if (!changed) return;
      changed = false;
      const { version, sort, columnSizing, columnOrder, columnVisibility } = state;
      const kept = { version, sort, columnSizing, columnOrder, columnVisibility, partialColumnState: true };
      storage.setItem(key, JSON.stringify(kept));
    },
  };
}

/** How often columns are looked at for numbers that do not fit. */
const GROW_MS = 1_000;

/** Cells that are never cut: numbers, and the names by which a row is known. */
const WHOLE = ".ag-right-aligned-cell, [role=gridcell][col-id=symbol], [role=gridcell][col-id=strategy]";
/** A name that is longer keeps its ellipsis. */
const NAME_PX_MAX = 220;

/** How many pixels a cell lacks. */
function missingIn(cell: HTMLElement): number {
  const value = cell.querySelector(".ag-cell-value") ?? cell;
  const parts = [value, ...value.querySelectorAll("*")].filter(({ clientWidth }) => clientWidth > 0);
  return Math.max(0, ...parts.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth));
}

/** How wide columns have grown in grids of a kind, so that the next one begins so. */
const grownBefore = new Map<string, Map<string, number>>();

function widen(api: GridApi, widths: ReadonlyMap<string, number>): void {
  const grown = [...widths].map(([colId, width]) => ({ colId, width }));
  // Columns that share what is left give up as much as the others need.
  const flexed = api.getColumnState().filter(({ colId, flex }) => !widths.has(colId) && typeof flex === "number");
  api.applyColumnState({ state: [...grown, ...flexed.map(({ colId, flex }) => ({ colId, flex: flex ?? null }))] });
}

/** Makes the columns of a new grid as wide as the one before it needed them. */
export function growAsBefore(api: GridApi, kind: string): void {
  const before = grownBefore.get(kind);
  if (before === undefined) return;
  const widths = [...before].filter(([id, width]) => (api.getColumn(id)?.getActualWidth() ?? width) < width);
  if (widths.length > 0) widen(api, new Map(widths));
}

/** Makes columns wide enough that nothing in them is cut that must not be. `kind` names grids of the same columns. */
export function growColumns(place: HTMLElement, api: GridApi | null, kind: string): void {
  if (api === null || !place.isConnected) return;
  const needed = new Map<string, number>();
  for (const cell of place.querySelectorAll<HTMLElement>(WHOLE)) {
    const id = cell.getAttribute("col-id");
    const missing = missingIn(cell);
    if (id === null || missing === 0) continue;
    const name = !cell.classList.contains("ag-right-aligned-cell");
    const width = cell.offsetWidth + missing + 2;
    if (!name || cell.offsetWidth < NAME_PX_MAX)
      needed.set(id, Math.max(needed.get(id) ?? 0, name ? Math.min(NAME_PX_MAX, width) : width));
  }
  for (const title of place.querySelectorAll<HTMLElement>(".ag-header-cell .ag-header-cell-text")) {
    const head = title.closest<HTMLElement>(".ag-header-cell");
    const id = head?.getAttribute("col-id") ?? null;
    const missing = title.scrollWidth - title.clientWidth;
    if (head === null || id === null || missing <= 0 || title.clientWidth === 0) continue;
    needed.set(id, Math.max(needed.get(id) ?? 0, head.offsetWidth + missing + 2));
  }
  if (needed.size === 0) return;
  const before = grownBefore.get(kind) ?? new Map<string, number>();
  for (const [id, width] of needed) before.set(id, width);
  grownBefore.set(kind, before);
  widen(api, needed);
}

export function useGrowth(
  standing: { readonly home: HTMLElement },
  api: RefObject<GridApi | null>,
  kind: string,
): void {
  useEffect(() => {
    const timer = setInterval(() => growColumns(standing.home, api.current, kind), GROW_MS);
    return () => clearInterval(timer);
  }, [standing, api, kind]);
}
