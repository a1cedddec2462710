/**
 * The real desktop program: its window, its bridge and its preferences, where Electron's binary and a display are there.
 *
 * 1. Skipped with its reason anywhere else; the same code runs against a fake Electron in `test/main` and `test/preload`.
 */
import { _electron, expect, test } from "@playwright/test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { electronBinary, windowObstacle } from "../../../scripts/start.ts";

const top = join(import.meta.dirname, "..", "..", "..");
const binary = electronBinary(top);
const missing =
  binary === null
    ? "Electron's binary is not on this machine"
    : (windowObstacle() ?? (existsSync(join(top, "out", "main", "index.js")) ? null : "the build is missing"));

test("the window opens on the console's page, isolated, with its bridge and nothing else", async () => {
  test.skip(missing !== null, missing ?? "");
  const workspace = mkdtempSync(join(tmpdir(), "logos-electron-"));
  const program = await _electron.launch({
    executablePath: binary ?? "",
    args: [top, "--workspace", workspace],
    env: { ...(process.env as Record<string, string>), XDG_CONFIG_HOME: workspace },
  });
  try {
    const page = await program.firstWindow();
    await expect(page).toHaveURL(/^logos:\/\/console\//);
    await expect(page.locator("#root")).not.toBeEmpty();
    const world = await page.evaluate(() => ({
      bridge: Object.keys(window["logos" as never] as object).toSorted(),
      node: typeof (globalThis as { process?: unknown }).process,
      require: typeof (globalThis as { require?: unknown }).require,
    }));
    expect(world).toEqual({
      bridge: ["closed", "command", "host", "receive", "send"],
      node: "undefined",
      require: "undefined",
    });
    const windows = await program.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
    expect(windows).toBe(1);
    await expect(
      page.evaluate(() =>
        fetch("https://example.com/").then(
          () => "reached",
          () => "blocked",
        ),
      ),
    ).resolves.toBe("blocked");
  } finally {
    await program.close();
    rmSync(workspace, { recursive: true, force: true });
  }
});
