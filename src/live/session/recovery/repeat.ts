/**
 * A start's repetition: the journal's entries from a checkpoint on through the parts, and then the venue's database beside them.
 *
 * 1. The venue gets what the journal holds for it before it is compared; nothing else of it is changed.
 */
import type { Journal } from "../../../store/index.ts";
import type { Core } from "../state/parts.ts";
import { restoreState, type Checkpoint } from "./checkpoint.ts";
import { ordersBefore } from "./ended-orders.ts";
import { Replay, type Interrupted } from "./recovery.ts";
import { assertSameOrders, assertSameVenue, fillsCompared, redoVenue } from "./venue-check.ts";

/**
 * Repeats the journal from a checkpoint on, and compares the venue with it; answers the runs that were under way. Throws
 * `journal_damaged` or `session_conflict`.
 */
export async function repeatJournal(
  core: Core,
  journal: Journal,
  checkpoint: Checkpoint | null,
): Promise<readonly Interrupted[]> {
  const replay = new Replay(core, checkpoint === null ? [] : restoreState(core, checkpoint));
  const { seq } = checkpoint ?? { seq: 0 };
  const fillsKnown = core.model.cursor;
  const orders = ordersBefore(journal, seq);
  for (const entry of journal.readChecked(seq + 1)) {
    replay.take(entry);
    orders.take(entry);
  }
  redoVenue(core, journal);
  await assertSameVenue(core, fillsCompared(journal, seq), fillsKnown);
  await assertSameOrders(core, orders.ended());
  return replay.underWay;
}
