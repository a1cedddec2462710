/**
 * `logos halt`, `resume`, `pause`, `continue`, `stop`: an operator's hand on a session.
 *
 * 1. Halting needs a name; resuming needs a name and a note, and is refused while a drift item is open.
 * 2. Pausing, continuing and stopping are for a session that a process runs; any other is not touched.
 * 3. `stop` ends when the session is free again, so that a script may resume it at once.
 */
import { setTimeout as pause } from "node:timers/promises";
import { CodedError } from "../../../shared/errors.ts";
import { scopeText } from "../../../shared/scope.ts";
import {
  findSession,
  lockHolder,
  nodeFileSystem,
  requestControl,
  workspaceAt,
  type SessionFiles,
} from "../../../store/index.ts";
import { haltCommand, resumeCommand } from "../../../shared/contract/operator-commands.ts";
import type { Scope } from "../../../shared/scope.ts";
import { atSession } from "../../common/at-session.ts";
import {
  addSessionOption,
  optionalRecordText,
  recordText,
  sessionOf,
  type SessionOption,
} from "../../common/options.ts";
import type { AddCommand, Context } from "../../common/context.ts";
import { addScopeOptions, scopeOf, type ScopeOptions } from "../../common/scope-options.ts";

interface Options extends ScopeOptions, SessionOption {
  readonly operator?: string;
  readonly note?: string;
  readonly cancel?: boolean;
  readonly flatten?: boolean;
}

/** What a halt does besides; undefined where it only halts. */
function alsoOf({ cancel, flatten }: Options): "cancel" | "flatten" | undefined {
  if (cancel === true && flatten === true)
    throw new CodedError("usage", "--flatten cancels, too: name one of --cancel and --flatten.");
  if (flatten === true) return "flatten";
  return cancel === true ? "cancel" : undefined;
}

/** What a halt or a resume did, in words. */
function doneText(action: "halt" | "resume", scope: Scope | undefined, also: "cancel" | "flatten" | undefined): string {
  const what = action === "halt" ? "halted" : "resumed";
  const where = scope === undefined ? what : `${scopeText(scope)} ${what}`;
  if (also === undefined) return where;
  return `${where}; ${also === "cancel" ? "its working orders are being canceled" : "its positions are being closed"}`;
}

/** Halts or resumes a session or a part of it. */
async function gate(
  context: Context,
  options: Options,
  action: "halt" | "resume",
  words: { readonly operator: string; readonly note: string },
): Promise<number> {
  const scope = scopeOf(options);
  const also = alsoOf(options);
  const command = action === "halt" ? haltCommand({ ...words, scope, also }) : resumeCommand({ ...words, scope });
  const { files, live } = await atSession(context, sessionOf(options), command);
  const done = doneText(action, scope, also);
  print(context, files, `${done}${live ? "" : " (no process runs it; it is journaled for its next start)"}`, live);
  return 0;
}

const WHO = "write who asks.";

function print({ output }: Context, { id }: SessionFiles, done: string, running: boolean): void {
  if (output.json) output.value({ id, done: true, running });
  else output.line(`${id}: ${done}.`);
}

/** How long `stop` waits until the process has released the session, so that the next command finds it free. */
const STOP_WAIT_MS = 20_000;
const STOP_LOOK_MS = 50;

/** Waits until no process has the session; false when one still has it at the end. */
async function letGo({ folder }: SessionFiles): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < STOP_WAIT_MS; waitedMs += STOP_LOOK_MS) {
    if (lockHolder(nodeFileSystem, folder) === null) return true;
    await pause(STOP_LOOK_MS);
  }
  return false;
}

/** A command that only a running session takes: one that is not running stays as it is. */
async function actOnRunning(
  context: Context,
  options: Options,
  name: keyof typeof RUNNING_COMMANDS,
  operator: string,
): Promise<number> {
  const files = findSession(workspaceAt(context.workspace), sessionOf(options));
  const { id, folder } = files;
  if (lockHolder(nodeFileSystem, folder) === null)
    throw new CodedError(
      "wrong_state",
      `No process runs ${id}, so there is nothing to ${name}. \`logos run --session ${id}\` resumes it.`,
    );
  await requestControl(nodeFileSystem, folder, { command: name, operator });
  const done = name === "stop" && !(await letGo(files)) ? "it is stopping" : RUNNING_COMMANDS[name].done;
  print(context, files, done, true);
  return 0;
}

const RUNNING_COMMANDS = {
  pause: { description: "Hold the clock of a running session.", done: "its clock is held" },
  continue: { description: "Let the clock of a paused session run on.", done: "its clock runs on" },
  stop: { description: "Stop a running session cleanly, and wait until it has stopped.", done: "stopped" },
} as const;

export function addControlCommands(add: AddCommand): void {
  add<Options>(
    "halt",
    "Shut the gate of a session, or of a part of it: no new order goes out until an operator resumes it.",
    (command) => {
      addScopeOptions(addSessionOption(command))
        .option("--cancel", "and cancel what works and waits there")
        .option("--flatten", "and cancel what works, then close the positions there")
        .option("--operator <name>", "who halts")
        .option("--note <text>", "why");
    },
    'logos halt --group momentum --operator "A. Trader" --note "odd fills in NVDA"',
    (context, options) => {
      const operator = recordText("--operator", options.operator, WHO);
      return gate(context, options, "halt", { operator, note: optionalRecordText("--note", options.note ?? "") });
    },
  );
  add<Options>(
    "resume",
    "Open the gate again, of the session (refused while a drift item waits for its review) or of a part of it.",
    (command) => {
      addScopeOptions(addSessionOption(command))
        .option("--operator <name>", "who resumes")
        .option("--note <text>", "why it is right to trade again");
    },
    'logos resume --operator "A. Trader" --note "fills match the broker\'s"',
    (context, options) => {
      const operator = recordText("--operator", options.operator, WHO);
      const note = recordText("--note", options.note, "say why it is right to trade again.");
      return gate(context, options, "resume", { operator, note });
    },
  );
  for (const [name, { description }] of Object.entries(RUNNING_COMMANDS))
    add<Options>(
      name,
      description,
      (command) => {
        addSessionOption(command).option("--operator <name>", "who asks");
      },
      `logos ${name} --operator "A. Trader"`,
      (context, options) => {
        const operator = recordText("--operator", options.operator, WHO);
        return actOnRunning(context, options, name as keyof typeof RUNNING_COMMANDS, operator);
      },
    );
}
