/**
 * The restart drill: a session is killed without warning, opened again, and compared with one that was not killed.
 *
 * 1. The kill is real: another process, SIGKILL, at a point that is named or drawn from the seed.
 * 2. Everything happens in a folder of its own; the workspace's sessions are not touched.
 * 3. It runs the desk's own strategies. Where one of them does not load, nothing was decided or no kill happened, it failed: there was
 *    nothing to compare.
 * 4. The verdict is the comparison's and the verification's: nothing lost, nothing twice, the same decisions, fills, positions and
 *    router; or, where an order never reached the venue, the same up to it and a journal that holds.
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createStream } from "../../orchestrator/index.ts";
import type { Desk } from "../../shared/desk.ts";
import { CodedError } from "../../shared/errors.ts";
import type { Duration } from "../../shared/time.ts";
import { openWorkspace } from "../../store/index.ts";
import { verifySession } from "../verify.ts";
import type { ChildTask } from "./child.ts";
import { compare, outcomeOf, type Comparison } from "./compare.ts";
import { pointText, type DrillPoint } from "./point.ts";

export interface DrillOptions {
  readonly desk: Desk;
  /** The folder with the desk's own strategies; each run gets a copy of it as it is now. */
  readonly strategies: string;
  readonly length: Duration;
  readonly runs: number;
  /** Null draws one for each run from `seed`. */
  readonly point: DrillPoint | null;
  readonly seed: string;
  /** Times that the session is killed before it may end, in one run. */
  readonly kills: number;
  readonly signal?: AbortSignal | undefined;
  readonly onRun?: ((done: number, runs: number) => void) | undefined;
}

export interface DrillRun {
  readonly number: number;
  readonly points: readonly string[];
  /** How often the session really was killed: a point past its end kills nothing. */
  readonly killed: number;
  readonly comparisons: readonly Comparison[];
  readonly sentTwice: number;
  readonly passed: boolean;
  readonly failure: string | null;
}

export interface DrillReport {
  readonly desk: string;
  readonly deskSeed: string;
  readonly drillSeed: string;
  readonly decisions: number;
  readonly fills: number;
  readonly runs: readonly DrillRun[];
  readonly passed: boolean;
  /** Why it proves nothing, where nothing was decided or no kill happened; else null. */
  readonly empty: string | null;
}

export const DRILL_RUNS_MAX = 1_000;
const CHILD_MS_MAX = 300_000;
/** Of a strategy's file; a larger one is none. */
const FILE_BYTES_MAX = 1_000_000;

/** Points that are drawn even where the session has none of them. */
const ALWAYS: ReadonlySet<string> = new Set(["commit", "send", "fill"]);
/** The share of kills at a point with a name. */
const NAMED_SHARE = 0.9;

interface Ended {
  readonly killed: boolean;
  readonly failure: string | null;
}

/** Runs a child to its end or death. */
function runChild(task: ChildTask, signal: AbortSignal | undefined): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL("child.ts", import.meta.url))], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    const end = setTimeout(() => child.kill("SIGKILL"), CHILD_MS_MAX);
    const kill = task.point?.at === "time" ? setTimeout(() => child.kill("SIGKILL"), task.point.number) : null;
    const abort = (): void => void child.kill("SIGKILL");
    signal?.addEventListener("abort", abort);
    let [output, wrong] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (wrong = `${wrong}${chunk.toString("utf8")}`.slice(-4_000)));
    child.once("error", reject);
    child.once("close", (code, killer) => {
      clearTimeout(end);
      if (kill !== null) clearTimeout(kill);
      signal?.removeEventListener("abort", abort);
      if (killer === "SIGKILL") return resolve({ killed: true, failure: null });
      if (code !== 0)
        return resolve({ killed: false, failure: wrong.trim().split("\n").at(-1) ?? `it ended with ${String(code)}` });
      const { failure } = JSON.parse(output) as { failure: { message: string } | null };
      return resolve({ killed: false, failure: failure?.message ?? null });
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(JSON.stringify(task));
  });
}

/** Kills at drawn points: as often behind each thing that happens in the session, and now and then at any time. */
function pointsOf(options: DrillOptions, run: number, counts: Readonly<Record<string, number>>): DrillPoint[] {
  if (options.point !== null) return [options.point];
  const stream = createStream(options.seed, `drill:${run}`);
  // Streams of neighbouring names begin alike; a few draws on they have nothing in common.
  for (let draw = 0; draw < 16; draw++) stream.next();
  const upTo = (count: number): number => 1 + Math.floor(stream.next() * Math.max(1, count));
  return Array.from({ length: options.kills }, () => {
    const kinds = (["commit", "send", "fill", "cancel", "replace", "child"] as const).filter(
      (kind) => ALWAYS.has(kind) || (counts[kind] ?? 0) > 0,
    );
    const at = kinds[Math.floor((stream.next() / NAMED_SHARE) * kinds.length)];
    if (at !== undefined) return { at, number: upTo(counts[at] ?? 0) };
    return { at: "time", number: 200 + Math.floor(stream.next() * 1_500) };
  });
}

/** Runs the drill. Throws `internal` when even the uninterrupted session fails, and the signal's reason when it is cancelled. */
export async function runDrill(options: DrillOptions): Promise<DrillReport> {
  const { desk, length, signal } = options;
  const place = mkdtempSync(join(tmpdir(), "logos-drill-"));
  try {
    const plain = join(place, "plain");
    furnish(plain, options.strategies);
    const first = await runChild({ workspace: plain, desk, length, point: null }, signal);
    signal?.throwIfAborted();
    if (first.killed || first.failure !== null)
      throw new CodedError(
        "internal",
        `The session failed before anything was killed: ${first.failure ?? "it was ended from outside"}.`,
      );
    const expected = await outcomeOf(openWorkspace(plain));
    const orders = expected.decisions.filter((line) => line.includes("ROUTER-")).length;
    const counts = { commit: orders, send: orders, fill: expected.fills.length, ...expected.happened };
    const runs: DrillRun[] = [];
    for (let number = 1; number <= options.runs; number++) {
      const workspace = join(place, `run-${number}`);
      const points = pointsOf(options, number, counts);
      furnish(workspace, options.strategies);
      runs.push(await oneRun(options, number, workspace, points, expected));
      rmSync(workspace, { recursive: true, force: true });
      options.onRun?.(number, options.runs);
    }
    const killed = runs.reduce((sum, run) => sum + run.killed, 0);
    const empty = emptiness(expected.decisions.length, killed);
    return {
      desk: desk.name,
      deskSeed: desk.seed,
      drillSeed: options.seed,
      decisions: expected.decisions.length,
      fills: expected.fills.length,
      runs,
      passed: empty === null && runs.every((run) => run.passed),
      empty,
    };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Why a drill proves nothing, or null. */
function emptiness(decisions: number, killed: number): string | null {
  if (decisions === 0)
    return "No strategy decided anything, so there was nothing to compare. Give it longer by --for, or look at `logos strategies check`.";
  return killed === 0
    ? "No session was killed: every point lay past its end. Give it longer by --for, or name an earlier --at."
    : null;
}

/** Gives a workspace of the drill the strategies of the one that it stands for: its regular files, as they are. */
function furnish(workspace: string, strategies: string): void {
  if (!existsSync(strategies)) return;
  cpSync(realpathSync(strategies), join(workspace, "strategies"), {
    recursive: true,
    filter: (path) => {
      const stats = lstatSync(path);
      return stats.isDirectory() || (stats.isFile() && stats.size <= FILE_BYTES_MAX);
    },
  });
}

async function oneRun(
  options: DrillOptions,
  number: number,
  workspace: string,
  points: readonly DrillPoint[],
  expected: Awaited<ReturnType<typeof outcomeOf>>,
): Promise<DrillRun> {
  const { desk, length, signal } = options;
  let killed = 0;
  let failure: string | null = null;
  let begun = false;
  for (const point of [...points, null]) {
    const ended = await runChild(
      { workspace, desk: begun ? null : desk, length: begun ? null : length, point },
      signal,
    );
    signal?.throwIfAborted();
    // A kill before the session's first entry leaves nothing to open again: the next start is a first one.
    begun = begun || sessionBegun(workspace);
    failure = ended.failure;
    if (ended.killed) killed += 1;
    if (!ended.killed) break;
  }
  const run = { number, points: points.map(pointText), killed };
  if (failure !== null) return { ...run, comparisons: [], sentTwice: 0, passed: false, failure };
  const outcome = await outcomeOf(openWorkspace(workspace));
  const comparisons = compare(expected, outcome);
  const verdict = await verifySession(openWorkspace(workspace), "latest");
  const fault = verdict.checks.find((check) => check.state === "failed");
  const agrees = comparisons.every((one) => one.same || one.explained !== null);
  const passed = agrees && outcome.sentTwice === 0 && fault === undefined;
  return {
    ...run,
    comparisons,
    sentTwice: outcome.sentTwice,
    passed,
    failure: fault === undefined ? null : fault.text,
  };
}

function sessionBegun(workspace: string): boolean {
  try {
    return openWorkspace(workspace).fs.exists(join(workspace, "sessions", "latest"));
  } catch {
    return false;
  }
}
