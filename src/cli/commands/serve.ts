/**
 * `logos serve`: the console in a browser on this machine.
 *
 * 1. The address with its token is the command's one result; it goes to stdout once and nowhere else.
 * 2. Ctrl-C stops the session cleanly before the process ends; a second one ends at once.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSwitchingHost } from "../../console/switching.ts";
import { recentWorkspacesFile, workspacePath } from "../../console/state/places.ts";
import { CodedError } from "../../shared/errors.ts";
import { startLoopbackHost } from "../../serve/index.ts";
import { wholeNumber } from "../common/options.ts";
import type { AddCommand, Context } from "../common/context.ts";
import { version } from "../common/version.ts";

interface Options {
  readonly port?: string;
  readonly open?: boolean;
}

const rendererFolder = join(import.meta.dirname, "..", "..", "..", "out", "renderer");

/** Opens an address with what the platform opens addresses with; says nothing when that is not there. */
function openInBrowser(url: string): void {
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open", url]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", "", url]
        : ["xdg-open", url];
  const child = spawn(command, args, { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}

/** A page of this user alone that leads to an address, so that the address is on no command line. */
interface Door {
  readonly path: string;
  remove(): void;
}

function writeDoor(url: string): Door {
  const folder = mkdtempSync(join(tmpdir(), "logos-open-"));
  const path = join(folder, "console.html");
  writeFileSync(path, `<!doctype html><meta http-equiv="refresh" content="0; url=${url}">`, {
    mode: 0o600,
    flag: "wx",
  });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Resolves at the first Ctrl-C; a second one ends the process. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    let count = 0;
    const stop = (): void => {
      count += 1;
      if (count > 1) process.exit(130);
      resolve();
    };
    // SIGHUP is a terminal that was closed.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  });
}

async function serve(context: Context, options: Options): Promise<number> {
  const { output, io } = context;
  const port = options.port === undefined ? 0 : wholeNumber("--port", options.port, 1, 65_535);
  if (!existsSync(join(rendererFolder, "index.html")))
    throw new CodedError(
      "not_found",
      "The views are not built yet: run `npm run build`, then serve again. (`npm start` does both.)",
    );
  const host = await createSwitchingHost({
    recentFile: recentWorkspacesFile(io.environment),
    workspace: workspacePath(context.workspace ?? null, io.environment, io.folder),
    hostKind: "loopback",
    version,
    environment: io.environment,
    onProblem: (line) => output.message(`logos: ${line}`),
  });
  const stopped = interrupted();
  let door: Door | null = null;
  const server = await startLoopbackHost({
    host,
    rendererFolder,
    port,
    onProblem: (line) => output.message(`logos: ${line}`),
    onAddress: (url) => {
      door?.remove();
      output.message(`That address is used up. For another tab: ${url}`);
    },
  });
  if (output.json) output.value({ url: server.url, port: server.port, workspace: host.workspace });
  else output.line(`Logos Console: ${server.url}`);
  output.message(
    `Workspace ${host.workspace}. Keep the address to yourself: anyone who has it can trade here. Ctrl-C stops the session and ends.`,
  );
  if (options.open === true) {
    door = writeDoor(server.url);
    openInBrowser(door.path);
  }
  await stopped;
  door?.remove();
  await host.quit();
  await server.close();
  return 0;
}

export function addServeCommand(add: AddCommand): void {
  add<Options>(
    "serve",
    "Open the console in a browser on this machine; nothing listens on any other address.",
    (command) => {
      command.option("--port <number>", "the port; a free one when absent").option("--open", "open the browser");
    },
    "logos serve --open",
    serve,
  );
}
