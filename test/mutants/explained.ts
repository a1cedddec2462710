/**
 * Mutants that no near test notices, each with the reason why none has to.
 *
 * 1. A test compares the list with the source: an entry whose line or change is gone is an error, so the list stays true.
 */
import type { Named } from "./mutations.ts";

export interface Explained extends Named {
  readonly why: string;
}

export const EXPLAINED: readonly Explained[] = [
  {
    file: "src/orchestrator/scheduler/due-heap.ts",
    place: "DueHeap.reserve",
    code: "const grown = Math.max(member + 1, 2 * length);",
    change: "2 → 3",
    why: "How fast the table grows costs memory and time alone; what it answers is the same.",
  },
  {
    file: "src/live/books/books.ts",
    place: "Books.state",
    code: "...(this.#actions.size > 0 ? { actions: [...this.#actions] } : {}),",
    change: "> → >=",
    why: "An empty list in the saved state restores as no list at all.",
  },
  {
    file: "src/live/books/books.ts",
    place: "Books.mark",
    code: "if (!held.position.quantity.isZero()) this.#revalue(held);",
    change: "!held.position.quantity.isZero() → true",
    why: "A flat position's value is zero before and after; the condition only saves the work.",
  },
  {
    file: "src/live/broker/matching.ts",
    place: "MatchingEngine.onBar",
    code: "if (orders.length === 0) return;",
    change: "orders.length === 0 → false",
    why: "Without orders a walk along the prices fills nothing; returning early only saves the work.",
  },
  {
    file: "src/live/broker/matching.ts",
    place: "MatchingEngine.onMark",
    code: "if (orders.length === 0) return;",
    change: "orders.length === 0 → false",
    why: "Without orders a walk along the prices fills nothing; returning early only saves the work.",
  },
  {
    file: "src/live/risk/exposure.ts",
    place: "Exposure.gross",
    code: "this.#gross = gross;",
    change: "this.#gross = gross; → nothing",
    why: "It is only kept so that it is not added up again: nothing that works changes while one exposure is in use.",
  },
  {
    file: "src/live/risk/guards.ts",
    place: "drawdownCap",
    code: "if (cooldownUntil !== null && order.now < cooldownUntil)",
    change: "cooldownUntil !== null && → nothing",
    why: "Without the test, null compares as 0, and no session time is before 1970.",
  },
  {
    file: "src/live/risk/guards.ts",
    place: "capacity",
    code: 'return reading("capacity_limit", value, decimal(limits.capacityLimit ?? limits.capacityWarn ?? 0), true, "");',
    change: "0 → 1",
    why: "One of the two limits is set, or the guard has returned; the 0 is for the type checker.",
  },
  {
    file: "src/live/books/books.ts",
    place: "Books.mark",
    code: "if (held.markNumber === price && exact === undefined) return;",
    change: "held.markNumber === price && exact === undefined → false",
    why: "The same mark again changes no figure; returning early only saves the work.",
  },
  {
    file: "src/live/books/books.ts",
    place: "Books.mark",
    code: "held.markNumber = exact === undefined ? price : Number.NaN;",
    change: "exact === undefined → false",
    why: "The number is kept for one use, the early return at the same mark, which only saves work.",
  },
  {
    file: "src/live/books/books.ts",
    place: "Books.state",
    code: "...(wallets.length > 0 ? { wallets } : {}),",
    change: "wallets.length > 0 → true",
    why: "An empty list in the saved state restores as no list at all.",
  },
];
