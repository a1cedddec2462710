/**
 * What the session's process and a host process say to each other, as texts of JSON. What the runs of a message see follows it, one
 * text each.
 *
 * 1. A message is at most `MESSAGE_CHARS_MAX` characters long; it is measured before it is read.
 * 2. What comes from a host process is hostile: every field is checked, orders by the same check as a strategy's own result,
 *    and an unreadable message is the end of the process that sent it.
 * 3. A host process does its steps in the order in which they were sent, and answers each run and each load once: at once, or
 *    several in one message where they were asked for together.
 */
import type { Bar, SymbolMeta } from "../../shared/market.ts";
import type { Parameters, SizingLimits } from "../../shared/strategy.ts";
import type { CodeFile } from "../../store/journal/entries.ts";
import type { RunResult, RunSnapshot } from "../strategies/run-types.ts";
import { rowsOf, type BarsStep } from "./history.ts";
import { layersOf, type Layers } from "./layers.ts";
import { PARTS_MAX } from "./sources.ts";
import { checkResult } from "../strategies/result.ts";
import { RULES_CHARS_MAX, STATE_CHARS_MAX } from "../strategies/instance.ts";
import type { StrategyConfig } from "../../shared/desk.ts";

export const MESSAGE_CHARS_MAX = 32_000_000;
export const TEXT_MAX = 2_000;
/** Answers in one message. */
export const TOGETHER_MAX = 64;

/** Everything that a process needs to have one strategy ready. */
export interface LoadStep {
  readonly kind: "load";
  readonly job: number;
  readonly strategy: string;
  readonly module: string;
  /** True for a file of the strategies folder, false for a built-in one. */
  readonly file: boolean;
  /** Of all that the file is made of, as it was when it was first loaded; null before. */
  readonly digest: string | null;
  readonly symbols: readonly string[];
  readonly params: Parameters;
  readonly sizing: SizingLimits;
  readonly seed: string;
  readonly metas: readonly SymbolMeta[];
  /** What it remembers, as JSON. */
  readonly state: string | null;
}

/** A strategy to be hosted; `step` makes its load from its state and from the digest of what it is made of. */
export interface ToHostStrategy {
  readonly config: StrategyConfig;
  /** True for one of the program's own, which neither hangs nor meddles. */
  readonly builtIn: boolean;
  /** Its symbols whose prices may be zero or negative; none where absent. */
  readonly belowZero?: readonly string[];
  /** Takes the defaults and rules of its parameters, as JSON, each time that it is loaded; null where there are too many to send. */
  readonly onRules?: ((rules: string | null) => void) | undefined;
  readonly step: (job: number, state: string | null, digest: string | null) => LoadStep;
}

/**
 * A run; what it sees, less the bars, is a text of its own behind the message, which is parsed where the strategy runs and nowhere
 * else. `load` comes first where the process does not have the strategy, or not as it is now.
 */
export interface RunStep {
  readonly kind: "run";
  readonly job: number;
  readonly load: LoadStep | null;
  readonly strategy: string;
  readonly run: number;
}

/** What the text of a run holds. What its strategy said that it would not read is left empty. */
export type SeenWithoutBars = Omit<RunSnapshot, "bars">;

export type Step = LoadStep | BarsStep | RunStep;

export type ToHost =
  /** `together`: answers of these steps may wait for each other. */
  | { readonly kind: "steps"; readonly steps: readonly Step[]; readonly together: boolean }
  /** The processes to be ended when the session's own is gone. */
  | { readonly kind: "guard"; readonly pids: readonly number[] }
  | { readonly kind: "stop" };

/** Stands between a message and the texts of its runs: no text of JSON has this character. */
const BETWEEN = "\t";

/** Steps as they are sent; `seen`: the text of each run among them, in their order. */
export function stepsText(steps: readonly Step[], together: boolean, seen: readonly string[]): string {
  return [JSON.stringify({ kind: "steps", steps, together } satisfies ToHost), ...seen].join(BETWEEN);
}

/** What the session's process sent, with the texts of its runs. */
export function readToHost(text: string): { readonly message: ToHost; readonly seen: readonly string[] } {
  const [message = "", ...seen] = text.split(BETWEEN);
  return { message: JSON.parse(message) as ToHost, seen };
}

type Ran = Extract<FromHost, { kind: "ran" }>;

export type FromHost =
  /** What of the fence holds around this process. */
  | { readonly kind: "ready"; readonly layers: Layers }
  /** Several runs' answers in their order, of steps that were asked for together. */
  | { readonly kind: "answers"; readonly sent: readonly Ran[] }
  | {
      readonly kind: "loaded";
      readonly job: number;
      readonly problem: string | null;
      readonly barsNeeded: number;
      readonly digest: string | null;
      /** What the file is made of; empty for a built-in strategy. */
      readonly files: readonly CodeFile[];
      /** The defaults and rules of its parameters, as JSON; null where they are too long, and for a built-in one. */
      readonly rules: string | null;
    }
  | {
      readonly kind: "ran";
      readonly job: number;
      readonly result: RunResult;
      /** What its strategy would not read of the next run's snapshot, a sum of `UNREAD_*`. */
      readonly unread: number;
      /** Bytes that the whole process holds. */
      readonly rss: number;
    }
  | { readonly kind: "beat"; readonly job: number };

/**
 * What turns the bars that a process has into those of a snapshot, or null when they are the same. Snapshots of one symbol mostly
 * differ by a bar or two; where they share nothing, all bars are sent.
 */
export function barsStep(symbol: string, had: readonly Bar[] | undefined, now: readonly Bar[]): BarsStep | null {
  if (had === now || (had === undefined && now.length === 0)) return null;
  const last = had?.at(-1);
  const found = last === undefined ? -1 : now.lastIndexOf(last);
  // The process keeps at most as many as it had and was sent; a snapshot that looks further back needs all of them again.
  const kept = found + 1;
  const fresh = kept === 0 || kept > (had?.length ?? 0);
  return { kind: "bars", symbol, fresh, total: now.length, rows: rowsOf(fresh ? now : now.slice(kept)) };
}

const DIGEST_CHARS = 64;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown, max: number): value is string => typeof value === "string" && value.length <= max;

/** What a strategy may trade, and which of it at prices of zero or below. */
interface Traded {
  readonly symbols: readonly string[];
  readonly belowZero?: readonly string[];
}

function resultOf(value: unknown, { symbols, belowZero }: Traded): RunResult | null {
  if (typeof value !== "object" || value === null) return null;
  const { outcome, orders, message, state } = value as Record<string, unknown>;
  if (message !== null && !isText(message, TEXT_MAX)) return null;
  if (state !== undefined && state !== null && !isText(state, STATE_CHARS_MAX)) return null;
  const kept = state === undefined ? {} : { state };
  if (outcome === "threw" || outcome === "bad_result") return { outcome, orders: [], message, ...kept };
  if (outcome !== "ok") return null;
  const checked = checkResult(orders, symbols, belowZero, true);
  return checked.ok
    ? { outcome, orders: checked.orders, message, ...kept }
    : { outcome: "bad_result", orders: [], message: checked.problem, ...kept };
}

function ranOf(sent: Record<string, unknown>, tradedOf: (job: number) => Traded | null): Ran | null {
  const { job, result, rss } = sent;
  if (!isCount(job) || !isCount(rss)) return null;
  // A job that is gone is answered all the same, to no listener.
  const read = resultOf(result, tradedOf(job) ?? { symbols: [] });
  if (read === null) return null;
  const { unread = 0 } = result as { readonly unread?: unknown };
  return isCount(unread) ? { kind: "ran", job, result: read, unread, rss } : null;
}

function answersOf(sent: unknown, tradedOf: (job: number) => Traded | null): FromHost | null {
  if (!Array.isArray(sent) || sent.length > TOGETHER_MAX) return null;
  const answers: Ran[] = [];
  for (const one of sent as readonly unknown[]) {
    const ran = typeof one === "object" && one !== null ? ranOf(one as Record<string, unknown>, tradedOf) : null;
    if (ran === null) return null;
    answers.push(ran);
  }
  return { kind: "answers", sent: answers };
}

function codeFilesOf(sent: unknown): readonly CodeFile[] | null {
  if (!Array.isArray(sent) || sent.length > PARTS_MAX) return null;
  const files: CodeFile[] = [];
  for (const one of sent as readonly unknown[]) {
    const { name, sha256 } = (one ?? {}) as Record<string, unknown>;
    if (!isText(name, TEXT_MAX) || !isText(sha256, DIGEST_CHARS)) return null;
    files.push({ name, sha256 });
  }
  return files;
}

/** What a host process said, checked; null for anything that it must not say. */
export function readFromHost(text: unknown, tradedOf: (job: number) => Traded | null): FromHost | null {
  if (!isText(text, MESSAGE_CHARS_MAX)) return null;
  let sent: Record<string, unknown>;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null) return null;
    sent = parsed as Record<string, unknown>;
  } catch {
    return null;
  }
  const { kind, job, problem, barsNeeded, digest = null, rules = null } = sent;
  if (kind === "ready") return { kind, layers: layersOf(sent["layers"]) };
  if (kind === "beat") return isCount(job) ? { kind, job } : null;
  if (kind === "ran") return ranOf(sent, tradedOf);
  if (kind === "answers") return answersOf(sent["sent"], tradedOf);
  if (kind !== "loaded" || !isCount(job) || !isCount(barsNeeded)) return null;
  if (digest !== null && !isText(digest, DIGEST_CHARS)) return null;
  const files = codeFilesOf(sent["files"] ?? []);
  if (files === null || (rules !== null && !isText(rules, RULES_CHARS_MAX))) return null;
  return problem === null || isText(problem, TEXT_MAX)
    ? { kind, job, problem, barsNeeded, digest, files, rules }
    : null;
}
