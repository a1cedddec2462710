/** What tries a strategy's file as a session runs it. */
export { checkStrategy, type CheckOptions, type Complaint, type StrategyCheck } from "./check.ts";
export { checkHosting } from "./hosting.ts";
export { strategyRules, type StrategyRules } from "./rules.ts";
