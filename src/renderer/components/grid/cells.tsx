/**
 * What grid cells show: the grid makes rows and cells itself, and React draws into those cells that need it.
 *
 * 1. What `plain.ts` can draw is drawn without React; it is most of what a grid shows. What shows an age is drawn again as time passes.
 * 2. Cells that the grid makes in one go are drawn in one go, before the frame is painted.
 * 3. What React draws is part of the tree around the grid, so that events and contexts reach it as anywhere else.
 */
import type { ICellRendererComp, ICellRendererParams, IInnerHeaderComponent } from "ag-grid-community";
import { useLayoutEffect, useState } from "react";
import type { ReactNode } from "react";
import { createPortal, flushSync } from "react-dom";
import { newestNow, newestTrading } from "../../stores/live.ts";
import { usePrefs } from "../../stores/prefs.ts";
import { nodesOf, show } from "../../lib/plain.ts";

/** A cell that React draws into. */
class Place {
  readonly key: string;
  readonly element: HTMLElement;
  node: ReactNode;
  #draw: ((node: ReactNode) => void) | null = null;

  constructor(key: string, element: HTMLElement, node: ReactNode) {
    this.key = key;
    this.element = element;
    this.node = node;
  }

  show(node: ReactNode): void {
    this.node = node;
    this.#draw?.(node);
  }

  /** Calls back with what it shows, now and whenever that changes. */
  follow(draw: (node: ReactNode) => void): () => void {
    this.#draw = draw;
    draw(this.node);
    return () => {
      this.#draw = null;
    };
  }
}

/** The cells of one grid that React draws into. */
export class CellPlaces {
  readonly #places = new Set<Place>();
  readonly #aging = new Set<() => void>();
  #show: ((places: readonly Place[]) => void) | null = null;
  #planned = false;
  #last = 0;

  add(element: HTMLElement, node: ReactNode): Place {
    this.#last += 1;
    const place = new Place(String(this.#last), element, node);
    this.#places.add(place);
    this.#plan();
    return place;
  }

  remove(place: Place): void {
    this.#places.delete(place);
    this.#plan();
  }

  /** A drawing that changes as time passes, or that does so no more. */
  ages(redraw: () => void, aging: boolean): void {
    if (aging) this.#aging.add(redraw);
    else this.#aging.delete(redraw);
  }

  /** The session's moment is another one. */
  tick(): void {
    for (const redraw of this.#aging) redraw();
  }

  /** Draws what was added since, now. */
  flush(): void {
    this.#planned = false;
    this.#show?.([...this.#places]);
  }

  follow(show: (places: readonly Place[]) => void): () => void {
    this.#show = show;
    return () => {
      this.#show = null;
    };
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      if (this.#planned) flushSync(() => this.flush());
    });
  }
}

function Placed({ place }: { readonly place: Place }): ReactNode {
  const [node, setNode] = useState(place.node);
  useLayoutEffect(() => place.follow(setNode), [place]);
  return node;
}

const NONE: readonly Place[] = [];

/** Draws into the cells of a grid. */
export function Cells({ places }: { readonly places: CellPlaces }): ReactNode {
  const [shown, setShown] = useState(NONE);
  useLayoutEffect(() => places.follow(setShown), [places]);
  return shown.map((place) => createPortal(<Placed place={place} />, place.element, place.key));
}

/** The nodes of what a cell shows, and whether they depend on now; null where React is needed. */
function drawnNow(node: ReactNode): { readonly nodes: Node[] | null; readonly aging: boolean } {
  let aging = false;
  const nodes = nodesOf(node, {
    get now() {
      aging = true;
      return newestNow();
    },
    zone: usePrefs.getState().zone,
    trading: newestTrading(),
  });
  return { nodes, aging };
}

/** A cell renderer of a grid: without React where that can be. */
export function rendererOf<Row>(places: CellPlaces, cell: (row: Row) => ReactNode): new () => ICellRendererComp<Row> {
  return class CellContent implements ICellRendererComp<Row> {
    readonly #element = document.createElement("span");
    #node: ReactNode = null;
    #place: Place | null = null;

    init(params: ICellRendererParams<Row>): void {
      this.#element.className = "cell-content";
      this.refresh(params);
    }

    getGui(): HTMLElement {
      return this.#element;
    }

    refresh({ data }: ICellRendererParams<Row>): boolean {
      this.#node = data === undefined ? null : cell(data);
      this.#draw();
      return true;
    }

    destroy(): void {
      places.ages(this.#draw, false);
      if (this.#place !== null) places.remove(this.#place);
      this.#place = null;
    }

    readonly #draw = (): void => {
      if (this.#place !== null) {
        this.#place.show(this.#node);
        return;
      }
      const { nodes, aging } = drawnNow(this.#node);
      places.ages(this.#draw, aging && nodes !== null);
      show(this.#element, nodes ?? []);
      if (nodes === null) this.#place = places.add(this.#element, this.#node);
    };
  };
}

/** A header's name as an element of this class: explained by the glossary, or hidden where the column shows none. */
export function headerOf(label: string, look: "term" | "hidden-text"): new () => IInnerHeaderComponent {
  return class HeaderName implements IInnerHeaderComponent {
    readonly #element = document.createElement("span");

    init(): void {
      this.#element.className = look;
      this.#element.textContent = label;
      if (look === "term") this.#element.dataset["term"] = label;
    }

    /** A column's name stays as it is. */
    refresh(): boolean {
      return this.#element.textContent === label;
    }

    getGui(): HTMLElement {
      return this.#element;
    }
  };
}
