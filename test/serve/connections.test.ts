/**
 * What the loopback host carries: a key's life, a connection's limits, attempts at the same time, and the bridge itself.
 *
 * 1. Time is moved by hand where a limit is one of time.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { bytesOf, exchange, UPGRADE, type Answer } from "./wire.ts";
import { type Bench, bench, post, keyOf, offer, openSocket, closeOf } from "./bench.ts";

describe("a key", () => {
  const asked = (given: Bench, key: string) =>
    exchange(
      given.server.port,
      bytesOf({ method: "GET", target: "/bridge", headers: [...given.own, offer(key), ...UPGRADE] }),
    );

  it("ends when its page gives it back", async () => {
    const given = await bench();
    const [key, other] = [await keyOf(given), await keyOf(given)];
    expect((await asked(given, key)).status).toBe(101);
    const headers = [...given.own, ["Authorization", `Bearer ${key}`], ["Connection", "close"]] as const;
    const logout = bytesOf({ method: "POST", target: "/logout", headers });
    expect((await exchange(given.server.port, logout)).status).toBe(204);
    expect((await exchange(given.server.port, logout)).status).toBe(401);
    expect([(await asked(given, key)).status, (await asked(given, other)).status]).toEqual([401, 101]);
  });

  it("ends when too many newer ones were made, and after its hours", async () => {
    const given = await bench({ limits: { keysMax: 2 } });
    const key = await keyOf(given);
    await keyOf(given);
    expect((await asked(given, key)).status).toBe(101);
    await keyOf(given);
    expect((await asked(given, key)).status).toBe(401);
    const brief = await bench({ limits: { keyHours: 0 } });
    expect((await asked(brief, await keyOf(brief))).status).toBe(401);
  });
});

describe("a connection", () => {
  const closed = (socket: Socket): Promise<unknown> => {
    socket.on("error", () => {});
    return once(socket, "close");
  };
  const open = async (given: Bench): Promise<Socket> => {
    const socket = connect({ port: given.server.port, host: "127.0.0.1" });
    await once(socket, "connect");
    return socket;
  };
  /** Waits until the server has seen what was sent before: it answers in order. */
  const seen = (given: Bench): Promise<Answer> =>
    exchange(
      given.server.port,
      bytesOf({ method: "GET", target: "/", headers: [...given.own, ["Connection", "close"]] }),
    );

  it.each([
    ["nothing", ""],
    ["half a head", "GET / HTTP/1.1\r\nHost: "],
  ])("that sends %s is hung up on at its time and no later", async (_what, bytes) => {
    const given = await bench({ limits: { headersMs: 1_000 } });
    const socket = await open(given);
    socket.write(bytes);
    await seen(given);
    const end = closed(socket);
    given.timers.advance(999);
    await seen(given);
    expect(socket.closed).toBe(false);
    given.timers.advance(1);
    await end;
  });

  it("that never ends its request's body is hung up on at its time", async () => {
    const given = await bench({ limits: { headersMs: 1_000, requestMs: 3_000 } });
    const socket = await open(given);
    const headers = [...given.own, ["Content-Type", "application/json"], ["Content-Length", "40"]] as const;
    socket.write(bytesOf({ method: "POST", target: "/session", headers, body: '{"token":' }));
    await seen(given);
    const end = closed(socket);
    given.timers.advance(2_999);
    await seen(given);
    expect(socket.closed).toBe(false);
    given.timers.advance(1);
    await end;
  });

  it("that is silent makes room for the next, so many of them keep no one out", async () => {
    const given = await bench({ limits: { silentMax: 3 } });
    const silent: Socket[] = [];
    for (let count = 0; count < 12; count += 1) silent.push(await open(given));
    expect((await seen(given)).status).toBe(200);
    await Promise.all(silent.slice(0, 9).map(async (socket) => (socket.closed ? undefined : closed(socket))));
    expect(silent.slice(-2).map((socket) => socket.destroyed)).toEqual([false, false]);
    for (const socket of silent) socket.destroy();
  });

  it("that asks for more than so much at once is hung up on", async () => {
    const given = await bench({ limits: { requestsAtOnce: 4 } });
    const one = bytesOf({ method: "GET", target: "/", headers: given.own });
    const few = await exchange(
      given.server.port,
      one.repeat(3) + one.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"),
    );
    expect(few.text.match(/HTTP\/1\.1 200/g)).toHaveLength(4);
    const many = await exchange(given.server.port, one.repeat(200));
    expect(many.text.match(/HTTP\/1\.1 200/g)?.length ?? 0).toBeLessThanOrEqual(4);
  });

  it("of a tab ends with its key: by logging out, and after its hours", async () => {
    const given = await bench({ limits: { keyHours: 2, pingMs: 100_000_000 } });
    const [first, second] = [await keyOf(given), await keyOf(given)];
    const tab = async (key: string): Promise<WebSocket> => {
      const headers = { Origin: `http://127.0.0.1:${given.server.port}` };
      const socket = new WebSocket(`ws://127.0.0.1:${given.server.port}/bridge`, ["logos.v1", `key.${key}`], {
        headers,
      });
      await once(socket, "open");
      return socket;
    };
    const [one, two] = [await tab(first), await tab(second)];
    const ended = closeOf(one);
    const headers = [...given.own, ["Authorization", `Bearer ${first}`], ["Connection", "close"]] as const;
    await exchange(given.server.port, bytesOf({ method: "POST", target: "/logout", headers }));
    expect(await ended).toBe(1008);
    expect(two.readyState).toBe(two.OPEN);
    const expired = closeOf(two);
    given.timers.advance(7_200_000);
    expect(await expired).toBe(1008);
  });
});

describe("tries at once", () => {
  it("of wrong tokens are no more than one after the other", async () => {
    const given = await bench({ limits: { wrongTokensBurst: 3, wrongTokensPerSecond: 0.001 } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(given, '{"token":"x"}')));
    const count = (status: number): number => answers.filter((answer) => answer.status === status).length;
    expect([count(401), count(429)]).toEqual([3, 17]);
  });

  it("of pages keep neither the right token out, nor the pages of the connection that brought it", async () => {
    const given = await bench({ limits: { requestsBurst: 3, requestsPerSecond: 0.001 } });
    const page = (close: boolean): string =>
      bytesOf({
        method: "GET",
        target: "/",
        headers: [...given.own, ...(close ? [["Connection", "close"] as const] : [])],
      });
    for (let count = 0; count < 3; count += 1) await exchange(given.server.port, page(true));
    expect((await exchange(given.server.port, page(true))).status).toBe(429);
    const body = JSON.stringify({ token: given.token });
    const headers = [
      ...given.own,
      ["Content-Type", "application/json"],
      ["Content-Length", String(body.length)],
    ] as const;
    const socket = connect({ port: given.server.port, host: "127.0.0.1" });
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      // The page is asked for on the connection over which the answer came.
      if (text === "") socket.write(page(true));
      text += chunk.toString("latin1");
    });
    socket.write(bytesOf({ method: "POST", target: "/session", headers, body }));
    await once(socket, "close");
    expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(["200", "200"]);
  });

  it("of pages use up nothing of what a tab with a key may ask", async () => {
    const given = await bench({ limits: { requestsBurst: 3, requestsPerSecond: 0.001 } });
    const key = await keyOf(given);
    const page = bytesOf({ method: "GET", target: "/", headers: [...given.own, ["Connection", "close"]] });
    for (let count = 0; count < 4; count += 1) await exchange(given.server.port, page);
    expect((await exchange(given.server.port, page)).status).toBe(429);
    const headers = [...given.own, offer(key), ...UPGRADE];
    expect((await exchange(given.server.port, bytesOf({ method: "GET", target: "/bridge", headers }))).status).toBe(
      101,
    );
  });
});

describe("the bridge", () => {
  it("carries messages both ways, and informs the host when the tab is gone", async () => {
    const given = await bench();
    const socket = await openSocket(given);
    const reader = given.host.readers[0];
    const answer = { kind: "result", id: 1, ok: true, output: { a: "é" } } as const;
    reader?.send(answer);
    expect(JSON.parse(String((await once(socket, "message"))[0]))).toEqual(answer);
    socket.send(JSON.stringify({ kind: "subscribe", stream: "desk" }));
    socket.close();
    await closeOf(socket);
    await expect.poll(() => reader?.open).toBe(false);
    expect(reader?.received).toEqual([{ kind: "subscribe", stream: "desk" }]);
    expect(() => reader?.send(answer)).not.toThrow();
  });

  it("hangs up with the host's reason", async () => {
    const given = await bench();
    const socket = await openSocket(given);
    given.host.readers[0]?.end("A message does not follow the contract.");
    const [code, reason] = (await once(socket, "close")) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([1008, "A message does not follow the contract."]);
    expect(given.problems).toHaveLength(1);
  });

  it.each(["refuseReaders", "endAtOnce"] as const)("hangs up with %s", async (fault) => {
    const given = await bench();
    given.host[fault] = true;
    const socket = await openSocket(given);
    expect(await closeOf(socket)).toBe(fault === "refuseReaders" ? 1013 : 1008);
    expect(given.host.readers.every((reader) => !reader.open)).toBe(true);
  });

  it.each<[what: string, data: string | Buffer, code: number]>([
    ["bytes", Buffer.from("{}"), 1003],
    ["no JSON", "{", 1008],
    ["too much", "x".repeat(1_001), 1009],
  ])("hangs up on %s", async (_what, data, code) => {
    const given = await bench({ limits: { messageBytesMax: 1_000 } });
    const socket = await openSocket(given);
    socket.send(data);
    expect(await closeOf(socket)).toBe(code);
    expect(given.host.readers[0]?.received).toEqual([]);
  });

  it("takes a message that is just short enough", async () => {
    const given = await bench({ limits: { messageBytesMax: 1_000 } });
    const socket = await openSocket(given);
    socket.send(JSON.stringify("x".repeat(998)));
    await expect.poll(() => given.host.readers[0]?.received.length).toBe(1);
  });

  it("hangs up on messages that come too fast", async () => {
    const given = await bench({ limits: { messagesBurst: 5, messagesPerSecond: 1 } });
    const socket = await openSocket(given);
    for (let count = 0; count < 6; count += 1) socket.send("{}");
    expect(await closeOf(socket)).toBe(1008);
    expect(given.host.readers[0]?.received).toHaveLength(5);
  });

  it("lets a reader go that gives no sign of life, and keeps one that does", async () => {
    const given = await bench();
    const silent = await openSocket(given);
    // A client that reads nothing answers no ping.
    silent.pause();
    given.timers.advance(30_000);
    expect(given.host.readers[0]?.open).toBe(true);
    given.timers.advance(30_000);
    expect(given.host.readers[0]?.open).toBe(false);
    silent.terminate();

    const alive = await openSocket(given);
    given.timers.advance(30_000);
    await once(alive, "ping");
    // The message comes after the pong, so the pong has been seen when the host has the message.
    alive.send("{}");
    await expect.poll(() => given.host.readers[1]?.received.length).toBe(1);
    given.timers.advance(30_000);
    expect(given.host.readers[1]?.open).toBe(true);
  });

  it("lets a reader go that takes nothing while its messages grow", async () => {
    const given = await bench({ limits: { unsentBytesMax: 1_000_000 } });
    const socket = await openSocket(given);
    socket.pause();
    const reader = given.host.readers[0];
    const big = { kind: "result", id: 1, ok: true, output: "x".repeat(1_000_000) } as const;
    for (let count = 0; count < 100; count += 1) reader?.send(big);
    expect(reader?.open).toBe(false);
    socket.terminate();
  });

  it("takes so many tabs and no more", async () => {
    const given = await bench({ limits: { bridgesMax: 1 } });
    const first = await openSocket(given);
    const headers = [...given.own, offer(await keyOf(given)), ...UPGRADE] as const;
    const second = bytesOf({ method: "GET", target: "/bridge", headers });
    expect((await exchange(given.server.port, second)).status).toBe(503);
    first.close();
    await closeOf(first);
    await expect.poll(async () => (await exchange(given.server.port, second)).status).toBe(101);
  });

  it("compresses nothing", async () => {
    const given = await bench();
    const extension = ["Sec-WebSocket-Extensions", "permessage-deflate"] as const;
    const headers = [...given.own, offer(await keyOf(given)), extension, ...UPGRADE] as const;
    const answer = await exchange(given.server.port, bytesOf({ method: "GET", target: "/bridge", headers }));
    expect([answer.status, answer.headers.has("sec-websocket-extensions")]).toEqual([101, false]);
  });

  it("ends with the server, and leaves no timer behind", async () => {
    const given = await bench();
    const socket = await openSocket(given);
    const closed = closeOf(socket);
    await given.server.close();
    await closed;
    expect(given.host.readers[0]?.open).toBe(false);
    expect(given.timers.pending).toBe(0);
  });
});
