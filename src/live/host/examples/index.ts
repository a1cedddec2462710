/**
 * Strategies to begin with: known ones, each in a file that runs as it is and shows one way to use orders.
 *
 * 1. `exampleText` is the file's own source, with its types from the file beside it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Strategy } from "../../../shared/strategy.ts";
import bandReversion from "./band-reversion.ts";
import breakoutPyramid from "./breakout-pyramid.ts";
import grid from "./grid.ts";
import openingRange from "./opening-range.ts";
import pairSpread from "./pair-spread.ts";
import quoter from "./quoter.ts";
import rotation from "./rotation.ts";
import rsiTwo from "./rsi-two.ts";
import smaTrail from "./sma-trail.ts";

interface Example {
  readonly about: string;
  readonly strategy: Pick<Strategy<never>, "defaults">;
}

/** By the name that `logos strategies new NAME --from EXAMPLE` takes. */
export const EXAMPLES: Readonly<Record<string, Example>> = {
  "band-reversion": { about: "limits at a band, out at the mean", strategy: bandReversion },
  "breakout-pyramid": {
    about: "stops above a channel, one unit upon another, out below it",
    strategy: breakoutPyramid,
  },
  grid: { about: "resting limits at fixed steps, answered fill by fill", strategy: grid },
  "opening-range": { about: "a bracket for the day at the opening range", strategy: openingRange },
  "pair-spread": { about: "two legs in one basket", strategy: pairSpread },
  quoter: { about: "post-only quotes on both sides, moved by replaces", strategy: quoter },
  rotation: { about: "the strongest symbols, rebalanced as a basket", strategy: rotation },
  "rsi-two": { about: "a sharp fall bought, sold after some bars", strategy: rsiTwo },
  "sma-trail": { about: "a crossover with a trailing stop", strategy: smaTrail },
};

/** Each example with what it shows, as the command line and the console list them. */
export const exampleList = (): { name: string; about: string }[] =>
  Object.entries(EXAMPLES).map(([name, { about }]) => ({ name, about }));

/** An example's source for a strategies folder whose types are in `typesFile`. Throws for a name that `EXAMPLES` does not have. */
export function exampleText(name: string, typesFile: string): string {
  if (!Object.hasOwn(EXAMPLES, name)) throw new RangeError(`There is no example ${name}.`);
  const text = readFileSync(join(import.meta.dirname, `${name}.ts`), "utf8");
  return text.replace("../../../shared/strategy.ts", `./${typesFile}`);
}
