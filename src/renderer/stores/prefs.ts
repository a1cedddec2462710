/** What the reader chose: kept in the browser at once, and in the workspace's settings so that another window finds it. */
import { create } from "zustand";
import type { Zone } from "../lib/time.ts";

export type Theme = "system" | "dark" | "light" | "contrast" | "contrast-light";
/** Palettes: for all colours, for red-green and for blue-yellow colour blindness. */
export type Colours = "standard" | "red-green" | "blue-yellow";
export type Density = "compact" | "comfortable";
export type Gains = "green" | "red";

export interface Prefs {
  readonly theme: Theme;
  readonly colours: Colours;
  readonly density: Density;
  readonly gains: Gains;
  readonly zone: Zone;
  readonly letterKeys: boolean;
  readonly operator: string;
  /** A desktop notification for each new alert. */
  readonly notifications: boolean;
  /** A sound for each new alert. */
  readonly sound: boolean;
  /** Filter texts by list. */
  readonly filters: Readonly<Record<string, string>>;
}

export const DEFAULT_PREFS: Prefs = {
  theme: "system",
  colours: "standard",
  density: "compact",
  gains: "green",
  zone: "utc",
  letterKeys: true,
  operator: "",
  notifications: false,
  sound: false,
  filters: {},
};

/** Texts of filters and names are cut here, so that the settings never refuse them. */
const TEXT_MAX = 80;
const FILTERS_MAX = 40;
const KEY = "logos.prefs";
export const LAYOUT_PREFIX = "logos.layout.";

const oneOf = <T extends string>(value: unknown, allowed: readonly T[], fallback: T): T =>
  allowed.includes(value as T) ? (value as T) : fallback;

/** Reads stored preferences; whatever is unknown or wrong falls back to its default. */
export function parsePrefs(text: string | null): Prefs {
  let raw: Record<string, unknown> = {};
  try {
    const value: unknown = text === null ? {} : JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) raw = value as Record<string, unknown>;
  } catch {
    raw = {};
  }
  const filters = typeof raw["filters"] === "object" && raw["filters"] !== null ? raw["filters"] : {};
  return {
    theme: oneOf(raw["theme"], ["system", "dark", "light", "contrast", "contrast-light"], DEFAULT_PREFS.theme),
    colours: oneOf(raw["colours"], ["standard", "red-green", "blue-yellow"], DEFAULT_PREFS.colours),
    density: oneOf(raw["density"], ["compact", "comfortable"], DEFAULT_PREFS.density),
    gains: oneOf(raw["gains"], ["green", "red"], DEFAULT_PREFS.gains),
    zone: oneOf(raw["zone"], ["utc", "local", "relative"], DEFAULT_PREFS.zone),
    letterKeys: raw["letterKeys"] !== false,
    operator: typeof raw["operator"] === "string" ? raw["operator"].slice(0, TEXT_MAX) : "",
    notifications: raw["notifications"] === true,
    sound: raw["sound"] === true,
    filters: Object.fromEntries(
      Object.entries(filters)
        .filter((pair): pair is [string, string] => typeof pair[1] === "string")
        .slice(0, FILTERS_MAX)
        .map(([key, value]) => [key.slice(0, TEXT_MAX), value.slice(0, TEXT_MAX)]),
    ),
  };
}

let layoutWrite: ((key: string, before: string | null) => void) | null = null;

/** Called before a part of the layout is written, with its text of before; null where there was none. */
export function onLayoutWrite(call: (key: string, before: string | null) => void): void {
  layoutWrite = call;
}

/** Storage that never throws: a private window has none. */
export const storage = {
  getItem: (key: string): string | null => {
    try {
      return window.localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  setItem: (key: string, value: string): void => {
    try {
      const before = window.localStorage.getItem(key);
      if (key.includes(LAYOUT_PREFIX) && before !== value) layoutWrite?.(key, before);
      window.localStorage.setItem(key, value);
    } catch {
      // Nothing is kept, and the view works all the same.
    }
  },
};

interface PrefsStore extends Prefs {
  readonly set: (change: Partial<Prefs>) => void;
  /** Counts the resets of the layout; panels and grids start again with each. */
  readonly layoutEpoch: number;
  readonly resetLayout: () => void;
}

/** Called with each change, so that the host can keep it too. */
let keep: ((text: string) => void) | null = null;

export function textOf(prefs: Prefs): string {
  const kept = Object.keys(DEFAULT_PREFS).map((key) => [key, prefs[key as keyof Prefs]]);
  return JSON.stringify(Object.fromEntries(kept));
}

/** What another window of this browser chose holds here, too; but each window keeps its own person. */
function followOtherWindows(): void {
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key !== KEY || newValue === null) return;
    usePrefs.setState({ ...parsePrefs(newValue), operator: usePrefs.getState().operator });
  });
}

export const usePrefs = create<PrefsStore>((set, get) => ({
  ...parsePrefs(storage.getItem(KEY)),
  set: (change) => {
    set(change);
    const text = textOf(get());
    storage.setItem(KEY, text);
    keep?.(text);
  },
  layoutEpoch: 0,
  resetLayout: () => {
    try {
      for (const key of Object.keys(window.localStorage))
        if (key.includes(LAYOUT_PREFIX)) window.localStorage.removeItem(key);
    } catch {
      // Nothing was kept.
    }
    get().set({ filters: {} });
    set({ layoutEpoch: get().layoutEpoch + 1 });
  },
}));

/** The preferences as they stand, outside of a component. */
export const prefs = (): PrefsStore => usePrefs.getState();

/** Who acts, where no name was asked for. */
export const operatorName = (): string => {
  const name = prefs().operator.trim();
  return name === "" ? "operator" : name;
};

/**
 * Takes what the host has kept when this browser has nothing of its own, and sends the host each change from here on.
 * The operator's name is not taken: each browser or window has its own person.
 */
export function joinHostSettings(stored: string | null, save: (text: string) => void): void {
  if (stored !== null && storage.getItem(KEY) === null) {
    usePrefs.setState({ ...parsePrefs(stored), operator: "" });
    storage.setItem(KEY, textOf(usePrefs.getState()));
  }
  keep = save;
}

/** Marks the page with the theme and the colour of gains, now and at each change. */
export function followTheme(): void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const contrast = window.matchMedia("(prefers-contrast: more)");
  const apply = (): void => {
    const { theme, gains, colours, density } = usePrefs.getState();
    const system = contrast.matches ? (dark.matches ? "contrast" : "contrast-light") : dark.matches ? "dark" : "light";
    const page = document.documentElement;
    page.dataset["theme"] = theme === "system" ? system : theme;
    page.dataset["gains"] = gains;
    page.dataset["colours"] = colours;
    page.dataset["density"] = density;
  };
  dark.addEventListener("change", apply);
  contrast.addEventListener("change", apply);
  usePrefs.subscribe(apply);
  followOtherWindows();
  apply();
}
