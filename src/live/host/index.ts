/** The strategy host: where a desk's strategies run. */
export { createStrategyHost, defaultLimits, type HostSettings, type OpenHost } from "./strategy-host.ts";
export { NEVER_BEGUN } from "./failures.ts";
export { forkChildOnOneCore, nodeChild, utilityChild, type LaunchChild, type UtilityProcesses } from "./launch.ts";
export { absentOn, LAYER_NAMES, LAYER_TEXTS, type Layers } from "./layers.ts";
export { ProcessHost } from "./process-host.ts";
export { exampleList } from "./examples/index.ts";
export { newStrategy } from "./new-strategy.ts";
export { strategyTemplate, strategyTypes, TYPES_FILE } from "./template.ts";
