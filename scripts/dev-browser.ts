/**
 * `npm run dev:browser`: the console in a browser, without Electron and without a build. Views are replaced as they are edited, and the
 * host starts again when its sources change.
 *
 * 1. Vite serves the views on the loopback interface and passes the bridge on to the host, `logos serve`, on a port of its own.
 * 2. A change below `src` that the host runs ends it in order (its session is stopped) and starts it again; open tabs then get a new
 *    address and reload. A change of views alone leaves the host as it is.
 * 3. Only a tab that was opened by a printed address gets another one: it shows the secret that its first address carried.
 * 4. Words after `npm run dev:browser --` go to `logos serve`, such as `--workspace DIR`.
 */
import react from "@vitejs/plugin-react";
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { createServer as listenOn } from "node:net";
import type { AddressInfo } from "node:net";
import { join, relative, sep } from "node:path";
import { createInterface } from "node:readline";
import { createServer, type Plugin, type ViteDevServer, type WebSocketClient } from "vite";

const root = join(import.meta.dirname, "..");
const views = join(root, "src", "renderer");
const SECRET_BYTES = 32;

/** What a tab runs besides the console: it asks for a new address when the host has started again. */
const TAB = `
const given = new URLSearchParams(location.hash.slice(1)).get("dev");
if (given !== null) sessionStorage.setItem("logos.dev", given);
import.meta.hot?.on("logos:started", () => {
  import.meta.hot.send("logos:address", { secret: sessionStorage.getItem("logos.dev") });
});
import.meta.hot?.on("logos:token", ({ token }) => {
  location.hash = "token=" + token;
  location.reload();
});
`;
const TAB_PATH = "/@logos-dev-tab";

const tabPlugin: Plugin = {
  name: "logos-dev-tab",
  resolveId: (id) => (id === TAB_PATH ? id : undefined),
  load: (id) => (id === TAB_PATH ? TAB : undefined),
  transformIndexHtml: () => [{ tag: "script", attrs: { type: "module", src: TAB_PATH }, injectTo: "head-prepend" }],
};

/** A port that is free now. The host keeps it over its restarts, so that what Vite passes on finds it. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = listenOn();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** `logos serve` asks for built views, which are not opened here: where there are none, a page says so. */
function needPage(): void {
  const folder = join(root, "out", "renderer");
  if (existsSync(join(folder, "index.html"))) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "index.html"), "<!doctype html><p>The views are not built: run npm run build.</p>\n");
}

/** The addresses of the host, each good for one tab. */
class Addresses {
  readonly #origin: string;
  readonly #secret = randomBytes(SECRET_BYTES).toString("base64url");
  readonly #waiting: WebSocketClient[] = [];
  #token: string | null = null;

  constructor(server: ViteDevServer, origin: string) {
    this.#origin = origin;
    server.ws.on("logos:address", (data: { readonly secret?: unknown }, client: WebSocketClient) => {
      if (data.secret !== this.#secret) return;
      this.#waiting.push(client);
      this.#give();
    });
  }

  /** An address of the host: printed for a person, or given to a tab that waits for one. */
  take(url: string): void {
    this.#token = new URL(url).hash.replace("#token=", "");
    if (!this.#give()) console.log(`Logos Console: ${this.#origin}/#token=${this.#token}&dev=${this.#secret}`);
  }

  #give(): boolean {
    const client = this.#token === null ? undefined : this.#waiting.shift();
    if (client === undefined) return false;
    client.send("logos:token", { token: this.#token });
    this.#token = null;
    return true;
  }
}

/** The host as a process, started again at each change of what it runs. */
class Host {
  readonly #args: readonly string[];
  readonly #onAddress: (url: string, first: boolean) => void;
  #child: ChildProcess | null = null;
  #restarting = false;
  #over = false;

  constructor(args: readonly string[], onAddress: (url: string, first: boolean) => void) {
    this.#args = args;
    this.#onAddress = onAddress;
  }

  start(): void {
    let first = true;
    const child = spawn(process.execPath, [join(root, "src", "cli", "logos.ts"), "serve", ...this.#args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    const read = (line: string): void => {
      const [url] = /http:\/\/\S+#token=\S+/.exec(line) ?? [];
      if (url === undefined) console.error(line);
      else this.#onAddress(url, first);
      if (url !== undefined) first = false;
    };
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", read);
    child.once("exit", (code) => {
      this.#child = null;
      if (this.#restarting && !this.#over) {
        this.#restarting = false;
        this.start();
      } else if (!this.#over)
        console.error(`The host ended with ${code ?? "a signal"}; it starts again at the next change.`);
    });
  }

  /** Ends the host in order and starts it again. Changes that come while it ends are in its next start. */
  restart(what: string): void {
    if (this.#restarting) return;
    console.log(`${what} changed: the host starts again.`);
    if (this.#child === null) return this.start();
    this.#restarting = true;
    this.#child.kill("SIGINT");
    return undefined;
  }

  async stop(): Promise<void> {
    this.#over = true;
    const child = this.#child;
    if (child === null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGINT");
    await ended;
  }
}

/** Whether the host runs a file: views are Vite's alone. */
const isHosts = (path: string): boolean =>
  path.startsWith(join(root, "src") + sep) && !path.startsWith(views + sep) && path.endsWith(".ts");

async function run(args: readonly string[]): Promise<void> {
  needPage();
  const target = `http://127.0.0.1:${await freePort()}`;
  const passed = { target, changeOrigin: true, headers: { origin: target } };
  const server = await createServer({
    configFile: false,
    root: views,
    plugins: [react(), tabPlugin],
    clearScreen: false,
    logLevel: "warn",
    server: {
      host: "127.0.0.1",
      cors: false,
      fs: { allow: [root, realpathSync(join(root, "node_modules"))] },
      proxy: {
        "^/session$": passed,
        "^/logout$": passed,
        "^/bridge$": { ...passed, ws: true, rewriteWsOrigin: true },
      },
    },
  });
  await server.listen();
  const [address = ""] = server.resolvedUrls?.local ?? [];
  const addresses = new Addresses(server, new URL(address).origin);
  const host = new Host([...args, "--port", new URL(target).port], (url, first) => {
    if (first) server.ws.send("logos:started", {});
    addresses.take(url);
  });
  const changed = (path: string): void => {
    if (isHosts(path)) host.restart(relative(root, path));
  };
  server.watcher.add(join(root, "src"));
  for (const event of ["add", "change", "unlink"] as const) server.watcher.on(event, changed);
  host.start();
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  await host.stop();
  await server.close();
}

await run(process.argv.slice(2));
