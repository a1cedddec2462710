/**
 * `logos strategies`: a new file to begin with, a check that says which line is wrong, and what there is.
 *
 * 1. `new` writes over nothing but the types file, which is the program's own.
 * 2. `check` ends with 0 when there is nothing to complain of, else with the code of `strategy_invalid`; with that of `not_found`
 *    for a file that is not there.
 */
import { FENCE } from "../../shared/fence.ts";
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import { checkStrategy, strategyTemplate, strategyTypes, TYPES_FILE } from "../../live/host/index.ts";
import { builtInStrategies } from "../../live/strategies/index.ts";
import { nodeFileSystem, openWorkspace, writeTextAtomic, type Workspace } from "../../store/index.ts";
import { exitOf } from "../exits.ts";
import type { AddCommand, Context } from "../program.ts";

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const FILES_MAX = 1_000;

const listed = (title: string, lines: readonly string[]): string[] => [title, ...lines.map((line) => `  ${line}`)];

/** What the fence around a strategy stops, and what it does not. */
const FENCED = [
  ...listed("What a strategy cannot do:", FENCE.stops),
  ...listed("What costs its own run, and nobody else's:", FENCE.ends),
  ...listed("What nothing here stops:", FENCE.leaves),
];

function makeNew({ output }: Context, workspace: Workspace, given: string | undefined): number {
  const name = (given ?? "").replace(/\.ts$/, "");
  if (!NAME.test(name))
    throw new CodedError(
      "invalid_input",
      `A strategy's name has letters, digits, - and _, as my_momentum, and not ${JSON.stringify(given ?? "")}.`,
    );
  const path = join(workspace.strategies, `${name}.ts`);
  if (existsSync(path))
    throw new CodedError("invalid_input", `${path} is there already; choose another name.`, { path });
  writeTextAtomic(nodeFileSystem, join(workspace.strategies, TYPES_FILE), strategyTypes());
  writeTextAtomic(nodeFileSystem, path, strategyTemplate(name));
  if (output.json) output.value({ path });
  else {
    output.line(path);
    output.message(`It runs as it is. Try it: logos strategies check ${name}.ts; in desk.yaml: module: ${name}.ts`);
    for (const line of FENCED) output.message(line);
  }
  return 0;
}

async function check({ io, output }: Context, workspace: Workspace, given: string | undefined): Promise<number> {
  if (given === undefined) throw new CodedError("usage", "Name a file: logos strategies check my_momentum.ts");
  const path = resolve(io.folder, given);
  // A file that is named by its path is checked where it lies, with the files beside it.
  const beside = existsSync(path) ? { ...workspace, strategies: dirname(path) } : workspace;
  const module = existsSync(path) ? basename(path) : given;
  const { complaints, runs, orders } = await checkStrategy(beside, module);
  if (output.json) output.value({ file: module, complaints, runs, orders });
  else {
    for (const { line, text } of complaints)
      output.line(line === null ? `${module}: ${text}` : `${module}:${line}: ${text}`);
    if (complaints.length === 0) output.line(`${module}: nothing to complain of in ${runs} runs with ${orders} orders`);
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
  const files = readdirSync(workspace.strategies, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:ts|mts|js|mjs)$/.test(name) && !name.endsWith(".d.ts"))
    .toSorted()
    .slice(0, FILES_MAX)
    .map((name) => ({ name: name.replaceAll("\\", "/"), from: "file", about: "" }));
  const rows = [...builtIn, ...files];
  if (output.json) output.value(rows);
  else
    output.table(rows, [
      { title: "module", of: (row) => row.name },
      { title: "from", of: (row) => row.from },
      { title: "defaults", of: (row) => row.about },
    ]);
  return 0;
}

export function addStrategiesCommand(add: AddCommand): void {
  add<object>(
    "strategies <what> [name]",
    "Write a new strategy (new NAME), try one (check FILE), or list what there is (list).",
    (command) => {
      command.addHelpText("after", `\n${FENCED.join("\n")}`);
    },
    "logos strategies new my_momentum && logos strategies check my_momentum.ts",
    async (context, _options, [what, name]) => {
      const workspace = openWorkspace(context.workspace);
      if (what === "new") return makeNew(context, workspace, name);
      if (what === "check") return check(context, workspace, name);
      if (what === "list") return list(context, workspace);
      throw new CodedError("usage", `logos strategies new, check or list, and not ${JSON.stringify(what ?? "")}.`);
    },
  );
}
