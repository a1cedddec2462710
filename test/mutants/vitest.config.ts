/** Vitest as the mutants' runner needs it: one worker, the first failure ends a run, the mutant's text in its file's place. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { mutated } from "./mutations.ts";
import { standing } from "./standing.ts";

const root = join(import.meta.dirname, "../..");

/** The runner gives the files in its own order. */
class AsGiven extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files);
  }
}

export default defineConfig({
  plugins: [
    {
      name: "mutant",
      enforce: "pre",
      load: (id) => {
        const { mutation } = standing;
        const path = id.split("?")[0] ?? id;
        return mutation !== null && path === join(root, mutation.file)
          ? mutated(readFileSync(path, "utf8"), mutation)
          : null;
      },
    },
  ],
  test: {
    include: ["test/**/*.test.ts"],
    // Recordings of real markets are long and only on some machines.
    exclude: ["test/e2e/**", "test/mutants/**", "node_modules/**", "test/live/broker/real-bars.test.ts"],
    setupFiles: ["test/setup.ts"],
    reporters: [{}],
    testTimeout: 120_000,
    bail: 1,
    maxWorkers: 1,
    // One process for all test files of a run: most of a mutant's time would be their imports. It ends with the run.
    isolate: false,
    fileParallelism: false,
    sequence: { sequencer: AsGiven },
    // It is kept by the text on the disk, which a mutant does not change.
    fsModuleCache: false,
  },
});
