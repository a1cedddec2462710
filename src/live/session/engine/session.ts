/**
 * One session: its commands, its life from ready to stopped, and what it leaves behind.
 *
 * 1. A command is checked, done and committed before its method returns; one that cannot be done changes nothing.
 * 2. The loop runs once. It ends by a stop, by the session's last moment, or by a failure, of its start, too; then every file is closed.
 * 3. After a failure nothing is written any more but the record, and that only if it still can be.
 * 4. It has over 400 lines because it is the one object behind every command; what a command does is in `control` and `orders`.
 */
import { CodedError, shapeOf, type ErrorShape } from "../../../shared/errors.ts";
import type { SessionId } from "../../../shared/ids.ts";
import type { Speed } from "../../../shared/ports.ts";
import type { Desk } from "../../../shared/desk.ts";
import type { ReplaceIntent } from "../../../shared/strategy.ts";
import type { Moment } from "../../../shared/time.ts";
import type { FlattenScope, JournalEntry, SessionEntry } from "../../../store/journal/entries.ts";
import type { ControlInbox } from "../../../store/index.ts";
import type {
  GateRequest,
  HaltRequest,
  LiveSession,
  ReviewDecision,
  SessionProbe,
  SessionState,
  SessionSummary,
  StopCause,
} from "../state/api.ts";
import type { Checkpoints } from "../recovery/checkpoint.ts";
import { answerControl } from "../control/control.ts";
import { wallText, writeFiles, type FileFacts } from "../snapshots/files.ts";
import { KillSwitch } from "../control/kill-switch.ts";
import { changeLimit, type LimitRequest } from "../control/limits.ts";
import { operatorOf } from "../control/operator.ts";
import {
  beginFlatten,
  cancelOne,
  cancelScope,
  placeTicket,
  previewTicket,
  replaceOne,
  settleFlattens,
} from "../control/operator-orders.ts";
import type { CancelReport, FlattenRequest, OrderPreview, Ticket, TicketOutcome } from "../state/order-api.ts";
import { injectUnknownFill } from "../control/practice.ts";
import { haltSession, reviewDrift } from "../state/halts.ts";
import { Loop } from "./loop.ts";
import type { Core, ReportedCore } from "../state/parts.ts";
import { probeOf } from "./probe.ts";
import { takeUpRuns, type Interrupted, type Reconciled } from "../recovery/recovery.ts";
import type { SlicedSaves } from "../snapshots/sliced-save.ts";
import { changeSpeed, shareCommits, speedText } from "./speed.ts";
import { pauseStrategy, resumeStrategy, runStrategyNow } from "./strategy-commands.ts";
import { committedCore } from "../recovery/committed.ts";
import { summaryOf } from "../snapshots/summary.ts";
import { haltScope, resumeScope } from "../state/scope-halts.ts";

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
  readonly checkpoints: Pick<Checkpoints, "pass" | "save">;
  readonly saves: Pick<SlicedSaves, "begin" | "step" | "forHalt" | "last" | "drop">;
  /** Whether passes may share commits at full speed. */
  readonly groups: boolean;
  /** Closes journal, files, venue and lock, whatever became of them. */
  readonly close: () => void;
}

export class Session implements LiveSession {
  readonly #parts: SessionParts;
  readonly #core: Core;
  readonly #loop: Loop;
  readonly #kill: KillSwitch;
  #state: "ready" | "running" | "stopping" | "stopped" | "failed" = "ready";
  /** True once interrupted runs resume, or are given up. */
  #begun = false;
  #paused = false;
  #failure: ErrorShape | null = null;
  #cause: StopCause | null = null;
  #controlMs = Number.NEGATIVE_INFINITY;
  #timer: unknown = null;
  #startedMs: number;
  #summary: SessionSummary | null = null;
  /** Resolves when every command that was begun has its answer. */
  #carried: Promise<unknown> = Promise.resolve();
  #finish: (summary: SessionSummary) => void = () => undefined;
  readonly done: Promise<SessionSummary>;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#core = parts.core;
    this.#kill = new KillSwitch(parts.core, parts.facts.fs, parts.killFolders);
    this.#startedMs = parts.core.timers.monotonicMs();
    this.done = new Promise((resolve) => void (this.#finish = resolve));
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

  get light(): boolean {
    return this.#parts.facts.light;
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
    try {
      this.#say("started", "The session's clock runs.");
      this.#core.ledger.commit();
      shareCommits(this.#core, this.#parts.groups);
      takeUpRuns(this.#core, this.#parts.interrupted, (snapshot, due) => this.#loop.runs.adopt(snapshot, due));
    } catch (error) {
      this.#fail(error);
      throw error;
    }
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
    if (!changeSpeed(this.#core, speed)) return;
    this.#say("speed", speedText(speed), { speed });
    this.#core.ledger.commit();
    shareCommits(this.#core, this.#parts.groups);
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

  halt(request: HaltRequest): void {
    const operator = operatorOf(request.operator);
    this.#needOpen("halted");
    const note = request.note.trim();
    const reason = { code: "operator_halt", message: `Halted by ${operator}.`, operator, note };
    if (request.scope !== undefined) haltScope(this.#core, request.scope, request);
    else haltSession(this.#core, { source: "operator", ...reason }, this.#core.now);
    this.#afterHalt();
    const scope = request.scope ?? ({ kind: "all", name: "all" } as const);
    if (request.also === "cancel") this.#carry(cancelScope(this.#core, scope, operator));
    else if (request.also === "flatten")
      this.#carry(beginFlatten(this.#core, { scope, shutsGate: true, operator, note }));
  }

  /** What the venue answers comes later; a failure to journal it breaks the ledger, and the loop ends with that. */
  #carry(work: Promise<unknown>): void {
    const done = work.then(
      () => undefined,
      () => this.#core.clock.wake(),
    );
    this.#carried = Promise.all([this.#carried, done]);
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
    pauseStrategy(this.#open("changed"), name, who);
  }

  resumeStrategy(name: string, operator: string): void {
    const who = operatorOf(operator);
    resumeStrategy(this.#open("changed"), name, who);
  }

  runStrategyNow(name: string, operator: string): void {
    const who = operatorOf(operator);
    runStrategyNow(this.#open("changed"), name, who);
  }

  async cancelOrder(order: string, operator: string): Promise<void> {
    return cancelOne(this.#open("changed"), order, operatorOf(operator));
  }

  async cancelOrders(scope: FlattenScope, operator: string): Promise<CancelReport> {
    return cancelScope(this.#open("changed"), scope, operatorOf(operator));
  }

  async replaceOrder(change: ReplaceIntent, operator: string): Promise<void> {
    return replaceOne(this.#open("changed"), change, operatorOf(operator));
  }

  async placeOrder(ticket: Ticket, operator: string): Promise<TicketOutcome> {
    return placeTicket(this.#open("changed"), ticket, operatorOf(operator));
  }

  previewOrder(ticket: Ticket): OrderPreview {
    return previewTicket(this.#open("asked"), ticket);
  }

  async flatten(request: FlattenRequest): Promise<string> {
    const operator = operatorOf(request.operator);
    const begun = await beginFlatten(this.#open("flattened"), { ...request, operator, note: request.note.trim() });
    this.#writeFiles();
    return begun;
  }

  injectUnknownFill(fill: { readonly symbol: string; readonly quantity: string }): void {
    injectUnknownFill(this.#open("changed"), fill);
  }

  subscribe(listener: (entries: readonly JournalEntry[]) => void): () => void {
    return this.#core.ledger.subscribe(listener);
  }

  entries(from = 1): Iterable<JournalEntry> {
    return this.#core.ledger.entries(from);
  }

  /** What is shown is on the disk. */
  probe(): SessionProbe {
    if (this.#state === "running") this.#core.ledger.settle();
    return probeOf(this.#core, {
      light: this.light,
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
    try {
      // Where no loop ran, what an operator asked for goes out here.
      await this.#carried;
      if (!this.#begun) await settleFlattens(this.#core);
      this.#state = "stopping";
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
      // A stop of what was never started leaves its runs under way as they were found.
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
    const committed = committedCore(this.#core, this.#parts.facts.files);
    try {
      writeFiles(committed, this.#parts.facts, "failed", "failed", this.#failure);
    } catch {
      // The record is a summary of the journal; on a disk that takes nothing more it stays as it was.
    }
    this.#close("failed", committed);
  }

  #close(cause: StopCause | "failed", core: ReportedCore = this.#core): void {
    if (this.#timer !== null) this.#core.timers.clear(this.#timer);
    this.#timer = null;
    const realMs = this.#core.timers.monotonicMs() - this.#startedMs;
    this.#summary = summaryOf(core, { folder: this.folder, light: this.light, cause, realMs, failure: this.#failure });
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
      // What broke the ledger ends the loop in its next pass; anything else is our own fault.
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

  #say(event: SessionEntry["event"], text: string, detail: Readonly<Record<string, unknown>> = {}): void {
    const wall = wallText(this.#parts.facts.wallMs());
    this.#core.ledger.add({ kind: "session", event, wall, text, detail }, this.#core.now);
  }

  /** The parts of a session that takes commands. Throws `wrong_state` for one that has ended. */
  #open(what: string): Core {
    this.#needOpen(what);
    return this.#core;
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
