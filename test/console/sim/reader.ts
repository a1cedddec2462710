/**
 * A view without a screen: it keeps its copy of each stream as a window does, and checks everything it receives against the contract.
 *
 * 1. Every message is plain JSON, every projection fits its stream's schema, every answer its procedure's.
 * 2. Waiting is for a projection that fits, never for a time; the test's own limit ends a wait that nothing ends.
 *
 * Fault model: none; it answers each version at once unless it is set to be slow.
 */
import * as z from "zod/mini";
import { PROCEDURES, STREAMS } from "../../../src/shared/contract/contract.ts";
import type {
  ClientMessage,
  HostMessage,
  Input,
  Output,
  ProcedureName,
  StreamName,
  StreamValue,
} from "../../../src/shared/contract/contract.ts";
import type { ErrorShape } from "../../../src/shared/errors.ts";
import { applyPatch } from "../../../src/shared/contract/patch.ts";
import type { JsonObject } from "../../../src/shared/contract/patch.ts";

/** One reader's wire to a host, whatever it is made of. */
export interface Wire {
  send(message: unknown): void;
  receive(listener: (message: HostMessage) => void): void;
  /** Called with the reason when the host ends the connection. */
  ended(listener: (reason: string) => void): void;
  close(): void;
}

/** Opens a wire; the same for a connection in memory and for a socket. */
export type OpenWire = () => Promise<Wire>;

type Event = Extract<HostMessage, { kind: "event" }>;
interface Waiting {
  readonly stream: StreamName;
  readonly fits: (value: never) => boolean;
  readonly resolve: (value: never) => void;
}

/** Where a value is something that JSON would change, or null: a zero below zero, NaN, an absent value that is there. */
function notPlain(value: unknown, path = ""): string | null {
  if (value === null || typeof value === "string" || typeof value === "boolean") return null;
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0) ? null : `${path}: ${value}`;
  if (typeof value !== "object") return `${path}: ${typeof value}`;
  for (const [key, inner] of Object.entries(value)) {
    const odd = notPlain(inner, `${path}/${key}`);
    if (odd !== null) return odd;
  }
  return null;
}

export class Reader {
  readonly events: Event[] = [];
  /** What broke the contract; empty in a good run. */
  readonly faults: string[] = [];
  reason: string | null = null;
  pongs = 0;
  /** While true, versions are applied and not answered. */
  slow = false;
  readonly #wire: Wire;
  readonly #values = new Map<string, JsonObject>();
  readonly #versions = new Map<string, number>();
  readonly #calls = new Map<number, (message: Extract<HostMessage, { kind: "result" }>) => void>();
  readonly #waiting = new Set<Waiting>();
  #id = 0;

  constructor(wire: Wire) {
    this.#wire = wire;
    wire.receive((message) => this.#take(message));
    wire.ended((reason) => {
      this.reason = reason;
    });
  }

  subscribe(...streams: readonly StreamName[]): void {
    for (const stream of streams) this.send({ kind: "subscribe", stream });
  }

  /** Any message, also one that is none of the contract's. */
  send(message: unknown): void {
    this.#wire.send(message);
  }

  close(): void {
    this.#wire.close();
  }

  /** The answer of a call: its output, or the error. */
  ask(procedure: string, input: unknown): Promise<Extract<HostMessage, { kind: "result" }>> {
    this.#id += 1;
    const id = this.#id;
    return new Promise((resolve) => {
      this.#calls.set(id, resolve);
      this.send({ kind: "call", id, procedure, input } satisfies ClientMessage);
    });
  }

  /** The output of a call that must succeed. */
  async call<Name extends ProcedureName>(name: Name, input: Input<Name>): Promise<Output<Name>> {
    const answer = await this.ask(name, input);
    if (!answer.ok) throw new Error(`${name} answered ${answer.error.code}: ${answer.error.message}`);
    const parsed = z.safeParse(PROCEDURES[name].output, answer.output);
    if (!parsed.success) this.faults.push(`${name} answered what the contract does not say: ${parsed.error.message}`);
    return answer.output as Output<Name>;
  }

  /** The error of a call that must fail. */
  async refusal(procedure: string, input: unknown): Promise<ErrorShape> {
    const answer = await this.ask(procedure, input);
    if (answer.ok) throw new Error(`${procedure} was done, and should have been refused.`);
    return answer.error;
  }

  value<Name extends StreamName>(stream: Name): StreamValue<Name> {
    const value = this.#values.get(stream);
    if (value === undefined) throw new Error(`Nothing has come of the stream ${stream} yet.`);
    return value as unknown as StreamValue<Name>;
  }

  /** The stream's projection as soon as it fits. */
  until<Name extends StreamName>(
    stream: Name,
    fits: (value: StreamValue<Name>) => boolean = () => true,
  ): Promise<StreamValue<Name>> {
    const value = this.#values.get(stream);
    if (value !== undefined && fits(value as unknown as StreamValue<Name>))
      return Promise.resolve(value as unknown as StreamValue<Name>);
    return new Promise((resolve) => {
      this.#waiting.add({ stream, fits, resolve });
    });
  }

  /** Where the session stands, as soon as it is one of these. */
  async state(...states: readonly string[]): Promise<NonNullable<StreamValue<"session">["session"]>> {
    const { session } = await this.until("session", (view) => states.includes(view.session?.state ?? "none"));
    return session as NonNullable<typeof session>;
  }

  #take(message: HostMessage): void {
    const odd = notPlain(message);
    if (odd !== null) this.faults.push(`a message is no plain JSON at ${odd}`);
    if (message.kind === "event") return this.#apply(message);
    if (message.kind === "pong") return void (this.pongs += 1);
    const resolve = this.#calls.get(message.id);
    if (resolve === undefined) this.faults.push(`an answer to a call that was not made: ${message.id}`);
    this.#calls.delete(message.id);
    resolve?.(message);
  }

  #apply(message: Event): void {
    const { stream, event } = message;
    this.events.push(message);
    const before = this.#values.get(stream);
    const version = this.#versions.get(stream) ?? 0;
    if (event.version !== version + 1) this.faults.push(`${stream}: version ${event.version} after ${version}`);
    if (event.type === "change" && before === undefined) this.faults.push(`${stream}: a change before the whole`);
    const value = event.type === "whole" ? (event.value as JsonObject) : applyPatch(before ?? {}, event.patch);
    const parsed = z.safeParse(STREAMS[stream as StreamName], value);
    if (!parsed.success) this.faults.push(`${stream}: ${JSON.stringify(parsed.error.issues.slice(0, 3))}`);
    this.#values.set(stream, value);
    this.#versions.set(stream, event.version);
    for (const waiting of this.#waiting) {
      if (waiting.stream !== stream || !waiting.fits(value as never)) continue;
      this.#waiting.delete(waiting);
      waiting.resolve(value as never);
    }
    if (!this.slow) this.send({ kind: "applied", stream, version: event.version });
  }
}
