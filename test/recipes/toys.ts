/**
 * What the recipes are followed for: a guard, a venue that reports by itself, and a view.
 *
 * 1. Each addition is at the place that the recipe's page names, in the order of its steps.
 */
import type { Recipe } from "./copy.ts";

export const GUARD: Recipe = {
  page: "docs/recipes/guard.md",
  additions: [
    {
      file: "src/shared/desk.ts",
      before: "  readonly portfolioGrossCap: number | null;\n",
      text: "  /** Units of one order. */\n  readonly maxUnits: string | null;\n",
    },
    {
      file: "src/store/desk/sections/settings.ts",
      before: "  portfolio_gross_cap: row(",
      text: '  max_units: row("limits.max_units", money, null, "units of one order"),\n',
    },
    {
      file: "src/live/risk/guards.ts",
      before: "const perTrade: Guard",
      text: `const maxUnits: Guard = (order, limits) => {
  if (limits.maxUnits === null) return null;
  const [value, limit] = [order.quantity.abs(), decimal(limits.maxUnits)];
  const passed = reducesOwner(order) || value.lte(limit);
  return reading("max_units_exceeded", value, limit, passed, "One order has too many units.");
};

`,
    },
    { file: "src/live/risk/guards.ts", before: "  perTrade,\n", text: "  maxUnits,\n" },
    {
      file: "src/shared/glossary.ts",
      before: "  per_trade_risk_cap: {",
      text: '  max_units_exceeded: { name: "Order units", unit: "units", meaning: "one order has too many units" },\n',
    },
  ],
  made: {},
};

export const VENUE: Recipe = {
  page: "docs/recipes/broker.md",
  additions: [
    {
      file: "src/shared/desk.ts",
      before: "] as const;\nexport type BrokerKind",
      text: ', "push"',
    },
    {
      file: "src/shared/desk.ts",
      before: "  readonly slippageBps: number;\n",
      text: "  /** From an order to the report of its fill. */\n  readonly pushDelay?: Duration;\n",
    },
    {
      file: "src/store/desk/sections/settings.ts",
      before: "  slippage_bps: row(",
      text: `  push_delay: row("broker.push_delay", span(none, SECOND), none, "from an order to the report of its fill", {
    only: { section: "broker", kind: "push" },
  }),
`,
    },
    {
      file: "src/live/broker/adapters.ts",
      before: "import { PaperBroker } from",
      text: 'import { PushVenue } from "./push-venue.ts";\n',
    },
    {
      file: "src/live/broker/adapters.ts",
      before: "  paper: (files,",
      text: "  push: (_files, desk, feed) => new PushVenue(desk, feed),\n",
    },
  ],
  made: { "src/live/broker/push-venue.ts": "push-venue.ts.txt" },
};

export const VIEW: Recipe = {
  page: "docs/recipes/view.md",
  additions: [
    {
      file: "src/shared/contract/views.ts",
      before: "import { MetricsViewSchema,",
      text: 'import { CensusViewSchema } from "../views/census.ts";\n',
    },
    {
      file: "src/shared/contract/views.ts",
      before: "  drift: DriftViewSchema,\n",
      text: "  census: CensusViewSchema,\n",
    },
    {
      file: "src/console/projections/session-views.ts",
      before: "import { DeskProjection } from",
      text: 'import { CensusProjection } from "./census.ts";\n',
    },
    {
      file: "src/console/projections/session-views.ts",
      before: "      drift: new DriftProjection(),\n",
      text: "      census: new CensusProjection(),\n",
    },
    { file: "src/console/projections/empty.ts", before: "  drift: {", text: "  census: { kinds: {} },\n" },
    {
      file: "src/shared/views/console-views.ts",
      before: "  sessions: {\n",
      text: `  census: {
    group: "Session",
    title: "Census",
    key: "j",
    accelerator: "CmdOrCtrl+Alt+C",
    shows: "Entries of the journal by kind.",
  },
`,
    },
    {
      file: "src/renderer/views/registry.ts",
      before: "  sessions: drawn(",
      text: '  census: drawn(Scale, later(async () => (await import("./census.tsx")).Census, "the census"), "census"),\n',
    },
  ],
  made: {
    "src/shared/views/census.ts": "census-view.ts.txt",
    "src/console/projections/census.ts": "census.ts.txt",
    "src/renderer/views/census.tsx": "census.tsx.txt",
  },
};
