/**
 * The fields of a desk for a form: what each is for, its rule, its words, and what an absent one means.
 *
 * 1. A form is made of the tables that the reader reads by, so it can neither lack a setting nor offer one that is refused.
 */
import type { FieldRule } from "./text/fields.ts";
import { OPTION_FIELDS } from "./sections/file-options.ts";
import { INSTRUMENT_FIELDS } from "./sections/instruments.ts";
import { keysOf, SETTING_NAMES, settingOf } from "./sections/settings.ts";
import { STRATEGY_FIELDS } from "./sections/strategies.ts";
import { SYNTHETIC_FIELDS } from "./sections/symbols.ts";
import { NONE } from "./text/values.ts";

export interface FormField {
  /** Its place: keys with dots, from the file's outermost value or from the item that it belongs to. */
  readonly at: string;
  readonly means: string;
  /** What may be written, in words for the operator. */
  readonly rule: string;
  /** What holds where nothing is written; empty where something must be. */
  readonly fallback: string;
  /** The valid words; empty where any text of the rule is valid. */
  readonly words: readonly string[];
  /** Whether `none` takes the value away. */
  readonly none: boolean;
  /** The one kind of feed or clock that it belongs to. */
  readonly only: { readonly section: string; readonly kind: string } | null;
}

export interface DeskForm {
  readonly settings: readonly FormField[];
  readonly strategy: readonly FormField[];
  readonly symbol: readonly FormField[];
  readonly instrument: readonly FormField[];
  readonly file: readonly FormField[];
  /** The order of the keys of each section; `""` is the file itself. */
  readonly order: Readonly<Record<string, readonly string[]>>;
}

const plainField = ({ key, kind, fallback, means }: FieldRule): FormField => {
  const words = kind.words();
  return {
    at: key,
    means,
    rule: kind.rule,
    fallback,
    words: words.filter((word) => word !== NONE),
    none: words.includes(NONE),
    only: null,
  };
};

/** The form of every desk. */
export function deskForm(): DeskForm {
  const settings = SETTING_NAMES.map((name): FormField => {
    const { at, kind, fallback, means, only } = settingOf(name);
    return { ...plainField({ key: at, kind, fallback: kind.write(fallback), means }), only };
  });
  const sections = new Set(SETTING_NAMES.map((name) => settingOf(name).at.split(".").slice(0, -1).join(".")));
  return {
    settings,
    strategy: STRATEGY_FIELDS.map(plainField),
    symbol: SYNTHETIC_FIELDS.map(plainField),
    instrument: INSTRUMENT_FIELDS.map(plainField),
    file: OPTION_FIELDS.map(plainField),
    order: Object.fromEntries([...sections].map((section) => [section, keysOf(section)])),
  };
}
