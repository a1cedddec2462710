/**
 * Speaks to a server in raw bytes, as a hostile client would.
 *
 * 1. Nothing is added to what the test wrote, and nothing is retried.
 */
import { connect, type Socket } from "node:net";

export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly text: string;
}

export function parseAnswer(text: string): Answer {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  return { status: Number(first.split(" ")[1] ?? "0"), headers, body: rest.join("\r\n\r\n"), text };
}

/** Writes the bytes and reads until the server hangs up, or until the head of a switch of protocols has come. */
export function exchange(port: number, bytes: string | Buffer, address = "127.0.0.1"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: address });
    const chunks: Buffer[] = [];
    const text = (): string => Buffer.concat(chunks).toString("latin1");
    socket.on("connect", () => socket.write(bytes));
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      if (text().startsWith("HTTP/1.1 101 ") && text().includes("\r\n\r\n")) socket.destroy();
    });
    socket.on("close", () => resolve(parseAnswer(text())));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // A server that hangs up on bytes still under way resets; what it answered before that counts.
      if (error.code !== "ECONNRESET" && error.code !== "EPIPE") reject(error);
    });
  });
}

export interface Ask {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

export function bytesOf(ask: Ask): string {
  const lines = ask.headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `${ask.method} ${ask.target} HTTP/1.1\r\n${lines}\r\n${ask.body ?? ""}`;
}

/** The headers of a WebSocket's opening. */
export const UPGRADE: readonly (readonly [string, string])[] = [
  ["Connection", "Upgrade"],
  ["Upgrade", "websocket"],
  ["Sec-WebSocket-Version", "13"],
  ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
];
