/**
 * The shim lets a process use signals, threads and children as it would without it.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildC, shimEnvironment, shimMissing } from "./shim.ts";

const CHILDREN = 200;
/** Without the shim the program takes about 50 ms; it is only ended here when it waits for itself. */
const HANG_MS = 60_000;

const missing = shimMissing();

describe.skipIf(missing !== null)(`the shim${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  it(`never makes a process wait for itself, whose ${CHILDREN} children interrupt its writes as they end`, () => {
    const folder = mkdtempSync(join(tmpdir(), "logos-signals-"));
    try {
      const program = buildC(join(import.meta.dirname, "signals.c"), join(folder, "signals"), []);
      const env = shimEnvironment(folder, join(folder, "control"));
      const run = spawnSync(program, [join(folder, "file"), String(CHILDREN)], {
        env,
        encoding: "utf8",
        timeout: HANG_MS,
        killSignal: "SIGKILL",
      });
      expect([run.status, run.stdout.trim()]).toEqual([0, String(CHILDREN)]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
