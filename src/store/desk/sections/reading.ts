/**
 * One reading of one desk file: its sections, and over them what the environment and flags say.
 *
 * 1. A flag goes before the environment, that before the file, and that before the default; every value says which it was.
 * 2. What a flag or a variable says passes the same rules as what the file says, and its message names it.
 * 3. An empty variable is an absent one.
 */
import { CodedError } from "../../../shared/errors.ts";
import type { DataFileOptions } from "../../../shared/desk.ts";
import type { SymbolMeta } from "../../../shared/market.ts";
import { BUILT_IN_PLACE, fileRow, type ConfigRow, type Origin } from "../text/config-rows.ts";
import { DeskDocument, shown, type Spot } from "../text/document.ts";
import { readScalar } from "../text/fields.ts";
import { environmentName, flagName, keysOf, placeOfKey, SETTING_NAMES, settingAt, settingOf } from "./settings.ts";
import type { SettingName, SettingValues } from "./settings.ts";
import type { Profile } from "./profiles.ts";
import { nearest } from "../text/spelling.ts";
import { readValue, type Kind } from "../text/values.ts";

/** Market data files that take the place of the desk's feed. */
export interface BarsFeed {
  readonly files: readonly string[];
  /** What the files hold, so that a strategy's symbols can be checked. */
  readonly symbols: readonly SymbolMeta[];
  readonly symbol?: string | null;
  readonly timeZone?: string;
  readonly dateFormat?: string | null;
  /** How all of the files are read, beyond symbol, zone and dates. */
  readonly options?: DataFileOptions;
}

export interface ReadingSources {
  readonly text: string;
  /** How messages name the file. */
  readonly fileName: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Values of flags by the setting's name. */
  readonly flags?: Readonly<Partial<Record<SettingName, string | number>>>;
  /** Files that take the place of the desk's feed. */
  readonly bars?: BarsFeed;
  /** Turns a file's name in `feed.files` into its path; what it throws is reported at the name's place. */
  readonly resolveFile?: (name: string) => string | readonly string[];
  /** Reads the profile that a file of `feed.files` names; throws as `loadProfile` does. */
  readonly resolveProfile?: (name: string) => Profile;
}

function outsideError(from: Origin, where: string, words: string, rule: string, near: string | null): CodedError {
  const guess = near === null ? "." : `; did you mean ${near}?`;
  return new CodedError(from === "flag" ? "usage" : "invalid_input", `${where} is ${shown(words)}; ${rule}${guess}`, {
    where,
    value: words,
    rule,
    nearest: near,
  });
}

export interface Said {
  readonly value: unknown;
  readonly from: Origin;
  readonly where: string;
  /** Where in the file, for complaints. */
  readonly spot: Spot | null;
}

/** One reading of one file. */
const RUNTIMES: readonly SettingName[] = [
  "runtime_median",
  "runtime_sigma",
  "runtime_slow_share",
  "runtime_slow_factor",
];

export class Reading {
  readonly sources: ReadingSources;
  readonly document: DeskDocument;
  readonly rows: ConfigRow[] = [];
  readonly notes: string[] = [];
  readonly #said = new Map<SettingName, Said>();
  readonly #others = new Map<string, Spot>();
  /** No section has an unknown key, so what is missing is truly missing. */
  sectionsWhole = true;
  /** Settings that the file says wrongly. */
  readonly broken = new Set<SettingName>();

  constructor(sources: ReadingSources) {
    this.sources = sources;
    this.document = new DeskDocument(sources.fileName, sources.text);
    this.document.elsewhere = placeOfKey;
    this.#section(this.document.root, "");
    this.#requireKeys();
    this.#outside();
  }

  #section(spot: Spot, section: string): void {
    const keys = keysOf(section);
    const entries = this.document.map(spot, keys, section === "" ? "a map of sections" : "a section");
    for (const [key, at] of entries ?? []) {
      const place = section === "" ? key : `${section}.${key}`;
      if (!keys.includes(key)) {
        this.sectionsWhole = false;
        continue;
      }
      const name = settingAt(place);
      if (name !== undefined) this.#take(name, at);
      else if (keysOf(place).length > 0) this.#section(at, place);
      else this.#others.set(place, at);
    }
  }

  #take(name: SettingName, at: Spot): void {
    const read = readScalar(this.document, at, settingOf(name).kind);
    if (read !== null)
      this.#said.set(name, { value: read.value, from: "file", where: this.document.where(at.offset), spot: at });
    else {
      this.broken.add(name);
      this.#said.set(name, { value: settingOf(name).fallback, from: "file", where: "", spot: at });
    }
  }

  #requireKeys(): void {
    if (!this.sectionsWhole) return;
    const { root } = this.document;
    if (!this.#others.has("strategies")) this.document.complain(root, "lacks strategies; list one at least");
    if (this.#said.has("feed") || this.sources.bars !== undefined) return;
    this.document.complain(root, 'lacks feed; write "feed:" and below it "kind: synthetic" or "kind: replay"');
  }

  /** What flags and the environment say, over what the file says. */
  #outside(): void {
    const { env = {}, flags = {} } = this.sources;
    const given: Readonly<Record<string, string | number | undefined>> = flags;
    for (const name of Object.keys(given)) {
      const known = (SETTING_NAMES as readonly string[]).includes(name);
      if (!known || !settingOf(name as SettingName).outside)
        throw new CodedError("usage", `There is no setting ${shown(name)} that a flag can say.`, { option: name });
    }
    for (const name of SETTING_NAMES) {
      const setting = settingOf(name);
      if (!setting.outside) continue;
      const variable = environmentName(name);
      const flag = given[name];
      if (flag !== undefined) this.#say(name, String(flag), "flag", flagName(name));
      else if ((env[variable] ?? "") !== "") this.#say(name, env[variable] as string, "environment", variable);
    }
  }

  #say(name: SettingName, words: string, from: Origin, where: string): void {
    const { kind } = settingOf(name);
    const read = readValue(kind, words);
    if (read === null) throw outsideError(from, where, words, kind.rule, nearest(words, kind.words()));
    this.#said.set(name, { value: read.value, from, where, spot: null });
  }

  /** Where a value came from. */
  origin(name: SettingName): Said {
    return this.#said.get(name) ?? { value: this.#fallback(name), from: "default", where: BUILT_IN_PLACE, spot: null };
  }

  /** The value of a setting that is not given. On recorded data runs take no time unless something of `runtime` is said. */
  #fallback(name: SettingName): unknown {
    if (name === "runtime_median" && this.#kindOf("feed") === "replay" && RUNTIMES.every((one) => !this.#said.has(one)))
      return 0;
    return settingOf(name).fallback;
  }

  values(): SettingValues {
    return Object.fromEntries(SETTING_NAMES.map((name) => [name, this.origin(name).value])) as unknown as SettingValues;
  }

  /** A rule between settings is broken: reported at the value's own place. */
  refuse(name: SettingName, rule: string): void {
    const { from, where, spot, value } = this.origin(name);
    const written = settingOf(name).kind.write(value);
    if (from === "flag" || from === "environment") throw outsideError(from, where, written, rule, null);
    this.document.complain(spot ?? { ...this.document.root, path: name }, `is ${shown(written)}; ${rule}`);
  }

  other(place: string): Spot | undefined {
    return this.#others.get(place);
  }

  /** Whether a setting has a meaning with this feed, this clock and this broker. */
  applies(name: SettingName): boolean {
    const { only } = settingOf(name);
    return only === null || this.#kindOf(only.section) === only.kind;
  }

  /** The kind of feed, clock or broker that holds. */
  #kindOf(section: "feed" | "clock" | "broker"): string {
    return section === "feed" && this.sources.bars !== undefined ? "replay" : String(this.origin(section).value);
  }

  /** Whether the file says what kind of feed it has, or files replace it: without, nothing of the feed can be judged. */
  get feedKnown(): boolean {
    return this.sources.bars !== undefined || (this.#said.has("feed") && !this.broken.has("feed"));
  }

  /** Refuses settings of a kind of feed, clock or broker that this desk does not have. */
  checkKinds(): void {
    for (const name of SETTING_NAMES) {
      const { only } = settingOf(name);
      const { from, where } = this.origin(name);
      if (only === null || from === "default" || this.applies(name)) continue;
      const { section } = only;
      if (section === "feed" ? !this.feedKnown : this.broken.has(section)) continue;
      const holds = `the ${only.kind} ${section}, and this one is ${this.#kindOf(section)}`;
      const kindFrom = section === "feed" && this.sources.bars !== undefined ? "flag" : this.origin(section).from;
      // A variable stays set from one desk to the next; and a kind that was replaced from outside leaves the file's settings idle.
      if (from === "environment") this.notes.push(`${where} is ignored: it belongs to ${holds}.`);
      else if (from === "flag" || kindFrom === "file" || kindFrom === "default")
        this.refuse(name, `it belongs to ${holds}`);
    }
  }

  /** Names in the environment that are nearly a setting's. */
  checkStrangers(): void {
    const names = SETTING_NAMES.filter((name) => settingOf(name).outside).map(environmentName);
    const known = new Set(names);
    for (const variable of Object.keys(this.sources.env ?? {}).toSorted()) {
      if (!variable.startsWith("LOGOS_") || known.has(variable)) continue;
      const near = nearest(
        variable.slice(6),
        names.map((name) => name.slice(6)),
      );
      if (near !== null) this.notes.push(`${variable} is ignored: it is no setting; did you mean LOGOS_${near}?`);
    }
  }

  /** The rows of the settings that hold for this desk. */
  settingRows(): ConfigRow[] {
    return SETTING_NAMES.filter((name) => this.applies(name)).map((name) => {
      if (name === "feed" && this.sources.bars !== undefined)
        return {
          name,
          value: "replay",
          from: "flag",
          where: "--bars",
          environment: null,
          means: settingOf(name).means,
        };
      const { kind, means, outside } = settingOf(name);
      const { from, where, value } = this.origin(name);
      const environment = outside ? environmentName(name) : null;
      return { name, value: kind.write(value), from, where, environment, means };
    });
  }

  /** A map from names to values, such as a limit for each symbol. */
  record<T>(place: string, of: Kind<T>, names: Names): Record<string, T> {
    const spot = this.#others.get(place);
    const found: [string, T][] = [];
    const entries = spot === undefined ? null : this.document.map(spot, null, `${names.what} and values`);
    for (const [key, at] of entries ?? []) {
      if (names.known === null ? key in {} : !names.known.has(key)) {
        this.document.complain(
          { ...at, offset: at.keyOffset },
          `names no ${names.what} of the feed`,
          nearest(key, names.known ?? []),
        );
        continue;
      }
      const read = readScalar(this.document, at, of);
      if (read === null) continue;
      found.push([key, read.value]);
      this.rows.push(fileRow(`${place}.${key}`, of.write(read.value), this.document.where(at.offset)));
    }
    return Object.fromEntries(found);
  }
}

export interface Names {
  readonly what: string;
  readonly known: ReadonlySet<string> | null;
}
