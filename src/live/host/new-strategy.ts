/**
 * A new strategy of a person's own: the template or an example, and the types beside it, in the workspace's strategies folder.
 *
 * 1. It writes over nothing but the types file, which is the program's own.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import { nodeFileSystem, writeTextAtomic, type Workspace } from "../../store/index.ts";
import { EXAMPLES, exampleText } from "./examples/index.ts";
import { strategyTemplate, strategyTypes, TYPES_FILE } from "./template.ts";

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** Writes the file and answers with its path. Throws `invalid_input` for a name that is none or taken, or an example that there is not. */
export function newStrategy(workspace: Workspace, given: string, from?: string): string {
  const name = given.replace(/\.ts$/, "");
  if (!NAME.test(name))
    throw new CodedError(
      "invalid_input",
      `A strategy's name has letters, digits, - and _, as my_momentum, and not ${JSON.stringify(given)}.`,
    );
  if (from !== undefined && !Object.hasOwn(EXAMPLES, from))
    throw new CodedError(
      "invalid_input",
      `There is no example ${from}; there are ${Object.keys(EXAMPLES).join(", ")}.`,
    );
  const path = join(workspace.strategies, `${name}.ts`);
  if (existsSync(path))
    throw new CodedError("invalid_input", `${path} is there already; choose another name.`, { path });
  writeTextAtomic(nodeFileSystem, join(workspace.strategies, TYPES_FILE), strategyTypes());
  writeTextAtomic(nodeFileSystem, path, from === undefined ? strategyTemplate(name) : exampleText(from, TYPES_FILE));
  return path;
}
