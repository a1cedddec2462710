/**
 * Whether two routers are the same: whether their `router_state.json` would be.
 *
 * 1. The answer is that of the two texts. Columns that are equal row by row give equal texts, so the texts of a million keys are made only
 *    where they are not.
 */
import type { KeyList } from "../router/key-list.ts";
import { fillListOf, keyListOf, partsOf, snapshotOf } from "../router/router-snapshot.ts";
import type { RouterSnapshot } from "../router/router-snapshot.ts";
import { SeenFills, type FillList } from "../router/seen-fills.ts";
import { OrderRouter } from "../router/router.ts";
import { routerStateChunks } from "./router-state.ts";

/** Whether two snapshots have one text. */
export function sameRouterState(one: RouterSnapshot, other: RouterSnapshot): boolean {
  const columns = sameKeys(keyListOf(one), keyListOf(other)) && sameFills(fillListOf(one), fillListOf(other));
  return columns
    ? sameTexts(routerStateChunks(headOnly(one)), routerStateChunks(headOnly(other)))
    : sameTexts(routerStateChunks(one), routerStateChunks(other));
}

/** The snapshot without keys and executions. */
function headOnly(snapshot: RouterSnapshot): RouterSnapshot {
  const { head } = partsOf(snapshot);
  return snapshotOf(head, new SeenFills().list(), NO_KEYS);
}

const NO_KEYS: KeyList = keyListOf(new OrderRouter().snapshot());

type Column = Float64Array | Int32Array | Uint8Array | readonly string[];

/** Whether two columns have the same values in their first rows; what is not known is the same as itself. */
function sameColumn(one: Column, other: Column, rows: number): boolean {
  for (let row = 0; row < rows; row++) {
    const value = one[row];
    if (value !== other[row] && !(Number.isNaN(value) && Number.isNaN(other[row]))) return false;
  }
  return true;
}

function sameKeys(one: KeyList, other: KeyList): boolean {
  const rows = one.keys.length;
  if (rows !== other.keys.length || (one.at === null) !== (other.at === null)) return false;
  for (const name of ["strategies", "symbols"] as const)
    if (one[name].length !== other[name].length || !sameColumn(one[name], other[name], one[name].length)) return false;
  const names = ["keys", "sequence", "reason", "strategy", "symbol", "quantity", "price"] as const;
  const at = one.at === null || other.at === null || sameColumn(one.at, other.at, rows);
  return at && names.every((name) => sameColumn(one[name], other[name], rows));
}

function sameFills(one: FillList, other: FillList): boolean {
  const { rows } = one;
  if (rows !== other.rows || one.others.size !== other.others.size) return false;
  for (const [row, id] of one.others) if (other.others.get(row) !== id) return false;
  const names = ["order", "fillIds", "quantity", "price", "role", "next"] as const;
  return names.every((name) => sameColumn(one[name], other[name], rows));
}

/** Whether texts that come in pieces are one text: equal states come in equal pieces, but for empty ones. */
function sameTexts(one: Iterator<string>, other: Iterator<string>): boolean {
  const nextOf = (pieces: Iterator<string>): string | null => {
    for (let next = pieces.next(); next.done !== true; next = pieces.next()) if (next.value !== "") return next.value;
    return null;
  };
  for (;;) {
    const piece = nextOf(one);
    if (piece !== nextOf(other)) return false;
    if (piece === null) return true;
  }
}
