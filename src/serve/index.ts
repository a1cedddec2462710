/**
 * The loopback host: the same views and the same contract as the window, in a browser on this machine.
 *
 * 1. It binds 127.0.0.1 or ::1 literally and nothing else, on a free port unless one is named.
 * 2. A start token of 256 bits is in the printed address, behind `#`, where no request carries it. The page changes it for a key of
 *    its own (`keys.ts`), which the bridge asks for; with that the token ends, and the next tab needs another address. There is no
 *    cookie.
 * 3. What a request may do is decided in `gate.ts`, before anything is read from its body.
 * 4. No other program's requests use up what a person's own may ask: a right token always passes, and a connection that brought one, or
 *    a key, has a budget of its own.
 * 5. Every answer has the content security policy and its companions and no CORS header; token and keys are never printed here.
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Duplex } from "node:stream";
import type { ConsoleHost } from "../console/bridge/api.ts";
import { encodingsIn, PAGE_HEADERS, readPage } from "../console/state/pages.ts";
import { CodedError } from "../shared/errors.ts";
import type { Timers } from "../shared/ports.ts";
import { openBridges, type Bridges } from "./bridges.ts";
import { decide, headerValues, ownHosts, sameSecret, type Gate } from "./gate.ts";
import { Connections } from "./connections.ts";
import { digestOf, Keys } from "./keys.ts";
import { Bucket, SERVE_LIMITS, type ServeLimits } from "./limits.ts";

export { SERVE_LIMITS, type ServeLimits } from "./limits.ts";

export interface LoopbackOptions {
  /** Only readers are connected; starting and quitting the host is the caller's. */
  readonly host: Pick<ConsoleHost, "connect">;
  /** The built views: `out/renderer`. */
  readonly rendererFolder: string;
  /** 0 or absent takes a free one. */
  readonly port?: number;
  /** 127.0.0.1 unless ::1 is named. */
  readonly address?: string;
  readonly limits?: Partial<ServeLimits>;
  readonly timers?: Timers;
  readonly onProblem?: (line: string) => void;
  /** Called with the next address when one was used. */
  readonly onAddress?: (url: string) => void;
}

export interface LoopbackHost {
  /** The address to open next, with an unused token after `#`. Keep it out of logs. */
  readonly url: string;
  readonly port: number;
  /** Lets every reader go and frees the port. A second call waits for the first. */
  close(): Promise<void>;
}

const SECRET_BYTES = 32;

const realTimers: Timers = {
  set: (callback, milliseconds) => setTimeout(callback, milliseconds).unref(),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
  monotonicMs: () => performance.now(),
};

/** Starts the host. Throws `usage` for an address that is not loopback, `io` where the port cannot be had. */
export async function startLoopbackHost(options: LoopbackOptions): Promise<LoopbackHost> {
  const address = options.address ?? "127.0.0.1";
  if (address !== "127.0.0.1" && address !== "::1")
    throw new CodedError("usage", `The address ${address} is not this machine's own. Name 127.0.0.1 or ::1.`, {
      address,
    });
  const limits: ServeLimits = { ...SERVE_LIMITS, ...options.limits };
  const timers = options.timers ?? realTimers;
  const onProblem = options.onProblem ?? (() => {});
  const name = address === "::1" ? "[::1]" : address;
  const token = new StartToken(limits.tokenUsesMax, () => options.onAddress?.(urlOf()));
  const bridges = openBridges(options.host, limits, timers, onProblem);
  const server = createServer({
    maxHeaderSize: limits.headerBytesMax,
    // Node looks at these only now and then; `connections.ts` holds them on time.
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    // A missing or second Host is refused in the gate, with the headers of every answer.
    requireHostHeader: false,
  });
  server.maxConnections = limits.connectionsMax;
  server.maxRequestsPerSocket = limits.requestsPerConnection;
  const connections = new Connections(limits, timers);
  server.on("connection", (socket) => connections.opened(socket));
  const port = await listen(server, options.port ?? 0, address);
  const urlOf = (): string => `http://${name}:${port}/#token=${token.text}`;
  const keys = new Keys(timers, limits);
  const gate: Gate = { hosts: ownHosts(address, port), keys };
  keys.onEnd = (digest) => bridges.end(digest);
  const desk = new FrontDesk({ gate, keys, token, limits, timers, bridges, folder: options.rendererFolder });
  server.on("request", (request, response) => {
    if (connections.began(request.socket, response)) void desk.answer(request, response);
  });
  server.on("upgrade", (request, socket, head) => {
    connections.upgraded(request.socket);
    desk.upgrade(request, socket, head);
  });
  server.on("clientError", (_error, socket) => hangUp(socket, 400, "The request could not be read."));

  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= new Promise((resolve) => {
      server.close(() => resolve());
      bridges.close();
      server.closeAllConnections();
    });
    return closing;
  };
  return {
    get url() {
      return urlOf();
    },
    port,
    close,
  };
}

/** The token of the next address: it ends with its last use, and another one takes its place. */
class StartToken {
  readonly #usesMax: number;
  readonly #changed: () => void;
  #uses = 0;
  text = randomBytes(SECRET_BYTES).toString("base64url");

  constructor(usesMax: number, changed: () => void) {
    this.#usesMax = usesMax;
    this.#changed = changed;
  }

  /** True for the right one, which is used by this. */
  use(given: string): boolean {
    if (!sameSecret(given, this.text)) return false;
    this.#uses += 1;
    if (this.#uses < this.#usesMax) return true;
    this.#uses = 0;
    this.text = randomBytes(SECRET_BYTES).toString("base64url");
    this.#changed();
    return true;
  }
}

function listen(server: Server, port: number, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "another program has it" : (error.code ?? error.message);
      reject(
        new CodedError(
          "io",
          `Port ${port} on ${address} cannot be had: ${why}. Name another, or none for a free one.`,
          {
            port,
            address,
          },
        ),
      );
    });
    server.listen({ port, host: address, exclusive: true }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Answers on a socket that has no response object, and hangs up. */
function hangUp(socket: Duplex, status: number, why: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const headers = { ...PAGE_HEADERS, "Content-Type": "text/plain; charset=utf-8", Connection: "close" };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on("error", () => {});
  socket.end(
    `HTTP/1.1 ${status} Refused\r\n${lines.join("")}Content-Length: ${Buffer.byteLength(why)}\r\n\r\n${why}`,
    () => socket.destroy(),
  );
}

const TOO_MANY =
  "Too many wrong tokens. Open the newest address that the terminal printed: the right token is taken at once.";

interface DeskPorts {
  readonly gate: Gate;
  readonly keys: Keys;
  readonly token: StartToken;
  readonly limits: ServeLimits;
  readonly timers: Timers;
  readonly bridges: Bridges;
  readonly folder: string;
}

/** Takes each request through the gate and answers it. */
class FrontDesk {
  readonly #ports: DeskPorts;
  readonly #requests: Bucket;
  readonly #known: Bucket;
  readonly #wrongTokens: Bucket;
  /** Connections over which a right token or a key has come. */
  readonly #knownSockets = new WeakSet<Socket>();

  constructor(ports: DeskPorts) {
    const { limits, timers } = ports;
    this.#ports = ports;
    this.#requests = new Bucket(limits.requestsBurst, limits.requestsPerSecond, timers);
    this.#known = new Bucket(limits.requestsBurst, limits.requestsPerSecond, timers);
    this.#wrongTokens = new Bucket(limits.wrongTokensBurst, limits.wrongTokensPerSecond, timers);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
    request.on("error", () => {});
    // The gate comes first: what a foreign page asks for does not use up what the person's own tab may ask.
    const decision = decide(this.#ports.gate, request, false);
    if ("refuse" in decision) return refuse(response, decision.refuse, decision.why);
    // Tries of a token have a budget of their own, which a right one never needs.
    if (decision.pass === "session") return this.#session(request, response);
    // So has what names a key, and a connection that did: pages, which any program of this machine may ask for, cannot use it up.
    if (decision.pass === "logout") this.#knownSockets.add(request.socket);
    const budget = this.#knownSockets.has(request.socket) ? this.#known : this.#requests;
    if (!budget.take()) return refuse(response, 429, "Requests come faster than they may. Wait a second.");
    if (decision.pass === "logout") {
      this.#ports.keys.revoke(decision.key);
      return void response.writeHead(204).end();
    }
    if (decision.pass === "bridge") return refuse(response, 426, "Ask for a WebSocket.");
    const encodings = encodingsIn(headerValues(request, "accept-encoding").join(","));
    const page = await readPage(this.#ports.folder, decision.path, encodings);
    if (page === null) return refuse(response, 404, "There is no such page.");
    response.writeHead(200, {
      "Content-Type": page.type,
      "Content-Length": page.body.byteLength,
      Vary: "Accept-Encoding",
      ...(page.encoding === null ? {} : { "Content-Encoding": page.encoding }),
    });
    response.end(decision.head ? undefined : page.body);
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { gate, bridges, limits } = this.#ports;
    const decision = decide(gate, request, true);
    if ("refuse" in decision) return hangUp(socket, decision.refuse, decision.why);
    if ("pass" in decision && decision.pass !== "bridge") return hangUp(socket, 404, "There is no such bridge.");
    if (!this.#known.take()) return hangUp(socket, 429, "Requests come faster than they may. Wait a second.");
    if (bridges.count >= limits.bridgesMax)
      return hangUp(socket, 503, `${limits.bridgesMax} tabs are connected already. Close one.`);
    (socket as Socket).setNoDelay?.(true);
    const { key } = decision;
    return bridges.accept(request, socket, head, { digest: digestOf(key), leftMs: this.#ports.keys.leftMs(key) });
  }

  /**
   * Changes the token for a key. The comparison comes first, in constant time, and only a wrong token is counted: so nothing that another
   * program tries keeps the person out. A token of 256 bits is not found by trying.
   */
  async #session(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { keys, token, limits } = this.#ports;
    const types = headerValues(request, "content-type");
    if (types.length !== 1 || !/^application\/json(;\s*charset=utf-8)?$/i.test(types[0] ?? ""))
      return refuse(response, 415, "Send JSON.");
    const body = await readBody(request, limits.sessionBodyBytesMax);
    if (body === null) return refuse(response, 413, "The message is too long.");
    const given = tokenIn(body);
    if (given === null) return refuse(response, 400, 'Send {"token": "…"} and nothing else.');
    if (!token.use(given)) {
      if (!this.#wrongTokens.take()) return refuse(response, 429, TOO_MANY);
      return refuse(
        response,
        401,
        "The token is wrong or was used. Open the newest address that the terminal printed.",
      );
    }
    this.#knownSockets.add(request.socket);
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ key: keys.issue() }));
  }
}

function refuse(response: ServerResponse, status: number, why: string): void {
  // Whatever of a refused request is still to come is not waited for.
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" });
  response.end(response.req.method === "HEAD" ? undefined : why);
}

async function readBody(request: IncomingMessage, bytesMax: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) return null;
      chunks.push(chunk);
    }
  } catch {
    // A client that hangs up in the middle has sent nothing.
    return "";
  }
  return Buffer.concat(chunks).toString("utf8");
}

function tokenIn(body: string): string | null {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== "object" || value === null || Object.keys(value).join() !== "token") return null;
    const { token } = value as { token: unknown };
    return typeof token === "string" ? token : null;
  } catch {
    // What is no JSON holds no token.
    return null;
  }
}
