/**
 * A new strategy of a person's own: the template and the types beside it, in the workspace's strategies folder.
 *
 * 1. It writes over nothing but the types file, which is the program's own.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import { nodeFileSystem, writeTextAtomic, type Workspace } from "../../store/index.ts";
import { strategyTemplate, strategyTypes, TYPES_FILE } from "./template.ts";

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** Writes the file and answers with its path. Throws `invalid_input` for a name that is none or that is taken. */
export function newStrategy(workspace: Workspace, given: string): string {
  const name = given.replace(/\.ts$/, "");
  if (!NAME.test(name))
    throw new CodedError(
      "invalid_input",
      `A strategy's name has letters, digits, - and _, as my_momentum, and not ${JSON.stringify(given)}.`,
    );
  const path = join(workspace.strategies, `${name}.ts`);
  if (existsSync(path))
    throw new CodedError("invalid_input", `${path} is there already; choose another name.`, { path });
  writeTextAtomic(nodeFileSystem, join(workspace.strategies, TYPES_FILE), strategyTypes());
  writeTextAtomic(nodeFileSystem, path, strategyTemplate(name));
  return path;
}
