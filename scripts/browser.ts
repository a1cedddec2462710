/**
 * Finds the Chromium that the browser tests drive, and installs Debian's where nothing is found and that is possible.
 *
 * 1. Nothing is installed without one line that says what, and only as root on a system that has apt-get.
 * 2. Whatever is missing is reported as one sentence with the next step; nothing here throws.
 * 3. The machine is reached through `Machine` alone, so that a test can stand in for it.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

export type Found = { readonly path: string } | { readonly missing: string };

/** What is asked of the machine. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** True for the superuser, who alone may install system packages. */
  readonly root: boolean;
  readonly runs: (path: string) => boolean;
  /** Runs a command to its end and returns its exit code and what it printed. */
  readonly command: (name: string, args: readonly string[]) => { readonly status: number; readonly output: string };
  readonly say: (line: string) => void;
}

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

const PLACES: Readonly<Record<string, readonly string[]>> = {
  linux: ["/usr/bin/chromium", "/usr/bin/google-chrome", "/opt/google/chrome/chrome", "/snap/bin/chromium"],
  darwin: [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ],
  win32: [
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files\\Chromium\\Application\\chrome.exe",
  ],
};

/** The browser, and one font family for text that the views' own fonts lack. */
export const PACKAGES = ["chromium", "fonts-liberation"] as const;
/** Another installation may hold the package system; wait for it this long. */
const LOCK_WAIT_SECONDS = 300;

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const here: Machine = {
  platform: process.platform,
  environment: process.env,
  root: process.getuid?.() === 0,
  runs,
  command: (name, args) => {
    const child = spawnSync(name, args, {
      encoding: "utf8",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { status: child.status ?? 1, output: `${child.stdout ?? ""}${child.stderr ?? ""}` };
  },
  say: (line) => console.log(line),
};

/** The browser that is there already, or null. `CHROMIUM_PATH` goes first. */
export function findChromium(machine: Machine = here): string | null {
  const { environment, platform } = machine;
  const named = environment["CHROMIUM_PATH"];
  if (named !== undefined && named !== "" && machine.runs(named)) return named;
  const ending = platform === "win32" ? ".exe" : "";
  const folders = (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = [
    ...NAMES.flatMap((name) => folders.map((folder) => join(folder, `${name}${ending}`))),
    ...(PLACES[platform] ?? []),
  ];
  return candidates.find((path) => machine.runs(path)) ?? null;
}

/** Finds Chromium, or installs it on Debian as root, or says what is missing and what to do. */
export function ensureChromium(machine: Machine = here): Found {
  const present = findChromium(machine);
  if (present !== null) return { path: present };
  const aptGet = ["/usr/bin/apt-get", "/bin/apt-get"].find((path) => machine.runs(path));
  const wanted = PACKAGES.join(" ");
  if (machine.platform !== "linux" || aptGet === undefined)
    return { missing: "Chromium is missing: install Chromium or Chrome, or name one in CHROMIUM_PATH." };
  if (!machine.root)
    return {
      missing: `Chromium is missing: run \`sudo apt-get install -y ${wanted}\`, or name a browser in CHROMIUM_PATH.`,
    };
  machine.say(`Chromium is missing: installing Debian's packages ${wanted} with apt-get, for the browser tests.`);
  const lock = `DPkg::Lock::Timeout=${LOCK_WAIT_SECONDS}`;
  const install = ["-o", lock, "install", "-y", "--no-install-recommends", ...PACKAGES];
  // The lists may be old or empty, so they are fetched first; when that fails the install still has its chance.
  machine.command(aptGet, ["-o", lock, "update"]);
  const result = machine.command(aptGet, install);
  const installed = findChromium(machine);
  if (installed !== null) return { path: installed };
  const last = result.output.trim().split("\n").at(-1) ?? "";
  return {
    missing: `Chromium is missing and apt-get could not install it (exit ${result.status}: ${last}). Install it by hand.`,
  };
}
