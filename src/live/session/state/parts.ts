/**
 * The parts that a session is made of, in one object.
 *
 * 1. Every part is passed in: tests put fakes with the same interfaces in their place.
 * 2. Only `router` is ever replaced, by a restore; everything else lives as long as the session.
 */
import type { MetricsRecorder, OrderRouter, Scheduler } from "../../../orchestrator/index.ts";
import type { Desk } from "../../../shared/desk.ts";
import type { SessionId } from "../../../shared/ids.ts";
import type { SymbolMeta } from "../../../shared/market.ts";
import type { BrokerAdapter, Clock, Feed, Timers } from "../../../shared/ports.ts";
import type { Moment } from "../../../shared/time.ts";
import type { LoadedCode } from "../../../store/journal/entries.ts";
import type { BooksPort } from "../../books/port.ts";
import type { HostPort } from "../../host/port.ts";
import type { RiskPort } from "../../risk/port.ts";
import type { Ledger } from "./ledger.ts";
import type { Market } from "./market.ts";
import type { ReadModel } from "./read-model.ts";

/** The session's parts. `now` is the moment of the present pass, or of the last. */
export interface Core {
  readonly id: SessionId;
  readonly desk: Desk;
  /** A digest of desk, seed and feed: the same for every equal run. */
  readonly runDigest: string;
  readonly startedAt: Moment;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly feed: Feed;
  readonly market: Market;
  readonly symbols: ReadonlyMap<string, SymbolMeta>;
  readonly scheduler: Scheduler;
  router: OrderRouter;
  readonly metrics: MetricsRecorder;
  readonly risk: RiskPort;
  readonly books: BooksPort;
  readonly broker: BrokerAdapter;
  readonly host: HostPort;
  /** What of users' code the host has loaded. */
  readonly code: readonly LoadedCode[];
  readonly ledger: Ledger;
  readonly model: ReadModel;
  now: Moment;
  /** What the venue holds by its own word, asked while the gate is shut; for eyes only. Null while it is open, or unanswered. */
  venuePositions: Readonly<Record<string, string>> | null;
}

/** What the record and the summary of a session are made from. */
export type ReportedCore = Omit<Core, "books"> & { readonly books: Pick<BooksPort, "figures"> };
