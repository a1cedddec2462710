/**
 * The session that the disk's trials break: one desk, run by the real command behind the shim, and what must hold of its folder.
 *
 * 1. Everything lies in a folder of its own in memory: the disk's own pace is no subject here.
 * 2. A restart that nothing breaks happens in this process; one that is broken, too, in a process of its own.
 * 3. The desk's strategies are built-in ones and run inside: their processes write nothing, and starting them was most of a case.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { compare, outcomeOf } from "../../src/harness/drill/compare.ts";
import { verifySession } from "../../src/harness/verify.ts";
import { reopenSession, type SessionSummary } from "../../src/live/session/index.ts";
import { createStream } from "../../src/orchestrator/index.ts";
import { SECOND, type Duration } from "../../src/shared/time.ts";
import { openWorkspace } from "../../src/store/index.ts";
import { disagreement, isAsking, readBooks } from "../sim/disk/agreement.ts";
import { bundleChild } from "../sim/disk/bundle.ts";
import type { Unprotected } from "../sim/disk/child.ts";
import { insideHost } from "../sim/inside-host.ts";
import { DiskProcesses, type DiskEnd } from "../sim/disk/processes.ts";
import { readWriteLog, acknowledgedOf, type Acknowledged } from "../sim/disk/write-log.ts";
import { makeFolder } from "./trial.ts";

const desk = join(import.meta.dirname, "..", "sim", "disk", "desk.yaml");

/** From so many processes on, putting their program into one file takes less time than it saves. */
const BUNDLED_FROM = 100;

/** What a process's disk shall do. */
export interface DiskOrder {
  readonly arm?: string;
  readonly unprotected?: Unprotected | null;
  /** The desk's seed, of a new session. */
  readonly seed?: string;
  /** In a process that runs other sessions, too, one after another. */
  readonly reused?: boolean;
}

export interface DiskRun extends DiskEnd {
  readonly acknowledged: readonly Acknowledged[];
}

type Outcome = Awaited<ReturnType<typeof outcomeOf>>;

export class DiskSession {
  readonly #place = makeFolder("disk");
  readonly #disk = join(this.#place, "disk");
  readonly #processes: DiskProcesses;
  readonly #length: string;
  readonly #grouped: boolean;
  #number = 0;

  private constructor(length: string, grouped: boolean, script: string | undefined) {
    this.#length = length;
    this.#grouped = grouped;
    mkdirSync(this.#disk);
    this.#processes = new DiskProcesses(this.#disk, join(this.#place, "beside"), script);
  }

  /** `length` is the session's own time, as `1m`; `processes` is about how many there will be; `grouped`: passes share commits. */
  static async open(length: string, processes: number, grouped: boolean): Promise<DiskSession> {
    return new DiskSession(length, grouped, processes > BUNDLED_FROM ? await bundleChild() : undefined);
  }

  get log(): string {
    return join(this.#place, "beside", "log");
  }

  /** A new workspace behind the shim. */
  workspace(): string {
    this.#number += 1;
    const path = join(this.#disk, `workspace-${this.#number}`);
    mkdirSync(path);
    return path;
  }

  /** Runs a session in a process: a new one, or one that resumes. */
  async run(workspace: string, id: string | null, order: DiskOrder = {}): Promise<DiskRun> {
    const { arm = null, unprotected = null, seed = "disk", reused = false } = order;
    const what = id === null ? ["run", desk, "--for", this.#length, "--seed", seed] : ["run", "--session", id];
    const count = join(this.#place, "beside", "count");
    const task = {
      args: [...what, "--workspace", workspace, "--json"],
      log: this.log,
      arm,
      count,
      unprotected,
      grouped: this.#grouped,
    };
    const end = await (reused ? this.#processes.runReused(task) : this.#processes.run(task));
    if (end.hung) throw new Error(`A process did not end (${arm ?? "nothing was armed"}): ${end.stderr}`);
    return { ...end, acknowledged: readWriteLog(this.log).flatMap((operation) => acknowledgedOf(operation) ?? []) };
  }

  /** How many operations the last run made that ended by itself, and how many of them failed. */
  operations(): { readonly all: number; readonly failed: number } {
    const [all = 0, failed = 0] = readFileSync(join(this.#place, "beside", "count"), "utf8")
      .split(" ")
      .map(Number);
    return { all, failed };
  }

  remove(workspace: string): void {
    rmSync(workspace, { recursive: true, force: true });
  }

  close(): void {
    this.#processes.close();
    rmSync(this.#place, { recursive: true, force: true });
  }
}

/** The folder of a workspace's one session, or null where none was begun. */
export function folderIn(workspace: string): { readonly id: string; readonly folder: string } | null {
  const sessions = join(workspace, "sessions");
  try {
    const [id] = readdirSync(sessions, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
    return id === undefined ? null : { id, folder: join(sessions, id) };
  } catch {
    return null;
  }
}

/** Time in which a venue is asked twice about an order. */
const ANSWERED = (3 * SECOND) as Duration;

/**
 * Opens a session again on a healthy disk, lets it run to its end, or for some time from here on, and says how that was. Where it ends
 * before the venue was asked twice about an order, it runs for as long as that takes.
 */
export async function resumeSession(workspace: string, id: string, length?: Duration): Promise<SessionSummary> {
  const summary = await resumed(workspace, id, length);
  const asks = summary.failure === null && isAsking(readBooks(summary.folder));
  return asks ? await resumed(workspace, id, ANSWERED) : summary;
}

async function resumed(workspace: string, id: string, length?: Duration): Promise<SessionSummary> {
  const ports = { openHost: insideHost };
  const session = await reopenSession({ workspace: openWorkspace(workspace), id, speed: "max", length, ports });
  const { router, drift } = session.probe();
  // Drift is for the trial to report; any other halt is over once the disk is well again.
  if (router.halted && drift.every((item) => item.review !== null))
    session.resume({ operator: "trial", note: "the disk is well again" });
  session.start();
  return await session.done;
}

/** What does not hold of a session that has ended in order, or null. */
export async function fault(workspace: string, folder: string): Promise<string | null> {
  const { checks } = await verifySession(openWorkspace(workspace), "latest");
  const failed = checks.find((check) => check.state === "failed");
  if (failed !== undefined) return `${failed.name}: ${failed.text}`;
  return disagreement(readBooks(folder));
}

export async function outcomeIn(workspace: string): Promise<Outcome> {
  return await outcomeOf(openWorkspace(workspace));
}

/** Where a session's outcome is another than the uninterrupted one's, or null. */
export async function difference(expected: Outcome, workspace: string): Promise<string | null> {
  const differs = compare(expected, await outcomeIn(workspace)).find((one) => !one.same && one.explained === null);
  if (differs === undefined) return null;
  const { uninterrupted = "", restarted = "" } = differs.difference ?? {};
  return `${differs.what} differ: ${uninterrupted.slice(0, 200)} | ${restarted.slice(0, 200)}`;
}

/** Numbers from 0 in an order that is drawn. */
export function shuffled(count: number, seed: string, name: string): number[] {
  const stream = createStream(seed, name);
  const numbers = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(stream.next() * (last + 1));
    [numbers[last], numbers[other]] = [numbers[other] ?? 0, numbers[last] ?? 0];
  }
  return numbers;
}
