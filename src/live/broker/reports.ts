/**
 * What the paper venue has to report, each at its moment.
 *
 * 1. Reports of one moment keep their order; a late one waits behind those that are earlier.
 * 2. Nothing else of an order is reported before the fills that came before it.
 */
import type { BrokerEvent } from "../../shared/ports.ts";
import type { Moment } from "../../shared/time.ts";

interface Report {
  readonly at: Moment;
  readonly event: BrokerEvent;
}

export class Reports {
  readonly #pending: Report[] = [];

  add({ at, event }: Report): void {
    let moment = at;
    if (event.kind !== "fill" && event.kind !== "noted")
      for (const before of this.#pending)
        if (before.event.kind === "fill" && before.event.fill.venueId === event.venueId && before.at > moment)
          moment = before.at;
    const index = this.#pending.findLastIndex((before) => before.at <= moment) + 1;
    this.#pending.splice(index, 0, { at: moment, event });
  }

  nextAt(): Moment | null {
    return this.#pending[0]?.at ?? null;
  }

  take(now: Moment): BrokerEvent[] {
    const count = this.#pending.findIndex((pending) => pending.at > now);
    const taken = this.#pending.splice(0, count === -1 ? this.#pending.length : count);
    return taken.map((pending) => pending.event);
  }
}
