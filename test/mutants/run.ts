/**
 * The process that tries mutants: one Vitest that stays warm, asked for one mutant at a time.
 *
 * 1. The files on disk are not touched: a plugin of its configuration gives the mutated text out in the file's place.
 * 2. Before each try the file that was mutated and the one that will be are transformed afresh; all others are kept. The tests
 *    themselves run in a process that ends with each try, so no try sees what another one loaded.
 * 3. What a test starts in a process of its own reads the disk, so a mutant is noticed by tests that call the code themselves.
 */
import { join } from "node:path";
import { createVitest, type TestModule, type Vitest } from "vitest/node";
import type { Mutation } from "./mutations.ts";
import { standing } from "./standing.ts";

export interface Asked {
  readonly mutation: Mutation | null;
  /** Test files, or the beginnings of their paths, from the project's root. */
  readonly tests: readonly string[];
}

export interface Answered {
  /** Whether a test failed. */
  readonly failed: boolean;
  /** The names of a few that did. */
  readonly by: readonly string[];
  /** Tests that passed: none means that nothing was tried. */
  readonly passed: number;
  /** The test files that were run, the quickest first. */
  readonly files: readonly string[];
}

const NAMES_MAX = 3;
const root = join(import.meta.dirname, "../..");
const config = join(import.meta.dirname, "vitest.config.ts");
const started = createVitest({ root, watch: false, config });

const failuresOf = (modules: readonly TestModule[]): readonly string[] =>
  modules.flatMap((module) => [
    ...(module.errors().length > 0 ? [module.relativeModuleId] : []),
    ...[...module.children.allTests("failed")].map((test) => test.fullName),
  ]);

async function specifications(vitest: Vitest, tests: readonly string[]) {
  const all = await vitest.globTestSpecifications([...tests]);
  const placeOf = (id: string): number => tests.findIndex((test) => id.startsWith(join(root, test)));
  return all.toSorted((a, b) => placeOf(a.moduleId) - placeOf(b.moduleId));
}

async function answer({ mutation, tests }: Asked): Promise<Answered> {
  const vitest = await started;
  for (const one of [standing.mutation, mutation]) if (one !== null) vitest.invalidateFile(join(root, one.file));
  standing.mutation = mutation;
  vitest.state.filesMap.clear();
  const ran = await vitest.runTestSpecifications(await specifications(vitest, tests), false);
  const by = failuresOf(ran.testModules);
  const passed = ran.testModules.reduce((sum, { children }) => sum + [...children.allTests("passed")].length, 0);
  const failed = by.length > 0 || ran.unhandledErrors.length > 0;
  const quickest = ran.testModules.toSorted((a, b) => a.diagnostic().duration - b.diagnostic().duration);
  const files = quickest.map(({ relativeModuleId }) => relativeModuleId);
  return { failed, by: by.slice(0, NAMES_MAX), passed, files };
}

process.on("message", (asked: Asked) => {
  void answer(asked).then((answered) => process.send?.(answered));
});
