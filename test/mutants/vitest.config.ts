/** Vitest as the mutants' runner needs it: one worker, the first failure ends a run, and the mutant's text in its file's place. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { mutated } from "./mutations.ts";
import { standing } from "./standing.ts";

const root = join(import.meta.dirname, "../..");

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
    testTimeout: 20_000,
    bail: 1,
    maxWorkers: 1,
    // It is kept by the text on the disk, which a mutant does not change.
    fsModuleCache: false,
  },
});
