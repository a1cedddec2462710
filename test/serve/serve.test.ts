/**
 * The loopback host with real sockets: where it binds, how a browser gets in, and what it refuses, each limit at its edge.
 *
 * 1. Time is moved by hand where a limit is one of time.
 */
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { Bucket } from "../../src/serve/limits.ts";
import { ManualTimers } from "../console/sim/timers.ts";
import { bytesOf, exchange, UPGRADE, type Answer } from "./wire.ts";
import { type Bench, bench, post, keyOf, offer } from "./bench.ts";

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

  it("ends with its first use, and the next address is reported", async () => {
    const addresses: string[] = [];
    const given = await bench({ onAddress: (url) => addresses.push(url) });
    const first = given.server.url;
    const body = JSON.stringify({ token: given.token });
    expect((await post(given, body)).status).toBe(200);
    expect((await post(given, body)).status).toBe(401);
    expect(addresses).toEqual([given.server.url]);
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

  it("to the bridge without a WebSocket say to a page whether its key is good", async () => {
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
