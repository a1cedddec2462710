/**
 * Mutants that no near test notices, each with the reason why none has to.
 *
 * 1. A test compares the list with the source: an entry whose line or change is gone is an error, so the list stays true.
 */

export interface Explained {
  readonly file: string;
  /** The line's text, trimmed. */
  readonly code: string;
  readonly change: string;
  readonly why: string;
}

export const EXPLAINED: readonly Explained[] = [
  {
    file: "src/orchestrator/scheduler/due-heap.ts",
    code: "const grown = Math.max(member + 1, 2 * length);",
    change: "2 → 3",
    why: "How fast the table grows costs memory and time alone; what it answers is the same.",
  },
  {
    file: "src/live/books/books.ts",
    code: "...(this.#actions.size > 0 ? { actions: [...this.#actions] } : {}),",
    change: "> → >=",
    why: "An empty list in the saved state restores as no list at all.",
  },
  {
    file: "src/live/books/books.ts",
    code: "if (!held.position.quantity.isZero()) this.#revalue(held);",
    change: "!held.position.quantity.isZero() → true",
    why: "A flat position's value is zero before and after; the condition only saves the work.",
  },
  {
    file: "src/live/broker/matching.ts",
    code: "if (orders.length === 0) return;",
    change: "orders.length === 0 → false",
    why: "Without orders a walk along the prices fills nothing; returning early only saves the work.",
  },
];
