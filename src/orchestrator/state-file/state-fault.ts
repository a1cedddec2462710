/**
 * How a broken `router_state.json` is reported: the file, the place in it, and the rule that it breaks.
 *
 * 1. A place is a path of keys as people write it: `inflight.ROUTER-00000007.quantity`, `rate_counters.alpha[3]`.
 */
import { CodedError } from "../../shared/errors.ts";

/** A step of a path: an object's key or a list's index. */
export type Step = string | number;

const SIMPLE = /^[\w:@/-]+$/;
const SHOWN_MAX = 80;

/** The path as text. */
export function placeOf(steps: readonly Step[]): string {
  let place = "";
  for (const step of steps) {
    if (typeof step === "number") place += `[${step}]`;
    else {
      const key = step.length > SHOWN_MAX ? `${step.slice(0, SHOWN_MAX)}…` : step;
      if (SIMPLE.test(key)) place += place === "" ? key : `.${key}`;
      else place += `[${JSON.stringify(key)}]`;
    }
  }
  return place === "" ? "the whole file" : place;
}

/** Raises faults of one file. */
export class Faults {
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** Throws `snapshot_invalid`; `rule` completes the sentence "at this place, …". */
  fail(steps: readonly Step[], rule: string): never {
    const place = placeOf(steps);
    throw new CodedError(
      "snapshot_invalid",
      `${this.file} cannot be restored: at ${place}, ${rule}. Nothing was changed; restore another file or correct this one.`,
      { file: this.file, place, rule },
    );
  }
}
