/**
 * Why the router is halted, and what an operator has yet to judge.
 *
 * 1. Drift halts; nothing but an operator's resume ends a halt, and not while an item waits for its review.
 * 2. Items keep their ids, `DRIFT-0001` and up, for ever; an id is never used twice.
 * 3. At most `OPEN_ITEMS_MAX` items wait. Drift beyond that is counted on the newest one, so it is never lost from sight.
 * 4. Of reviewed items and of resumes the newest are kept; the journal has the others.
 */
import { DRIFT_KINDS } from "../../shared/drift.ts";
import { CodedError } from "../../shared/errors.ts";
import { moment } from "../../shared/time.ts";
import type { Moment } from "../../shared/time.ts";
import type { DriftItem, DriftKind, DriftReview, Evidence, HaltReason, HaltRequest } from "./router-types.ts";
import type { ReportEvidence, ResumeRecord } from "./router-types.ts";
import { HALT_SOURCES } from "./router-types.ts";

export const OPEN_ITEMS_MAX = 10_000;
export const REVIEWED_ITEMS_MAX = 1_000;
export const RESUMES_MAX = 1_000;
/** Reasons of one halt that are listed. */
export const HALT_REASONS_MAX = 10_000;
/** The longest operator's name, note, message or piece of evidence. */
export const NAME_MAX = 200;
export const NOTE_MAX = 4_000;

/** What an operator says of an item. */
export interface ReviewRequest {
  readonly operator: string;
  readonly note: string;
  readonly action: "adopt" | "dismiss";
  readonly strategy?: string | null | undefined;
}

/** Who resumes, and why that is right. */
export interface ResumeRequest {
  readonly operator: string;
  readonly note: string;
}

/** Drift as it is found. */
export interface Drift {
  readonly text: string;
  readonly orderId?: string | null | undefined;
  readonly report?: ReportEvidence | null | undefined;
  readonly evidence?: Evidence | undefined;
}

/** The board's saved state. */
export interface DriftState {
  readonly halted: boolean;
  readonly haltReasons: readonly HaltReason[];
  readonly items: readonly DriftItem[];
  readonly nextItem: number;
  readonly resumes: readonly ResumeRecord[];
}

/** A text that a program said: what is longer than its limit ends in an ellipsis. */
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function said(field: string, value: unknown, most: number): string {
  const text = typeof value === "string" ? value.trim() : "";
  if (text === "") throw new CodedError("invalid_input", `The ${field} is empty; say it, so that the record shows it.`);
  if (text.length > most)
    throw new CodedError("invalid_input", `The ${field} has ${text.length} characters; at most ${most} are kept.`);
  return text;
}

export class DriftBoard {
  #halted = false;
  #reasons: HaltReason[] = [];
  #items = new Map<string, DriftItem>();
  #open = 0;
  #next = 1;
  #resumes: ResumeRecord[] = [];

  get halted(): boolean {
    return this.#halted;
  }

  get open(): number {
    return this.#open;
  }

  reasons(): HaltReason[] {
    return this.#reasons.slice();
  }

  items(): DriftItem[] {
    return [...this.#items.values()];
  }

  resumes(): ResumeRecord[] {
    return this.#resumes.slice();
  }

  /** Halts for a reason that is no drift. */
  halt(request: HaltRequest, at: Moment): void {
    const { kind, message } = request;
    if (!HALT_SOURCES.includes(kind))
      throw new CodedError("invalid_input", `A halt is one of ${HALT_SOURCES.join(", ")}, not ${kind}.`);
    const code = cut(request.code ?? kind, NAME_MAX);
    const shortened = cut(message, NOTE_MAX);
    this.#because({
      kind,
      id: null,
      code: code === "" ? kind : code,
      message: shortened,
      orderId: null,
      report: null,
      at,
    });
  }

  #because(reason: HaltReason): void {
    this.#halted = true;
    if (this.#reasons.length < HALT_REASONS_MAX) this.#reasons.push(reason);
  }

  /** Puts an item on the list and halts. Returns the item, or the one that it was folded into. */
  add(kind: DriftKind, drift: Drift, at: Moment): DriftItem {
    if (!DRIFT_KINDS.includes(kind))
      throw new CodedError("invalid_input", `Drift is one of ${DRIFT_KINDS.join(", ")}, not ${kind}.`);
    const orderId = drift.orderId ?? null;
    const report = drift.report ?? null;
    const shared = { kind, orderId, report, at };
    if (this.#open >= OPEN_ITEMS_MAX) return this.#fold();
    const id = `DRIFT-${String(this.#next++).padStart(4, "0")}`;
    const evidence = { ...drift.evidence };
    const text = cut(drift.text, NOTE_MAX);
    const item: DriftItem = { ...shared, id, text, evidence, count: 1, review: null };
    this.#items.set(id, item);
    this.#open++;
    this.#because({ ...shared, id, code: kind, message: text });
    return item;
  }

  #fold(): DriftItem {
    const newest = [...this.#items.values()].findLast((item) => item.review === null) as DriftItem;
    const item = { ...newest, count: newest.count + 1 };
    this.#items.set(item.id, item);
    this.#halted = true;
    return item;
  }

  /** Puts an operator's judgement on an item. Throws a CodedError when there is no such item or it has one already. */
  review(id: string, request: ReviewRequest, at: Moment): DriftItem {
    const item = this.#items.get(id);
    if (item === undefined)
      throw new CodedError("not_found", `There is no drift item ${id}; the list shows those there are.`);
    if (item.review !== null)
      throw new CodedError(
        "wrong_state",
        `${id} was reviewed by ${item.review.operator} already: ${item.review.action}.`,
      );
    const { action } = request;
    if (action !== "adopt" && action !== "dismiss")
      throw new CodedError("invalid_input", `A review adopts or dismisses; ${String(action)} is neither.`);
    const strategy = action === "adopt" ? (request.strategy ?? null) : null;
    const operator = said("operator", request.operator, NAME_MAX);
    const review: DriftReview = { action, operator, note: said("note", request.note, NOTE_MAX), strategy, at };
    const reviewed = { ...item, review };
    this.#items.set(id, reviewed);
    this.#open--;
    this.#trim();
    return reviewed;
  }

  /** Lets the oldest reviewed items go when there are too many of them. */
  #trim(): void {
    if (this.#items.size - this.#open <= REVIEWED_ITEMS_MAX) return;
    for (const item of this.#items.values())
      if (item.review !== null) {
        this.#items.delete(item.id);
        return;
      }
  }

  /** Ends a halt. Throws `not_halted`, or `drift_open` with the number of items that wait. */
  resume(request: ResumeRequest, at: Moment): ResumeRecord {
    if (!this.#halted) throw new CodedError("not_halted", "The router is not halted, so there is nothing to resume.");
    if (this.#open > 0) {
      const what =
        this.#open === 1 ? "1 drift item waits for its review" : `${this.#open} drift items wait for their reviews`;
      throw new CodedError("drift_open", `${what}; review each of them, then resume.`, { open: this.#open });
    }
    const operator = said("operator", request.operator, NAME_MAX);
    const note = said("note", request.note, NOTE_MAX);
    const resumed = { operator, note, at, reasons: this.#reasons.length };
    this.#resumes.push(resumed);
    if (this.#resumes.length > RESUMES_MAX) this.#resumes.shift();
    this.#halted = false;
    this.#reasons = [];
    return resumed;
  }

  state(): DriftState {
    return {
      halted: this.#halted,
      haltReasons: this.reasons(),
      items: this.items(),
      nextItem: this.#next,
      resumes: this.resumes(),
    };
  }

  static restore(state: DriftState): DriftBoard {
    const board = new DriftBoard();
    board.#halted = state.halted;
    board.#reasons = [...state.haltReasons];
    for (const item of state.items) {
      board.#items.set(item.id, item);
      if (item.review === null) board.#open++;
    }
    board.#next = moment(state.nextItem);
    board.#resumes = [...state.resumes];
    return board;
  }
}
