/**
 * A session's process that is killed leaves no strategy behind, not even one that hangs.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { makeWorkspace } from "../session/stage.ts";
import { writeStrategies } from "./scene.ts";

/** Whether a process still runs; one that has ended may wait for its parent to take notice. */
function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

it.skipIf(process.platform !== "linux")(
  "ends every process when the session's own is killed (skipped off Linux: it reads /proc)",
  async () => {
    const workspace = makeWorkspace();
    const hang = "export default { defaults: {}, parameters: {}, onTick(c) { for (;;) c.heartbeat(); } };";
    writeStrategies(workspace, { "hang.ts": hang });
    const parent = spawn(process.execPath, [join(import.meta.dirname, "parent.ts"), workspace.strategies], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pids = JSON.parse(line.toString("utf8")) as number[];
    expect(pids).toHaveLength(2);
    expect(pids.map(runs)).toEqual([true, true]);
    parent.kill("SIGKILL");
    await vi.waitFor(() => expect(pids.map(runs)).toEqual([false, false]), { timeout: 60_000 });
  },
);
