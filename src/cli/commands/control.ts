/**
 * `logos halt`, `resume`, `pause`, `continue`, `stop`: an operator's hand on a session.
 *
 * 1. Halting needs a name; resuming needs a name and a note, and is refused while a drift item is open.
 */
import { CodedError } from "../../shared/errors.ts";
import type { LiveSession } from "../../live/session/index.ts";
import type { ControlCommand } from "../../store/index.ts";
import { atSession } from "../at-session.ts";
import { recordText } from "../options.ts";
import type { AddCommand, Context } from "../program.ts";

interface Options {
  readonly session?: string;
  readonly operator?: string;
  readonly note?: string;
}

const WHO = "an operator's name goes on the record.";

async function act(
  context: Context,
  options: Options,
  command: ControlCommand,
  offline: (session: LiveSession) => void,
  done: string,
): Promise<number> {
  const { files, live } = await atSession(context, options.session ?? "latest", command, offline);
  const text = `${files.id}: ${done}${live ? "" : " (no process runs it; it is journaled for its next start)"}.`;
  if (context.output.json) context.output.value({ id: files.id, done: true, running: live });
  else context.output.line(text);
  return 0;
}

function onlyRunning(what: string): never {
  throw new CodedError("wrong_state", `No process runs this session, so there is nothing to ${what}.`);
}

export function addControlCommands(add: AddCommand): void {
  add<Options>(
    "halt",
    "Shut the gate of a session: no new order goes out until somebody resumes it.",
    (command) => {
      command
        .option("--session <id>", "which session; the newest when absent")
        .option("--operator <name>", "who halts")
        .option("--note <text>", "why");
    },
    'logos halt --operator "A. Trader" --note "odd fills in NVDA"',
    (context, options) => {
      const operator = recordText("--operator", options.operator, WHO);
      const request = { operator, note: options.note ?? "" };
      return act(context, options, { command: "halt", ...request }, (session) => session.halt(request), "halted");
    },
  );
  add<Options>(
    "resume",
    "Open the gate again. Refused while a drift item waits for its review.",
    (command) => {
      command
        .option("--session <id>", "which session; the newest when absent")
        .option("--operator <name>", "who resumes")
        .option("--note <text>", "why it is right to trade again");
    },
    'logos resume --operator "A. Trader" --note "fills match the broker\'s"',
    (context, options) => {
      const operator = recordText("--operator", options.operator, WHO);
      const note = recordText("--note", options.note, "say why it is right to trade again.");
      const request = { operator, note };
      return act(context, options, { command: "resume", ...request }, (session) => session.resume(request), "resumed");
    },
  );
  for (const [name, description] of [
    ["pause", "Hold the clock of a running session."],
    ["continue", "Let the clock of a paused session run on."],
    ["stop", "Stop a running session in order."],
  ] as const)
    add<Options>(
      name,
      description,
      (command) => {
        command
          .option("--session <id>", "which session; the newest when absent")
          .option("--operator <name>", "who asks");
      },
      `logos ${name} --operator "A. Trader"`,
      (context, options) => {
        const operator = recordText("--operator", options.operator, WHO);
        return act(context, options, { command: name, operator }, () => onlyRunning(name), `${name}: done`);
      },
    );
}
