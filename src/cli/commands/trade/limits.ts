/**
 * `logos limits`: the limits of a session, and a change of one while it runs.
 *
 * 1. Without a name it lists and changes nothing. With a name and a value it changes that one, with an operator and a note.
 */
import { CodedError } from "../../../shared/errors.ts";
import { formatMoment } from "../../../shared/time.ts";
import { readLimits } from "../../../live/status/index.ts";
import { findSession, workspaceAt } from "../../../store/index.ts";
import { atSession } from "../../common/at-session.ts";
import { addSessionOption, recordText, sessionOf, type SessionOption } from "../../common/options.ts";
import type { AddCommand, Context } from "../../common/context.ts";

interface Options extends SessionOption {
  readonly operator?: string;
  readonly note?: string;
}

function list({ output }: Context, id: string, { limits, changes }: ReturnType<typeof readLimits>): void {
  if (output.json) return output.value({ id, limits, changes });
  output.line(output.style("bold", id));
  const wide = Math.max(...limits.map(({ name }) => name.length));
  for (const { name, value, means } of limits) output.line(`${name.padEnd(wide)}  ${value.padEnd(12)}  ${means}`);
  for (const { at, limit, before, after, operator, note } of changes)
    output.line(`${formatMoment(at)}  ${limit}: ${before} to ${after}, by ${operator}: ${note}`);
}

async function limits(context: Context, options: Options, words: readonly string[]): Promise<number> {
  const files = findSession(workspaceAt(context.workspace), sessionOf(options));
  const [limit, value] = words;
  if (limit === undefined) {
    list(context, files.id, readLimits(files));
    return 0;
  }
  if (value === undefined)
    throw new CodedError("usage", `Say what ${limit} becomes: a value as in a desk file, or none.`);
  const operator = recordText("--operator", options.operator, "a change of a limit needs the operator's name.");
  const note = recordText("--note", options.note, "a change of a change of a limit needs a reason.");
  await atSession(context, files.id, { command: "limits", limit, value, operator, note });
  if (context.output.json) context.output.value({ id: files.id, limit, value });
  else context.output.line(`${files.id}: ${limit} is ${value} now.`);
  return 0;
}

export function addLimitsCommand(add: AddCommand): void {
  add<Options>(
    "limits [name] [value]",
    "List the limits of a session, or change one while it runs.",
    (command) => {
      addSessionOption(command).option("--operator <name>", "who changes it").option("--note <text>", "why");
    },
    'logos limits max_notional 20000 --operator "A. Trader" --note "month end"',
    limits,
  );
}
