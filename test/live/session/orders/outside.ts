/** A venue outside of the session, and what its books must agree on. */
import { expect } from "vitest";
import type { LiveSession, SessionProbe } from "../../../../src/live/session/state/api.ts";
import type { SessionPorts } from "../../../../src/live/session/index.ts";
import { entriesOf, journalOf } from "../stage.ts";
import { Venue, type VenueFaults } from "../venue.ts";

export const ADA = { operator: "ada", note: "asked the venue's desk" };

/** A venue outside of the session, which it and its successors connect to. */
export function outside(faults: VenueFaults = {}) {
  let venue: Venue | null = null;
  const ports: Pick<SessionPorts, "openBroker"> = {
    openBroker: (_files, _desk, feed) => {
      venue ??= new Venue(feed.symbols, { faults });
      return venue.connect();
    },
  };
  return {
    ports,
    get venue(): Venue {
      if (venue === null) throw new Error("There is no connection to the venue yet.");
      return venue;
    },
  };
}

export function expectBooksAreTheVenues(probe: SessionProbe, venue: Venue): void {
  const positions = Object.fromEntries(probe.positions.map(({ symbol, quantity }) => [symbol, quantity]));
  expect(positions).toEqual(venue.positions());
}

export const ends = (session: LiveSession) => entriesOf(journalOf(session.folder), "closed");
