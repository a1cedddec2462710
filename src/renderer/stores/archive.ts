/**
 * Rows of a long list from the host's archive: by filter, range and order, page by page, of the whole session.
 *
 * 1. An answer to a question that is not asked any more is dropped.
 * 2. The first pages are asked for again as the session grows, once a second; a list that was continued far stays as it is read.
 */
import { useEffect, useRef, useState } from "react";
import type { Input, Output } from "../../shared/contract/contract.ts";
import type { ErrorShape } from "../../shared/errors.ts";
import { ask, useSession } from "./live.ts";

export type ArchiveTable = Input<"archive.page">["table"];
export type ArchiveQuestion = Omit<Input<"archive.page">, "after" | "limit">;
type Page = Output<"archive.page">;
type RowOf = { orders: Page["orders"][number]; fills: Page["fills"][number]; rejections: Page["rejections"][number] };

const PAGE = 500;
/** Rows that are asked for again while the session grows. */
const RENEWED_MAX = 1_000;
const RENEW_MS = 1_000;
/** While the user types. */
const PAUSE_MS = 80;

export interface ArchiveRows<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
  /** True until the question that is asked has its first answer. */
  readonly waiting: boolean;
  readonly more: boolean;
  /** How much of the session the archive holds: below 1 while it is being made. */
  readonly share: number;
  readonly error: ErrorShape | null;
  readonly load: () => void;
}

interface Held {
  readonly key: string | null;
  readonly rows: readonly unknown[];
  readonly total: number;
  readonly next: string | null;
  readonly share: number;
  readonly error: ErrorShape | null;
}

const SEPARATOR = "\n";
const questionIn = (key: string): ArchiveQuestion =>
  JSON.parse(key.slice(key.indexOf(SEPARATOR) + 1)) as ArchiveQuestion;

const NOTHING: Held = { key: null, rows: [], total: 0, next: null, share: 1, error: null };

/**
 * The rows that a question finds, and those that `load` added behind them. `null` asks nothing. `version` changes as the list grows.
 */
export function useArchive<Table extends ArchiveTable>(
  table: Table,
  question: Omit<ArchiveQuestion, "table"> | null,
  version: number,
): ArchiveRows<RowOf[Table]> {
  const session = useSession()?.id ?? "";
  // Of another session the same question is another one.
  const key = question === null ? null : `${session}${SEPARATOR}${JSON.stringify({ ...question, table })}`;
  const [held, setHeld] = useState<Held>(NOTHING);
  const [renewed, setRenewed] = useState(version);
  const wanted = useRef(key);
  const length = useRef(0);
  const newest = useRef(version);
  useEffect(() => {
    wanted.current = key;
    length.current = held.key === key ? held.rows.length : 0;
    newest.current = version;
  });
  useEffect(() => {
    if (key === null) return undefined;
    const timer = setInterval(() => {
      if (length.current <= RENEWED_MAX) setRenewed(newest.current);
    }, RENEW_MS);
    return () => clearInterval(timer);
  }, [key]);
  useEffect(() => {
    if (key === null) return undefined;
    const begin = async (): Promise<void> => {
      const limit = Math.min(RENEWED_MAX, Math.max(PAGE, length.current));
      const answer = await ask("archive.page", { ...questionIn(key), after: null, limit });
      if (wanted.current !== key) return;
      if (!answer.ok) return setHeld({ ...NOTHING, key, error: answer.error });
      const { total, next, share, [table]: rows } = answer.value;
      // Pages that were added meanwhile stay.
      setHeld((now) =>
        now.key === key && now.rows.length > limit ? now : { key, rows, total, next, share, error: null },
      );
    };
    const timer = setTimeout(() => void begin(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [key, table, renewed]);
  const { next } = held;
  const load = async (): Promise<void> => {
    if (key === null || next === null) return;
    const input = { ...questionIn(key), after: next, limit: PAGE };
    const answer = await ask("archive.page", input);
    if (!answer.ok) return;
    const { total, share, [table]: rows } = answer.value;
    setHeld((now) =>
      now.key === key && now.next === next
        ? { ...now, rows: [...now.rows, ...rows], total, share, next: answer.value.next }
        : now,
    );
  };
  return {
    rows: held.rows as readonly RowOf[Table][],
    total: held.total,
    waiting: key !== null && held.key !== key,
    more: held.key === key && next !== null,
    share: held.share,
    error: held.error,
    load: () => void load(),
  };
}
