/**
 * Rows as a file has them, made into bars in order of time: local times become moments, equal rows become one.
 *
 * 1. The order of the rows in the file settles which of two equal local times of autumn is meant; where it cannot, the first is.
 * 2. Rows of one moment that say the same are one; of rows that differ the later one in the file is refused.
 * 3. A local time that never was is refused.
 */
import { DAY } from "../../../shared/time.ts";
import { PRICES, type BarColumns } from "./bar-columns.ts";
import type { Gathering } from "./gathering.ts";
import type { RowOrder } from "./imported.ts";
import type { Zone } from "./zone.ts";

/** What the rows of a symbol showed before their times became moments. */
export interface Settled {
  readonly order: RowOrder;
  /** The local times in order, where each is a midnight; null otherwise. */
  readonly midnights: Float64Array | null;
}

/** A share of steps in one direction from which a file has that direction, and what does not fit is out of place. */
const DIRECTION_SHARE = 0.8;

function stepsOf(table: BarColumns): { readonly rises: number; readonly falls: number } {
  const { at } = table.columns;
  let [rises, falls] = [0, 0];
  for (let index = 1; index < table.size; index++) {
    const step = (at[index] as number) - (at[index - 1] as number);
    if (step > 0) rises++;
    else if (step < 0) falls++;
  }
  return { rises, falls };
}

const placesOf = (size: number): Uint32Array => {
  const order = new Uint32Array(size);
  for (let index = 0; index < size; index++) order[index] = index;
  return order;
};

function sorted(table: BarColumns): void {
  const { at } = table.columns;
  const { rows } = table;
  const order = placesOf(table.size);
  table.reorder(
    order.toSorted((a, b) => (at[a] as number) - (at[b] as number) || (rows[a] as number) - (rows[b] as number)),
  );
}

const isSame = (table: BarColumns, a: number, b: number): boolean =>
  PRICES.every((name) => table.columns[name][a] === table.columns[name][b]) &&
  table.columns.volume[a] === table.columns.volume[b] &&
  (table.spread === null || Object.is(table.spread[a], table.spread[b])) &&
  [0, 1, 2, 3].every((price) => table.exact.get(a * 4 + price) === table.exact.get(b * 4 + price));

/** Moments of local times, walked in the order of the file. */
function toMoments(table: BarColumns, zone: Zone, gathering: Gathering): void {
  const { at } = table.columns;
  let after = -Infinity;
  let [lost, head, second] = [0, 0, false];
  for (let index = 0; index < table.size; index++) {
    const local = at[index] as number;
    const found = zone.toMoment(local, after);
    if (found === null) {
      lost++;
      gathering.refuse(table.rows[index] as number, {
        rule: "time",
        reason: `its time never was in ${zone.name}: the clocks went forward.`,
      });
      at[index] = NaN;
      continue;
    }
    const other = zone.toMoment(local, Infinity) as number;
    if (other === found && zone.toMoment(local, -Infinity) !== found) second = true;
    if (other !== found && head === index) {
      head = index + 1;
      table.unsureBy = other - found;
    }
    at[index] = found;
    after = found;
  }
  table.unsureHead = second ? 0 : head;
  if (lost > 0) table.reorder(placesOf(table.size).filter((index) => !Number.isNaN(at[index])));
}

function dropRepeated(table: BarColumns, gathering: Gathering): void {
  const { at } = table.columns;
  const kept: number[] = [];
  for (let index = 0; index < table.size; index++) {
    const before = kept.at(-1);
    if (before === undefined || at[before] !== at[index]) {
      kept.push(index);
      continue;
    }
    if (isSame(table, before, index)) gathering.repeated++;
    else
      gathering.refuse(table.rows[index] as number, {
        rule: "duplicate",
        reason: `it has the same time as row ${table.rows[before]}, and other values.`,
      });
  }
  if (kept.length < table.size) table.reorder(Uint32Array.from(kept));
}

function isRising(table: BarColumns): boolean {
  const { at } = table.columns;
  for (let index = 1; index < table.size; index++) if ((at[index] as number) <= (at[index - 1] as number)) return false;
  return true;
}

function midnightsOf(table: BarColumns): Float64Array | null {
  const { at } = table.columns;
  for (let index = 0; index < table.size; index++) if ((at[index] as number) % DAY !== 0) return null;
  return at.slice(0, table.size);
}

/** Puts a table's rows in order of time. `newestFirst` says what a person knows; null leaves it to the rows. */
export function settle(table: BarColumns, zone: Zone, gathering: Gathering, newestFirst: boolean | null): Settled {
  const { rises, falls } = stepsOf(table);
  const steps = rises + falls;
  const local = table.local === true && zone.name !== "UTC";
  const falling = newestFirst ?? (steps > 0 && falls > steps * DIRECTION_SHARE);
  const rising = !falling && rises >= steps * DIRECTION_SHARE;
  const order = falling ? "newest_first" : rising && (falls === 0 || local) ? "rising" : "unsorted";
  if (falling) table.reorder(placesOf(table.size).toReversed());
  else if (!rising) sorted(table);
  const midnights = midnightsOf(table);
  if (local) toMoments(table, zone, gathering);
  if (isRising(table)) return { order, midnights };
  if (midnights !== null) midnights.sort();
  sorted(table);
  dropRepeated(table, gathering);
  return {
    order: order === "rising" && falls > 0 && !local ? "unsorted" : order,
    midnights: midnights === null ? null : unique(midnights),
  };
}

const unique = (values: Float64Array): Float64Array =>
  values.filter((value, index) => index === 0 || values[index - 1] !== value);
