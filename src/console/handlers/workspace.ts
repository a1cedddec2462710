/**
 * What a view may ask of the workspace: its sessions side by side, their summaries, settings, and links.
 *
 * 1. A session of another process is read and never disturbed.
 * 2. A link is opened only when it is https and its host is on the list.
 * 3. A view may not write the host's own settings: Open Recent says which files a view may name, so only the host fills it.
 */
import type { Handlers, Output } from "../../shared/contract/contract.ts";
import { CodedError } from "../../shared/errors.ts";
import { DAY } from "../../shared/time.ts";
import { compactSession } from "../../live/session/recovery/compact.ts";
import type { SessionListing } from "../../shared/contract/views.ts";
import {
  deletableSessions,
  deleteSessions,
  findSession,
  isLight,
  readEquityCurve,
  readJournal,
  readText,
} from "../../store/index.ts";
import type { HostState } from "../state/state.ts";

/** Hosts that the views link to. */
export const LINK_HOSTS: readonly string[] = ["www.tradingview.com", "www.electronjs.org", "github.com"];
const HOST_SETTINGS = "recent.";
const EQUITY_POINTS_MAX = 500;
const SUMMARY_BYTES_MAX = 2_000_000;

type WorkspaceHandlers = Pick<
  Handlers,
  | "sessions.refresh"
  | "sessions.compare"
  | "sessions.compact"
  | "sessions.delete"
  | "sessions.summary"
  | "settings.read"
  | "settings.write"
  | "link.open"
>;

export function workspaceHandlers(state: HostState): WorkspaceHandlers {
  const { workspace } = state;
  return {
    "sessions.refresh": async () => {
      state.refreshSessions();
      if (state.opened?.alive !== true) await state.readDesk().catch(() => undefined);
      return {};
    },
    "sessions.compare": async ({ a, b }) => {
      state.refreshSessions();
      const [left, right] = [listingOf(state, a), listingOf(state, b)];
      return {
        a: left,
        b: right,
        rows: comparison(left, right),
        equityA: equityOf(state, a),
        equityB: equityOf(state, b),
      };
    },
    "sessions.compact": async ({ id }) => {
      // Giving room back to the disk is one long call, which would hold the running session's clock up.
      if (state.opened?.alive === true)
        throw new CodedError("wrong_state", "A session is running here. Stop it, then compact.");
      const { dropped, entries, bytesBefore, bytesAfter } = await compactSession(workspace, id, DAY);
      state.refreshSessions();
      return { dropped, entries, bytesBefore, bytesAfter };
    },
    "sessions.delete": async ({ ids }) => {
      deletableSessions(workspace, ids);
      // A session that has ended may still be shown: what is deleted is shown no more.
      if (state.opened !== null && ids.includes(state.opened.live.id)) {
        state.needFree();
        state.opened.close();
        state.opened = null;
      }
      const trash = state.trash();
      const deleted = await deleteSessions(workspace, ids, trash);
      for (const id of deleted) state.alerts.end(id, state.ports.wallMs() * 1_000, () => true);
      state.refreshSessions();
      return { deleted, trashed: trash !== null };
    },
    "sessions.summary": async ({ id }) => {
      const files = findSession(workspace, id);
      return { markdown: readText(state.ports.files, files.report, SUMMARY_BYTES_MAX) };
    },
    "settings.read": async () => ({ settings: state.settings.read() }),
    "settings.write": async ({ key, value }) => {
      if (key.startsWith(HOST_SETTINGS))
        throw new CodedError("refused", `Settings that begin with "${HOST_SETTINGS}" are the console's own.`, { key });
      state.settings.keep(key, value);
      return {};
    },
    "link.open": async ({ url }) => {
      const parsed = URL.canParse(url) ? new URL(url) : null;
      if (
        parsed === null ||
        parsed.protocol !== "https:" ||
        !LINK_HOSTS.includes(parsed.host) ||
        parsed.username !== "" ||
        parsed.password !== ""
      )
        throw new CodedError("refused", "This link leads to a place that the console does not open.");
      if (state.options.openExternal === undefined) return { opened: false };
      await state.options.openExternal(parsed.href);
      return { opened: true };
    },
  };
}

function listingOf(state: HostState, id: string): SessionListing {
  const { id: found } = findSession(state.workspace, id);
  const listing = state.sessions().sessions[found];
  if (listing === undefined) throw new CodedError("no_session", `There is no session ${id} in the list.`, { id });
  return listing;
}

type ComparedRow = Output<"sessions.compare">["rows"][number];

const COMPARED: readonly (readonly [what: string, key: keyof SessionListing, kind: ComparedRow["kind"]])[] = [
  ["Desk", "desk", "text"],
  ["Seed", "seed", "text"],
  ["State", "state", "text"],
  ["Session time from", "startedAt", "moment"],
  ["Session time to", "lastAt", "moment"],
  ["Runs", "runs", "count"],
  ["Orders", "orders", "count"],
  ["Fills", "fills", "count"],
  ["Rejections", "rejections", "count"],
  ["Equity at the start", "equityStart", "money"],
  ["Equity at the end", "equityEnd", "money"],
  ["Profit and loss", "pnl", "money"],
  ["Deepest drawdown", "maxDrawdown", "share"],
  ["Halts", "halts", "count"],
  ["Open drift items", "openDrift", "count"],
];

function comparison(a: SessionListing, b: SessionListing): ComparedRow[] {
  const valueOf = (value: SessionListing[keyof SessionListing]): ComparedRow["a"] =>
    typeof value === "boolean" ? String(value) : value;
  return COMPARED.map(([what, key, kind]) => ({
    what,
    kind,
    a: valueOf(a[key]),
    b: valueOf(b[key]),
    same: a[key] === b[key],
  }));
}

/** The equity curve over the share of its length, thinned to `EQUITY_POINTS_MAX`; empty where neither journal nor file has one. */
function equityOf(state: HostState, id: string): [number, number][] {
  const files = findSession(state.workspace, id);
  if (isLight(state.ports.files, files)) return thinned(readEquityCurve(state.ports.files, files.folder));
  if (!state.ports.files.exists(files.journal)) return [];
  const journal = readJournal(files.journal);
  try {
    const points: [number, number][] = [];
    for (const entry of journal.read(1, ["equity"]))
      if (entry.kind === "equity") points.push([entry.at, Number(entry.equity)]);
    return thinned(points);
  } finally {
    journal.close();
  }
}

function thinned(points: readonly (readonly [at: number, equity: number])[]): [number, number][] {
  const [first, last] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0];
  const step = Math.max(1, Math.ceil(points.length / EQUITY_POINTS_MAX));
  return points
    .filter((_, index) => index % step === 0)
    .map(([at, equity]) => [last === first ? 0 : (at - first) / (last - first), equity]);
}
