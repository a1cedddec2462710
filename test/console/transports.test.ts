/**
 * The contract over both transports: one script, over a connection in memory and over the loopback WebSocket, receives the same.
 *
 * 1. Each transport has a host and a workspace of its own; the seed is the same, the speed is `max`.
 * 2. What a machine's clock, a folder's place or a drawn token decides is left out of the comparison, and nothing else is.
 */
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { STREAMS } from "../../src/shared/contract/contract.ts";
import type { ErrorShape } from "../../src/shared/errors.ts";
import type { StreamName } from "../../src/shared/contract/contract.ts";
import type { ConsoleHost } from "../../src/console/bridge/api.ts";
import { memoryWire, place, readerOf, socketWire } from "./sim/hosts.ts";
import { Reader, type Wire } from "./sim/reader.ts";

const ALL = Object.keys(STREAMS) as StreamName[];
const ME = { operator: "desk-1" };
const TRANSPORTS: Readonly<Record<string, (host: ConsoleHost) => Promise<Wire>>> = {
  memory: (host) => Promise.resolve(memoryWire(host)),
  socket: socketWire,
};

interface Transcript {
  readonly projections: Record<string, unknown>;
  readonly answers: Record<string, unknown>;
  readonly refusals: ErrorShape[];
}

/** Waits until the reader has what a new reader of the same host receives. */
async function settled(reader: Reader, host: ConsoleHost, stream: StreamName): Promise<unknown> {
  const fresh = readerOf(host);
  fresh.subscribe(stream);
  const whole: unknown = await fresh.until(stream);
  fresh.close();
  return reader.until(stream, (value) => isDeepStrictEqual(value, whole));
}

async function script(reader: Reader, host: ConsoleHost): Promise<Transcript> {
  reader.subscribe(...ALL);
  await reader.call("settings.write", { key: "theme", value: "dark" });
  const { id } = await reader.call("session.start", { speed: "max", seed: "both", forSeconds: 300 });
  await reader.state("stopped");
  const projections: Record<string, unknown> = {};
  for (const stream of ALL) projections[stream] = await settled(reader, host, stream);
  const [order] = Object.values(reader.value("orders").orders);
  const preview = await reader.call("restore.preview", { source: { kind: "session", id }, target: id });
  const answers = {
    settings: await reader.call("settings.read", {}),
    why: await reader.call("order.why", { id: order?.orderId ?? "" }),
    page: await reader.call("orders.page", { kind: "orders", before: null, limit: 5 }),
    csv: await reader.call("export.rows", { what: "fills", format: "csv" }),
    json: await reader.call("export.rows", { what: "equity", format: "json" }),
    compared: await reader.call("sessions.compare", { a: id, b: id }),
    preview: { ...preview, token: "", sha256: "" },
  };
  const refusals = [
    await reader.refusal("session.pause", ME),
    await reader.refusal("session.start", { speed: 7 }),
    await reader.refusal("nothing.like.it", {}),
    await reader.refusal("order.why", { id: "ROUTER-99999999" }),
    await reader.refusal("sessions.summary", { id: "../../etc" }),
    await reader.refusal("session.resume", { operator: "o", note: "x".repeat(100_000) }),
    await reader.refusal("restore.apply", { token: "none", ...ME, note: "n", useSnapshotLimits: false }),
  ];
  await reader.call("session.close", {});
  await reader.until("session", (view) => view.session === null);
  return JSON.parse(JSON.stringify({ projections, answers, refusals }).replaceAll(id, "SESSION")) as Transcript;
}

/** Without what a clock on the wall or a folder's place decides. */
function lasting(transcript: Transcript, workspace: string): unknown {
  const text = JSON.stringify(transcript, (name, value: unknown) =>
    ["created", "stopped", "bytes", "sha256"].includes(name) ? null : value,
  );
  return JSON.parse(text.replaceAll(workspace, "WORKSPACE"));
}

describe("one script", () => {
  it("receives the same over a connection in memory and over the socket", async () => {
    const transcript: unknown[] = [];
    for (const open of Object.values(TRANSPORTS)) {
      const { host, workspace, problems } = await place();
      const reader = new Reader(await open(host));
      const answered = await script(reader, host);
      expect(answered.refusals.map((error) => error.code)).toEqual([
        "wrong_state",
        "invalid_input",
        "invalid_input",
        "not_found",
        "invalid_input",
        "too_large",
        "not_found",
      ]);
      expect(reader.faults).toEqual([]);
      expect(problems).toEqual([]);
      transcript.push(lasting(answered, workspace));
    }
    expect(transcript[1]).toEqual(transcript[0]);
  });
});

describe("two transports of one host", () => {
  it("show the same session, whichever of them commands it", async () => {
    const { host } = await place();
    const memory = new Reader(memoryWire(host));
    const socket = new Reader(await socketWire(host));
    for (const reader of [memory, socket]) reader.subscribe(...ALL);
    await socket.call("session.start", { speed: "max", seed: "7" });
    await memory.until("orders", (view) => view.fillCount > 0);
    await memory.call("session.halt", { ...ME, note: "from the window" });
    expect((await socket.state("halted")).haltReasons[0]?.note).toBe("from the window");
    await socket.call("session.resume", { ...ME, note: "from the tab" });
    await memory.state("running");
    await socket.call("session.stop", ME);
    await memory.state("stopped");
    for (const stream of ALL)
      expect(await settled(socket, host, stream), stream).toEqual(await settled(memory, host, stream));
    expect([...memory.faults, ...socket.faults]).toEqual([]);
  });

  it("outlive each other: a socket that reconnects receives the whole", async () => {
    const { host } = await place();
    const first = new Reader(await socketWire(host));
    first.subscribe("orders");
    await first.call("session.start", { speed: "max" });
    await first.until("orders", (view) => view.orderCount > 0);
    first.close();
    const second = new Reader(await socketWire(host));
    second.subscribe("orders");
    await second.until("orders", (view) => view.orderCount > 0);
    expect(second.events[0]?.event.type).toBe("whole");
    expect(host.sessionRunning()).toBe(true);
  });

  it.each(Object.entries(TRANSPORTS))("hang up over %s on what is no message, with the reason", async (_name, open) => {
    const { host } = await place();
    const reader = new Reader(await open(host));
    await reader.call("settings.read", {});
    reader.send({ kind: "shutdown" });
    await expect.poll(() => reader.reason).toBe("A message does not follow the contract.");
  });
});
