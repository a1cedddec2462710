/**
 * The disk's trials run a session whose own waits are short; its strategies' processes keep their limits in real time.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DiskProcesses, endOf } from "./processes.ts";
import { shimMissing } from "./shim.ts";

/** With this, the minute that a process may take to start is 15 ms. */
const HASTE = 4_000;

const missing = shimMissing();
const skipped = missing === null ? "" : ` (skipped: ${missing})`;

describe.skipIf(missing !== null)(`a session of the disk's trials${skipped}`, () => {
  it("loads its strategies however fast its own time runs", async () => {
    const place = mkdtempSync(join(tmpdir(), "logos-child-"));
    const workspace = join(place, "disk", "workspace");
    mkdirSync(workspace, { recursive: true });
    const processes = new DiskProcesses(join(place, "disk"), join(place, "beside"));
    try {
      const desk = join(import.meta.dirname, "desk.yaml");
      const args = ["run", desk, "--for", "5s", "--workspace", workspace, "--json"];
      const task = { args, log: null, arm: null, count: null, unprotected: null, grouped: false, haste: HASTE };
      const end = await processes.run(task);
      expect(end.code, endOf(end)).toBe(0);
    } finally {
      processes.close();
      rmSync(place, { recursive: true, force: true });
    }
  });
});
