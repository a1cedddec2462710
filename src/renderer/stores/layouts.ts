/**
 * The layout as one thing: saved under a name, loaded, undone. It is all that the browser keeps under `LAYOUT_PREFIX` (columns, sorts,
 * panel sizes), with filters and density.
 *
 * 1. Each change of the layout can be undone, the newest `UNDO_MAX` of this window; changes within a second are one.
 * 2. A saved layout is kept in this browser, and in the workspace's settings, so that another window finds it.
 */
import { create } from "zustand";
import { LAYOUT_PREFIX, onLayoutWrite, prefs, storage, usePrefs } from "./prefs.ts";

type Entries = Readonly<Record<string, string>>;

interface Layout {
  readonly entries: Entries;
  readonly filters: Readonly<Record<string, string>>;
  readonly density: "compact" | "comfortable";
}

const KEY = "logos.layouts";
const UNDO_MAX = 30;
const SAVED_MAX = 20;
const NAME_MAX = 40;
/** Changes within this many milliseconds are one step of undo. */
const STEP_MS = 1_000;

interface LayoutStore {
  readonly saved: Readonly<Record<string, Layout>>;
  readonly undos: number;
}

function keysHere(): string[] {
  try {
    return Object.keys(window.localStorage).filter((key) => key.includes(LAYOUT_PREFIX));
  } catch {
    return [];
  }
}

function current(): Layout {
  const entries = keysHere().map((key): [string, string] => [key, storage.getItem(key) ?? ""]);
  const { filters, density } = prefs();
  return { entries: Object.fromEntries(entries), filters, density };
}

const isText = (value: unknown): value is Record<string, string> =>
  typeof value === "object" && value !== null && Object.values(value).every((one) => typeof one === "string");

/** Saved layouts from their text; whatever is no layout is left out. */
export function parseLayouts(text: string | null): Record<string, Layout> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(
      Object.entries(value as Record<string, Partial<Layout> | null>).flatMap(([name, layout]): [string, Layout][] => {
        if (layout === null || !isText(layout.entries) || !isText(layout.filters)) return [];
        const density = layout.density === "comfortable" ? "comfortable" : "compact";
        return [[name.slice(0, NAME_MAX), { entries: layout.entries, filters: layout.filters, density }]];
      }),
    );
  } catch {
    return {};
  }
}

export const useLayouts = create<LayoutStore>(() => ({ saved: parseLayouts(storage.getItem(KEY)), undos: 0 }));

const undos: Layout[] = [];
let lastMs = 0;
let applying = false;
let keep: ((text: string) => void) | null = null;

function remember(before: Layout): void {
  undos.push(before);
  if (undos.length > UNDO_MAX) undos.shift();
  useLayouts.setState({ undos: undos.length });
}

function apply(layout: Layout): void {
  applying = true;
  try {
    for (const key of keysHere()) if (!(key in layout.entries)) window.localStorage.removeItem(key);
    for (const [key, value] of Object.entries(layout.entries)) storage.setItem(key, value);
  } catch {
    // Nothing is kept here, so nothing is put back.
  } finally {
    applying = false;
  }
  prefs().set({ filters: layout.filters, density: layout.density });
  usePrefs.setState({ layoutEpoch: prefs().layoutEpoch + 1 });
}

function write(saved: Record<string, Layout>): void {
  useLayouts.setState({ saved });
  const text = JSON.stringify(saved);
  storage.setItem(KEY, text);
  keep?.(text);
}

/** Saves the layout as it is; a name that is there already is replaced. False where there is no room for another. */
export function saveLayout(name: string): boolean {
  const { saved } = useLayouts.getState();
  const key = name.trim().slice(0, NAME_MAX);
  if (key === "" || (!(key in saved) && Object.keys(saved).length >= SAVED_MAX)) return false;
  write({ ...saved, [key]: current() });
  return true;
}

export function deleteLayout(name: string): void {
  const { [name]: _gone, ...rest } = useLayouts.getState().saved;
  write(rest);
}

export function loadLayout(name: string): void {
  const layout = useLayouts.getState().saved[name];
  if (layout === undefined) return;
  remember(current());
  apply(layout);
}

/** The layout as it comes; can be undone. */
export function resetLayout(): void {
  remember(current());
  prefs().resetLayout();
}

/** Takes the newest change of the layout back. */
export function undoLayout(): void {
  const layout = undos.pop();
  useLayouts.setState({ undos: undos.length });
  if (layout !== undefined) apply(layout);
}

/** Watches for changes, and joins what the host keeps with what this browser has. */
export function followLayouts(): void {
  onLayoutWrite((key, before) => {
    const now = Date.now();
    const first = now - lastMs > STEP_MS;
    lastMs = now;
    // What a view writes of itself as it opens for the first time is no change of a person's.
    if (applying || !first || before === null) return;
    const layout = current();
    remember({ ...layout, entries: { ...layout.entries, [key]: before } });
  });
}

/** Takes the host's layouts where this browser has none, and sends the host each change. */
export function joinHostLayouts(stored: string | null, save: (text: string) => void): void {
  if (stored !== null && Object.keys(useLayouts.getState().saved).length === 0) {
    useLayouts.setState({ saved: parseLayouts(stored) });
    storage.setItem(KEY, stored);
  }
  keep = save;
}
