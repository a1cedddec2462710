/**
 * What was read of a market data file, in one sentence for people: the same at a session's start, in its report and at its end.
 *
 * 1. A row that is not in a bar is never left unsaid.
 */
import type { FeedSource } from "../ports.ts";

/** `60 rows, 59 bars, 1 refused: row 3: the high is below the low.`; only the rows where nothing more is known. */
export function sourceText({ rows, bars, refused = 0, firstRefused = null }: FeedSource): string {
  const read = bars === undefined || (bars === rows && refused === 0) ? `${rows} rows` : `${rows} rows, ${bars} bars`;
  if (refused === 0) return read;
  return `${read}, ${refused} refused${firstRefused === null ? "" : `: ${firstRefused}`}`;
}

/** The sources of which rows are not in any bar, each as a sentence that names it. */
export function lossTexts(sources: readonly FeedSource[]): string[] {
  return sources
    .filter(({ refused = 0 }) => refused > 0)
    .map((source) => `${source.name}: ${sourceText(source)} \`logos import FILE --preview\` lists them.`);
}
