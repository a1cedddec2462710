/**
 * The process that tries one mutant: a Vitest of its own, asked once, answering once.
 *
 * 1. The files on disk are not touched: a plugin of its configuration gives the mutated text out in the file's place.
 * 2. It ends after its answer. Vitest keeps what it has transformed for as long as it lives, so a second mutant would run the first.
 */
import { join } from "node:path";
import { createVitest, type Vitest } from "vitest/node";
import type { Mutation } from "./mutations.ts";
import { standing } from "./standing.ts";

export interface Asked {
  readonly mutation: Mutation | null;
  readonly tests: readonly string[];
}

export interface Answered {
  /** Whether a test failed. */
  readonly failed: boolean;
  /** The names of a few that did. */
  readonly by: readonly string[];
  /** Tests that passed: none means that nothing was tried. */
  readonly passed: number;
}

const NAMES_MAX = 3;
const root = join(import.meta.dirname, "../..");

function failuresOf(vitest: Vitest): readonly string[] {
  return vitest.state
    .getTestModules()
    .flatMap((module) => [
      ...(module.errors().length > 0 ? [module.relativeModuleId] : []),
      ...[...module.children.allTests("failed")].map((test) => test.fullName),
    ]);
}

async function answer({ mutation, tests }: Asked): Promise<Answered> {
  standing.mutation = mutation;
  const config = join(import.meta.dirname, "vitest.config.ts");
  const vitest = await createVitest("test", { root, watch: false, config });
  await vitest.runTestSpecifications([...(await vitest.globTestSpecifications([...tests]))], false);
  const by = failuresOf(vitest);
  const passed = vitest.state
    .getTestModules()
    .reduce((sum, module) => sum + [...module.children.allTests("passed")].length, 0);
  const failed = by.length > 0 || vitest.state.getUnhandledErrors().length > 0;
  return { failed, by: by.slice(0, NAMES_MAX), passed };
}

async function answerOnce(asked: Asked): Promise<void> {
  const answered = await answer(asked);
  process.send?.(answered, () => process.exit(0));
}

process.once("message", (asked: Asked) => void answerOnce(asked));
