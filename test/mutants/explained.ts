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
  {
    file: "src/store/journal/checks.ts",
    place: "HashedRows.add",
    code: "const more = new Uint8Array(Math.max(2 * this.#bits.length, at + 1));",
    change: "* → /",
    why: "How fast the table grows costs time alone; it always holds the number that is added.",
  },
  {
    file: "src/store/journal/checks.ts",
    place: "previousHash",
    code: "if (seq === 1) return CHAIN_START;",
    change: "seq === 1 → false",
    why: "Where nothing is compacted the base's hash is the chain's start; where it is, entry 1 is covered by the digest of what was kept.",
  },
  {
    file: "src/store/journal/checks.ts",
    place: "checkKept",
    code: "const fault = Number(count) > KEPT_CHECKED_MAX ? null : verifyKept(database, base);",
    change: "Number(count) > KEPT_CHECKED_MAX → false",
    why: "The limit only saves time on a very long list; without it more is checked.",
  },
  {
    file: "src/store/journal/schema.ts",
    place: "textOf",
    code: 'JSON.stringify([type, name, sql?.replaceAll(/\\s+/g, "") ?? null]);',
    change: "?? null → nothing",
    why: "JSON writes an undefined member of a list as null.",
  },
  {
    file: "src/store/journal/sqlite.ts",
    place: "databaseError",
    code: 'const known = typeof code === "string" ? plain[code] : undefined;',
    change: 'typeof code === "string" → true',
    why: "A code that is not a text names no member of the table.",
  },
  {
    file: "src/main/ipc.ts",
    place: "connectPages",
    code: "registerHandler(door, CHANNELS.open, z.undefined(), 0x40, (sender) => open(sender));",
    change: "0x40 → 65",
    why: "The schema lets nothing through that has a length.",
  },
  {
    file: "src/live/broker/matching.ts",
    place: "MatchingEngine.release",
    code: "if (trail !== undefined && price !== null) child.stopPrice = trailedStop(child, trail, price, tickOf(meta));",
    change: "&& price !== null → nothing",
    why: "What releases a child is a fill, and where something was filled its symbol has a price.",
  },
  {
    file: "src/console/projections/flattens.ts",
    place: "FlattensProjection.apply",
    code: "this.#begun.delete(flatten);",
    change: "this.#begun.delete(flatten); → nothing",
    why: "It only frees memory: the number of a flatten that ended is never asked for again.",
  },
  {
    file: "src/console/projections/session-views.ts",
    place: "SessionViews.apply",
    code: "this.#revision += 1;",
    change: "+= → -=",
    why: "The number is only compared with an earlier one; it differs either way.",
  },
  {
    file: "src/serve/gate.ts",
    place: "headerValues",
    code: "for (let index = 0; index < rawHeaders.length; index += 2)",
    change: "< → <=",
    why: "Behind the last header there is none, and none has no name.",
  },
  {
    file: "src/serve/limits.ts",
    place: "SERVE_LIMITS",
    code: "bridgesMax: 32,",
    change: "32 → 33",
    why: "The number itself is a choice; that it bounds is tested with numbers of the tests' own.",
  },
  {
    file: "src/serve/limits.ts",
    place: "SERVE_LIMITS",
    code: "keysMax: 64,",
    change: "64 → 65",
    why: "The number itself is a choice; that it bounds is tested with numbers of the tests' own.",
  },
  {
    file: "src/serve/shape.ts",
    place: "isBounded",
    code: "for (let at = 0; at < json.length; at += 1) {",
    change: "< → <=",
    why: "Behind the last letter there is none, and none is passed over.",
  },
  {
    file: "src/live/broker/matching.ts",
    place: "MatchingEngine.walk",
    code: "if (known !== undefined && order.stopPrice !== null && known?.equals(order.stopPrice) !== true) {",
    change: "&& order.stopPrice !== null → nothing",
    why: "What trails and waits has a stop from its first moment on; null is the type's.",
  },
  {
    file: "src/serve/gate.ts",
    place: "decide",
    code: 'const target = request.url ?? "";',
    change: '?? "" → nothing',
    why: "Node gives each request that comes in an address; the rest is for the type checker.",
  },
];
