/**
 * The keys that pages hold: each proves once and for some hours that its page had the start token.
 *
 * 1. A browser never sends a key by itself: the page names it in what it asks. A cookie would go to every port of this machine.
 * 2. A key is looked up by its digest, so the time that takes says nothing about it.
 * 3. A key ends after `hours`, when its page gives it back, or when so many newer ones were made.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Timers } from "../shared/ports.ts";

const KEY_BYTES = 32;

/** What a key is known by where it is not needed itself. */
export const digestOf = (key: string): string => createHash("sha256").update(key, "utf8").digest("hex");

export class Keys {
  /** Called with the digest of each key that ends: what stands on it ends, too. */
  onEnd: (digest: string) => void = () => undefined;
  readonly #timers: Timers;
  readonly #lifeMs: number;
  readonly #max: number;
  /** When each ends, by its digest, oldest first. */
  readonly #ends = new Map<string, number>();

  constructor(timers: Timers, limits: { readonly keyHours: number; readonly keysMax: number }) {
    this.#timers = timers;
    this.#lifeMs = limits.keyHours * 3_600_000;
    this.#max = limits.keysMax;
  }

  /** A new key. */
  issue(): string {
    const key = randomBytes(KEY_BYTES).toString("base64url");
    this.#ends.set(digestOf(key), this.#timers.monotonicMs() + this.#lifeMs);
    for (const digest of this.#ends.keys()) {
      if (this.#ends.size <= this.#max) break;
      this.#end(digest);
    }
    return key;
  }

  knows(key: string): boolean {
    const end = this.#ends.get(digestOf(key));
    return end !== undefined && this.#timers.monotonicMs() < end;
  }

  revoke(key: string): void {
    this.#end(digestOf(key));
  }

  /** Milliseconds that a key still holds; 0 for one that does not. */
  leftMs(key: string): number {
    return Math.max(0, (this.#ends.get(digestOf(key)) ?? 0) - this.#timers.monotonicMs());
  }

  #end(digest: string): void {
    if (this.#ends.delete(digest)) this.onEnd(digest);
  }
}
