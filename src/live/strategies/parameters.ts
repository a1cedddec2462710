/**
 * A strategy's parameters against its rules.
 *
 * 1. Every complaint names the parameter, its value and the rule; an unknown name is a complaint, never ignored.
 * 2. What is absent takes its default; an optional parameter without one stays absent, any other is a complaint.
 */
import type { ParameterRule, Parameters, ParameterValue, Strategy } from "../../shared/strategy.ts";
import { builtInStrategies } from "./built-in.ts";

/** The rules of a built-in strategy; null for any other module. */
export function parameterRulesOf(module: string): Readonly<Record<string, ParameterRule>> | null {
  return Object.hasOwn(builtInStrategies, module) ? (builtInStrategies[module]?.parameters ?? null) : null;
}

function complaint(name: string, value: ParameterValue, rule: ParameterRule, all: Parameters): string | null {
  const wanted = rule.type === "integer" ? "number" : rule.type;
  if (typeof value !== wanted) return `${name} is ${JSON.stringify(value)}; it must be of type ${rule.type}`;
  if (typeof value !== "number") return null;
  if (!Number.isFinite(value)) return `${name} is ${value}; it must be finite`;
  if (rule.type === "integer" && !Number.isInteger(value)) return `${name} is ${value}; it must be a whole number`;
  if (rule.min !== undefined && value < rule.min) return `${name} is ${value}; at least ${rule.min}`;
  if (rule.above !== undefined && value <= rule.above) return `${name} is ${value}; above ${rule.above}`;
  if (rule.max !== undefined && value > rule.max) return `${name} is ${value}; at most ${rule.max}`;
  const other = rule.below === undefined ? undefined : all[rule.below];
  if (typeof other === "number" && value >= other)
    return `${name} is ${value}; it must be below ${rule.below}, ${other}`;
  return null;
}

/** What is wrong with parameters, one sentence each; empty when nothing is. */
export function checkParameters(rules: Readonly<Record<string, ParameterRule>>, params: Parameters): string[] {
  const complaints: string[] = [];
  for (const [name, value] of Object.entries(params)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    const found =
      rule === undefined
        ? `${name} is no parameter; there are ${Object.keys(rules).join(", ")}`
        : complaint(name, value, rule, params);
    if (found !== null) complaints.push(found);
  }
  for (const [name, rule] of Object.entries(rules))
    if (rule.optional !== true && !Object.hasOwn(params, name))
      complaints.push(`${name} is missing and has no default`);
  return complaints;
}

/** The parameters with the strategy's defaults below them. */
export function withDefaults(strategy: Strategy, params: Parameters): Parameters {
  return { ...strategy.defaults, ...params };
}
