/**
 * The nearest valid spelling of a word that is none.
 *
 * 1. Case, dashes and underscores count for nothing, so `maxNotional` is found for `max_notional`.
 * 2. A word is offered only when it is close: a third of its letters may differ. Among equals the first listed wins.
 * 3. Its cost has a limit: words longer than `WORD_MAX` are not compared.
 */

const WORD_MAX = 64;

const bare = (word: string): string => word.toLowerCase().replaceAll(/[-_\s]/g, "");

/** How many letters must be changed, added, dropped or swapped with their neighbour to make one word of the other. */
export function editDistance(one: string, other: string): number {
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      let least = Math.min(
        (above[column] as number) + 1,
        (line[column - 1] as number) + 1,
        (above[column - 1] as number) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (swapped) least = Math.min(least, (before[column - 2] as number) + 1);
      line.push(least);
    }
    before = above;
    above = line;
  }
  return above[other.length] as number;
}

/** The nearest of the valid words, or null when none is close. */
export function nearest(word: string, valid: Iterable<string>): string | null {
  if (word.length > WORD_MAX) return null;
  const sought = bare(word);
  let best: string | null = null;
  let bestAway = Infinity;
  for (const candidate of valid) {
    if (candidate.length > WORD_MAX) continue;
    const name = bare(candidate);
    const reach = Math.floor(Math.max(name.length, sought.length) / 3);
    if (Math.abs(name.length - sought.length) > reach) continue;
    const away = editDistance(sought, name);
    if (away <= reach && away < bestAway) {
      best = candidate;
      bestAway = away;
    }
  }
  return best;
}
