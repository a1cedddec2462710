/**
 * A resolved desk as the text of a desk file that reads as the same desk.
 *
 * 1. Every setting is written, the defaults too: a fixture does not change when a default does.
 * 2. What is written goes through the settings' own kinds, and the reader's rules judge it like a person's.
 */
import { stringify } from "yaml";
import type { Desk, MarketHours } from "../../shared/desk.ts";
import type { SymbolMeta } from "../../shared/market.ts";
import { formatDuration } from "../../shared/time.ts";
import { SETTING_NAMES, settingOf, settingValuesOf } from "../../store/index.ts";

type Tree = { [key: string]: Tree | Plain };
/** A scalar, and whether it stands without quotes. */
interface Plain {
  readonly text: string;
  readonly bare: boolean;
}

function put(tree: Tree, at: string, value: Plain): void {
  const keys = at.split(".");
  const last = keys.pop() as string;
  let place = tree;
  for (const key of keys) place = (place[key] ??= {}) as Tree;
  place[last] = value;
}

const isPlain = (value: Tree | Plain): value is Plain => typeof value["text"] === "string";

function write(tree: Tree, indent: string): string {
  return Object.entries(tree)
    .map(([key, value]) =>
      isPlain(value)
        ? `${indent}${key}: ${value.bare ? value.text : JSON.stringify(value.text)}\n`
        : `${indent}${key}:\n${write(value, `${indent}  `)}`,
    )
    .join("");
}

const indented = (value: unknown, indent: string): string =>
  stringify(value, {
    aliasDuplicateObjects: false,
    lineWidth: 0,
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "PLAIN",
  })
    .trimEnd()
    .split("\n")
    .map((line) => `${indent}${line}\n`)
    .join("");

/** Own hours as a file says them: spans stand for `open` and `close`, and a day without spans is `closed`. */
function hoursText(sessions: MarketHours): unknown {
  if (typeof sessions === "string") return sessions;
  const { open, close, hours, special, ...rest } = sessions;
  const days = Object.entries(special ?? {}).map(([day, spans]) => [day, spans.length === 0 ? "closed" : spans]);
  return {
    ...rest,
    ...(hours === undefined ? { open, close } : { hours }),
    ...(special === undefined ? {} : { special: Object.fromEntries(days) as unknown }),
  };
}

function strategiesOf(desk: Desk): unknown[] {
  return desk.strategies.map(
    ({ cadence, timeBudget, jitter, heartbeatTimeout, symbols, params, sessions, runsAt, queueFor, ...rest }) => ({
      ...rest,
      ...(queueFor === undefined ? {} : { queueFor: formatDuration(queueFor) }),
      ...(sessions === undefined ? {} : { sessions: hoursText(sessions) }),
      symbols,
      cadence: runsAt === "bar" ? "bar" : formatDuration(cadence),
      timeBudget: formatDuration(timeBudget),
      jitter: formatDuration(jitter),
      heartbeatTimeout: formatDuration(heartbeatTimeout),
      ...(Object.keys(params).length === 0 ? {} : { params }),
    }),
  );
}

/** An instrument as a file says it: where its fields came from is no field of it. */
function writtenMeta({ origins: _origins, ...meta }: SymbolMeta): Omit<SymbolMeta, "origins"> {
  return meta;
}

/** The text of a desk file; `files` takes the place of the feed's own where it is a replay. */
export function deskText(desk: Desk, files: readonly string[]): string {
  const tree: Tree = {};
  const values = settingValuesOf(desk);
  for (const name of SETTING_NAMES) {
    const value = values[name];
    if (value === undefined) continue;
    const { at, kind } = settingOf(name);
    const text = kind.write(value);
    put(tree, at, { text, bare: kind.bare || text === "none" });
  }
  const { feed, limits } = desk;
  const feedText =
    feed.kind === "synthetic"
      ? `  symbols:\n${indented(feed.symbols, "    ")}`
      : `  files:\n${indented(files, "    ")}` +
        (Object.keys(feed.symbols).length === 0
          ? ""
          : `  symbols:\n${indented(Object.values(feed.symbols).map(writtenMeta), "    ")}`);
  const fx = desk.fx === undefined ? "" : `fx:\n${indented(desk.fx, "  ")}`;
  const maps: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ["max_position_by_symbol", limits.maxPositionBySymbol],
    ["asset_class_caps", limits.assetClassCaps],
  ];
  const limitText = maps
    .filter(([, map]) => Object.keys(map).length > 0)
    .map(([name, map]) => `  ${name}:\n${indented(map, "    ")}`)
    .join("");
  return write(tree, "")
    .replace(/^feed:\n/m, `feed:\n${feedText}`)
    .replace(/^limits:\n/m, `limits:\n${limitText}`)
    .concat(fx, `strategies:\n${indented(strategiesOf(desk), "  ")}`);
}
