/**
 * The loopback host with real sockets: where it binds, how a browser gets in, what it carries, and each of its limits at the edge.
 *
 * 1. Time is moved by hand where a limit is one of time.
 */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startLoopbackHost, type LoopbackHost, type LoopbackOptions } from "../../src/serve/index.ts";
import { Bucket } from "../../src/serve/limits.ts";
import { ManualTimers } from "../console/sim/timers.ts";
import { FakeConsole } from "../sim/electron/console.ts";
import { bytesOf, exchange, UPGRADE, type Answer } from "./wire.ts";

const folder = mkdtempSync(join(tmpdir(), "logos-host-"));
writeFileSync(join(folder, "index.html"), "<!doctype html>");
const started: LoopbackHost[] = [];

interface Bench {
  readonly server: LoopbackHost;
  readonly host: FakeConsole;
  readonly timers: ManualTimers;
  readonly problems: string[];
  readonly token: string;
  readonly own: readonly (readonly [string, string])[];
}

async function bench(options: Partial<LoopbackOptions> = {}): Promise<Bench> {
  const host = new FakeConsole();
  const timers = new ManualTimers();
  const problems: string[] = [];
  const server = await startLoopbackHost({
    host,
    rendererFolder: folder,
    timers,
    onProblem: (line) => problems.push(line),
    ...options,
  });
  started.push(server);
  const { hash, host: name } = new URL(server.url);
  const own = [
    ["Host", name],
    ["Origin", `http://${name}`],
  ] as const;
  return { server, host, timers, problems, token: hash.replace("#token=", ""), own };
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
});
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

function post({ server, own }: Bench, body: string, type = "application/json"): Promise<Answer> {
  const headers = [...own, ["Content-Type", type], ["Content-Length", String(Buffer.byteLength(body))]] as const;
  const closing = [...headers, ["Connection", "close"]] as const;
  return exchange(server.port, bytesOf({ method: "POST", target: "/session", headers: closing, body }));
}

async function keyOf(given: Bench): Promise<string> {
  // Each address is good for one tab; the next one is there as soon as it was used.
  const token = new URL(given.server.url).hash.replace("#token=", "");
  const { text } = await post(given, JSON.stringify({ token }));
  return /"key":"([\w-]{43})"/.exec(text)?.[1] ?? "";
}

const offer = (key: string) => ["Sec-WebSocket-Protocol", `logos.v1, key.${key}`] as const;

async function openSocket(given: Bench): Promise<WebSocket> {
  const origin = `http://127.0.0.1:${given.server.port}`;
  const protocols = ["logos.v1", `key.${await keyOf(given)}`];
  const socket = new WebSocket(`ws://127.0.0.1:${given.server.port}/bridge`, protocols, {
    headers: { Origin: origin },
  });
  await once(socket, "open");
  return socket;
}

const closeOf = async (socket: WebSocket): Promise<number> => ((await once(socket, "close")) as [number])[0];

describe("binding", () => {
  it("is on 127.0.0.1 and no other address of the machine", async () => {
    const { server } = await bench();
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter((one) => one.family === "IPv4" && one.address !== "127.0.0.1")
      .map((one) => one.address);
    const reached = async (address: string): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = connect({ port: server.port, host: address });
        socket.once("connect", () => {
          socket.destroy();
          resolve(true);
        });
        socket.once("error", () => resolve(false));
      });
    // 127.0.0.2 is loopback too, and not ours.
    for (const address of [...others, "127.0.0.2", "::1"]) expect(await reached(address), address).toBe(false);
    expect(await reached("127.0.0.1")).toBe(true);
  });

  it.each(["0.0.0.0", "::", "localhost", "127.0.0.2", "192.168.0.1", "", "127.1"])("refuses %j", async (address) => {
    await expect(bench({ address })).rejects.toMatchObject({ code: "usage" });
  });

  it("says which port cannot be had", async () => {
    const { server } = await bench();
    await expect(bench({ port: server.port })).rejects.toMatchObject({
      code: "io",
      message: expect.stringContaining(String(server.port)) as string,
    });
  });

  it("frees its port when it closes, however often", async () => {
    const { server } = await bench();
    await Promise.all([server.close(), server.close()]);
    const again = await bench({ port: server.port });
    expect(again.server.port).toBe(server.port);
  });
});

describe("the token", () => {
  it("is new at each start, long, and only behind the fragment", async () => {
    const [a, b] = [await bench(), await bench()];
    expect(a.token).toMatch(/^[\w-]{43}$/);
    expect(a.token).not.toBe(b.token);
    expect(a.server.url).toBe(`http://127.0.0.1:${a.server.port}/#token=${a.token}`);
  });

  it("of one start does not open another", async () => {
    const [a, b] = [await bench(), await bench()];
    expect((await post(b, JSON.stringify({ token: a.token }))).status).toBe(401);
    const answer = await exchange(
      b.server.port,
      bytesOf({
        method: "GET",
        target: "/bridge",
        headers: [...b.own, offer(await keyOf(a)), ...UPGRADE],
      }),
    );
    expect(answer.status).toBe(401);
  });

  it("ends with its first use, and the next address is told", async () => {
    const told: string[] = [];
    const given = await bench({ onAddress: (url) => told.push(url) });
    const first = given.server.url;
    const body = JSON.stringify({ token: given.token });
    expect((await post(given, body)).status).toBe(200);
    expect((await post(given, body)).status).toBe(401);
    expect(told).toEqual([given.server.url]);
    expect(given.server.url).not.toBe(first);
    expect(await keyOf(given)).toMatch(/^[\w-]{43}$/);
  });

  it("is not the key, and each exchange gives another one", async () => {
    const given = await bench();
    const keys = [given.token, await keyOf(given), await keyOf(given)];
    expect(new Set(keys).size).toBe(3);
  });

  it.each([
    ["{", 400],
    ["[]", 400],
    ["null", 400],
    ["{}", 400],
    ['{"token":1}', 400],
    ['{"token":"","more":1}', 400],
    ['{"__proto__":{"token":"x"}}', 400],
    ['{"token":""}', 401],
    [`{"token":"${"x".repeat(1_011)}"}`, 401],
    [`{"token":"${"x".repeat(1_013)}"}`, 413],
  ])("in the body %.30s answers %i", async (body, status) => {
    expect((await post(await bench(), body)).status).toBe(status);
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application/json, text/plain"])(
    "sent as %s is refused",
    async (type) => {
      const given = await bench();
      expect((await post(given, JSON.stringify({ token: given.token }), type)).status).toBe(415);
    },
  );

  it("that is right passes at once, however many wrong ones came before it", async () => {
    const given = await bench({ limits: { wrongTokensBurst: 3, wrongTokensPerSecond: 1 } });
    const tries: number[] = [];
    for (let time = 0; time < 4; time += 1) tries.push((await post(given, '{"token":"x"}')).status);
    expect(tries).toEqual([401, 401, 401, 429]);
    expect((await post(given, JSON.stringify({ token: given.token }))).status).toBe(200);
    expect((await post(given, '{"token":"x"}')).status).toBe(429);
    given.timers.advance(1_000);
    expect((await post(given, '{"token":"x"}')).status).toBe(401);
  });
});

describe("requests", () => {
  const ask = (given: Bench, target: string): Promise<Answer> => {
    const headers = [...given.own, ["Connection", "close"]] as const;
    return exchange(given.server.port, bytesOf({ method: "GET", target, headers }));
  };

  it.each(["http://evil.example/", "*", "//evil.example/index.html", "/../index.html", "/%2e%2e/index.html", "/a\\b"])(
    "for %s are refused",
    async (target) => {
      const { status } = await ask(await bench(), target);
      expect(status).toBeGreaterThanOrEqual(400);
    },
  );

  it("that are no HTTP are answered and hung up on", async () => {
    const { server } = await bench();
    for (const bytes of [
      "\0\0\0\0\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      "GET /\r\n\r\n",
      `GET /${"a".repeat(40_000)} HTTP/1.1\r\n\r\n`,
    ]) {
      const answer = await exchange(server.port, bytes);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    }
  });

  it("come at a rate and no faster", async () => {
    const given = await bench({ limits: { requestsBurst: 2, requestsPerSecond: 1 } });
    expect([(await ask(given, "/")).status, (await ask(given, "/")).status]).toEqual([200, 200]);
    expect((await ask(given, "/")).status).toBe(429);
    given.timers.advance(1_000);
    expect((await ask(given, "/")).status).toBe(200);
  });

  it("that the gate refuses take nothing from the rate of the person's own tab", async () => {
    const given = await bench({ limits: { requestsBurst: 1, requestsPerSecond: 1 } });
    for (let request = 0; request < 5; request += 1) expect((await ask(given, "/bridge")).status).toBe(401);
    expect((await ask(given, "/")).status).toBe(200);
    expect((await ask(given, "/")).status).toBe(429);
  });

  it("to the bridge without a WebSocket tell a page whether its key is good", async () => {
    const given = await bench();
    expect((await ask(given, "/bridge")).status).toBe(401);
    const bearer = ["Authorization", `Bearer ${await keyOf(given)}`] as const;
    const headers = [...given.own, bearer, ["Connection", "close"]] as const;
    const answer = await exchange(given.server.port, bytesOf({ method: "GET", target: "/bridge", headers }));
    expect(answer.status).toBe(426);
  });

  it("with a key in a cookie, or with two keys, are not let in", async () => {
    const given = await bench();
    const key = await keyOf(given);
    const cookie = [...given.own, ["Cookie", `logos_${given.server.port}=${key}; key=${key}`], ...UPGRADE] as const;
    const target = { method: "GET", target: "/bridge" };
    expect((await exchange(given.server.port, bytesOf({ ...target, headers: cookie }))).status).toBe(401);
    const headers = [...given.own, offer(key), offer(key), ...UPGRADE] as const;
    expect((await exchange(given.server.port, bytesOf({ method: "GET", target: "/bridge", headers }))).status).toBe(
      401,
    );
  });
});

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

  it("that is silent makes room for the next, so many of them keep nobody out", async () => {
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

describe("what another site's page asks", () => {
  it("is refused by what the browser says of it, and costs the person's own page nothing", async () => {
    const given = await bench({ limits: { requestsBurst: 1, requestsPerSecond: 0.001 } });
    const get = (site: string) =>
      bytesOf({
        method: "GET",
        target: "/",
        headers: [given.own[0] ?? ["Host", ""], ["Sec-Fetch-Site", site], ["Connection", "close"]],
      });
    for (const site of ["cross-site", "same-site", "anything"])
      for (let time = 0; time < 5; time += 1)
        expect((await exchange(given.server.port, get(site))).status, site).toBe(403);
    expect((await exchange(given.server.port, get("none"))).status).toBe(200);
  });
});

describe("the bridge", () => {
  it("carries messages both ways, and tells the host when the tab is gone", async () => {
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

describe("a bucket", () => {
  it("holds its burst, fills at its rate, and never more", () => {
    const timers = new ManualTimers();
    const bucket = new Bucket(2, 1, timers);
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([true, true, false]);
    timers.advance(999);
    expect(bucket.take()).toBe(false);
    timers.advance(1);
    expect([bucket.open, bucket.take(), bucket.take()]).toEqual([true, true, false]);
    timers.advance(1_000_000);
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([true, true, false]);
  });
});
