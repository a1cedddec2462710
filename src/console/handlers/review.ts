/**
 * What a view may ask about the past of the open session: why an order was made, older rows, exports.
 *
 * 1. Everything is read from the journal or from the projections that the views show; nothing is kept for it.
 * 2. An export holds what is listed, with absent values empty and no cell that a spreadsheet would run.
 */
import type { Handlers, Input } from "../../shared/contract.ts";
import { CodedError } from "../../shared/errors.ts";
import { formatMoment, moment } from "../../shared/time.ts";
import { csvLine, type Cell } from "../csv.ts";
import { OrdersProjection } from "../projections/orders.ts";
import { Precisions } from "../projections/precision.ts";
import { scan } from "../scan.ts";
import type { OpenedSession } from "../opened.ts";
import type { HostState } from "../state.ts";
import { stepsOf, titleOf } from "../why/steps.ts";
import { subjectOf, trailOf } from "../why/trail.ts";

/** Rows that a page is picked from; a longer journal's oldest rows are in the session's own files. */
const PAGED_ROWS_MAX = 200_000;
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
      const { live } = state.need();
      const trail = subject === null ? null : await trailOf((from) => live.entries(from), subject, turn);
      if (trail === null)
        throw new CodedError("not_found", `The journal of this session has nothing named ${id}.`, { id });
      return { id, title: titleOf(trail, id), steps: stepsOf(trail) };
    },
    "orders.page": async ({ kind, before, limit }) => {
      const { live, views } = state.need();
      const rows = new OrdersProjection(new Precisions(views.desk), PAGED_ROWS_MAX);
      await scan(
        (from) => live.entries(from),
        (entry) => {
          rows.apply(entry);
          return undefined;
        },
        turn,
      );
      const older = <Row extends { readonly seq: number }>(table: Iterable<Row>): Row[] =>
        [...table].filter((row) => before === null || row.seq < before).toSorted((a, b) => b.seq - a.seq);
      const orders = kind === "orders" ? older(rows.orders.rows()) : [];
      const fills = kind === "fills" ? older(rows.fills.rows()) : [];
      const more = orders.length > limit || fills.length > limit;
      return { orders: orders.slice(0, limit), fills: fills.slice(0, limit), more };
    },
    "export.rows": async ({ what, format }) => {
      const rows = rowsOf(state, what).slice(0, EXPORT_ROWS_MAX);
      const id = state.opened?.live.id ?? "workspace";
      const text = format === "json" ? `${JSON.stringify(rows, null, 2)}\n` : csvOf(rows);
      return { name: `${id}_${what}.${format}`, text, rows: rows.length };
    },
  };
}

type Row = Readonly<Record<string, unknown>>;

function rowsOf(state: HostState, what: Input<"export.rows">["what"]): Row[] {
  if (what === "sessions") return Object.values(state.sessions().sessions);
  const opened = state.need();
  const probe = opened.probe();
  const { views } = opened;
  switch (what) {
    case "orders":
      return Object.values(views.view("orders", probe).orders);
    case "fills":
      return Object.values(views.view("orders", probe).fills);
    case "rejections":
      return Object.values(views.view("rejections", probe).rows);
    case "schedule":
      return Object.values(views.view("schedule", probe).rows);
    case "drift":
      return Object.values(views.view("drift", probe).items);
    case "log":
      return Object.values(views.view("log", probe).lines);
    case "metrics":
      return Object.values(views.view("metrics", probe).samples).map(metricsRow);
    case "equity":
      return equityRows(opened);
  }
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

function metricsRow(sample: readonly number[]): Row {
  return Object.fromEntries(METRIC_NAMES.map((name, index) => [name, sample[index]]));
}

function equityRows(opened: OpenedSession): Row[] {
  const rows: Row[] = [];
  for (const entry of opened.live.entries())
    if (entry.kind === "equity" && rows.length < EXPORT_ROWS_MAX) {
      const { at, equity, cash, realized, unrealized, fees, gross, drawdown } = entry;
      rows.push({ at, equity, cash, realized, unrealized, fees, gross, drawdown });
    }
  return rows;
}

/** A column whose values are moments, by its name. */
const isMoment = (name: string): boolean =>
  name === "at" || name.endsWith("At") || name === "lastRun" || name === "nextRun";

function cellOf(name: string, value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" && isMoment(name)) return formatMoment(moment(value));
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return JSON.stringify(value);
}

/** Rows as CSV, a column for every field that any row has. */
function csvOf(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => csvLine(names.map((name) => cellOf(name, row[name]))));
  return `${[csvLine(names), ...lines].join("\n")}\n`;
}
