/**
 * The console host: the contract's procedures and streams over one workspace, for whichever transport holds it.
 *
 * 1. Every input is checked with the contract before its handler sees it; every thrown value is answered as a coded error.
 * 2. The streams are projections; nothing that a reader does can hold up the session.
 * 3. Quitting stops the session cleanly and never rejects.
 */
import { nodeTimers, nodeWallMs } from "../live/clock/index.ts";
import { CodedError } from "../shared/errors.ts";
import { stackText } from "../shared/text/plain-text.ts";
import type { Handlers, StreamName } from "../shared/contract/contract.ts";
import type { StreamValue } from "../shared/contract/views.ts";
import { nodeFileSystem } from "../store/index.ts";
import type { ConsoleHost, ConsoleHostOptions, Connection } from "./bridge/api.ts";
import { openConnection } from "./bridge/connection.ts";
import { diskRoom, watchMachine } from "./state/machine.ts";
import { alertHandlers } from "./handlers/alerts.ts";
import { archiveHandlers } from "./handlers/archive.ts";
import { dataHandlers } from "./handlers/data.ts";
import { deskHandlers } from "./handlers/desks.ts";
import { regressHandlers } from "./handlers/regress.ts";
import { KnownPaths, restoreHandlers } from "./handlers/restore.ts";
import { reviewHandlers } from "./handlers/review.ts";
import { sessionHandlers } from "./handlers/session.ts";
import { trialHandlers } from "./handlers/trials.ts";
import { workspaceHandlers } from "./handlers/workspace.ts";
import { workspacesHandlers } from "./handlers/workspaces.ts";
import { checkInput, CONNECTIONS_MAX, procedureOf, shownError } from "./bridge/limits.ts";
import { Uploads } from "./data/uploads.ts";
import { Inspections } from "./inspection/inspections.ts";
import { EMPTY } from "./projections/empty.ts";
import type { SessionStream } from "./projections/session-views.ts";
import { HostState } from "./state/state.ts";
import { StreamHub, type StreamSources } from "./bridge/streams.ts";

const SESSION_STREAMS = Object.keys(EMPTY) as SessionStream[];

function sourcesOf(state: HostState): StreamSources {
  const noSession: StreamValue<"session"> = { session: null };
  const session = (): StreamValue<"session"> => {
    const { opened } = state;
    return opened === null ? noSession : { session: opened.session() };
  };
  const view = (name: SessionStream) => () => {
    const { opened } = state;
    // What is read only in part would be wrong; the session's own stream says how far it is.
    return opened === null || opened.reading !== null ? EMPTY[name] : opened.views.view(name, opened.probe());
  };
  const views = Object.fromEntries(SESSION_STREAMS.map((name) => [name, view(name)]));
  const alerts = (): StreamValue<"alerts"> => state.alerts.view();
  return { app: () => state.app(), session, alerts, sessions: () => state.sessions(), ...views } as {
    [Name in StreamName]: () => StreamValue<Name>;
  };
}

type Call = (procedure: string, input: unknown) => Promise<unknown>;

/** Checks an input, asks its handler, and answers what went wrong as a coded error; what was none goes to the terminal too. */
function callerOf(handlers: Handlers, problem: (line: string) => void): Call {
  return async (name, input) => {
    const procedure = procedureOf(name);
    const checked = checkInput(procedure, input);
    try {
      return await (handlers[procedure] as (input: unknown) => Promise<unknown>)(checked);
    } catch (error) {
      if (!(error instanceof CodedError)) problem(`${procedure}: ${stackText(error)}`);
      const shape = shownError(error, procedure);
      throw new CodedError(shape.code, shape.message, shape.detail);
    }
  };
}

/** The machine's sleep as an alert: the session's clock notices the gap, but cannot know that the machine meant it. */
function sleepAlert(state: HostState, cause: string, text: string, view: string): void {
  if (state.opened === null) return;
  state.alerts.raise(null, { cause, severity: "warning", text, at: state.ports.wallMs() * 1_000, view });
}

/** All handlers over one workspace, and what ends the work that they have under way. */
function handlersOf(state: HostState, paths: KnownPaths): { readonly handlers: Handlers; readonly close: () => void } {
  const inspections = new Inspections();
  const uploads = new Uploads();
  const { close: closeTrials, ...trials } = trialHandlers(state, inspections);
  const { close: closeData, ...data } = dataHandlers(state, uploads);
  const { close: closeDesks, ...desks } = deskHandlers(state);
  const { close: closeRegress, ...regressions } = regressHandlers(state);
  const handlers: Handlers = {
    ...sessionHandlers(state),
    ...reviewHandlers(state),
    ...archiveHandlers(state),
    ...restoreHandlers(state, { paths, uploads, inspections }),
    ...workspaceHandlers(state),
    ...workspacesHandlers(state),
    ...alertHandlers(state),
    ...trials,
    ...data,
    ...desks,
    ...regressions,
  };
  const close = (): void => {
    for (const one of [closeTrials, closeRegress, closeData, closeDesks]) one();
    inspections.close();
    uploads.close();
  };
  return { handlers, close };
}

/** Opens the workspace, making it where it is missing. Throws `io` when it cannot be. */
export async function createConsoleHost(options: ConsoleHostOptions): Promise<ConsoleHost> {
  const ports = { files: nodeFileSystem, timers: nodeTimers, wallMs: nodeWallMs, diskRoom, ...options.ports };
  const state = new HostState(options, ports);
  await state.readDesk().catch(() => undefined);
  state.refreshSessions();
  const stopWatching = watchMachine(state, ports.timers);
  const paths = new KnownPaths(state);
  const { handlers, close: closeHandlers } = handlersOf(state, paths);
  const hub = new StreamHub({ sources: sourcesOf(state), timers: ports.timers, onProblem: state.problem });
  const connections = new Set<Connection>();

  const call = callerOf(handlers, state.problem);

  let quitting: Promise<void> | null = null;
  const quit = async (): Promise<void> => {
    stopWatching();
    closeHandlers();
    if (state.opened?.alive === true) await state.opened.live.stop("signal");
    for (const connection of connections) connection.close();
    hub.close();
    state.opened?.close();
  };

  return {
    workspace: state.workspace.path,
    call,
    connect: (send, end = () => undefined) => {
      if (connections.size >= CONNECTIONS_MAX) {
        end(`${CONNECTIONS_MAX} views are open already. Close one of them.`);
        return { receive: () => undefined, close: () => undefined };
      }
      const connection: Connection = openConnection({
        hub,
        call,
        send,
        end,
        closed: () => {
          connections.delete(connection);
        },
      });
      connections.add(connection);
      return connection;
    },
    sessionRunning: () => state.opened?.alive === true,
    quit: () => {
      quitting ??= quit();
      return quitting;
    },
    suspended: () => sleepAlert(state, "suspend", "The machine went to sleep.", "log"),
    resumed: () => {
      state.alerts.endCause(null, "suspend", state.ports.wallMs() * 1_000);
      sleepAlert(state, "wake", "The machine was asleep; missed slots count as misfires.", "schedule");
      state.alerts.endCause(null, "wake", state.ports.wallMs() * 1_000);
    },
    openSnapshotFile: (path) => {
      paths.give(path);
      state.remember(path, path.split(/[\\/]/).at(-1) ?? path);
    },
    get recentSnapshots() {
      return state.recent;
    },
    on: (event, listener) => state.listen(event, listener),
  };
}
