/**
 * What `npm start` and the browser tests find on a machine, for machines of every kind.
 *
 * 1. No machine is touched: each is a table of what it has.
 */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ensureChromium, findChromium, PACKAGES, type Machine } from "../../scripts/browser.ts";
import { browserOpener, electronBinary, needsBuild, windowObstacle, type Place } from "../../scripts/start.ts";

const folder = mkdtempSync(join(tmpdir(), "logos-start-"));
afterAll(() => rmSync(folder, { recursive: true }));

const linux: Place = { platform: "linux", environment: {}, superuser: false };
const shown: Place = { ...linux, environment: { DISPLAY: ":0", PATH: ["/a", "/b"].join(delimiter) } };

describe("the window", () => {
  it.each<[what: string, place: Place, obstacle: RegExp | null]>([
    ["Linux without a display", linux, /no display/],
    ["Linux with X", shown, null],
    ["Linux with Wayland", { ...linux, environment: { WAYLAND_DISPLAY: "wayland-0" } }, null],
    ["Linux as the superuser", { ...shown, superuser: true }, /superuser/],
    ["macOS", { ...linux, platform: "darwin" }, null],
    ["Windows", { ...linux, platform: "win32" }, null],
  ])("on %s", (_what, place, obstacle) => {
    if (obstacle === null) expect(windowObstacle(place)).toBe(null);
    else expect(windowObstacle(place)).toMatch(obstacle);
  });

  it("needs Electron's binary, which may be missing or half there", () => {
    const top = join(folder, "electron");
    const place = join(top, "node_modules", "electron");
    mkdirSync(join(place, "dist"), { recursive: true });
    expect(electronBinary(top)).toBe(null);
    writeFileSync(join(place, "path.txt"), "electron");
    expect(electronBinary(top)).toBe(null);
    writeFileSync(join(place, "dist", "electron"), "");
    expect(electronBinary(top)).toBe(join(place, "dist", "electron"));
  });
});

describe("a browser", () => {
  it("is opened where there is one", () => {
    const has = (path: string): boolean => path === join("/b", "xdg-open");
    expect(browserOpener(shown, has)).toBe(join("/b", "xdg-open"));
    expect(browserOpener(shown, () => false)).toBe(null);
    expect(browserOpener(linux, () => true)).toBe(null);
    expect(browserOpener({ ...linux, platform: "darwin" })).toBe("open");
  });
});

describe("the build", () => {
  const top = join(folder, "project");
  const put = (name: string, seconds: number): void => {
    const path = join(top, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "");
    utimesSync(path, seconds, seconds);
  };

  it("is needed where it is missing or older than a source, and not otherwise", () => {
    put("src/a/b.ts", 1_000);
    for (const name of ["src/a", "src"]) utimesSync(join(top, name), 1_000, 1_000);
    expect(needsBuild(top)).toBe(true);
    for (const name of ["main/index.js", "preload/index.cjs", "renderer/index.html"]) put(`out/${name}`, 2_000);
    expect(needsBuild(top)).toBe(false);
    put("src/a/b.ts", 3_000);
    expect(needsBuild(top)).toBe(true);
    put("src/a/b.ts", 1_000);
    put("out/preload/index.cjs", 500);
    expect(needsBuild(top)).toBe(true);
  });
});

describe("Chromium for the tests", () => {
  interface Asked {
    readonly commands: string[];
    readonly said: string[];
  }

  function machine(has: readonly string[], change: Partial<Machine> = {}, installs = true): Machine & Asked {
    const present = new Set(has);
    const commands: string[] = [];
    const said: string[] = [];
    return {
      platform: "linux",
      environment: { PATH: "/usr/local/bin" },
      root: true,
      runs: (path) => present.has(path),
      command: (name, args) => {
        commands.push([name, ...args].join(" "));
        if (installs && args.includes("install")) present.add("/usr/bin/chromium");
        return { status: installs ? 0 : 100, output: "E: Unable to locate package chromium\n" };
      },
      say: (line) => said.push(line),
      commands,
      said,
      ...change,
    };
  }

  it("is the one that is named, on the path, or in its usual place, in that order", () => {
    const all = ["/named", "/usr/local/bin/chromium", "/usr/bin/chromium"];
    const environment = { PATH: "/usr/local/bin", CHROMIUM_PATH: "/named" };
    expect(findChromium(machine(all, { environment }))).toBe("/named");
    expect(findChromium(machine(all.slice(1), { environment }))).toBe("/usr/local/bin/chromium");
    expect(findChromium(machine(["/usr/bin/chromium"]))).toBe("/usr/bin/chromium");
    expect(findChromium(machine([]))).toBe(null);
  });

  it("is not installed where it is there", () => {
    const given = machine(["/usr/bin/chromium", "/usr/bin/apt-get"]);
    expect(ensureChromium(given)).toEqual({ path: "/usr/bin/chromium" });
    expect([given.commands, given.said]).toEqual([[], []]);
  });

  it("is installed with apt-get by root, in one line that says so", () => {
    const given = machine(["/usr/bin/apt-get"]);
    expect(ensureChromium(given)).toEqual({ path: "/usr/bin/chromium" });
    expect(given.said).toHaveLength(1);
    for (const name of PACKAGES) expect(given.said[0]).toContain(name);
    expect(given.commands.at(-1)).toContain(`install -y --no-install-recommends ${PACKAGES.join(" ")}`);
  });

  it("is reported as missing, with the next step, where it cannot be installed", () => {
    const user = machine(["/usr/bin/apt-get"], { root: false });
    expect(ensureChromium(user)).toMatchObject({ missing: expect.stringContaining("sudo apt-get") as string });
    expect(ensureChromium(machine([]))).toMatchObject({ missing: expect.stringContaining("CHROMIUM_PATH") as string });
    expect(user.commands).toEqual([]);
    const failing = machine(["/usr/bin/apt-get"], {}, false);
    expect(ensureChromium(failing)).toMatchObject({ missing: expect.stringContaining("Unable to locate") as string });
  });
});
