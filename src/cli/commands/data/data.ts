/**
 * `logos data`: the market data files of the workspace.
 *
 * 1. Listing reads only; a file that cannot be read is listed with its reason.
 * 2. Deleting takes files of the workspace's `data` folder and nothing else.
 */
import { readdirSync, statSync } from "node:fs";
import { CodedError, shapeOf } from "../../../shared/errors.ts";
import { formatDuration, formatMoment, type Duration, type Moment } from "../../../shared/time.ts";
import { DataThread, type ReadResult } from "../../../live/data/index.ts";
import { deletePath, openWorkspace, removeCaches, resolveInside, type Workspace } from "../../../store/index.ts";
import { deleteNamed, sizeText } from "../../common/deleting.ts";
import type { AddCommand, Context } from "../../common/context.ts";

interface Options {
  readonly yes?: boolean;
}

interface Listed {
  readonly name: string;
  readonly bytes: number;
  readonly series: ReadResult["series"];
  readonly gaps: number;
  readonly jumps: number;
  readonly refused: number;
  readonly zones: readonly string[];
  readonly problem: string | null;
}

const NO_DATA = /(^|\/)\.|\.(ya?ml|md|lock|factors\.csv)$/i;

/** The path of a file of the `data` folder. Throws `outside_workspace` or `not_found`. */
function pathOf(workspace: Workspace, name: string): string {
  const path = resolveInside(workspace, workspace.data, name);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new CodedError("not_found", `There is no file ${name} in ${workspace.data}. \`logos data list\` lists them.`);
  return path;
}

async function look(thread: DataThread, path: string, name: string): Promise<Listed> {
  const bytes = statSync(path).size;
  const none = { name, bytes, series: [], gaps: 0, jumps: 0, refused: 0, zones: [] };
  try {
    const { files, series } = await thread.run({ kind: "read", path, options: {} });
    const sum = (of: (file: ReadResult["files"][number]) => number): number =>
      files.reduce((total, file) => total + of(file), 0);
    return {
      name,
      bytes,
      series,
      problem: null,
      zones: [...new Set(files.flatMap(({ timeZone }) => timeZone ?? []))],
      gaps: sum(({ gapsTotal }) => gapsTotal),
      jumps: sum(({ jumpsTotal }) => jumpsTotal),
      refused: sum(({ refusedTotal }) => refusedTotal),
    };
  } catch (error) {
    return { ...none, problem: shapeOf(error).message };
  }
}

/** One line for a file: its series, or why it cannot be read. */
function symbolsText({ series, problem }: Listed): string {
  if (problem !== null) return problem;
  const names = series.slice(0, 3).map(({ symbol }) => symbol);
  return names.join(", ") + (series.length > names.length ? ` and ${series.length - names.length} more` : "");
}

const ends = ({ series }: Listed, end: "from" | "to"): string => {
  const moments = series.map((one) => one[end]);
  const at = end === "from" ? Math.min(...moments) : Math.max(...moments);
  return Number.isFinite(at) ? formatMoment(at as Moment).slice(0, 19) : "—";
};

async function list({ output }: Context, workspace: Workspace): Promise<number> {
  const names = readdirSync(workspace.data, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => !NO_DATA.test(name))
    .toSorted();
  const thread = new DataThread();
  const rows: Listed[] = [];
  try {
    for (const [index, name] of names.entries()) {
      output.progress(`Reading ${index + 1} of ${names.length}: ${name}`);
      try {
        rows.push(await look(thread, pathOf(workspace, name), name));
      } catch {
        // A folder, or a link that leads out of the workspace: no data of it.
      }
    }
  } finally {
    thread.close();
  }
  if (output.json) output.value({ folder: workspace.data, files: rows });
  else if (rows.length === 0) output.line("No market data yet. `logos import FILE` keeps some.");
  else
    output.table(rows, [
      { title: "file", of: ({ name }) => name },
      { title: "symbols", of: symbolsText },
      { title: "bars", of: ({ series }) => String(series.reduce((sum, { bars }) => sum + bars, 0)), right: true },
      {
        title: "interval",
        of: ({ series: [one] }) => (one?.interval ? formatDuration(one.interval as Duration) : "—"),
      },
      { title: "from", of: (row) => ends(row, "from") },
      { title: "to", of: (row) => ends(row, "to") },
      { title: "gaps", of: ({ gaps }) => String(gaps), right: true },
      { title: "jumps", of: ({ jumps }) => String(jumps), right: true },
      { title: "refused", of: ({ refused }) => String(refused), right: true },
      { title: "size", of: ({ bytes }) => sizeText(bytes), right: true },
    ]);
  return 0;
}

export function addDataCommand(add: AddCommand): void {
  add<Options>(
    "data <what> [files...]",
    "List the workspace's market data (list), or delete files of it (delete FILE).",
    (command) => {
      command.option("--yes", "delete what is named; without it the command only says what would go");
    },
    "logos data list && logos data delete ACME.csv --yes",
    async (context, { yes = false }, [what, ...names]) => {
      const workspace = openWorkspace(context.workspace);
      if (what === "list") return list(context, workspace);
      if (what !== "delete")
        throw new CodedError("usage", `logos data list or delete, and not ${JSON.stringify(what ?? "")}.`);
      if (names.length === 0) throw new CodedError("usage", "Name the files: logos data delete ACME.csv");
      const paths = new Map(names.map((name) => [name, pathOf(workspace, name)]));
      return deleteNamed(context, {
        what: [...paths].map(([name, path]) => ({ name, bytes: statSync(path).size })),
        consequence: "Sessions that ran on these files cannot be continued without them.",
        yes,
        run: async (trash) => {
          for (const path of paths.values()) {
            await deletePath(path, trash);
            removeCaches(path);
          }
        },
      });
    },
  );
}
