/**
 * The strategies of a desk file.
 *
 * 1. Names are unique; a symbol of a strategy is one of the feed's; a parameter of a built-in strategy is one of its own.
 * 2. What a strategy leaves open is filled in here: a time budget of five seconds or the cadence, no jitter, a heartbeat
 *    within two cadences, counted from the finish.
 * 3. With hours and a cadence of whole days a strategy runs at openings, so that neither its runs nor a change of clocks move it.
 * 4. A user's own module is named by its file; whether it loads is found out when a session starts.
 */
import * as z from "zod";
import { BAR_CADENCE, CALENDAR_NAMES, type StrategyConfig } from "../../../shared/desk.ts";
import { NAME } from "../../../shared/ids.ts";
import type { ParameterRule, Parameters, ParameterValue, Strategy } from "../../../shared/strategy.ts";
import { DAY, duration, formatDuration, MICROSECOND, MILLISECOND, MINUTE, SECOND } from "../../../shared/time.ts";
import type { Duration } from "../../../shared/time.ts";
import { defaultRow, fileRow, type ConfigRow } from "../text/config-rows.ts";
import { shown, type DeskDocument, type Entry, type Spot } from "../text/document.ts";
import { Fields, readScalar, type FieldRule } from "../text/fields.ts";
import { readMarketHours } from "./sessions.ts";
import { nearest } from "../text/spelling.ts";
import { choice, inRange, matching, rangeText, span, symbolName, text, type Kind, type Range } from "../text/values.ts";

export const STRATEGIES_MAX = 5_000;
export const STRATEGY_SYMBOLS_MAX = 500;
const PARAMETERS_MAX = 200;

/** What the reader must know of the strategies that the program brings. */
export type BuiltIns = Readonly<Record<string, Pick<Strategy, "defaults" | "parameters">>>;

const KEYS = [
  "name",
  "module",
  "symbols",
  "cadence",
  "timeBudget",
  "jitter",
  "heartbeatTimeout",
  "anchor",
  "params",
  "group",
  "sessions",
  "pace",
  "queueFor",
];
/** What each key means, for `logos config` and the editor. */
const MEANS: Readonly<Record<string, string>> = {
  name: "the name by which it is shown, halted and reported",
  module: "a built-in strategy, or a file of the workspace's strategies folder",
  symbols: "the symbols that it sees and trades",
  cadence:
    "from one run to the next; bar: once for each closed bar of its symbols; with hours and whole days: at the opening of each such day",
  timeBudget: "a run that takes longer is an overrun; past the hard deadline it is ended",
  jitter: "how far a run is moved to either side, drawn from the seed, so that strategies do not all run at once",
  heartbeatTimeout: "a strategy that is silent for longer is shown as late",
  anchor:
    "finish: the next run is a cadence after the end of this one; slot: runs stay on a grid that begins with the session",
  group: "the group that limits and kill switches may name",
  sessions: "when its market is open: it does not run outside",
  pace: "what becomes of its orders when its rate window is full; without it, as the desk says",
  queueFor: "how long its orders may wait in the queue; without it, as the desk says",
};
const BUDGET = duration(5 * SECOND);
const DURATION_MAX = (1_000 * DAY) as Duration;

const label = matching(NAME, "write a name of 1 to 80 letters, digits, dots, dashes and underscores");
const timed = span(MILLISECOND);
/** A duration, or `bar`: once for each closed bar. */
const cadence: Kind<Duration> = {
  ...timed,
  schema: z.union([z.literal("bar").transform(() => BAR_CADENCE), timed.schema]),
  write: (value) => (value === BAR_CADENCE ? "bar" : timed.write(value)),
  rule: `${timed.rule}, or bar: once for each closed bar of its symbols`,
  words: () => ["bar"],
};
const budget = span(MICROSECOND);
const anchor = choice(["finish", "slot"]);
const pace = choice(["queue", "refuse"]);
/** The keys of a strategy that hold one value, with what an absent one means. */
export const STRATEGY_FIELDS: readonly FieldRule[] = [
  { key: "name", kind: label, fallback: "" },
  { key: "module", kind: text(200), fallback: "" },
  { key: "cadence", kind: cadence, fallback: "" },
  { key: "timeBudget", kind: budget, fallback: "5s, or the cadence where that is shorter" },
  { key: "jitter", kind: span(0 as Duration), fallback: "0s" },
  { key: "heartbeatTimeout", kind: budget, fallback: "two cadences" },
  { key: "anchor", kind: anchor, fallback: "finish" },
  { key: "group", kind: label, fallback: "default" },
  { key: "sessions", kind: choice(CALENDAR_NAMES), fallback: "always" },
  { key: "pace", kind: pace, fallback: "as the desk" },
  { key: "queueFor", kind: timed, fallback: "as the desk" },
].map((field) => ({ ...field, means: MEANS[field.key] ?? "" }));

/** The owner of what a person orders by hand. */
const RESERVED = "manual";
const OWN_FILE = /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./-]{0,198}\.(?:js|mjs|ts|mts)$/;
/** Whether a desk can name a file of the strategies folder so. */
export const isModuleFile = (name: string): boolean => OWN_FILE.test(name);
const PARAMETER = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

export interface StrategyReading {
  readonly document: DeskDocument;
  readonly rows: ConfigRow[];
  readonly builtIns: BuiltIns;
  /** The feed's symbols; null when they are known only once the files are read. */
  readonly symbols: ReadonlySet<string> | null;
}

function readModule(fields: Fields, reading: StrategyReading): string {
  const names = Object.keys(reading.builtIns);
  const rule = `write one of ${names.join(", ")}, or a file of your own such as mine.ts`;
  const spot = fields.spot("module");
  if (spot === undefined) {
    fields.missing("module", rule);
    return "";
  }
  const written = reading.document.scalar(spot, rule);
  if (written === null) return "";
  if (!Object.hasOwn(reading.builtIns, written.text) && !OWN_FILE.test(written.text)) {
    reading.document.complain(spot, `is ${shown(written.text)}; ${rule}`, nearest(written.text, names));
    return "";
  }
  fields.note("module", written.text);
  return written.text;
}

function readSymbolNames(fields: Fields, reading: StrategyReading, module: string): string[] {
  const { document, symbols } = reading;
  const spot = fields.spot("symbols");
  if (spot === undefined) {
    fields.missing("symbols", "write a list such as [AAPL, MSFT]");
    return [];
  }
  const items = document.list(spot, STRATEGY_SYMBOLS_MAX, "[AAPL, MSFT]");
  const found: string[] = [];
  for (const item of items ?? []) {
    const read = readScalar(document, item, symbolName);
    if (read === null) continue;
    const { value } = read;
    if (symbols !== null && !symbols.has(value))
      document.complain(item, `is ${shown(value)}; the feed has no such symbol`, nearest(value, symbols));
    if (found.includes(value)) document.complain(item, `is ${shown(value)}, which this strategy has already`);
    found.push(value);
  }
  if (items !== null && items.length === 0) document.complain(spot, "is empty; a strategy needs one symbol at least");
  if (items !== null && module === "pairs" && items.length !== 2)
    document.complain(
      spot,
      `has ${items.length} ${items.length === 1 ? "symbol" : "symbols"}; pairs trades exactly two`,
    );
  fields.note("symbols", found.join(", "));
  return found;
}

const TYPE_WORDS = { number: "a number", integer: "a whole number", string: "a text", boolean: "true or false" };

const rangeOf = ({ type, min, max, above }: ParameterRule): Range => ({
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
  ...(above === undefined ? {} : { above }),
  whole: type === "integer",
});

/** A parameter's rule in words. */
export const parameterRule = (rule: ParameterRule): string =>
  `write ${TYPE_WORDS[rule.type]}${rangeText(rangeOf(rule))}${rule.below === undefined ? "" : `, below ${rule.below}`}`;

/** The value that a scalar stands for, or null after a complaint. */
function readParameter(document: DeskDocument, spot: Spot, rule: ParameterRule | null): ParameterValue | null {
  const range = rule === null ? {} : rangeOf(rule);
  const wanted =
    rule === null ? "write a number, a text, true or false" : `write ${TYPE_WORDS[rule.type]}${rangeText(range)}`;
  const written = document.scalar(spot, wanted);
  if (written === null) return null;
  const value = written.quoted ? written.text : written.value;
  const type = rule === null || rule.type === "integer" ? "number" : rule.type;
  const fits =
    rule === null
      ? typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))
      : typeof value === type && (typeof value !== "number" || inRange(value, range));
  if (fits) return value as ParameterValue;
  document.complain(spot, `is ${written.quoted ? "the text " : ""}${shown(written.text)}; ${wanted}`);
  return null;
}

/** One parameter that must stay under another, whichever of the two the file wrote. */
function checkBelow(
  document: DeskDocument,
  entries: ReadonlyMap<string, Entry>,
  rules: Readonly<Record<string, ParameterRule>>,
  all: Parameters,
): void {
  for (const [name, rule] of Object.entries(rules)) {
    const other = rule.below;
    const [low, high] = [all[name], other === undefined ? undefined : all[other]];
    if (other === undefined || typeof low !== "number" || typeof high !== "number" || low < high) continue;
    const own = entries.get(name);
    const others = entries.get(other);
    if (own !== undefined) document.complain(own, `is ${low}; it must be below ${other}, ${high}`);
    else if (others !== undefined) document.complain(others, `is ${high}; it must be above ${name}, ${low}`);
  }
}

function readParameters(fields: Fields, reading: StrategyReading, module: string): Parameters {
  const { document } = reading;
  const builtIn = Object.hasOwn(reading.builtIns, module) ? reading.builtIns[module] : undefined;
  const rules = builtIn?.parameters ?? null;
  const spot = fields.spot("params");
  // Without a module there is nothing to check parameters against, and its own complaint is reported already.
  const entries = spot === undefined || module === "" ? new Map<string, Entry>() : readEntries(document, spot, rules);
  const params: [string, ParameterValue][] = Object.entries(builtIn?.defaults ?? {});
  for (const [name, at] of entries) {
    const rule = rules !== null && Object.hasOwn(rules, name) ? (rules[name] ?? null) : null;
    if (rules !== null && rule === null) continue;
    const value = readParameter(document, at, rule);
    if (value !== null) params.push([name, value]);
  }
  const all = Object.fromEntries(params);
  if (rules !== null) checkBelow(document, entries, rules, all);
  for (const [name, value] of Object.entries(all)) {
    const at = entries.get(name);
    const path = `${fields.label}.params.${name}`;
    fields.rows.push(at ? fileRow(path, String(value), document.where(at.offset)) : defaultRow(path, String(value)));
  }
  return all;
}

function readEntries(
  document: DeskDocument,
  spot: Spot,
  rules: Readonly<Record<string, ParameterRule>> | null,
): Map<string, Entry> {
  const entries =
    document.map(spot, rules === null ? null : Object.keys(rules), "parameters") ?? new Map<string, Entry>();
  if (entries.size > PARAMETERS_MAX) document.complain(spot, `has ${entries.size} entries; at most ${PARAMETERS_MAX}`);
  if (rules === null)
    for (const [name, at] of entries)
      if (!PARAMETER.test(name) || name in {})
        document.complain(
          { ...at, offset: at.keyOffset },
          "is no parameter's name; write a letter, then letters, digits and underscores",
        );
  return entries;
}

function readTimes(
  fields: Fields,
  document: DeskDocument,
): Pick<StrategyConfig, "cadence" | "timeBudget" | "jitter" | "heartbeatTimeout"> {
  const every = fields.required("cadence", cadence, duration(30 * SECOND));
  const timeBudget = fields.optional("timeBudget", budget, every < BUDGET ? every : BUDGET);
  const jitter = fields.optional("jitter", span(0 as Duration), 0 as Duration);
  const jitterSpot = fields.spot("jitter");
  if (jitterSpot !== undefined && !fields.broken && jitter > every)
    document.complain(
      jitterSpot,
      `is ${formatDuration(jitter)}; it must not be above the cadence, ${formatDuration(every)}`,
    );
  if (jitterSpot !== undefined && every === BAR_CADENCE && jitter > 0)
    document.complain(jitterSpot, "has no meaning with cadence: bar, whose runs follow the bars; leave it out");
  const silence = Math.min(2 * every, DURATION_MAX) as Duration;
  return { cadence: every, timeBudget, jitter, heartbeatTimeout: fields.optional("heartbeatTimeout", budget, silence) };
}

/** What makes a strategy run where its cadence counts no time. */
function triggerOf(every: Duration, hours: boolean): Pick<StrategyConfig, "runsAt"> {
  if (every === BAR_CADENCE) return { runsAt: "bar" };
  return hours && every % DAY === 0 ? { runsAt: "opening" } : {};
}

/** Reads the list of strategies. What is broken is complained of. */
export function readStrategies(reading: StrategyReading, spot: Spot): StrategyConfig[] {
  const { document, rows } = reading;
  const lines = new Map<string, number>();
  const items = document.list(spot, STRATEGIES_MAX, '"- name: one"');
  if (items !== null && items.length === 0) document.complain(spot, "is empty; a desk needs one strategy at least");
  const strategies: StrategyConfig[] = [];
  for (const item of items ?? []) {
    const entries = document.map(item, KEYS, "one strategy");
    if (entries === null) continue;
    const fields = new Fields(document, rows, item, KEYS, entries);
    fields.means = MEANS;
    const name = fields.required("name", label, "");
    const named = fields.spot("name");
    if (name !== "" && named !== undefined) {
      fields.label = `strategies.${name}`;
      if (name === RESERVED)
        document.complain(
          named,
          `is ${shown(name)}, which is the owner of orders that a person places; choose another`,
        );
      const first = lines.get(name);
      if (first === undefined) lines.set(name, document.placeOf(named.offset).line);
      else document.complain(named, `is ${shown(name)}, the name of the strategy in line ${first} already`);
    }
    const module = readModule(fields, reading);
    const symbols = readSymbolNames(fields, reading, module);
    const times = readTimes(fields, document);
    const sessions = readMarketHours(fields, "sessions");
    strategies.push({
      name,
      module,
      symbols,
      ...times,
      anchor: fields.optional("anchor", anchor, "finish"),
      params: readParameters(fields, reading, module),
      group: fields.optional("group", label, "default"),
      ...(fields.spot("pace") === undefined ? {} : { pace: fields.optional("pace", pace, "queue") }),
      ...(fields.spot("queueFor") === undefined ? {} : { queueFor: fields.optional("queueFor", cadence, MINUTE) }),
      ...(sessions === null ? {} : { sessions }),
      ...triggerOf(times.cadence, sessions !== null),
    });
  }
  return strategies;
}
