/**
 * Where a drill kills.
 *
 * 1. A point names what has just happened and what has not happened yet; its number counts what it names from 1.
 */
import { CodedError } from "../../shared/errors.ts";

export interface DrillPoint {
  readonly at: "commit" | "send" | "fill" | "cancel" | "replace" | "child" | "time";
  /** The n-th order that is committed or taken by the venue, the n-th fill, cancel, replace or child; of `time`, real milliseconds. */
  readonly number: number;
}

export const POINT_WORDS: Readonly<Record<DrillPoint["at"], string>> = {
  commit: "after the journal had the order, before it was sent",
  send: "after the venue had the order, before its answer was known",
  fill: "after the venue had filled, before the fill was booked",
  cancel: "after the venue had carried out a cancel, before its answer was known",
  replace: "after the venue had carried out a replace, before its answer was known",
  child: "after a parent's fill had set its child to work at the venue, before the session knew of either",
  time: "at a moment like any other",
};

/** Reads `commit:12`, `send:3`, `fill:7`, `cancel:2`, `replace:2`, `child:1`, `time:250`. Throws `usage`. */
export function pointOf(text: string): DrillPoint {
  const match = /^(commit|send|fill|cancel|replace|child|time):(\d{1,9})$/.exec(text);
  if (match === null || Number(match[2]) < 1)
    throw new CodedError(
      "usage",
      `--at ${text}: write commit:N, send:N, fill:N, cancel:N, replace:N, child:N (the N-th of the session) or time:MS.`,
    );
  return { at: match[1] as DrillPoint["at"], number: Number(match[2]) };
}

export const pointText = ({ at, number }: DrillPoint): string =>
  at === "time" ? `${number} ms after its start` : `${POINT_WORDS[at]} (number ${number})`;
