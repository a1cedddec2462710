/**
 * The drift review of a session from its journal, for the command line.
 *
 * 1. Reads only. What is open is what has a drift entry and no review.
 */
import type { Moment } from "../../shared/time.ts";
import {
  nodeFileSystem,
  readSessionJournal,
  type DriftEntry,
  type HaltEntry,
  type ReviewEntry,
  type SessionFiles,
} from "../../store/index.ts";

export interface ReviewItem {
  readonly item: string;
  readonly kind: DriftEntry["drift"];
  readonly at: Moment;
  readonly text: string;
  readonly evidence: DriftEntry["evidence"];
  readonly review: Omit<ReviewEntry, "kind" | "item"> | null;
}

export interface ReviewState {
  /** Why the session is halted; empty when it is not. */
  readonly halts: readonly (Omit<HaltEntry, "kind"> & { readonly at: Moment })[];
  readonly items: readonly ReviewItem[];
  readonly open: number;
}

/** Throws `io` or `schema_newer` when the journal cannot be read. */
export function readReview(files: SessionFiles): ReviewState {
  const journal = readSessionJournal(nodeFileSystem, files);
  try {
    const items = new Map<string, ReviewItem>();
    let halts: (Omit<HaltEntry, "kind"> & { readonly at: Moment })[] = [];
    for (const entry of journal.read(1, ["halt", "drift", "review", "resume"])) {
      if (entry.kind === "resume") halts = [];
      else if (entry.kind === "halt") halts.push(entry);
      else if (entry.kind === "drift") {
        const { item, drift: kind, at, text, evidence } = entry;
        items.set(item, { item, kind, at, text, evidence, review: null });
      } else if (entry.kind === "review") {
        const known = items.get(entry.item);
        if (known !== undefined) items.set(entry.item, { ...known, review: entry });
      }
    }
    const open = [...items.values()].filter((item) => item.review === null).length;
    return { halts, items: [...items.values()], open };
  } finally {
    journal.close();
  }
}
