/**
 * How fast the session's clock runs, and whether passes share commits at that speed.
 *
 * 1. A change of speed is committed before passes begin or cease to share commits.
 * 2. At full speed passes are not watched one by one, and venue and journal are both ours: passes share commits there, and nowhere else.
 */
import { CodedError } from "../../../shared/errors.ts";
import type { Speed } from "../../../shared/ports.ts";
import type { Core } from "../state/parts.ts";

/** Throws `wrong_state` for another speed than 1 on the system's clock. Returns whether the speed is another one now. */
export function changeSpeed({ clock }: Core, speed: Speed): boolean {
  if (clock.kind === "system" && speed !== 1)
    throw new CodedError(
      "wrong_state",
      "The session runs on the system's clock, which has one speed. Start one on a virtual clock for others.",
    );
  if (speed === clock.speed) return false;
  clock.setSpeed(speed);
  return true;
}

export const speedText = (speed: Speed): string => `The clock runs at ${speed === "max" ? "full speed" : `${speed}×`}.`;

/** Has passes share commits where the speed and `allowed` let them; commits what waits where that changes. Throws `io`. */
export function shareCommits({ clock, ledger, broker }: Core, allowed: boolean): void {
  const shared = allowed && clock.kind === "virtual" && clock.speed === "max";
  ledger.group(shared ? (broker.disk ?? null) : null);
}
