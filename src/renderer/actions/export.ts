/** Everything that is listed leaves as CSV or JSON: from the host where it knows the list, else from the rows shown. */
import type { Input } from "../../shared/contract/contract.ts";
import { ask } from "../stores/live.ts";
import { notify, toldOk } from "../stores/ui.ts";
import { saveFile, toCsv, toJson } from "../lib/csv.ts";
import type { Row } from "../lib/csv.ts";
import { plural } from "../lib/format.ts";

export type ExportWhat = Input<"export.rows">["what"];
export type ExportFormat = Input<"export.rows">["format"];

export async function exportRows(what: ExportWhat, format: ExportFormat): Promise<void> {
  const answer = await ask("export.rows", { what, format });
  if (!answer.ok) {
    toldOk(answer);
    return;
  }
  saveFile(answer.value.name, answer.value.text);
  notify(`${plural(answer.value.rows, "row")} exported to ${answer.value.name}.`);
}

export function exportShown(name: string, rows: readonly Row[], format: ExportFormat): void {
  saveFile(`${name}.${format}`, format === "csv" ? toCsv(rows) : toJson(rows));
  notify(`${plural(rows.length, "row")} exported to ${name}.${format}.`);
}
