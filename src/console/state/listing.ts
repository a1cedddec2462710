/**
 * The rows of the list of sessions.
 *
 * 1. A session's row is made from its record; one that cannot be read keeps its row, with the problem.
 * 2. One that was interrupted has no figures: its record does not know how it ended.
 * 3. The open session's row has the figures of this moment.
 */
import { decimal, plain } from "../../shared/decimal.ts";
import type { SessionListing } from "../../shared/contract/views.ts";
import { sessionBytes, type SessionFound } from "../../store/index.ts";
import type { OpenedSession } from "./opened.ts";

/** A session's row as its folder says. */
export function listingOf(found: SessionFound): SessionListing {
  const { record, problem, writer, files, id } = found;
  const halt = record?.halts.at(-1) ?? null;
  const open = writer !== null;
  // A record that says running while no process has the folder is one of a process that was killed.
  const ended = record !== null && !open && !["stopped", "failed"].includes(record.state);
  // Its record was last written before it ended: what came of it is in the journal alone until it is reopened.
  const known = ended ? null : record;
  return {
    id,
    desk: record?.desk ?? "—",
    state: ended ? "interrupted" : (record?.state ?? "unreadable"),
    open,
    light: record?.light ?? false,
    seed: record?.seed ?? null,
    source: record?.source ?? null,
    created: record?.created ?? null,
    stopped: record?.stopped ?? null,
    startedAt: record?.startedAt ?? null,
    lastAt: known?.lastAt ?? null,
    runs: known?.runs ?? null,
    orders: known?.orders ?? null,
    fills: known?.fills ?? null,
    rejections: known === null ? null : Object.values(known.rejections).reduce((sum, count) => sum + count, 0),
    equityStart: record?.equityStart ?? null,
    equityEnd: known?.equityEnd ?? null,
    pnl: known?.pnl ?? null,
    maxDrawdown: known?.maxDrawdown ?? null,
    openDrift: record?.driftOpen ?? 0,
    halts: record?.halts.length ?? null,
    haltReason: halt?.message ?? null,
    problem,
    bytes: bytesOf(files),
  };
}

function bytesOf(files: SessionFound["files"]): number | null {
  try {
    return sessionBytes(files);
  } catch {
    return null;
  }
}

/** The row of the open session: what its record says, with the figures of this moment. */
export function liveRow(row: SessionListing, opened: OpenedSession): SessionListing {
  const probe = opened.probe();
  const { counts, state } = opened.session();
  const { equity, equityStart } = probe.account;
  return {
    ...row,
    state,
    open: opened.alive,
    lastAt: probe.now,
    runs: probe.counts.runs,
    orders: counts.orders,
    fills: counts.fills,
    rejections: counts.rejections,
    equityStart,
    equityEnd: equity,
    pnl: plain(decimal(equity).minus(equityStart)),
    maxDrawdown: probe.account.drawdownMax,
    openDrift: counts.driftOpen,
  };
}
