/**
 * Search across everything that has a name: commands, views, strategies, symbols, orders, sessions, settings, the glossary.
 *
 * 1. Without a text the newest that were opened come first, then the commands. With one, the best matches of each group.
 * 2. A match begins the name, or begins a word of it, or is somewhere in it, in this order; each word of the text must match.
 */
import { meaningOf, REASONS, STATES, TERMS } from "../../shared/glossary.ts";
import { storage } from "../stores/prefs.ts";
import { useLive } from "../stores/live.ts";
import { go, notify } from "../stores/ui.ts";
import { commands } from "./commands.ts";
import { openNamed } from "../stores/targets.ts";

export interface Found {
  /** Its group and name: what "recent" remembers. */
  readonly id: string;
  readonly group: string;
  readonly label: string;
  readonly hint: string;
  readonly keys: readonly string[];
  readonly run: () => void;
}

const RECENT_KEY = "logos.search.recent";
const RECENT_MAX = 6;
const GROUP_MAX = 8;
const WEIGHTS: Readonly<Record<string, number>> = { Export: 0.5, Settings: 0.5, Help: 4 };
const SETTINGS = [
  ["Theme", "dark, light, high contrast"],
  ["Colours", "for colour-blind eyes"],
  ["Density", "compact or comfortable rows"],
  ["Gains and losses", "green up or red up"],
  ["Time", "UTC, local, relative"],
  ["Layout", "save, load, reset"],
  ["Alerts", "desktop notification and sound"],
  ["Single-letter keys", "on or off"],
  ["Operator", "your name in the journal"],
] as const;

/** Lower is better; null where a word of the text is nowhere in the label. */
export function scoreOf(label: string, text: string): number | null {
  const name = label.toLowerCase();
  let score = 0;
  for (const word of text.toLowerCase().split(/\s+/)) {
    if (word === "") continue;
    const at = name.indexOf(word);
    if (at < 0) return null;
    const begins = at > 0 && /[^\p{L}\p{N}]/u.test(name[at - 1] ?? "");
    score += at === 0 ? 0 : begins || name.includes(` ${word}`) ? 1 : 2;
  }
  return score + name.length / 1_000;
}

function named(): Found[] {
  const { streams } = useLive.getState();
  const session = streams.session?.session ?? null;
  const row = (group: string, kind: Parameters<typeof openNamed>[0], name: string, hint: string): Found => ({
    id: `${group}:${name}`,
    group,
    label: name,
    hint,
    keys: [],
    run: () => openNamed(kind, name),
  });
  const groups = Object.entries(session?.groups ?? {});
  return [
    ...groups.flatMap(([group, members]) => members.map((name) => row("Strategies", "strategy", name, group))),
    ...(session?.symbolNames ?? []).map((name) => row("Symbols", "symbol", name, "positions")),
    ...Object.values(streams.orders?.orders ?? {}).map(({ orderId, strategy, symbol }) =>
      row("Orders", "order", orderId, `${strategy} · ${symbol}`),
    ),
    ...Object.values(streams.sessions?.sessions ?? {}).map(({ id, state }) => row("Sessions", "session", id, state)),
  ];
}

function explained(): Found[] {
  const words = [...Object.keys(TERMS), ...Object.keys(STATES), ...Object.values(REASONS).map(({ name }) => name)];
  return [...new Set(words)].map((word) => ({
    id: `Help:${word}`,
    group: "Help",
    label: word,
    hint: meaningOf(word) ?? "",
    keys: [],
    run: () => notify(`${word}: ${meaningOf(word) ?? ""}.`),
  }));
}

function done(): Found[] {
  return commands()
    .filter(({ id, enabled }) => id !== "palette" && enabled)
    .map(({ group, label, keys, run, id }) => ({ id: `${group}:${id}`, group, label, hint: "", keys, run }));
}

const settings = (): Found[] =>
  SETTINGS.map(([label, hint]) => ({
    id: `Settings:${label}`,
    group: "Settings",
    label,
    hint,
    keys: [],
    run: () => go("settings"),
  }));

function recentIds(): string[] {
  try {
    const value: unknown = JSON.parse(storage.getItem(RECENT_KEY) ?? "[]");
    return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
  } catch {
    return [];
  }
}

/** Remembers what was opened, and opens it. */
export function openFound({ id, run }: Found): void {
  const recent = [id, ...recentIds().filter((one) => one !== id)].slice(0, RECENT_MAX);
  storage.setItem(RECENT_KEY, JSON.stringify(recent));
  run();
}

/** An order's id that is written out is found though no table holds the order. */
function typedOrder(text: string): Found[] {
  const id = text.trim().toUpperCase();
  if (!/^ROUTER-\d{1,12}$/.test(id)) return [];
  return [
    {
      id: `Orders:${id}`,
      group: "Orders",
      label: id,
      hint: "its history",
      keys: [],
      run: () => openNamed("order", id),
    },
  ];
}

/** What is found, in groups, each with its best first. */
export function search(text: string): { readonly heading: string; readonly items: readonly Found[] }[] {
  const everything = [...done(), ...named(), ...settings(), ...explained()];
  const sections = new Map<string, readonly Found[]>();
  if (text.trim() === "") {
    const recent = recentIds().map((id) => everything.find((found) => found.id === id));
    sections.set(
      "Recent",
      recent.filter((found) => found !== undefined),
    );
    for (const [group, items] of Map.groupBy(done(), (found) => found.group)) sections.set(group, items);
  } else {
    const scored = everything.flatMap((found): [number, Found][] => {
      const score = scoreOf(found.label, text);
      // What can be opened or done comes before what is only explained.
      return score === null ? [] : [[score + (WEIGHTS[found.group] ?? 0), found]];
    });
    const ranked = scored.toSorted(([a], [b]) => a - b).map(([, found]) => found);
    const typed = typedOrder(text).filter(({ id }) => !ranked.some((found) => found.id === id));
    for (const [group, items] of Map.groupBy([...typed, ...ranked], (found) => found.group))
      sections.set(group, items.slice(0, GROUP_MAX));
  }
  return [...sections].filter(([, items]) => items.length > 0).map(([heading, items]) => ({ heading, items }));
}
