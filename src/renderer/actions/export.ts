/** Everything that is listed leaves as CSV or JSON: from the host where it knows the list, else from the rows shown. */
import type { Input } from "../../shared/contract/contract.ts";
import { ask, useLive } from "../stores/live.ts";
import { notify, succeeded, useUi } from "../stores/ui.ts";
import { saveFile, toCsv, toJson } from "../lib/csv.ts";
import type { Row } from "../lib/csv.ts";
import { plural } from "../lib/format.ts";

export type ExportWhat = Input<"export.rows">["what"];
export type ExportFormat = Input<"export.rows">["format"];

/** Lists that the host writes into a file of the session's folder when they are long. */
const LONG: ReadonlySet<string> = new Set(["orders", "fills", "rejections"]);
const STATUS_MS = 300;

export async function exportRows(what: ExportWhat, format: ExportFormat): Promise<void> {
  const answer = await ask("export.rows", { what, format });
  if (!answer.ok) {
    succeeded(answer);
    return;
  }
  const { name, text, rows, left } = answer.value;
  // Of a light run the host knows the newest rows only; its folder's own files have the rest.
  const light = useLive.getState().streams.session?.session?.light === true;
  if (left > 0 && LONG.has(what) && !light) return exportToFile(what as "orders" | "fills" | "rejections", format);
  saveFile(name, text);
  const file = what === "fills" ? "fills.csv" : "orders.csv";
  const place = light ? `in ${file} of the session's folder` : "in the session's folder";
  const older = left > 0 ? ` ${plural(left, "older row")} left out: they are ${place}.` : "";
  notify(`${plural(rows, "row")} exported to ${name}.${older}`);
}

/** Has the host write the whole list, and shows how far it is until it is done or canceled. */
async function exportToFile(table: "orders" | "fills" | "rejections", format: ExportFormat): Promise<void> {
  const started = await ask("export.start", { table, format });
  if (!started.ok) {
    succeeded(started);
    return;
  }
  const { job } = started.value;
  for (;;) {
    const status = await ask("export.status", { job });
    if (!status.ok) {
      succeeded(status);
      useUi.setState({ exporting: null });
      return;
    }
    const { state, rows, total, path, problem } = status.value;
    if (state !== "running") {
      useUi.setState({ exporting: null });
      if (state === "done") notify(`${plural(rows, "row")} exported to ${path}.`);
      else notify(problem ?? "The export ended early. Try again.", state === "canceled" ? "info" : "problem");
      return;
    }
    useUi.setState({ exporting: { job, table, rows, total } });
    await new Promise((resolve) => {
      setTimeout(resolve, STATUS_MS);
    });
  }
}

export function exportShown(name: string, rows: readonly Row[], format: ExportFormat): void {
  saveFile(`${name}.${format}`, format === "csv" ? toCsv(rows) : toJson(rows));
  notify(`${plural(rows.length, "row")} exported to ${name}.${format}.`);
}
