/**
 * What a view may ask about the past of the open session: why an order was made, older rows, exports.
 *
 * 1. Everything is read from the journal or from the projections that the views show; nothing is kept for it.
 * 2. An export holds what is listed and what has left the list, up to its limit; absent values are empty, and no cell is one that a
 *    spreadsheet would run.
 * 3. A long journal is read in turns, so that neither a page nor an export holds up the session.
 */
import type { Handlers, Input } from "../../shared/contract/contract.ts";
import { CodedError } from "../../shared/errors.ts";
import { formatMoment, moment } from "../../shared/time.ts";
import type { JournalEntry } from "../../store/journal/entries.ts";
import { csvLine, type CsvCell } from "../../shared/csv.ts";
import { LogProjection } from "../projections/log.ts";
import { errorKindOf, MetricsProjection } from "../projections/metrics.ts";
import { OrdersProjection } from "../projections/orders.ts";
import { Precisions } from "../projections/precision.ts";
import { RejectionsProjection } from "../projections/rejections.ts";
import { Table } from "../projections/table.ts";
import { TicksProjection } from "../projections/ticks.ts";
import { scan } from "../state/scan.ts";
import { isCompacted, type OpenedSession } from "../state/opened.ts";
import type { HostState } from "../state/state.ts";
import { stepsOf, titleOf } from "../why/steps.ts";
import { subjectOf, trailOf } from "../why/trail.ts";

/** Rows that a page is picked from; a longer journal's oldest rows are in the session's own files. */
const PAGED_ROWS_MAX = 200_000;
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
      const trail = subject === null ? null : await trailOf(opened.past(), subject, turn);
      if (trail === null)
        throw new CodedError("not_found", `The journal of this session has nothing named ${id}.`, { id });
      return { id, title: titleOf(trail, id), steps: stepsOf(trail) };
    },
    "orders.page": async ({ kind, before, limit }) => {
      const rows = await ordersOf(state.need(), PAGED_ROWS_MAX);
      const older = <Row extends { readonly seq: number }>(table: Iterable<Row>): Row[] =>
        [...table].filter((row) => before === null || row.seq < before).toSorted((a, b) => b.seq - a.seq);
      const orders = kind === "orders" ? older(rows.orders.rows()) : [];
      const fills = kind === "fills" ? older(rows.fills.rows()) : [];
      const more = orders.length > limit || fills.length > limit;
      return { orders: orders.slice(0, limit), fills: fills.slice(0, limit), more };
    },
    "export.rows": async ({ what, format }) => {
      const rows = (await rowsOf(state, what)).slice(-EXPORT_ROWS_MAX);
      const id = state.opened?.live.id ?? "workspace";
      const text = format === "json" ? `${JSON.stringify(rows, null, 2)}\n` : csvOf(rows);
      return { name: `${id}_${what}.${format}`, text, rows: rows.length };
    },
  };
}

type Row = Readonly<Record<string, unknown>>;

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

type Listed = Input<"export.rows">["what"];

async function rowsOf(state: HostState, what: Listed): Promise<Row[]> {
  if (what === "sessions") return Object.values(state.sessions().sessions);
  const opened = state.need();
  const { views } = opened;
  const made: { readonly [What in Exclude<Listed, "sessions">]: () => Row[] | Promise<Row[]> } = {
    orders: async () => [...(await ordersOf(opened, EXPORT_ROWS_MAX)).orders.rows()],
    fills: async () => [...(await ordersOf(opened, EXPORT_ROWS_MAX)).fills.rows()],
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
  const metrics = new MetricsProjection(opened.live.desk, Infinity);
  const rejections = new RejectionsProjection();
  await readAll(opened, (entry) => metrics.apply(entry, errorKindOf(entry, rejections.apply(entry))));
  return metrics.samples
    .rows()
    .map((sample) => Object.fromEntries(METRIC_NAMES.map((name, index) => [name, sample[index]])));
}

async function equityRows(opened: OpenedSession): Promise<Row[]> {
  const rows = new Table<Row>(EXPORT_ROWS_MAX);
  await readAll(opened, (entry) => {
    if (entry.kind !== "equity") return;
    const { seq, at, equity, cash, realized, unrealized, fees, gross, drawdown } = entry;
    rows.set(String(seq), { at, equity, cash, realized, unrealized, fees, gross, drawdown });
  });
  return [...rows.rows()];
}

const MOMENTS: ReadonlySet<string> = new Set([
  "at",
  "planned",
  "due",
  "started",
  "finished",
  "lastRun",
  "nextRun",
  "runningSince",
  "lastHeartbeat",
  "bar",
]);

/** A column whose values are moments, by its name. */
const isMoment = (name: string): boolean => MOMENTS.has(name) || name.endsWith("At");

function cellOf(name: string, value: unknown): CsvCell {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" && isMoment(name)) return formatMoment(moment(value));
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return JSON.stringify(value);
}

/** Rows as CSV, a column for every field that any row has. */
function csvOf(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => csvLine(names.map((name) => cellOf(name, row[name]))));
  return [csvLine(names), ...lines].join("");
}
