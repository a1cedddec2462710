/**
 * Two sessions of one desk and seed, one of them killed and opened again: do they say the same?
 *
 * 1. Decisions, fills, positions, books and the router's state are compared from the journals, exactly.
 * 2. What belongs to the kill itself (the entries of the second start, the clock on the wall) is not compared.
 * 3. The first difference of each kind is reported with both sides.
 * 4. An order, a cancel or a replace that was journaled and never reached the venue is reported as not carried out and never sent on its
 *    own: from there on the strategy decides again, so the two sessions diverge. Up to it they must agree; after it, differences are
 *    explained. The same holds for one about which the venue is still asked when the session ends: that takes a second.
 */
import { fromRouterState, toRouterState } from "../../orchestrator/index.ts";
import { inspectJournal } from "../../live/session/recovery/inspect.ts";
import { formatMoment } from "../../shared/time.ts";
import { findSession, readJournal, type JournalEntry, type Workspace } from "../../store/index.ts";

export interface Comparison {
  readonly what: "decisions" | "fills" | "positions" | "equity" | "router";
  readonly same: boolean;
  readonly count: number;
  /** The first difference, both sides; null where there is none. */
  readonly difference: { readonly uninterrupted: string; readonly restarted: string } | null;
  /** Why a difference is as it should be; null where there is none, or none that may be. */
  readonly explained: string | null;
}

type Happening = "cancel" | "replace" | "child";

interface Parting {
  readonly what: string;
  readonly decisions: number;
  /** The session ended before the venue had been asked twice about it. */
  readonly asking?: boolean;
}

interface Outcome {
  readonly decisions: readonly string[];
  readonly fills: readonly string[];
  readonly positions: readonly string[];
  readonly equity: readonly string[];
  readonly router: readonly string[];
  readonly sentTwice: number;
  /** The first request that never reached the venue, and how many decisions there are up to it; null where there is none. */
  readonly parting: Parting | null;
  /** How often each of what a kill can follow happened. */
  readonly happened: Readonly<Record<Happening, number>>;
}

function decisionText(entry: Extract<JournalEntry, { kind: "order" }>): string {
  const { at, strategy, run, symbol, quantity, price, clientOrderId, orderId, reason } = entry;
  const asked = `${quantity} ${symbol} at ${price} (${clientOrderId})`;
  return `${formatMoment(at)} ${strategy} run ${run}: ${asked} → ${orderId ?? "refused"} ${reason}`;
}

function fillText({
  filledAt,
  fillId,
  quantity,
  symbol,
  price,
  orderId,
}: Extract<JournalEntry, { kind: "fill" }>): string {
  return `${formatMoment(filledAt)} ${fillId}: ${quantity} ${symbol} at ${price} for ${orderId ?? "no order"}`;
}

/** The outcome of a workspace's newest session. */
export async function outcomeOf(workspace: Workspace): Promise<Outcome> {
  const files = findSession(workspace, "latest");
  const journal = readJournal(files.journal);
  try {
    const decisions: string[] = [];
    const fills: string[] = [];
    const sent = new Set<string>();
    const decided = new Map<string, number>();
    const requested = new Map<string, number>();
    /** What was sent and has no answer yet, and how many decisions there are up to it. */
    const unanswered = new Map<string, number>();
    let sentTwice = 0;
    let parting: Outcome["parting"] = null;
    const happened = { cancel: 0, replace: 0, child: 0 };
    for (const entry of journal.read(1, COUNTED)) {
      if ("orderId" in entry && entry.orderId !== null && entry.kind !== "order") unanswered.delete(entry.orderId);
      if (entry.kind === "order" && !entry.replay) {
        decisions.push(decisionText(entry));
        if (entry.orderId !== null) decided.set(entry.orderId, decisions.length);
      } else if (entry.kind === "closed" && entry.status === "not_placed" && entry.orderId !== null)
        parting = earlier(parting, {
          what: entry.orderId,
          decisions: decided.get(entry.orderId) ?? 0,
        });
      else if (entry.kind === "cancel" || entry.kind === "replace") {
        const { outcome, kind, orderId } = entry;
        if (outcome.outcome === "accepted") happened[kind] += 1;
        // The request is behind what was decided until then; some of that came after it, while it was asked about.
        else if (LOST.has(outcome.reason))
          parting = earlier(parting, {
            what: `The ${kind} of ${orderId}`,
            decisions: requested.get(`${kind} ${orderId}`) ?? 0,
          });
      } else if (entry.kind === "cancel_request" || entry.kind === "replace_request") {
        const kind = entry.kind === "cancel_request" ? "cancel" : "replace";
        if (entry.sent) requested.set(`${kind} ${entry.orderId ?? ""}`, decisions.length);
      } else if (entry.kind === "updated" && entry.change === "released") happened.child += 1;
      else if (entry.kind === "fill" && entry.verdict !== "duplicate") fills.push(fillText(entry));
      else if (entry.kind === "send") {
        if (sent.has(entry.orderId)) sentTwice += 1;
        sent.add(entry.orderId);
        unanswered.set(entry.orderId, decided.get(entry.orderId) ?? decisions.length);
      }
    }
    const core = await inspectJournal(workspace, files, journal);
    for (const [what, count] of unanswered) parting = earlier(parting, { what, decisions: count, asking: true });
    const { equity, cash, realized, fees } = core.books.figures();
    const state = toRouterState(fromRouterState(toRouterState(core.router.snapshot())));
    const { logos_console: _own, ...shared } = state;
    return {
      decisions,
      fills: fills.toSorted(),
      positions: [...core.books.positions()].map(([symbol, quantity]) => `${symbol} ${quantity.toFixed()}`).toSorted(),
      equity: [`equity ${equity}, cash ${cash}, realized ${realized}, fees ${fees}`],
      router: Object.entries(shared).map(([name, value]) => `${name} ${JSON.stringify(value)}`),
      sentTwice,
      parting,
      happened,
    };
  } finally {
    journal.close();
  }
}

/** How the session closes a request that the venue says twice it has not carried out. */
const LOST: ReadonlySet<string> = new Set(["not_canceled", "not_replaced"]);

const COUNTED = [
  "order",
  "fill",
  "send",
  "ack",
  "closed",
  "cancel_request",
  "cancel",
  "replace_request",
  "replace",
  "updated",
] as const;

const earlier = (known: Parting | null, found: Parting): Parting =>
  known === null || found.decisions < known.decisions ? found : known;

const TEXT_MAX = 500;

/** Compares the restarted session with the uninterrupted one. */
export function compare(uninterrupted: Outcome, restarted: Outcome): Comparison[] {
  const kinds = ["decisions", "fills", "positions", "equity", "router"] as const;
  return kinds.map((what) => {
    const [ours, theirs] = [uninterrupted[what], restarted[what]];
    const length = Math.max(ours.length, theirs.length);
    let at = 0;
    while (at < length && ours[at] === theirs[at]) at += 1;
    const side = (rows: readonly string[]): string => (rows[at] ?? `nothing: it has ${rows.length}`).slice(0, TEXT_MAX);
    return {
      what,
      same: at === length,
      count: ours.length,
      difference: at === length ? null : { uninterrupted: side(ours), restarted: side(theirs) },
      explained: at === length ? null : explanation(what, at, restarted.parting),
    };
  });
}

/** Decisions must agree up to the parting order; what follows from deciding again may differ. */
function explanation(what: Comparison["what"], at: number, parting: Parting | null): string | null {
  if (parting === null || (what === "decisions" && at < parting.decisions)) return null;
  if (parting.asking === true)
    return `${parting.what} was journaled, and the session ended before the venue had been asked twice about it`;
  return `${parting.what} was journaled and never reached the venue: it was not sent again, and the strategy decided again`;
}
