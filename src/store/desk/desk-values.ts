/**
 * Between the values of the settings and a whole desk, both ways, by the table's own fields.
 *
 * 1. Every setting has one field of a desk, and every single value of a desk outside its strategies and symbols has one setting.
 * 2. The values of an assembled desk assemble the same desk again, to the order of its fields.
 * 3. A desk that was stored is checked before anything uses it. A field that older desks lack means what it meant then.
 */
import * as z from "zod";
import { BROKER_KINDS } from "../../shared/desk.ts";
import type { Desk, FeedConfig, RiskLimits, StrategyConfig } from "../../shared/desk.ts";
import { CodedError } from "../../shared/errors.ts";
import { SETTING_NAMES, settingOf, type SettingName, type SettingValues } from "./sections/settings.ts";

export interface Parts {
  readonly values: SettingValues;
  readonly source: string;
  readonly feed: FeedConfig;
  readonly instruments: NonNullable<Desk["instruments"]>;
  readonly fx: NonNullable<Desk["fx"]>;
  readonly strategies: readonly StrategyConfig[];
  readonly maxPositionBySymbol: Readonly<Record<string, string>>;
  readonly assetClassCaps: Readonly<Record<string, number>>;
}

type Tree = { [key: string]: unknown };

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

/** Puts a value at `field` of a tree, and makes the trees on the way. */
function put(tree: Tree, field: string, value: unknown): void {
  const keys = field.split(".");
  const last = keys.pop() as string;
  let place = tree;
  for (const key of keys) place = (place[key] ??= {}) as Tree;
  place[last] = value;
}

/** The value at `field`; undefined where there is none. */
const valueAt = (tree: unknown, field: string): unknown =>
  field.split(".").reduce<unknown>((place, key) => (isTree(place) ? place[key] : undefined), tree);

/** The settings that a desk with these kinds of feed, clock and broker has. */
const settingsWith = (kinds: {
  readonly feed: unknown;
  readonly clock: unknown;
  readonly broker: unknown;
}): SettingName[] =>
  SETTING_NAMES.filter((name) => {
    const { only } = settingOf(name);
    return only === null || kinds[only.section] === only.kind;
  });

/** A margin account without a leverage buys without a limit, as every account did before there was one: such a desk names neither. */
function accountOf(broker: Desk["broker"]): Desk["broker"] {
  const { leverage, ...unleveraged } = broker;
  if (broker.account === "cash") return unleveraged;
  if (leverage !== undefined) return broker;
  const { account: _unlimited, ...bare } = unleveraged;
  return bare;
}

/** Limits as a desk has them that sets none. */
export function limitsUnset(): RiskLimits {
  const tree: Tree = {};
  for (const name of SETTING_NAMES) {
    const { field, fallback } = settingOf(name);
    if (field.startsWith("limits.")) put(tree, field, fallback);
  }
  return { ...(tree as { limits: RiskLimits }).limits, maxPositionBySymbol: {}, assetClassCaps: {} };
}

/** The desk of these parts. */
export function assemble(parts: Parts): Desk {
  const { feed, instruments, fx } = parts;
  const automatic = parts.values.fill_model === "auto";
  const values: SettingValues = automatic
    ? { ...parts.values, fill_model: feed.kind === "replay" ? "bars" : "marks" }
    : parts.values;
  const tree: Tree = {};
  for (const name of settingsWith(values)) {
    const { field, absent } = settingOf(name);
    const value = values[name];
    if (absent === undefined || value !== absent || name === "account") put(tree, field, value);
  }
  const sections = tree as unknown as Pick<
    Desk,
    "broker" | "clock" | "orchestrator" | "slo" | "runtime" | "dayEnds"
  > & {
    readonly limits: Omit<RiskLimits, "maxPositionBySymbol" | "assetClassCaps">;
  };
  const { maxNotional, maxPosition, portfolioGrossCap, perAssetCap, ...limits } = sections.limits;
  const { maxPositionBySymbol, assetClassCaps } = parts;
  return {
    name: values.name,
    source: parts.source,
    seed: values.seed,
    broker: accountOf(sections.broker),
    feed,
    clock: sections.clock,
    orchestrator: sections.orchestrator,
    slo: sections.slo,
    limits: {
      maxNotional,
      maxPosition,
      maxPositionBySymbol,
      portfolioGrossCap,
      perAssetCap,
      assetClassCaps,
      ...limits,
    },
    runtime: sections.runtime,
    dollarPerTrade: values.dollar_per_trade,
    ...(sections.dayEnds === undefined ? {} : { dayEnds: sections.dayEnds }),
    strategies: parts.strategies,
    ...(Object.keys(instruments).length === 0 ? {} : { instruments }),
    ...(Object.keys(fx).length === 0 ? {} : { fx }),
  };
}

/**
 * The values of a desk's settings, by name; a setting that the desk's kind of feed, clock or account does not have is left out.
 * A field that is not there counts as what its absence means.
 */
export function settingValuesOf(desk: Desk): Partial<SettingValues> {
  const { feed, clock, broker } = desk;
  const entries = settingsWith({ feed: feed.kind, clock: clock.kind, broker: broker.kind })
    .filter((name) => name !== "leverage" || broker.account !== "cash")
    // UTC that was not written stays unwritten: written, it would go before a layout's own zone.
    .filter(
      (name) => name !== "time_zone" || (feed.kind === "replay" && (feed.timeZone !== "UTC" || feed.timeZoneWritten)),
    )
    .map((name): [SettingName, unknown] => {
      const { field, absent } = settingOf(name);
      const stored = valueAt(desk, field);
      return [name, stored === undefined ? absent : stored];
    });
  const values = Object.fromEntries(entries) as Partial<SettingValues>;
  return feed.kind === "replay" ? { ...values, adjusted: feed.adjusted === true ? "true" : "false" } : values;
}

const DURATION = z.int().min(0);
const SYMBOL = z.looseObject({ symbol: z.string() });

/** What every stored desk has besides its settings. What is optional in one is checked where it is used. */
const SHAPE = z.looseObject({
  source: z.string(),
  feed: z.discriminatedUnion("kind", [
    z.looseObject({ kind: z.literal("synthetic"), symbols: z.array(SYMBOL) }),
    z.looseObject({
      kind: z.literal("replay"),
      files: z.array(z.string()),
      symbols: z.record(z.string(), SYMBOL),
      adjusted: z.literal(true).optional(),
    }),
  ]),
  clock: z.looseObject({ kind: z.enum(["virtual", "system"]) }),
  broker: z.looseObject({ kind: z.enum(BROKER_KINDS) }),
  limits: z.looseObject({
    maxPositionBySymbol: z.record(z.string(), z.string()),
    assetClassCaps: z.record(z.string(), z.number()),
  }),
  strategies: z.array(
    z.looseObject({
      name: z.string(),
      module: z.string(),
      symbols: z.array(z.string()),
      cadence: DURATION,
      timeBudget: DURATION,
      jitter: DURATION,
      heartbeatTimeout: DURATION,
      anchor: z.enum(["finish", "slot"]),
      params: z.record(z.string(), z.unknown()),
      group: z.string(),
    }),
  ),
});

/**
 * A desk as a journal or a record of a session holds it. `where` names the file for people.
 * Throws `journal_damaged`, with the first field that is missing or of another kind.
 */
export function storedDesk(value: unknown, where: string): Desk {
  const refuse = (field: string, what: string): never => {
    throw new CodedError(
      "journal_damaged",
      `${where}: the session's desk ${what} at ${field === "" ? "its top" : field}. Restore the file from a copy; ` +
        "`logos verify` says what else of the session can be trusted.",
    );
  };
  const shape = SHAPE.safeParse(value);
  if (!shape.success) {
    const [issue] = shape.error.issues;
    return refuse(issue?.path.join(".") ?? "", "cannot be read");
  }
  const desk = value as Desk;
  for (const name of settingsWith({ feed: desk.feed.kind, clock: desk.clock.kind, broker: desk.broker.kind })) {
    const { field, absent, kind } = settingOf(name);
    if (name === "adjusted") continue;
    const stored = valueAt(desk, field);
    if (stored === undefined) {
      if (absent === undefined) refuse(field, "lacks its value");
      continue;
    }
    if (!kind.type.safeParse(stored).success) refuse(field, "has a value of the wrong type");
  }
  return desk;
}
