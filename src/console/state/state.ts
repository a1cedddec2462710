/**
 * What the host holds: the workspace, its desk, the open session, the list of sessions.
 *
 * 1. At most one session is open; another one is opened only after it has ended.
 * 2. A desk that does not load is reported with its error, and the sessions that exist stay available.
 * 3. The list of sessions is read when a session opens or ends and on request, never by a timer.
 */
import { existsSync } from "node:fs";
import { CodedError, shapeOf } from "../../shared/errors.ts";
import type { Desk } from "../../shared/desk.ts";
import { openDesk, type DeskRequest } from "../../live/desk/index.ts";
import { nodeChild, utilityChild } from "../../live/host/index.ts";
import { readStatus } from "../../live/status/index.ts";
import type { Alert, AppView, SessionListing, SessionsView } from "../../shared/contract/views.ts";
import { perform, type LiveSession, type SessionPorts } from "../../live/session/index.ts";
import type { OperatorCommand } from "../../shared/contract/operator-commands.ts";
import {
  AlertFile,
  DESK_FILE,
  deskPath,
  listDesks,
  listSessions,
  openWorkspace,
  systemTrash,
  type Trash,
  type Workspace,
} from "../../store/index.ts";
import { KeptSettings } from "./settings.ts";
import type { ConsoleHostOptions, ConsolePorts, HostEvents, RecentSnapshot } from "../bridge/api.ts";
import { AlertBook } from "../alerts/book.ts";
import { OBSERVED } from "../alerts/watch.ts";
import { listingOf, liveRow } from "./listing.ts";
import { OpenedSession } from "./opened.ts";
import { symbolsOf } from "../projections/session.ts";
import { stable } from "../projections/table.ts";

export const RECENT_SNAPSHOTS_MAX = 10;
const RECENT_KEY = "recent.snapshots";
const CHOSEN_KEY = "recent.desk";

type Listener = { readonly event: keyof HostEvents; readonly call: (value: never) => void };

export class HostState {
  readonly options: ConsoleHostOptions;
  readonly ports: ConsolePorts;
  readonly workspace: Workspace;
  readonly problem: (line: string) => void;
  readonly alerts: AlertBook;
  readonly alertFile: AlertFile;
  readonly settings: KeptSettings;
  opened: OpenedSession | null = null;
  recent: readonly RecentSnapshot[] = [];
  /** The desk that the workspace starts: its place, or one of the program's own; null for `desk.yaml`, and the demo without one. */
  chosen: string | null = null;
  #desk: Desk | null = null;
  #deskError: AppView["desk"]["error"] = null;
  #sessions: SessionsView = { sessions: {}, total: 0 };
  /** The open session's row as it was last shown, the list that it is in, and the list that was read for it. */
  #live: SessionListing | undefined = undefined;
  #shown: SessionsView | null = null;
  #listed: SessionsView | null = null;
  #app: AppView | null = null;
  readonly #listeners = new Set<Listener>();
  #running = false;
  /** Why the alerts of other hosts could not be read when they were last looked for. */
  #othersProblem: string | null = null;
  #opening = false;

  constructor(options: ConsoleHostOptions, ports: ConsolePorts) {
    this.options = options;
    this.ports = ports;
    this.problem = options.onProblem ?? (() => undefined);
    this.workspace = openWorkspace(options.workspace);
    this.alertFile = new AlertFile(this.workspace);
    this.alerts = new AlertBook({
      earlier: this.#earlierAlerts(),
      keep: (changed) => this.#keepAlerts(changed),
      others: () => this.#othersAlerts(),
      wallMs: ports.wallMs,
    });
    const { workspace, alerts, problem } = this;
    this.settings = new KeptSettings({ workspace, alerts, problem, wallMs: ports.wallMs });
    const settings = this.settings.read();
    this.recent = recentFrom(settings[RECENT_KEY]);
    const chosen = settings[CHOSEN_KEY];
    this.chosen = typeof chosen === "string" ? chosen : null;
  }

  #earlierAlerts(): readonly Alert[] {
    try {
      return this.alertFile
        .open()
        .map((alert) =>
          alert.endedAt === null && OBSERVED.test(alert.cause) ? { ...alert, endedAt: alert.at } : alert,
        );
    } catch (error) {
      this.problem(`Earlier alerts could not be read: ${shapeOf(error).message}`);
      return [];
    }
  }

  #othersAlerts(): readonly Alert[] {
    try {
      return this.alertFile.others();
    } catch (error) {
      const text = `The alerts of another host could not be read: ${shapeOf(error).message}`;
      // They are looked for every second.
      if (text !== this.#othersProblem) this.problem(text);
      this.#othersProblem = text;
      return [];
    }
  }

  #keepAlerts(changed: readonly Alert[]): void {
    try {
      this.alertFile.append(changed);
    } catch (error) {
      this.problem(`Alerts could not be written: ${shapeOf(error).message}`);
    }
  }

  /** What a session that is opened here gets: the program's version, and how processes are started. */
  sessionPorts(): Partial<SessionPorts> & Pick<SessionPorts, "version" | "hosts"> {
    const { version, utilityProcesses, sessionPorts } = this.options;
    if (utilityProcesses === undefined) return { version, hosts: {}, ...sessionPorts };
    // Electron's own processes have no permission model: a Node that is there is better.
    return { version, hosts: { launch: nodeChild() ?? utilityChild(utilityProcesses) }, ...sessionPorts };
  }

  /** The desk that a start without a name takes, by its place or as `demo`. */
  get startsWith(): string {
    const { chosen, workspace } = this;
    if (chosen === "demo" || chosen === "busy") return chosen;
    // A desk that was chosen and is gone makes room for the workspace's first.
    if (chosen !== null && listDesks(workspace).includes(chosen)) return chosen;
    return existsSync(workspace.deskFile) ? DESK_FILE : "demo";
  }

  /** Makes a desk the one that the workspace starts, now and when it is opened again. Throws what the desk's reading throws. */
  async choose(desk: string): Promise<void> {
    this.chosen = desk;
    this.settings.keep(CHOSEN_KEY, desk);
    await this.readDesk();
  }

  /** What `openDesk` is asked for a desk of this workspace. */
  deskRequest(desk: string): DeskRequest {
    const { workspace } = this;
    const own = desk === "demo" || desk === "busy";
    return { workspace, file: own ? desk : deskPath(workspace, desk), env: this.options.environment };
  }

  /** Reads the chosen desk again; its error, if it has one, is kept for the views. */
  async readDesk(seed?: string): Promise<Desk> {
    const flags = seed === undefined ? {} : { flags: { seed } };
    try {
      const { desk } = await openDesk({ ...this.deskRequest(this.startsWith), ...flags });
      if (seed === undefined) this.#desk = desk;
      this.#deskError = null;
      this.#app = null;
      return desk;
    } catch (error) {
      this.#deskError = shapeOf(error);
      if (seed === undefined) this.#desk = null;
      this.#app = null;
      throw error;
    }
  }

  /** Takes a session in and lets its clock run. */
  async open(live: LiveSession): Promise<void> {
    const { version } = this.options;
    const opened = await OpenedSession.of(live, () => this.ports.timers.monotonicMs(), this.alerts, { version });
    this.opened?.close();
    this.opened = opened;
    // Before its start, because a start that fails is an end, too.
    void this.#afterwards(live);
    live.start();
    this.#reportRunning();
    this.refreshSessions();
  }

  async #afterwards(live: LiveSession): Promise<void> {
    await live.done;
    if (this.opened?.live === live) this.opened.pending = null;
    this.refreshSessions();
    this.#reportRunning();
  }

  /** Opens a session by `work`, one at a time: a second click is refused, and does not start a second session. */
  async opening<T>(work: () => Promise<T>): Promise<T> {
    this.needFree();
    this.#opening = true;
    try {
      return await work();
    } finally {
      this.#opening = false;
    }
  }

  /** The open session; throws `wrong_state` when there is none. */
  need(): OpenedSession {
    if (this.opened === null)
      throw new CodedError("wrong_state", "No session is open. Start one, or open one from the list of sessions.");
    return this.opened;
  }

  /** Does a command on the open session. Throws what the session refuses, and `wrong_state` when none is open. */
  async perform(command: OperatorCommand): Promise<Record<string, never>> {
    await perform(this.need().live, command);
    return {};
  }

  /** Throws `wrong_state` while a session runs: a second one would need a second console. */
  needFree(): void {
    if (this.#opening) throw new CodedError("wrong_state", "A session is being opened already. Wait for it.");
    if (this.opened?.alive === true)
      throw new CodedError("wrong_state", `Session ${this.opened.live.id} is running. Stop it first.`);
  }

  /** Where deleted things go; null where they are gone for good. */
  trash(): Trash | null {
    const { trash } = this.options;
    return trash === undefined ? systemTrash(this.workspace.path) : trash;
  }

  /** The desk of the built-in strategies on files of market data; the workspace's own stays as it is. */
  async barsDesk(bars: readonly string[], seed?: string): Promise<Desk> {
    const { environment: env } = this.options;
    const flags = seed === undefined ? {} : { flags: { seed } };
    return (await openDesk({ workspace: this.workspace, bars, env, ...flags })).desk;
  }

  refreshSessions(): void {
    try {
      const { sessions, total } = listSessions(this.workspace);
      this.#sessions = {
        sessions: Object.fromEntries(sessions.map((found) => [found.id, listingOf(found)])),
        total,
      };
    } catch (error) {
      this.problem(`The list of sessions could not be read: ${shapeOf(error).message}`);
    }
    this.#app = null;
  }

  /** The list as it was read, with the open session's row as the session is now. */
  sessions(): SessionsView {
    const { opened } = this;
    const row = opened === null ? undefined : this.#sessions.sessions[opened.live.id];
    if (opened === null || row === undefined) return this.#sessions;
    const live = stable(this.#live, liveRow(row, opened));
    if (live === this.#live && this.#shown?.total === this.#sessions.total && this.#listed === this.#sessions)
      return this.#shown;
    this.#live = live;
    this.#listed = this.#sessions;
    this.#shown = { ...this.#sessions, sessions: { ...this.#sessions.sessions, [live.id]: live } };
    return this.#shown;
  }

  app(): AppView {
    this.#app ??= this.#makeApp();
    return this.#app;
  }

  /** Puts a file on top of Open Recent. */
  remember(path: string, name: string): void {
    const others = this.recent.filter((one) => one.path !== path);
    this.recent = [{ path, name, at: this.ports.wallMs() * 1_000 }, ...others].slice(0, RECENT_SNAPSHOTS_MAX);
    this.#app = null;
    this.settings.keep(RECENT_KEY, JSON.stringify(this.recent));
    this.#emit("recentSnapshots", this.recent);
  }

  listen<Name extends keyof HostEvents>(event: Name, call: (value: HostEvents[Name]) => void): () => void {
    const listener = { event, call: call as Listener["call"] };
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #emit<Name extends keyof HostEvents>(event: Name, value: HostEvents[Name]): void {
    for (const listener of this.#listeners) {
      if (listener.event !== event) continue;
      try {
        (listener.call as (value: HostEvents[Name]) => void)(value);
      } catch {
        this.#listeners.delete(listener);
      }
    }
  }

  #reportRunning(): void {
    const running = this.opened?.alive === true;
    if (running === this.#running) return;
    this.#running = running;
    this.#emit("running", running);
  }

  #makeApp(): AppView {
    const { hostKind, version, pickFile } = this.options;
    const desk = this.#desk;
    const newest = Object.values(this.#sessions.sessions).find(
      (one) => !one.open && !one.light && one.problem === null,
    );
    return {
      host: hostKind,
      version,
      platform: process.platform,
      workspace: this.workspace.path,
      desk: {
        name: desk?.name ?? "—",
        source: desk?.source ?? this.startsWith,
        file: this.startsWith,
        strategies: desk?.strategies.length ?? 0,
        symbols: desk === null ? 0 : symbolsOf(desk),
        error: this.#deskError,
        speed: desk?.clock.kind === "virtual" ? desk.clock.speed : 1,
        clock: desk?.clock.kind ?? "virtual",
        seed: desk?.seed ?? "",
        market: desk === null ? "" : marketOf(desk),
      },
      latest:
        newest === undefined
          ? null
          : {
              id: newest.id,
              state: newest.state,
              stopped: newest.stopped,
              openDrift: newest.openDrift,
              positions: newest.state === "interrupted" ? this.#positionsOf(newest.id) : {},
            },
      recentSnapshots: this.recent.map((one) => ({ ...one })),
      nativeDialogs: pickFile !== undefined,
    };
  }

  /** What an interrupted session holds, by symbol; nothing where its journal cannot be read. */
  #positionsOf(id: string): Record<string, string> {
    try {
      return { ...readStatus(this.workspace, id).positions };
    } catch (error) {
      this.problem(`The positions of ${id} could not be read: ${shapeOf(error).message}`);
      return {};
    }
  }
}

/** The desk's market in words. */
export function marketOf(desk: Desk): string {
  const { feed } = desk;
  if (feed.kind === "replay") return `${feed.files.length} recorded file${feed.files.length === 1 ? "" : "s"}`;
  return `Simulated market (seed ${desk.seed})`;
}

function recentFrom(value: unknown): RecentSnapshot[] {
  try {
    const list: unknown = typeof value === "string" ? JSON.parse(value) : [];
    if (!Array.isArray(list)) return [];
    return list
      .filter(
        (one): one is RecentSnapshot =>
          typeof one === "object" &&
          one !== null &&
          typeof (one as RecentSnapshot).path === "string" &&
          typeof (one as RecentSnapshot).name === "string" &&
          Number.isFinite((one as RecentSnapshot).at),
      )
      .slice(0, RECENT_SNAPSHOTS_MAX);
  } catch {
    return [];
  }
}
