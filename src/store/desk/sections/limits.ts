/**
 * The limits of risk by name: what each is now, and what it becomes when an operator changes it.
 *
 * 1. A limit has the name, the rule and the writing that it has in a desk file; a symbol's or a class's own is named with it,
 *    as `max_position_by_symbol.AAPL`.
 * 2. A change gives new limits and leaves the old ones as they are. What breaks a rule changes nothing.
 */
import type { RiskLimits } from "../../../shared/desk.ts";
import { CodedError } from "../../../shared/errors.ts";
import { shown } from "../text/document.ts";
import { SETTING_NAMES, settingOf, type SettingName } from "./settings.ts";
import { nearest } from "../text/spelling.ts";
import { amount, NONE, number, orNone, readValue, type Kind } from "../text/values.ts";

/** A limit as people see it. */
export interface LimitRow {
  readonly name: string;
  /** As it is written in a desk file; `none` where it is not set. */
  readonly value: string;
  readonly means: string;
}

export interface LimitChange {
  readonly limits: RiskLimits;
  readonly before: string;
  readonly after: string;
}

/** What a limit of one symbol or one class may name; null where anything may. */
export interface LimitNames {
  readonly symbols: ReadonlySet<string>;
  readonly classes: ReadonlySet<string>;
}

type ByName = "maxPositionBySymbol" | "assetClassCaps";

export const LIMIT_NAMES: readonly SettingName[] = SETTING_NAMES.filter((name) =>
  settingOf(name).at.startsWith("limits."),
);

const MAPS: Readonly<Record<string, { readonly field: ByName; readonly kind: Kind<unknown>; readonly what: string }>> =
  {
    max_position_by_symbol: {
      field: "maxPositionBySymbol",
      kind: orNone(amount({ zero: false })),
      what: "symbol",
    },
    asset_class_caps: { field: "assetClassCaps", kind: orNone(number({ min: 0, max: 10_000 })), what: "asset class" },
  };
/** A warning, and the limit that it must not be above. */
const PAIRS: readonly (readonly [SettingName, SettingName])[] = [
  ["turnover_warn", "turnover_block"],
  ["capacity_warn", "capacity_limit"],
];

/** The field of a limit. */
const fieldOf = (name: SettingName): keyof RiskLimits =>
  settingOf(name).field.slice("limits.".length) as keyof RiskLimits;

function refuse(text: string, near: string | null = null): never {
  throw new CodedError("invalid_input", near === null ? `${text}.` : `${text}; did you mean ${near}?`);
}

function read(name: string, kind: Kind<unknown>, text: string): unknown {
  const result = readValue(kind, text.trim());
  if (result === null) refuse(`${name} is ${shown(text)}; ${kind.rule}`, nearest(text, kind.words()));
  return result.value;
}

function changedMap(limits: RiskLimits, name: string, text: string, names: LimitNames | null): LimitChange | null {
  const dot = name.indexOf(".");
  const prefix = name.slice(0, Math.max(0, dot));
  const map = Object.hasOwn(MAPS, prefix) ? MAPS[prefix] : undefined;
  if (map === undefined) return null;
  const key = name.slice(dot + 1);
  const known = map.what === "symbol" ? names?.symbols : names?.classes;
  if (known !== undefined && !known.has(key))
    refuse(`${name} names no ${map.what} of the session`, nearest(key, [...known]));
  const value = read(name, map.kind, text);
  const old = new Map<string, string | number>(Object.entries(limits[map.field]));
  const before = String(old.get(key) ?? NONE);
  if (value === null) old.delete(key);
  else old.set(key, value as string | number);
  return { limits: { ...limits, [map.field]: Object.fromEntries(old) }, before, after: map.kind.write(value) };
}

/** The limits with one of them changed. Throws `invalid_input` for a name or a value that breaks a rule. */
export function changedLimits(
  limits: RiskLimits,
  name: string,
  text: string,
  names: LimitNames | null = null,
): LimitChange {
  const own = changedMap(limits, name, text, names);
  if (own !== null) return own;
  const all = [...LIMIT_NAMES, ...Object.keys(MAPS).map((map) => `${map}.NAME`)];
  const setting = LIMIT_NAMES.find((one) => one === name);
  if (setting === undefined)
    refuse(`There is no limit ${shown(name)}; there are ${all.join(", ")}`, nearest(name, all));
  const { kind } = settingOf(setting);
  const value = read(name, kind, text);
  const changed = { ...limits, [fieldOf(setting)]: value } as RiskLimits;
  for (const [warn, block] of PAIRS) {
    const [low, high] = [changed[fieldOf(warn)], changed[fieldOf(block)]] as [number | null, number | null];
    if ((name === warn || name === block) && low !== null && high !== null && low > high)
      refuse(`${warn}, ${low}, must not be above ${block}, ${high}`);
  }
  return { limits: changed, before: kind.write(limits[fieldOf(setting)]), after: kind.write(value) };
}

/** Every limit as it is, those of symbols and classes last. */
export function limitRows(limits: RiskLimits): LimitRow[] {
  const rows = LIMIT_NAMES.map((name): LimitRow => {
    const { kind, means } = settingOf(name);
    return { name, value: kind.write(limits[fieldOf(name)]), means };
  });
  for (const [map, { field, what }] of Object.entries(MAPS))
    for (const [key, value] of Object.entries(limits[field]))
      rows.push({ name: `${map}.${key}`, value: String(value), means: `the ${what}'s own limit` });
  return rows;
}
