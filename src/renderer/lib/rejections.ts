/** Rejections that are all at hand, folded by cause, strategy and symbol, as the host's archive folds those of a long session. */
import type { Output } from "../../shared/contract/contract.ts";
import type { RejectionsView } from "../../shared/contract/views.ts";

export type RejectionGroup = Output<"rejections.groups">["groups"][number];

const SPARK_PARTS = 24;

/** The groups, the largest first. */
export function groupsOf(rows: readonly RejectionsView["rows"][string][]): RejectionGroup[] {
  const moments = rows.map(({ at }) => at);
  const from = moments.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const to = moments.reduce((most, at) => Math.max(most, at), Number.NEGATIVE_INFINITY);
  const width = Math.max(1, (to - from + 1) / SPARK_PARTS);
  const groups = Map.groupBy(rows, ({ cause, strategy, symbol }) => JSON.stringify([cause, strategy, symbol]));
  return [...groups.values()]
    .flatMap((own) => {
      const [row] = own;
      if (row === undefined) return [];
      const spark = Array.from({ length: SPARK_PARTS }, () => 0);
      for (const { at } of own) {
        const part = Math.min(SPARK_PARTS - 1, Math.floor((at - from) / width));
        spark[part] = (spark[part] ?? 0) + 1;
      }
      const times = own.map(({ at }) => at);
      const { cause, severity, strategy, symbol } = row;
      const [firstAt, lastAt] = [Math.min(...times), Math.max(...times)];
      return [{ cause, severity, strategy, symbol, count: own.length, firstAt, lastAt, spark }];
    })
    .toSorted((a, b) => b.count - a.count || b.lastAt - a.lastAt);
}
