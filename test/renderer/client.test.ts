/** The client of a bridge: whole projections, changes, lost connections, and calls that never hang. */
import { describe, expect, it, vi } from "vitest";
import { CALM_MS, Client } from "../../src/renderer/bridge/client.ts";
import type { LinkState } from "../../src/renderer/bridge/loopback.ts";
import { STREAMS } from "../../src/shared/contract/contract.ts";
import type { StreamName } from "../../src/shared/contract/contract.ts";
import type { JsonObject } from "../../src/shared/contract/patch.ts";
import { createFakeBridge } from "./fake/bridge.ts";
import { advance, scene } from "./fake/scene.ts";

function open() {
  const bridge = createFakeBridge("running", (run) => run());
  const values = new Map<StreamName, JsonObject | null>();
  const states: LinkState[] = [];
  const client = new Client(bridge, {
    value: (stream, value) => values.set(stream, value),
    state: (state) => states.push(state),
  });
  return { bridge, client, values, states };
}

describe("the fake bridge", () => {
  it("shows projections that fit the contract's schemas, in every scenario", () => {
    for (const scenario of ["first", "running", "halted", "paused", "stopped"] as const)
      for (const [name, value] of Object.entries(scene(scenario))) {
        const parsed = STREAMS[name as StreamName].safeParse(value);
        expect(parsed.success ? [] : parsed.error.issues, `${scenario} ${name}`).toEqual([]);
      }
  });
});

describe("streams", () => {
  it("takes the whole, then each change, and says what it has applied", () => {
    const { bridge, client, values } = open();
    client.read("session");
    bridge.change(advance(bridge.streams(), 500_000));
    bridge.change(advance(bridge.streams(), 500_000));
    expect(values.get("session")).toEqual(bridge.streams().session);
    const applied = bridge.sent.filter((message) => message.kind === "applied").map((message) => message.version);
    expect(applied).toEqual([1, 2, 3]);
  });

  it("with less motion, says what it has applied at fixed moments, for all streams at once", () => {
    vi.useFakeTimers({ now: 10 * CALM_MS + 50 });
    try {
      const bridge = createFakeBridge("running", (run) => run());
      const client = new Client(bridge, { value: () => undefined, state: () => undefined, calm: () => true });
      const applied = (): unknown[] =>
        bridge.sent.flatMap((message) => (message.kind === "applied" ? [[message.stream, message.version]] : []));
      client.read("session");
      client.read("router");
      // The whole is acknowledged at once: there is nothing on screen that could move.
      expect(applied()).toEqual([
        ["session", 1],
        ["router", 1],
      ]);
      const patch = { s: { mode: null } };
      bridge.emit({ kind: "event", stream: "session", event: { type: "change", version: 2, patch } });
      vi.advanceTimersByTime(100);
      bridge.emit({ kind: "event", stream: "router", event: { type: "change", version: 2, patch } });
      vi.advanceTimersByTime(49);
      expect(applied()).toHaveLength(2);
      vi.advanceTimersByTime(1);
      expect(applied().slice(2)).toEqual([
        ["session", 2],
        ["router", 2],
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("asks for the whole again when a change does not fit, and takes no change until it comes", () => {
    const { bridge, client, values } = open();
    client.read("session");
    bridge.emit({ kind: "event", stream: "session", event: { type: "change", version: 9, patch: { d: ["session"] } } });
    expect(values.get("session")).toEqual(bridge.streams().session);
    expect(bridge.sent.filter((message) => message.kind === "subscribe")).toHaveLength(2);
  });

  it("asks again when a patch names what is not there", () => {
    const { bridge, client } = open();
    client.read("log");
    const patch = { c: { nothing: { s: { a: 1 } } } };
    bridge.emit({ kind: "event", stream: "log", event: { type: "change", version: 2, patch } });
    expect(bridge.sent.filter((message) => message.kind === "subscribe")).toHaveLength(2);
  });

  it("subscribes once for many readers, and unsubscribes a while after the last", () => {
    vi.useFakeTimers();
    const { bridge, client, values } = open();
    const stops = [client.read("orders"), client.read("orders")];
    expect(bridge.sent.filter((message) => message.kind === "subscribe")).toHaveLength(1);
    stops[0]?.();
    stops[0]?.();
    vi.advanceTimersByTime(60_000);
    expect(values.get("orders")).not.toBeNull();
    stops[1]?.();
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    expect(values.get("orders")).toBeNull();
    const last = bridge.sent.filter(({ kind }) => kind !== "ping").at(-1);
    expect(last).toEqual({ kind: "unsubscribe", stream: "orders" });
  });
});

describe("a lost connection", () => {
  it("is noticed, fails the calls under way, and is followed by a whole projection", async () => {
    vi.useFakeTimers();
    const { bridge, client, values, states } = open();
    client.read("session");
    bridge.drop();
    expect(states).toEqual(["open", "lost"]);
    await expect(client.call("sessions.refresh", {})).rejects.toMatchObject({ code: "runtime" });
    vi.advanceTimersByTime(5_000);
    vi.useRealTimers();
    expect(states).toEqual(["open", "lost", "open"]);
    expect(values.get("session")).toEqual(bridge.streams().session);
  });

  it("rejects a call whose answer can no longer come", async () => {
    const bridge = createFakeBridge("running", () => undefined);
    const client = new Client(bridge, { value: () => undefined, state: () => undefined });
    const call = client.call("session.stop", { operator: "desk-1" });
    bridge.drop();
    await expect(call).rejects.toThrow(/before the answer arrived/);
  });
});

describe("a host that does not respond", () => {
  /** A host that can be frozen: it takes messages, and answers them when it runs again. */
  function freezing() {
    const waiting: (() => void)[] = [];
    let frozen = false;
    const bridge = createFakeBridge("running", (run) => (frozen ? void waiting.push(run) : run()));
    const states: LinkState[] = [];
    const client = new Client(bridge, { value: () => undefined, state: (state) => states.push(state) });
    return {
      bridge,
      client,
      states,
      freeze: () => (frozen = true),
      thaw: () => {
        frozen = false;
        for (const run of waiting.splice(0)) run();
      },
    };
  }

  it("is asked after two seconds without a message, is silent after five, and is known again with its first word", () => {
    vi.useFakeTimers();
    const { bridge, client, states, freeze, thaw } = freezing();
    client.read("session");
    // An idle host is asked again and again, and is not silent.
    vi.advanceTimersByTime(60_000);
    expect(states).toEqual(["open"]);
    expect(bridge.sent.filter(({ kind }) => kind === "ping")).toHaveLength(30);
    const since = client.receivedAtMs;
    freeze();
    vi.advanceTimersByTime(4_000);
    expect(states).toEqual(["open"]);
    vi.advanceTimersByTime(60_000);
    expect(states).toEqual(["open", "silent"]);
    expect(client.receivedAtMs).toBe(since);
    thaw();
    expect(states).toEqual(["open", "silent", "open"]);
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    expect(states).toEqual(["open", "silent", "open"]);
  });

  it("gets a halt at once, and nothing that could come too late", async () => {
    vi.useFakeTimers();
    const { bridge, client, freeze, thaw } = freezing();
    freeze();
    vi.advanceTimersByTime(10_000);
    vi.useRealTimers();
    await expect(client.call("session.resume", { operator: "a", note: "b" })).rejects.toThrow(
      /not responding.*not sent/,
    );
    const halt = client.call("session.halt", { operator: "a", note: "" });
    expect(bridge.sent.filter(({ kind }) => kind === "call")).toHaveLength(1);
    thaw();
    await expect(halt).resolves.toBeDefined();
  });

  it("is not confused with a page that seldom runs, a machine that slept or a clock that was set", () => {
    vi.useFakeTimers();
    const { bridge, states } = freezing();
    vi.setSystemTime(Date.now() + 26 * 3_600_000);
    vi.advanceTimersByTime(1_000);
    vi.setSystemTime(Date.now() - 52 * 3_600_000);
    vi.advanceTimersByTime(3_000);
    expect(states).toEqual(["open"]);
    bridge.drop();
    vi.advanceTimersByTime(1_500);
    expect(states).toEqual(["open", "lost"]);
    vi.useRealTimers();
  });
});

describe("calls", () => {
  it("answers with the host's output, and with its error as a coded one", async () => {
    const { bridge, client } = open();
    await expect(client.call("export.rows", { what: "log", format: "csv" })).resolves.toMatchObject({ rows: 1 });
    const silent = createFakeBridge("running", () => undefined);
    const other = new Client(silent, { value: () => undefined, state: () => undefined });
    const call = other.call("session.resume", { operator: "a", note: "b" });
    const id = silent.sent[0]?.kind === "call" ? silent.sent[0].id : -1;
    silent.emit({ kind: "result", id, ok: false, error: { code: "drift_open", message: "Two items wait." } });
    await expect(call).rejects.toMatchObject({ code: "drift_open", message: "Two items wait." });
    expect(bridge.sent.some((message) => message.kind === "call")).toBe(true);
  });
});
