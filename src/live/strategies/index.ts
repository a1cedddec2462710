/** Strategies: the built-in ones, a user's own, and the host that runs them. */
export { builtInStrategies, carrySignal, meanReversionSignal, momentumSignal, pairsSignal } from "./built-in.ts";
export { createInProcessHost } from "./in-process-host.ts";
export { checkParameters, parameterRulesOf } from "./parameters.ts";
