/**
 * The loopback host's limits, in one place, and the bucket that holds a rate.
 *
 * 1. Everything that a client can make grow has its limit here: connections, headers, bodies, messages, rates, silence.
 */
import { MESSAGE_BYTES_MAX } from "../shared/contract/contract.ts";
import type { Timers } from "../shared/ports.ts";

export interface ServeLimits {
  readonly connectionsMax: number;
  /** Connections that have sent no whole request yet; the oldest makes room for the next. */
  readonly silentMax: number;
  /** Requests of one connection, at a time and altogether. */
  readonly requestsAtOnce: number;
  readonly requestsPerConnection: number;
  readonly bridgesMax: number;
  readonly headerBytesMax: number;
  readonly sessionBodyBytesMax: number;
  readonly messageBytesMax: number;
  /** What waits for a reader that takes nothing; beyond it the reader is disconnected. */
  readonly unsentBytesMax: number;
  readonly requestsBurst: number;
  readonly requestsPerSecond: number;
  /** Wrong tokens that are answered as such; a right one passes whatever was tried before it. */
  readonly wrongTokensBurst: number;
  readonly wrongTokensPerSecond: number;
  /** Times that a start token is exchanged before it ends. */
  readonly tokenUsesMax: number;
  /** How long a page's key holds, and how many hold at a time. */
  readonly keyHours: number;
  readonly keysMax: number;
  readonly messagesBurst: number;
  readonly messagesPerSecond: number;
  /** A reader is pinged this often, and disconnected when it has not answered before the next. */
  readonly pingMs: number;
  /** From a connection's opening, or its answer before, to the whole head of its next request. */
  readonly headersMs: number;
  /** From a request's head to the end of its answer. */
  readonly requestMs: number;
  readonly keepAliveMs: number;
}

export const SERVE_LIMITS: ServeLimits = Object.freeze({
  connectionsMax: 256,
  silentMax: 64,
  requestsAtOnce: 8,
  requestsPerConnection: 1_000,
  bridgesMax: 32,
  headerBytesMax: 16 * 1024,
  sessionBodyBytesMax: 1_024,
  messageBytesMax: MESSAGE_BYTES_MAX,
  unsentBytesMax: 16 * MESSAGE_BYTES_MAX,
  requestsBurst: 500,
  requestsPerSecond: 100,
  wrongTokensBurst: 10,
  wrongTokensPerSecond: 0.2,
  tokenUsesMax: 1,
  keyHours: 12,
  keysMax: 64,
  messagesBurst: 4_000,
  messagesPerSecond: 2_000,
  pingMs: 30_000,
  headersMs: 10_000,
  requestMs: 15_000,
  keepAliveMs: 5_000,
});

/** Takes one at a time from a bucket that fills at a steady rate. */
export class Bucket {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #timers: Timers;
  #level: number;
  #atMs: number;

  constructor(burst: number, perSecond: number, timers: Timers) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#timers = timers;
    this.#level = burst;
    this.#atMs = timers.monotonicMs();
  }

  #fill(): void {
    const now = this.#timers.monotonicMs();
    this.#level = Math.min(this.#burst, this.#level + ((now - this.#atMs) / 1_000) * this.#perSecond);
    this.#atMs = now;
  }

  /** True while there is one left; it is not taken. */
  get open(): boolean {
    this.#fill();
    return this.#level >= 1;
  }

  /** Takes one; false when there is none. */
  take(): boolean {
    if (!this.open) return false;
    this.#level -= 1;
    return true;
  }
}
