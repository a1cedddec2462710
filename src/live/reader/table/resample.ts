/**
 * Bars of one length folded into longer ones.
 *
 * 1. A longer bar has the open of its first bar, the close and the spread of its last, and is visible from its own close.
 * 2. Longer bars begin at whole multiples of their length since the epoch; no bar is shared between two of them.
 */
import { CodedError } from "../../../shared/errors.ts";
import { formatDuration, type Duration } from "../../../shared/time.ts";
import { BarColumns } from "./bar-columns.ts";
import type { Piece } from "./merge.ts";

/** Throws `data_invalid` for bars that are longer than what they are to be folded into. */
export function resampled(piece: Piece, interval: number): Piece {
  const { table, span, gathering } = piece;
  if (span.interval === interval || table.size === 0) return piece;
  if (span.interval > interval || interval % span.interval !== 0) {
    const [from, to] = [formatDuration(span.interval as Duration), formatDuration(interval as Duration)];
    const message = `${gathering.name}: bars of ${from} cannot be made into bars of ${to}; name a multiple of ${from}.`;
    throw new CodedError("data_invalid", message, { file: gathering.name, rule: "resample" });
  }
  const { columns, rows, exact } = table;
  const folded = new BarColumns(table.symbol);
  folded.pricePrecision = table.pricePrecision;
  folded.local = false;
  let from = 0;
  const bucketOf = (index: number): number => {
    const open = table.opened?.[index] ?? (columns.at[index] as number) - span.interval;
    return Math.floor(open / interval);
  };
  const close = (to: number): void => {
    let [high, low, volume] = [from, from, 0];
    for (let index = from; index < to; index++) {
      if ((columns.high[index] as number) > (columns.high[high] as number)) high = index;
      if ((columns.low[index] as number) < (columns.low[low] as number)) low = index;
      volume += columns.volume[index] as number;
    }
    for (const [slot, index] of [from, high, low, to - 1].entries()) {
      const text = exact.get(index * 4 + slot);
      if (text !== undefined) folded.noteExact(slot, text);
    }
    folded.noteSpread(table.spread?.[to - 1] ?? NaN);
    folded.push(
      rows[from] as number,
      (bucketOf(from) + 1) * interval,
      columns.open[from] as number,
      columns.high[high] as number,
      columns.low[low] as number,
      columns.close[to - 1] as number,
      Number(volume.toPrecision(14)),
    );
    from = to;
  };
  for (let index = 1; index <= table.size; index++)
    if (index === table.size || bucketOf(index) !== bucketOf(from)) close(index);
  return { gathering, table: folded, span: { unit: "fixed", interval, known: true } };
}
