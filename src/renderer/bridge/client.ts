/**
 * Calls and streams over a bridge.
 *
 * A stream that is read is subscribed; after a lost connection it is subscribed again and a whole projection follows.
 * A change that does not fit the version held is answered by a new subscription, never guessed at.
 * A host that sends nothing is asked; one that does not answer either is silent until it says something. Turns of a timer are counted,
 * not times: a machine that slept, a clock that was set and a page that is seldom run do not make a host silent.
 * For a reader who asked for less motion, changes come at a slower pace, and all streams change at the same moments.
 */
import type {
  Bridge,
  HostMessage,
  Input,
  Output,
  ProcedureName,
  StreamEvent,
  StreamName,
} from "../../shared/contract/contract.ts";
import { CodedError } from "../../shared/errors.ts";
import { applyPatch } from "../../shared/contract/patch.ts";
import type { JsonObject } from "../../shared/contract/patch.ts";
import type { Link, LinkState } from "./loopback.ts";

/** Streams without a reader are kept this long, so that going back to a view is instant. */
const LINGER_MS = 3_000;
const RETRY_MS = 2_000;
const TURN_MS = 1_000;
/** Turns without a message after which the host is asked, and after which it is silent. */
const ASK_TURNS = 2;
const SILENT_TURNS = 5;
/** What may wait for a host that does not answer: late it is as safe as at once. Anything else could come at the wrong moment. */
const MAY_WAIT: readonly ProcedureName[] = ["session.halt"];
/** A reader who asked for less motion sees changes of all streams together, at most five times a second. */
export const CALM_MS = 200;

interface Held {
  value: JsonObject | null;
  version: number;
  /** Subscribed, and the whole projection has not come yet: changes are another subscription's. */
  waiting: boolean;
  readers: number;
  linger: ReturnType<typeof setTimeout> | null;
}

interface Pending {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: CodedError) => void;
}

export interface ClientEvents {
  readonly value: (stream: StreamName, value: JsonObject | null) => void;
  readonly state: (state: LinkState) => void;
  /** Whether the reader asked the system for less motion; asked at each change. */
  readonly calm?: () => boolean;
}

function isLink(bridge: Bridge): bridge is Link {
  return typeof (bridge as Partial<Link>).status === "function";
}

export class Client {
  readonly #bridge: Bridge;
  readonly #events: ClientEvents;
  readonly #streams = new Map<StreamName, Held>();
  readonly #pending = new Map<number, Pending>();
  #call = 0;
  #open = false;
  #state: LinkState | null = null;
  #quietTurns = 0;
  #receivedAtMs = Date.now();

  constructor(bridge: Bridge, events: ClientEvents) {
    this.#bridge = bridge;
    this.#events = events;
    bridge.receive((message) => this.#receive(message));
    bridge.closed(() => this.#lost());
    if (isLink(bridge)) bridge.status((state) => this.#status(state));
    else this.#status("open");
    setInterval(() => this.#turn(), TURN_MS);
  }

  /** When the host's last message came, by this machine's clock. */
  get receivedAtMs(): number {
    return this.#receivedAtMs;
  }

  get host(): Bridge["host"] {
    return this.#bridge.host;
  }

  retry(): void {
    if (isLink(this.#bridge)) this.#bridge.retry();
    else {
      this.#open = true;
      this.#resubscribe();
    }
  }

  /** Gives a browser tab's key back; a window has none. */
  async logout(): Promise<void> {
    if (isLink(this.#bridge)) await this.#bridge.logout();
  }

  /** Asks the host. Rejects with a CodedError. */
  call<Name extends ProcedureName>(procedure: Name, input: Input<Name>): Promise<Output<Name>> {
    this.#call += 1;
    const id = this.#call;
    return new Promise<Output<Name>>((resolve, reject) => {
      const unsent = this.#unsent(procedure);
      if (unsent !== null) return reject(new CodedError("runtime", unsent));
      this.#pending.set(id, { resolve: resolve as (output: unknown) => void, reject });
      try {
        this.#bridge.send({ kind: "call", id, procedure, input });
      } catch {
        this.#pending.delete(id);
        reject(new CodedError("runtime", "The message could not be sent. Try again."));
      }
    });
  }

  /** Reads a stream until the answer is called. */
  read(stream: StreamName): () => void {
    const held = this.#streams.get(stream) ?? { value: null, version: 0, waiting: true, readers: 0, linger: null };
    const fresh = !this.#streams.has(stream);
    this.#streams.set(stream, held);
    if (held.linger !== null) clearTimeout(held.linger);
    held.linger = null;
    held.readers += 1;
    if (fresh) this.#send({ kind: "subscribe", stream });
    let released = false;
    return () => {
      if (released) return;
      released = true;
      held.readers -= 1;
      if (held.readers > 0) return;
      held.linger = setTimeout(() => {
        this.#streams.delete(stream);
        this.#send({ kind: "unsubscribe", stream });
        this.#events.value(stream, null);
      }, LINGER_MS);
    };
  }

  #send(message: Parameters<Bridge["send"]>[0]): void {
    if (!this.#open) return;
    try {
      this.#bridge.send(message);
    } catch {
      this.#lost();
    }
  }

  /** Why a request is not sent now; null when it is. */
  #unsent(procedure: ProcedureName): string | null {
    if (!this.#open) return "The connection is lost, and the request was not sent. Try again when it is back.";
    if (this.#state !== "silent" || MAY_WAIT.includes(procedure)) return null;
    return "The console is not responding, and the request was not sent. Try again when it responds.";
  }

  #turn(): void {
    if (!this.#open) return;
    this.#quietTurns += 1;
    if (this.#quietTurns === ASK_TURNS) this.#send({ kind: "ping" });
    if (this.#quietTurns === SILENT_TURNS) this.#report("silent");
  }

  #status(state: LinkState): void {
    if (state === "open") this.#quietTurns = 0;
    const opened = state === "open" && !this.#open;
    if (state !== "open" && this.#open) this.#lost();
    this.#open = state === "open";
    this.#report(state);
    if (opened) this.#resubscribe();
  }

  /** Says how the connection stands, once for each change. */
  #report(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#events.state(state);
  }

  #resubscribe(): void {
    for (const [stream, held] of this.#streams) {
      held.waiting = true;
      this.#send({ kind: "subscribe", stream });
    }
  }

  #lost(): void {
    const wasOpen = this.#open;
    this.#open = false;
    for (const held of this.#streams.values()) held.waiting = true;
    for (const [id, pending] of this.#pending) {
      this.#pending.delete(id);
      const message = "The connection was lost before the answer arrived. Check the state before you try again.";
      pending.reject(new CodedError("runtime", message));
    }
    if (!wasOpen || isLink(this.#bridge)) return;
    // A window's port says no more than that it closed; the host reloads the view, and until then this asks again.
    this.#report("lost");
    setTimeout(() => {
      this.#open = true;
      this.#quietTurns = 0;
      this.#resubscribe();
    }, RETRY_MS);
  }

  #receive(message: HostMessage): void {
    this.#quietTurns = 0;
    this.#receivedAtMs = Date.now();
    if (this.#state === "silent" || !isLink(this.#bridge)) this.#report("open");
    if (message.kind === "pong") return;
    if (message.kind === "result") {
      const pending = this.#pending.get(message.id);
      if (pending === undefined) return;
      this.#pending.delete(message.id);
      if (message.ok) pending.resolve(message.output);
      else pending.reject(new CodedError(message.error.code, message.error.message, message.error.detail));
      return;
    }
    this.#event(message.stream as StreamName, message.event);
  }

  #event(stream: StreamName, event: StreamEvent): void {
    const held = this.#streams.get(stream);
    if (held === undefined) return;
    if (event.type === "whole") {
      held.value = event.value as JsonObject;
      held.waiting = false;
    } else {
      if (held.waiting) return;
      if (held.value === null || event.version !== held.version + 1) return this.#again(stream, held);
      try {
        held.value = applyPatch(held.value, event.patch);
      } catch {
        return this.#again(stream, held);
      }
    }
    held.version = event.version;
    this.#events.value(stream, held.value);
    const applied = { kind: "applied", stream, version: event.version } as const;
    // The host sends the next change only after this, and then the newest state.
    if (event.type === "change" && this.#events.calm?.() === true)
      setTimeout(() => this.#send(applied), CALM_MS - (Date.now() % CALM_MS));
    else this.#send(applied);
  }

  #again(stream: StreamName, held: Held): void {
    held.waiting = true;
    this.#send({ kind: "subscribe", stream });
  }
}
