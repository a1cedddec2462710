/**
 * Who holds what, from a journal alone.
 *
 * 1. Booked fills, adoptions of drift and the corporate actions of the session's desk are added up; nothing else moves a position.
 * 2. Actions count up to the journal's last entry.
 */
import type { Desk } from "../../shared/desk.ts";
import type { JournalReader } from "../../store/index.ts";
import { bookingsOf } from "../../store/journal/adoptions.ts";
import { isBooked, type DriftEntry } from "../../store/journal/entries.ts";
import { Holdings } from "../books/index.ts";
import { moneyOfDesk, PLAIN_MONEY, type Money } from "../instruments/index.ts";

/** The holdings of a journal, and what their amounts are in. */
export function holdingsOf(journal: JournalReader): { readonly holdings: Holdings; readonly money: Money } {
  let money = PLAIN_MONEY;
  let holdings = new Holdings([], money.multiplierOf);
  const evidence = new Map<string, DriftEntry["evidence"]>();
  for (const entry of journal.read(1, ["session", "fill", "drift", "review"])) {
    const { at } = entry;
    if (entry.kind === "session" && entry.event === "created") {
      const desk = entry.detail["desk"] as Desk | undefined;
      // A journal that does not say its desk is reported as damaged elsewhere; its fills can still be added up.
      if (desk === undefined) continue;
      money = moneyOfDesk(desk);
      holdings = new Holdings(desk.actions ?? [], money.multiplierOf);
    } else if (entry.kind === "drift") evidence.set(entry.item, entry.evidence);
    else if (entry.kind === "fill" && isBooked(entry) && entry.strategy !== null)
      holdings.take({ ...entry, owner: entry.strategy });
    else if (entry.kind === "review") {
      const owner = entry.strategy ?? "unattributed";
      for (const [index, booking] of bookingsOf(entry, evidence.get(entry.item)).entries())
        holdings.take({ ...booking, owner, realized: index === 0 ? entry.realized : null, at, filledAt: at });
    }
  }
  for (const { at } of journal.read(journal.position)) holdings.actUntil(at);
  return { holdings, money };
}
