/**
 * The WebSocket side: each browser tab's connection to the host, bounded in size, rate, silence and number.
 *
 * 1. A message is text, JSON, and no longer, deeper or larger than the limits, which are looked at before it is parsed; anything else
 *    hangs up.
 * 2. Nothing is compressed, so a small message cannot become a large one.
 * 3. A reader that sends too fast, answers no ping, or takes nothing while its unsent messages grow, is disconnected.
 * 4. A connection ends with the key that it came with: by logging out, or after the key's hours.
 * 5. A connection ends once, whichever side ends it.
 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type RawData, type WebSocket } from "ws";
import type { Connection, ConsoleHost } from "../console/bridge/api.ts";
import type { Timers } from "../shared/ports.ts";
import { BRIDGE_PROTOCOL } from "./gate.ts";
import { Bucket, type ServeLimits } from "./limits.ts";
import { isBounded } from "./shape.ts";

/** Codes of RFC 6455 with which a reader is disconnected. */
const CLOSE = { away: 1001, notText: 1003, policy: 1008, later: 1013 } as const;
const EXPIRED = "You were logged out. Open the newest address that the terminal printed.";
/** A close frame holds 123 bytes of reason. */
const REASON_BYTES_MAX = 123;

/** The key that a reader came with: its digest, and how long it still holds. */
export interface BridgeKey {
  readonly digest: string;
  readonly leftMs: number;
}

export interface Bridges {
  readonly count: number;
  /** Takes over a request that has passed every check, for as long as its key holds. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, key: BridgeKey): void;
  /** Lets the readers go that came with a key. */
  end(digest: string): void;
  close(): void;
}

function reasonOf(text: string): string {
  return Buffer.from(text)
    .subarray(0, REASON_BYTES_MAX)
    .toString("utf8")
    .replace(/\uFFFD+$/, "");
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString("utf8");
  return data instanceof ArrayBuffer ? Buffer.from(data).toString("utf8") : data.toString("utf8");
}

export function openBridges(
  host: Pick<ConsoleHost, "connect">,
  limits: ServeLimits,
  timers: Timers,
  onProblem: (line: string) => void,
): Bridges {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    maxPayload: limits.messageBytesMax,
    perMessageDeflate: false,
    skipUTF8Validation: false,
    // A page offers its key beside it; the key itself is never answered.
    handleProtocols: (offered) => (offered.has(BRIDGE_PROTOCOL) ? BRIDGE_PROTOCOL : false),
  });

  const byKey = new Map<string, Set<(why: string) => void>>();
  const open = (socket: WebSocket, { digest, leftMs }: BridgeKey): void => {
    const end = openBridge(socket, { host, limits, timers, onProblem });
    const ends = byKey.get(digest) ?? new Set();
    byKey.set(digest, ends.add(end));
    const timer = timers.set(() => end(EXPIRED), leftMs);
    socket.once("close", () => {
      timers.clear(timer);
      ends.delete(end);
      if (ends.size === 0) byKey.delete(digest);
    });
  };
  return {
    get count() {
      return server.clients.size;
    },
    accept: (request, socket, head, key) => server.handleUpgrade(request, socket, head, (made) => open(made, key)),
    end: (digest) => {
      for (const end of byKey.get(digest) ?? []) end(EXPIRED);
    },
    close: () => {
      for (const socket of server.clients) {
        socket.close(CLOSE.away, "The console stops.");
        socket.terminate();
      }
      server.close();
    },
  };
}

interface BridgeParts {
  readonly host: Pick<ConsoleHost, "connect">;
  readonly limits: ServeLimits;
  readonly timers: Timers;
  readonly onProblem: (line: string) => void;
}

/** One browser's connection, from its opening to its end. Answers what ends it with a reason. */
function openBridge(socket: WebSocket, { host, limits, timers, onProblem }: BridgeParts): (why: string) => void {
  const rate = new Bucket(limits.messagesBurst, limits.messagesPerSecond, timers);
  let connection: Connection | null = null;
  let alive = true;
  let over = false;
  let timer: unknown = null;

  const finish = (): void => {
    over = true;
    timers.clear(timer);
    connection?.close();
  };
  const hangUp = (code: number, reason: string): void => {
    if (over) return;
    finish();
    onProblem(`A browser's connection was ended: ${reason}`);
    socket.close(code, reasonOf(reason));
    // A reader that does not answer the close is not waited for.
    timers.set(() => socket.terminate(), limits.keepAliveMs);
  };
  const watch = (): void => {
    timer = timers.set(() => {
      if (over) return;
      if (!alive) {
        finish();
        return socket.terminate();
      }
      alive = false;
      socket.ping();
      return watch();
    }, limits.pingMs);
  };

  socket.on("pong", () => {
    alive = true;
  });
  socket.on("close", finish);
  // What breaks the protocol is closed by the library; here it only must not end the process.
  socket.on("error", finish);
  socket.on("message", (data, binary) => {
    if (over) return;
    alive = true;
    if (binary) return hangUp(CLOSE.notText, "A message was not text.");
    if (!rate.take()) return hangUp(CLOSE.policy, "Messages came faster than they may.");
    const text = textOf(data);
    if (!isBounded(text)) return hangUp(CLOSE.policy, "A message was too deep or held too much.");
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return hangUp(CLOSE.policy, "A message was not JSON.");
    }
    connection?.receive(message);
  });
  try {
    connection = host.connect(
      (message) => {
        if (over) return;
        socket.send(JSON.stringify(message));
        if (socket.bufferedAmount > limits.unsentBytesMax) hangUp(CLOSE.later, "The reader takes nothing any more.");
      },
      (reason) => hangUp(CLOSE.policy, reason),
    );
    // The host may have ended it from inside `connect`, before it was known here.
    if (over) connection.close();
  } catch (error) {
    hangUp(CLOSE.later, error instanceof Error ? error.message : "The console takes no more readers.");
  }
  if (!over) watch();
  return (why) => hangUp(CLOSE.policy, why);
}
