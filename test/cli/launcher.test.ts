/**
 * The launcher runs the command as it is, and under an old Node it says in one line what to do.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nodeObstacle } from "../../bin/node-version.mjs";

const root = join(import.meta.dirname, "..", "..");

describe("a Node", () => {
  it.each(["12.22.0", "20.20.2", "22.18.0", "23.9.0"])("%s is too old, and one line says what to do", (version) => {
    const text = nodeObstacle(version);
    expect(text).toContain(`this is Node ${version}`);
    expect(text).toContain("npm run logos");
    expect(text).not.toContain("\n");
  });

  it.each(["24.0.0", "24.21.0", "26.1.0"])("%s will do", (version) => {
    expect(nodeObstacle(version)).toBeNull();
  });
});

describe("the launcher", () => {
  const logos = (entrance: string, ...args: string[]) =>
    spawnSync(process.execPath, [join(root, ...entrance.split("/")), ...args], { encoding: "utf8" });

  it("says and ends as the command itself", () => {
    for (const args of [["--version"], ["nonsense"]]) {
      const [direct, launched] = [logos("src/cli/logos.ts", ...args), logos("bin/logos.mjs", ...args)];
      expect([launched.status, launched.stdout, launched.stderr]).toEqual([
        direct.status,
        direct.stdout,
        direct.stderr,
      ]);
    }
  });

  it("is what the package installs as `logos`", () => {
    const { bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { bin: Record<string, string> };
    expect(bin).toEqual({ logos: "bin/logos.mjs" });
  });
});
