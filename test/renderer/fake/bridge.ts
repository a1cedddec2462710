/**
 * A bridge without a host: plausible projections of every stream, for tests of what the page does with them.
 *
 * Its fault model: none by itself; `drop()` closes the connection, `emit` sends what a test wants. Figures come from a seed.
 */
import type { Bridge, ClientMessage, HostMessage, StreamName } from "../../../src/shared/contract/contract.ts";
import { diff } from "../../../src/shared/contract/patch.ts";
import type { JsonObject } from "../../../src/shared/contract/patch.ts";
import { answer } from "./answers.ts";
import { scene, type Streams } from "./scene.ts";
import type { Scenario } from "./session.ts";

interface FakeBridge extends Bridge {
  /** Changes what the host holds and informs each reader. */
  change(next: Partial<Streams>): void;
  streams(): Streams;
  readonly sent: readonly ClientMessage[];
  /** Loses the connection. */
  drop(): void;
  /** Sends any message, as it is. */
  emit(message: HostMessage): void;
}

/** A host in memory. Changes go out when a reader has applied the version before, as the real one does. */
export function createFakeBridge(scenario: Scenario, wait: (run: () => void) => void = queueMicrotask): FakeBridge {
  let streams = scene(scenario);
  const sent: ClientMessage[] = [];
  const listeners = new Set<(message: HostMessage) => void>();
  const closings = new Set<() => void>();
  const readers = new Map<StreamName, { version: number; value: JsonObject; applied: boolean }>();
  const emit = (message: HostMessage): void => {
    for (const listener of listeners) listener(message);
  };
  const report = (stream: StreamName): void => {
    const reader = readers.get(stream);
    const value = streams[stream] as unknown as JsonObject;
    if (reader === undefined || !reader.applied) return;
    const patch = diff(reader.value, value);
    reader.value = value;
    if (patch === null) return;
    reader.version += 1;
    reader.applied = false;
    emit({ kind: "event", stream, event: { type: "change", version: reader.version, patch } });
  };
  const receive = (message: ClientMessage): void => {
    if (message.kind === "call") {
      const output = answer(message.procedure, message.input as Record<string, unknown>, streams);
      return emit({ kind: "result", id: message.id, ok: true, output });
    }
    if (message.kind === "ping") return emit({ kind: "pong" });
    const stream = message.stream as StreamName;
    if (message.kind === "unsubscribe") readers.delete(stream);
    else if (message.kind === "applied") {
      const reader = readers.get(stream);
      if (reader !== undefined && reader.version === message.version) reader.applied = true;
    } else {
      const version = (readers.get(stream)?.version ?? 0) + 1;
      const value = streams[stream] as unknown as JsonObject;
      readers.set(stream, { version, value, applied: false });
      emit({ kind: "event", stream, event: { type: "whole", version, value } });
    }
  };
  return {
    host: "electron",
    send: (message) => {
      sent.push(message);
      wait(() => receive(message));
    },
    receive: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    closed: (listener) => {
      closings.add(listener);
      return () => closings.delete(listener);
    },
    change: (next) => {
      streams = { ...streams, ...next };
      for (const stream of readers.keys()) report(stream);
    },
    streams: () => streams,
    sent,
    drop: () => {
      readers.clear();
      for (const listener of closings) listener();
    },
    emit,
  };
}
