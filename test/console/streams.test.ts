/**
 * The streams: what a reader makes of whole and changes is the projection, however slow it is and however many read.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ROUND_MS, StreamHub } from "../../src/console/bridge/streams.ts";
import type { StreamReader, StreamSources } from "../../src/console/bridge/streams.ts";
import type { HostMessage, StreamName } from "../../src/shared/contract/contract.ts";
import { STREAMS } from "../../src/shared/contract/contract.ts";
import { applyPatch } from "../../src/shared/contract/patch.ts";
import type { JsonObject } from "../../src/shared/contract/patch.ts";
import { ManualTimers } from "./sim/timers.ts";

type Event = Extract<HostMessage, { kind: "event" }>;

/** A hub over values that the test sets. */
function hubOf(values: Map<string, JsonObject>, problems: string[] = []) {
  const timers = new ManualTimers();
  const made: string[] = [];
  const sources = Object.fromEntries(
    Object.keys(STREAMS).map((name) => [
      name,
      () => {
        made.push(name);
        const value = values.get(name);
        if (value === undefined) throw new Error("no such value");
        return value;
      },
    ]),
  ) as unknown as StreamSources;
  const hub = new StreamHub({ sources, timers, onProblem: (line) => problems.push(line) });
  return { hub, timers, made };
}

/** A reader as a view is one: it applies what comes, and says so when the test lets it. */
class View {
  readonly reader: StreamReader;
  readonly values = new Map<string, JsonObject>();
  readonly versions = new Map<string, number>();
  readonly queue: Event[] = [];
  longest = 0;

  constructor(hub: StreamHub) {
    this.reader = hub.reader((message) => {
      if (message.kind === "event") this.queue.push(message);
      this.longest = Math.max(this.longest, this.queue.length);
    });
  }

  /** Applies all that came, and acknowledges it. */
  work(): void {
    for (const { stream, event } of this.queue.splice(0)) {
      const before = this.values.get(stream);
      if (event.type === "whole") this.values.set(stream, event.value as JsonObject);
      else {
        expect(event.version).toBe((this.versions.get(stream) ?? 0) + 1);
        if (before === undefined) throw new Error("a change came before the whole");
        this.values.set(stream, applyPatch(before, event.patch));
      }
      this.versions.set(stream, event.version);
      this.reader.applied(stream as StreamName, event.version);
    }
  }
}

const row = fc.dictionary(
  fc.constantFrom("a", "b", "c", "__proto__"),
  fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
);
const value = fc.dictionary(
  fc.constantFrom("x", "y", "z", "rows"),
  fc.oneof(fc.integer(), row),
) as fc.Arbitrary<JsonObject>;

describe("a stream", () => {
  it("is sent so that a reader's copy equals the projection, for any pace of readers and changes", () => {
    const actions = fc.array(
      fc.oneof(
        fc.record({ do: fc.constant("change" as const), value }),
        fc.record({ do: fc.constant("time" as const), ms: fc.nat(120) }),
        fc.record({ do: fc.constant("work" as const), reader: fc.nat(2) }),
        fc.record({ do: fc.constant("again" as const), reader: fc.nat(2) }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(actions, (list) => {
        const values = new Map<string, JsonObject>([["log", { x: 0 }]]);
        const { hub, timers } = hubOf(values);
        const views = [new View(hub), new View(hub), new View(hub)];
        for (const view of views) view.reader.subscribe("log");
        for (const action of list) {
          if (action.do === "change") values.set("log", action.value);
          else if (action.do === "time") timers.advance(action.ms);
          else if (action.do === "work") views[action.reader]?.work();
          else {
            // A reader that lost its place asks again and drops what it had.
            const view = views[action.reader];
            view?.queue.splice(0);
            view?.reader.subscribe("log");
          }
        }
        for (let round = 0; round < 3; round += 1) {
          timers.advance(ROUND_MS);
          for (const view of views) view.work();
        }
        for (const view of views) {
          expect(view.values.get("log")).toEqual(values.get("log"));
          // One event at most waits for a slow reader; a second subscription may cross the first.
          expect(view.longest).toBeLessThanOrEqual(2);
        }
        hub.close();
      }),
      { numRuns: 300 },
    );
  });

  it("waits for a slow reader and then sends it the newest state in one change", () => {
    const values = new Map<string, JsonObject>([["desk", { n: 0 }]]);
    const { hub, timers } = hubOf(values);
    const slow = new View(hub);
    const quick = new View(hub);
    slow.reader.subscribe("desk");
    quick.reader.subscribe("desk");
    let delivered = 0;
    for (let n = 1; n <= 100; n += 1) {
      values.set("desk", { n });
      timers.advance(ROUND_MS);
      delivered += quick.queue.length;
      quick.work();
    }
    expect(delivered).toBe(100);
    expect(slow.queue).toHaveLength(1);
    slow.work();
    timers.advance(ROUND_MS);
    expect(slow.queue.map(({ event }) => event)).toEqual([{ type: "change", version: 2, patch: { s: { n: 100 } } }]);
  });

  it("is sent at most twenty times a second, however often the reader asks", () => {
    const values = new Map<string, JsonObject>([["desk", { n: 0 }]]);
    const { hub, timers } = hubOf(values);
    let sent = 0;
    const reader = hub.reader(() => {
      sent += 1;
    });
    for (let ms = 0; ms < 1_000; ms += 5) {
      values.set("desk", { n: ms });
      reader.subscribe("desk");
      timers.advance(5);
    }
    expect(sent).toBeLessThanOrEqual(21);
    expect(sent).toBeGreaterThan(10);
  });

  it("begins at once for a new reader, whenever the next round is, and only once a round for one that asks again", () => {
    const values = new Map<string, JsonObject>([
      ["desk", { n: 0 }],
      ["log", { n: 0 }],
    ]);
    const { hub, timers } = hubOf(values);
    const [first, second] = [new View(hub), new View(hub)];
    first.reader.subscribe("log");
    timers.advance(ROUND_MS + 1);
    second.reader.subscribe("desk");
    timers.advance(0);
    expect(second.queue).toHaveLength(1);
    second.reader.unsubscribe("desk");
    second.reader.subscribe("desk");
    timers.advance(0);
    expect(second.queue).toHaveLength(1);
    timers.advance(ROUND_MS);
    expect(second.queue).toHaveLength(2);
  });

  it("ignores an answer for a version that is not the last one sent", () => {
    const values = new Map<string, JsonObject>([["desk", { n: 0 }]]);
    const { hub, timers } = hubOf(values);
    const messages: HostMessage[] = [];
    const reader = hub.reader((message) => messages.push(message));
    reader.subscribe("desk");
    timers.advance(ROUND_MS);
    reader.applied("desk", 7);
    reader.applied("desk", 0);
    values.set("desk", { n: 1 });
    timers.advance(ROUND_MS * 4);
    expect(messages).toHaveLength(1);
    reader.applied("desk", 1);
    timers.advance(ROUND_MS);
    expect(messages).toHaveLength(2);
  });

  it("keeps counting versions over a new subscription, so that a late answer is never taken for a new one's", () => {
    const values = new Map<string, JsonObject>([["desk", { n: 0 }]]);
    const { hub, timers } = hubOf(values);
    const versions: number[] = [];
    const reader = hub.reader((message) => {
      if (message.kind === "event") versions.push(message.event.version);
    });
    reader.subscribe("desk");
    timers.advance(ROUND_MS);
    reader.subscribe("desk");
    timers.advance(ROUND_MS);
    expect(versions).toEqual([1, 2]);
  });

  it("is made once for all its readers, and not at all for none", () => {
    const values = new Map<string, JsonObject>([["desk", { n: 0 }]]);
    const { hub, timers, made } = hubOf(values);
    const views = Array.from({ length: 40 }, () => new View(hub));
    timers.advance(1_000);
    expect(made).toEqual([]);
    expect(timers.pending).toBe(0);
    for (const view of views) view.reader.subscribe("desk");
    timers.advance(1);
    expect(made).toEqual(["desk"]);
    for (const view of views) view.work();
    for (const view of views) expect(view.values.get("desk")).toEqual({ n: 0 });
    for (const view of views) view.reader.close();
    const before = made.length;
    timers.advance(1_000);
    expect(made.length - before).toBe(0);
    expect(timers.pending).toBe(0);
  });

  it("that cannot be made is reported, and silences no other", () => {
    const problems: string[] = [];
    const { hub, timers } = hubOf(new Map([["log", { n: 1 }]]), problems);
    const view = new View(hub);
    view.reader.subscribe("desk");
    view.reader.subscribe("log");
    timers.advance(ROUND_MS);
    view.work();
    expect(view.values.get("log")).toEqual({ n: 1 });
    expect(problems[0]).toContain('"desk"');
  });

  it("drops a reader whose transport throws and continues with the others", () => {
    const { hub, timers } = hubOf(new Map([["log", { n: 1 }]]));
    hub
      .reader(() => {
        throw new Error("gone");
      })
      .subscribe("log");
    const view = new View(hub);
    view.reader.subscribe("log");
    timers.advance(ROUND_MS);
    view.work();
    expect(view.values.get("log")).toEqual({ n: 1 });
  });
});
