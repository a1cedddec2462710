/**
 * Tries a strategy's file as a session runs it: in a session of its own, in a folder that is gone afterwards.
 *
 * 1. Host, order rules, venue and journal are those of every session, so what is said here is what a session does: resting orders rest,
 *    cancels cancel, guards refuse. Nothing of it touches a session or a desk of the workspace, or the network.
 * 2. Without a desk or bars the market is made up, and the same at each check. Its sessions are created at one moment of the wall clock,
 *    because a session's name, which its venue's ids begin with, follows from that.
 * 3. A complaint says which line of the file it is about, where there is one.
 * 4. Half the way through its process is replaced: a strategy that then orders otherwise than one whose process lived on keeps
 *    something that its `save` does not return.
 * 5. A long market counts up to the end of run `RUNS_MAX`, however many runs the session has behind it by the time it is stopped.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import type { Desk, StrategyConfig } from "../../shared/desk.ts";
import type { Parameters } from "../../shared/strategy.ts";
import { refusalCause } from "../../shared/refusals.ts";
import { isModuleFile, openWorkspace, type JournalEntry, type Workspace } from "../../store/index.ts";
import { createStrategyHost, type HostSettings, type OpenHost } from "../host/index.ts";
import { createSession, type LiveSession } from "../session/index.ts";
import { strategyFile } from "../strategies/files.ts";
import { MINUTE, type Duration } from "../../shared/time.ts";
import { CHECK_SOURCE, CHECKED, madeUpDesk, RUNS, WALL_MS } from "./market.ts";

/** Runs of a check on a desk's own market. */
const RUNS_MAX = 2_000;
const HANG_S = 5;
const LIMITS: HostSettings = { processes: 1, hangMs: HANG_S * 1_000, loadMs: HANG_S * 1_000 };

export interface Complaint {
  /** A line of the file, from 1; null where it is about the whole of it. */
  readonly line: number | null;
  readonly text: string;
}

export interface StrategyCheck {
  readonly complaints: readonly Complaint[];
  readonly runs: number;
  /** Orders that it asked for, whatever became of them. */
  readonly orders: number;
  readonly fills: number;
  /** Cancels and replaces that it asked for. */
  readonly requests: number;
  /** Refusals by cause: of guards, router and venue. */
  readonly refused: Readonly<Record<string, number>>;
}

export interface CheckOptions {
  /** The desk whose market, limits and venue it is tried with, and whose strategies of this file run; absent: a made-up one. */
  readonly desk?: Desk | undefined;
  /** Parameters in place of the file's defaults or the desk's. */
  readonly params?: Parameters | undefined;
}

/** What a line must not hold, and what to write instead. What is said in a comment or a text may be taken for it. */
const SIGNS: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/\b(?:Date\.now\s*\(|new Date\s*\(\s*\))/, "a strategy has no clock: use context.now"],
  [/\bMath\.random\s*\(/, "a strategy has no chance of its own: use context.random()"],
  [
    /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\s*\(/,
    "a strategy has no timers: it is called when it is due",
  ],
  [/\b(?:process|globalThis\.process)\.\w/, "a strategy has no process: parameters come as context.params"],
  [/\bfetch\s*\(|\bnew (?:WebSocket|EventSource)\b/, "a strategy has no network"],
  [/\brequire\s*\(/, "a strategy is a module: write import, of files of the strategies folder only"],
  [/\basync\s+(?:onTick|onFill)\b|\bonTick\s*[:=]\s*async\b/, "onTick returns a list of orders, and no promise of one"],
  [
    /^\s*(?:export\s+)?(?:const\s+)?(?:enum|namespace)\s+\w/,
    "types are taken out and nothing is translated: no enum, no namespace",
  ],
];
/** Characters of a line that are looked at: patterns may take long over a line of blanks. */
const LINE_MAX = 400;
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"']+)["']/;

/** A name that no desk file takes: the file may be right, and could not be used. */
function complaintsOfName(module: string): Complaint[] {
  if (isModuleFile(module)) return [];
  const text = "no desk can name it: a file's name begins with a letter or digit, and has letters, digits, ., _ and -";
  return [{ line: null, text }];
}

/** What the text itself shows, line by line. */
function complaintsOfText(text: string): Complaint[] {
  const complaints: Complaint[] = [];
  for (const [index, whole] of text.split("\n").entries()) {
    const line = whole.slice(0, LINE_MAX);
    if (/^\s*(?:\/\/|\*|\/\*)/.test(line)) continue;
    const name = /^\s*import\s+type\b/.test(line) ? undefined : IMPORT.exec(line)?.[1];
    if (name !== undefined && !name.startsWith("."))
      complaints.push({
        line: index + 1,
        text: `it imports ${name}; only files of the strategies folder can be imported`,
      });
    for (const [pattern, text] of SIGNS) if (pattern.test(line)) complaints.push({ line: index + 1, text });
  }
  return complaints;
}

interface Trial {
  readonly complaints: readonly Complaint[];
  /** Each decision as a text, in order, without its place. */
  readonly decisions: readonly string[];
  readonly counts: Omit<StrategyCheck, "complaints">;
}

/** Opens the host that every session has, and replaces its processes before a run of this number. */
function hostReplacing(replacedAt: number | null): OpenHost {
  return async (options) => {
    const host = await createStrategyHost(options);
    const run = host.run.bind(host);
    host.run = (snapshot, limits) => {
      if (snapshot.run === replacedAt) host.renew?.();
      return run(snapshot, limits);
    };
    return host;
  };
}

const ADVICE = "context.roundQuantity and context.minimums say what can be ordered";

/** Collects what a session's entries say of the checked strategies. */
class Reading {
  readonly complaints: Complaint[] = [];
  readonly decisions: string[] = [];
  /** The first order that the venue refused as too small, in words. */
  tooSmall: string | null = null;
  readonly #orders = new Map<string, Extract<JournalEntry, { kind: "order" }>>();
  readonly counts = { runs: 0, orders: 0, fills: 0, requests: 0, refused: {} as Record<string, number> };
  /** Nothing more is wanted: there is a complaint, or there were runs enough. */
  over = false;

  take(entry: JournalEntry): void {
    this.over ||= entry.kind === "run_finished" && this.counts.runs === RUNS_MAX;
    if (!this.over) this.#take(entry);
    this.over ||= this.complaints.length > 0;
  }

  #take(entry: JournalEntry): void {
    switch (entry.kind) {
      case "strategy":
        if (entry.event === "not_loaded") this.complaints.push(complaintOf(ofFile(entry.reason)));
        return;
      case "run_finished":
        return this.#run(entry);
      case "order":
        return this.#order(entry);
      case "cancel_request":
      case "replace_request":
        this.counts.requests += 1;
        if (!entry.sent) this.#refused(entry.reason);
        this.#decided(entry);
        return;
      case "queue":
        return this.#decided(entry);
      case "fill":
        this.counts.fills += 1;
        return;
      case "ack":
        return this.#acknowledged(entry);
      default:
        return;
    }
  }

  #run({ run, outcome, message }: Extract<JournalEntry, { kind: "run_finished" }>): void {
    this.counts.runs += 1;
    if (outcome === "ok" || outcome === "overrun") return;
    const said = outcome === "timed_out" ? `it had not returned after ${HANG_S} s` : (message ?? outcome);
    this.complaints.push(complaintOf(`run ${run}: ${said}`));
  }

  #order(entry: Extract<JournalEntry, { kind: "order" }>): void {
    if (entry.replay) return;
    this.counts.orders += 1;
    if (entry.orderId === null) this.#refused(entry.reason);
    else this.#orders.set(entry.orderId, entry);
    this.#decided(entry);
  }

  #acknowledged({ orderId, outcome }: Extract<JournalEntry, { kind: "ack" }>): void {
    if (outcome.outcome !== "refused") return;
    this.#refused(refusalCause(outcome.reason));
    const order = this.#orders.get(orderId);
    if (order === undefined || outcome.figures === undefined) return;
    const least = outcome.figures.measure === "quantity" ? "a lot" : "a notional";
    const { run, quantity, symbol } = order;
    const below = `which is below ${least} of ${outcome.figures.limit} and is refused`;
    this.tooSmall ??= `run ${run}: it orders ${quantity} ${symbol}, ${below}: ${ADVICE}`;
  }

  #refused(reason: string): void {
    this.counts.refused[reason] = (this.counts.refused[reason] ?? 0) + 1;
  }

  #decided(entry: JournalEntry): void {
    const { seq: _seq, ...said } = entry;
    this.decisions.push(JSON.stringify(said));
  }
}

async function tryIt(workspace: Workspace, desk: Desk, replacedAt: number | null): Promise<Trial> {
  const folder = mkdtempSync(join(tmpdir(), "logos-check-"));
  const { sessions } = openWorkspace(folder);
  const reading = new Reading();
  let session: LiveSession | null = null;
  try {
    const ports = { openHost: hostReplacing(replacedAt), hosts: LIMITS, wallMs: () => WALL_MS };
    const place = { ...workspace, sessions };
    // Without an end of its own a market ends by the count of runs.
    const length = desk.source === CHECK_SOURCE ? ((RUNS * MINUTE) as Duration) : undefined;
    session = await createSession({ workspace: place, desk, length, speed: "max", ports });
    const running = session;
    const take = (entries: Iterable<JournalEntry>): void => {
      for (const entry of entries) reading.take(entry);
      if (reading.over) void running.stop("finished");
    };
    running.subscribe(take);
    take(running.entries());
    if (running.state === "ready" && !reading.over) running.start();
    await running.done;
    if (running.failure !== null) throw new CodedError(running.failure.code, running.failure.message);
  } finally {
    await session?.stop("finished");
    rmSync(folder, { recursive: true, force: true });
  }
  const { complaints, decisions, counts } = reading;
  const { tooSmall } = reading;
  return { complaints: tooSmall === null ? complaints : [...complaints, complaintOf(tooSmall)], decisions, counts };
}

/** A problem without its file's name in front, which every complaint has already. */
const ofFile = (problem: string): string => problem.replace(/^[^\s:]+\.(?:ts|mts|js|mjs): /, "");

function complaintOf(text: string): Complaint {
  const [, line] = /\bline (\d+)\)/.exec(text) ?? [];
  return { line: line === undefined ? null : Number(line), text };
}

/** The desk with the file's own strategies alone; one that has none of it gets one on all its symbols. */
function deskFor(module: string, { desk, params = {} }: CheckOptions): Desk {
  if (desk === undefined) return madeUpDesk(module, params);
  const own = desk.strategies.filter((one) => one.module === module);
  const symbols = [...new Set(desk.strategies.flatMap((one) => one.symbols))];
  const made: StrategyConfig[] = desk.strategies.slice(0, 1).map(({ group: _group, sessions: _sessions, ...rest }) => ({
    ...rest,
    name: CHECKED,
    module,
    symbols,
    params: {},
    group: "default",
  }));
  const strategies = (own.length > 0 ? own : made).map((one) => ({ ...one, params: { ...one.params, ...params } }));
  return { ...desk, clock: { kind: "virtual", start: null, speed: "max" }, strategies };
}

const NOTHING = { runs: 0, orders: 0, fills: 0, requests: 0, refused: {} } as const;

/**
 * Checks one file of a workspace's strategies folder. Throws `outside_workspace` for a name that leads out of it, and `not_found` for
 * one that is not there.
 */
export async function checkStrategy(
  workspace: Workspace,
  module: string,
  options: CheckOptions = {},
): Promise<StrategyCheck> {
  const file = strategyFile(workspace, module);
  if (typeof file === "string") {
    if (!existsSync(join(workspace.strategies, module)))
      throw new CodedError("not_found", `${file}. \`logos strategies list\` names what is there.`, { module });
    return { complaints: [{ line: null, text: file }], ...NOTHING };
  }
  const found = [...complaintsOfName(module), ...complaintsOfText(readFileSync(file.path, "utf8"))];
  const desk = deskFor(module, options);
  const whole = await tryIt(workspace, desk, null);
  const complaints = [...found, ...whole.complaints];
  if (complaints.length > 0) return { complaints, ...whole.counts };
  const renewed = await tryIt(workspace, desk, Math.max(2, Math.floor(Math.min(whole.counts.runs, RUNS) / 2)));
  if (renewed.complaints.length > 0) {
    const said = renewed.complaints.map(({ line, text }) => ({ line, text: `${text}; its process had been replaced` }));
    return { complaints: said, ...renewed.counts };
  }
  const differs = whole.decisions.findIndex((text, index) => text !== renewed.decisions[index]);
  const run = differs < 0 ? null : (JSON.parse(whole.decisions[differs] ?? "{}") as { run?: number }).run;
  if (differs >= 0 || renewed.decisions.length > whole.decisions.length) {
    const text =
      `${typeof run === "number" ? `run ${run}` : "it"} orders otherwise once its process was replaced: ` +
      "it remembers something that save does not return, or load does not put back";
    complaints.push({ line: null, text });
  }
  return { complaints, ...whole.counts };
}
