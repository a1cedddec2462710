/**
 * Readers for the values of options, each with the one message that says what is wrong.
 *
 * 1. A value that breaks its rule is a `usage` error that names the option, the value and the rule; nothing is started.
 */
import type { Command } from "commander";
import { CodedError } from "../../shared/errors.ts";
import type { Speed } from "../../shared/ports.ts";
import { parseDuration, type Duration } from "../../shared/time.ts";

function refuse(option: string, value: string, rule: string): never {
  throw new CodedError("usage", `${option} ${value}: ${rule}`, { option, value });
}

/** What a command about one session takes. */
export interface SessionOption {
  readonly session?: string;
}

/** Adds `--session` to a command that is about one session. */
export function addSessionOption(command: Command): Command {
  return command.option("--session <id>", "which session; the newest when absent");
}

/** The session that was named: by the option, else by `word`, the command's own word for it, else the newest. Throws `usage`. */
export function sessionOf({ session }: SessionOption, word?: string): string {
  if (session !== undefined && word !== undefined && session !== word)
    throw new CodedError("usage", `${word} and --session ${session} name two sessions; write one of them.`);
  return session ?? word ?? "latest";
}

/** A whole number within bounds. */
export function wholeNumber(option: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max)
    refuse(option, value, `write a whole number from ${min} to ${max}.`);
  return number;
}

/** A number within bounds. */
export function decimalNumber(option: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (value.trim() === "" || !(number >= min && number <= max))
    refuse(option, value, `write a number from ${min} to ${max}.`);
  return number;
}

/** A duration as people write it: `15m`. */
export function durationOf(option: string, value: string): Duration {
  const result = parseDuration(value);
  if (result === null || result <= 0) refuse(option, value, "write a duration such as 500ms, 30s, 15m or 2h.");
  return result;
}

/** Seconds or minutes as a plain number, as in Logos' flags. */
export function durationOfNumber(option: string, value: string, unit: Duration, allowZero = false): Duration {
  const number = decimalNumber(option, value, allowZero ? 0 : 0.000_001, 1_000_000);
  return Math.round(number * unit) as Duration;
}

/** A speed: 1, 10, 60 or max. */
export function speedOf(option: string, value: string): Speed {
  if (value === "max") return "max";
  if (value === "1" || value === "10" || value === "60") return Number(value) as Speed;
  return refuse(option, value, "write 1, 10, 60 or max.");
}

/** A running session takes names and notes of at most this many characters. */
const OPERATOR_CHARACTERS_MAX = 80;
const NOTE_CHARACTERS_MAX = 2_000;

/** A text for the record: short enough for it, and nothing in it that could control a terminal. */
export function optionalRecordText(option: "--operator" | "--note", value: string): string {
  const max = option === "--operator" ? OPERATOR_CHARACTERS_MAX : NOTE_CHARACTERS_MAX;
  if (value.length > max)
    throw new CodedError("usage", `${option} has ${value.length} characters; write at most ${max}.`, { option, max });
  if (/\p{Cc}/u.test(option === "--note" ? value.replaceAll(/[\n\t]/g, " ") : value))
    throw new CodedError("usage", `${option} holds control characters; write plain text, as it is recorded.`, {
      option,
    });
  return value;
}

/** A name or note that a record needs. */
export function recordText(option: "--operator" | "--note", value: string | undefined, what: string): string {
  if (value === undefined || value.trim() === "")
    throw new CodedError("usage", `${option} is needed: ${what} The journal records it.`, { option });
  return optionalRecordText(option, value);
}
