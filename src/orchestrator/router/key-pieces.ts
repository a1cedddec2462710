/**
 * A router's keys saved by pieces: each piece holds what became of them since the one before.
 *
 * 1. All pieces in their order give the keys as the router had them when the last was taken, place by place.
 * 2. A piece that begins at place 0 holds all keys; what came before it no longer counts.
 * 3. A piece is plain JSON. A number that is not known (a settled order in a file of Logos) is null there and NaN in the columns.
 */
import { CodedError } from "../../shared/errors.ts";
import type { KeyList } from "./key-list.ts";
import { Names } from "./names.ts";
import { OrderRouter } from "./router.ts";
import { snapshotOf } from "./router-snapshot.ts";
import type { RouterHead } from "./router-snapshot.ts";
import type { KeyChanges } from "./router-types.ts";
import { SeenFills } from "./seen-fills.ts";

/** Columns of one piece; texts that occur again and again are numbers into its lists. */
export interface KeyPiece {
  readonly from: number;
  readonly keys: readonly string[];
  readonly sequence: readonly number[];
  readonly reasons: readonly string[];
  readonly reason: readonly number[];
  readonly strategies: readonly string[];
  readonly strategy: readonly number[];
  readonly symbols: readonly string[];
  readonly symbol: readonly number[];
  readonly quantity: readonly (number | null)[];
  readonly price: readonly (number | null)[];
  readonly at: readonly number[] | null;
  readonly closed: readonly (readonly [row: number, reason: string])[];
}

const known = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** What became of the keys, as plain JSON. */
export function keyPieceOf({ from, list, closed }: KeyChanges): KeyPiece {
  const reasons = new Names();
  const reason = list.reason.map((text) => reasons.numberOf(text));
  return {
    from,
    keys: list.keys,
    sequence: [...list.sequence],
    reasons: reasons.texts(),
    reason,
    strategies: list.strategies,
    strategy: [...list.strategy],
    symbols: list.symbols,
    symbol: [...list.symbol],
    quantity: Array.from(list.quantity, known),
    price: Array.from(list.price, known),
    at: list.at === null ? null : [...list.at],
    closed,
  };
}

/** Puts pieces together again. */
export class KeyPieces {
  #pieces: KeyPiece[] = [];
  #rows = 0;

  /** Adds the next piece. Throws `snapshot_invalid` for one that does not follow. */
  add(piece: KeyPiece): void {
    if (piece.from === 0) {
      this.#pieces = [];
      this.#rows = 0;
    }
    if (piece.from !== this.#rows)
      throw new CodedError(
        "snapshot_invalid",
        `Saved keys continue at place ${piece.from}, and there are ${this.#rows} before it: a piece is missing.`,
      );
    this.#pieces.push(piece);
    this.#rows += piece.keys.length;
  }

  list(): KeyList {
    const rows = this.#rows;
    const last = this.#pieces.at(-1);
    const keys: string[] = [];
    const reason: string[] = [];
    const sequence = new Float64Array(rows);
    const strategy = new Int32Array(rows);
    const symbol = new Int32Array(rows);
    const quantity = new Float64Array(rows);
    const price = new Float64Array(rows);
    const at = last === undefined || last.at === null ? null : new Float64Array(rows);
    for (const piece of this.#pieces) {
      for (const [row, text] of piece.closed) reason[row] = text;
      sequence.set(piece.sequence, piece.from);
      strategy.set(piece.strategy, piece.from);
      symbol.set(piece.symbol, piece.from);
      for (let place = 0; place < piece.keys.length; place++) {
        keys.push(piece.keys[place] as string);
        reason.push(piece.reasons[piece.reason[place] as number] as string);
        quantity[piece.from + place] = piece.quantity[place] ?? Number.NaN;
        price[piece.from + place] = piece.price[place] ?? Number.NaN;
      }
      at?.set(piece.at ?? [], piece.from);
    }
    const { strategies = [], symbols = [] } = last ?? {};
    return { keys, sequence, reason, strategy, symbol, quantity, price, at, strategies, symbols };
  }
}

/** A router that resumes from a saved head and its keys, as the one that was saved would have once it knows its executions. */
export function routerFromPieces(head: RouterHead, pieces: KeyPieces): OrderRouter {
  const router = OrderRouter.restore(snapshotOf(head, new SeenFills().list(), pieces.list()));
  router.keysAreSaved();
  return router;
}
