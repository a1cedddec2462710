/**
 * Questions to the archive of the open session, and exports of its long lists into files.
 *
 * 1. An export belongs to the session that was open when it began, and ends with it.
 * 2. Of exports that are over, the newest few are remembered, so that their outcome can be read.
 * 3. An export is of the whole list. A light run of which only the newest entries are kept refuses, and names the file that has the list.
 */
import { join } from "node:path";
import type { Handlers, Input, Output } from "../../shared/contract/contract.ts";
import { CodedError, shapeOf } from "../../shared/errors.ts";
import type { FillRow, OrderRow } from "../../shared/contract/views.ts";
import type { ArchiveRow } from "../archive/requests.ts";
import type { RejectionRow } from "../projections/rejections.ts";
import type { OpenedSession } from "../state/opened.ts";
import type { HostState } from "../state/state.ts";

/** Exports that are remembered, and that run at a time. */
const JOBS_MAX = 20;
const RUNNING_MAX = 4;
/** The files of a session's folder that have its long lists whole; a refused order has its line among the orders. */
const FILES = { orders: "orders.csv", fills: "fills.csv", rejections: "orders.csv" } as const;
const KINDS = { orders: "state", fills: "verdict", rejections: "cause" } as const;

type ArchiveHandlers = Pick<
  Handlers,
  "archive.page" | "archive.facets" | "rejections.groups" | "export.start" | "export.status" | "export.cancel"
>;

interface Job {
  status: Output<"export.status">;
  readonly cancel: () => void;
}

/** A page's rows under the name of their list. */
export function byTable(table: Input<"archive.page">["table"], rows: readonly ArchiveRow[]) {
  return {
    orders: table === "orders" ? (rows as OrderRow[]) : [],
    fills: table === "fills" ? (rows as FillRow[]) : [],
    rejections: table === "rejections" ? (rows as RejectionRow[]) : [],
  };
}

/** Throws `wrong_state` where only the newest entries of a light run are kept; `file` is the file of its folder that has `what`. */
export function needWhole({ kept, live }: Pick<OpenedSession, "kept" | "live">, what: string, file: string): void {
  if (kept === null || kept.whole) return;
  throw new CodedError(
    "wrong_state",
    `${live.id} is a light run: the console keeps its newest entries only, so it cannot export all of its ${what}. ` +
      `${file} in ${live.folder} has them.`,
    { id: live.id },
  );
}

/** The columns that are asked about, without the ones that are not. */
function given(where: Input<"archive.page">["where"]): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(where).flatMap(([column, texts]) => (texts === undefined ? [] : [[column, texts]])),
  );
}

export function archiveHandlers(state: HostState): ArchiveHandlers {
  const jobs = new Map<number, Job>();
  let last = 0;
  const jobOf = (job: number): Job => {
    const found = jobs.get(job);
    if (found === undefined) throw new CodedError("not_found", "There is no such export any more.", { job });
    return found;
  };
  return {
    "archive.page": async ({ where, ...query }) => {
      const asked = state.need().archive.ask("page", { ...query, where: given(where) });
      const { output, share } = await asked.answer;
      return { ...byTable(query.table, output.rows), total: output.total, next: output.next, share };
    },
    "archive.facets": async ({ where, ...filter }) => {
      const kind = KINDS[filter.table];
      const question = { filter: { ...filter, where: given(where) }, columns: ["strategy", "symbol", kind] };
      const { output, share } = await state.need().archive.ask("facets", question).answer;
      return { strategy: output["strategy"] ?? [], symbol: output["symbol"] ?? [], kind: output[kind] ?? [], share };
    },
    "rejections.groups": async () => {
      const { output, share } = await state.need().archive.ask("groups", null).answer;
      const groups = output.groups.map((group) => ({ ...group, spark: [...group.spark] }));
      return { groups, total: output.total, share };
    },
    "export.start": async ({ table, format }) => {
      const running = [...jobs.values()].filter(({ status }) => status.state === "running").length;
      if (running >= RUNNING_MAX)
        throw new CodedError("refused", `${RUNNING_MAX} exports are running already. Wait for one of them.`);
      const opened = state.need();
      needWhole(opened, table, FILES[table]);
      const { archive, live } = opened;
      const path = join(live.folder, "exports", `${live.id}_${table}.${format}`);
      const filter = { table, words: "", where: {}, from: null, to: null };
      const asked = archive.ask("export", { filter, format, path }, (progress) => Object.assign(job.status, progress));
      const job: Job = {
        status: { state: "running", rows: 0, total: 0, path, problem: null },
        cancel: () => asked.cancel(),
      };
      last += 1;
      jobs.set(last, job);
      for (const old of jobs.keys()) if (jobs.size > JOBS_MAX) jobs.delete(old);
      asked.answer.then(
        ({ output }) => Object.assign(job.status, output, { state: "done" }),
        (error: unknown) => {
          const { code, message } = shapeOf(error);
          Object.assign(job.status, { state: code === "wrong_state" ? "canceled" : "failed", problem: message });
        },
      );
      return { job: last };
    },
    "export.status": async ({ job }) => ({ ...jobOf(job).status }),
    "export.cancel": async ({ job }) => {
      jobOf(job).cancel();
      return {};
    },
  };
}
