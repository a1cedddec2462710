/**
 * What a view may ask about the past of the open session: why an order was made, older rows, exports.
 *
 * 1. Everything is read from the journal, its archive, or the projections that the views show; nothing is kept for it.
 * 2. An export holds what is listed and what has left the list, up to its limit, and says how many rows it left out.
 * 3. A long journal is read in turns, so that neither a page nor an export holds up the session.
 * 4. A light run is asked about the entries that are kept of it. What they cannot answer is refused with the name of the file that can.
 */
import type { Handlers, Input } from "../../shared/contract/contract.ts";
import { CodedError } from "../../shared/errors.ts";
import { moneyOfDesk } from "../../live/instruments/index.ts";
import type { JournalEntry } from "../../store/journal/entries.ts";
import type { Subject } from "../archive/requests.ts";
import { csvOf } from "../archive/cells.ts";
import { LogProjection } from "../projections/log.ts";
import { errorKindOf, MetricsProjection } from "../projections/metrics.ts";
import { OrdersProjection } from "../projections/orders.ts";
import { Precisions } from "../projections/precision.ts";
import { RejectionsProjection } from "../projections/rejections.ts";
import { Table } from "../projections/table.ts";
import { TicksProjection } from "../projections/ticks.ts";
import { scan } from "../state/scan.ts";
import { byTable, needWhole } from "./archive.ts";
import { isCompacted, type OpenedSession } from "../state/opened.ts";
import type { HostState } from "../state/state.ts";
import { stepsOf, titleOf } from "../why/steps.ts";
import { subjectOf, trailOf, type Trail } from "../why/trail.ts";

/** An export holds the newest of so many; the session's own files hold them all. */
const EXPORT_ROWS_MAX = 50_000;

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

type ReviewHandlers = Pick<Handlers, "order.why" | "orders.page" | "export.rows">;

export function reviewHandlers(state: HostState): ReviewHandlers {
  return {
    "order.why": async ({ id }) => {
      const subject = subjectOf(id);
      const opened = state.need();
      const trail = subject === null ? null : await trailIn(opened, subject);
      if (trail === null) throw new CodedError("not_found", nothingNamed(opened, id), { id });
      return { id, title: titleOf(trail, id), steps: stepsOf(trail) };
    },
    "orders.page": async ({ kind, before, limit }) => {
      const after = before === null ? null : JSON.stringify([null, before]);
      const query = {
        table: kind,
        words: "",
        where: {},
        from: null,
        to: null,
        // By number, so that a page begins right where the list at hand ends, whatever the rows' own moments are.
        sort: "seq",
        descending: true,
        after,
        limit,
      };
      const { output } = await state.need().archive.ask("page", query).answer;
      const { orders, fills } = byTable(kind, output.rows);
      return { orders, fills, more: output.next !== null };
    },
    "export.rows": async ({ what, format }) => {
      const all = await rowsOf(state, what);
      const rows = all.slice(-EXPORT_ROWS_MAX);
      const id = state.opened?.live.id ?? "workspace";
      // A light run's log has no file of its own: the name says that its beginning is not in it.
      const newest = what === "log" && state.opened?.kept?.whole === false ? "_newest" : "";
      const text = format === "json" ? `${JSON.stringify(rows, null, 2)}\n` : csvOf(rows);
      const left = Math.max(all.length, listed(state, what)) - rows.length;
      return { name: `${id}_${what}${newest}.${format}`, text, rows: rows.length, left };
    },
  };
}

function nothingNamed({ live, kept }: OpenedSession, id: string): string {
  if (kept === null || kept.whole)
    return `The ${kept === null ? "journal" : "record"} of this session has nothing named ${id}.`;
  return (
    `${id} is not among the newest entries, which are all that a light run keeps. ` +
    `Look it up in orders.csv and fills.csv of ${live.folder}.`
  );
}

type Row = Readonly<Record<string, unknown>>;

/** How many rows a long list has in all; 0 where nothing is left out of it. */
function listed(state: HostState, what: Listed): number {
  const { opened } = state;
  if (opened === null || (what !== "orders" && what !== "fills" && what !== "rejections")) return 0;
  return opened.session().counts[what];
}

/** What belongs to an id: from the archive, or, where that is still being made or has failed, from the whole journal. */
async function trailIn(opened: OpenedSession, subject: Subject): Promise<Trail | null> {
  const found = await opened.archive.ask("entries", subject).answer.catch(() => null);
  const entries = found?.output ?? null;
  if (entries !== null) return trailOf((from) => entries.filter(({ seq }) => seq >= from), subject, turn);
  return found?.share === 1 ? null : trailOf(opened.past(), subject, turn);
}

/** Shows the whole journal to `visit`, in turns. */
const readAll = (opened: OpenedSession, visit: (entry: JournalEntry) => void): Promise<void> =>
  scan(
    opened.past(),
    (entry) => {
      visit(entry);
      return undefined;
    },
    turn,
  );

async function ordersOf(opened: OpenedSession, limit: number): Promise<OrdersProjection> {
  const precisions = new Precisions(opened.live.desk);
  const rows = new OrdersProjection(precisions, limit);
  await readAll(opened, (entry) => {
    precisions.apply(entry);
    rows.apply(entry);
  });
  return rows;
}

/** A projection's table after the whole journal. */
async function rowsOfAll<Made extends { apply(entry: JournalEntry): unknown }>(
  opened: OpenedSession,
  projection: Made,
  tableOf: (projection: Made) => Table<Row>,
): Promise<Row[]> {
  await readAll(opened, (entry) => void projection.apply(entry));
  return [...tableOf(projection).rows()];
}

/** Rows with the currency of their symbol's prices, fees and profits. */
function inCurrency({ live }: OpenedSession, rows: Iterable<Row & { readonly symbol: string }>): Row[] {
  const money = moneyOfDesk(live.desk);
  return [...rows].map((row) => ({ ...row, currency: money.currencyOf(row.symbol) }));
}

type Listed = Input<"export.rows">["what"];

async function rowsOf(state: HostState, what: Listed): Promise<Row[]> {
  if (what === "sessions") return Object.values(state.sessions().sessions);
  const opened = state.need();
  const { views, reading } = opened;
  if (reading !== null && (what === "schedule" || what === "drift"))
    throw new CodedError("wrong_state", "The session's journal is still being read. Export this when it is whole.");
  const made: { readonly [What in Exclude<Listed, "sessions">]: () => Row[] | Promise<Row[]> } = {
    orders: async () => inCurrency(opened, (await ordersOf(opened, EXPORT_ROWS_MAX)).orders.rows()),
    fills: async () => inCurrency(opened, (await ordersOf(opened, EXPORT_ROWS_MAX)).fills.rows()),
    rejections: () => rowsOfAll(opened, new RejectionsProjection(EXPORT_ROWS_MAX), ({ rows }) => rows),
    log: () => rowsOfAll(opened, new LogProjection(EXPORT_ROWS_MAX), ({ lines }) => lines),
    schedule: () => Object.values(views.view("schedule", opened.probe()).rows),
    ticks: () => tickRows(opened),
    drift: () => Object.values(views.view("drift", opened.probe()).items),
    metrics: () => metricsRows(opened),
    equity: () => equityRows(opened),
  };
  return made[what]();
}

/** The newest of each class, of the whole journal. */
async function tickRows(opened: OpenedSession): Promise<Row[]> {
  // A light run's beginning may be gone, and a ledger counts from the first entry on: the view's own has seen all of them.
  if (opened.kept !== null) return Object.values(opened.views.view("ticks", opened.probe()).rows);
  const ticks = new TicksProjection(EXPORT_ROWS_MAX, isCompacted(opened.live.folder));
  await readAll(opened, (entry) => ticks.apply(entry));
  return ticks.rows(opened.probe().now);
}

const METRIC_NAMES = [
  "at",
  "p50Ms",
  "p95Ms",
  "p99Ms",
  "skipRate",
  "queueDepthMax",
  "errors",
  "runs",
  "orders",
  "fills",
];

/** Every sample, which the view thins. */
async function metricsRows(opened: OpenedSession): Promise<Row[]> {
  needWhole(opened, "samples", "orchestrator_metrics.jsonl");
  const metrics = new MetricsProjection(opened.live.desk, Infinity);
  const rejections = new RejectionsProjection();
  await readAll(opened, (entry) => metrics.apply(entry, errorKindOf(entry, rejections.apply(entry))));
  return metrics.samples
    .rows()
    .map((sample) => Object.fromEntries(METRIC_NAMES.map((name, index) => [name, sample[index]])));
}

async function equityRows(opened: OpenedSession): Promise<Row[]> {
  needWhole(opened, "equity points", "equity_curve.csv");
  const rows = new Table<Row>(EXPORT_ROWS_MAX);
  await readAll(opened, (entry) => {
    if (entry.kind !== "equity") return;
    const { seq, at, equity, cash, realized, unrealized, fees, gross, drawdown } = entry;
    rows.set(String(seq), { at, equity, cash, realized, unrealized, fees, gross, drawdown });
  });
  return [...rows.rows()];
}
