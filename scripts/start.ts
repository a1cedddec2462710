/**
 * `npm start`: builds what is missing or old, then opens the console in the best way that this machine has.
 *
 * 1. The window comes first: where Electron's binary is there (or can be fetched within `FETCH_MS`) and there is a display.
 * 2. Where it cannot be, one line says why, and the loopback host opens the same views in a browser.
 * 3. Without a browser the address is printed, and the command that runs the same session in the terminal.
 * 4. Words after `npm start --` go to whichever is started.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

const root = join(import.meta.dirname, "..");
const NODE_MAJOR_MIN = 24;
/** Electron's binary is about 120 MB; a slower line fetches it once by hand. */
const FETCH_MS = 120_000;

export interface Place {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly superuser: boolean;
}

const here: Place = { platform: process.platform, environment: process.env, superuser: process.getuid?.() === 0 };

/** Why no window can be shown here, or null. */
export function windowObstacle(place: Place = here): string | null {
  const { platform, environment } = place;
  if (platform !== "linux") return null;
  if (!environment["DISPLAY"] && !environment["WAYLAND_DISPLAY"]) return "there is no display";
  // Chromium's sandbox does not run for the superuser, and the window never runs without it.
  return place.superuser ? "the superuser gets no sandboxed window" : null;
}

/** The command that opens an address in a browser, or null where there is none. */
export function browserOpener(place: Place = here, exists: (path: string) => boolean = existsSync): string | null {
  const { platform, environment } = place;
  if (platform === "darwin") return "open";
  if (platform === "win32") return "start";
  if (!environment["DISPLAY"] && !environment["WAYLAND_DISPLAY"]) return null;
  const folders = (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, "xdg-open")).find(exists) ?? null;
}

function newestIn(path: string): number {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}

/** True when a built file is missing or older than something that it is made from. */
export function needsBuild(top: string): boolean {
  const built = ["out/main/index.js", "out/preload/index.cjs", "out/renderer/index.html"].map((name) =>
    join(top, name),
  );
  if (!built.every((path) => existsSync(path))) return true;
  const oldest = Math.min(...built.map((path) => statSync(path).mtimeMs));
  const sources = ["src", "electron.vite.config.ts", "package-lock.json"].map((name) => join(top, name));
  return sources.some((path) => existsSync(path) && newestIn(path) > oldest);
}

/** Electron's executable, where it has been fetched, or null. */
export function electronBinary(top: string): string | null {
  const folder = join(top, "node_modules", "electron");
  const pathFile = join(folder, "path.txt");
  if (!existsSync(pathFile)) return null;
  const path = join(folder, "dist", readFileSync(pathFile, "utf8").trim());
  return existsSync(path) ? path : null;
}

/** Fetches Electron's executable as Electron itself does it, within the time limit. */
function fetchElectron(): string | null {
  const installer = join(root, "node_modules", "electron", "install.js");
  if (!existsSync(installer)) return null;
  console.log("Electron's own binary is not here yet: fetching it once.");
  spawnSync(process.execPath, [installer], { cwd: root, stdio: "ignore", timeout: FETCH_MS, killSignal: "SIGKILL" });
  return electronBinary(root);
}

/** Runs a program to its end with this terminal; its exit code, or null where it did not start. */
function runHere(path: string, args: readonly string[]): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(path, args, { cwd: root, stdio: "inherit" });
    // Ctrl-C reaches the whole group: the program stops by itself, and this waits for it.
    const wait = (): void => {};
    process.on("SIGINT", wait);
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    child.once("error", () => resolve(null));
    child.once("exit", (code) => {
      process.off("SIGINT", wait);
      resolve(code);
    });
  });
}

async function openWindow(words: readonly string[]): Promise<number | string> {
  const obstacle = windowObstacle();
  if (obstacle !== null) return obstacle;
  const binary = electronBinary(root) ?? fetchElectron();
  if (binary === null) return "Electron's binary could not be fetched (`npx install-electron` tries again)";
  const code = await runHere(binary, [root, ...words]);
  return code === 0 || code === 130 ? code : `Electron could not start or stopped (exit ${code ?? "none"})`;
}

async function serve(words: readonly string[], why: string): Promise<number> {
  const opener = browserOpener();
  console.log(
    opener === null
      ? `No window here (${why}): open the address below in a browser, ` +
          "or run the same session in this terminal with `npm run logos -- run`."
      : `No window here (${why}): opening the console in a browser instead.`,
  );
  const open = opener === null ? [] : ["--open"];
  return (await runHere(process.execPath, [join(root, "src", "cli", "logos.ts"), "serve", ...open, ...words])) ?? 1;
}

async function start(words: readonly string[]): Promise<number> {
  if (Number(process.versions.node.split(".")[0]) < NODE_MAJOR_MIN) {
    console.error(
      `This is Node ${process.versions.node}; start with \`npm start\`, which brings Node ${NODE_MAJOR_MIN}.`,
    );
    return 69;
  }
  if (needsBuild(root)) {
    console.log("Building the console.");
    const builder = join(root, "node_modules", "electron-vite", "bin", "electron-vite.js");
    const build = spawnSync(process.execPath, [builder, "build", "--logLevel", "warn"], {
      cwd: root,
      stdio: "inherit",
    });
    if (build.status !== 0) {
      console.error("The build failed; what it printed says where. Run `npm ci` if packages are missing.");
      return 1;
    }
  }
  const window = await openWindow(words);
  if (typeof window === "number") return window;
  return serve(words, window);
}

if (import.meta.main) process.exitCode = await start(process.argv.slice(2));
