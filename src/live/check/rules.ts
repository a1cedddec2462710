/**
 * The parameters that a user's strategy has, as the file itself declares them.
 *
 * 1. The file is loaded where every strategy runs, behind the same fence, and nothing of it is run.
 * 2. What a file declares is data from outside: its shape is checked, and what is no rule is left out.
 */
import type { ParameterRule, Parameters, ParameterValue } from "../../shared/strategy.ts";
import type { Workspace } from "../../store/index.ts";
import { nodeTimers } from "../clock/index.ts";
import { createStrategyHost, type HostSettings } from "../host/index.ts";
import { CHECKED, madeUpDesk } from "./market.ts";

export interface StrategyRules {
  /** Why it does not load; null where it does. */
  readonly problem: string | null;
  readonly defaults: Parameters;
  readonly parameters: Readonly<Record<string, ParameterRule>>;
}

const TYPES: readonly unknown[] = ["number", "integer", "string", "boolean"];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isValue = (value: unknown): value is ParameterValue =>
  typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));

function ruleOf(value: unknown): ParameterRule | null {
  if (!isRecord(value)) return null;
  const { type, describe } = value;
  if (!TYPES.includes(type)) return null;
  const numbers = (["min", "max", "above"] as const).flatMap((key) =>
    typeof value[key] === "number" ? [[key, value[key]] as const] : [],
  );
  return {
    type: type as ParameterRule["type"],
    describe: typeof describe === "string" ? describe : "",
    ...Object.fromEntries(numbers),
    ...(typeof value["below"] === "string" ? { below: value["below"] } : {}),
    ...(value["optional"] === true ? { optional: true } : {}),
  };
}

function rulesOf(text: string | null): Omit<StrategyRules, "problem"> {
  const declared: unknown = text === null ? {} : JSON.parse(text);
  const { defaults, parameters } = isRecord(declared) ? declared : {};
  const rules = Object.entries(isRecord(parameters) ? parameters : {}).flatMap(([name, value]) => {
    const rule = ruleOf(value);
    return rule === null ? [] : [[name, rule] as const];
  });
  const values = Object.entries(isRecord(defaults) ? defaults : {}).filter(([, value]) => isValue(value));
  return { defaults: Object.fromEntries(values) as Parameters, parameters: Object.fromEntries(rules) };
}

/** Loads files of the strategies folder and answers with what each declares, by its name. Never throws for one that does not load. */
export async function strategyRules(
  workspace: Workspace,
  modules: readonly string[],
  settings?: HostSettings,
): Promise<ReadonlyMap<string, StrategyRules>> {
  if (modules.length === 0) return new Map();
  const base = madeUpDesk("", {});
  const strategies = modules.flatMap((module, index) =>
    base.strategies.map((one) => ({ ...one, name: `${CHECKED}-${index}`, module })),
  );
  const texts = new Map<string, string | null>();
  const host = await createStrategyHost({
    desk: { ...base, strategies },
    workspace,
    metaOf: () => undefined,
    timers: nodeTimers,
    settings: { ...settings, processes: 1 },
    onRules: (strategy, rules) => texts.set(strategy, rules),
  });
  host.close();
  return new Map(
    strategies.map(({ name, module }) => [
      module,
      { problem: host.notLoaded.get(name) ?? null, ...rulesOf(texts.get(name) ?? null) },
    ]),
  );
}
