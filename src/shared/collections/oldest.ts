/**
 * The oldest keys of a map that grows at its end and loses entries at its front.
 *
 * 1. Each key is answered once, oldest first; one that was deleted meanwhile is passed over.
 * 2. Asking costs the same however many entries were deleted: a fresh iterator would pass the place of each of them again.
 */
export class Oldest<Key> {
  readonly #map: ReadonlyMap<Key, unknown>;
  #keys: Iterator<Key>;

  constructor(map: ReadonlyMap<Key, unknown>) {
    this.#map = map;
    this.#keys = map.keys();
  }

  /** The oldest key that was not answered yet; undefined where there is none. Who asks deletes it. */
  take(): Key | undefined {
    const next = this.#keys.next();
    if (next.done !== true) return next.value;
    // An iterator that has come to the end stays there, whatever is added afterwards.
    this.#keys = this.#map.keys();
    const first = this.#keys.next();
    return first.done === true ? undefined : first.value;
  }
}
