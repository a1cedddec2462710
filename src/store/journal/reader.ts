/**
 * What others ask of a journal: its entries, its checkpoint, and whether it is whole. Nothing here changes it.
 *
 * 1. What cannot be read is a coded error; nothing is passed over.
 */
import type { VenueChanges } from "../../shared/ports.ts";
import type { JournalFault } from "./checks.ts";
import type { CheckpointFault, SavedCheckpoint } from "./checkpoints.ts";
import type { CompactionBase } from "./compaction.ts";
import type { EntryKind, JournalEntry } from "./entries.ts";
import type { Head } from "./head.ts";

/** An entry whose hash was computed. */
export interface VerifiedEntry {
  readonly seq: number;
  /** The entry. Throws `journal_damaged` for a body that is no JSON. */
  read(): JournalEntry;
}

/** How far a held journal goes, and its head as it was then. */
export interface HeldPlace {
  readonly seq: number;
  readonly head: Head | null;
}

export interface JournalReader {
  /** The last entry's number, committed or not; 0 for an empty journal. */
  readonly position: number;
  /** Entries in order, from a number on; of some kinds only, when asked. */
  read(from?: number, kinds?: readonly EntryKind[]): Iterable<JournalEntry>;
  /** `read`, each entry checked against the chain before it is given out. Throws `journal_damaged`, naming the first that fails. */
  readChecked(from: number, kinds?: readonly EntryKind[]): Iterable<JournalEntry>;
  /** Checks every entry of a journal of up to 100,000. Throws `journal_damaged`, naming the first that fails. */
  checkWhole(): void;
  /** Why this is not the journal that its head beside it belongs to, or lacks entries; null where nothing is wrong. */
  headProblem(): string | null;
  /** The entries with these numbers, in the order asked for; those that are not there are left out. */
  entriesAt(seqs: Iterable<number>): Iterable<JournalEntry>;
  /** The numbers of the entries of a kind, in order. */
  seqsOf(kind: EntryKind): number[];
  /** An entry's place in the chain, or null where it is not there. */
  hashAt(seq: number): string | null;
  /** The newest entry of a kind, of those before a number where one is given; or null. */
  lastOf(kind: EntryKind, before?: number): JournalEntry | null;
  /** How many entries of a kind are committed, from a number on. */
  count(kind: EntryKind, from?: number): number;
  /** How far the journal is compacted; `seq` is 0 where it is not. Throws `journal_damaged` when that was changed. */
  compaction(): CompactionBase;
  /** The saved checkpoint, why it cannot be used, or null where there is none. */
  checkpoint(): SavedCheckpoint | CheckpointFault | null;
  /** What the last commit holds for a venue that follows the journal, or null. Throws `journal_damaged` when that was changed. */
  venueChanges(): VenueChanges | null;
  /** Reads everything and names the first fault, else null. Throws where nothing can be read. */
  verify(): JournalFault | null;
  /**
   * `verify` entry by entry: gives each that holds, behind a compaction's base, and returns the first fault. The caller holds the journal
   * (`hold`), so that all of it is of one moment. What throws is a fault of the reading, as in `verify`.
   */
  verified(): Generator<VerifiedEntry, JournalFault | null>;
  /**
   * From here on everything that is read is of one moment, whatever its writer adds or drops meanwhile. `place`: what another reader of
   * the same journal holds; entries behind it are not read.
   */
  hold(place?: HeldPlace): HeldPlace;
  close(): void;
}
