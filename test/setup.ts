/**
 * What every test file begins with: the seed from which fast-check draws, and the end of what its tests have opened.
 *
 * 1. A run draws the same cases as the one before, so that a test that gates fails by a change and never by chance.
 * 2. `LOGOS_CONSOLE_SEED=random` draws new cases, and so does `npm run test:nightly`. A property that fails prints its seed;
 *    `LOGOS_CONSOLE_SEED=<that number>` draws them again.
 */
import fc from "fast-check";
import { afterAll, afterEach } from "vitest";
import { afterFile, afterTest, closeAll } from "./closing.ts";

const FIXED = 20_261_127;

/** The seed to draw from; undefined leaves the choice to fast-check. Throws for a text that is no seed. */
function seedOf(text: string | undefined, nightly: boolean): number | undefined {
  if (text === undefined || text === "") return nightly ? undefined : FIXED;
  if (text === "random") return undefined;
  if (!/^-?\d{1,10}$/.test(text))
    throw new Error(
      `LOGOS_CONSOLE_SEED is "${text}"; write "random" or a whole number, as a failed property prints it.`,
    );
  return Number(text);
}

const seed = seedOf(process.env["LOGOS_CONSOLE_SEED"], import.meta.env.MODE === "nightly");
fc.configureGlobal(seed === undefined ? {} : { seed });

afterEach(() => closeAll(afterTest));
afterAll(() => closeAll(afterFile));
