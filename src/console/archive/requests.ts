/**
 * What the archive's thread is asked, and what it answers.
 *
 * 1. Everything here is plain data: it crosses between threads.
 */
import type { FillRow, OrderRow } from "../../shared/contract/views.ts";
import type { ErrorShape } from "../../shared/errors.ts";
import type { JournalEntry } from "../../store/journal/entries.ts";
import type { RejectionRow } from "../projections/rejections.ts";
import type { ArchiveFilter, ArchiveQuery } from "./query.ts";

/** What a trail is of. */
export type Subject =
  | { readonly kind: "order"; readonly orderId: string }
  | { readonly kind: "entry"; readonly seq: number }
  | { readonly kind: "drift"; readonly item: string };

export type ArchiveRow = OrderRow | FillRow | RejectionRow;

export interface ArchivePage {
  readonly rows: readonly ArchiveRow[];
  readonly total: number;
  readonly next: string | null;
}

/** Rejections of one cause, strategy and symbol. */
export interface RejectionGroup {
  readonly cause: string;
  readonly severity: "warning" | "critical";
  readonly strategy: string;
  readonly symbol: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** How many fell into each part of the time between the session's first rejection and its last. */
  readonly spark: readonly number[];
}

export interface RejectionGroups {
  readonly groups: readonly RejectionGroup[];
  /** Groups in all; the largest are listed. */
  readonly total: number;
}

export interface ExportRequest {
  readonly filter: ArchiveFilter;
  readonly format: "csv" | "json";
  readonly path: string;
}

export interface ExportProgress {
  readonly rows: number;
  readonly total: number;
}

export interface Questions {
  page: { readonly input: ArchiveQuery; readonly output: ArchivePage };
  facets: {
    readonly input: { readonly filter: ArchiveFilter; readonly columns: readonly string[] };
    readonly output: Record<string, { name: string; count: number }[]>;
  };
  groups: { readonly input: null; readonly output: RejectionGroups };
  entries: { readonly input: Subject; readonly output: JournalEntry[] | null };
  export: { readonly input: ExportRequest; readonly output: ExportProgress };
}

export type QuestionKind = keyof Questions;

export interface Answer<Output> {
  readonly output: Output;
  /** How much of the session the archive holds: 1 for all of it. */
  readonly share: number;
}

export interface Asked<Output> {
  readonly answer: Promise<Answer<Output>>;
  cancel(): void;
}

/** The open session's archive, wherever it is kept. */
export interface SessionArchive {
  ask<Kind extends QuestionKind>(
    question: Kind,
    input: Questions[Kind]["input"],
    onProgress?: (progress: ExportProgress) => void,
  ): Asked<Questions[Kind]["output"]>;
  /** The session has new entries. */
  grown(): void;
  close(): void;
}

export type ToThread =
  | { readonly kind: "grown" }
  | { readonly kind: "cancel"; readonly id: number }
  | {
      readonly kind: "ask";
      readonly id: number;
      readonly question: QuestionKind;
      readonly input: unknown;
      /** The newest entry that the asker knows of: the answer has it, unless the archive is far behind. */
      readonly position: number;
    };

/** `share`: how much of the journal the archive holds. */
export type FromThread =
  | { readonly id: number; readonly progress: ExportProgress }
  | { readonly id: number; readonly output: unknown; readonly share: number }
  | { readonly id: number; readonly error: ErrorShape };
