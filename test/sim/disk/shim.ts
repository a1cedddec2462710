/**
 * Builds the shim that stands between a process and its disk, and talks to it.
 *
 * 1. It is built with the machine's C compiler, once in a process; where there is none, or no Linux, that is given as the reason.
 * 2. Its folder, log and control file are named in the environment and by commands; what it can do is in `shim.c`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const COMPILERS = ["cc", "gcc", "clang"] as const;
const source = join(import.meta.dirname, "shim.c");

const compiler =
  process.platform === "linux"
    ? COMPILERS.find((name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0)
    : undefined;

/** Why there can be no shim here, or null. */
export function shimMissing(): string | null {
  if (process.platform !== "linux") return "the shim before the disk is made for Linux";
  return compiler === undefined ? "there is no C compiler here (apt-get install gcc)" : null;
}

/** Builds one C source into `target` and returns it; throws with the compiler's words where it does not compile. */
export function buildC(from: string, target: string, options: readonly string[]): string {
  const words = ["-O2", "-Wall", "-Wextra", "-Werror", ...options, "-o", target, from, "-lpthread"];
  const { status, stderr } = spawnSync(compiler ?? "cc", words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${from} does not compile: ${stderr}`);
  return target;
}

let built: string | null = null;

/** The library to preload; built at the first call. */
export function shimLibrary(): string {
  if (built !== null) return built;
  const folder = mkdtempSync(join(tmpdir(), "logos-shim-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const library = buildC(source, join(folder, "shim.so"), ["-shared", "-fPIC"]);
  built = library;
  return library;
}

/** The environment of a process whose writes below `folder` go through the shim. */
export function shimEnvironment(folder: string, control: string): Readonly<Record<string, string>> {
  return { LD_PRELOAD: shimLibrary(), LOGOS_DISK_FOLDER: folder, LOGOS_DISK_CONTROL: control };
}
