/**
 * Strategies in trouble, in words: one text for a session's end, its status and its report.
 *
 * 1. What fails now comes before what failed once; at most `TROUBLES_MAX` strategies are named, and the rest is counted.
 * 2. A strategy does not work now when it does not load, is in quarantine, failed in its last run, or failed in most of them.
 * 3. One that works and failed before is counted, and has no line: a run past its deadline now and then is no news.
 */

export type TroubleKind = "not_loaded" | "quarantined" | "failing" | "failed_before";

export interface Trouble {
  readonly name: string;
  readonly kind: TroubleKind;
  /** Finished runs, and how many of them failed. */
  readonly runs: number;
  readonly failures: number;
  /** The newest reason; null where none is known. */
  readonly reason: string | null;
}

export interface Troubles {
  /** All strategies of the desk, and how many of them do not work now: every kind but `failed_before`. */
  readonly strategies: number;
  readonly failing: number;
  readonly list: readonly Trouble[];
  /** Troubles that the list leaves out. */
  readonly more: number;
}

export const TROUBLES_MAX = 100;
/** Lines that a person is shown of them. */
const LINES_MAX = 10;
const REASON_MAX = 300;
const KINDS: readonly TroubleKind[] = ["not_loaded", "quarantined", "failing", "failed_before"];

/** The troubles of a desk's strategies; `all` holds every one that was ever in trouble. */
export function troublesOf(strategies: number, all: readonly Trouble[]): Troubles {
  const ranked = all.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || b.failures - a.failures);
  const list = ranked.slice(0, TROUBLES_MAX).map((one) => ({
    ...one,
    reason: one.reason !== null && one.reason.length > REASON_MAX ? `${one.reason.slice(0, REASON_MAX)}…` : one.reason,
  }));
  const failing = all.filter(({ kind }) => kind !== "failed_before").length;
  return { strategies, failing, list, more: all.length - list.length };
}

function troubleLine({ name, kind, runs, failures, reason }: Trouble): string {
  const why = reason ?? "no reason is known";
  const share = `${failures} of ${runs} ${runs === 1 ? "run" : "runs"} failed`;
  if (kind === "not_loaded") return `${name} does not load: ${why}`;
  return kind === "quarantined"
    ? `${name} is in quarantine, ${share}: ${why}`
    : `${name}: ${share}; the newest reason: ${why}`;
}

/** The health of the desk's strategies as a whole, in a few words. */
export function troubleSummary({ strategies, failing, list, more }: Troubles): string {
  const before = list.length + more - failing;
  const all = strategies === 1 ? "the only one" : `all ${strategies}`;
  const [is, fails] = strategies === 1 ? ["is", "fails"] : ["are", "fail"];
  if (failing === 0) {
    if (before === 0) return `${all} ${is} healthy`;
    return `${all} ${is} healthy now, ${strategies === 1 ? "" : `${before} of them `}after failed runs`;
  }
  const some =
    failing === strategies ? `${all} ${fails}` : `${failing} of ${strategies} ${failing === 1 ? "fails" : "fail"}`;
  return before === 0 ? some : `${some}, ${before} more had failed runs`;
}

/** A line for each strategy that does not work now, and one for those that are left out. */
export function troubleLines({ list, failing }: Troubles): string[] {
  const listed = list.filter(({ kind }) => kind !== "failed_before").slice(0, LINES_MAX);
  const left = failing - listed.length;
  return left === 0 ? listed.map(troubleLine) : [...listed.map(troubleLine), `and ${left} more`];
}
