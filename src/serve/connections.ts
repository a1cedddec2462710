/**
 * The connections of the loopback host before they are bridges: how long each may stay silent, and how much it may ask at once.
 *
 * 1. A connection that sends no whole request within `headersMs`, or whose request is not answered within `requestMs`, is hung up on
 *    at that moment. Node has the same limits and looks at them every half minute.
 * 2. Connections that have sent nothing whole are at most `silentMax`: the oldest makes room for the next, so no program keeps the person's
 *    own tab out by holding connections open.
 * 3. A connection that asks for more than `requestsAtOnce` before the answers are taken is hung up on: each answer is kept until then.
 */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Timers } from "../shared/ports.ts";
import type { ServeLimits } from "./limits.ts";

interface Held {
  timer: unknown;
  underWay: number;
}

export class Connections {
  readonly #limits: ServeLimits;
  readonly #timers: Timers;
  readonly #held = new Map<Socket, Held>();
  /** Those of them that have sent no whole request yet, oldest first. */
  readonly #silent = new Set<Socket>();

  constructor(limits: ServeLimits, timers: Timers) {
    this.#limits = limits;
    this.#timers = timers;
  }

  opened(socket: Socket): void {
    const held: Held = { timer: null, underWay: 0 };
    this.#held.set(socket, held);
    this.#silent.add(socket);
    this.#within(socket, held, this.#limits.headersMs);
    socket.once("close", () => this.#forget(socket));
    for (const oldest of this.#silent) {
      if (this.#silent.size <= this.#limits.silentMax) break;
      oldest.destroy();
      this.#forget(oldest);
    }
  }

  /** A request's head has come. False where the connection was hung up on instead. */
  began(socket: Socket, response: ServerResponse): boolean {
    const held = this.#held.get(socket);
    // Its end was seen before what it had sent was read.
    if (held === undefined) return false;
    this.#silent.delete(socket);
    if (held.underWay >= this.#limits.requestsAtOnce) {
      socket.destroy();
      this.#forget(socket);
      return false;
    }
    held.underWay += 1;
    this.#within(socket, held, this.#limits.requestMs);
    response.once("close", () => {
      held.underWay -= 1;
      if (held.underWay === 0 && this.#held.has(socket)) this.#within(socket, held, this.#limits.headersMs);
    });
    return true;
  }

  /** It no longer carries requests: the bridge that takes it has limits of its own. */
  upgraded(socket: Socket): void {
    this.#forget(socket);
  }

  #within(socket: Socket, held: Held, milliseconds: number): void {
    this.#timers.clear(held.timer);
    held.timer = this.#timers.set(() => {
      this.#forget(socket);
      socket.destroy();
    }, milliseconds);
  }

  #forget(socket: Socket): void {
    const held = this.#held.get(socket);
    if (held === undefined) return;
    this.#timers.clear(held.timer);
    this.#held.delete(socket);
    this.#silent.delete(socket);
  }
}
