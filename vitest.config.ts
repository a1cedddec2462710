/**
 * Unit, property and integration tests.
 *
 * 1. A worker keeps its modules from file to file, so no test may leave anything behind in them, nor in `process`. `--sequence.shuffle.files`
 *    shows one that does.
 * 2. The longest files begin first, so that no worker is left alone with one at the end.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { startsBundle } from "./test/host-bundle.ts";

/** What takes longest, longest first. The other files follow by their size, or by their duration where it is known. */
const LONGEST: readonly string[] = [
  "test/trials/trials.test.ts",
  "test/bench/bench.test.ts",
  "test/live/host/session.test.ts",
  "test/cli/run.test.ts",
  "test/live/host/fence.test.ts",
  "test/cli/strategies.test.ts",
  "test/cli/bars.test.ts",
  "test/console/restore.test.ts",
  "test/harness/regress/shipped.test.ts",
  "test/recipes/recipes.test.ts",
  "test/live/strategies/examples.test.ts",
  "test/live/check/check.test.ts",
  "test/harness/regress/determinism.test.ts",
].map((name) => join(import.meta.dirname, name));

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => LONGEST.indexOf(moduleId) + 1 || LONGEST.length + 1;
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  plugins: [startsBundle()],
  test: {
    include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
    exclude: ["test/e2e/**", "node_modules/**"],
    globalSetup: ["test/host-bundle.ts"],
    setupFiles: ["test/setup.ts"],
    // Only what hangs takes so long, however busy the machine is.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    isolate: false,
    // Tests of whole sessions wait for processes of their own: one more than there are cores keeps all of them at work.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    // What a test starts from source is compiled once and not at each start.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules", ".cache", "tests") },
  },
});
