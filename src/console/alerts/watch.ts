/**
 * What of a session becomes an alert: halts and breakers, drift, quarantines, kill switches; late heartbeats, a stale feed, breached
 * service levels, a failure.
 *
 * 1. What the journal says of an earlier run is compared with the book once, in `ready`: what holds is raised unless it stands
 *    there already with its acknowledgement; what was resolved is over.
 * 2. What only the running session knows (a late strategy, a stale feed, a level) is compared at each probe, and is over once the
 *    session has ended.
 * 3. A breached level is over when it is below the tile's warning, so that a value near its limit raises one alert.
 */
import { haltText } from "../../shared/text/halt-text.ts";
import { amountText, readableSentence } from "../../shared/text/sentence-text.ts";
import type { SessionProbe } from "../../live/session/state/api.ts";
import { scopeText } from "../../shared/scope.ts";
import type { Moment } from "../../shared/time.ts";
import type { DeskView } from "../../shared/contract/views.ts";
import type { JournalEntry, StrategyEntry, SwitchEntry } from "../../store/journal/entries.ts";
import type { AlertBook, Occurrence } from "./book.ts";

type Tiles = DeskView["tiles"];

const LEVELS: Readonly<Record<keyof Tiles, readonly [name: string, view: string]>> = {
  latency: ["p95 tick latency", "metrics"],
  skipRate: ["Skip rate", "schedule"],
  queueDepth: ["Queue depth", "router"],
  errors: ["Errors", "log"],
};
/** Raised by what a session does while it runs; over, too, when its process has ended. */
export const OBSERVED = /^(feed$|late:|level:)/;
/** Drift waits for its review, and a failure for its cause, whether or not the session runs. */
const LASTING = /^(drift:|failure$)/;

/** Raised: an occurrence. Ended: which causes have gone. */
type Change = Occurrence | ((cause: string) => boolean) | null;

function ofStrategy({ strategy, event, reason, at }: StrategyEntry & { readonly at: Moment }): Change {
  const cause = `strategy:${strategy}`;
  if (event !== "quarantined" && event !== "not_loaded") return (waiting) => waiting === cause;
  const text = `${strategy} ${event === "quarantined" ? "is quarantined" : "could not be loaded"}: ${reason}`;
  return { cause, severity: "critical", text, at, view: "schedule", target: strategy };
}

function ofSwitch({ event, scope, message, at }: SwitchEntry & { readonly at: Moment }): Change {
  const cause = `switch:${scopeText(scope)}`;
  if (event !== "halted") return (waiting) => waiting === cause;
  const text = `The ${scopeText(scope)} is halted: ${readableSentence(message)}`;
  return { cause, severity: "critical", text, at, view: "schedule", target: scope.name };
}

function changeOf(entry: JournalEntry): Change {
  switch (entry.kind) {
    case "halt": {
      const { code, message, at } = entry;
      return {
        cause: `halt:${code}`,
        severity: "critical",
        text: readableSentence(haltText(message)),
        at,
        view: "drift",
      };
    }
    case "resume":
      return (cause) => cause.startsWith("halt:");
    case "drift":
      return {
        cause: `drift:${entry.item}`,
        severity: "critical",
        text: readableSentence(entry.text),
        at: entry.at,
        view: "drift",
      };
    case "review":
      return (cause) => cause === `drift:${entry.item}`;
    case "strategy":
      return ofStrategy(entry);
    case "switch":
      return ofSwitch(entry);
    default:
      return null;
  }
}

/** What entries of an earlier run left standing: each cause with what raised it last. */
export class CausesLeft {
  readonly #left = new Map<string, Occurrence>();

  apply(entry: JournalEntry): void {
    const change = changeOf(entry);
    if (change === null) return;
    if (typeof change !== "function") this.#left.set(change.cause, change);
    else for (const cause of this.#left.keys()) if (change(cause)) this.#left.delete(cause);
  }

  get all(): ReadonlyMap<string, Occurrence> {
    return this.#left;
  }

  state(): Occurrence[] {
    return [...this.#left.values()];
  }

  restore(occurrences: Iterable<Occurrence>): void {
    for (const occurrence of occurrences) this.#left.set(occurrence.cause, occurrence);
  }

  clear(): void {
    this.#left.clear();
  }
}

export class SessionWatch {
  readonly #book: AlertBook;
  readonly #session: string;
  readonly #left = new CausesLeft();
  /** Levels that are breached and not well again. */
  readonly #breached = new Set<keyof Tiles>();
  /** What the newest probe showed. */
  readonly #held = new Set<string>();
  #seen: SessionProbe | null = null;

  constructor(book: AlertBook, session: string) {
    this.#book = book;
    this.#session = session;
  }

  /** What the entries of an earlier run left that need not be read again. */
  restore(left: Iterable<Occurrence>): void {
    this.#left.restore(left);
  }

  /** `live` is false while the journal of an earlier run is read; `ready` ends that. */
  apply(entry: JournalEntry, live: boolean): void {
    if (!live) return this.#left.apply(entry);
    const change = changeOf(entry);
    if (change === null) return;
    if (typeof change !== "function") this.#book.raise(this.#session, change);
    else this.#book.end(this.#session, entry.at, change);
  }

  /** The earlier run has been read. */
  ready(at: number): void {
    this.#book.holds(this.#session, at, () => true, this.#left.all);
    this.#left.clear();
  }

  /** What the probe shows. */
  observe(probe: SessionProbe, tiles: Tiles): void {
    if (probe === this.#seen) return;
    this.#seen = probe;
    const ended = probe.state === "stopped" || probe.state === "failed";
    if (probe.state === "stopped") {
      this.#book.end(this.#session, probe.now, (cause) => !LASTING.test(cause));
      return;
    }
    const holds = new Map<string, Occurrence>();
    const add = (occurrence: Omit<Occurrence, "at">): void => {
      holds.set(occurrence.cause, { ...occurrence, at: probe.now });
    };
    if (!ended) this.#observed(probe, tiles, add);
    if (probe.failure !== null)
      add({
        cause: "failure",
        severity: "critical",
        text: `The session failed: ${readableSentence(probe.failure.message)}`,
        view: "log",
      });
    this.#compare(probe.now, holds);
  }

  /** Reports to the book what is new and what has gone, and nothing of what lasts. */
  #compare(now: number, holds: ReadonlyMap<string, Occurrence>): void {
    for (const cause of this.#held) {
      if (holds.has(cause)) continue;
      this.#held.delete(cause);
      this.#book.endCause(this.#session, cause, now);
    }
    for (const [cause, occurrence] of holds) {
      if (this.#held.has(cause)) continue;
      this.#held.add(cause);
      this.#book.begin(this.#session, occurrence);
    }
  }

  #observed(probe: SessionProbe, tiles: Tiles, add: (occurrence: Omit<Occurrence, "at">) => void): void {
    if (probe.state !== "running" && probe.state !== "halted") return;
    if (probe.feed.stale && !probe.feed.ended)
      add({ cause: "feed", severity: "warning", text: "The feed is stale: no data within its limit.", view: "desk" });
    for (const { name, state, executions } of probe.strategies) {
      if (state !== "late" || executions === 0) continue;
      const text = `${name} is late: no heartbeat within its timeout.`;
      add({ cause: `late:${name}`, severity: "warning", text, view: "schedule", target: name });
    }
    for (const key of Object.keys(LEVELS) as (keyof Tiles)[]) {
      const { state } = tiles[key];
      if (state === "critical") this.#breached.add(key);
      else if (state !== "warning") this.#breached.delete(key);
      if (!this.#breached.has(key)) continue;
      const [name, view] = LEVELS[key];
      add({
        cause: `level:${key}`,
        severity: "warning",
        text: `${name}: over the limit of ${limitText(key, tiles)}.`,
        view,
      });
    }
  }
}

function limitText(key: keyof Tiles, tiles: Tiles): string {
  const { limit } = tiles[key];
  if (key === "latency") return `${amountText(limit)} ms`;
  return key === "skipRate" ? `${limit * 100} %` : amountText(limit);
}
