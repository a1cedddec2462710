/**
 * Processes behind the shim, one after another, each started before it is needed: most of a short session's time is its start.
 *
 * 1. A process runs one task and ends; the next one is warming up meanwhile.
 * 2. A process that does not end in time is killed and reported as such; none outlives `close`.
 * 3. A reused process runs one task after another. One that ended by itself is replaced, and its end is the task's.
 */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DiskTask, Unprotected } from "./child.ts";
import { shimEnvironment } from "./shim.ts";

/** How a process ended. */
export interface DiskEnd {
  /** Its exit code; null when it was killed. */
  readonly code: number | null;
  readonly signal: string | null;
  /** Whether it was killed for not ending. */
  readonly hung: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** The exit code and all words of a process; with `--json` the command writes its error to stdout. */
export const endOf = ({ code, stdout, stderr }: DiskEnd): string => `${String(code)}: ${stderr}${stdout}`;

/** What a reused process says of a task. */
type Answer = Pick<DiskEnd, "code" | "stdout" | "stderr">;

const MS_MAX = 60_000;
/** What is kept of a process's words. */
const CHARS_MAX = 1_000_000;
/** The child's own source. */
export const childSource = fileURLToPath(new URL("child.ts", import.meta.url));

export class DiskProcesses {
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #script: string;
  #warm: ChildProcessWithoutNullStreams | null = null;
  #reused: { readonly process: ChildProcessWithoutNullStreams; readonly unprotected: Unprotected | null } | null = null;

  /** `disk`: the folder behind the shim; `beside`: a folder for everything else that they write; `script`: the child. */
  constructor(disk: string, beside: string, script = childSource) {
    this.#script = script;
    this.#folder = beside;
    mkdirSync(beside, { recursive: true });
    this.#environment = {
      PATH: process.env["PATH"],
      NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? join(beside, "compiled"),
      ...shimEnvironment(disk, join(beside, "control")),
    };
  }

  run(task: DiskTask): Promise<DiskEnd> {
    const process = this.#warm ?? this.#start();
    this.#warm = this.#start();
    const end = this.#ended(process, (text) => text);
    process.stdin.end(JSON.stringify(task));
    return end;
  }

  /** Runs a task in a process that stays: one whose end is no part of the trial. */
  async runReused(task: DiskTask): Promise<DiskEnd> {
    const { unprotected } = task;
    if (this.#reused?.unprotected !== unprotected) this.#stopReused();
    this.#reused ??= { process: this.#start("reused"), unprotected };
    const { process } = this.#reused;
    const end = this.#ended(process, (text) => (text.endsWith("\n") ? (JSON.parse(text) as Answer) : text));
    process.stdin.write(`${JSON.stringify(task)}\n`);
    const ended = await end;
    if (process.exitCode !== null || process.signalCode !== null) this.#reused = null;
    return ended;
  }

  close(): void {
    this.#warm?.kill("SIGKILL");
    this.#warm = null;
    this.#stopReused();
  }

  #stopReused(): void {
    this.#reused?.process.kill("SIGKILL");
    this.#reused = null;
  }

  /** The process's end, or its answer, once `answerIn` makes one of what it wrote to stdout. */
  #ended(process: ChildProcessWithoutNullStreams, answerIn: (text: string) => Answer | string): Promise<DiskEnd> {
    return new Promise((resolve, reject) => {
      let hung = false;
      const end = setTimeout(() => {
        hung = true;
        process.kill("SIGKILL");
      }, MS_MAX);
      let [stdout, stderr] = ["", ""];
      const finish = (ended: Omit<DiskEnd, "hung">): void => {
        clearTimeout(end);
        for (const emitter of [process, process.stdout, process.stderr]) emitter.removeAllListeners();
        resolve({ ...ended, hung });
      };
      process.stderr.on("data", (chunk: Buffer) => (stderr = `${stderr}${chunk.toString("utf8")}`.slice(-CHARS_MAX)));
      process.stdout.on("data", (chunk: Buffer) => {
        stdout = `${stdout}${chunk.toString("utf8")}`.slice(-CHARS_MAX);
        const answer = answerIn(stdout);
        if (typeof answer !== "string") finish({ ...answer, signal: null, stderr: `${answer.stderr}${stderr}` });
      });
      process.once("error", reject);
      process.once("close", (code, signal) => finish({ code, signal, stdout, stderr }));
    });
  }

  #start(...args: readonly string[]): ChildProcessWithoutNullStreams {
    const started = spawn(process.execPath, [this.#script, ...args], {
      env: this.#environment,
      cwd: this.#folder,
      stdio: "pipe",
    });
    started.stdin.on("error", () => undefined);
    return started;
  }
}
