/** The host's parts one by one, on time that a test moves: connections, keys. */
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { Connections } from "../../src/serve/connections.ts";
import { Keys } from "../../src/serve/keys.ts";
import { SERVE_LIMITS } from "../../src/serve/limits.ts";
import { HandTimers } from "../live/session/hand-timers.ts";

class FakeSocket extends EventEmitter {
  open = true;

  destroy(): void {
    this.open = false;
    this.emit("close");
  }
}

const asSocket = (socket: FakeSocket): Socket => socket as unknown as Socket;

describe("a connection", () => {
  const limits = { ...SERVE_LIMITS, silentMax: 2, requestsAtOnce: 2, headersMs: 100, requestMs: 300 };

  function bench() {
    const timers = new HandTimers();
    const connections = new Connections(limits, timers);
    const open = (): FakeSocket => {
      const socket = new FakeSocket();
      connections.opened(asSocket(socket));
      return socket;
    };
    const ask = (socket: FakeSocket) => {
      const response = new EventEmitter();
      const taken = connections.began(asSocket(socket), response as unknown as ServerResponse);
      return { taken, answer: () => response.emit("close") };
    };
    return { timers, connections, open, ask };
  }

  it("asks for so much at once, and for more once an answer is taken", () => {
    const { open, ask } = bench();
    const socket = open();
    const first = ask(socket);
    expect([first.taken, ask(socket).taken]).toEqual([true, true]);
    first.answer();
    expect(ask(socket).taken).toBe(true);
    expect(ask(socket).taken).toBe(false);
    expect(socket.open).toBe(false);
    expect(ask(socket).taken).toBe(false);
  });

  it("is silent for so long, at its beginning and behind its last answer, and waits longer for an answer", async () => {
    const { timers, open, ask } = bench();
    const socket = open();
    await timers.pass(99);
    const request = ask(socket);
    await timers.pass(299);
    request.answer();
    await timers.pass(99);
    expect(socket.open).toBe(true);
    await timers.pass(1);
    expect(socket.open).toBe(false);
    const slow = open();
    expect(ask(slow).taken).toBe(true);
    await timers.pass(300);
    expect(slow.open).toBe(false);
    expect(timers.pending).toBe(0);
  });

  it("that is silent makes room for the newest ones, the oldest first", () => {
    const { open, ask } = bench();
    const [asked, oldest] = [open(), open()];
    ask(asked);
    const others = [open(), open()];
    expect([asked, oldest, ...others].map((socket) => socket.open)).toEqual([true, false, true, true]);
  });

  it("that was upgraded no longer counts here", async () => {
    const { timers, connections, open, ask } = bench();
    const socket = open();
    connections.upgraded(asSocket(socket));
    await timers.pass(1_000);
    expect(socket.open).toBe(true);
    expect(ask(socket).taken).toBe(false);
    expect(timers.pending).toBe(0);
  });
});

describe("a key", () => {
  it("holds for its hours, until it is given back or newer ones take its place; another one never", () => {
    const timers = new HandTimers();
    const keys = new Keys(timers, { keyHours: 1, keysMax: 2 });
    const ended: string[] = [];
    keys.onEnd = (digest) => ended.push(digest);
    expect([keys.knows("none"), keys.leftMs("none")]).toEqual([false, 0]);
    const first = keys.issue();
    timers.nowMs = 3_599_999;
    expect([keys.knows(first), keys.leftMs(first)]).toEqual([true, 1]);
    timers.nowMs = 3_600_000;
    expect([keys.knows(first), keys.leftMs(first)]).toEqual([false, 0]);
    const [second, third] = [keys.issue(), keys.issue()];
    expect([keys.knows(second), keys.knows(third), ended.length]).toEqual([true, true, 1]);
    keys.revoke(second);
    keys.revoke(second);
    expect([keys.knows(second), keys.knows(third), ended.length]).toEqual([false, true, 2]);
  });
});
