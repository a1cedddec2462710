/**
 * Grids of views that are not shown: each is put away whole, and is there at once when its view is opened again.
 *
 * 1. A grid comes back as a new one would be: at its first row, with nothing selected and nothing in focus. One that was scrolled, that a
 *    person has arranged in another window since, or whose columns are others now is made again.
 * 2. It has the newest rows, and each age as of now, before it is painted.
 * 3. What is put away is bounded, in grids and in rows. The grid that was put away first goes first.
 * 4. While it is away it is not in the page, and nothing updates it.
 */
import type { GridApi } from "ag-grid-community";
import { newestTrading } from "../../stores/live.ts";
import type { Zone } from "../../lib/time.ts";
import { storage, usePrefs } from "../../stores/prefs.ts";
import { CellPlaces } from "./cells.tsx";
import { keepingOf } from "./columns.ts";

const GRIDS_MAX = 12;
const ROWS_MAX = 3_000;

/** What shows a grid now, or showed it last. */
export interface Owner<Row> {
  /** Names grids that can take each other's place: of the same list, columns and row height. */
  readonly slot: string;
  readonly columns: readonly unknown[];
  readonly rowId: (row: Row) => string;
  readonly open: (row: Row | undefined) => void;
  /** The grid is there, with its sorting. */
  readonly ready: (api: GridApi<Row>) => void;
  readonly sorted: (api: GridApi<Row>) => void;
  readonly marked: (rows: readonly Row[]) => void;
  /** How many rows are left by the filter. */
  readonly counted: (rows: number) => void;
}

/** What cells depend on besides their rows and the moment. */
export const drawnWith = (zone: Zone, trading: boolean): string => `${zone} ${String(trading)}`;
const drawnBy = (): string => drawnWith(usePrefs.getState().zone, newestTrading());

function newHome(): HTMLElement {
  const home = document.createElement("div");
  home.className = "grid-place";
  return home;
}

/** A grid with all that belongs to it. */
export class Standing<Row> {
  home = newHome();
  readonly places = new CellPlaces();
  readonly layoutKey: string;
  readonly keeping: ReturnType<typeof keepingOf>;
  owner: Owner<Row>;
  api: GridApi<Row> | null = null;
  scrolled = false;
  /** As it was laid out last, in pixels. */
  width = 0;
  height = 0;
  drawn = drawnBy();
  /** The stored arrangement when it was put away. */
  layout: string | null = null;
  /** A view that is being drawn will take it. */
  expected = false;

  /** `layoutKey`: under which a person's arrangement of the columns is stored. */
  constructor(owner: Owner<Row>, layoutKey: string) {
    this.owner = owner;
    this.layoutKey = layoutKey;
    this.keeping = keepingOf(layoutKey);
  }

  belongTo(owner: Owner<Row>): void {
    this.owner = owner;
  }

  /** Has this grid from now on. */
  hold(api: GridApi<Row>): void {
    this.api = api;
  }

  /** Draws all cells again where they were drawn with something else. */
  drawAgain(drawn = drawnBy()): void {
    if (this.drawn !== drawn) this.api?.refreshCells({ force: true });
    this.drawn = drawn;
  }

  /** Notes its size; to be called when the page is laid out. */
  measured(): void {
    this.width = this.home.clientWidth;
    this.height = this.home.clientHeight;
  }

  /** Has no grid any more; one that it had is taken down once there is time. */
  clear(): void {
    const { api, home } = this;
    if (api === null) return;
    home.remove();
    requestIdleCallback(() => api.destroy());
    this.api = null;
    this.home = newHome();
    this.scrolled = false;
    this.drawn = drawnBy();
  }
}

const away = new Map<string, Standing<unknown>>();

/** The grid to show for an owner: the one that was put away, where it still fits, or one whose grid is yet to be made. */
export function standingFor<Row>(owner: Owner<Row>, layoutKey: string): Standing<Row> {
  const found = away.get(owner.slot);
  const fits =
    found !== undefined &&
    !found.expected &&
    found.owner.columns === owner.columns &&
    found.layout === storage.getItem(layoutKey);
  if (!fits) return new Standing(owner, layoutKey);
  // It is taken only when the view is there: what is drawn may be thrown away before.
  found.expected = true;
  return found as unknown as Standing<Row>;
}

/** Takes what `standingFor` has found. */
export function take<Row>(standing: Standing<Row>): void {
  standing.expected = false;
  for (const [slot, one] of away) if (Object.is(one, standing)) away.delete(slot);
}

/** A tooltip or a menu of a grid would be left behind. */
const hasPopup = (): boolean => document.querySelector(".ag-popup") !== null;

/** Puts a grid away, or takes it down where it cannot come back as a new one would be. */
export function putAway<Row>(standing: Standing<Row>): void {
  const { api, home, owner } = standing;
  home.remove();
  if (api === null) return;
  const rows = api.getGridOption("rowData")?.length ?? 0;
  if (standing.scrolled || rows > ROWS_MAX || hasPopup()) return standing.clear();
  if (api.getSelectedNodes().length > 0) api.deselectAll();
  if (api.getFocusedCell() !== null) api.clearFocusedCell();
  for (const row of home.querySelectorAll(".ag-row-hover")) row.classList.remove("ag-row-hover");
  standing.layout = storage.getItem(standing.layoutKey);
  const former = away.get(owner.slot);
  away.delete(owner.slot);
  away.set(owner.slot, standing as unknown as Standing<unknown>);
  const oldest = away.size > GRIDS_MAX ? [...away.values()].find(({ expected }) => !expected) : undefined;
  if (oldest !== undefined) away.delete(oldest.owner.slot);
  former?.clear();
  oldest?.clear();
}
