/**
 * Who gives a command.
 *
 * 1. No command without a name: the journal records it.
 */
import { CodedError } from "../../../shared/errors.ts";

/** The operator's name without blanks around it. Throws `invalid_input` for an empty one. */
export function operatorOf(name: string): string {
  const operator = name.trim();
  if (operator === "")
    throw new CodedError("invalid_input", "Say who you are: the journal records the operator's name.");
  return operator;
}
