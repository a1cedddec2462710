/**
 * A terminal for the tests of the command line: one that only remembers, and one with real processes behind it.
 *
 * 1. Every test has a folder of its own, removed when the file's tests are done; the environment holds what the test says.
 * 2. A folder's tree is compared by names and digests, so nothing that a command leaves behind goes unseen.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { PassThrough } from "node:stream";
import { expect } from "vitest";
import { runProgram } from "../../src/cli/program.ts";
import { afterFile } from "../closing.ts";

export const root = join(import.meta.dirname, "..", "..");

/** An empty folder of the test's own. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "cli-"));
  afterFile.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Every file and folder below, with a digest of each file. */
export function tree(top: string): string[] {
  const names = readdirSync(top, { recursive: true, encoding: "utf8" }).toSorted();
  return names.map((name) => {
    const path = join(top, name);
    if (statSync(path).isDirectory()) return `${relative(top, path)}/`;
    return `${relative(top, path)} ${createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 16)}`;
  });
}

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Settings {
  /** The folder that the command is typed in. */
  readonly at: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
}

/** Runs a command line in this process; the workspace is `ws` in the folder unless the command names one. */
export async function logos(
  args: readonly string[],
  { at, environment = {}, terminal = false }: Settings,
): Promise<Said> {
  const said = { out: "", err: "" };
  const sink = (into: "out" | "err"): NodeJS.WritableStream & { isTTY: boolean } => {
    const stream = new PassThrough();
    const write = (text: string | Uint8Array): boolean => {
      said[into] += typeof text === "string" ? text : Buffer.from(text).toString();
      return true;
    };
    return Object.assign(stream, { isTTY: terminal, write });
  };
  const code = await runProgram(args, {
    stdout: sink("out"),
    stderr: sink("err"),
    stdin: new PassThrough(),
    environment: { LOGOS_WORKSPACE: join(at, "ws"), ...environment },
    folder: at,
  });
  return { code, ...said };
}

/** The one JSON value that stdout holds; fails when it holds less or more. */
export function jsonOf({ out }: Said): Record<string, unknown> {
  expect(out.endsWith("\n")).toBe(true);
  return JSON.parse(out) as Record<string, unknown>;
}

/** A running `logos` in a process of its own. */
export class Running {
  readonly child: ChildProcess;
  out = "";
  err = "";
  readonly #ended: Promise<number | NodeJS.Signals>;
  readonly #waiting = new Set<() => void>();

  constructor(args: readonly string[], at: string, environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [join(root, "src", "cli", "logos.ts"), ...args], {
      cwd: at,
      env: { PATH: process.env["PATH"], LOGOS_WORKSPACE: join(at, "ws"), ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { child } = this;
    afterFile.push(() => void child.kill("SIGKILL"));
    const changed = (): void => {
      for (const look of this.#waiting) look();
    };
    this.child.stdout?.on("data", (bytes) => {
      this.out += String(bytes);
      changed();
    });
    this.child.stderr?.on("data", (bytes) => {
      this.err += String(bytes);
      changed();
    });
    this.#ended = new Promise((resolve) => {
      this.child.on("close", (code, signal) => {
        resolve(code ?? signal ?? -1);
        changed();
      });
    });
  }

  /** Waits until the process has said something on stderr; fails when it ends without. */
  async says(pattern: RegExp): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(this.err)) resolve();
        else if (this.child.exitCode !== null) reject(new Error(`it ended with ${this.child.exitCode}: ${this.err}`));
        else return;
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** How it ended: its exit code, or the signal. */
  async ended(): Promise<number | NodeJS.Signals> {
    return await this.#ended;
  }
}
