/**
 * Where a drill kills.
 *
 * 1. A point names what has just happened and what has not happened yet; its number counts orders or fills from 1.
 */
import { CodedError } from "../../shared/errors.ts";

export interface DrillPoint {
  readonly at: "commit" | "send" | "fill" | "time";
  /** The n-th order that is committed or taken by the venue, the n-th fill; of `time`, real milliseconds. */
  readonly number: number;
}

export const POINT_WORDS: Readonly<Record<DrillPoint["at"], string>> = {
  commit: "after the journal had the order, before it was sent",
  send: "after the venue had the order, before its answer was known",
  fill: "after the venue had filled, before the fill was booked",
  time: "at a moment like any other",
};

/** Reads `commit:12`, `send:3`, `fill:7`, `time:250`. Throws `usage`. */
export function pointOf(text: string): DrillPoint {
  const match = /^(commit|send|fill|time):(\d{1,9})$/.exec(text);
  if (match === null || Number(match[2]) < 1)
    throw new CodedError("usage", `--at ${text}: write commit:N, send:N, fill:N (the N-th of the session) or time:MS.`);
  return { at: match[1] as DrillPoint["at"], number: Number(match[2]) };
}

export const pointText = ({ at, number }: DrillPoint): string =>
  at === "time" ? `${number} ms after its start` : `${POINT_WORDS[at]} (number ${number})`;
