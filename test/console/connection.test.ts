/**
 * A reader's connection: hostile messages end it, broken calls are answered, and nothing is sent after it closed.
 */
import { describe, expect, it } from "vitest";
import { openConnection } from "../../src/console/bridge/connection.ts";
import { CALLS_IN_FLIGHT_MAX } from "../../src/console/bridge/limits.ts";
import { StreamHub } from "../../src/console/bridge/streams.ts";
import type { StreamSources } from "../../src/console/bridge/streams.ts";
import { CodedError } from "../../src/shared/errors.ts";
import type { HostMessage } from "../../src/shared/contract/contract.ts";
import { ManualTimers } from "./sim/timers.ts";

function setup(call: (procedure: string, input: unknown) => Promise<unknown> = async () => ({})) {
  const timers = new ManualTimers();
  const sources = { log: () => ({ lines: {} }) } as unknown as StreamSources;
  const hub = new StreamHub({ sources, timers, onProblem: () => undefined });
  const sent: HostMessage[] = [];
  const ended: string[] = [];
  let closed = 0;
  const connection = openConnection({
    hub,
    call,
    send: (message) => sent.push(message),
    end: (reason) => ended.push(reason),
    closed: () => {
      closed += 1;
    },
  });
  return { connection, timers, sent, ended, closed: () => closed };
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};

describe("a connection", () => {
  const hostile: readonly (readonly [string, unknown])[] = [
    ["nothing", undefined],
    ["null", null],
    ["a text", "call"],
    ["a number", 7],
    ["an array", [{ kind: "call" }]],
    ["no kind", { id: 1 }],
    ["an unknown kind", { kind: "shutdown" }],
    ["a call without an id", { kind: "call", procedure: "session.stop", input: {} }],
    ["a negative id", { kind: "call", id: -1, procedure: "session.stop", input: {} }],
    ["an id that is no integer", { kind: "call", id: 0.5, procedure: "session.stop", input: {} }],
    ["a procedure that is an object", { kind: "call", id: 1, procedure: {}, input: {} }],
    ["a procedure's name that is too long", { kind: "call", id: 1, procedure: "x".repeat(81), input: {} }],
    ["an unknown stream", { kind: "subscribe", stream: "secrets" }],
    ["a stream named like a prototype's key", { kind: "subscribe", stream: "constructor" }],
    ["a stream named __proto__", { kind: "unsubscribe", stream: "__proto__" }],
    ["an answer for no version", { kind: "applied", stream: "log" }],
  ];
  it.each(hostile)("is ended by %s", (_, message) => {
    const { connection, ended, closed } = setup();
    connection.receive(message);
    expect(ended).toHaveLength(1);
    expect(closed()).toBe(1);
    connection.receive({ kind: "subscribe", stream: "log" });
    connection.close();
    expect(ended).toHaveLength(1);
    expect(closed()).toBe(1);
  });

  it("answers a call with its output, and a failure with its code", async () => {
    const { connection, sent } = setup(async (procedure) => {
      if (procedure === "good") return { a: 1 };
      if (procedure === "coded") throw new CodedError("wrong_state", "Stop it first.", { state: "running" });
      throw new Error("/home/someone/secret");
    });
    for (const [id, procedure] of ["good", "coded", "broken"].entries())
      connection.receive({ kind: "call", id, procedure, input: {} });
    await settle();
    expect(sent[0]).toEqual({ kind: "result", id: 0, ok: true, output: { a: 1 } });
    expect(sent[1]).toEqual({
      kind: "result",
      id: 1,
      ok: false,
      error: { code: "wrong_state", message: "Stop it first.", detail: { state: "running" } },
    });
    expect(sent[2]).toMatchObject({ kind: "result", id: 2, ok: false, error: { code: "internal" } });
    expect(JSON.stringify(sent[2])).not.toContain("secret");
  });

  it("refuses a call too many, and takes calls again once one is answered", async () => {
    const answers: (() => void)[] = [];
    const { connection, sent } = setup(() => new Promise((resolve) => answers.push(() => resolve({}))));
    for (let id = 0; id <= CALLS_IN_FLIGHT_MAX; id += 1)
      connection.receive({ kind: "call", id, procedure: "x", input: {} });
    expect(answers).toHaveLength(CALLS_IN_FLIGHT_MAX);
    expect(sent).toMatchObject([{ id: CALLS_IN_FLIGHT_MAX, ok: false, error: { code: "refused" } }]);
    answers[0]?.();
    await settle();
    connection.receive({ kind: "call", id: 99, procedure: "x", input: {} });
    expect(answers).toHaveLength(CALLS_IN_FLIGHT_MAX + 1);
  });

  it("sends nothing after it was closed: no answer, no event", async () => {
    let finish: () => void = () => undefined;
    const { connection, sent, timers } = setup(
      () =>
        new Promise((resolve) => {
          finish = () => resolve({});
        }),
    );
    connection.receive({ kind: "subscribe", stream: "log" });
    connection.receive({ kind: "call", id: 1, procedure: "x", input: {} });
    connection.close();
    finish();
    await settle();
    timers.advance(1_000);
    expect(sent).toEqual([]);
    expect(timers.pending).toBe(0);
  });
});
