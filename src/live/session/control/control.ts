/**
 * What other processes ask of a running session through its control inbox.
 *
 * 1. A request is checked like anything from outside; its answer says what was wrong with it.
 */
import { readCommand, type OperatorCommand } from "../../../shared/contract/operator-commands.ts";
import { CodedError, shapeOf } from "../../../shared/errors.ts";
import type { ControlInbox, ControlReply } from "../../../store/index.ts";
import type { LiveSession } from "../state/api.ts";
import { perform } from "./perform.ts";

function parsed(value: unknown): OperatorCommand {
  const command = readCommand(value);
  if (command !== null) return command;
  throw new CodedError(
    "invalid_input",
    "The request is none that a session knows. The two programs may be of different versions.",
  );
}

function obey(session: LiveSession, command: OperatorCommand): unknown {
  if (command.command !== "stop") return perform(session, command);
  // The answer comes first: once the session has stopped, nothing is there to give it.
  void perform(session, command);
  return undefined;
}

/** Does what waits in the inbox and answers each request: at once, or when the venue has answered what was asked of it. */
export function answerControl(session: LiveSession, inbox: ControlInbox): void {
  for (const { id, value } of inbox.take()) {
    const reply = (answer: ControlReply): void => {
      try {
        inbox.reply(id, answer);
      } catch {
        // What was asked is done or refused all the same; its asker notices by its own patience that no answer came.
      }
    };
    const refuse = (error: unknown): void => reply({ ok: false, error: shapeOf(error) });
    try {
      const answer = obey(session, parsed(value));
      if (answer instanceof Promise)
        void answer.then(
          (done: unknown) => reply({ ok: true, ...(done === undefined ? {} : { value: done }) }),
          refuse,
        );
      else reply({ ok: true, ...(answer === undefined ? {} : { value: answer }) });
    } catch (error) {
      refuse(error);
    }
  }
}
