/** Strategies: the built-in ones, and what they and a user's own have in common. */
export {
  builtInStrategies,
  carrySignal,
  meanReversionSignal,
  momentumSignal,
  pairsSignal,
  parameterRulesOf,
} from "./built-in.ts";
export { strategyFiles } from "./files.ts";
export { checkParameters } from "./parameters.ts";
