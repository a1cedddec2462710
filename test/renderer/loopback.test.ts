/** The bridge in a browser: the token leaves the address, and a lost connection comes back. */
import { describe, expect, it } from "vitest";
import { createLoopbackBridge, tokenOf, waitMs } from "../../src/renderer/bridge/loopback.ts";
import type { LinkState, Page } from "../../src/renderer/bridge/loopback.ts";

class FakeSocket extends EventTarget {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly sent: string[] = [];
  ended = false;
  /** `WebSocket.OPEN`; 2 while it closes. */
  readyState = 1;

  constructor(url: string, protocols: readonly string[]) {
    super();
    this.url = url;
    this.protocols = protocols;
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.ended = true;
  }
}

/** A page whose server answers `status` to every request; timers run when the test says so. */
function page(hash: string, status = 200, protocol = "http:", held: string | null = null) {
  const kept: string[] = held === null ? [] : [held];
  const requests: { path: string; options: RequestInit | undefined }[] = [];
  const addresses: string[] = [];
  const sockets: FakeSocket[] = [];
  const timers: (() => void)[] = [];
  const fake: Page = {
    location: { protocol, host: "127.0.0.1:4100", hash, pathname: "/", search: "" },
    replaceAddress: (address) => addresses.push(address),
    fetch: async (path, options) => {
      requests.push({ path, options });
      return { status, ok: status < 300, json: async () => ({ key: "of-this-tab" }) };
    },
    keep: { get: () => kept.at(-1) ?? null, set: (key) => kept.push(key), drop: () => (kept.length = 0) },
    openSocket: (url, protocols) => {
      const socket = new FakeSocket(url, protocols);
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    later: (run) => timers.push(run),
    cancel: () => {
      timers.length = 0;
    },
  };
  return { fake, requests, addresses, sockets, timers, kept };
}

/** Lets the promises under way come to an end. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

describe("logging out", () => {
  it("gives the key back, forgets it, and connects no more", async () => {
    const { fake, requests, sockets, timers, kept } = page("", 204, "http:", "mine");
    const link = createLoopbackBridge(fake);
    const states: LinkState[] = [];
    link.status((state) => states.push(state));
    sockets[0]?.dispatchEvent(new Event("open"));
    await link.logout();
    expect(requests.at(-1)).toMatchObject({
      path: "/logout",
      options: { method: "POST", headers: { authorization: "Bearer mine" } },
    });
    sockets[0]?.dispatchEvent(new Event("close"));
    await settled();
    expect([kept, sockets.length, timers.length, states.at(-1)]).toEqual([[], 1, 0, "unauthorized"]);
    expect(sockets[0]?.ended).toBe(true);
    link.retry();
    expect(sockets[1]?.protocols).toEqual(["logos.v1"]);
  });
});

describe("the loopback bridge", () => {
  it("finds the token in the fragment alone", () => {
    expect(tokenOf("#token=abc")).toBe("abc");
    expect(tokenOf("#token=")).toBeNull();
    expect(tokenOf("")).toBeNull();
  });

  it("takes the token out of the address before it is sent, as JSON, and only then connects", async () => {
    const { fake, requests, addresses, sockets, kept } = page("#token=secret");
    createLoopbackBridge(fake);
    expect(addresses).toEqual(["/"]);
    await settled();
    expect(requests[0]?.path).toBe("/session");
    expect(requests[0]?.options).toMatchObject({
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token: "secret" }),
    });
    expect(sockets.map((socket) => socket.url)).toEqual(["ws://127.0.0.1:4100/bridge"]);
    expect(kept).toEqual(["of-this-tab"]);
    expect(sockets[0]?.protocols).toEqual(["logos.v1", "key.of-this-tab"]);
  });

  it("names the key that the tab kept over a reload, and sends nothing by itself", async () => {
    const { fake, requests, sockets } = page("", 401, "http:", "kept-key");
    createLoopbackBridge(fake);
    expect(sockets[0]?.protocols).toEqual(["logos.v1", "key.kept-key"]);
    sockets[0]?.dispatchEvent(new Event("close"));
    await settled();
    expect(requests.map(({ options }) => options)).toEqual([
      { credentials: "omit", headers: { authorization: "Bearer kept-key" } },
    ]);
  });

  it("uses wss where the page came by https", () => {
    const { fake, sockets } = page("", 200, "https:");
    createLoopbackBridge(fake);
    expect(sockets[0]?.url).toBe("wss://127.0.0.1:4100/bridge");
  });

  it("stops and says so when the token is refused", async () => {
    const { fake, sockets } = page("#token=old", 401);
    const states: LinkState[] = [];
    createLoopbackBridge(fake).status((state) => states.push(state));
    await settled();
    expect(states.at(-1)).toBe("unauthorized");
    expect(sockets).toEqual([]);
  });

  it("says so too when the socket is refused for want of a key", async () => {
    const { fake, sockets, timers } = page("", 401);
    const states: LinkState[] = [];
    createLoopbackBridge(fake).status((state) => states.push(state));
    sockets[0]?.dispatchEvent(new Event("close"));
    await settled();
    expect(states.at(-1)).toBe("unauthorized");
    expect(timers).toEqual([]);
  });

  it("refuses what a closing socket would drop without a word", () => {
    const { fake, sockets } = page("");
    const link = createLoopbackBridge(fake);
    const [socket] = sockets;
    socket?.dispatchEvent(new Event("open"));
    link.send({ kind: "subscribe", stream: "status" });
    if (socket !== undefined) socket.readyState = 2;
    expect(() => link.send({ kind: "subscribe", stream: "status" })).toThrow("The connection is not open.");
    expect(socket?.sent).toHaveLength(1);
  });

  it("reports a lost connection, waits, and connects again", async () => {
    const { fake, sockets, timers } = page("");
    const bridge = createLoopbackBridge(fake);
    const states: LinkState[] = [];
    let closings = 0;
    bridge.status((state) => states.push(state));
    bridge.closed(() => {
      closings += 1;
    });
    sockets[0]?.dispatchEvent(new Event("open"));
    bridge.send({ kind: "subscribe", stream: "app" });
    expect(sockets[0]?.sent).toEqual(['{"kind":"subscribe","stream":"app"}']);
    sockets[0]?.dispatchEvent(new Event("close"));
    await settled();
    expect(closings).toBe(1);
    expect(() => bridge.send({ kind: "subscribe", stream: "app" })).toThrow(/not open/);
    timers[0]?.();
    sockets[1]?.dispatchEvent(new Event("open"));
    expect(states).toEqual(["connecting", "open", "lost", "open"]);
  });

  it("waits longer each time, up to a limit", () => {
    const waits = Array.from({ length: 12 }, (_, attempt) => waitMs(attempt));
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(new Set(waits).size).toBeGreaterThan(3);
    expect(waits.at(-1)).toBe(8_000);
  });
});
