/** The strategy host: where a desk's strategies run, and what checks a strategy's file. */
export { createStrategyHost, defaultLimits, type HostSettings, type OpenHost } from "./strategy-host.ts";
export { NEVER_BEGUN } from "./failures.ts";
export { nodeChild, utilityChild, type LaunchChild, type UtilityProcesses } from "./launch.ts";
export { checkHosting, checkStrategy, type Complaint, type StrategyCheck } from "./check.ts";
export { LAYER_NAMES, LAYER_TEXTS } from "./layers.ts";
export { strategyTemplate, strategyTypes, TYPES_FILE } from "./template.ts";
