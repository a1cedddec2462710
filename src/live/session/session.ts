/**
 * One session: its commands, its life from ready to stopped, and what it leaves behind.
 *
 * 1. A command is checked, done and committed before its method returns; one that cannot be done changes nothing.
 * 2. The loop runs once. It ends by a stop, by the session's last moment, or by a failure; then every file is closed.
 * 3. After a failure nothing is written any more but the record, and that only if it still can be.
 */
import { CodedError, shapeOf } from "../../shared/errors.ts";
import type { ErrorShape } from "../../shared/errors.ts";
import { orderId as asOrderId } from "../../shared/ids.ts";
import type { SessionId } from "../../shared/ids.ts";
import type { Speed } from "../../shared/ports.ts";
import type { Desk } from "../../shared/desk.ts";
import type { Moment } from "../../shared/time.ts";
import type { JournalEntry, SessionEntry } from "../../store/journal/entries.ts";
import type { ControlInbox } from "../../store/index.ts";
import type {
  GateRequest,
  LiveSession,
  ReviewDecision,
  SessionProbe,
  SessionState,
  SessionSummary,
  StopCause,
} from "./api.ts";
import type { Checkpoints } from "./checkpoint.ts";
import { answerControl } from "./control.ts";
import { wallText, writeFiles, type FileFacts } from "./files.ts";
import { KillSwitch } from "./kill-switch.ts";
import { changeLimit, type LimitRequest } from "./limits.ts";
import { operatorOf } from "./operator.ts";
import { cancelAtVenue } from "./orders.ts";
import { haltSession, reviewDrift } from "./halts.ts";
import { Loop } from "./loop.ts";
import type { Core } from "./parts.ts";
import { probeOf } from "./probe.ts";
import { needOpenMarket } from "./runs.ts";
import { abandonRun, type Interrupted, type Reconciled } from "./recovery.ts";
import type { SlicedSaves } from "./sliced-save.ts";
import { summaryOf } from "./summary.ts";
import { haltScope, resumeScope } from "./switches.ts";

/** Real milliseconds between two looks at the kill switch and the inbox. */
export const CONTROL_MS = 200;

export interface SessionParts {
  readonly core: Core;
  readonly facts: FileFacts;
  readonly inbox: ControlInbox;
  /** Folders in which files named KILL halt. */
  readonly killFolders: readonly string[];
  readonly endsAt: Moment | null;
  readonly interrupted: readonly Interrupted[];
  readonly reconciled: Reconciled;
  readonly checkpoints: Checkpoints;
  readonly saves: SlicedSaves;
  /** Closes journal, files, venue and lock, whatever became of them. */
  readonly close: () => void;
}

export class Session implements LiveSession {
  readonly #parts: SessionParts;
  readonly #core: Core;
  readonly #loop: Loop;
  readonly #kill: KillSwitch;
  #state: "ready" | "running" | "stopping" | "stopped" | "failed" = "ready";
  /** True once interrupted runs go on, or are given up. */
  #begun = false;
  #paused = false;
  #failure: ErrorShape | null = null;
  #cause: StopCause | null = null;
  #controlMs = Number.NEGATIVE_INFINITY;
  #timer: unknown = null;
  #startedMs: number;
  #summary: SessionSummary | null = null;
  #finish: (summary: SessionSummary) => void = () => undefined;
  readonly done: Promise<SessionSummary>;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#core = parts.core;
    this.#kill = new KillSwitch(parts.core, parts.facts.fs, parts.killFolders);
    this.#startedMs = parts.core.timers.monotonicMs();
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
    const hooks = {
      control: () => this.#control(),
      snapshot: () => parts.saves.begin(),
      passed: () => {
        parts.saves.step();
        parts.checkpoints.pass(() => this.#loop.runs.underWay);
      },
      endsAt: parts.endsAt,
      ending: () => this.#cause !== null,
      paused: () => this.#paused,
    };
    this.#core.ledger.secureHalts(() => parts.saves.forHalt());
    this.#loop = new Loop(parts.core, hooks, parts.reconciled.ahead);
  }

  get id(): SessionId {
    return this.#core.id;
  }

  get folder(): string {
    return this.#parts.facts.files.folder;
  }

  get desk(): Desk {
    return this.#core.desk;
  }

  get failure(): ErrorShape | null {
    return this.#failure;
  }

  get state(): SessionState {
    if (this.#state !== "running") return this.#state;
    if (this.#core.router.halted) return "halted";
    return this.#paused ? "paused" : "running";
  }

  start(): void {
    if (this.#state !== "ready") throw this.#wrongState("started", "it has been started before");
    this.#state = "running";
    this.#startedMs = this.#core.timers.monotonicMs();
    this.#say("started", "The session's clock runs.");
    this.#core.ledger.commit();
    for (const run of this.#parts.interrupted)
      if (this.#core.clock.kind === "virtual") this.#loop.runs.adopt(run.picture, run.due);
      else abandonRun(this.#core, run);
    this.#begun = true;
    this.#watch();
    void this.#run();
  }

  pause(operator: string): void {
    const who = operatorOf(operator);
    this.#needRunning("paused");
    if (this.#paused) throw this.#wrongState("paused", "it is paused already");
    this.#paused = true;
    this.#core.clock.hold();
    this.#say("paused", `Paused by ${who}.`);
    this.#core.ledger.commit();
  }

  continue(operator: string): void {
    const who = operatorOf(operator);
    this.#needRunning("continued");
    if (!this.#paused) throw this.#wrongState("continued", "it is not paused");
    this.#paused = false;
    this.#say("continued", `Continued by ${who}.`);
    this.#core.ledger.commit();
    this.#core.clock.release();
    this.#core.clock.wake();
  }

  setSpeed(speed: Speed): void {
    this.#needOpen("changed in speed");
    if (this.#core.clock.kind === "system" && speed !== 1)
      throw new CodedError(
        "wrong_state",
        "The session runs on the system's clock, which has one speed. Start one on a virtual clock for others.",
      );
    if (speed === this.#core.clock.speed) return;
    this.#core.clock.setSpeed(speed);
    this.#say("speed", `The clock runs at ${speed === "max" ? "full speed" : `${speed}×`}.`, { speed });
    this.#core.ledger.commit();
  }

  stop(cause: StopCause): Promise<SessionSummary> {
    if (this.#cause === null) {
      this.#cause = cause;
      if (this.#state === "ready") void this.#end();
      else if (this.#state === "running") {
        this.#core.clock.release();
        this.#core.clock.wake();
      }
    }
    return this.done;
  }

  halt(request: GateRequest): void {
    const operator = operatorOf(request.operator);
    this.#needOpen("halted");
    const note = request.note.trim();
    const told = { code: "operator_halt", message: `Halted by ${operator}.`, operator, note };
    if (request.scope !== undefined) haltScope(this.#core, request.scope, request);
    else haltSession(this.#core, { source: "operator", ...told }, this.#core.now);
    this.#afterHalt();
  }

  review(item: string, decision: ReviewDecision): void {
    operatorOf(decision.operator);
    this.#needOpen("reviewed");
    reviewDrift(this.#core, item, decision, this.#core.now);
    this.#core.ledger.commit();
    this.#writeFiles();
  }

  resume(request: GateRequest): void {
    operatorOf(request.operator);
    this.#needOpen("resumed");
    if (request.scope !== undefined) {
      this.#kill.needOff(request.scope);
      resumeScope(this.#core, request.scope, request);
      return this.#afterHalt();
    }
    const { unanswered } = this.#parts.reconciled;
    if (unanswered !== null) throw new CodedError("wrong_state", unanswered);
    this.#kill.needOff(null);
    const { operator, note } = this.#core.router.resume(request, this.#core.now);
    this.#core.risk.resumed(this.#core.now);
    this.#core.ledger.add({ kind: "resume", operator, note }, this.#core.now);
    this.#core.ledger.commit();
    this.#writeFiles();
    this.#core.clock.wake();
  }

  changeLimit(name: string, value: string, request: LimitRequest): void {
    this.#needOpen("changed");
    changeLimit(this.#core, name, value, { operator: operatorOf(request.operator), note: request.note });
    this.#afterHalt();
  }

  pauseStrategy(name: string, operator: string): void {
    const who = operatorOf(operator);
    this.#needOpen("changed");
    const tally = this.#strategy(name);
    if (tally.standing !== "active")
      throw new CodedError("wrong_state", `${name} is ${tally.standing.replace("_", " ")} already.`);
    this.#core.scheduler.pause(name);
    this.#strategyEntry(name, "paused", "An operator paused it.", who);
  }

  resumeStrategy(name: string, operator: string): void {
    const who = operatorOf(operator);
    this.#needOpen("changed");
    const tally = this.#strategy(name);
    if (tally.standing === "active")
      throw new CodedError("wrong_state", `${name} is active, so there is nothing to resume.`);
    if (tally.standing === "not_loaded")
      throw new CodedError(
        "wrong_state",
        `${name} did not load: ${tally.reason ?? ""}. Correct it, then open the session again.`,
      );
    this.#core.scheduler.resume(name, this.#core.now);
    this.#strategyEntry(name, "resumed", "An operator resumed it.", who);
    this.#core.clock.wake();
  }

  runStrategyNow(name: string, operator: string): void {
    const who = operatorOf(operator);
    this.#needOpen("changed");
    needOpenMarket(this.#strategy(name).config, this.#core.now);
    this.#core.scheduler.runNow(name, this.#core.now);
    this.#strategyEntry(name, "run_asked", "An operator asked for a run now.", who);
    this.#core.clock.wake();
  }

  async cancelOrder(order: string, operator: string): Promise<void> {
    const who = operatorOf(operator);
    this.#needOpen("changed");
    const working = this.#core.tally.working.get(order);
    if (working === undefined)
      throw new CodedError("not_found", `${order} is not in flight; it may have filled or ended already.`);
    const outcome = await cancelAtVenue(this.#core, asOrderId(order), working.venueId, who);
    this.#core.clock.wake();
    if (outcome.outcome === "accepted") return;
    const reason = outcome.reason.replaceAll("_", " ");
    throw new CodedError(
      "wrong_state",
      outcome.outcome === "refused"
        ? `The broker did not cancel ${order}: ${reason}.`
        : `Nobody knows whether the broker canceled ${order}: ${reason}. It stays in flight until the broker says; ask again.`,
    );
  }

  injectUnknownFill(fill: { readonly symbol: string; readonly quantity: string }): void {
    this.#needOpen("changed");
    const broker = this.#core.broker as { injectUnknownFill?: (fill: object, at: Moment) => void };
    if (!this.#core.broker.paper || broker.injectUnknownFill === undefined)
      throw new CodedError("refused", "Only a paper broker can be asked for a practice fill.");
    if (!this.#core.symbols.has(fill.symbol))
      throw new CodedError("not_found", `The desk does not trade ${fill.symbol}.`);
    if (!/^-?\d{1,15}(\.\d{1,12})?$/.test(fill.quantity) || Number(fill.quantity) === 0)
      throw new CodedError(
        "invalid_input",
        `A quantity is a number other than 0, as 10 or -2.5, and not ${JSON.stringify(fill.quantity)}.`,
      );
    broker.injectUnknownFill(fill, this.#core.now);
    this.#core.clock.wake();
  }

  subscribe(listener: (entries: readonly JournalEntry[]) => void): () => void {
    return this.#core.ledger.subscribe(listener);
  }

  entries(from = 1): Iterable<JournalEntry> {
    return this.#core.ledger.entries(from);
  }

  probe(): SessionProbe {
    return probeOf(this.#core, {
      state: this.state,
      paused: this.#paused,
      failure: this.#failure,
      endsAt: this.#parts.endsAt,
    });
  }

  async #run(): Promise<void> {
    try {
      const how = await this.#loop.run();
      if (how === "finished") this.#cause ??= "finished";
      await this.#end();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The orderly end: last figures, last snapshot, record, and everything closed. */
  async #end(): Promise<void> {
    this.#state = "stopping";
    try {
      const cause = this.#cause ?? "finished";
      this.#loop.equity(this.#core.now);
      this.#loop.metrics(this.#core.now);
      const how = {
        operator: "An operator stopped it",
        finished: "Its last moment has passed",
        signal: "Its process was asked to end",
      };
      this.#say("stopped", `${how[cause]}.`);
      this.#core.ledger.commit();
      this.#parts.saves.last();
      // Whoever stops what was never started leaves its runs under way as they were found.
      this.#parts.checkpoints.save(this.#begun ? this.#loop.runs.underWay : this.#parts.interrupted);
      this.#state = "stopped";
      writeFiles(this.#core, this.#parts.facts, "stopped", cause, null);
      this.#close(cause);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The other end: what is on disk is there, and nothing more is done. */
  #fail(error: unknown): void {
    this.#failure = shapeOf(error);
    this.#state = "failed";
    this.#parts.saves.drop();
    try {
      writeFiles(this.#core, this.#parts.facts, "failed", "failed", this.#failure);
    } catch {
      // The record is a summary of the journal; on a disk that takes nothing more it stays as it was.
    }
    this.#close("failed");
  }

  #close(cause: StopCause | "failed"): void {
    if (this.#timer !== null) this.#core.timers.clear(this.#timer);
    this.#timer = null;
    const realMs = this.#core.timers.monotonicMs() - this.#startedMs;
    this.#summary = summaryOf(this.#core, { folder: this.folder, cause, realMs, failure: this.#failure });
    this.#parts.close();
    this.#finish(this.#summary);
  }

  /** Sees to it now and then that the kill switch and the inbox are looked at while the loop sleeps, or waits for a strategy. */
  #watch(): void {
    this.#timer = this.#core.timers.set(() => {
      this.#timer = null;
      if (this.#state !== "running") return;
      const { ledger, clock } = this.#core;
      if (ledger.broken !== null) clock.wake();
      else if (this.#kill.waits || this.#parts.inbox.waits) {
        if (this.#loop.runs.waits) this.#controlAside();
        else clock.wake();
      }
      this.#watch();
    }, CONTROL_MS);
  }

  /** Obeys while a pass has yet to begin, as the console's own commands do. */
  #controlAside(): void {
    try {
      this.#control();
    } catch (error) {
      // What broke the ledger ends the loop in its next pass; anything else is nobody's doing but ours.
      if (this.#core.ledger.broken === null) throw error;
    }
  }

  #control(): void {
    const nowMs = this.#core.timers.monotonicMs();
    if (nowMs - this.#controlMs < CONTROL_MS / 2) return;
    this.#controlMs = nowMs;
    if (this.#kill.obey()) this.#afterHalt();
    answerControl(this, this.#parts.inbox);
  }

  #afterHalt(): void {
    this.#core.ledger.commit();
    this.#writeFiles();
  }

  #writeFiles(): void {
    writeFiles(this.#core, this.#parts.facts, this.state, null, null);
  }

  #strategy(name: string) {
    const tally = this.#core.tally.strategies.get(name);
    if (tally === undefined) throw new CodedError("not_found", `The desk has no strategy ${name}.`);
    return tally;
  }

  #strategyEntry(strategy: string, event: "paused" | "resumed" | "run_asked", reason: string, operator: string): void {
    this.#core.ledger.add({ kind: "strategy", strategy, event, reason, operator }, this.#core.now);
    this.#core.ledger.commit();
  }

  #say(event: SessionEntry["event"], text: string, detail: Readonly<Record<string, unknown>> = {}): void {
    const wall = wallText(this.#parts.facts.wallMs());
    this.#core.ledger.add({ kind: "session", event, wall, text, detail }, this.#core.now);
  }

  #needOpen(what: string): void {
    if (this.#state !== "ready" && this.#state !== "running") throw this.#wrongState(what, `it is ${this.#state}`);
  }

  #needRunning(what: string): void {
    if (this.#state !== "running") throw this.#wrongState(what, `it is ${this.#state}`);
  }

  #wrongState(what: string, why: string): CodedError {
    return new CodedError("wrong_state", `The session ${this.id} cannot be ${what}: ${why}.`, { state: this.state });
  }
}
