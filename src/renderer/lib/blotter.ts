/**
 * The rows of a blotter: the stream's window of the newest rows, and older ones that were loaded below it.
 *
 * 1. What is shown is one stretch without a hole: rows that leave the window join the older ones.
 * 2. Where rows left the window unseen, the older ones are dropped, so that they can be loaded again from the window down.
 * 3. A page that was asked for before the window moved still joins: with the rows that were shown when it was asked for.
 * 4. At most `OLDER_MAX` older rows are held; the oldest go first.
 */

export interface BlotterRow {
  readonly seq: number;
}

/** The window of a stream: its rows by id, and how many there are in all. */
export interface Window<Row> {
  readonly rows: Readonly<Record<string, Row>>;
  readonly total: number;
}

export interface Older<Row> {
  /** Oldest first. */
  readonly rows: readonly Row[];
  /** True when nothing lies below them. */
  readonly done: boolean;
}

/** Older rows that one window of the console holds. */
export const OLDER_MAX = 10_000;

export const NOTHING_OLDER = { rows: [], done: false } as const;

export const lowest = (rows: readonly BlotterRow[]): number | null =>
  rows.reduce<number | null>((found, row) => (found === null || row.seq < found ? row.seq : found), null);

const bySeq = (a: BlotterRow, b: BlotterRow): number => a.seq - b.seq;

/** The older rows after the window moved. Both windows are of the same stream; `after` is the newer one. */
export function afterMove<Row extends BlotterRow>(
  older: Older<Row>,
  before: Window<Row>,
  after: Window<Row>,
): Older<Row> {
  if ((older.rows.length === 0 && !older.done) || before.rows === after.rows) return older;
  const left = Object.keys(before.rows)
    .filter((id) => !Object.hasOwn(after.rows, id))
    .map((id) => before.rows[id] as Row);
  const size = Object.keys(after.rows).length;
  // Rows that lie below the window now, less those that lay below it before.
  const moved = after.total - size - (before.total - Object.keys(before.rows).length);
  if (moved !== left.length) return NOTHING_OLDER;
  if (moved === 0) return older;
  return trimmed({ rows: [...older.rows, ...left.toSorted(bySeq)], done: older.done });
}

/** The older rows with a page that was loaded below everything shown. */
export function withPage<Row extends BlotterRow>(older: Older<Row>, page: readonly Row[], more: boolean): Older<Row> {
  return trimmed({ rows: [...page.toSorted(bySeq), ...older.rows], done: !more });
}

/**
 * The older rows after the answer to a question for the rows below `shown`, which was asked when `shown` was all that was there.
 * They stay as they are where the answer no longer joins what is shown now.
 */
export function withAnswer<Row extends BlotterRow>(
  now: { readonly older: Older<Row>; readonly window: Window<Row> },
  shown: readonly Row[],
  page: readonly Row[],
  more: boolean,
): Older<Row> {
  const asked = lowest(shown);
  const still = lowest([...now.older.rows, ...Object.values(now.window.rows)]);
  if (still === asked) return withPage(now.older, page, more);
  if (still === null || asked === null || still < asked || !shown.some((row) => row.seq === still)) return now.older;
  return withPage(now.older, [...page, ...shown.filter((row) => row.seq < still)], more);
}

function trimmed<Row>(older: Older<Row>): Older<Row> {
  const { rows } = older;
  return rows.length <= OLDER_MAX ? older : { rows: rows.slice(-OLDER_MAX), done: false };
}
