/**
 * Starts host processes: Node's `fork`, or Electron's `utilityProcess` behind the same interface.
 *
 * 1. A host process starts with an empty environment and with Node's permission model: it may read the program, its packages and
 *    the strategies folder, and write nothing. On Node 24 the permission model leaves the network alone; on Linux the system takes it
 *    away where it lets a user do that.
 * 2. A host process never keeps the session's process alive by itself, only while something is asked of it.
 * 3. When the session's process ends, so do all of its host processes.
 */
import { fork, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { setPriority } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PIPES } from "./pipe/host-end.ts";
import { oneCore, type OneCore } from "./pipe/one-core.ts";
import { SessionEnd } from "./pipe/session-end.ts";

/** Characters of a process's error output that are kept, from its end. */
const ERROR_CHARS_MAX = 2_000;

/** How a process ended. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** The end of what it wrote to its error output. */
  readonly errors: string;
}

export interface ChildEvents {
  readonly message: (text: unknown) => void;
  readonly ended: (end: ChildEnd) => void;
}

export interface ChildHandle {
  readonly pid: number | undefined;
  /** `idle`: it has answered all that it was asked. */
  send(text: string, idle: boolean): void;
  /**
   * Waits a moment, while everything else in this thread stands still, for what it says next; false where nothing came. Absent where
   * that is not possible. `alone`: nothing else is asked of it.
   */
  attend?(alone: boolean): boolean;
  /** Ends it at once, whatever it does. */
  kill(): void;
  /** Lets every process of a smaller `nice` (0 to 19) go first. It can go further back, never forth again. */
  stepBack(nice: number): void;
  /** Milliseconds for which it has wanted a core and had none, so far. Absent where the system does not count them. */
  starvedMs?(): number;
  /** Whether it keeps the session's process alive. */
  hold(held: boolean): void;
}

export interface ChildRequest {
  readonly entry: string;
  readonly arguments: readonly string[];
  readonly execArguments: readonly string[];
  /** Of its heap. */
  readonly memoryMb: number;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * What a shell does before Node begins, on Linux: it limits the memory of the process, and takes its network away where the system
 * lets a user do that. Each step is left out where it is not possible; the process finds out what holds (`layers.ts`).
 */
const FENCED = [
  'ulimit -d "$0" 2>/dev/null',
  // Root has a network of its own for the asking; any other user needs a name space of users for it.
  'for spaces in "--net" "--user --net"; do',
  'if unshare $spaces true 2>/dev/null; then exec unshare $spaces "$@"; fi',
  "done",
  'exec "$@"',
].join("\n");
/** Megabytes that a process of Node asks of the system besides its heap and what is measured after each run. */
const DATA_BESIDE_MB = 800;

/** How Node is started with some flags: by a shell, where one can take something away first. */
function fenced(
  node: string,
  { execArguments, memoryMb }: ChildRequest,
): { readonly program: string; readonly flags: string[] } {
  const flags = [...execArguments];
  if (process.platform !== "linux" || !existsSync("/bin/sh")) return { program: node, flags };
  const kilobytes = String((DATA_BESIDE_MB + memoryMb) * 1_024);
  return { program: "/bin/sh", flags: ["-c", FENCED, kilobytes, node, ...flags] };
}

/** Starts one process. Throws when that cannot even be tried. */
export type LaunchChild = (request: ChildRequest, events: ChildEvents) => ChildHandle;

const living = new Set<ChildHandle>();

function endAll(): void {
  for (const handle of living) handle.kill();
}

function keep(handle: ChildHandle): ChildHandle {
  if (living.size === 0) process.on("exit", endAll);
  living.add(handle);
  return handle;
}

function letGo(handle: ChildHandle): void {
  if (living.delete(handle) && living.size === 0) process.off("exit", endAll);
}

function stepBack(pid: number | undefined, nice: number): void {
  try {
    if (pid !== undefined) setPriority(pid, nice);
  } catch {
    // It has ended already, or the system knows no priorities: then all processes continue as before.
  }
}

/** Linux counts for how long a thread waited for a core; 0 where it does not say. Strategies run in the main thread of their process. */
function starvedMs(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid ?? 0}/schedstat`, "utf8").split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** A process with the way to talk to it. */
interface Line {
  readonly child: ChildProcess;
  readonly send: ChildHandle["send"];
  readonly attend?: () => boolean;
  readonly hold: (held: boolean) => void;
  readonly close: () => void;
}

/** Over two pipes, where there are such: they can be read without the event loop. */
function overPipes(node: string, request: ChildRequest, message: (text: string) => void): Line | null {
  const end = SessionEnd.open(message);
  if (end === null) return null;
  const { program, flags } = fenced(node, request);
  try {
    const child = spawn(program, [...flags, request.entry, ...request.arguments, PIPES], {
      env: { ...request.env },
      stdio: ["ignore", "ignore", "pipe", ...end.childEnds],
    });
    return {
      child,
      send: (text, idle) => end.send(text, idle),
      attend: () => end.attend(),
      hold: (held) => end.hold(held),
      close: () => end.close(),
    };
  } catch (error) {
    end.close();
    throw error;
  } finally {
    end.handedOver();
  }
}

/** Over Node's own channel. */
function overChannel(node: string, request: ChildRequest, message: (text: unknown) => void): Line {
  const { program, flags } = fenced(node, request);
  const child = fork(request.entry, [...request.arguments], {
    execPath: program,
    execArgv: flags,
    env: { ...request.env },
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  child.on("message", message);
  return {
    child,
    // A process that ends between two messages shows so by its end; the message's own failure says nothing more.
    send: (text) => void (child.connected && child.send(text, () => undefined)),
    hold: (held) => child.channel?.[held ? "ref" : "unref"](),
    close: () => undefined,
  };
}

/** A program that is Node. `cores`: sees to it that who waits for a process shares its core. */
const forkOf =
  (node: string, cores: OneCore | null = null): LaunchChild =>
  (request, events) => {
    let over = false;
    let errors = "";
    // A process has the cores of the thread that starts it.
    cores?.release();
    const message = (text: unknown): void => void (over || events.message(text));
    const line = overPipes(node, request, message) ?? overChannel(node, request, message);
    const { child, attend } = line;
    const held = [child, child.stderr as unknown as { ref(): void; unref(): void } | null];
    const handle: ChildHandle = {
      get pid() {
        return child.pid;
      },
      send: line.send,
      ...(attend === undefined
        ? {}
        : {
            attend: (alone) => {
              if (child.pid !== undefined) cores?.waits(child.pid, alone);
              return attend();
            },
          }),
      kill: () => void child.kill("SIGKILL"),
      stepBack: (nice) => stepBack(child.pid, nice),
      ...(process.platform === "linux" ? { starvedMs: () => starvedMs(child.pid) } : {}),
      hold: (wanted) => {
        for (const one of held) one?.[wanted ? "ref" : "unref"]();
        if (!over) line.hold(wanted);
      },
    };
    const end = (code: number | null, signal: string | null): void => {
      if (over) return;
      over = true;
      cores?.ended(child.pid);
      line.close();
      letGo(handle);
      events.ended({ code, signal, errors });
    };
    child.stderr?.on("data", (piece: Buffer) => {
      errors = (errors + piece.toString("utf8")).slice(-ERROR_CHARS_MAX);
    });
    child.on("close", end);
    child.on("error", (error) => {
      errors = (errors + error.message).slice(-ERROR_CHARS_MAX);
      if (child.pid === undefined) end(null, null);
    });
    return keep(handle);
  };

/** Node's `fork` of the program that runs this. */
export const forkChild: LaunchChild = forkOf(process.execPath);

/**
 * The same for a process that does nothing but run one session: while its thread and a host process only answer each other, they have one
 * core. Threads that it begins meanwhile have that core, too, until they are done.
 */
export const forkChildOnOneCore: LaunchChild = forkOf(process.execPath, oneCore());

/**
 * Where this program is not Node itself: the Node that came with the packages, or the system's; null where there is none that is new
 * enough, or where it could not read the program's files. Electron's own processes know no permission model, and then no strategy
 * file is loaded.
 */
export function nodeChild(): LaunchChild | null {
  const top = topOf(import.meta.dirname);
  if (top.includes(".asar")) return null;
  const bundled = join(top, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  for (const program of [bundled, "node"]) {
    const { stdout, status } = spawnSync(program, ["--version"], { encoding: "utf8", timeout: 5_000 });
    const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(status === 0 ? stdout : "") ?? [];
    if (Number(major) > 24 || (Number(major) === 24 && Number(minor) >= 8)) return forkOf(program);
  }
  return null;
}

/** What is needed of Electron's `utilityProcess`. */
export interface UtilityProcesses {
  fork(
    entry: string,
    words: string[],
    options: { execArgv: string[]; env: Record<string, string>; stdio: "ignore"; serviceName: string },
  ): {
    readonly pid: number | undefined;
    postMessage(text: string): void;
    kill(): boolean;
    on(event: "message", receive: (text: unknown) => void): unknown;
    on(event: "exit", receive: (code: number) => void): unknown;
  };
}

/** Electron's `utilityProcess`, where the program itself cannot be started as Node. */
export function utilityChild(processes: UtilityProcesses): LaunchChild {
  return (request, events) => {
    const child = processes.fork(request.entry, [...request.arguments], {
      execArgv: [...request.execArguments],
      env: { ...request.env },
      stdio: "ignore",
      serviceName: "Logos Console strategies",
    });
    const say = child.postMessage.bind(child);
    const handle: ChildHandle = {
      get pid() {
        return child.pid;
      },
      send: (text) => say(text),
      kill: () => {
        if (child.pid !== undefined) process.kill(child.pid, "SIGKILL");
      },
      stepBack: (nice) => stepBack(child.pid, nice),
      // A utility process is the application's own and never keeps it alive.
      hold: () => undefined,
    };
    child.on("message", events.message);
    child.on("exit", (code) => {
      letGo(handle);
      events.ended({ code, signal: null, errors: "" });
    });
    return keep(handle);
  };
}

/** The program's top: the folder with `src` or `out`, and with the packages. */
function topOf(folder: string): string {
  return folder.endsWith(join("src", "live", "host")) ? join(folder, "..", "..", "..") : join(folder, "..", "..");
}

/** A way to start processes that never throws: what cannot be started has ended at once, and says why. */
export function neverThrowing(launch: LaunchChild): LaunchChild {
  return (request, events) => {
    try {
      return launch(request, events);
    } catch (error) {
      const errors = `Error: ${error instanceof Error ? error.message : String(error)}`;
      queueMicrotask(() => events.ended({ code: null, signal: null, errors }));
      return {
        pid: undefined,
        send: () => undefined,
        kill: () => undefined,
        stepBack: () => undefined,
        hold: () => undefined,
      };
    }
  };
}

/** A path as it was named and as it is without links, because Node looks at both. */
function bothOf(path: string): string[] {
  const real = existsSync(path) ? realpathSync(path) : path;
  return real === path ? [path] : [path, real];
}

/** How a host process for a strategies folder is started. */
export function childRequest(strategies: string, memoryMb: number): ChildRequest {
  const here = import.meta.dirname;
  const source = join(here, "child.ts");
  const entry = existsSync(source) ? source : join(here, "strategy-host.js");
  const top = topOf(here);
  const readable = [
    ...(existsSync(source) ? [join(top, "src")] : [here]),
    join(top, "node_modules"),
    join(top, "package.json"),
    strategies,
    ...(process.platform === "linux" ? ["/proc/self/limits"] : []),
  ];
  const execArguments = [
    "--permission",
    "--disable-sigusr1",
    "--experimental-vm-modules",
    ...readable.flatMap(bothOf).map((path) => `--allow-fs-read=${path}`),
    `--max-old-space-size=${memoryMb}`,
    "--disallow-code-generation-from-strings",
    "--disable-proto=delete",
    "--no-warnings",
    "--no-addons",
  ];
  // Modules are known by their real path.
  const folder = pathToFileURL(join(bothOf(strategies).at(-1) ?? strategies, "/")).href;
  // Windows starts no process without this one.
  const root = process.platform === "win32" ? process.env["SystemRoot"] : undefined;
  return {
    entry,
    arguments: [folder],
    execArguments,
    memoryMb,
    env: { TZ: "UTC", ...(root === undefined ? {} : { SystemRoot: root }) },
  };
}
