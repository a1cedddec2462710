/**
 * Runs a desk to its end as a live session, at full speed, with a script of what happens to it.
 *
 * 1. It is the live session: `createSession` and `reopenSession`, the journal, the paper venue and the files; nothing is
 *    decided here.
 * 2. Wall time stands still and monotonic time only counts its readers, so two runs do the same at the same points, whatever
 *    the machine does; real timers still end what hangs.
 * 3. The workspace is a scratch folder of its own, which the caller removes.
 * 4. A kill leaves what is on the disk at that instruction: the folder is copied, the session fails, the copy is opened.
 */
import { cpSync, mkdirSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { PaperBroker } from "../../live/broker/index.ts";
import { nodeTimers, nodeTurn } from "../../live/clock/index.ts";
import type { HostSettings, OpenHost } from "../../live/host/index.ts";
import { createSession, reopenSession } from "../../live/session/index.ts";
import type { LiveSession, SessionPorts, SessionProbe, SessionSummary } from "../../live/session/index.ts";
import type { Desk } from "../../shared/desk.ts";
import { CodedError } from "../../shared/errors.ts";
import type { Timers } from "../../shared/ports.ts";
import { MILLISECOND, type Duration, type Moment } from "../../shared/time.ts";
import { openWorkspace, sessionFilesAt, type SessionFiles, type Workspace } from "../../store/index.ts";
import { perform, Script, type Action, type ActionOutcome } from "./script.ts";

/** The wall time of every regression: it names the session's folder, and is in its record. */
export const WALL = 1_767_623_400_000_000 as Moment;
/** Restarts of one run. */
const STARTS_MAX = 1_000;
/** What one look at the time adds to it, in milliseconds: after some hundreds of passes waiting entries are committed. */
const TICK_MS = 0.01;
/** More than the clock's breath and less than a commit's patience: the process gets a turn behind the present pass. */
const BREATH_MS = 10;
/** More than a commit's patience: everything that the pass added is on the disk. */
const COMMIT_MS = 60;
/** What a dead process does not leave behind, or what SQLite makes again. */
const PROCESS_FILES = /session\.lock(-journal)?$|writer\.json$|-shm$/;

export interface DriveOptions {
  readonly desk: Desk;
  readonly length: Duration;
  readonly script: readonly Action[];
  /** The session's first moment, from which the script counts. */
  readonly start: Moment;
  /** An empty folder. */
  readonly scratch: string;
  /** A folder whose content the workspace begins with: data files, strategies. */
  readonly inputs?: string | undefined;
  readonly version: string;
  /** What runs the strategies, and its limits; that changes no result. */
  readonly openHost?: OpenHost | undefined;
  readonly hosts?: HostSettings | undefined;
}

export interface Driven {
  readonly files: SessionFiles;
  readonly summary: SessionSummary;
  readonly probe: SessionProbe;
  readonly outcomes: readonly ActionOutcome[];
}

/** Monotonic time that passes by being looked at; callbacks come from the real timers. */
class CountedTimers implements Timers {
  #nowMs = 0;

  set(callback: () => void, milliseconds: number): unknown {
    return nodeTimers.set(callback, milliseconds);
  }

  clear(timer: unknown): void {
    nodeTimers.clear(timer);
  }

  monotonicMs(): number {
    this.#nowMs += TICK_MS;
    return this.#nowMs;
  }

  pass(milliseconds: number): void {
    this.#nowMs += milliseconds;
  }
}

/** The paper venue; it also wakes the loop for the script's moments. */
class ScriptedVenue extends PaperBroker {
  readonly #script: Script;
  readonly #reached: (due: readonly Action[]) => void;

  constructor(
    options: ConstructorParameters<typeof PaperBroker>[0],
    script: Script,
    reached: (due: readonly Action[]) => void,
  ) {
    super(options);
    this.#script = script;
    this.#reached = reached;
  }

  override nextEventAt(): Moment | null {
    const [own, scripted] = [super.nextEventAt(), this.#script.nextAt];
    if (own === null || scripted === null) return own ?? scripted;
    return Math.min(own, scripted) as Moment;
  }

  override takeEvents(now: Moment): ReturnType<PaperBroker["takeEvents"]> {
    const due = this.#script.reach(now);
    if (due.length > 0) this.#reached(due);
    return super.takeEvents(now);
  }
}

/** Thrown into the loop where the process would have died. */
class Killed extends Error {}

class Drive {
  readonly #options: DriveOptions;
  readonly #script: Script;
  readonly #timers = new CountedTimers();
  #workspace: Workspace;
  #session: LiveSession | null = null;
  #again: Workspace | null = null;
  #places = 0;

  constructor(options: DriveOptions) {
    this.#options = options;
    this.#script = new Script(options.script, options.start);
    this.#workspace = this.#place();
    const { inputs } = options;
    const wanted = (path: string): boolean => !relative(inputs ?? "", path).startsWith("baseline");
    if (inputs !== undefined) cpSync(inputs, this.#workspace.path, { recursive: true, filter: wanted });
  }

  /** A new workspace in the scratch folder. */
  #place(): Workspace {
    this.#places += 1;
    const path = join(this.#options.scratch, `workspace-${this.#places}`);
    mkdirSync(path, { recursive: true });
    return openWorkspace(path);
  }

  get #ports(): Partial<SessionPorts> {
    const { openHost, hosts = {} } = this.#options;
    return {
      ...(openHost === undefined ? {} : { openHost }),
      timers: this.#timers,
      wallMs: () => WALL / MILLISECOND,
      turn: async () => {
        await nodeTurn();
        await this.#act();
      },
      version: this.#options.version,
      // A scripted kill leaves what the passes before it had committed, and says itself whether that is everything.
      groupCommits: !this.#options.script.some((action) => action.do === "kill"),
      hosts,
      openBroker: (files, desk, feed) => {
        const { broker: config, seed, fx, actions } = desk;
        const { symbols, barInterval } = feed;
        const options = { path: files.broker, config, seed, symbols, barInterval, fx, actions };
        return new ScriptedVenue(options, this.#script, (due) => {
          const saved = due.some((action) => action.do === "kill" && !action.lost);
          this.#timers.pass(saved ? COMMIT_MS : BREATH_MS);
        });
      },
    };
  }

  async run(): Promise<Driven> {
    const { desk, length } = this.#options;
    let session = await createSession({
      workspace: this.#workspace,
      desk,
      speed: "max",
      length,
      ports: this.#ports,
    });
    for (let starts = 1; starts <= STARTS_MAX; starts += 1) {
      this.#session = session;
      session.start();
      const summary = await session.done;
      if (this.#again === null) return this.#driven(session, summary);
      this.#script.putBack();
      this.#workspace = this.#again;
      this.#again = null;
      session = await reopenSession({
        workspace: this.#workspace,
        id: session.id,
        speed: "max",
        ports: this.#ports,
      });
    }
    await session.stop("signal");
    throw new CodedError("fixture_invalid", `The script restarts its session more than ${STARTS_MAX} times.`);
  }

  #driven(session: LiveSession, summary: SessionSummary): Driven {
    if (summary.failure !== null)
      throw new CodedError("internal", `The session failed: ${summary.failure.message}`, { ...summary.failure });
    const files = sessionFilesAt(join(this.#workspace.sessions, session.id));
    return { files, summary, probe: session.probe(), outcomes: this.#script.outcomes };
  }

  /** Does what is due behind the pass that has just ended. */
  async #act(): Promise<void> {
    const session = this.#session;
    if (session === null || this.#again !== null) return;
    for (let action = this.#script.take(); action !== undefined; action = this.#script.take()) {
      if (action.do === "kill") this.#kill(session, action);
      if (action.do === "restart") return this.#restart(session, action);
      this.#script.record(action, await outcomeOf(session, action));
    }
  }

  #restart(session: LiveSession, action: Action): void {
    this.#script.record(action, "done");
    this.#again = this.#workspace;
    void session.stop("operator");
  }

  #kill(session: LiveSession, action: Action): never {
    this.#script.record(action, "done");
    const next = this.#place();
    const keep = (path: string): boolean => !PROCESS_FILES.test(basename(path));
    cpSync(this.#workspace.path, next.path, { recursive: true, filter: keep });
    this.#again = next;
    throw new Killed(`${session.id} was killed.`);
  }
}

async function outcomeOf(session: LiveSession, action: Action): Promise<string> {
  try {
    await perform(session, action);
    return "done";
  } catch (error) {
    if (error instanceof CodedError) return error.code;
    throw error;
  }
}

/** Runs a desk with its script to its last moment. Throws what a session's start throws, and `internal` where it failed. */
export function drive(options: DriveOptions): Promise<Driven> {
  return new Drive(options).run();
}
