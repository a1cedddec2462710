/**
 * How each kind of venue that a desk may name is opened.
 *
 * 1. An adapter is opened with the session's files, its desk and its feed, and has nothing else of the session.
 * 2. To open is no connection: that is `BrokerAdapter.connect`, which the session calls once.
 */
import type { BrokerKind, Desk } from "../../shared/desk.ts";
import type { BrokerAdapter, Feed } from "../../shared/ports.ts";
import type { SessionFiles } from "../../store/index.ts";
import { PaperBroker } from "./paper-broker.ts";

export type OpenBroker = (files: SessionFiles, desk: Desk, feed: Feed) => BrokerAdapter;

const ADAPTERS: { readonly [Kind in BrokerKind]: OpenBroker } = {
  paper: (files, { broker: config, seed, fx, actions }, { symbols, barInterval }) =>
    new PaperBroker({ path: files.broker, config, seed, symbols, barInterval, fx, actions }),
};

/** Opens the venue that the desk names. Throws what the venue's own files throw. */
export const openBroker: OpenBroker = (files, desk, feed) => ADAPTERS[desk.broker.kind](files, desk, feed);
