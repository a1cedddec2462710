/**
 * A strategy's parameters against its rules.
 *
 * 1. Every complaint names the parameter, its value and the rule; an unknown name is a complaint, never ignored.
 * 2. A rule that cannot be kept is blamed itself, and not the value that it was given for.
 * 3. What is absent takes its default; an optional parameter without one stays absent, any other is a complaint.
 */
import type { ParameterRule, Parameters, ParameterValue, Strategy } from "../../shared/strategy.ts";
import { nearest } from "../../store/desk/text/spelling.ts";

const TYPES: readonly string[] = ["number", "integer", "string", "boolean"];
const KEYS: readonly string[] = ["type", "min", "max", "above", "below", "optional", "describe"];
/** Keys of one rule that are looked at: a rule is a file's, and may have any number. */
const KEYS_SHOWN_MAX = 50;
/** Complaints that are made of one strategy; what comes after them is only counted. */
const COMPLAINTS_MAX = 5;
const NAME_SHOWN_MAX = 60;
const NAMES_SHOWN_MAX = 20;

/** A name or value out of a strategy's file, cut to a length that a line can show. */
const shown = (value: unknown): string => {
  const text =
    typeof value === "string" ? value.slice(0, NAME_SHOWN_MAX + 1) : (JSON.stringify(value) ?? String(value));
  return text.length <= NAME_SHOWN_MAX ? text : `${text.slice(0, NAME_SHOWN_MAX)}…`;
};
const quoted = (value: unknown): string => (typeof value === "string" ? JSON.stringify(shown(value)) : shown(value));
const listed = (names: readonly string[]): string =>
  names.slice(0, NAMES_SHOWN_MAX).map(shown).join(", ") +
  (names.length > NAMES_SHOWN_MAX ? ` and ${names.length - NAMES_SHOWN_MAX} more` : "");

/** The first complaints, and how many more there are. */
function firstOf(complaints: readonly string[]): string[] {
  const more = complaints.length - COMPLAINTS_MAX;
  return more <= 0 ? [...complaints] : [...complaints.slice(0, COMPLAINTS_MAX), `and ${more} more complaints`];
}
const NUMBERS: readonly string[] = ["min", "max", "above"];

/** What was probably meant: the nearest spelling, else a word with the same beginning, as min for minimum. */
function meant(given: unknown, valid: readonly string[]): string {
  const word = typeof given === "string" ? given : "";
  const found =
    nearest(word, valid) ?? valid.find((one) => word.length > 2 && one.slice(0, 3) === word.toLowerCase().slice(0, 3));
  return found === undefined ? `; there are ${listed(valid)}` : `; did you mean ${shown(found)}?`;
}

/** What is wrong with a rule itself; it comes from a strategy's file, so it may be anything. */
function ruleComplaints(name: string, rule: unknown, names: readonly string[]): string[] {
  const where = `the rule of ${shown(name)}`;
  if (typeof rule !== "object" || rule === null)
    return [`${where} is no object: write { type: "number", describe: "…" }`];
  const complaints: string[] = [];
  const listed = Object.entries(rule).slice(0, KEYS_SHOWN_MAX);
  const { type, below } = rule as Readonly<Record<string, unknown>>;
  if (type === undefined) complaints.push(`${where} has no type; there are ${TYPES.join(", ")}`);
  else if (typeof type !== "string" || !TYPES.includes(type))
    complaints.push(`${where} has the type ${quoted(type)}, which there is not${meant(type, TYPES)}`);
  for (const [key, value] of listed)
    if (!KEYS.includes(key)) complaints.push(`${where} has ${shown(key)}, which no rule has${meant(key, KEYS)}`);
    else if (NUMBERS.includes(key) && value !== undefined && typeof value !== "number")
      complaints.push(`${where} has the ${key} ${quoted(value)}, which is no number`);
  if (below !== undefined && (typeof below !== "string" || !names.includes(below)))
    complaints.push(`${where} has the below ${quoted(below)}, which is no parameter${meant(below, names)}`);
  return complaints;
}

function complaint(given: string, value: ParameterValue, rule: ParameterRule, all: Parameters): string | null {
  const name = shown(given);
  const wanted = rule.type === "integer" ? "number" : rule.type;
  if (typeof value !== wanted) return `${name} is ${quoted(value)}; it must be of type ${rule.type}`;
  if (typeof value !== "number") return null;
  if (!Number.isFinite(value)) return `${name} is ${value}; it must be finite`;
  if (rule.type === "integer" && !Number.isInteger(value)) return `${name} is ${value}; it must be a whole number`;
  if (rule.min !== undefined && value < rule.min) return `${name} is ${value}; at least ${rule.min}`;
  if (rule.above !== undefined && value <= rule.above) return `${name} is ${value}; above ${rule.above}`;
  if (rule.max !== undefined && value > rule.max) return `${name} is ${value}; at most ${rule.max}`;
  const other = rule.below === undefined ? undefined : all[rule.below];
  if (typeof other === "number" && value >= other)
    return `${name} is ${value}; it must be below ${shown(rule.below)}, ${other}`;
  return null;
}

/** What is wrong with parameters, one sentence each; empty when nothing is. */
export function checkParameters(rules: Readonly<Record<string, ParameterRule>>, params: Parameters): string[] {
  const names = Object.keys(rules);
  const broken = names.flatMap((name) => ruleComplaints(name, rules[name], names));
  if (broken.length > 0) return firstOf(broken);
  const complaints: string[] = [];
  for (const [name, value] of Object.entries(params)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    const found =
      rule === undefined
        ? `${shown(name)} is no parameter; there are ${listed(names)}`
        : complaint(name, value, rule, params);
    if (found !== null) complaints.push(found);
  }
  for (const [name, rule] of Object.entries(rules))
    if (rule.optional !== true && !Object.hasOwn(params, name))
      complaints.push(`${shown(name)} is missing and has no default`);
  return firstOf(complaints);
}

/** The parameters with the strategy's defaults below them. */
export function withDefaults(strategy: Strategy, params: Parameters): Parameters {
  return { ...strategy.defaults, ...params };
}
