/**
 * The streams: one projection each, sent to every reader at the reader's own pace.
 *
 * 1. A reader gets the whole projection first, then changes; a change fits the version before it and no other.
 * 2. A change is sent only after the reader has applied the version before it, so a slow reader gets the newest state and no queue grows.
 * 3. A stream is sent at most `UPDATES_PER_SECOND_MAX` times a second to a reader, whatever the reader sends.
 * 4. A projection is made only when a reader waits for it, and once for all readers; equal differences are computed once.
 * 5. The streams of one round are made in turns of the event loop of their own, so that a round never holds the loop for long.
 * 6. A new subscription does not wait for the next round, unless its reader was sent the stream within the last one.
 */
import { UPDATES_PER_SECOND_MAX } from "../../shared/contract/contract.ts";
import { stackText } from "../../shared/text/plain-text.ts";
import type { HostMessage, StreamName, StreamValue } from "../../shared/contract/contract.ts";
import { diff } from "../../shared/contract/patch.ts";
import type { JsonObject, Patch } from "../../shared/contract/patch.ts";
import type { Timers } from "../../shared/ports.ts";

/** Makes each stream's projection. The same object means that nothing changed. */
export type StreamSources = { readonly [Name in StreamName]: () => StreamValue<Name> };

/** Real milliseconds between two rounds. */
export const ROUND_MS = 1_000 / UPDATES_PER_SECOND_MAX;

interface Subscription {
  readonly stream: StreamName;
  readonly send: (message: HostMessage) => void;
  /** What the reader has or is being sent; null before the whole. */
  value: JsonObject | null;
  version: number;
  applied: boolean;
  /** When it was last sent; the reader's former subscription counts. */
  sentMs: number;
}

/** One reader's subscriptions. */
export interface StreamReader {
  subscribe(stream: StreamName): void;
  unsubscribe(stream: StreamName): void;
  /** The reader has applied a version; any but the last one sent is ignored. */
  applied(stream: StreamName, version: number): void;
  close(): void;
}

export class StreamHub {
  readonly #sources: StreamSources;
  readonly #timers: Timers;
  readonly #problem: (line: string) => void;
  readonly #subscriptions = new Map<StreamName, Set<Subscription>>();
  readonly #fresh = new Set<Subscription>();
  #freshTimer: unknown = null;
  #timer: unknown = null;
  #lastRoundMs = -Infinity;
  #closed = false;

  constructor(options: {
    readonly sources: StreamSources;
    readonly timers: Timers;
    readonly onProblem: (line: string) => void;
  }) {
    this.#sources = options.sources;
    this.#timers = options.timers;
    this.#problem = options.onProblem;
  }

  /** True while the stream has a reader. */
  isRead(stream: StreamName): boolean {
    return this.#subscriptions.has(stream);
  }

  /** A reader of streams. `send` must not throw for a lost transport; if it does, the reader is dropped from the stream. */
  reader(send: (message: HostMessage) => void): StreamReader {
    const own = new Map<StreamName, Subscription>();
    // Versions continue over a new subscription, so that a late `applied` of the former one is never taken for this one's.
    const former = new Map<StreamName, Pick<Subscription, "version" | "sentMs">>();
    const drop = (stream: StreamName): void => {
      const subscription = own.get(stream);
      if (subscription === undefined) return;
      own.delete(stream);
      former.set(stream, { version: subscription.version, sentMs: subscription.sentMs });
      this.#remove(subscription);
    };
    return {
      subscribe: (stream) => {
        drop(stream);
        const { version, sentMs } = former.get(stream) ?? { version: 0, sentMs: -Infinity };
        const subscription = { stream, send, value: null, version, applied: true, sentMs };
        own.set(stream, subscription);
        this.#add(subscription);
      },
      unsubscribe: drop,
      applied: (stream, version) => {
        const subscription = own.get(stream);
        if (subscription !== undefined && subscription.version === version) subscription.applied = true;
      },
      close: () => {
        for (const stream of own.keys()) drop(stream);
      },
    };
  }

  /** Ends every subscription and the rounds. */
  close(): void {
    this.#closed = true;
    this.#subscriptions.clear();
    this.#fresh.clear();
    for (const timer of [this.#timer, this.#freshTimer]) if (timer !== null) this.#timers.clear(timer);
    [this.#timer, this.#freshTimer] = [null, null];
  }

  #add(subscription: Subscription): void {
    if (this.#closed) return;
    const set = this.#subscriptions.get(subscription.stream) ?? new Set<Subscription>();
    set.add(subscription);
    this.#subscriptions.set(subscription.stream, set);
    this.#first(subscription);
    this.#plan();
  }

  /** New subscriptions get their wholes in the next turn, those of one stream together. */
  #first(subscription: Subscription): void {
    if (this.#timers.monotonicMs() - subscription.sentMs < ROUND_MS) return;
    this.#fresh.add(subscription);
    this.#freshTimer ??= this.#timers.set(() => {
      this.#freshTimer = null;
      const fresh = [...this.#fresh].filter(
        (one) => one.value === null && this.#subscriptions.get(one.stream)?.has(one),
      );
      this.#fresh.clear();
      for (const stream of new Set(fresh.map((one) => one.stream)))
        this.#send(
          stream,
          fresh.filter((one) => one.stream === stream),
        );
    }, 0);
  }

  #remove(subscription: Subscription): void {
    const set = this.#subscriptions.get(subscription.stream);
    if (set === undefined) return;
    set.delete(subscription);
    if (set.size === 0) this.#subscriptions.delete(subscription.stream);
  }

  #plan(): void {
    if (this.#timer !== null || this.#closed || this.#subscriptions.size === 0) return;
    const wait = Math.max(0, this.#lastRoundMs + ROUND_MS - this.#timers.monotonicMs());
    this.#timer = this.#timers.set(() => {
      this.#lastRoundMs = this.#timers.monotonicMs();
      this.#turn([...this.#subscriptions.keys()], 0);
    }, Math.ceil(wait));
  }

  #turn(streams: readonly StreamName[], index: number): void {
    this.#timer = null;
    const stream = streams[index];
    if (stream === undefined) return this.#plan();
    this.#send(stream, [...(this.#subscriptions.get(stream) ?? [])]);
    if (this.#closed) return;
    if (index + 1 < streams.length) this.#timer = this.#timers.set(() => this.#turn(streams, index + 1), 0);
    else this.#plan();
  }

  #send(stream: StreamName, readers: readonly Subscription[]): void {
    const waiting = readers.filter((subscription) => subscription.applied);
    if (waiting.length === 0) return;
    let value: JsonObject;
    try {
      value = this.#sources[stream]() as unknown as JsonObject;
    } catch (error) {
      // One broken projection must not silence the others; the next round tries again.
      this.#problem(`The stream "${stream}" could not be made: ${stackText(error)}`);
      return;
    }
    const patches = new Map<JsonObject, Patch | null>();
    for (const subscription of waiting) this.#sendOne(subscription, value, patches);
  }

  #sendOne(subscription: Subscription, value: JsonObject, patches: Map<JsonObject, Patch | null>): void {
    const before = subscription.value;
    let message: HostMessage;
    if (before === null) {
      const event = { type: "whole", version: subscription.version + 1, value } as const;
      message = { kind: "event", stream: subscription.stream, event };
    } else {
      let patch = patches.get(before);
      if (patch === undefined) {
        patch = diff(before, value);
        patches.set(before, patch);
      }
      // The newest of two equal projections is kept, so that the next comparison finds the same objects.
      subscription.value = value;
      if (patch === null) return;
      const event = { type: "change", version: subscription.version + 1, patch } as const;
      message = { kind: "event", stream: subscription.stream, event };
    }
    subscription.value = value;
    subscription.version += 1;
    subscription.applied = false;
    subscription.sentMs = this.#timers.monotonicMs();
    try {
      subscription.send(message);
    } catch (error) {
      this.#remove(subscription);
      this.#problem(
        `A reader of "${subscription.stream}" was dropped: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}
