/**
 * `logos strategies`: a new file to begin with, a check that says which line is wrong, and what there is.
 *
 * 1. `new` writes over nothing but the types file, which is the program's own.
 * 2. `check` ends with 0 when there is nothing to complain of, else with the code of `strategy_invalid`; with that of `not_found`
 *    for a file that is not there.
 */
import { FENCE } from "../../../shared/fence.ts";
import { existsSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { CodedError } from "../../../shared/errors.ts";
import { checkStrategy, type StrategyCheck } from "../../../live/check/index.ts";
import { openDesk } from "../../../live/desk/index.ts";
import { exampleList, newStrategy } from "../../../live/host/index.ts";
import type { Desk } from "../../../shared/desk.ts";
import type { Parameters, ParameterValue } from "../../../shared/strategy.ts";
import { builtInStrategies, strategyFiles } from "../../../live/strategies/index.ts";
import { openWorkspace, type Workspace } from "../../../store/index.ts";
import { exitOf } from "../../common/exits.ts";
import type { AddCommand, Context } from "../../common/context.ts";

const listed = (title: string, lines: readonly string[]): string[] => [title, ...lines.map((line) => `  ${line}`)];

/** What the fence around a strategy stops, and what it does not. */
const FENCED = [
  ...listed("What a strategy cannot do:", FENCE.stops),
  ...listed("What costs its own run, and no other:", FENCE.ends),
  ...listed("What nothing here stops:", FENCE.leaves),
];

function makeNew({ output }: Context, workspace: Workspace, given: string | undefined, from?: string): number {
  const path = newStrategy(workspace, given ?? "", from);
  const file = basename(path);
  if (output.json) output.value({ path });
  else {
    output.line(path);
    output.message(`It runs as it is. Try it: logos strategies check ${file}; in desk.yaml: module: ${file}`);
    for (const line of FENCED) output.message(line);
  }
  return 0;
}

interface Options {
  readonly from?: string;
  readonly desk?: string;
  readonly bars?: readonly string[];
  readonly set?: readonly string[];
}

/** Parameters as `name=value`: a number, true or false, or a text. */
function paramsOf(set: readonly string[]): Parameters {
  const params = set.map((one): [string, ParameterValue] => {
    const at = one.indexOf("=");
    if (at < 1) throw new CodedError("usage", `--set ${one}: write a parameter as name=value.`);
    const [name, text] = [one.slice(0, at), one.slice(at + 1)];
    if (text === "true" || text === "false") return [name, text === "true"];
    return [name, text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text];
  });
  return Object.fromEntries(params);
}

/** The desk that the check names, or undefined for the made-up one. */
async function deskOf(context: Context, workspace: Workspace, { desk, bars }: Options): Promise<Desk | undefined> {
  if (desk === undefined && bars === undefined) return undefined;
  const opened = await openDesk({ workspace, file: desk, bars, folder: context.io.folder });
  return opened.desk;
}

function passed({ output }: Context, module: string, { runs, orders, fills, requests, refused }: StrategyCheck): void {
  const asked = requests === 0 ? "" : `, ${requests} cancels and replaces`;
  output.line(`${module}: nothing to complain of in ${runs} runs with ${orders} orders${asked} and ${fills} fills`);
  const causes = Object.entries(refused).map(([cause, count]) => `${cause} ${count}`);
  if (causes.length > 0) output.line(`refused: ${causes.join(", ")}`);
  if (orders === 0) output.line(`no order came in all its ${runs} runs`);
}

async function check(
  context: Context,
  workspace: Workspace,
  given: string | undefined,
  options: Options,
): Promise<number> {
  const { io, output } = context;
  if (given === undefined) throw new CodedError("usage", "Name a file: logos strategies check my_momentum.ts");
  const path = resolve(io.folder, given);
  // A file that is named by its path is checked where it lies, with the files beside it.
  const beside = existsSync(path) ? { ...workspace, strategies: dirname(path) } : workspace;
  const module = existsSync(path) ? basename(path) : given;
  const params = paramsOf(options.set ?? []);
  const said = await checkStrategy(beside, module, { desk: await deskOf(context, workspace, options), params });
  const { complaints } = said;
  if (output.json) output.value({ file: module, ...said });
  else {
    for (const { line, text } of complaints)
      output.line(line === null ? `${module}: ${text}` : `${module}:${line}: ${text}`);
    if (complaints.length === 0) passed(context, module, said);
  }
  return complaints.length === 0 ? 0 : exitOf("strategy_invalid");
}

async function list({ output }: Context, workspace: Workspace): Promise<number> {
  const builtIn = Object.entries(builtInStrategies).map(([name, strategy]) => ({
    name,
    from: "built in",
    about: Object.entries(strategy.defaults)
      .map(([parameter, value]) => `${parameter} ${value}`)
      .join(", "),
  }));
  const examples = exampleList().map((example) => ({ ...example, from: "example" }));
  const files = strategyFiles(workspace).map((name) => ({ name, from: "file", about: "" }));
  const rows = [...builtIn, ...files, ...examples];
  if (output.json) output.value(rows);
  else
    output.table(rows, [
      { title: "module", of: (row) => row.name },
      { title: "from", of: (row) => row.from },
      { title: "defaults, or what an example shows", of: (row) => row.about },
    ]);
  return 0;
}

export function addStrategiesCommand(add: AddCommand): void {
  add<Options>(
    "strategies <what> [name]",
    "Write a new strategy (new NAME), try one (check FILE), or list what there is (list).",
    (command) => {
      command
        .option("--from <example>", "new: begin with one of the examples that `list` names")
        .option("--desk <file>", "check: on this desk's market, limits and venue, with its parameters")
        .option("--bars <file...>", "check: on these market data files")
        .option("--set <name=value...>", "check: parameters in place of the defaults");
      command.addHelpText("after", `\n${FENCED.join("\n")}`);
    },
    "logos strategies new my_momentum && logos strategies check my_momentum.ts",
    async (context, options, [what, name]) => {
      const workspace = openWorkspace(context.workspace);
      if (what === "new") return makeNew(context, workspace, name, options.from);
      if (what === "check") return check(context, workspace, name, options);
      if (what === "list") return list(context, workspace);
      throw new CodedError("usage", `logos strategies new, check or list, and not ${JSON.stringify(what ?? "")}.`);
    },
  );
}
