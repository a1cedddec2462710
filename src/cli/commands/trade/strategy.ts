/**
 * `logos strategy pause|resume|run NAME` and `logos speed`: an operator's hand on one strategy, and on a running session's clock.
 *
 * 1. `resume` ends a pause and lifts a quarantine alike; it never opens a gate that `halt` shut.
 * 2. A pause and a resume hold where no process runs the session, too: they are journaled for its next start. A run out of turn and
 *    a speed are for a session that a process runs.
 */
import { CodedError } from "../../../shared/errors.ts";
import { findSession, lockHolder, nodeFileSystem, requestControl, workspaceAt } from "../../../store/index.ts";
import { atSession } from "../../common/at-session.ts";
import { addSessionOption, recordText, sessionOf, type SessionOption } from "../../common/options.ts";
import type { AddCommand, Context } from "../../common/context.ts";

interface Options extends SessionOption {
  readonly operator?: string;
}

const DONE = { pause: "is paused", resume: "is active", run: "runs out of turn" } as const;
type StrategyAction = keyof typeof DONE;

const isAction = (text: string | undefined): text is StrategyAction => text !== undefined && Object.hasOwn(DONE, text);

/** Does nothing but throw where no process runs the session. */
function needProcess(
  context: Context,
  options: Options,
  what: string,
): { readonly id: string; readonly folder: string } {
  const { id, folder } = findSession(workspaceAt(context.workspace), sessionOf(options));
  if (lockHolder(nodeFileSystem, folder) !== null) return { id, folder };
  throw new CodedError("wrong_state", `No process runs ${id}, so ${what}. \`logos run --session ${id}\` resumes it.`);
}

async function strategy(context: Context, options: Options, words: readonly string[]): Promise<number> {
  const [action, name] = words;
  if (!isAction(action) || name === undefined)
    throw new CodedError("usage", "Write logos strategy pause NAME, strategy resume NAME or strategy run NAME.");
  const operator = recordText("--operator", options.operator, "write who asks.");
  if (action === "run") needProcess(context, options, `${name} cannot run out of turn`);
  const command = { command: "strategy", name, action, operator } as const;
  const { files, live } = await atSession(context, sessionOf(options), command);
  const { output } = context;
  if (output.json) output.value({ id: files.id, strategy: name, action, running: live });
  else
    output.line(
      `${files.id}: ${name} ${DONE[action]}${live ? "" : " (no process runs it; it is journaled for its next start)"}.`,
    );
  return 0;
}

async function changeSpeed(context: Context, options: Options, [value]: readonly string[]): Promise<number> {
  const { id, folder } = needProcess(context, options, "its clock has no speed to change");
  const speed = SPEEDS.find((one) => one === value);
  if (speed === undefined) throw new CodedError("usage", `Write the speed as one of ${SPEEDS.join(", ")}.`);
  await requestControl(nodeFileSystem, folder, { command: "speed", speed });
  if (context.output.json) context.output.value({ id, speed: value });
  else context.output.line(`${id}: its clock runs at ${value}.`);
  return 0;
}

const SPEEDS = ["1", "10", "60", "max"] as const;

export function addStrategyCommand(add: AddCommand): void {
  add<Options>(
    "strategy <action> <name>",
    "Pause a strategy (pause NAME), let it run again or lift its quarantine (resume NAME), or run it out of turn (run NAME).",
    (command) => {
      addSessionOption(command).option("--operator <name>", "who asks");
    },
    'logos strategy resume momentum-1 --operator "A. Trader"',
    strategy,
  );
  add<Options>(
    "speed <speed>",
    "Change how fast the virtual clock of a running session goes: 1, 10, 60 or max.",
    (command) => {
      addSessionOption(command);
    },
    "logos speed 60",
    changeSpeed,
  );
}
